"""Judgements whether goals conflict, as counts by pair, and by who judged which pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.families.raters.rater_kinds import cautions_of_kinds, check_kinds
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import Caution, FloatArray, Pair, frozen_array, frozen_pairs


@dataclass(frozen=True, eq=False)
class JudgedConflict(ConflictSource):
    """How often each pair of goals was judged to conflict, and how often not.

    Parameters
    ----------
    pairs : tuple of (str, str), length P
        Pairs of categories, each in the order of the categories.
    yes, no : (P,) ndarray of float
        Number of judgements that the goals conflict, and that they do not.
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.
    raters : tuple of str, length R
        Raters who are named; empty if nobody is.
    rater, pair : (N,) ndarray of int
        For named raters, who judged which pair in each cell.
    cell_yes, cell_no : (N,) ndarray of float
        Number of judgements of each kind in each cell; over the cells of a pair they sum to `yes`
        and `no`.
    repeated : bool
        Whether a rater may have judged a pair more than once.
    kinds : tuple of str, length K
        Kinds of raters, first the one that defines the level; empty where all raters are alike.
    kind_of_rater : (R,) ndarray of int
        Of which kind each rater is; empty where all are alike.
    """

    model: ClassVar[str] = "judged"

    pairs: tuple[Pair, ...]
    yes: FloatArray
    no: FloatArray
    origin: str
    notes: tuple[str, ...] = ()
    raters: tuple[str, ...] = ()
    rater: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    pair: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    cell_yes: FloatArray = field(default_factory=lambda: np.zeros(0))
    cell_no: FloatArray = field(default_factory=lambda: np.zeros(0))
    repeated: bool = False
    kinds: tuple[str, ...] = ()
    kind_of_rater: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        """Settle the fields, and see that cells are those that the pairs were counted from."""
        super().__post_init__()
        if self.raters:
            self._check_cells()
        if self.kinds:
            check_kinds(self.kinds, self.kind_of_rater, len(self.raters))

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """That levels rest on raters of kinds that do not define the level."""
        return cautions_of_kinds(self.kinds, self.pairs, self.judgements_by_kind, "judged")

    def _check_cells(self) -> None:
        if not np.isin(self.rater, np.arange(len(self.raters))).all():
            raise ValueError("a judgement is by a rater who is not named")
        if len(np.unique(np.stack([self.rater, self.pair]), axis=1).T) < len(self.pair):
            raise ValueError("judgements of a pair by a rater are in two cells")
        if not self.repeated and self.sizes.max(initial=0) > 1:
            raise ValueError("a rater judged a pair more than once")
        for of_pair, of_cell in ((self.yes, self.cell_yes), (self.no, self.cell_no)):
            if not np.array_equal(np.bincount(self.pair, of_cell, len(self.pairs)), of_pair):
                raise ValueError("judgements by rater and pair do not add up to those by pair")

    @classmethod
    def by_raters(
        cls,
        pairs: Iterable[Pair],
        raters: Sequence[str],
        rater: Sequence[int] | NDArray[np.int64],
        pair: Sequence[int] | NDArray[np.int64],
        yes: ArrayLike,
        no: ArrayLike,
        *,
        repeated: bool = False,
        origin: str = "counts",
        notes: tuple[str, ...] = (),
        kinds: Sequence[str] = (),
        kind_of_rater: Sequence[int] | NDArray[np.int64] = (),
    ) -> JudgedConflict:
        """Return judgements by named raters, from counts by cell."""
        named, place = frozen_pairs(pairs), frozen_array(pair, np.int64)
        by_cell = [frozen_array(numbers) for numbers in (yes, no)]
        by_pair = [np.bincount(place, numbers, len(named)) for numbers in by_cell]
        return cls(
            pairs=named,
            yes=by_pair[0],
            no=by_pair[1],
            origin=origin,
            notes=notes,
            raters=tuple(raters),
            rater=frozen_array(rater, np.int64),
            pair=place,
            cell_yes=by_cell[0],
            cell_no=by_cell[1],
            repeated=repeated,
            kinds=tuple(kinds),
            kind_of_rater=frozen_array(kind_of_rater, np.int64),
        )

    @property
    def judgements(self) -> FloatArray:
        """(P,) number of judgements of each pair."""
        return np.asarray(self.yes + self.no)

    @property
    def sizes(self) -> FloatArray:
        """(N,) number of judgements in each cell."""
        return np.asarray(self.cell_yes + self.cell_no)

    @property
    def kind(self) -> NDArray[np.int64]:
        """(N,) kind of who judged in each cell; 0 where all are alike."""
        if not self.kinds:
            return np.zeros(len(self.rater), np.int64)
        return np.asarray(self.kind_of_rater[self.rater])

    @property
    def seen(self) -> NDArray[np.int64]:
        """(N,) place of each cell among the pairs that each kind of rater sees, flattened."""
        return np.asarray(self.kind * len(self.pairs) + self.pair)

    @property
    def by_kind(self) -> FloatArray:
        """(2, max(K, 1), P) numbers of yes and of no by raters of each kind about each pair."""
        if not self.kinds:
            return np.stack([self.yes[None], self.no[None]])
        shape = (len(self.kinds), len(self.pairs))
        each = [
            np.bincount(self.seen, n, shape[0] * shape[1]) for n in (self.cell_yes, self.cell_no)
        ]
        return np.stack(each).reshape(2, *shape)

    @property
    def judgements_by_kind(self) -> FloatArray:
        """(max(K, 1), P) number of judgements of each pair by raters of each kind."""
        return np.asarray(self.by_kind.sum(axis=0))

    @property
    def raters_of_pair(self) -> NDArray[np.int64]:
        """(P,) how many raters judged each pair; zero where nobody is named."""
        return np.bincount(self.pair[self.sizes > 0], minlength=len(self.pairs)).astype(np.int64)

    @property
    def by_rater(self) -> dict[str, tuple[float, float]]:
        """Numbers of yes and of no of each rater, over all pairs."""
        yes, no = (
            np.bincount(self.rater, n, len(self.raters)) for n in (self.cell_yes, self.cell_no)
        )
        return {name: (float(yes[r]), float(no[r])) for r, name in enumerate(self.raters)}
