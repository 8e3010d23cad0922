"""Which agents answered in several populations, from the ids of rows; no id is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.pairing import ABSENT, Patterns
from bayes_misalign.tables.blocks import first_seen

_LARGEST_KEY = 2**62
MOST_LAZY = 30  # populations: the sums by pairs of them are columns


def to_patterns(
    found: DistinctRows,
    population: NDArray[np.intp],
    category: NDArray[np.intp],
    names: Sequence[str],
    categories: int,
) -> Patterns | None:
    """Return distinct answers over several populations; None if all ids are in one only.

    Parameters
    ----------
    found : DistinctRows
        What was read, with ids of the role `respondent`.
    population, category : ndarray of int, shape (distinct row,)
        What each distinct row says; -1 where it is no answer.
    names : sequence of str, length S
        The populations.
    categories : int
        How many categories there are.
    """
    number, told = found.ids("respondent")
    group = found.rows.group
    counts = found.rows.number("count")
    answered = told & (category[group] >= 0)
    if counts is not None:
        answered &= counts > 0
    times = np.bincount(number[answered], minlength=int(number.max(initial=0)) + 1)
    rows = np.flatnonzero(answered & (times[number] > 1))
    del answered, told, times
    if not len(rows):
        return None
    key = number[rows]
    key *= len(names)
    key += population.astype(np.int32)[group[rows]]
    rows = rows[np.argsort(key)]
    del key
    starts = np.flatnonzero(np.diff(number[rows], prepend=-1))
    del number
    found.forget_ids("respondent")
    lengths = np.diff(starts, append=len(rows))
    cells = (population * categories + category).astype(np.int32)[group[rows]]
    numbers = _Numbers.of(found, rows, counts)
    made = [
        _of_length(starts[lengths == n], int(n), cells, numbers, (len(names), categories))
        for n in np.unique(lengths)
    ]
    if counts is not None and numbers.agents is not None:
        _note_uneven(found, starts, lengths, numbers.agents)
    return Patterns(*(np.concatenate(part) for part in zip(*made, strict=True)))


def _note_uneven(
    found: DistinctRows, starts: IntArray, lengths: IntArray, agents: FloatArray
) -> None:
    """Note ids that stand for different numbers of agents in different populations."""
    wrong = int((agents != np.repeat(agents[starts], lengths)).sum())
    if wrong:
        found.problems.add(
            f"{wrong:,} rows count other numbers of agents than the same id in another population",
            where=found.where("respondent"),
            valid="an id for each group of agents who answered alike in all populations, with the "
            "same count in each",
        )


class _Numbers(NamedTuple):
    """Numbers of the rows of agents in several populations, None where all are one."""

    agents: FloatArray | None
    weight: FloatArray | None
    square: FloatArray | None
    alike: FloatArray | None

    @classmethod
    def of(cls, found: DistinctRows, rows: IntArray, count: FloatArray | None) -> _Numbers:
        """Return the numbers of some rows."""

        def of_rows(role: str) -> FloatArray | None:
            values = found.rows.number(role)
            return None if values is None else values[rows]

        agents = None if count is None else count[rows]
        weight, square, alike = map(of_rows, ("weight_sum", "weight_sq_sum", "weight_alike"))
        if weight is None and (weight := of_rows("weight")) is not None:
            square = weight * weight
            if agents is not None:
                weight, square = weight * agents, square * agents
        return cls(agents, weight, square, alike)


def _of_length(
    starts: IntArray,
    length: int,
    cells: NDArray[np.int32],
    numbers: _Numbers,
    shape: tuple[int, int],
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the patterns of agents with so many answers, in rows from `starts` on."""
    populations, categories = shape
    key = np.zeros(len(starts), np.int64)
    for answer in range(length):
        if int(key.max()) >= _LARGEST_KEY // (populations * categories):
            key = first_seen(key)[1].astype(np.int64)
        key = key * (populations * categories) + cells[starts + answer]
    first, pattern = first_seen(key)
    if numbers.alike is not None:  # a group of agents comes with how alike its weights are
        first = pattern = np.arange(len(key))
    size = len(first)

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(pattern, weights=values, minlength=size)

    def by_population(values: FloatArray) -> FloatArray:
        sums = np.zeros((size, populations))
        each = np.stack([total(values[starts + answer]) for answer in range(length)], axis=1)
        np.put_along_axis(sums, where, each, axis=1)
        return sums

    where, which = np.divmod(cells[starts[first, None] + np.arange(length)].astype(int), categories)
    places = np.full((size, populations), ABSENT, np.int64)
    np.put_along_axis(places, where, which, axis=1)
    agents = numbers.agents
    counts = np.bincount(pattern, minlength=size).astype(float)
    counts = counts if agents is None else total(agents[starts])
    if numbers.weight is None or numbers.square is None:
        sums = np.where(places == ABSENT, 0.0, counts[:, None])
        return places, counts, sums, sums, np.ones(size)
    sums, squares = by_population(numbers.weight), by_population(numbers.square)
    if numbers.alike is not None:
        return places, counts, sums, squares, numbers.alike[starts]
    least = np.ones(size)
    for i, j in combinations(range(length), 2):
        both = total(numbers.weight[starts + i] * numbers.weight[starts + j])
        top = np.sqrt(total(numbers.square[starts + i]) * total(numbers.square[starts + j]))
        least = np.minimum(least, np.divide(both, top, out=np.ones(size), where=top > 0))
    return places, counts, sums, squares, least


def lazy_patterns(
    found: DistinctRows, meaning: Mapping[str, int], names: Sequence[str]
) -> Patterns | None:
    """Return what `to_patterns` does, of a lazy frame, which is asked for distinct patterns.

    Parameters
    ----------
    found : DistinctRows
        What was read: `respondent`, `population`, `goal`, and perhaps `weight`.
    meaning : mapping of str to int
        Category of each text of the column `goal`; -1 for what is no answer.
    names : sequence of str, length S
        The populations.
    """
    where = found.where("respondent")
    if not found.lazy.repeated(found.roles["respondent"])[0]:
        return None
    if "count" in found.roles or len(names) > MOST_LAZY:
        what, fix = "are found in one row for each agent only", "leave respondent out, or collect"
        if "count" not in found.roles:
            what = f"are found in at most {MOST_LAZY} populations, here {len(names):,}"
        found.problems.add(
            f"agents of several populations in a lazy frame {what}",
            where=where,
            valid="a frame that is in memory",
            fix=f"{fix} the frame first",
        )
        return None
    weight = found.roles.get("weight")
    columns = [found.roles[role] for role in ("respondent", "population", "goal")]
    table = found.lazy.patterns(*columns, weight, names)
    places, counts, sums, squares, alike = [], [], [], [], []
    for _, cells in table:
        texts, numbers = cells[: len(names)], [float(x or 0) for x in cells[len(names) :]]
        place = [meaning.get(text, ABSENT) if text else ABSENT for text in texts]
        there = [i for i, one in enumerate(place) if one != ABSENT]
        if len(there) < 2:
            continue
        places.append(place)
        counts.append(numbers[0])
        if weight is None:
            sums.append([numbers[0] if one != ABSENT else 0.0 for one in place])
            squares.append(sums[-1])
            alike.append(1.0)
            continue
        s = len(names)
        told = numbers[1 : 1 + s]
        sums.append([w if one != ABSENT else 0.0 for w, one in zip(told, place, strict=True)])
        products = np.zeros((s, s))
        products[np.triu_indices(s)] = numbers[1 + s :]
        square = np.diag(products)
        squares.append([w if one != ABSENT else 0.0 for w, one in zip(square, place, strict=True)])
        cosines = [
            products[i, j] / np.sqrt(square[i] * square[j])
            for i, j in combinations(there, 2)
            if square[i] * square[j] > 0
        ]
        alike.append(min(cosines, default=1.0))
    if not places:
        return None
    return _merged(*map(np.array, (places, counts, sums, squares, alike)))


def _merged(
    places: IntArray, counts: FloatArray, sums: FloatArray, squares: FloatArray, alike: FloatArray
) -> Patterns:
    """Return each pattern once: several texts may stand for one goal, and blanks for no answer."""
    distinct, which = np.unique(places, axis=0, return_inverse=True)
    which = which.ravel()
    total = np.bincount(which, weights=counts)
    weights, squared = np.zeros(distinct.shape), np.zeros(distinct.shape)
    np.add.at(weights, which, sums)
    np.add.at(squared, which, squares)
    # a mean is no cosine of all, but hardly differs from it: agents of one pattern of goals
    mean = np.bincount(which, weights=alike * counts) / total
    return Patterns(distinct, total, weights, squared, mean)
