"""The prior of how alike the choices of one agent are, and other ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.reports.alternatives import odds_scaled, scaled


class CorrelatedChoices:
    """Base of priors with the fields `overdispersion`, `correlation` and `correlation_strength`."""

    overdispersion: bool
    correlation: float
    correlation_strength: float

    @property
    def correlation_beta(self) -> tuple[float, float]:
        """Parameters of the Beta prior of the correlation."""
        a = self.correlation * self.correlation_strength
        return a, self.correlation_strength - a

    def overdispersed(self, evidence: ActedReports) -> bool:
        """Return whether overdispersion can show: somebody chose twice in one situation."""
        return self.overdispersion and evidence.chosen_again


def of_correlation(priors: Any, evidence: ActedReports) -> dict[str, Any]:
    """Return priors by which agents of one goal are more or less alike than by these."""
    found: dict[str, Any] = {}
    if evidence.chosen_again:
        word = "alike" if priors.overdispersion else "different"
        other = replace(priors, overdispersion=not priors.overdispersion)
        found[f"agents of one goal {word}"] = other
    if priors.overdispersed(evidence):
        found |= odds_scaled(priors, "correlation", "the correlation of choices")
        found |= scaled(priors, "correlation_strength", "worth of the correlation of choices")
    return found
