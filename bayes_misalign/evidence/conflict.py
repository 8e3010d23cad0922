"""All that is known about which goals conflict: every pair of categories has one source."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from bayes_misalign.evidence.elicited import ElicitedConflict
from bayes_misalign.evidence.fixed import FixedConflict
from bayes_misalign.evidence.frozen import Evidence, Pair
from bayes_misalign.evidence.judged import JudgedConflict

ConflictSource = FixedConflict | ElicitedConflict | JudgedConflict


@dataclass(frozen=True, eq=False)
class ConflictEvidence(Evidence):
    """Evidence about the conflict of every unordered pair of categories.

    Parameters
    ----------
    categories : tuple of str, length K
        The goals, then "no goal" if it is an answer.
    sources : tuple of FixedConflict, ElicitedConflict or JudgedConflict
        Together they name each of the K(K-1)/2 pairs exactly once.

    Raises
    ------
    ValueError
        If a pair has no source, or two.

    Examples
    --------
    >>> fixed = FixedConflict((("a", "b"),), [1.0], origin="stated in the study")
    >>> ConflictEvidence(("a", "b"), (fixed,)).source_of("b", "a").model
    'fixed'
    """

    model: ClassVar[str] = "conflict"

    categories: tuple[str, ...]
    sources: tuple[ConflictSource, ...]

    def __post_init__(self) -> None:
        """Settle the fields as tuples and read-only arrays."""
        object.__setattr__(self, "categories", tuple(self.categories))
        object.__setattr__(self, "sources", tuple(self.sources))
        named = [pair for source in self.sources for pair in source.pairs]
        if sorted(named) != sorted(self.pairs):
            raise ValueError("each pair of categories needs exactly one source")

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs of different categories, in the order of the categories."""
        return tuple(combinations(self.categories, 2))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of a report should know, from all sources."""
        return tuple(note for source in self.sources for note in source.notes)

    def source_of(self, one: str, other: str) -> ConflictSource:
        """Return the source that speaks about a pair of different categories.

        Parameters
        ----------
        one, other : str
            Two categories, in any order.

        Returns
        -------
        FixedConflict, ElicitedConflict or JudgedConflict
            The only source that names the pair.

        Raises
        ------
        KeyError
            If they are not two different categories.

        Examples
        --------
        >>> fixed = FixedConflict((("a", "b"),), [1.0], origin="stated in the study")
        >>> ConflictEvidence(("a", "b"), (fixed,)).source_of("a", "b").origin
        'stated in the study'
        """
        for source in self.sources:
            if (one, other) in source.pairs or (other, one) in source.pairs:
                return source
        raise KeyError((one, other))
