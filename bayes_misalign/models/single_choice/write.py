"""Answers to a table of counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.models.single_choice.doubts import percentages
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.pairing import ABSENT
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

ANSWERS = "answers.csv"


def write(evidence: ChoiceCounts, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write counts of answers, with the sums of their weights; return the table `[goals]`."""
    labels = [*area.goals, *area.no_goal[:1]]
    figures = {"count": evidence.counts.astype(int)}
    if evidence.weighted:
        figures |= {"weight_sum": evidence.weight_sum, "weight_sq_sum": evidence.weight_sq_sum}
    groups, more = ([], {}) if not len(evidence.patterns) else _groups(evidence, labels, figures)
    blank = [""] * len(more)
    rows = [
        (population, label, *(values[s, i].item() for values in figures.values()), *blank)
        for s, population in enumerate(evidence.populations)
        for i, label in enumerate(labels)
    ]
    columns = ("population", "goal", *figures, *more.values())
    without = _without_answer(evidence, blank)
    write_table(folder / ANSWERS, columns, [*rows, *groups, *without])
    # figures that sum to 100 and are agents: without their number they would look like percentages
    zeros = int((evidence.counts == 0).sum())
    alike = [] if evidence.weighted else [*percentages(evidence.n, evidence.n, zeros, "")]
    stated = alike and not evidence.doubts
    agents = {name: int(n) for name, n in zip(evidence.populations, evidence.n, strict=True)}
    return {
        "model": evidence.model,
        "data": ANSWERS,
        "goal": "goal",
        "population": "population",
        **{name: name for name in figures},
        **more,
        **stated_of_populations(evidence),
        **({"n": agents} if stated else {}),
        "prior": prior_table(priors),
    }


def _without_answer(evidence: ChoiceCounts, blank: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return rows of agents who gave no answer; a weight that is not known is written as 0."""
    left = evidence.left_out
    if left is None:
        return []
    figures = [left.agents]
    if evidence.weighted:
        known = 1.0 if left.weighted else 0.0
        figures += [left.weight_sum * known, left.weight_sq_sum * known]
    return [
        (population, label, int(left.agents[s, i]), *(x[s, i].item() for x in figures[1:]), *blank)
        for s, population in enumerate(evidence.populations)
        for i, label in enumerate((*left.labels, ""))
        if left.agents[s, i]
    ]


def _groups(
    evidence: ChoiceCounts, labels: Sequence[str], figures: dict[str, Any]
) -> tuple[list[tuple[Any, ...]], dict[str, str]]:
    """Return rows of agents who are in several populations, and take them from the figures.

    A row is a pattern in one population; its id is the number of the pattern.
    """
    rows: list[tuple[Any, ...]] = []
    more = {"respondent": "group"} | ({"weight_alike": "alike"} if evidence.weighted else {})
    figures |= {name: np.array(values) for name, values in figures.items()}
    for p, s in np.argwhere(evidence.patterns != ABSENT).tolist():
        at = s, int(evidence.patterns[p, s])
        told: list[Any] = [int(evidence.pattern_counts[p])]
        alike = []
        if evidence.weighted:
            sums = evidence.pattern_weight_sum, evidence.pattern_weight_sq_sum
            told += [values[p, s].item() for values in sums]
            alike = [evidence.pattern_alike[p].item()]
        for values, taken in zip(figures.values(), told, strict=True):
            values[at] -= taken
        rows.append((evidence.populations[s], labels[at[1]], *told, f"group {p + 1}", *alike))
    return rows, more
