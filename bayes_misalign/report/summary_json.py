"""The result as plain numbers for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_misalign.inference.result import Result
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.judged import judged_plain
from bayes_misalign.report.methods import version
from bayes_misalign.report.noisy import noisy_plain
from bayes_misalign.report.rated import rated_plain
from bayes_misalign.report.sections_encounters import encounters_plain
from bayes_misalign.report.spatial import spatial_plain

SCHEMA = 1


def summary(result: Result) -> dict[str, Any]:
    """Return a posterior's summary as dictionaries, lists, texts and numbers.

    Parameters
    ----------
    result : Result
        A posterior.

    Returns
    -------
    dict
        Numbers that are withheld are None; so are those that do not exist.

    Notes
    -----
    `json.dumps` takes it with ``allow_nan=False``.
    """
    return summary_of(gather(result))


def to_json(findings: Findings) -> str:
    """Return the summary as JSON text."""
    return json.dumps(summary_of(findings), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def summary_of(findings: Findings) -> dict[str, Any]:
    """Return the summary of what was gathered already, see `summary`."""
    study, diagnosis = findings.study, findings.diagnosis
    content = {
        "trustworthy": diagnosis.trustworthy,
        "withheld": findings.withheld,
        "state": diagnosis.state,
        "reasons": [
            {"what": r.what, "remedy": r.remedy, "state": r.state} for r in diagnosis.reasons
        ],
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
        "problem_areas": [_area(findings)],
    }
    plain: dict[str, Any] = _plain(content)
    return plain


def _plain(value: Any) -> Any:
    """Return the value with numpy numbers made plain, and numbers that are not finite made None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _estimates(estimates: Estimates | None) -> dict[str, Any] | None:
    return None if estimates is None else {n: e.as_dict() for n, e in estimates.items()}


def _above(findings: Findings, estimate: Estimate) -> dict[str, Any]:
    threshold = findings.study.reporting.threshold
    if threshold is None:
        return {}
    value = None if findings.withheld else estimate.probability_above(threshold)
    return {"probability_above": {"threshold": threshold, "probability": value}}


def _area(findings: Findings) -> dict[str, Any]:
    study, union = findings.study, findings.study.union
    names = findings.populations
    overall = findings.overall
    return {
        "name": study.area.name,
        "goals": study.area.goals,
        "no_goal": study.area.no_goal,
        "populations": [_population(findings, i) for i in range(len(names))],
        "overall": None
        if overall is None
        else {"misalignment": overall.as_dict(), **_above(findings, overall)},
        "union": None
        if union is None
        else {"shares": dict(zip(names, union.shares, strict=True)), "origin": union.origin},
        "decomposition": None
        if findings.parts is None
        else dict(
            zip(
                ("within", "between"),
                (part.as_dict() for part in findings.parts.values()),
                strict=True,
            )
        ),
        "between": [
            {"populations": pair, "misalignment": e.as_dict()}
            for pair, e in findings.between.items()
        ],
        "contrasts": [contrast.as_dict() for contrast in findings.contrasts],
        "contributions": [
            {"population": group, "goals": pair, "contribution": e.as_dict()}
            for group, parts in findings.contributions.items()
            for pair, e in parts.items()
        ],
        "opposition": [
            {"population": group, "goal": goal, "opposition": e.as_dict()}
            for group, estimates in findings.opposition.items()
            for goal, e in estimates.items()
        ],
        "conflict": [
            {
                **({} if group is None else {"population": group}),
                "goals": pair,
                "level": e.as_dict(),
                "model": study.conflict.source_of(*pair).model,
                "source": study.conflict.source_of(*pair).origin,
            }
            for pair, levels in findings.conflict.items()
            for group, e in levels.items()
        ],
        "attribution": _attribution(findings),
        "sensitivity": {
            prior: _estimates(estimates) for prior, estimates in findings.sensitivity.items()
        },
        "mixture": _mixture(findings),
        "noisy_reports": None if findings.noisy is None else noisy_plain(findings.noisy),
        **({} if findings.rated is None else {"ratings": rated_plain(findings.rated)}),
        **({} if findings.judged is None else {"judgements": judged_plain(findings.judged)}),
        **(
            {"encounters": list(map(encounters_plain, findings.encounters))}
            if findings.encounters
            else {}
        ),
        **({"positions": [spatial_plain(f) for f in findings.spatial]} if findings.spatial else {}),
        "zero_weights": study.goals.zero_weights,
        "notes": [*study.goals.notes, *study.conflict.notes, *findings.notes],
    }


def _population(findings: Findings, i: int) -> dict[str, Any]:
    goals, name = findings.study.goals, findings.populations[i]
    sizes, estimate = goals.population_size, findings.misalignment[name]
    return {
        "name": name,
        "n": int(goals.n[i]) if float(goals.n[i]).is_integer() else float(goals.n[i]),
        "n_effective": goals.n_effective[i],
        "design_effect": goals.design_effect[i],
        "population_size": None if sizes is None else int(sizes[i]),
        "not_answers": {label: values[i] for label, values in goals.not_answers.items()},
        "not_asked": goals.not_asked[i],
        "counts": dict(zip(goals.categories, goals.counts[i], strict=True)),
        "misalignment": estimate.as_dict(),
        "prior_misalignment": findings.prior[name].as_dict(),
        "normalised_misalignment": {
            **findings.normalised[name].as_dict(),
            "by": findings.normalised.title,
        },
        **_above(findings, estimate),
        "proportions": _estimates(findings.proportions[name]),
    }


def _attribution(findings: Findings) -> dict[str, Any] | None:
    if not findings.attribution:
        return None
    named = {group: found.as_dict() for group, found in findings.attribution.items()}
    return {
        "overall": named.pop(None, None),
        "by_population": {str(name): found for name, found in named.items()},
    }


def _mixture(findings: Findings) -> dict[str, Any] | None:
    mix = findings.study.populations.mix
    if mix is None or findings.mixture is None:
        return None
    shares, estimates = findings.mixture
    return {
        "host": mix[0],
        "guest": mix[1],
        "points": [
            {"share": share, "misalignment": e.as_dict()}
            for share, e in zip(shares, estimates, strict=True)
        ],
    }
