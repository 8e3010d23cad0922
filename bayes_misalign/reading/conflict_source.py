"""What evidence about conflict has in common, whatever its model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Self

from bayes_misalign.errors import StudyError
from bayes_misalign.reading.evidence import Evidence, Pair


class ConflictSource(Evidence):
    """Evidence about the conflict of some pairs of goals.

    Attributes
    ----------
    pairs : tuple of (str, str)
        Pairs that it speaks for, each in the order of the categories.
    origin : str
        Where the figures come from.
    notes : tuple of str
        What a reader of a report should know about them.
    """

    if TYPE_CHECKING:  # fields of the classes that derive from it
        pairs: tuple[Pair, ...]
        origin: str
        notes: tuple[str, ...]

    @property
    def measured_in(self) -> tuple[str, ...]:
        """Populations in each of which conflict was measured; empty if it is one for all."""
        return ()

    @property
    def uncertain(self) -> bool:
        """Whether it depends on goals that are themselves uncertain."""
        return False

    @property
    def elsewhere(self) -> bool:
        """Whether it also tells of pairs that another source speaks for."""
        return False

    def can_speak_for(self, pair: Pair) -> bool:
        """Tell whether it could speak for a pair that no source names."""
        del pair
        return False

    def speaking_for(self, pairs: Iterable[Pair]) -> Self:
        """Return the same evidence, which speaks for these pairs, its own among them."""
        del pairs
        raise StudyError(f"evidence of {self.model!r} speaks for the pairs that it names")

    def ordered(self, populations: Sequence[str]) -> Self | None:
        """Return the same evidence with populations in this order, borrowing for those it lacks.

        None where evidence of this kind cannot borrow.
        """
        del populations
        return None
