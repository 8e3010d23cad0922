"""What a study of several problem areas says beside its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bayes_misalign.errors import StudyError


@dataclass(frozen=True)
class AreaChoices:
    """What a study of several areas says beside its evidence.

    Parameters
    ----------
    weights : mapping of str to float, optional
        Importance of each problem area in means over areas, by its name, in any scale. By default
        all count alike.
    opposed, agreed : float
        Two populations are bedfellows where the probability of conflict between an agent of each
        is above `opposed` in one area, and below `agreed` in another.
    relative : bool
        Whether `opposed` is compared with how far that probability exceeds the mean of those within
        the two populations. Two populations that are each split evenly conflict in half of the
        cases, though they are alike; relative to that they are not opposed.
    together : sequence of str, optional
        Areas of which the probability of conflict in any is asked, where the same agents answered.
        By default all of a few.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    weights: dict[str, float] | None = None
    opposed: float = 0.5
    agreed: float = 0.2
    relative: bool = False
    together: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """See that the levels are in order."""
        if not (0 <= self.agreed <= 1 and 0 <= self.opposed <= 1):
            raise StudyError(
                f"agreed and opposed lie between 0 and 1, not {self.agreed} and {self.opposed}"
            )
        if self.together is not None:
            object.__setattr__(self, "together", tuple(self.together))
