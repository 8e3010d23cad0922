"""Ratings of pairs of goals, as counts by who rated which pair from which side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.rater_kinds import cautions_of_kinds, check_kinds
from bayes_misalign.families.raters.rating_counts import FIRST, NOBODY, SECOND
from bayes_misalign.families.walks.places import Places, find_places
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import Caution, FloatArray, Pair, Shape, frozen_pairs
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables.remedies import is_figure

_WIDE = 20.0  # length of a scale of which nobody uses the first step alone
UNDER = "[conflict]"
INSTEAD = "leave `over_time` out, so that no population is nearer to one than to another"


@dataclass(frozen=True, eq=False)
class RatedConflict(ConflictSource):
    """How often each level of a scale was given, by cell: rater, pair, side and population.

    Parameters
    ----------
    pairs : tuple of (str, str), length P
        Pairs of categories that the ratings speak for, rated or not, each in the order of the
        categories.
    levels : tuple of str, length L
        Levels of the scale, from no conflict to full conflict.
    values : (L,) ndarray of float
        Conflict that each level stands for, increasing.
    raters : tuple of str, length R
        Raters who are named; empty if every rating is by somebody else.
    populations : tuple of str, length S
        Populations whose conflict was rated apart; empty if there is one conflict for all.
    directed : bool
        Whether raters hold one goal of the pair and rate the other.
    rater : (N,) ndarray of int
        Who rated, or `NOBODY`.
    pair, side, population : (N,) ndarray of int
        Which pair, seen from whose side (`FIRST`, `SECOND`, or 0), and in which population.
    counts : (N, L) ndarray of float
        Number of ratings of each level.
    repeated : bool
        Whether a rater may have rated a pair more than once.
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.
    over_time : str, optional
        "walk" where populations are waves, whose conflict goes from one to the next by steps.
    time : tuple of (str, float), or of (str, str), optional
        When each population was, or each wave, where the names do not say it.
    kinds : tuple of str, length K
        Kinds of raters, first the one that defines the level; empty where all raters are alike.
    kind_of_rater : (R,) ndarray of int
        Of which kind each rater is; empty where all are alike.
    """

    model: ClassVar[str] = "rated"
    SHAPES: ClassVar[dict[str, Shape]] = {"counts": (None, "levels")}

    pairs: tuple[Pair, ...]
    levels: tuple[str, ...]
    values: FloatArray
    raters: tuple[str, ...]
    populations: tuple[str, ...]
    directed: bool
    rater: NDArray[np.int64]
    pair: NDArray[np.int64]
    side: NDArray[np.int64]
    population: NDArray[np.int64]
    counts: FloatArray
    repeated: bool
    origin: str
    notes: tuple[str, ...] = ()
    over_time: str | None = None
    time: tuple[tuple[str, float | str], ...] | None = None
    kinds: tuple[str, ...] = ()
    kind_of_rater: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        """Settle the fields, and see that every rater is of a kind, if there are kinds."""
        super().__post_init__()
        if not self.kinds:
            return
        check_kinds(self.kinds, self.kind_of_rater, len(self.raters))
        if self.directed or self.populations:
            raise ValueError("kinds of raters are compared in one level for each pair")

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """That the scale is another, or that levels rest on raters who do not define the level."""
        of_kinds = cautions_of_kinds(self.kinds, self.pairs, self.ratings_by_kind, "rated")
        return (*self._of_fractions(), *of_kinds)

    def _of_fractions(self) -> tuple[Caution, ...]:
        """Say that all ratings lie in a hundredth of their scale, as fractions do on percent."""
        ends = [self.levels[0], self.levels[-1]]
        if not all(map(is_figure, ends)):
            return ()
        low, high = sorted(map(float, ends))
        used = self.values[self.counts.sum(axis=0) > 0]
        wide = high - low
        near_zero = used if float(ends[0]) == low else 1 - used
        if wide < _WIDE or low != 0 or not len(used) or near_zero.max() > 1 / wide:
            return ()
        if np.isin(near_zero, (0.0, 1 / wide)).all():  # 0 and 1 may be points of it
            return ()
        return (
            Caution(
                f"all ratings are from 0 to 1, on a scale from {low:g} to {high:g}",
                "if they are fractions, state the scale from 0 to 1",
            ),
        )

    @classmethod
    def from_counts(
        cls,
        pairs: Iterable[Pair],
        levels: Sequence[str],
        values: Sequence[float],
        pair: Sequence[int],
        counts: Any,
        *,
        raters: Sequence[str] = (),
        rater: Sequence[int] | None = None,
        side: Sequence[int] | None = None,
        populations: Sequence[str] = (),
        population: Sequence[int] | None = None,
        repeated: bool = False,
        origin: str = "counts",
        over_time: str | None = None,
        time: Mapping[str, float | str] | None = None,
        kinds: Sequence[str] = (),
        kind_of_rater: Sequence[int] = (),
    ) -> RatedConflict:
        """Return ratings from counts; what is not given is the same for all cells."""
        n = len(pair)
        return cls(
            pairs=tuple(pairs),
            levels=tuple(levels),
            values=np.asarray(values, dtype=float),
            raters=tuple(raters),
            populations=tuple(populations),
            directed=side is not None,
            rater=np.asarray([NOBODY] * n if rater is None else rater, np.int64),
            pair=np.asarray(pair, np.int64),
            side=np.asarray([0] * n if side is None else side, np.int64),
            population=np.asarray([0] * n if population is None else population, np.int64),
            counts=np.asarray(counts, dtype=float),
            repeated=repeated,
            origin=origin,
            over_time=over_time,
            time=None if time is None else tuple(time.items()),
            kinds=tuple(kinds),
            kind_of_rater=np.asarray(kind_of_rater, np.int64),
        )

    @property
    def members(self) -> tuple[str, ...]:
        """Categories that the pairs are made of, by first appearance."""
        return tuple(dict.fromkeys(label for pair in self.pairs for label in pair))

    @property
    def measured_in(self) -> tuple[str, ...]:
        """Populations in each of which conflict was measured; empty if it is one for all."""
        return self.populations

    @cached_property
    def places(self) -> Places | None:
        """Where populations stand in time; None where their order says nothing.

        Raises
        ------
        StudyError
            When populations walk and cannot be put into an order of time.
        """
        if self.over_time is None:
            return None
        time = None if self.time is None else dict(self.time)
        return find_places(self.populations or (EVERYONE,), time, UNDER, INSTEAD)

    @property
    def silent(self) -> bool:
        """Whether there is no rating at all."""
        return not self.counts.sum() > 0

    @property
    def sizes(self) -> FloatArray:
        """(N,) number of ratings of each cell."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def ratings(self) -> FloatArray:
        """(P,) number of ratings of each pair."""
        return np.bincount(self.pair, self.sizes, len(self.pairs))

    @property
    def kind(self) -> NDArray[np.int64]:
        """(N,) kind of who rated in each cell; 0 where all are alike."""
        if not self.kinds:
            return np.zeros(len(self.rater), np.int64)
        return np.asarray(self.kind_of_rater[self.rater])

    @property
    def ratings_by_kind(self) -> FloatArray:
        """(max(K, 1), P) number of ratings of each pair by raters of each kind."""
        shape = (max(len(self.kinds), 1), len(self.pairs))
        place = self.kind * shape[1] + self.pair
        return np.bincount(place, self.sizes, shape[0] * shape[1]).reshape(shape)

    @property
    def ratings_in(self) -> FloatArray:
        """(max(S, 1), P) number of ratings of each pair in each population."""
        shape = (max(len(self.populations), 1), len(self.pairs))
        place = self.population * shape[1] + self.pair
        return np.bincount(place, self.sizes, shape[0] * shape[1]).reshape(shape)

    @property
    def unrated(self) -> tuple[Pair, ...]:
        """Pairs that nobody rated."""
        return tuple(p for p, n in zip(self.pairs, self.ratings, strict=True) if not n)

    @property
    def raw_level(self) -> FloatArray:
        """(max(S, 1), P) mean rating of each pair, both sides counting alike; NaN if not rated.

        Where raters are of several kinds, it is that of the one which defines the level.
        """
        shape = (max(len(self.populations), 1), len(self.pairs))
        found = []
        for side in (FIRST, SECOND) if self.directed else (0,):
            seen = (self.side == side) & (self.kind == 0)
            place = (self.population * shape[1] + self.pair)[seen]
            number = np.bincount(place, self.sizes[seen], shape[0] * shape[1])
            total = np.bincount(place, self.counts[seen] @ self.values, shape[0] * shape[1])
            nothing = np.full(total.shape, np.nan)
            found.append(np.divide(total, number, out=nothing, where=number > 0))
        return np.asarray(np.mean(found, axis=0).reshape(shape))

    def can_speak_for(self, pair: Pair) -> bool:
        """Tell whether a pair could borrow from those that were rated: any two goals could."""
        return len(set(pair)) == 2

    def speaking_for(self, pairs: Iterable[Pair]) -> RatedConflict:
        """Return the same ratings, which speak for other pairs as well."""
        named = frozen_pairs(pairs)
        place = np.array([named.index(pair) for pair in self.pairs], np.int64)
        return replace(self, pairs=named, pair=place[self.pair])

    def ordered(self, populations: Sequence[str]) -> RatedConflict:
        """Return the same ratings with the populations in another order, or with more of them."""
        place = np.array([list(populations).index(name) for name in self.populations], np.int64)
        notes = tuple(
            f"Nobody rated conflict in {name!r}; its levels are borrowed from others."
            for name in populations
            if name not in self.populations
        )
        return replace(
            self,
            populations=tuple(populations),
            population=place[self.population],
            notes=(*self.notes, *notes),
        )
