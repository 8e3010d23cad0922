"""What is believed of a mean of goal shares, and of how populations scatter about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.models.pooled.groups import LEAVE_OUT, check_groups, stated_within
from bayes_misalign.reading.typed_fields import check_types, stated_table

NUMBERS = ("alike", "even", "alike_groups")
FOUND = ("populations",)


@dataclass(frozen=True)
class PooledShares:
    """Partial pooling: populations' goal shares scatter about a mean that all have in common.

    Parameters
    ----------
    alike : float
        The spread of populations about the mean of all, from 0 (all have the same shares) to 1
        (each is of one goal), is Beta(1, alike): uniform at 1, and more alike beforehand with more.
    even : float
        How uneven the mean shares are, from 0 (all goals the same) to 1 (one goal alone), is
        Beta(1, even): uniform at 1, and more even beforehand with more.
    alike_groups : float
        Of the square of that spread the part that is between groups, from 0 (all groups have the
        same mean) to 1 (all populations of a group have the same shares), is
        Beta(1, alike_groups); of populations within groups only.
    within : str or mapping of str to str, optional
        Groups that populations are in, such as the countries of regions: the name of a column of
        the table of goals, or the group of each population by its name. Populations then scatter
        about the mean of their group, and groups about the mean of all.
    populations : sequence of str, optional
        The populations, where they are in groups; a study knows them.

    Raises
    ------
    StudyError
        When a number is not positive, or `within` is neither a name nor a table of names.

    Examples
    --------
    >>> PooledShares(alike=2.0)
    PooledShares(alike=2.0, even=1.0, alike_groups=1.0, within=None)
    """

    model: ClassVar[str] = "pooled"

    alike: float = 1.0
    even: float = 1.0
    alike_groups: float = 1.0
    within: str | Mapping[str, str] | None = None
    populations: tuple[str, ...] | None = field(default=None, repr=False, metadata={"found": True})

    def __post_init__(self) -> None:
        object.__setattr__(self, "within", stated_within(self.within))
        if self.populations is not None:
            object.__setattr__(self, "populations", tuple(self.populations))
        check_types(self, but=("within", "populations"))
        for name in NUMBERS:
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise StudyError(
                    f"the prior {name!r} of 'pooled' is a positive number, not {value!r}"
                )
        if self.within is None and self.alike_groups != 1:
            raise StudyError(
                "`alike_groups` is stated of populations that are in no groups. Fix: leave it out, "
                "or state as `within` the column of the groups"
            )

    @classmethod
    def of(cls, stated: Any = None) -> PooledShares:
        """Return priors from what a study states: a table of numbers, or priors."""
        if isinstance(stated, PooledShares):
            return stated
        table = stated_table({} if stated is None else stated, "the prior of 'pooled'")
        table = {key: value for key, value in table.items() if key != "model"}
        known = (*NUMBERS, "within")
        for key in table:
            if key not in (*known, *FOUND):
                raise StudyError(
                    f"the priors of 'pooled' have no key {key!r}; they have {listed(known)}. "
                    + did_you_mean(key, known)
                )
        rest: dict[str, Any]
        rest = {key: table.pop(key) for key in ("within", *FOUND) if key in table}
        return cls(**{**with_overrides(cls.model, table), **rest})

    def with_populations(self, populations: Sequence[str]) -> Self:
        """Return the priors of a study with these populations, or of a part of it."""
        if self.within is None:
            return self
        within = self.within
        if self.populations is None and isinstance(within, Mapping):
            # of a whole study: its groups are those of its populations, in their order
            within = {name: within[name] for name in populations}
        return replace(self, within=within, populations=tuple(populations))

    def with_groups(self, found: Mapping[str, str]) -> Self:
        """Return the priors with the groups that a column names, by population."""
        return replace(self, within=dict(found))

    def check_groups(self, populations: Sequence[str]) -> None:
        """Raise a StudyError where groups are not those of a study with these populations."""
        if isinstance(self.within, Mapping):
            check_groups(self.within, populations)
        elif self.within is not None:
            raise StudyError(
                f"`within` names the column {self.within!r}, and no table is read again for it. "
                f"Fix: {LEAVE_OUT}, or state the group of each population in its place"
            )

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups; none where all populations have one mean in common."""
        within = self.within if isinstance(self.within, Mapping) else {}
        return tuple(dict.fromkeys(within.values()))

    @cached_property
    def group_of(self) -> NDArray[np.intp]:
        """(population,) place of each population's group."""
        within = self.within if isinstance(self.within, Mapping) else {}
        place = {group: i for i, group in enumerate(self.groups)}
        names = tuple(within) if self.populations is None else self.populations
        return np.array([place[within[name]] for name in names], np.intp)

    @property
    def membership(self) -> NDArray[np.float64]:
        """(group, population) 1 where a population is in a group, else 0."""
        return np.asarray(np.arange(len(self.groups))[:, None] == self.group_of, dtype=float)
