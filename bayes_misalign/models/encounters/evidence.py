"""Levels of conflict seen through encounters: who met whom, and whether they were in conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.encounters.meeting_trees import MeetingTrees, no_numbers, no_places
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import FloatArray, Pair, Shape, frozen_pairs

IntArray = NDArray[np.int64]
_TREE = tuple(one.name for one in fields(MeetingTrees))


@dataclass(frozen=True, eq=False)
class EncounterConflict(ConflictSource):
    """How often agents of each two goals met with and without conflict.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals, then "no goal" if it is an answer.
    pairs : tuple of (str, str), length P
        Pairs of categories whose level the encounters are the source of, each in the order of the
        categories.
    seen_yes, seen_no : (K, K) ndarray of float
        Encounters of agents whose goals are known, with and without conflict; above the diagonal
        of different goals, on it of the same goal.
    background : bool
        Whether agents whose goals do not conflict may be seen in conflict over something else.
    pattern : (M,) ndarray of int
        Kinds of agents whose goal is not known: row of the evidence about goals that says what was
        reported of them. This and the following are fields of `MeetingTrees`.
    met_yes, met_no : (M, K) ndarray of float
        Their encounters with agents whose goal is known, with and without conflict.
    times : (M,) ndarray of float
        How many trees of encounters have such an agent at their root.
    child, parent : (E,) ndarray of int
        Kinds of agents who met, both of unknown goal.
    edge_yes, edge_no : (E,) ndarray of float
        Encounters of the two, with and without conflict.
    edges : (E,) ndarray of float
        How many such children one parent has.
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.
    member, tangle : (N,) ndarray of int
        Kinds of agents who met in circles, and in which form of them. This and the following are
        fields of `MeetingTrees`, too.
    tangles : (C,) ndarray of float
        How many there are of each form.
    tie_one, tie_other : (T,) ndarray of int
        Members who met.
    tie_yes, tie_no : (T,) ndarray of float
        Their encounters, with and without conflict.
    """

    model: ClassVar[str] = "encounters"
    SHAPES: ClassVar[dict[str, Shape]] = {
        **dict.fromkeys(("seen_yes", "seen_no"), ("categories", "categories")),
        **dict.fromkeys(("met_yes", "met_no"), (None, "categories")),
    }

    categories: tuple[str, ...]
    pairs: tuple[Pair, ...]
    seen_yes: FloatArray
    seen_no: FloatArray
    background: bool
    pattern: IntArray
    met_yes: FloatArray
    met_no: FloatArray
    times: FloatArray
    child: IntArray
    parent: IntArray
    edge_yes: FloatArray
    edge_no: FloatArray
    edges: FloatArray
    origin: str
    notes: tuple[str, ...] = ()
    member: IntArray = field(default_factory=no_places)
    tangle: IntArray = field(default_factory=no_places)
    tangles: FloatArray = field(default_factory=no_numbers)
    tie_one: IntArray = field(default_factory=no_places)
    tie_other: IntArray = field(default_factory=no_places)
    tie_yes: FloatArray = field(default_factory=no_numbers)
    tie_no: FloatArray = field(default_factory=no_numbers)

    @classmethod
    def of(
        cls,
        categories: Sequence[str],
        pairs: Iterable[Pair],
        seen_yes: Any,
        seen_no: Any,
        *,
        background: bool,
        trees: MeetingTrees | None = None,
        origin: str = "counts",
        notes: Iterable[str] = (),
    ) -> EncounterConflict:
        """Return encounters from counts, and from trees of agents whose goals are not known."""
        found = trees or MeetingTrees.nobody(len(tuple(categories)))
        return cls(
            categories=tuple(categories),
            pairs=tuple(pairs),
            seen_yes=np.asarray(seen_yes, dtype=float),
            seen_no=np.asarray(seen_no, dtype=float),
            background=background,
            **{name: getattr(found, name) for name in _TREE},
            origin=origin,
            notes=tuple(notes),
        )

    @property
    def trees(self) -> MeetingTrees:
        """The encounters of agents whose goals are not known."""
        return MeetingTrees(**{name: getattr(self, name) for name in _TREE})

    @property
    def uncertain(self) -> bool:
        """Whether there are agents whose goals only the evidence about goals tells something of."""
        return len(self.pattern) > 0

    @cached_property
    def places(self) -> tuple[IntArray, IntArray]:
        """(P,) row and column of each pair among the categories."""
        order = {label: i for i, label in enumerate(self.categories)}
        rows = np.array([order[a] for a, _ in self.pairs], np.int64)
        return rows, np.array([order[b] for _, b in self.pairs], np.int64)

    @property
    def between(self) -> FloatArray:
        """(P, 2) encounters of known goals of each pair, with and without conflict."""
        return np.stack([x[self.places] for x in (self.seen_yes, self.seen_no)], axis=1)

    @property
    def elsewhere(self) -> bool:
        """Whether known goals met of which these encounters are not the source."""
        both = self.seen_yes + self.seen_no
        return bool(both.sum() > both[self.places].sum())

    @property
    def number(self) -> float:
        """Number of all encounters."""
        return float((self.seen_yes + self.seen_no).sum()) + self.trees.encounters

    @property
    def conflicts(self) -> float:
        """Number of all encounters with conflict."""
        return float(self.seen_yes.sum()) + self.trees.conflicts

    def can_speak_for(self, pair: Pair) -> bool:
        """Tell whether agents are named, who meet whoever they meet, and no pairs were given."""
        del pair
        return not self.pairs

    def speaking_for(self, pairs: Iterable[Pair]) -> EncounterConflict:
        """Return the same encounters as the source of other pairs."""
        return replace(self, pairs=frozen_pairs(pairs))
