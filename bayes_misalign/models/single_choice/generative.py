"""Each agent states one goal, or none, and the statement is taken as the goal held.

Counts of answers are multinomial in the goal shares of their population; the shares have one of the
priors of `share_prior`. Design weights enter by tempering: the weighted shares are treated as if
they came from n_eff = (sum w)^2 / sum w^2 answers (Kish, Survey Sampling, 1965, section 11.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.registry import defaults
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.independent.words import describe_shares
from bayes_misalign.models.single_choice.declaration import ChoiceCounts

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
DIMS = {"proportion": ("population", "goal"), "index": ("population",)}
LOG_SMALLEST = -690.0  # exp of it is still a normal number, so that 0 log 0 has a gradient


def priors(overrides: Mapping[str, Any] | str | SharePrior | None = None) -> SharePrior:
    """Return the prior of shares: the model's default, or what the study states.

    Examples
    --------
    >>> priors().kind
    'index-flat'
    """
    return SharePrior.of(overrides or defaults("single-choice")["priors"]["shares"])


def coords(evidence: ChoiceCounts) -> dict[str, tuple[str, ...]]:
    """Return the labels of the model's own dimensions: it has none."""
    del evidence
    return {}


def declare(evidence: ChoiceCounts, prior: SharePrior, name: str = "proportion") -> Any:
    """Add shares and answers to the open model; return the shares' tensor (population, goal)."""
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.simplex.log_dirichlet_pymc import reference_last
    from bayes_misalign.models.independent.generative import declare_shares

    counts = evidence.effective_counts
    order = reference_last(counts)
    ordered = np.take_along_axis(counts, order, axis=-1)
    log_share, shares = declare_shares(prior, evidence.categories, ordered, order, name)
    if evidence.weighted:
        # tempered counts are not a sample of whole answers: a pseudo-likelihood
        tempered = pm.Data("effective_answers", counts, dims=("population", "goal"))
        pm.Potential("weighted_answers", (tempered * log_share).sum())
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


def build(evidence: ChoiceCounts, prior: SharePrior) -> pm.Model:
    """Return the model of the shares alone, with coords population and goal."""
    import pymc as pm

    coords = {"population": evidence.populations, "goal": evidence.categories}
    with pm.Model(coords=coords) as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: ChoiceCounts, prior: SharePrior, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return exact posterior draws: `proportion` (draw, population, goal), and `index` if flat."""
    return prior.draw(evidence.effective_counts, evidence.categories, draws, rng)


def draw_prior(
    evidence: ChoiceCounts, prior: SharePrior, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of the same quantities."""
    nothing = np.zeros_like(evidence.effective_counts)
    return prior.draw(nothing, evidence.categories, draws, rng)


def held(evidence: ChoiceCounts, drawn: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """Return how many of those who answered hold each goal, (population, goal): it is known."""
    del drawn, rng
    return evidence.effective_counts


def sized(evidence: ChoiceCounts, agents: int, rng: np.random.Generator) -> ChoiceCounts:
    """Return a design of the evidence's shape with this many answers in each population."""
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
    )


def simulate(
    parameters: Mapping[str, Array], design: ChoiceCounts, rng: np.random.Generator
) -> ChoiceCounts:
    """Return answers of as many agents as the design has, drawn from given shares.

    Parameters
    ----------
    parameters : mapping
        `proportion` (population, goal).
    design : ChoiceCounts
        Its populations, categories and number of answers are kept; weights become one.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ChoiceCounts
        Simulated, unweighted counts.
    """
    counts = rng.multinomial(design.counts.sum(axis=1).astype(int), parameters["proportion"])
    whole = counts.astype(float)
    return replace(
        design,
        counts=whole,
        weight_sum=whole,
        weight_sq_sum=whole,
        weighted=False,
        not_answers={},
        not_asked=np.zeros(len(design.populations)),
        zero_weights=0,
        notes=("simulated data",),
        source="simulated",
    )


def describe(evidence: ChoiceCounts, prior: SharePrior) -> Description:
    """Return the model and its priors in words and formulas."""
    words = (
        "Each answer was taken as the goal the agent holds. The counts of answers were modelled as "
        "multinomial in the goal shares of their population"
    )
    formulas = ["n_s ~ Multinomial(N_s, p_s) for each population s"]
    if evidence.weighted:
        words += (
            "; with design weights, the weighted shares were tempered to the Kish effective sample "
            "size of each population"
        )
        formulas = [
            "log L(p_s) = sum_i n*_si log p_si, n*_si = n_eff,s W_si / W_s,"
            " n_eff,s = (sum w)^2 / sum w^2"
        ]
    if evidence.population_size is not None:
        words += (
            "; the agents who were not observed were drawn from their predictive distribution, up "
            "to the stated size of each population"
        )
        effect = " / design effect_s" if evidence.weighted else ""
        formulas.append(f"unseen_s ~ Multinomial((size_s - N_s){effect}, p_s)")
    formula, why = describe_shares(prior, evidence.categories)
    formulas.append(formula)
    return Description(words + ".", tuple(formulas), (why,))
