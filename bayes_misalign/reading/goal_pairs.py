"""Pairs of goals as people name them, and the pairs of categories that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show, shown, twin_key
from bayes_misalign.tables.remedies import is_figure, quoted

STATED = "stated in the study"


@dataclass(frozen=True)
class StatedPair:
    """What a study says about one pair."""

    one: Any
    other: Any
    values: Mapping[str, Any]
    where: str


class PairNames:
    """Turn two labels into a pair of categories, and remember which pairs were named where."""

    def __init__(self, area: ProblemArea, problems: Problems) -> None:
        self.area, self.problems = area, problems
        self.order = {name: place for place, name in enumerate(area.categories)}
        self.places: dict[Pair, str] = {}
        self._unknown: set[str] = set()

    def category(self, label: Any, where: str) -> str | None:
        """Return the category of a label, or note that there is none; once for each label."""
        text = label if isinstance(label, str) else str(label)
        if (category := self.area.category_of(text)) is not None:
            return category
        if text in self._unknown:
            return None
        self._unknown.add(text)
        known = list(dict.fromkeys([*self.area.goals, *self.area.no_goal, *self.order]))
        twins = [name for name in known if twin_key(name) == twin_key(text)]
        if not text:
            self.problems.add("a goal is blank", where=where, valid=shown(known))
        elif text in self.area.not_answers:
            self.problems.add(
                f"{show(text)} is declared not to be an answer, so it conflicts with nothing",
                where=where,
                several="{n} labels are declared not to be answers, so they conflict with nothing",
                value=show(text),
                fix="leave it out, or move it to `no_goal`",
            )
        else:
            fix = f"write it as {show(twins[0])}" if twins else did_you_mean(text, known)
            codes = is_figure(text) and not any(map(is_figure, known))
            self.problems.add(
                f"there is no goal {show(text)}",
                where=where,
                fix="write the labels of goals in place of numbers that stand for them"
                if codes
                else "add it to `goals`, or leave its rows out, as by `where`" * (not twins),
                several="{n} labels are no goals",
                value=f"{show(text)} ({fix})" if fix else show(text),
                valid=shown(known),
                hint=fix,
            )
        return None

    def pair(self, one: Any, other: Any, where: str, fix: str = "") -> Pair | None:
        """Return the pair of two labels in the order of the categories."""
        first, second = self.category(one, where), self.category(other, where)
        if first is None or second is None:
            return None
        if first == second:
            self.problems.add(
                f"{show(str(one))} is paired with itself"
                if one == other
                else f"{show(str(one))} and {show(str(other))} both mean {first!r}",
                where=where,
                several="{n} pairs are of a goal with itself",
                value=show(first),
                valid="two different goals",
                fix=fix if one == other else "",
            )
            return None
        return (first, second) if self.order[first] < self.order[second] else (second, first)

    def once(
        self, one: Any, other: Any, where: str, fix: str = "", own_fix: str = ""
    ) -> Pair | None:
        """Return the pair of two labels that is named for the first time, else note both places."""
        if (pair := self.pair(one, other, where, own_fix)) is None:
            return None
        if pair in self.places:
            self.problems.add(
                f"the pair {show_pair(pair)} is named twice, before in {self.places[pair]}",
                where=where,
                several="{n} pairs are named that were named before",
                value=show_pair(pair),
                valid="each pair once, in either order",
                fix=fix,
            )
            return None
        self.places[pair] = where
        return pair

    def sorted(self, pairs: Mapping[Pair, Any]) -> tuple[Pair, ...]:
        """Return pairs in the order of the categories."""
        return tuple(pair for pair in combinations(self.order, 2) if pair in pairs)


LEAVE_OUT = "leave out"


def labels_of_pairs(area: ProblemArea) -> tuple[str, ...]:
    """Return the labels by which pairs can name goals."""
    return tuple(dict.fromkeys([*area.goals, *area.no_goal, *area.categories]))


def own_pairs_stated(stated: str | None, key: str = "self_ratings") -> Iterator[Contradiction]:
    """Return what is stated of pairs of a goal with itself, if that is none of the words."""
    yield stated not in (None, LEAVE_OUT), f"{key} is {show(str(stated))}", f'"{LEAVE_OUT}"'


def pairs_of_rows(
    found: DistinctRows, names: PairNames, own_pairs: str | None = None, fix: str = ""
) -> list[Pair | None]:
    """Return the pair in the columns goal and goal_other of each distinct row.

    Pairs of a goal with itself are none if `own_pairs` says so, else noted with a remedy.
    """
    known: dict[tuple[str, str], Pair | None] = {}
    labels = list(zip(found.cells("goal"), found.cells("goal_other"), strict=True))
    for both, row in zip(labels, found.first, strict=True):
        if both not in known:
            where = found.table.where(row)
            if both[0] == both[1] and own_pairs == LEAVE_OUT and names.category(both[0], where):
                known[both] = None
            else:
                known[both] = names.pair(*both, where, fix)
    return [known[both] for both in labels]


def left_out_note(what: str, number: float, source: str, why: str) -> str:
    """Return how many judgements, or ratings, are left out, and why."""
    if number == 1:
        return f"One {what} in {source} is {why} and left out."
    return f"{number:,.0f} {what}s in {source} are {why} and left out."


def own_pairs_note(
    found: DistinctRows, told: Sequence[bool], what: str, own_pairs: str | None
) -> list[str]:
    """Return how many rows say something of a goal with itself and are left out, if they are."""
    both = zip(found.cells("goal"), found.cells("goal_other"), strict=True)
    numbers = zip(both, told, found.sum("n").tolist(), strict=True)
    if own_pairs != LEAVE_OUT or not (n := sum(x for (a, b), yes, x in numbers if yes and a == b)):
        return []
    of_one = f"{n:,.0f} {what}s of a goal with itself in {found.table.source} are left out."
    return [
        of_one
        if n > 1
        else f"One {what} of a goal with itself in {found.table.source} is left out."
    ]


def stated_pairs(
    pairs: Any,
    keys: Sequence[str],
    problems: Problems,
    unpack: Callable[[Any], Mapping[str, Any] | None],
    example: str,
) -> Iterator[StatedPair]:
    """Iterate over pairs as a study states them, in Python or in TOML."""
    if isinstance(pairs, Mapping):
        for labels, value in pairs.items():
            if not _are_two(labels):
                problems.add(
                    "this is not a pair",
                    where="pairs",
                    value=repr(labels),
                    valid=f"`pairs = [{example}]`",
                )
                continue
            where = f"pairs, {show(str(labels[0]))} and {show(str(labels[1]))}"
            values = unpack(value)
            if values is None:
                text, valid = f"{value!r} says nothing about a pair", f"`pairs = [{example}]`"
                problems.add(text, where=where, valid=valid)
            elif _keys_known(values, keys, where, problems, example):
                yield StatedPair(labels[0], labels[1], values, where)
        return
    if isinstance(pairs, str) or not isinstance(pairs, Sequence):
        problems.add(
            f"pairs is {pairs!r}", where="pairs", valid=f"a list, as in `pairs = [{example}]`"
        )
        return
    for number, entry in enumerate(pairs, start=1):
        where = f"pairs, entry {number}"
        if not isinstance(entry, Mapping) or not _are_two(entry.get("between")):
            problems.add(
                "this does not name two goals with between",
                where=where,
                value=repr(entry),
                valid=f"`pairs = [{example}]`",
            )
            continue
        values = {key: value for key, value in entry.items() if key != "between"}
        if _keys_known(values, keys, where, problems, example):
            one, other = entry["between"]
            yield StatedPair(one, other, values, where)


def show_pair(pair: Pair) -> str:
    """Return a pair as printable text."""
    return f"{show(pair[0])} and {show(pair[1])}"


def one_form(forms: Mapping[str, Any], model: str, problems: Problems) -> bool:
    """Note a declaration that states its figures in several ways."""
    given = [name for name, value in forms.items() if value is not None]
    if len(given) > 1:
        problems.add(
            f"{' and '.join(given)} are both stated",
            where=model,
            valid=f"one of {', '.join(forms)}",
            fix=f"keep one of them, and state others in a second source `model = {quoted(model)}`",
        )
    return len(given) <= 1


def _are_two(labels: Any) -> bool:
    return isinstance(labels, Sequence) and not isinstance(labels, str) and len(labels) == 2


def _keys_known(
    values: Mapping[str, Any], keys: Sequence[str], where: str, problems: Problems, example: str
) -> bool:
    unknown = [key for key in values if key not in keys]
    for key in unknown:
        problems.add(
            f"there is no key {key!r} here",
            where=where,
            valid=f"{', '.join(keys)}, as in `pairs = [{example}]`",
            hint=did_you_mean(str(key), keys),
        )
    return not unknown
