"""A person states how likely two goals are to conflict: a range with a probability, or a mean.

A range (low, high) held with probability q becomes the Beta distribution of maximum entropy among
those that put mass q on the range (the criterion of PreliZ's `maxent`); it says no more than the
statement does, and treats ranges that touch 0 or 1 like any other. A mean m with strength s (as
many judgements as the statement is worth) becomes Beta(m s, (1 - m) s), by matching moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.observed import FreeVariables, levels_as_variable
from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError
from bayes_misalign.families.statements.beta_of_range import beta_of_range
from bayes_misalign.models.elicited.evidence import ElicitedConflict
from bayes_misalign.reading.pair_labels import pair_labels

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ElicitedPriors:
    """What a range means when the study does not say.

    Parameters
    ----------
    probability : float
        Probability that a conflict level lies in its stated range.
    """

    probability: float

    def __post_init__(self) -> None:
        if not 0 < self.probability < 1:
            raise StudyError(
                f"the probability of an elicited range lies between 0 and 1, not {self.probability}"
            )


def priors(overrides: Mapping[str, Any] | None = None) -> ElicitedPriors:
    """Return the default probability of a range, or the study's."""
    return ElicitedPriors(**with_overrides("elicited", overrides))


def beta_parameters(evidence: ElicitedConflict, prior: ElicitedPriors) -> tuple[Array, Array]:
    """Return the Beta parameters of every elicited pair."""
    alpha = evidence.mean * evidence.strength
    beta = (1 - evidence.mean) * evidence.strength
    probability = np.where(np.isnan(evidence.probability), prior.probability, evidence.probability)
    for i in np.flatnonzero(np.isnan(evidence.mean)):
        alpha[i], beta[i] = beta_of_range(
            float(evidence.low[i]), float(evidence.high[i]), float(probability[i])
        )
    return alpha, beta


def declare(evidence: ElicitedConflict, prior: ElicitedPriors, name: str = "elicited") -> Any:
    """Add the elicited conflict levels to the open model; return their tensor (pair)."""
    import pymc as pm

    pm.modelcontext(None).add_coord(f"pair_{name}", pair_labels(evidence.pairs))

    alpha, beta = beta_parameters(evidence, prior)
    return pm.Beta(f"conflict_{name}", alpha, beta, dims=f"pair_{name}")


def build(evidence: ElicitedConflict, prior: ElicitedPriors) -> pm.Model:
    """Return the model of the elicited conflict levels alone."""
    import pymc as pm

    with pm.Model() as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: ElicitedConflict, prior: ElicitedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return draws of `conflict_level` (draw, pair). Nothing updates a statement but data."""
    alpha, beta = beta_parameters(evidence, prior)
    return {"conflict_level": rng.beta(alpha, beta, size=(draws, len(alpha)))}


draw_prior = draw


def free_variables(
    evidence: ElicitedConflict, prior: ElicitedPriors, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return the levels as the free variable of the PyMC model."""
    del prior
    return levels_as_variable(evidence.pairs, name, drawn)


def simulate(
    parameters: Mapping[str, Array], design: ElicitedConflict, rng: np.random.Generator
) -> ElicitedConflict:
    """Return the same statements: they are prior knowledge, which no parameter gives rise to."""
    del parameters, rng
    return design


def describe(evidence: ElicitedConflict, prior: ElicitedPriors) -> Description:
    """Return the elicited levels in words and formulas."""
    alpha, beta = beta_parameters(evidence, prior)
    stated = tuple(
        f"Conflict of {a} and {b}: {_statement(evidence, i, prior)}, "
        f"Beta({alpha[i]:.3g}, {beta[i]:.3g})."
        for i, (a, b) in enumerate(evidence.pairs)
    )
    return Description(
        "Conflict levels that somebody stated were given Beta distributions: of maximum entropy "
        "for a range held with a probability, by matching moments for a mean with a strength.",
        ("c_ij ~ Beta(a_ij, b_ij) for each elicited pair",),
        stated,
        ("Statements about different pairs are independent",),
    )


def _statement(evidence: ElicitedConflict, i: int, prior: ElicitedPriors) -> str:
    if np.isnan(evidence.mean[i]):
        q = evidence.probability[i]
        q = prior.probability if np.isnan(q) else q
        return f"{evidence.low[i]:g} to {evidence.high[i]:g} with probability {q:g}"
    return f"mean {evidence.mean[i]:g} with the strength of {evidence.strength[i]:g} judgements"
