"""Shares of goals behind percentages that were rounded.

Answers are multinomial in the goal shares, as in counted answers, and what was published says of
their counts only what rounding leaves: the likelihood is the multinomial probability of all counts
that round to the percentages. Under a design effect answers are worth n / deff, and the sample
shares are any that round so. Exact draws first draw such counts, and then shares given them.
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
from bayes_misalign.contract.weighted import sampled_free_variables
from bayes_misalign.families.simplex.draws import order_of_shares
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.published.rounding import rows, tables
from bayes_misalign.models.published.sample_counts import draw_counts

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
DIMS = {
    "proportion": ("population", "goal"),
}
PERCENTAGES = "percentages"
FEW_ALIKE = 8  # draws with the same counts, from which on they are drawn together
LOG_SMALLEST = -690.0  # exp of it is still a normal number, so that 0 log 0 has a gradient


def priors(overrides: Any = None) -> Any:
    """Return the prior of shares: the model's default, or what the study states."""
    return shares_prior(overrides or defaults("published")["priors"]["shares"])


def data(evidence: PublishedShares, prior: Any) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other percentages, by container."""
    del prior
    counts = np.asarray(evidence.effective_counts)
    order = order_of_shares(counts, evidence.categories)
    return {
        "rough_counts": np.take_along_axis(counts, order, axis=-1),
        "share_order": order.astype(np.int64),
        **tables(evidence.ranges),
    }


def declare(evidence: PublishedShares, prior: Any, name: str = "proportion") -> Any:
    """Add shares and percentages to the open model; return the shares (population, goal)."""
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed
    from bayes_misalign.models.published.generative_rounding import log_likelihood

    x = _declare_data(evidence, prior)
    # counts that percentages leave open choose the coordinates of the sampler
    log_share, shares = shares_of(prior).declare(
        prior, evidence.categories, x["rough_counts"], x["share_order"], name
    )
    above = pt.maximum(log_share, LOG_SMALLEST)
    likelihood = log_likelihood(x, above, len(evidence.categories)).sum()
    declare_observed(
        observed(evidence),
        {PERCENTAGES: likelihood},
        {"proportion": pt.exp(log_share)},
        lambda parameters, rng: replicated(parameters, evidence, rng),
    )
    return shares


def _declare_data(evidence: PublishedShares, prior: Any) -> dict[str, Any]:
    import pymc as pm

    found = data(evidence, prior)
    sums, ends = found["units_before"].shape
    model = pm.modelcontext(None)
    for dim, number in {
        "place": len(evidence.categories),
        "part": len(evidence.categories) + 1,  # who gave no answer is the last
        "range_place": ends,
        "sum_of_units": sums,
    }.items():
        model.add_coord(dim, [f"{dim.replace('_', ' ')} {i + 1}" for i in range(number)])
    dims: dict[str, tuple[str, ...]] = {
        "rough_counts": ("population", "place"),
        "share_order": ("population", "place"),
        "rounding": ("population", "part", "range_place"),
        "rounded_counts": ("population", "goal", "range_place"),
        "units_before": ("sum_of_units", "range_place"),
        "units_left": ("population",),
    }
    fixed = ("rough_counts", "share_order")
    return {
        key: pm.Data(key, x, dims=dims[key], shape=x.shape if key in fixed else None)
        for key, x in found.items()
    }


def build(evidence: PublishedShares, prior: Any) -> pm.Model:
    """Return the model of the shares alone, with coords population and goal."""
    import pymc as pm

    coords = {"population": evidence.populations, "goal": evidence.categories}
    with pm.Model(coords=coords) as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: PublishedShares, prior: Any, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return exact posterior draws: `proportion` (draw, population, goal), and what is beside.

    None where the model of shares does not know how likely counts are.
    """
    shares, categories = shares_of(prior), evidence.categories

    def log_evidence(counts: Array) -> Array:
        found = shares.log_evidence(prior, counts, categories)
        return np.zeros(0) if found is None else found

    if not len(log_evidence(np.zeros((1, len(categories))))):
        return None
    found = []
    for one in evidence.ranges:
        counts = draw_counts(one, log_evidence, draws, rng)
        found.append(_given_counts(prior, counts, categories, rng))
    return {key: np.stack([one[key] for one in found], axis=1) for key in found[0]}


def _given_counts(
    prior: Any, counts: Array, categories: tuple[str, ...], rng: np.random.Generator
) -> dict[str, Array]:
    """Return what the model of shares draws, once for each row of counts (draw, goal)."""
    shares = shares_of(prior)
    distinct, place = np.unique(counts, axis=0, return_inverse=True)
    if len(counts) < FEW_ALIKE * len(distinct):
        # every draw has counts of its own, and so is a population to the model of shares
        found = shares.draw(prior, counts, categories, 1, rng) or {}
        return {key: values[0] for key, values in found.items()}
    made: dict[str, Array] = {}
    for number, one in enumerate(distinct):
        here = np.flatnonzero(place.ravel() == number)
        drawn = shares.draw(prior, one[None], categories, len(here), rng) or {}
        for key, values in drawn.items():
            whole = made.setdefault(key, np.empty((len(counts), *values.shape[2:])))
            whole[here] = values[:, 0]
    return made


def draw_prior(
    evidence: PublishedShares, prior: Any, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of the same quantities."""
    populations, categories = len(evidence.populations), evidence.categories
    return shares_of(prior).draw_prior(prior, populations, categories, draws, rng)


def log_shares(parameters: Mapping[str, Array]) -> Array:
    """Return log shares that are finite."""
    return np.maximum(np.log(np.maximum(parameters["proportion"], 1e-320)), LOG_SMALLEST)


def held(evidence: PublishedShares, drawn: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """Return how many answers are for each goal, (draw, population, goal), drawn given shares."""
    logs = log_shares(drawn)
    draws = len(logs)
    found = [
        one.scale * one.draw(one.with_shares(logs[:, s]), draws, rng)[:, :-1]
        for s, one in enumerate(evidence.ranges)
    ]
    return np.stack(found, axis=1).astype(float)


def sized(
    evidence: PublishedShares, agents: int | NDArray[np.int64], rng: np.random.Generator
) -> PublishedShares:
    """Return a design of the evidence's shape with so many agents behind each population."""
    del rng
    asked = np.broadcast_to(np.asarray(agents, float), len(evidence.populations))
    return replace(_nothing_seen(evidence), asked=asked, population_size=None)


def _nothing_seen(evidence: PublishedShares) -> PublishedShares:
    """Return a design of as many agents, all of whom answered, from a simple random sample."""
    percent = np.full((len(evidence.populations), len(evidence.categories)), 0.0)
    percent[:, 0] = 100.0
    return replace(
        evidence,
        labels=evidence.categories,
        part_of=np.arange(len(evidence.categories)),
        percent=percent,
        stated_deff=None,
    )


def simulate(
    parameters: Mapping[str, Array], design: PublishedShares, rng: np.random.Generator
) -> PublishedShares:
    """Return rounded percentages of as many agents, a simple random sample of whom all answer."""
    asked = design.asked.astype(int)
    counts = rng.multinomial(asked, parameters["proportion"])
    percent = rounded(100 * counts / np.maximum(asked, 1)[:, None], design.rounding, rng)
    return replace(
        _nothing_seen(design), percent=percent, notes=("simulated data",), source="simulated"
    )


def rounded(percent: Array, rounding: Array, rng: np.random.Generator) -> Array:
    """Return percentages (S, ...) rounded; halfway between two it may be either."""
    steps = percent / rounding[:, None]
    low = np.floor(steps + 1e-9)
    part = steps - low
    halfway = np.abs(part - 0.5) < 1e-7
    up = np.where(halfway, rng.random(steps.shape) < 0.5, part > 0.5)
    # no digits but those that would be printed
    return np.asarray(np.round((low + up) * rounding[:, None], 10))


def free_variables(
    evidence: PublishedShares, prior: Any, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variables of the shares in PyMC."""
    order = order_of_shares(evidence.effective_counts, evidence.categories)
    return sampled_free_variables(prior, evidence.categories, order, name, drawn)


def observed(evidence: PublishedShares, name: str = "") -> dict[str, Observed]:
    """Return percentages of those who answered, by population and goal."""
    del name
    values = evidence.of_answers
    return {
        PERCENTAGES: Observed(
            "percentages", ("population", "goal"), values, totals=np.full((len(values), 1), 100.0)
        )
    }


def replicated(
    parameters: Mapping[str, Array],
    evidence: PublishedShares,
    rng: np.random.Generator,
    name: str = "",
) -> dict[str, Observed]:
    """Return percentages of as many answers; under a design effect of as many as they are worth."""
    found = observed(evidence, name)
    worth = np.maximum(np.ceil(evidence.effective_counts.sum(axis=1)), 1.0)
    shares = parameters["proportion"]
    shares = shares / shares.sum(axis=-1, keepdims=True)
    counts = rng.multinomial(worth.astype(int), shares)
    percent = rounded(100 * counts / worth[:, None], evidence.rounding, rng)
    total = np.maximum(percent.sum(axis=1, keepdims=True), 1e-9)
    return {key: replace(x, values=100 * percent / total) for key, x in found.items()}


def outcomes(evidence: PublishedShares, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely the percentages of each population were: one outcome each."""
    logs = log_shares(parameters)
    found = np.stack(list(rows(evidence.ranges, logs)), axis=1)
    number = len(evidence.populations)
    largest = 100 * parameters["proportion"].max(axis=-1)
    return (
        Outcomes(
            "population",
            evidence.populations,
            found,
            np.ones(number),
            np.arange(number),
            evidence.of_answers.max(axis=1),
            replicates=largest,
        ),
    )
