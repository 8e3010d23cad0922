"""Weighted draws in place of sampled ones, where populations have nothing in common.

Nothing is compiled, so that a calibration, or a simulation of how often intervals are right, is
over in seconds. Shares are drawn exactly from the posterior of fewer answers, the correlation on a
grid, and both are weighted by what is left of the likelihood (Hesterberg, Technometrics 37, 1995).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.shares import shares_of
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.factors import GRID, SMALLEST, log_likelihood
from bayes_misalign.models.clustered.generative import OWN, SHARED
from bayes_misalign.models.clustered.priors import ClusterPriors

Array = NDArray[np.float64]
TEMPERED = 0.6  # part of the answers that shares are drawn from
PROPOSALS = 3_000
RARE = 0.05  # part of the correlations that are drawn from all between 0 and 1


def weighted_draws(
    evidence: ClusterCounts, priors: ClusterPriors, draws: int, rng: np.random.Generator
) -> tuple[dict[str, Array], Array, float]:
    """Return draws of one population, their weights, and how many draws they are worth."""
    from scipy.stats import beta

    factors, fewer = evidence.factors, TEMPERED * np.asarray(evidence.effective_counts)
    given = shares_of(priors.shares).draw(priors.shares, fewer, evidence.categories, draws, rng)
    if given is None or len(evidence.populations) != 1:
        raise ValueError("shares that are drawn exactly, of one population")
    found = dict(given)
    seen = np.log((evidence.counts + 0.5) / (evidence.counts + 0.5).sum())
    each = log_likelihood(
        factors, np.broadcast_to(seen, (len(GRID), *seen.shape)), GRID[:, None]
    ) + beta.logpdf(GRID, *priors.correlation_beta)
    chance = np.exp(TEMPERED * (each - each.max()))
    chance = (1 - RARE) * chance / chance.sum() + RARE / len(GRID)
    place = rng.choice(len(GRID), draws, p=chance)
    rho = GRID[place] + (rng.random(draws) - 0.5) / len(GRID)
    log_share = np.log(np.maximum(found["proportion"], SMALLEST))
    log = log_likelihood(factors, log_share, rho[:, None]) - np.log(chance[place])
    log = log + beta.logpdf(rho, *priors.correlation_beta)
    log = log - (fewer * log_share).sum(axis=(1, 2))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    return {**found, SHARED: rho}, weight, float(1 / (weight**2).sum())


class WeightedPosterior:
    """Draws of populations that each have a correlation of their own, for a calibration.

    Attributes
    ----------
    fits : int
        How many data sets there were.
    worth : float
        The fewest independent draws that the weighted ones of a population were worth.
    """

    def __init__(self) -> None:
        self.fits, self.worth = 0, np.inf

    def __call__(
        self, evidence: ClusterCounts, priors: ClusterPriors, draws: int, rng: np.random.Generator
    ) -> dict[str, Array]:
        """Return draws that were drawn again by their weights, leading axis draw."""
        if not priors.by_population:
            raise ValueError("the correlation is one of all populations")
        self.fits += 1
        parts = []
        for s, name in enumerate(evidence.populations):
            own = evidence.population == s
            alone = replace(
                evidence,
                populations=(name,),
                patterns=evidence.patterns[own],
                population=np.zeros(int(own.sum()), np.int64),
                number=evidence.number[own],
                not_answers={},
                not_asked=np.zeros(1),
            )
            found, weight, worth = weighted_draws(alone, priors, PROPOSALS, rng)
            self.worth = min(self.worth, worth)
            place = rng.choice(len(weight), draws, p=weight)
            parts.append({key: values[place] for key, values in found.items()})
        joined = {
            key: np.concatenate([part[key] for part in parts], axis=1)
            for key in parts[0]
            if key != SHARED
        }
        return {**joined, OWN: np.stack([part[SHARED] for part in parts], axis=1)}

    def figures(self) -> dict[str, float]:
        """Return how the draws went, for the record."""
        return {"fits": self.fits, "fewest_draws_worth": float(f"{self.worth:.3g}")}
