"""What was placed and rated, as replicates are compared with it, and how likely it was."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import FreeVariables, Observed, Outcomes, Variable
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.models.spatial.generative_levels import SMALLEST
from bayes_misalign.models.spatial.generative_positions import conditional
from bayes_misalign.models.spatial.priors import SpatialPriors
from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]
REPLICATES = 0  # seed of placements that are drawn anew


def free_variables(
    evidence: SpatialConflict, prior: SpatialPriors, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variables of the PyMC model."""
    goal, dimension = f"goal_{name}", f"dimension_{name}"
    found: dict[str, Variable] = {}
    if not evidence.is_exact:
        variance = evidence.error**2
        if evidence.learns_noise:
            found[f"noise_{name}"] = ((dimension,), drawn["noise"])
            variance = drawn["noise"][:, None, :] ** 2 / evidence.number
        centre, spread = conditional(evidence.mean, variance, prior)
        away = (drawn["position"] - centre) / np.sqrt(spread)
        found[f"z_position_{name}"] = ((goal, dimension), away)
    if evidence.length is None:
        found[f"length_{name}"] = ((), drawn["length"])
    return FreeVariables(found, {goal: evidence.goals, dimension: evidence.dimensions})


def observed(evidence: SpatialConflict, name: str) -> dict[str, Observed]:
    """Return mean placements, their scatter where it tells of the error, and ratings by level."""
    found = {}
    dims = (f"goal_{name}", f"dimension_{name}")
    coords = {dims[0]: evidence.goals, dims[1]: evidence.dimensions}
    if not evidence.is_exact:
        what = "mean placements, in units of the scale's length"
        found[f"placements_{name}"] = Observed(what, dims, evidence.mean, coords)
    if evidence.learns_noise:
        freedom = np.maximum(evidence.number - 1, 1)
        what = "standard deviations of placements"
        scatter = np.sqrt(evidence.square / freedom)
        found[f"scatter_{name}"] = Observed(what, dims, scatter, coords)
    if evidence.has_ratings:
        rated = (f"rated_{name}", f"level_{name}")
        coords = {
            rated[0]: tuple(pair_labels(evidence.rated_pairs)),
            rated[1]: evidence.levels,
        }
        total = evidence.counts.sum(axis=1, keepdims=True)
        ratings = Observed("ratings", rated, evidence.counts, coords, total)
        found[f"placement_ratings_{name}"] = ratings
    return found


def outcomes(evidence: SpatialConflict, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely each mean placement, each scatter and each rating was."""
    found = []
    rng = np.random.default_rng(REPLICATES)
    labels = tuple(f"{g}, {d}" for g in evidence.goals for d in evidence.dimensions)
    number, each = evidence.number, np.arange(len(labels))
    draws = len(parameters["position"])
    noise = parameters["noise"][:, None, :] if evidence.learns_noise else None
    if not evidence.is_exact:
        error = evidence.error if noise is None else noise / np.sqrt(number)
        away = (evidence.mean - parameters["position"]) / error
        likelihood = -np.log(error) - away**2 / 2 - np.log(2 * np.pi) / 2
        again = parameters["position"] + error * rng.normal(size=away.shape)
        found.append(
            Outcomes(
                "placement",
                labels,
                likelihood.reshape(draws, -1),
                np.ones(len(labels)),
                each,
                evidence.mean.ravel(),
                again.reshape(draws, -1),
            )
        )
    if noise is not None and (several := np.flatnonzero(number.ravel() > 1)).size:
        freedom = number - 1
        likelihood = -freedom * np.log(noise) - evidence.square / (2 * noise**2)
        with np.errstate(divide="ignore"):
            again = noise**2 * 2 * rng.gamma(freedom / 2, size=likelihood.shape)
        found.append(
            Outcomes(
                "scatter",
                tuple(labels[i] for i in several),
                likelihood.reshape(draws, -1)[:, several],
                np.ones(len(several)),
                np.arange(len(several)),
                evidence.square.ravel()[several],
                again.reshape(draws, -1)[:, several],
            )
        )
    if evidence.has_ratings:
        found.append(_ratings(evidence, parameters))
    return tuple(found)


def _ratings(evidence: SpatialConflict, parameters: Mapping[str, Array]) -> Outcomes:
    from scipy.special import betaln, gammaln

    steps = len(evidence.levels) - 1
    level = np.arange(steps + 1.0)
    mean = np.clip(parameters["expected_rating"], SMALLEST, 1 - SMALLEST)[..., None]
    precision = parameters["precision"][:, None, None]
    one, other = mean * precision, (1 - mean) * precision
    ways = gammaln(steps + 1) - gammaln(level + 1) - gammaln(steps - level + 1)
    likelihood = ways + betaln(level + one, steps - level + other) - betaln(one, other)
    pairs = pair_labels(evidence.rated_pairs)
    return Outcomes(
        "placement_rating",
        tuple(f"{pair}: {word}" for pair in pairs for word in evidence.levels),
        likelihood.reshape(len(mean), -1),
        evidence.counts.ravel(),
        np.repeat(np.arange(len(pairs)), steps + 1),
        np.tile(level, len(pairs)),
    )
