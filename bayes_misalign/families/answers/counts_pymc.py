"""What agents state is taken for what they hold: counts of categories, whatever these are.

Counts of answers are multinomial in the shares of their population; the shares have one of the
priors of the model of shares. Design weights enter by tempering and tilting: each goal's answers
count for as many as its own weights leave of them, and the shares behind these counts are tilted by
what one of them weighs (`measure.effective_counts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import FreeVariables, Observed, Outcomes
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.weighted import (
    SAMPLED,
    among_sampled,
    drawn_shares,
    sampled_free_variables,
    shares_given,
)
from bayes_misalign.families.simplex.draws import order_of_shares

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
DIMS = {
    "proportion": ("population", "goal"),
    SAMPLED: ("population", "goal"),
}
ANSWERS, WEIGHTED = "answers", "weighted_answers"  # what was observed
Counted = Any  # evidence that is a dataclass with counts, and `unweighted`, which takes others
LOG_SMALLEST = -690.0  # exp of it is still a normal number, so that 0 log 0 has a gradient


def declare(evidence: Counted, prior: Any, name: str = "proportion") -> Any:
    """Add shares and answers to the open model; return the shares' tensor (population, goal)."""
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.simplex.tilted_pymc import declare_tilted

    counts = evidence.effective_counts
    order = order_of_shares(counts, evidence.categories)
    ordered = np.take_along_axis(counts, order, axis=-1)
    log_share, shares = declare_tilted(
        prior, evidence.categories, ordered, order, name, evidence.tilt
    )
    if evidence.tempered:
        # tempered counts are not a sample of whole answers: a pseudo-likelihood
        from bayes_misalign.families.observed.observed_pymc import declare_observed

        tempered = pm.Data("effective_answers", counts, dims=("population", "goal"))
        declare_observed(
            observed(evidence),
            {WEIGHTED: (tempered * log_share).sum()},
            {"proportion": pt.exp(log_share)},
            lambda parameters, rng: replicated(parameters, evidence, rng),
        )
    else:
        whole = evidence.counts.astype(int)
        pm.Multinomial(
            "answers",
            n=whole.sum(axis=1),
            p=pt.exp(pt.maximum(log_share, LOG_SMALLEST)),
            observed=whole,
            dims=("population", "goal"),
        )
    return shares


def build(evidence: Counted, prior: Any) -> pm.Model:
    """Return the model of the shares alone, with coords population and goal."""
    import pymc as pm

    coords = {"population": evidence.populations, "goal": evidence.categories}
    with pm.Model(coords=coords) as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: Counted, prior: Any, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return exact posterior draws: `proportion` (draw, population, goal), and what is beside."""
    return drawn_shares(
        prior,
        evidence.effective,
        evidence.categories,
        draws,
        rng,
        evidence.pairing,
        evidence.coupling,
    )


def counted(evidence: Counted) -> Array:
    """Return the effective counts, which are all that answers say of the shares."""
    found: Array = evidence.effective_counts
    return found


def draw_given(
    evidence: Counted, prior: Any, common: Mapping[str, Array], rng: np.random.Generator
) -> dict[str, Array]:
    """Return exact draws given draws of what populations have in common."""
    return shares_given(prior, evidence.effective, evidence.categories, common, rng)


def draw_prior(
    evidence: Counted, prior: Any, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of the same quantities."""
    populations, categories = len(evidence.populations), evidence.categories
    return shares_of(prior).draw_prior(prior, populations, categories, draws, rng)


def held(evidence: Counted, drawn: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """Return how many of those who answered hold each goal, (population, goal): it is known."""
    del drawn, rng
    # the unseen are completed one by one, and those who are seen are not tempered
    apart = evidence.of_unseen[:, None]
    return np.asarray(np.where(apart, evidence.counts, evidence.effective_counts))


def sized(evidence: Counted, agents: int | NDArray[np.int64], rng: np.random.Generator) -> Any:
    """Return a design of the evidence's shape with this many answers in each population."""
    del rng
    counts = np.zeros_like(evidence.counts)
    counts[:, 0] = agents  # how many, not what they answer
    return replace(evidence.unweighted(counts), population_size=None)


def simulate(parameters: Mapping[str, Array], design: Counted, rng: np.random.Generator) -> Any:
    """Return unweighted answers of as many agents as the design has."""
    counts = rng.multinomial(design.counts.sum(axis=1).astype(int), parameters["proportion"])
    return replace(
        design.unweighted(counts.astype(float)),
        not_answers={},
        not_asked=np.zeros(len(design.populations)),
        zero_weights=0,
        notes=("simulated data",),
        source="simulated",
    )


def free_variables(
    evidence: Counted, prior: Any, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variables of the shares in PyMC."""
    order = order_of_shares(evidence.effective_counts, evidence.categories)
    return sampled_free_variables(prior, evidence.categories, order, name, drawn, evidence.tilt)


def observed(evidence: Counted, name: str = "") -> dict[str, Observed]:
    """Return answers by population and goal; under design weights what they count for."""
    del name
    counts, dims = evidence.effective_counts, ("population", "goal")
    total = counts.sum(axis=1, keepdims=True)
    if evidence.tempered:
        return {WEIGHTED: Observed("weighted answers", dims, counts, totals=total)}
    return {ANSWERS: Observed("answers", dims, counts, totals=total)}


def replicated(
    parameters: Mapping[str, Array],
    evidence: Counted,
    rng: np.random.Generator,
    name: str = "",
) -> dict[str, Observed]:
    """Return answers of as many agents; under design weights of as many as they count for."""
    found = observed(evidence, name)
    counts = evidence.effective_counts
    total = counts.sum(axis=1)
    whole = np.ceil(total)  # weighted answers are not a whole number
    shares = among_sampled(parameters)
    shares = shares / shares.sum(axis=-1, keepdims=True)
    drawn = rng.multinomial(whole.astype(int), shares).astype(float)
    scale = np.divide(total, whole, out=np.zeros_like(total), where=whole > 0)
    return {key: replace(x, values=drawn * scale[:, None]) for key, x in found.items()}


def _log(shares: Array) -> Array:
    """Return logarithms, of shares that are zero as numbers the smallest there is."""
    found = np.log(np.maximum(shares, np.exp(LOG_SMALLEST)))
    return np.asarray(np.maximum(found, LOG_SMALLEST))


def with_data(evidence: Counted, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood, and how far shares are from those seen."""
    shares = parameters.get(SAMPLED, parameters["proportion"])
    counts = evidence.effective_counts
    total = counts.sum(axis=-1, keepdims=True)
    seen = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return {
        "log_likelihood": (counts * _log(shares)).sum(axis=(-2, -1)),
        "residual": np.abs(np.where(total > 0, seen - shares, 0.0)).sum(axis=(-2, -1)),
    }


def outcomes(evidence: Counted, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely each answer was in each population."""
    shares, counts = among_sampled(parameters), evidence.effective_counts
    log_share = _log(shares)
    populations, goals = counts.shape
    return (
        Outcomes(
            "answer",
            tuple(f"{s}: {goal}" for s in evidence.populations for goal in evidence.categories),
            log_share.reshape(len(shares), -1),
            counts.ravel(),
            np.repeat(np.arange(populations), goals),
            np.tile(np.arange(float(goals)), populations),
        ),
    )
