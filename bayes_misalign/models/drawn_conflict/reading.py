"""From draws as they were given to draws of the levels of pairs of goals, everything checked."""

from __future__ import annotations

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.draws.given import Array, Given, duplicates
from bayes_misalign.families.draws.kept import keep
from bayes_misalign.models.drawn_conflict.evidence import DrawnLevels
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_pairs import PairNames
from bayes_misalign.reading.parse_numbers import UNIT
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show

EQUAL = 1e-9  # two levels that are meant to be the same number
BETWEEN = " | "  # parts the goals of a pair in one label, as in results


def to_evidence(
    given: Given, area: ProblemArea, paired: bool, problems: Problems
) -> DrawnLevels | None:
    """Return the draws as evidence, or None after noting all that is wrong."""
    before, names = len(problems), PairNames(area, problems)
    level = "a number from 0 to 1"
    given.note(~np.isfinite(given.values), "a conflict level is {}", problems, level)
    outside = (given.values < 0) | (given.values > 1)
    fix = UNIT if (given.values[outside] > 1).any() else ""
    given.note(outside, "a conflict level is outside [0, 1]: {}", problems, level, fix)
    if len(given.labels) == 2:
        found = _of_matrices(given, names, problems)
    else:
        found = _of_pairs(given, names, problems)
    if len(problems) > before:
        return None
    pairs = names.sorted(found)
    kept = keep(np.stack([found[pair] for pair in pairs], -1), "conflict levels", given.source)
    return DrawnLevels(pairs, kept.values, given.source, paired, kept.rhat, kept.ess, kept.notes)


def _of_matrices(given: Given, names: PairNames, problems: Problems) -> dict[Pair, Array]:
    """Return the levels of matrices (chain, draw, goal, goal): symmetric, zero on the diagonal."""
    down, across = given.labels
    before = len(problems)
    if set(down) != set(across):
        problems.add(
            "the goals of the two axes differ", where=given.source, valid="the same goals in both"
        )
    for goal in duplicates(down):
        problems.add(f"the goal {show(goal)} is there twice", where=given.source)
    values = given.values
    if len(problems) == before:
        values = values[..., [across.index(goal) for goal in down]]
        same = Given(values, (down, down), given.source)
        own = np.eye(len(down), dtype=bool)
        same.note(
            own & (values != 0),
            "a goal conflicts with itself at level {}",
            problems,
            "0, because agents with the same goal agree",
        )
        odd = np.abs(values - values.swapaxes(-1, -2)) > EQUAL
        same.note(
            odd & np.triu(np.ones_like(own)),
            "the conflict is not the same in both directions: {}, and another level",
            problems,
            "one level for both directions",
        )
    found: dict[Pair, Array] = {}
    for i, one in enumerate(down):
        names.category(one, given.source)
        for j in range(i + 1, len(down)) if len(problems) == before else ():
            if pair := names.once(one, down[j], given.source):
                found[pair] = values[..., i, j]
    if not found and len(problems) == before:
        problems.add("there is no pair of goals", where=given.source, valid="at least two goals")
    return found


def _of_pairs(given: Given, names: PairNames, problems: Problems) -> dict[Pair, Array]:
    """Return the levels of pairs (chain, draw, pair), each named as "a | b"."""
    found: dict[Pair, Array] = {}
    for i, label in enumerate(given.labels[0]):
        parts = label.split(BETWEEN)
        if len(parts) != 2:
            problems.add(
                f"{show(label)} is not a pair of goals",
                where=given.source,
                valid="two goals, as in 'a | b'",
            )
        elif pair := names.once(parts[0], parts[1], f"{given.source}, pair {i + 1}"):
            found[pair] = given.values[..., i]
    return found
