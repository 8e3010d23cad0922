"""Each agent states one goal, or none, and the statement is taken as the goal held.

Counts of answers are multinomial in the goal shares of their population; the shares have one of the
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
from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.shares import shares_of, shares_prior
from bayes_misalign.contract.weighted import (
    SAMPLED,
    among_sampled,
    drawn_shares,
    sampled_free_variables,
    shares_given,
)
from bayes_misalign.families.simplex.draws import order_of_shares
from bayes_misalign.models.single_choice.evidence import ChoiceCounts, no_patterns

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
DIMS = {
    "proportion": ("population", "goal"),
    SAMPLED: ("population", "goal"),
}
ANSWERS, WEIGHTED = "answers", "weighted_answers"  # what was observed
LOG_SMALLEST = -690.0  # exp of it is still a normal number, so that 0 log 0 has a gradient


def priors(overrides: Any = None) -> Any:
    """Return the prior of shares: the model's default, or what the study states."""
    return shares_prior(overrides or defaults("single-choice")["priors"]["shares"])


def coords(evidence: ChoiceCounts) -> dict[str, tuple[str, ...]]:
    """Return the labels of the model's own dimensions: it has none."""
    del evidence
    return {}


def declare(evidence: ChoiceCounts, prior: Any, name: str = "proportion") -> Any:
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


def build(evidence: ChoiceCounts, prior: Any) -> pm.Model:
    """Return the model of the shares alone, with coords population and goal."""
    import pymc as pm

    coords = {"population": evidence.populations, "goal": evidence.categories}
    with pm.Model(coords=coords) as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: ChoiceCounts, prior: Any, draws: int, rng: np.random.Generator
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


def counted(evidence: ChoiceCounts) -> Array:
    """Return the effective counts, which are all that answers say of the shares."""
    return evidence.effective_counts


def draw_given(
    evidence: ChoiceCounts, prior: Any, common: Mapping[str, Array], rng: np.random.Generator
) -> dict[str, Array]:
    """Return exact draws given draws of what populations have in common."""
    return shares_given(prior, evidence.effective, evidence.categories, common, rng)


def draw_prior(
    evidence: ChoiceCounts, prior: Any, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of the same quantities."""
    populations, categories = len(evidence.populations), evidence.categories
    return shares_of(prior).draw_prior(prior, populations, categories, draws, rng)


def held(evidence: ChoiceCounts, drawn: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """Return how many of those who answered hold each goal, (population, goal): it is known."""
    del drawn, rng
    # the unseen are completed one by one, and those who are seen are not tempered
    return np.where(evidence.of_unseen[:, None], evidence.counts, evidence.effective_counts)


def sized(
    evidence: ChoiceCounts, agents: int | NDArray[np.int64], rng: np.random.Generator
) -> ChoiceCounts:
    """Return a design of the evidence's shape with so many answers in each population."""
    del rng
    counts = np.zeros_like(evidence.counts)
    counts[:, 0] = agents  # how many, not what they answer
    return replace(
        evidence,
        counts=counts,
        weight_sum=counts,
        weight_sq_sum=counts,
        weighted=False,
        population_size=None,
        stated_deff=None,
        clusters=None,
        design=None,
        **no_patterns(),
    )


def simulate(
    parameters: Mapping[str, Array], design: ChoiceCounts, rng: np.random.Generator
) -> ChoiceCounts:
    """Return unweighted answers of as many agents as the design has."""
    counts = rng.multinomial(design.counts.sum(axis=1).astype(int), parameters["proportion"])
    whole = counts.astype(float)
    return replace(
        design,
        counts=whole,
        weight_sum=whole,
        weight_sq_sum=whole,
        weighted=False,
        stated_deff=None,
        not_answers={},
        not_asked=np.zeros(len(design.populations)),
        zero_weights=0,
        notes=("simulated data",),
        doubts=(),
        source="simulated",
        clusters=None,
        design=None,
        **no_patterns(),
    )


def free_variables(
    evidence: ChoiceCounts, prior: Any, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variables of the shares in PyMC."""
    order = order_of_shares(evidence.effective_counts, evidence.categories)
    return sampled_free_variables(prior, evidence.categories, order, name, drawn, evidence.tilt)


def observed(evidence: ChoiceCounts, name: str = "") -> dict[str, Observed]:
    """Return answers by population and goal; under design weights what they count for."""
    del name
    counts, dims = evidence.effective_counts, ("population", "goal")
    total = counts.sum(axis=1, keepdims=True)
    if evidence.tempered:
        return {WEIGHTED: Observed("weighted answers", dims, counts, totals=total)}
    return {ANSWERS: Observed("answers", dims, counts, totals=total)}


def replicated(
    parameters: Mapping[str, Array],
    evidence: ChoiceCounts,
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


def outcomes(evidence: ChoiceCounts, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely each answer was in each population."""
    shares, counts = among_sampled(parameters), evidence.effective_counts
    log_share = np.maximum(np.log(np.maximum(shares, np.exp(LOG_SMALLEST))), LOG_SMALLEST)
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
