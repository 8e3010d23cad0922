"""Priors of goal shares, and of how alike the answers of one cluster are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.errors import StudyError
from bayes_misalign.families.reports.stated_priors import check_number, stated_priors


@dataclass(frozen=True)
class ClusterPriors:
    """Priors of goal shares and of the correlation of answers of one cluster.

    Parameters
    ----------
    shares : prior of a model of shares
        Prior of the goal shares.
    correlation : float
        Prior mean of the correlation of two answers of one cluster; in (0, 1).
    correlation_strength : float
        How surely it is expected: the sum of the parameters of its Beta prior.
    by_population : bool
        Whether each population has a correlation of its own.
    """

    shares: Any = field(default_factory=shares_prior)
    correlation: float = 0.5
    correlation_strength: float = 2.0
    by_population: bool = False

    def __post_init__(self) -> None:
        for name in ("correlation", "correlation_strength"):
            value = getattr(self, name)
            check_number("clustered", name, value, probability=name == "correlation")
        if not isinstance(self.by_population, bool):
            raise StudyError(
                f"the prior 'by_population' is true or false, not {self.by_population!r}"
            )

    @classmethod
    def of(cls, overrides: Any = None) -> ClusterPriors:
        """Return the model's defaults with what a study states put over them."""
        if isinstance(overrides, ClusterPriors):
            return overrides
        return cls(**stated_priors("clustered", cls, overrides))

    @property
    def correlation_beta(self) -> tuple[float, float]:
        """Parameters of the Beta prior of the correlation."""
        a = self.correlation * self.correlation_strength
        return a, self.correlation_strength - a
