"""Priors of what raters do: how accurate they are expected to be, and how alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.families.reports.stated_priors import check_number, stated_priors
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels

Array = NDArray[np.float64]
Pooling = Literal["auto", "hierarchical", "separate", "common"]
POOLINGS: tuple[Pooling, ...] = ("auto", "hierarchical", "separate", "common")
ALIKE: dict[Pooling, str] = {
    "hierarchical": "raters around a common mean",
    "separate": "raters with error rates of their own",
    "common": "raters with one set of error rates",
}
SEVERAL = 3  # raters of unknown accuracy, from which on they are pooled by default


@dataclass(frozen=True)
class LabelPriors:
    """Priors of goal shares and of the raters' error rates.

    Parameters
    ----------
    shares : prior of a model of shares
        Prior of the goal shares.
    accuracy : float or mapping of str to float
        Expected probability that a rater gives an agent's goal its own label, for all goals or by
        goal; in (0, 1). Wrong labels share the rest equally.
    strength : float or mapping of str to float
        How many agents' labels that expectation is worth, for all goals or by goal.
    pooling : {"auto", "hierarchical", "separate", "common"}
        Raters that vary around a common mean, raters that have nothing in common, or one set of
        error rates for all. Hierarchical from three raters of unknown accuracy on, else separate.
    agreement : float
        Prior median of how alike the raters are: the number of labels that the raters' mean is
        worth to each of them. Of hierarchical raters only.
    agreement_spread : float
        Prior sd of its logarithm.
    """

    shares: Any = field(default_factory=shares_prior)
    accuracy: float | Mapping[str, float] = 0.75
    strength: float | Mapping[str, float] = 8.0
    pooling: Pooling = "auto"
    agreement: float = 8.0
    agreement_spread: float = 1.0

    def __post_init__(self) -> None:
        if self.pooling not in POOLINGS:
            raise StudyError(
                f"there is no pooling of raters called {self.pooling!r}; there are "
                f"{listed(POOLINGS)}. " + did_you_mean(str(self.pooling), POOLINGS)
            )
        for name in ("accuracy", "strength", "agreement", "agreement_spread"):
            stated = getattr(self, name)
            for value in stated.values() if isinstance(stated, Mapping) else [stated]:
                check_number("noisy-labels", name, value, probability=name == "accuracy")

    @classmethod
    def of(cls, overrides: Any = None) -> LabelPriors:
        """Return the model's defaults with what a study states put over them."""
        if isinstance(overrides, LabelPriors):
            return overrides
        return cls(**stated_priors("noisy-labels", cls, overrides))

    def pooled(self, evidence: DistinctLabels) -> Pooling:
        """Return how the raters of unknown accuracy are pooled; never "auto"."""
        if self.pooling != "auto":
            return self.pooling
        unknown = int((~evidence.is_known).sum())
        return "hierarchical" if unknown >= SEVERAL else "separate"

    def pooled_otherwise(self, evidence: DistinctLabels) -> dict[str, LabelPriors]:
        """Return the same priors with the raters pooled in each of the other ways."""
        now = self.pooled(evidence)
        others = {name: how for how, name in ALIKE.items() if how != now}
        return {name: replace(self, pooling=how) for name, how in others.items()}

    def alpha(self, evidence: DistinctLabels) -> Array:
        """Return the Dirichlet parameters of P(label | goal), (K, L), that are expected.

        They are flat for a goal that no label names.
        """
        goals, labels = evidence.categories, len(evidence.labels)
        accuracy = _by_goal("accuracy", self.accuracy, goals)
        strength = _by_goal("strength", self.strength, goals)
        wrong = (1 - accuracy) / max(labels - 1, 1)
        alpha = np.repeat((strength * wrong)[:, None], labels, axis=1)
        own = evidence.own_label
        named = own >= 0
        alpha[named, own[named]] = (strength * accuracy)[named]
        alpha[~named] = (strength / labels)[~named, None]
        return alpha


def _by_goal(name: str, stated: float | Mapping[str, float], goals: tuple[str, ...]) -> Array:
    if not isinstance(stated, Mapping):
        return np.full(len(goals), float(stated))
    for goal in stated:
        if goal not in goals:
            raise StudyError(
                f"the prior {name!r} names {goal!r}, which is no goal of the study; those are "
                f"{listed(goals)}. " + did_you_mean(goal, goals)
            )
    if missing := [goal for goal in goals if goal not in stated]:
        raise StudyError(f"the prior {name!r} says nothing of {listed(missing)}")
    return np.array([float(stated[goal]) for goal in goals])
