"""What is believed of the goal shares of waves before anybody answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from bayes_misalign.contract.registry import defaults
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.families.walks.places import Places, find_places
from bayes_misalign.reading.typed_fields import is_number, shown_value, stated_table

INSTEAD = 'leave `model = "waves"` out, so that no population says anything of another'
KEYS = ("level", "drift", "time", "populations")


@dataclass(frozen=True)
class WavesPrior:
    """Prior of the goal shares of populations that are waves of one or several series.

    Parameters
    ----------
    level : float
        Scale of the log odds of any two goals at the level of a series, its mean over waves, for
        two goals; sqrt(log2 k) times as much for k goals.
    drift : float
        Scale of how far the log odds of any two goals go from the first wave to the last.
    time : mapping of str to float, or of str to str, optional
        When each population was, or each wave, where names have several parts: numbers, or texts
        such as ISO dates. Left out, the names of the populations say it.
    populations : sequence of str, optional
        The populations; a study knows them.

    Raises
    ------
    StudyError
        When a scale is not positive, or the populations cannot be put into an order of time.

    Examples
    --------
    >>> import bayes_misalign as bm
    >>> bm.WavesPrior(time={"spring": "2024-05", "autumn": "2024-10"}).drift
    1.0
    """

    model: ClassVar[str] = "waves"

    level: float = 0.85
    drift: float = 1.0
    time: Mapping[str, float | str] | None = None
    populations: Sequence[str] | None = field(default=None, metadata={"found": True})

    def __post_init__(self) -> None:
        for name in ("level", "drift"):
            value = getattr(self, name)
            if not (is_number(value) and np.isfinite(value) and value > 0):
                raise StudyError(
                    f"the prior {name!r} of 'waves' is a positive number, not {shown_value(value)}"
                )
            object.__setattr__(self, name, float(value))
        if self.time is not None:
            object.__setattr__(self, "time", stated_table(self.time, "`time` of 'waves'"))
        if self.populations is not None:
            object.__setattr__(self, "populations", tuple(self.populations))
            find_places(self.populations, self.time, instead=INSTEAD)

    @classmethod
    def of(cls, stated: Any = None) -> WavesPrior:
        """Return the defaults with what a study states put over them."""
        if isinstance(stated, WavesPrior):
            return stated
        table = stated_table({} if stated is None else stated, "the prior of 'waves'")
        for key in table:
            if key not in KEYS:
                raise StudyError(
                    f"the priors of 'waves' have no key {key!r}; they have {listed(KEYS[:3])}. "
                    + did_you_mean(key, KEYS[:3])
                )
        return cls(**{**defaults("waves")["priors"], **table})

    def with_populations(self, populations: Sequence[str]) -> Self:
        """Return the prior of a study with these populations."""
        return replace(self, populations=tuple(populations))

    def places(self, number: int) -> Places:
        """Return where populations stand in time; one after another, if none are known."""
        if self.populations is not None:
            return find_places(self.populations, self.time)
        return find_places([str(i + 1) for i in range(number)])
