"""The result as plain numbers for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.page.blocks import Table
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.methods import version
from bayes_misalign.report.sections import sections

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior

SCHEMA = 1


def summary(result: Posterior) -> dict[str, Any]:
    """Return a posterior's summary as dictionaries, lists, texts and numbers.

    Numbers that are withheld are None; so are those that do not exist.
    """
    return summary_of(gather(result))


def to_json(findings: Findings) -> str:
    """Return the summary as JSON text."""
    return json.dumps(summary_of(findings), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def summary_of(findings: Findings) -> dict[str, Any]:
    """Return the summary of what was gathered already, see `summary`."""
    study, diagnosis = findings.study, findings.diagnosis
    area: dict[str, Any] = {
        "name": study.area.name,
        "goals": study.area.goals,
        "no_goal": study.area.no_goal,
    }
    area["noisy_reports"] = None
    for section in sections(findings):
        area |= section.summary
    content = {
        "trustworthy": diagnosis.trustworthy,
        "withheld": findings.withheld,
        "state": diagnosis.state,
        "reasons": [
            {"what": r.what, "remedy": r.remedy, "state": r.state} for r in diagnosis.reasons
        ],
        "rests_on": [] if findings.withheld else diagnosis.rests_on,
        "schema": SCHEMA,
        "written_by": f"bayes-misalign {version(findings, 'bayes-misalign')}",
        "name": study.name,
        "title": study.title,
        "method": diagnosis.method,
        "diagnostics": diagnosis.figures,
        "seed": study.fitting.seed,
        "chains": study.fitting.chains,
        "draws": study.fitting.draws,
        "versions": findings.metadata.get("versions", {}),
        "created": findings.metadata.get("created"),
        "interval": {"mass": findings.interval.mass, "kind": findings.interval.kind},
        "agents": study.reporting.agents,
        "threshold": study.reporting.threshold,
        "problem_areas": [area],
    }
    plain: dict[str, Any] = plain_values(content)
    return plain


def plain_values(value: Any) -> Any:
    """Return tables as rows and estimates as numbers; numbers that are not finite are None."""
    if isinstance(value, Table):
        value = value.records()
    elif isinstance(value, Estimate):
        value = value.as_dict()
    elif isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
