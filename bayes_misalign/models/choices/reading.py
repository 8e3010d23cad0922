"""What must hold of payoffs: each goal states all of them, and no two goals choose alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.actions.action_cells import ActionCells
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.tables.labels import show, shown

ALIKE = 1e-6  # of utilities, whose range is one


def note_missing(
    payoffs: FloatArray, cells: ActionCells, goals: Sequence[str], key: str, problems: Problems
) -> bool:
    """Note payoffs that nobody stated, and tell whether there are any."""
    before, start = len(problems), 0
    for situation, actions in zip(cells.situations, cells.actions, strict=True):
        block = np.isnan(payoffs[:, start : start + len(actions)])
        inside = "" if len(cells.situations) == 1 else f" in situation {show(situation)}"
        none = [name for name, row in zip(goals, block, strict=True) if row.all()]
        if none:
            one = len(none) == 1
            problems.add(
                f"nothing says what actions{inside} pay to {shown(none)}",
                where="weights" if key == "features" else key,
                valid="payoffs of the actions for every goal: " + shown(goals),
                fix="state them; where it does not matter to "
                f"{'this goal' if one else 'these goals'} which action is chosen, state 0 for "
                "each",
            )
        left_out: dict[str, list[str]] = {}
        for name, row in zip(goals, block, strict=True):
            for c in np.flatnonzero(row if not row.all() else False * row):
                left_out.setdefault(actions[int(c)], []).append(name)
        for action, names in left_out.items():
            problems.add(
                f"there is no payoff of the action {show(action)}{inside} for {shown(names)}",
                where=key,
                several="{n} actions have no payoff for some goal",
                value=show(action),
                valid="a payoff of every action for every goal",
                fix="state it, or correct the name of the action",
            )
        start += len(actions)
    return len(problems) > before


def remarks(evidence: DistinctChoices, coded: CodedTable, key: str) -> Iterator[str]:
    """Yield notes on payoffs, or note that they cannot tell goals apart."""
    utility, names = evidence.utility, evidence.categories
    indifferent = ~(utility < 0).any(axis=1)
    if indifferent.all():
        coded.problems.add(
            "all actions pay the same to every goal, so that choices say nothing about goals",
            where=key,
            valid="payoffs that differ between the actions of some situation",
            fix="state payoffs that differ",
        )
        return
    for one, other in _alike(evidence):
        both = [names[one], names[other]]
        coded.problems.add(
            f"the goals {shown(both)} lead to the same choices: their payoffs differ by a constant "
            "and a factor at most",
            where=key,
            several="{n} pairs of goals lead to the same choices",
            value=shown(both),
            valid="payoffs by which some action is better for one goal than for the other, or some "
            "agents of each goal that are known (gold)",
            fix="correct the payoffs, make one goal of the two, or add a situation that tells them "
            "apart",
        )
    for name in np.array(names)[indifferent].tolist():
        yield (
            f"To the goal {shown([name])} all actions pay the same: its agents choose at random, "
            "each action equally often."
        )


def _alike(evidence: DistinctChoices) -> list[tuple[int, int]]:
    """Return pairs of goals that lead to the same choices, where not both are known of some."""
    asked = evidence.per_source[evidence.gold == UNKNOWN].any(axis=0)
    widths = [span.stop - span.start for span in evidence.spans]
    found = np.where(np.repeat(asked, widths), evidence.utility, 0.0)
    if evidence.rationality == "goal":  # then a factor makes no difference
        largest = np.abs(found).max(axis=1, keepdims=True)
        found = found / np.where(largest > 0, largest, 1.0)
    acted = evidence.reports.any(axis=1) & (evidence.gold != UNKNOWN)
    known = set(evidence.gold[acted].tolist())
    return [
        (i, j)
        for i, j in combinations(range(len(found)), 2)
        if np.abs(found[i] - found[j]).max(initial=0.0) < ALIKE and not {i, j} <= known
    ]
