"""What a study says of the goals of agents who gave no answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean, listed
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.parse_numbers import PERCENT
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.typed_fields import check_types, is_number, shown_value
from bayes_misalign.settings import NO_GOAL

AT_RANDOM = "like those who answered"
SUM_TOLERANCE = 0.02  # published shares are rounded; they are scaled to sum to one
NORMAL_95 = 1.959963984540054
_ODDS = "`odds = [0.5, 2]`"


class Departure(NamedTuple):
    """How agents without an answer differ from those who answered, in words and numbers.

    `low` and `high` are factors (K,) of the odds of each goal, between which 95 % of a normal
    distribution of their logarithm lies; one factor where both are equal. `shares` (K,) are goal
    shares in place of odds.
    """

    name: str
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    shares: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Refusals:
    """What may be of the goals of agents who gave no answer.

    Parameters
    ----------
    labels : sequence of str, optional
        Labels of `not_answers` whose agents count; by default all of them.
    not_asked : bool
        Whether agents with an empty cell count too, and those whose answer is declared as missing.
    odds : sequence, or mapping of str to number or sequence of numbers
        Factors by which the odds of holding a goal are multiplied among agents who gave no answer,
        against those who answered. Numbers, ``[0.5, 2]``, are tried for each goal in turn; by goal,
        ``{"a": [1.5, 3]}``, for that goal; a table in the sequence, ``[{"a": 2, "b": 0.5}]``, has
        several goals at once.
    ranges : mapping of str to (number, number), optional
        Ranges of such factors by goal that hold the true one with probability 0.95; they are then
        drawn, their logarithms normally distributed.
    shares : mapping of str to float, optional
        Goal shares of agents who gave no answer, as a follow-up of some may have found them.

    Notes
    -----
    P(ma) of all who were asked is reported where agents without an answer are like those who
    answered (missing at random), under each of these departures, and between the smallest and the
    largest value that any goals of them lead to (worst-case bounds).

    Examples
    --------
    >>> Refusals(odds=[0.5, 2]).odds
    [0.5, 2]
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    labels: tuple[str, ...] | None = None
    not_asked: bool = False
    odds: Any = ()
    ranges: Any = None
    shares: Any = None

    def __post_init__(self) -> None:
        check_types(self, "[refusals]", but=("odds", "ranges", "shares"))
        if self.labels is not None:
            object.__setattr__(self, "labels", tuple(self.labels))

    def departures(self, area: ProblemArea) -> list[Departure]:
        """Return the departures, in the order stated; the study was checked."""
        names = area.categories
        place = {name: i for i, name in enumerate(names)}

        def factors(by_goal: Mapping[str, float]) -> NDArray[np.float64]:
            found = np.ones(len(names))
            for goal, value in by_goal.items():
                found[place[area.category_of(goal) or goal]] = value
            return found

        made: list[Departure] = []
        for by_goal in _each_odds(self.odds, names):
            if any(_alike(factors(by_goal), one.low) for one in made):
                continue  # of two goals, half the odds of one are twice those of the other
            said = " and ".join(f"{goal} × {value:g}" for goal, value in by_goal.items())
            made.append(Departure(f"odds of {said}", factors(by_goal), factors(by_goal)))
        if self.ranges:
            said = " and ".join(f"{g} × {low:g} to {high:g}" for g, (low, high) in _items(self))
            ends = ({g: pair[end] for g, pair in _items(self)} for end in (0, 1))
            made.append(Departure(f"odds of {said}", *map(factors, ends)))
        if self.shares:
            stated = {goal: float(value) for goal, value in self.shares.items()}
            held = np.zeros(len(names))
            for goal, value in stated.items():
                held[place[area.category_of(goal) or goal]] += value
            held = held / held.sum()
            said = ", ".join(f"{100 * value:.3g} % {goal}" for goal, value in stated.items())
            one = np.ones(len(names))
            made.append(Departure(said, one, one, held))
        return made


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Tell whether two sets of factors are in proportion."""
    return bool(np.allclose(one / one[0], other / other[0], rtol=1e-12))


def _items(stated: Refusals) -> list[tuple[str, tuple[float, float]]]:
    return [(goal, (float(low), float(high))) for goal, (low, high) in stated.ranges.items()]


def _each_odds(odds: Any, goals: Sequence[str]) -> Iterator[dict[str, float]]:
    """Yield what is multiplied by what in each departure."""
    if isinstance(odds, Mapping):
        for goal, values in odds.items():
            for value in [values] if is_number(values) else values:
                yield {goal: float(value)}
        return
    for one in [odds] if is_number(odds) else odds:
        if isinstance(one, Mapping):
            yield {goal: float(value) for goal, value in one.items()}
        else:
            for goal in goals:
                yield {goal: float(one)}


def check_refusals(
    stated: Refusals | None, area: ProblemArea, goals: GoalEvidence, problems: Problems
) -> None:
    """Note what a study says of refusals that its evidence does not have, or that is no number."""
    if stated is None:
        return
    where = "[refusals]"
    if goals.left_out is None and (area.not_answers or stated.not_asked):
        problems.add(
            f"refusals are not told here: {goals.refusals_untold}"
            if goals.refusals_untold
            else f"nobody without an answer is among the evidence ({goals.source})",
            where=where,
            valid="[refusals] where agents state a goal or give an answer of `not_answers`, or "
            "none, in a table of answers or of published percentages",
            fix="leave [refusals] out",
        )
        return
    if not area.not_answers and not stated.not_asked:
        problems.add(
            "no answer counts as a refusal",
            where=where,
            valid="answers that are none, named in `not_answers` under [problem_area]",
            fix="state `not_asked = true` if an empty cell is an agent who was asked and gave no "
            "answer",
        )
        return
    for label in stated.labels or ():
        if label not in area.not_answers:
            problems.add(
                f"there is no label {label!r} among those that are no answers",
                where=f"{where} labels",
                valid=listed(area.not_answers),
                fix=did_you_mean(label, area.not_answers),
            )
    _check_odds(stated.odds, area, problems)
    _check_ranges(stated.ranges, area, problems)
    _check_shares(stated.shares, area, problems)


def _goal_is_known(goal: Any, area: ProblemArea, where: str, problems: Problems) -> None:
    if goal in area.categories or area.category_of(str(goal)) is not None:
        return
    known = [*area.goals, *([NO_GOAL] if area.has_no_goal else [])]
    problems.add(
        f"there is no goal {goal!r}",
        where=where,
        valid=listed(known),
        fix=did_you_mean(str(goal), known),
    )


def _check_odds(odds: Any, area: ProblemArea, problems: Problems) -> None:
    where = "[refusals] odds"

    def factor(value: Any) -> None:
        if not (is_number(value) and 0 < float(value) < np.inf):
            problems.add(
                f"a factor of odds is {shown_value(value)}",
                where=where,
                valid=f"numbers above 0, as in {_ODDS}: half and twice the odds of those who "
                "answered",
            )

    def each(values: Any) -> None:
        for value in values if isinstance(values, Sequence | np.ndarray) else [values]:
            factor(value)

    if isinstance(odds, str) or not isinstance(odds, Sequence | np.ndarray | Mapping):
        if not is_number(odds):
            problems.add(
                f"odds is {shown_value(odds)}",
                where=where,
                valid=f"factors for each goal in turn, as in {_ODDS}, or by goal, as in "
                '`odds = { "a" = [1.5, 3] }`',
            )
        else:
            factor(odds)
        return
    tables = [odds] if isinstance(odds, Mapping) else odds
    for one in tables:
        if not isinstance(one, Mapping):
            factor(one)
            continue
        for goal, values in one.items():
            _goal_is_known(goal, area, where, problems)
            each(values) if isinstance(odds, Mapping) else factor(values)


def _check_ranges(ranges: Any, area: ProblemArea, problems: Problems) -> None:
    where = "[refusals] ranges"
    example = '`ranges = { "a" = [1, 3] }`'
    if ranges is None:
        return
    if not isinstance(ranges, Mapping):
        problems.add(f"ranges is {shown_value(ranges)}", where=where, valid=f"as in {example}")
        return
    for goal, pair in ranges.items():
        _goal_is_known(goal, area, where, problems)
        two = isinstance(pair, Sequence | np.ndarray) and not isinstance(pair, str)
        two = two and len(pair) == 2 and all(map(is_number, pair))
        if not two or not 0 < float(pair[0]) <= float(pair[1]) < np.inf:
            problems.add(
                f"the range of {goal} is {shown_value(pair)}",
                where=where,
                valid=f"the smaller and the larger of two factors above 0, as in {example}",
            )


def _check_shares(shares: Any, area: ProblemArea, problems: Problems) -> None:
    where = "[refusals] shares"
    if shares is None:
        return
    if not isinstance(shares, Mapping) or not all(map(is_number, shares.values())):
        problems.add(
            f"shares is {shown_value(shares)}",
            where=where,
            valid='shares by goal, as in `shares = { "a" = 0.6, "b" = 0.4 }`',
        )
        return
    for goal in shares:
        _goal_is_known(goal, area, where, problems)
    values = np.array(list(map(float, shares.values())))
    if not np.isfinite(values).all() or (values < 0).any():
        problems.add("a share is negative or not a number", where=where, valid="numbers >= 0")
    elif abs(values.sum() - 1) > SUM_TOLERANCE:
        percent = abs(values.sum() / 100 - 1) <= SUM_TOLERANCE
        problems.add(
            f"the shares sum to {values.sum():g}",
            where=where,
            valid="a sum of 1",
            fix=PERCENT if percent else "",
        )
