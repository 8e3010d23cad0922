"""What is believed of a mean of goal shares, and of how populations scatter about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError
from bayes_misalign.reading.typed_fields import check_types


@dataclass(frozen=True)
class PooledShares:
    """Partial pooling: populations' goal shares scatter about a mean that all have in common.

    Parameters
    ----------
    alike : float
        The spread of populations about their mean, from 0 (all have the same shares) to 1 (each is
        of one goal), is Beta(1, alike): uniform at 1, and more alike beforehand with more.
    even : float
        How uneven the mean shares are, from 0 (all goals the same) to 1 (one goal alone), is
        Beta(1, even): uniform at 1, and more even beforehand with more.

    Raises
    ------
    StudyError
        When a number is not positive.

    Examples
    --------
    >>> PooledShares(alike=2.0)
    PooledShares(alike=2.0, even=1.0)
    """

    model: ClassVar[str] = "pooled"

    alike: float = 1.0
    even: float = 1.0

    def __post_init__(self) -> None:
        check_types(self)
        for name, value in asdict(self).items():
            if not (np.isfinite(value) and value > 0):
                raise StudyError(
                    f"the prior {name!r} of 'pooled' is a positive number, not {value!r}"
                )

    @classmethod
    def of(cls, stated: Any = None) -> PooledShares:
        """Return priors from what a study states: a table of numbers, or priors."""
        if isinstance(stated, PooledShares):
            return stated
        if isinstance(stated, Mapping):
            stated = {key: value for key, value in stated.items() if key != "model"}
        return cls(**with_overrides(cls.model, stated))
