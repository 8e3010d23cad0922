"""Kinds of raters, such as people and models, one of which defines the level of conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bayes_misalign.errors import did_you_mean, listed
from bayes_misalign.page.safe_text import few_of, named
from bayes_misalign.reading.columns import Column, Where
from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Caution, FloatArray, IntArray, Pair
from bayes_misalign.tables.labels import show

KIND = "rater_kind"
# kinds whose name says that they are those whose judgement counts
PEOPLE = ("people", "person", "persons", "human", "humans")


class Said(NamedTuple):
    """What raters did with pairs of goals, and what came of it."""

    did: str
    what: str


RATED, JUDGED = Said("rated", "ratings"), Said("judged", "judgements")


@dataclass(frozen=True, eq=False)
class RaterKinds:
    """Of which kind each rater is.

    Parameters
    ----------
    names : tuple of str, length K
        Kinds, first the one that defines the level; empty if none are told.
    of_rater : (R,) ndarray of int
        Kind of each rater.
    """

    names: tuple[str, ...]
    of_rater: IntArray


NONE = RaterKinds((), np.zeros(0, np.int64))


def check_kinds(kinds: Sequence[str], of_rater: IntArray, raters: int) -> None:
    """See that every rater is of one of several kinds."""
    if len(kinds) < 2 or len(of_rater) != raters:
        raise ValueError("every rater is of one of several kinds, or of none")
    if not np.isin(of_rater, np.arange(len(kinds))).all():
        raise ValueError("a rater is of a kind that is not named")


def cautions_of_kinds(
    kinds: Sequence[str], pairs: Sequence[Pair], by_kind: FloatArray, rated: str
) -> tuple[Caution, ...]:
    """Say of which goals raters of other kinds alone said anything; empty where all are alike.

    `by_kind` (kind, pair) are numbers of ratings or judgements, and `rated` is what raters did.
    """
    if not kinds:
        return ()
    first, others = by_kind[0] > 0, np.any(by_kind[1:] > 0, axis=0)
    told = {goal for pair, yes in zip(pairs, first, strict=True) if yes for goal in pair}
    seen = [goal for pair, yes in zip(pairs, others, strict=True) if yes for goal in pair]
    goals = [goal for goal in dict.fromkeys(seen) if goal not in told]
    if not goals:
        return ()
    it, its = ("them", "their") if len(goals) > 1 else ("it", "its")
    who = f"kind {named(kinds[0])}"
    return (
        Caution(
            f"no rater of {who} {rated} a pair of {few_of(goals)}: what other kinds see in {it} "
            f"may be wrong unnoticed, and intervals of {its} levels too narrow",
            f"have raters of {who} say something of pairs of {it}",
        ),
    )


def kind_column(what: str, needed: bool | Where = True) -> Column:
    """Return the column of the kind of who rated, or judged; needed in which rows."""
    return Column(
        KIND,
        needed=needed,
        valid=f"the kind of the rater in every row, such as people or model, beside who {what}",
        fix="fill the kind in, or leave rows of raters whose kind nobody knows out",
    )


def kinds_stated(declared: Any) -> Iterable[Contradiction]:
    """Yield what does not go together in a declaration with `rater`, `rater_kind`, `reference`."""
    yield (
        declared.rater_kind is not None and declared.rater is None,
        "rater_kind is stated without rater",
        "the column of who rated beside that of their kind",
        'name the column of who rated too, as in `rater = "who"`; or leave `rater_kind` out',
    )
    yield (
        declared.reference is not None and declared.rater_kind is None,
        "reference is stated without rater_kind, and nothing is made of it",
        "both of them",
        'name the column of kinds too, as in `rater_kind = "kind"`; or leave `reference` out',
    )


def read_kinds(
    found: DistinctRows,
    raters: tuple[str, ...],
    rater: Sequence[int],
    kept: Sequence[bool],
    reference: str | None,
    said: Said = RATED,
) -> RaterKinds | None:
    """Return kinds of raters, two of which rated in rows that are kept; None if that is wrong.

    Where no row is kept there is nothing to tell apart. `said` is what messages call it.
    """
    if KIND not in found.roles:
        return NONE
    before = len(found.problems)
    every, kind = found.named(KIND)
    told = zip(kind, kept, strict=True)
    rated = tuple(dict.fromkeys(every[k] for k, yes in told if yes and k >= 0))
    if not rated:
        return NONE
    of_rater = [every[k] for k in _of_raters(found, raters, rater, every, kind)]
    first = _reference(found, every, rated, reference, said)
    if first is None or len(found.problems) > before:
        return None
    names = (first, *(name for name in every if name != first and name in of_rater))
    return RaterKinds(names, np.array([names.index(name) for name in of_rater], np.int64))


def _of_raters(
    found: DistinctRows,
    raters: tuple[str, ...],
    rater: Sequence[int],
    kinds: tuple[str, ...],
    kind: Sequence[int],
) -> list[int]:
    """Return the kind of each rater, and note raters who are of two."""
    seen: dict[int, tuple[int, int]] = {}
    for who, what, row in zip(rater, kind, found.first, strict=True):
        if who < 0 or what < 0:
            continue
        own, _ = seen.setdefault(who, (what, row))
        if own != what:
            found.problems.add(
                f"the rater {show(raters[who])} is of two kinds, {show(kinds[own])} and "
                f"{show(kinds[what])}",
                where=found.where(KIND, row),
                several="{n} raters are of two kinds",
                value=show(raters[who]),
                valid="one kind for each rater",
                fix="give the rater one kind in all rows, or another name in some of them",
            )
            seen[who] = (what, row)  # said once
    return [seen[who][0] if who in seen else 0 for who in range(len(raters))]


def _reference(
    found: DistinctRows,
    every: tuple[str, ...],
    rated: tuple[str, ...],
    reference: str | None,
    said: Said,
) -> str | None:
    """Return the kind that defines the level; note what keeps it from being known."""
    where, problems = found.where(KIND), found.problems
    first = reference
    if first is None:
        clear = [name for name in every if name.casefold() in PEOPLE]
        first = clear[0] if len(clear) == 1 else None
    if len(rated) == 1 and first in (None, *rated):
        problems.add(
            f"all raters are of one kind, {show(rated[0])}",
            where=where,
            valid=f"{said.what} by raters of two kinds at least",
            fix="leave `rater_kind` out, so that all raters are alike",
        )
    elif first is None:
        problems.add(
            "it is not stated which kind of rater defines the level of conflict",
            where=where,
            valid=f"one of {listed(rated)}",
            fix=f'state it, as in `reference = "{rated[0]}"`',
        )
    elif first not in every:
        near = did_you_mean(first, every)
        problems.add(
            f"no rater is of the kind {show(first)}, which is to define the level of conflict",
            where=where,
            valid=f"one of {listed(every)}",
            fix="; ".join(filter(None, (near, "state one of these kinds as `reference`"))),
        )
    elif first not in rated:
        problems.add(
            f"nobody of the kind {show(first)} {said.did} anything, and that kind defines the "
            "level of conflict",
            where=where,
            valid=f"{said.what} by that kind, for no number of others says what it would have said",
            fix=f"have some pairs {said.did} by raters of that kind; or state another one as "
            f'`reference`, as in `reference = "{rated[0]}"`',
        )
    else:
        return first
    return None
