"""Count ratings of pairs of goals by who rated which pair from which side in which population."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.rating_scale import RatingScale
from bayes_misalign.models.rated.evidence import FIRST, NOBODY, SECOND, RatedConflict
from bayes_misalign.reading.columns import Column, count_column, population_column
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_pairs import PairNames, pairs_of_rows, show_pair
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show

Cell = tuple[int, Pair, int, int]  # rater, pair, side, population
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
)


@dataclass(frozen=True)
class Ratings:
    """Numbers of ratings by cell and rating, the rating being conflict from 0 to 1."""

    counts: Counter[tuple[Cell, float]]
    raters: tuple[str, ...]
    populations: tuple[str, ...]
    notes: tuple[str, ...]


def read_ratings(
    table: Table,
    roles: Mapping[str, str],
    names: PairNames,
    scale: RatingScale,
    not_ratings: Collection[str],
    *,
    directed: bool = False,
    repeated: bool = False,
) -> Ratings | None:
    """Return what a table with the columns of `COLUMNS` holds; None if it breaks off."""
    found = DistinctRows(table, roles, COLUMNS, names.problems)
    if not found.read():
        return None
    said = [text.strip() for text in found.cells("rating")]
    meanings = found.meanings(
        "rating",
        lambda text: None if text in not_ratings or not text else scale.conflict(text),
        fix="name answers that are no ratings in not_ratings",
    )
    pairs = pairs_of_rows(found, names)
    sides = _sides(found, pairs, names, directed)
    raters, rater = found.named("rater")
    populations, population = found.named("population")
    counts, keys = Counter[tuple[Cell, float]](), list[Cell | None]()
    columns = zip(rater, pairs, sides, population, meanings, found.sum("n").tolist(), strict=True)
    for who, pair, side, where, meaning, n in columns:
        cell = None
        if pair is not None and meaning is not None and n:
            cell = (who, pair, side, max(where, 0))
            counts[cell, meaning] += n
        keys.append(None if who == NOBODY else cell)
    if not repeated:
        found.note_repeats(
            keys,
            "rater",
            lambda cell: (
                f"the rater {show(raters[cell[0]])} rated {show_pair(cell[1])} more than once"
            ),
            "one rating of each pair by each rater",
            "remove one, or state repeated = true if raters were asked again",
        )
    notes = list(table.notes)
    for what, left_out in (
        ("empty", [not text for text in said]),
        ("declared to be no ratings", [text in not_ratings for text in said]),
    ):
        if number := found.sum("n")[left_out].sum():
            notes.append(f"{number:,.0f} ratings in {table.source} are {what} and left out.")
    return Ratings(counts, raters, populations, tuple(notes))


def to_conflict(
    ratings: Ratings,
    names: PairNames,
    scale: RatingScale,
    origin: str,
    *,
    directed: bool,
    repeated: bool,
) -> RatedConflict:
    """Return ratings as evidence that speaks for the pairs that were rated, and no others yet."""
    given = np.array([rating for _, rating in ratings.counts])
    numbers = np.array(list(ratings.counts.values()), dtype=float)
    distinct, place = np.unique(given, return_inverse=True)
    levels = scale.sort(distinct, np.bincount(place, numbers, len(distinct)))
    pairs = names.sorted(dict.fromkeys(cell[1] for cell, _ in ratings.counts))
    pair_place = {pair: p for p, pair in enumerate(pairs)}
    cells = sorted(
        {cell for cell, _ in ratings.counts},
        key=lambda cell: (cell[3], cell[0], pair_place[cell[1]], -cell[2]),
    )
    number_of = {cell: n for n, cell in enumerate(cells)}
    counts = np.zeros((len(cells), len(levels.labels)))
    for (cell, _), value, number in zip(ratings.counts, place.tolist(), numbers, strict=True):
        counts[number_of[cell], levels.place[value]] += number
    columns: NDArray[np.int64] = np.array(
        [(who, pair_place[pair], side, where) for who, pair, side, where in cells], np.int64
    ).reshape(-1, 4)
    notes = ratings.notes
    if scale.ends is not None and len(distinct) > len(levels.labels):
        notes += (
            f"{len(distinct)} different ratings in {origin} were sorted into {len(levels.labels)} "
            "levels; each level is worth the mean of the ratings sorted into it.",
        )
    return RatedConflict(
        pairs=pairs,
        levels=levels.labels,
        values=np.array(levels.values),
        raters=ratings.raters,
        populations=ratings.populations,
        directed=directed,
        rater=columns[:, 0],
        pair=columns[:, 1],
        side=columns[:, 2],
        population=columns[:, 3],
        counts=counts,
        repeated=repeated,
        origin=origin,
        notes=notes,
    )


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
                valid="one direction for each pair, or directed ratings",
                fix="write the pair in one order, or state directed = true if raters hold "
                "the first goal of the row",
            )
            first[pair] = (side, before[1])  # said once
        sides.append(side if directed else 0)
    return sides
