"""Count ratings of pairs of goals by who rated which pair from which side in which population."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bayes_misalign.families.raters.rater_kinds import NONE, RaterKinds, kind_column, read_kinds
from bayes_misalign.families.raters.rating_scale import RatingScale
from bayes_misalign.reading.columns import Column, count_column, population_column
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray, IntArray, Pair
from bayes_misalign.reading.goal_pairs import (
    PairNames,
    left_out_note,
    own_pairs_note,
    pairs_of_rows,
    show_pair,
)
from bayes_misalign.reading.parse_numbers import with_point
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show

_HALF = 0.5
NOBODY = -1  # a rater who is not named
FIRST, SECOND = 1, -1  # whose holders rated the other goal of the pair; 0 where that is not told
COLUMNS = (
    Column("goal"),
    Column("goal_other"),
    Column("rating"),
    count_column("count"),
    Column(
        "rater",
        needed=True,
        valid="the name of the rater in every row",
        fix="leave the column out if nobody knows who rated",
    ),
    population_column(valid="the population whose conflict was rated, in every row"),
    kind_column("rated"),
)


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as conflict from 0 to 1: their pairs, cells and numbers, several to a cell."""

    pairs: tuple[Pair, ...]
    raters: tuple[str, ...]
    populations: tuple[str, ...]
    rater: IntArray
    pair: IntArray
    side: IntArray
    population: IntArray
    value: FloatArray
    number: FloatArray
    notes: tuple[str, ...]
    kinds: RaterKinds = NONE


def rating_columns(*, as_codes: bool) -> tuple[Column, ...]:
    """Return the columns of a table of ratings; ratings on a scale of numbers are codes."""
    return tuple(replace(c, as_code=as_codes) if c.role == "rating" else c for c in COLUMNS)


def read_ratings(
    table: Table,
    roles: Mapping[str, str],
    names: PairNames,
    scale: RatingScale,
    not_ratings: Collection[str],
    *,
    directed: bool = False,
    repeated: bool = False,
    own_pairs: str | None = None,
    own_fix: str = "",
    reference: str | None = None,
) -> Ratings | None:
    """Return what a table with the columns of `COLUMNS` holds; None if it breaks off."""
    found = DistinctRows(table, roles, COLUMNS, names.problems)
    if not found.read():
        return None

    def plain(text: str) -> str:
        return with_point(text, table.decimal, "rating") if scale.ends else text

    said = [text.strip() for text in found.cells("rating")]
    meanings = found.meanings(
        "rating",
        lambda text: None if text in not_ratings or not text else scale.conflict(plain(text)),
        fix="name answers that are no ratings in `not_ratings`",
    )
    pairs = pairs_of_rows(found, names, own_pairs, own_fix)
    sides = _sides(found, pairs, names, directed)
    raters, rater = found.named("rater")
    populations, population = found.named("population")
    number = found.sum("n")
    told = zip(pairs, meanings, number.tolist(), strict=True)
    kept = np.array([p is not None and m is not None and n > 0 for p, m, n in told], bool)
    kinds = read_kinds(found, raters, rater, kept.tolist(), reference)
    if kinds is None:
        return None
    columns = list(zip(rater, pairs, sides, population, strict=True))
    if raters and not repeated:
        found.note_repeats(
            [cell if keep else None for cell, keep in zip(columns, kept.tolist(), strict=True)],
            "rater",
            lambda cell: (
                f"the rater {show(raters[cell[0]])} rated {show_pair(cell[1])} more than once"
            ),
            "{n} ratings are of a pair that their rater rated before",
            "one rating of each pair by each rater",
            "remove one, or state `repeated = true` if raters were asked again",
        )
    notes = list(table.notes)
    for what, left_out in (
        ("empty", [not text for text in said]),
        ("declared to be none", [text in not_ratings for text in said]),
    ):
        if left := number[left_out].sum():
            notes.append(left_out_note("rating", left, table.source, what))
    rated_own = [meaning is not None for meaning in meanings]
    notes += own_pairs_note(found, rated_own, "rating", own_pairs)
    notes += _turned_around(found, meanings, number.tolist(), own_pairs)
    spoken = [pair for pair, keep in zip(pairs, kept.tolist(), strict=True) if pair and keep]
    rated = names.sorted(dict.fromkeys(spoken))
    place = {pair: p for p, pair in enumerate(rated)}
    return Ratings(
        rated,
        raters,
        populations,
        np.array(rater, np.int64)[kept],
        np.array([place[pair] for pair in spoken], np.int64),
        np.array(sides, np.int64)[kept],
        np.maximum(np.array(population, np.int64)[kept], 0),
        np.array(meanings, float)[kept],
        number[kept],
        tuple(notes),
        kinds,
    )


def _turned_around(
    found: DistinctRows,
    meanings: Sequence[float | None],
    number: Sequence[float],
    own_pairs: str | None,
) -> list[str]:
    """Return what is odd where goals are rated to be in conflict with themselves."""
    both = zip(found.cells("goal"), found.cells("goal_other"), meanings, number, strict=True)
    own = [(m, n) for one, other, m, n in both if one == other and m is not None and n]
    if own_pairs is None or not own:
        return []
    mean = sum(m * n for m, n in own) / sum(n for _, n in own)
    if mean <= _HALF:
        return []
    return [
        f"Ratings of a goal with itself mean conflict of {mean:.2f} on average: if they are of "
        "agreement, state that; or turn the scale around."
    ]


def _sides(
    found: DistinctRows, pairs: list[Pair | None], names: PairNames, directed: bool
) -> list[int]:
    """Return whose side each row is seen from, 0 if that is not told; note pairs told both ways."""
    sides, first = list[int](), dict[Pair, tuple[int, int]]()
    for one, pair, row in zip(found.cells("goal"), pairs, found.first, strict=True):
        side = FIRST if pair and names.area.category_of(one) == pair[0] else SECOND
        before = first.setdefault(pair, (side, row)) if pair else (side, row)
        if before[0] != side and not directed and pair:
            found.problems.add(
                f"the pair {show_pair(pair)} is written in both directions, the other way "
                f"round in row {before[1]}",
                where=found.table.where(row),
                several="{n} pairs are written in both directions",
                value=show_pair(pair),
                valid="one direction for each pair, or directed ratings",
                fix="write the pair in one order, or state `directed = true` if raters hold "
                "the first goal of the row",
            )
            first[pair] = (side, before[1])  # said once
        sides.append(side if directed else 0)
    return sides
