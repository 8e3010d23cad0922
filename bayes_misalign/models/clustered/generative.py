"""Answers in clusters: Dirichlet-multinomial, the shares of each cluster summed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import FreeVariables, Observed, Outcomes
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.families.simplex.draws import dirichlet, order_of_shares
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.factors import SMALLEST, log_likelihood, log_patterns
from bayes_misalign.models.clustered.priors import ClusterPriors

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
SHARED, OWN = "correlation", "population_correlation"
DIMS = {"proportion": ("population", "goal"), SHARED: (), OWN: ("population",)}
ANSWERS, UNANIMOUS = "answers", "unanimous"


def data(evidence: ClusterCounts, priors: ClusterPriors) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other clusters of these sizes, by container."""
    del priors
    counts = np.asarray(evidence.effective_counts)
    order = order_of_shares(counts, evidence.categories)
    found: dict[str, NDArray[Any]] = dict(asdict(evidence.factors))
    return {
        **found,
        "rough_counts": np.take_along_axis(counts, order, axis=-1),
        "share_order": order.astype(np.int64),
    }


def declare(evidence: ClusterCounts, priors: ClusterPriors, name: str = "proportion") -> Any:
    """Add shares, correlation and answers to the open model; return shares (population, goal)."""
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed

    x = _declare_data(evidence, priors)
    # counts, fewer where clusters are alike, choose the coordinates of the sampler
    log_share, shares = shares_of(priors.shares).declare(
        priors.shares, evidence.categories, x["rough_counts"], x["share_order"], name
    )
    if priors.by_population:
        drawn = pm.Beta(OWN, *priors.correlation_beta, dims="population")
        rho = drawn
    else:
        drawn = pm.Beta(SHARED, *priors.correlation_beta)
        rho = drawn * pt.ones(len(evidence.populations))
    own, again = rho[x["again_population"]], x["again_before"]
    share = pt.exp(log_share[x["again_population"], x["again_goal"]])
    above = pt.log((1 - own) * share + again * own)
    below = pt.log1p((x["size_before"] - 1) * rho[x["size_population"]])
    likelihood = (x["first"] * log_share).sum() + (x["spare"] * pt.log1p(-rho)).sum()
    likelihood = likelihood + (x["again_times"] * above).sum() - (x["size_times"] * below).sum()
    declare_observed(
        observed(evidence),
        # what is seen of whole clusters is a function of the same answers
        {ANSWERS: likelihood, UNANIMOUS: pt.zeros(())},
        {"proportion": pt.exp(log_share), drawn.name: drawn},
        lambda parameters, rng: replicated(parameters, evidence, rng),
    )
    return shares


def _declare_data(evidence: ClusterCounts, priors: ClusterPriors) -> dict[str, Any]:
    import pymc as pm

    found = data(evidence, priors)
    model = pm.modelcontext(None)
    model.add_coord("place", [f"place {i + 1}" for i in range(len(evidence.categories))])
    labels = {"repeat": len(found["again_times"]), "size": len(found["size_times"])}
    for dim, number in labels.items():
        model.add_coord(dim, [f"{dim} {i + 1}" for i in range(number)])
    dims: dict[str, tuple[str, ...]] = {
        "first": ("population", "goal"),
        "spare": ("population",),
        "rough_counts": ("population", "place"),
        "share_order": ("population", "place"),
    }
    dims |= {key: ("repeat",) for key in found if key.startswith("again_")}
    dims |= {key: ("size",) for key in found if key.startswith("size_")}
    fixed = ("rough_counts", "share_order")
    return {
        key: pm.Data(key, x, dims=dims[key], shape=x.shape if key in fixed else None)
        for key, x in found.items()
    }


def build(evidence: ClusterCounts, priors: ClusterPriors) -> pm.Model:
    """Return the model alone, with coords population and goal."""
    import pymc as pm

    coords = {"population": evidence.populations, "goal": evidence.categories}
    with pm.Model(coords=coords) as model:
        declare(evidence, priors)
    return model


def draw_prior(
    evidence: ClusterCounts, priors: ClusterPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of shares and correlations."""
    populations = len(evidence.populations)
    shares = shares_of(priors.shares)
    found = shares.draw_prior(priors.shares, populations, evidence.categories, draws, rng)
    own = priors.by_population
    size = (draws, populations) if own else (draws,)
    return {**found, OWN if own else SHARED: rng.beta(*priors.correlation_beta, size=size)}


def correlations(evidence: ClusterCounts, drawn: Mapping[str, Array]) -> Array:
    """Return the correlation of answers of one cluster in each population, (..., S)."""
    if OWN in drawn:
        return np.asarray(drawn[OWN])
    shared = np.asarray(drawn[SHARED])
    return np.broadcast_to(shared[..., None], (*shared.shape, len(evidence.populations)))


def free_variables(
    evidence: ClusterCounts, priors: ClusterPriors, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return draws as the free variables of the shares in PyMC."""
    order = order_of_shares(np.asarray(evidence.effective_counts), evidence.categories)
    shares = shares_of(priors.shares)
    return shares.free_variables(priors.shares, evidence.categories, order, name, drawn)


def simulate(
    parameters: Mapping[str, Array], design: ClusterCounts, rng: np.random.Generator
) -> ClusterCounts:
    """Return answers of clusters of the same sizes."""
    number = design.number.astype(np.int64)
    population = np.repeat(design.population, number)
    sizes = np.repeat(design.sizes, number).astype(np.int64)
    rho = np.maximum(correlations(design, parameters), 1e-12)[population, None]
    alpha = parameters["proportion"][population] * (1 - rho) / rho
    answers = rng.multinomial(sizes, dirichlet(np.maximum(alpha, 1e-100), rng))
    made = ClusterCounts.of(
        design.categories,
        design.populations,
        [answers[population == s] for s in range(len(design.populations))],
    )
    return replace(made, notes=("simulated data",), source="simulated")


def observed(evidence: ClusterCounts, name: str = "") -> dict[str, Observed]:
    """Return answers by population and goal, and clusters whose answers are all the same."""
    del name
    counts, (same, several) = evidence.counts, evidence.unanimous
    total = counts.sum(axis=1, keepdims=True)
    return {
        ANSWERS: Observed("answers", ("population", "goal"), counts, totals=total),
        UNANIMOUS: Observed("unanimous clusters", ("population",), same, totals=several),
    }


def replicated(
    parameters: Mapping[str, Array],
    evidence: ClusterCounts,
    rng: np.random.Generator,
    name: str = "",
) -> dict[str, Observed]:
    """Return the same of as many clusters of the same sizes, drawn anew."""
    return observed(simulate(parameters, evidence, rng), name)


def _log_shares(parameters: Mapping[str, Array]) -> Array:
    return np.asarray(np.log(np.maximum(parameters["proportion"], SMALLEST)))


def with_data(evidence: ClusterCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood, and how far shares and agreement are from those seen.

    Two answers of one cluster agree with probability rho + (1 - rho) sum_k p_k^2.
    """
    rho, shares = correlations(evidence, parameters), parameters["proportion"]
    counts, (same, pairs) = evidence.counts, evidence.agreement
    total = counts.sum(axis=1, keepdims=True)
    seen = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    gap = np.abs(np.where(total > 0, seen - shares, 0.0)).sum(axis=(-2, -1))
    agreed = np.divide(same, pairs, out=np.zeros_like(same), where=pairs > 0)
    expected = rho + (1 - rho) * (shares**2).sum(axis=-1)
    gap += np.abs(np.where(pairs > 0, agreed - expected, 0.0)).sum(axis=-1)
    step, likelihood = 1 + 4_000_000 // (1 + len(evidence.factors.again_times)), []
    for start in range(0, len(rho), step):
        part = slice(start, start + step)
        logs = _log_shares({"proportion": shares[part]})
        likelihood.append(log_likelihood(evidence.factors, logs, rho[part]))
    return {"log_likelihood": np.concatenate(likelihood), "residual": gap}


def outcomes(evidence: ClusterCounts, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely the answers of each cluster were, all of them together."""
    from scipy.special import gammaln

    logs, rho = _log_shares(parameters), correlations(evidence, parameters)
    found = np.empty((len(logs), len(evidence.patterns)))
    for s in range(len(evidence.populations)):
        own = evidence.population == s
        found[:, own] = log_patterns(evidence.patterns[own], logs[:, s], rho[:, s])
    ways = gammaln(evidence.sizes + 1) - gammaln(evidence.patterns + 1).sum(axis=1)
    found += ways
    # clusters of one size and population could have had each other's answers, or any others
    asked = np.column_stack([evidence.population, evidence.sizes.astype(np.int64)])
    distinct, question = np.unique(asked, axis=0, return_inverse=True)
    question = np.ravel(question)
    seen = np.zeros((len(logs), len(distinct)))
    np.add.at(seen.T, question, np.exp(found).T)
    rest = np.log(np.maximum(1 - seen, SMALLEST))
    names = evidence.populations
    labels = [f"{names[s]}: pattern {d + 1}" for d, s in enumerate(evidence.population.tolist())]
    labels += [f"{names[s]}: another of {m}" for s, m in distinct.tolist()]
    return (
        Outcomes(
            "cluster",
            tuple(labels),
            np.concatenate([found, rest], axis=1),
            np.concatenate([evidence.number, np.zeros(len(distinct))]),
            np.concatenate([question, np.arange(len(distinct))]),
            np.arange(float(len(labels))),
        ),
    )


def held(evidence: ClusterCounts, drawn: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """Return how many answers there are of each goal, (population, goal): it is known."""
    del drawn, rng
    return evidence.counts
