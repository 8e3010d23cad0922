"""Estimates of every pair of goals: of many goals there are too many to hold the draws of all."""

from __future__ import annotations

from collections.abc import Callable, Collection, ItemsView, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.shapes import Conflict
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.many_estimates import numbers_of, one_of_many
from bayes_misalign.reading.evidence import Pair

if TYPE_CHECKING:
    from bayes_misalign.inference.drawn import Drawn

Array = NDArray[np.float64]
Places = NDArray[np.intp]
AT_ONCE = 1 << 22  # draws times pairs: 32 MB
PAIR_NAMES = ("goal", "goal_other")
NO_PLACES: Places = np.zeros(0, np.intp)
FEW_PAIRS = 1000  # of which all numbers are worked out to tell the largest


class PairEstimates(Estimates):
    """Estimates by pair of goals, "one | other"; draws are made when they are asked for.

    Parameters
    ----------
    title : str
        What the estimates are.
    drawn : Drawn
        The draws of the study.
    name : str
        What each number is.
    draws_of : callable
        Takes the two goals of some pairs, returns draws (pair, draw or 1).
    means : callable, optional
        Returns the mean of each pair, but for rounding, where that is quicker.
    known : collection of pairs
        Pairs whose numbers are shown even where the fit has not converged.
    goals : sequence of str, optional
        The goals; by default the categories of the draws.
    own : ndarray of int
        Places of categories whose agents conflict with each other, which are pairs too.
    """

    def __init__(
        self,
        title: str,
        drawn: Drawn,
        name: str,
        draws_of: Callable[[Places, Places], Array],
        means: Callable[[], Array] | None = None,
        known: Collection[Pair] = (),
        goals: Sequence[str] | None = None,
        own: Places = NO_PLACES,
    ) -> None:
        super().__init__(title, {}, PAIR_NAMES[0])
        self.name, self.known = name, known
        self._drawn, self._draws_of, self._quick_means = drawn, draws_of, means
        self._goals = drawn.categories if goals is None else tuple(goals)
        self._position = {goal: i for i, goal in enumerate(self._goals)}
        first, second = measure.pairs(len(self._goals))
        self._first, self._second = np.append(first, own), np.append(second, own)
        self._own = {int(place): len(first) + k for k, place in enumerate(own)}
        self._total = len(drawn.shares())

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs of different goals, then those of a category with itself, if it has some."""
        of_own = ((self._goals[i], self._goals[i]) for i in self._own)
        return (*combinations(self._goals, 2), *of_own)

    @cached_property
    def _labels(self) -> dict[str, int]:
        return {f"{a} | {b}": k for k, (a, b) in enumerate(self.pairs)}

    def __getitem__(self, label: str) -> Estimate:
        """Return the estimate of one label."""
        if label not in self._labels:
            return super().__getitem__(label)  # which says what there is
        return self._one(self._labels[label])

    def __contains__(self, label: object) -> bool:
        """Tell whether there is an estimate of a label."""
        return label in self._labels

    def __iter__(self) -> Iterator[str]:
        """Iterate over the labels."""
        return iter(self._labels)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self._first)

    def place(self, pair: Pair) -> int:
        """Return the place of a pair in the order of the goals."""
        i, j = (self._position[goal] for goal in pair)
        if i == j:
            return self._own[i]
        return i * (2 * len(self._goals) - i - 1) // 2 + j - i - 1

    def of_pair(self, pair: Pair) -> Estimate:
        """Return the estimate of a pair, in the order of the goals."""
        return self._one(self.place(pair), pair)

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the columns that hold the two goals."""
        return PAIR_NAMES

    def rows(self) -> Iterator[tuple[tuple[str, ...], Estimate]]:
        """Yield the goals of each pair with its estimate, whose numbers are worked out."""
        yield from zip(self.pairs, self.worked_out(), strict=True)

    def worked_out(self) -> Iterator[Estimate]:
        """Yield every estimate with its numbers, in the order of the pairs."""
        numbers, n = self._numbers, len(self)
        columns = {key: values.tolist() for key, values in numbers.items()}
        for k, pair in zip(range(n), self.pairs, strict=True):
            yield self._one(k, pair, {key: column[k] for key, column in columns.items()})

    @cached_property
    def means(self) -> Array:
        """The mean of each pair, (pair,), whether or not it is withheld; to put them in order."""
        if self._quick_means is None or len(self) <= FEW_PAIRS:
            return self._numbers["mean"]
        return self._quick_means()

    def _one(
        self, k: int, pair: Pair | None = None, numbers: dict[str, float] | None = None
    ) -> Estimate:
        i, j = self._first[k : k + 1], self._second[k : k + 1]
        pair = (self._goals[int(i[0])], self._goals[int(j[0])]) if pair is None else pair
        withheld = self._drawn.withheld and pair not in self.known
        done: dict[str, Any] = {} if numbers is None or withheld else dict(numbers)
        if "lower" in done:
            done["interval"] = (done.pop("lower"), done.pop("upper"))
        chains = self._drawn.chains

        def make() -> Array:
            every = np.broadcast_to(self._draws_of(i, j)[0], (self._total,))
            return every.reshape(chains, -1)

        return one_of_many(
            make,
            self.name,
            self._drawn.study.reporting.interval,
            independent=self._drawn.independent,
            withheld=withheld,
            worth=self._drawn.worth,
            numbers=done,
        )

    @cached_property
    def _numbers(self) -> dict[str, Array]:
        """What there is to say of every pair, a block of them at a time."""
        drawn, step = self._drawn, max(1, AT_ONCE // self._total)
        blocks = []
        for start in range(0, len(self), step):
            part = slice(start, start + step)
            draws = self._draws_of(self._first[part], self._second[part])
            blocks.append(
                numbers_of(
                    draws if draws.shape[1] == self._total else draws[:, :1],
                    self._total,
                    drawn.study.reporting.interval,
                    independent=drawn.independent,
                    worth=drawn.worth,
                )
            )
        keys = blocks[0] if blocks else {"mean": None}
        empty = np.zeros(0)
        return {key: np.concatenate([empty, *(block[key] for block in blocks)]) for key in keys}


class ByPair(Mapping[Pair, Estimate]):
    """Estimates by pair of goals, worked out together where all of them are asked for."""

    def __init__(self, estimates: PairEstimates, pairs: Sequence[Pair]) -> None:
        self.estimates, self.pairs = estimates, pairs

    def __getitem__(self, pair: Pair) -> Estimate:
        """Return the estimate of a pair."""
        return self.estimates.of_pair(pair)

    def __iter__(self) -> Iterator[Pair]:
        """Iterate over the pairs."""
        return iter(self.pairs)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pairs)

    def items(self) -> ItemsView[Pair, Estimate]:
        """Return pairs and estimates, the numbers of all worked out."""
        every: ItemsView[Pair, Estimate] = dict(
            zip(self.pairs, self.estimates.worked_out(), strict=True)
        ).items()
        return every

    def largest(self, most: int | None = None) -> list[Pair]:
        """Return the pairs with the largest means, largest first."""
        order = np.argsort(-self.estimates.means, kind="stable")
        return [self.pairs[k] for k in order[:most]]


def levels_of(
    drawn: Drawn, conflict: Conflict, goals: Sequence[str], known: Collection[Pair] = ()
) -> PairEstimates:
    """Return the conflict level of each pair of goals."""
    of_pairs = _at(conflict)
    return PairEstimates("conflict levels", drawn, "conflict", of_pairs, known=known, goals=goals)


def contributions_of(drawn: Drawn, shares: Array, conflict: Conflict) -> PairEstimates:
    """Return the part of P(ma) that each pair of goals makes up."""
    level_of, of_goals = _at(conflict), np.ascontiguousarray(shares.T)
    own = NO_PLACES
    if isinstance(conflict, PartlyKnown) and conflict.own:
        own = np.flatnonzero(np.diagonal(conflict.known) != 0)

    def parts(first: Places, second: Places) -> Array:
        times = np.where(first == second, 1.0, 2.0)[:, None]
        return of_goals[first] * of_goals[second] * (times * level_of(first, second))

    def means() -> Array:
        first, second = measure.pairs(shares.shape[1])
        first, second = np.append(first, own), np.append(second, own)
        met = shares.T @ shares / len(shares)
        times = np.where(first == second, 1.0, 2.0)
        found = times * met[first, second] * conflict.mean(axis=0)[first, second]
        if isinstance(conflict, PartlyKnown):
            for k in np.flatnonzero(np.isnan(conflict.known[first, second])):
                found[k] = parts(first[k : k + 1], second[k : k + 1]).mean()
        return np.asarray(found)

    what, name = "contributions to P(ma)", "contribution"
    return PairEstimates(what, drawn, name, parts, means, own=own)


def _at(conflict: Conflict) -> Callable[[Places, Places], Array]:
    def at(first: Places, second: Places) -> Array:
        if isinstance(conflict, PartlyKnown):
            return np.ascontiguousarray(conflict.at(first, second).T)
        return np.ascontiguousarray(conflict[:, first, second].T)

    return at
