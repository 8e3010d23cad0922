"""Designs with another number of reports of each agent, or of agents whose goal is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayes_misalign.contract.measured import Measurement
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports

GOLD = "agents whose goal is known"


def reports_measured(evidence: DistinctReports) -> tuple[Measurement, ...]:
    """Return the reports of all agents, and the agents whose goal is known."""
    total = float(evidence.agents @ evidence.per_source.sum(axis=1))
    found = (
        [Measurement(noun(evidence), total, "the same agents", tells_all=False)] if total else []
    )
    known = float(evidence.agents[evidence.gold != UNKNOWN].sum())
    if known and not evidence.gold_chosen:
        same = "the same agents, drawn at random"
        found.append(Measurement(GOLD, known, same, tells_all=False))
    return tuple(found)


def noun(evidence: DistinctReports) -> str:
    """Return what reports are called, in the plural."""
    return f"{evidence.report_noun}s"


def with_reports[E: DistinctReports](design: E, number: int, rng: np.random.Generator) -> E:
    """Return the design with so many reports in all, each source asked as often as the others."""
    asked = design.per_source
    times = number / float(design.agents @ asked.sum(axis=1))
    reports = np.zeros_like(design.reports)
    # rounded so that an agent's reports of all sources are as many as they should be, or one more
    upto = np.floor(np.cumsum(asked * times, axis=1) + rng.random((len(asked), 1)))
    each = np.diff(upto, axis=1, prepend=0)
    for source, span in enumerate(design.spans):
        reports[:, span.start] = each[:, source]
    return replace(design, reports=reports)


def with_gold[E: DistinctReports](design: E, number: int, rng: np.random.Generator) -> E:
    """Return the design with the goal of so many of its agents known, drawn at random."""
    agents = design.agents.astype(np.int64)
    known = rng.multivariate_hypergeometric(agents, min(number, int(agents.sum())))
    both = np.concatenate([agents - known, known]).astype(float)
    gold = np.repeat([UNKNOWN, 0], len(agents))
    here = both > 0
    return replace(
        design,
        reports=np.tile(design.reports, (2, 1))[here],
        population=np.tile(design.population, 2)[here],
        gold=gold[here],
        agents=both[here],
        row_weight=both[here],
        row_weight_sq=both[here],
    )
