"""From draws as they were given to draws of the shares of all goals, everything checked."""

from __future__ import annotations

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.draws.given import Array, Given, duplicates
from bayes_misalign.families.draws.kept import keep
from bayes_misalign.models.drawn_shares.evidence import DrawnGoals
from bayes_misalign.reading.parse_numbers import PERCENT
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.unknown_labels import note_unknown_label
from bayes_misalign.tables.labels import find_twins, show, shown, suspicious

SUM = 1e-6  # how far a sum of shares may be from one: figures are rounded
SUM_OF_PERCENT = 0.02  # how far percentages may be from 100, as a share of it
SAME = 1e-12  # from here on shares are left as they are


def to_evidence(
    given: Given, area: ProblemArea, paired: bool, problems: Problems
) -> DrawnGoals | None:
    """Return the draws as evidence, or None after noting all that is wrong."""
    before = len(problems)
    populations: tuple[str, ...] = ("all",)
    values = given.values
    if values.ndim == 3:
        values = values[:, :, None]
    else:
        populations = given.labels[0]
    labels = given.labels[-1]
    _check_populations(populations, given.source, problems)
    category = _check_goals(labels, area, given.source, problems)
    _check_numbers(given, problems)
    if len(problems) > before:
        return None
    shares = np.zeros((*values.shape[:-1], len(area.categories)))
    for i, label in enumerate(labels):  # several words for holding no goal are one category
        shares[..., area.categories.index(category[label])] += values[..., i]
    kept = keep(_summing_to_one(shares), "goal shares", given.source)
    return DrawnGoals(
        area.categories,
        populations,
        kept.values,
        paired,
        kept.rhat,
        kept.ess,
        kept.notes,
        given.source,
    )


def _summing_to_one(shares: Array) -> Array:
    total = shares.sum(axis=-1, keepdims=True)
    # what is as near as floats can be stays, so that reading what was written changes nothing
    return np.where(np.abs(total - 1) > SAME, shares / total, shares)


def _check_populations(names: tuple[str, ...], source: str, problems: Problems) -> None:
    for name in duplicates(names):
        problems.add(f"the population {show(name)} is there twice", where=source)
    for twins in find_twins(names):
        problems.add(
            f"populations differ only by case, white space or Unicode form: {shown(twins)}",
            where=source,
            fix="write each in one way",
        )
    for name in dict.fromkeys(names):
        if not name:
            problems.add("a population is blank", where=source)
        elif trouble := suspicious(name):
            problems.add(f"the population {show(name)} {trouble}", where=source)


def _check_goals(
    labels: tuple[str, ...], area: ProblemArea, source: str, problems: Problems
) -> dict[str, str]:
    known = list(dict.fromkeys([*area.goals, *area.no_goal, *area.categories]))
    for label in duplicates(labels):
        problems.add(f"the goal {show(label)} is there twice", where=source)
    found: dict[str, str] = {}
    for label in dict.fromkeys(labels):
        category = area.category_of(label)
        if category is not None:
            found[label] = category
        elif label in area.not_answers:
            problems.add(
                f"{show(label)} is declared not to be an answer, so nobody has it as a goal",
                where=source,
                fix="leave it out and rescale the shares, or move it to `no_goal`",
            )
        else:
            note_unknown_label(
                label,
                "of the draws",
                source,
                known,
                problems,
                what="goal",
                unknown="is none of the problem area",
                fix="rename it",
            )
    for goal in area.categories:
        if goal not in found.values():
            problems.add(
                f"no draws are given for the goal {show(goal)}",
                where=source,
                valid=f"shares of {shown(area.categories)}",
                fix="add it, with share 0 if nobody holds it",
            )
    return found


def _check_numbers(given: Given, problems: Problems) -> None:
    unknown = ~np.isfinite(given.values)
    given.note(unknown, "a share is {}", problems, "a number from 0 to 1")
    given.note(given.values < 0, "a share is negative: {}", problems, "a number from 0 to 1")
    odd = np.abs(given.values.sum(axis=-1) - 1) > SUM
    odd &= ~unknown.any(axis=-1)
    total = given.values.sum(axis=-1)[odd]
    fix = PERCENT if total.size and (np.abs(total - 100) <= 100 * SUM_OF_PERCENT).all() else ""
    given.note(odd, "the shares sum to {}", problems, "shares of all goals that sum to 1", fix)
