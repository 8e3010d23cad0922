"""Goals are placed on scales with error, and their conflict grows with distance.

Goal g has the position x_gd on dimension d, seen through placements with normal error. Two goals at
distance d conflict with the level 1 - exp(-(d/l)^2), or another stated form. The length l has a
prior; ratings of some pairs, beta-binomial with mean c, teach it. Without ratings everything is
drawn exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.models.spatial.generative_levels import (
    SMALLEST,
    expected_ratings,
    growth,
    level,
    rating_log_likelihood,
    rating_tallies,
    squared_distance,
)
from bayes_misalign.models.spatial.generative_positions import (
    conditional,
    draw_positions,
    noise_log_likelihood,
)
from bayes_misalign.models.spatial.placement_outcomes import observed
from bayes_misalign.models.spatial.priors import MIDDLE, SpatialPriors, spatial_priors
from bayes_misalign.models.spatial.words import describe_positions
from bayes_misalign.reading.pair_labels import pair_labels

if TYPE_CHECKING:
    import pymc as pm

    from bayes_misalign.contract.base import Dims
    from bayes_misalign.contract.description import Description

Array = NDArray[np.float64]
Places = NDArray[np.int64]
MOST_NUMBERS = 100_000  # of distances that are worked out at once
# dimensions of what is known beside the levels; the labels of these are those of `coords`
DIMS: Dims = {
    "position": ("goal", "dimension"),
    "noise": ("dimension",),
    "length": (),
    "precision": (),
}


def priors(overrides: Mapping[str, Any] | None = None) -> SpatialPriors:
    """Return the default priors, or the study's."""
    return spatial_priors(overrides)


def coords(evidence: SpatialConflict) -> dict[str, tuple[str, ...]]:
    """Return the labels of the dimensions of what is known beside the levels."""
    return {"goal": evidence.goals, "dimension": evidence.dimensions}


def data(
    evidence: SpatialConflict, prior: SpatialPriors | None = None, name: str = "spatial"
) -> dict[str, Any]:
    """Return what a compiled model needs of other placements and ratings, by container."""
    del prior
    found = {"mean": evidence.mean}
    if evidence.learns_noise:
        found |= {"number": evidence.number, "square": evidence.square}
    elif not evidence.is_exact:
        found["error"] = evidence.error
    if evidence.has_ratings:
        found |= rating_tallies(evidence)
    return {f"{key}_{name}": np.array(values) for key, values in found.items()}


def declare(evidence: SpatialConflict, prior: SpatialPriors, name: str = "spatial") -> Any:
    """Add positions, length, placements and ratings to the open model; return the levels (pair).

    Notes
    -----
    Positions are their conditional mean given the placements plus standard normal numbers times
    their conditional sd. Given the placements alone these numbers are independent of everything
    else, so tiny errors and large ones are sampled alike.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed, declared_as

    model = pm.modelcontext(None)
    # given the placements alone positions are drawn as they are: their likelihood is a constant
    likelihood = {f"{what}_{name}": pt.as_tensor(0.0) for what in ("placements", "scatter")}
    of_goal, pair = (f"goal_{name}", f"dimension_{name}"), f"pair_{name}"
    model.add_coord(of_goal[0], evidence.goals)
    model.add_coord(of_goal[1], evidence.dimensions)
    model.add_coord(pair, pair_labels(evidence.pairs))
    given = _containers(evidence, name, of_goal)
    position = given["mean"]
    if not evidence.is_exact:
        variance, told = _error_variance(evidence, prior, given, name)
        likelihood[f"placements_{name}"] = told
        centre, spread = conditional(given["mean"], variance, prior)
        z = pm.Normal(f"z_position_{name}", dims=of_goal)
        position = centre + pt.sqrt(spread) * z
    position = pm.Deterministic(f"position_{name}", position, dims=of_goal)
    length = evidence.length
    if length is None:
        length = pm.LogNormal(f"length_{name}", np.log(prior.length), prior.length_spread)

    def levels(first: Any, second: Any) -> Any:
        square = squared_distance(position[first], position[second], evidence.weights)
        grown = growth(square, length, evidence.form, pt.sqrt)
        return level(grown, evidence.form, pt.expm1, pt.minimum)

    if evidence.has_ratings:
        expected = pm.Deterministic(
            f"expected_rating_{name}",
            expected_ratings(levels(*evidence.rated.T), prior.lapse),
            dims=f"rated_{name}",
        )
        precision = pm.LogNormal(
            f"precision_{name}", np.log(prior.precision), prior.precision_spread
        )
        steps = len(evidence.levels) - 1
        total = rating_log_likelihood(expected, precision, given, steps, pt)
        likelihood[f"placement_ratings_{name}"] = total.sum()
    found = pm.Deterministic(f"conflict_{name}", levels(*evidence.places), dims=pair)
    keys = ("position", "noise", "expected_rating", "precision")
    declare_observed(
        observed(evidence, name),
        likelihood,
        declared_as(keys, name),
        lambda parameters, rng: observed(simulate(parameters, evidence, rng), name),
    )
    return found


def _containers(evidence: SpatialConflict, name: str, of_goal: tuple[str, str]) -> dict[str, Any]:
    import pymc as pm

    model, rated = pm.modelcontext(None), f"rated_{name}"
    if evidence.has_ratings:
        model.add_coord(rated, pair_labels(evidence.rated_pairs))
        model.add_coord(f"step_{name}", np.arange(1, len(evidence.levels)))
    dims: dict[str, tuple[str, ...]] = dict.fromkeys(("mean", "number", "square", "error"), of_goal)
    dims |= dict.fromkeys(("above", "below", "size"), (rated, f"step_{name}"))
    keys = {key: key.removesuffix(f"_{name}") for key in data(evidence, name=name)}
    # the number of steps stands in the likelihood too: were it not known of data, they would be
    # compared for each density
    shapes = dict.fromkeys(("above", "below", "size"), (None, len(evidence.levels) - 1))
    found = {}
    for key, values in data(evidence, name=name).items():
        of = keys[key]
        found[of] = pm.Data(key, values, dims=dims[of], shape=shapes.get(of))
    return found


def _error_variance(
    evidence: SpatialConflict, prior: SpatialPriors, given: Mapping[str, Any], name: str
) -> tuple[Any, Any]:
    """Return the variance of mean placements, and what they and their scatter tell of it."""
    import pymc as pm
    import pytensor.tensor as pt

    if not evidence.learns_noise:
        return given["error"] ** 2, pt.as_tensor(0.0)

    noise = pm.HalfNormal(f"noise_{name}", prior.noise, dims=f"dimension_{name}")
    total = noise_log_likelihood(
        noise, given["mean"], given["number"], given["square"], prior, pt.log
    )
    return noise**2 / given["number"], total.sum()


def build(evidence: SpatialConflict, prior: SpatialPriors) -> pm.Model:
    """Return the model of the levels that positions give rise to alone."""
    import pymc as pm

    with pm.Model() as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: SpatialConflict, prior: SpatialPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return exact posterior draws of `conflict_level`, `position` and more; None with ratings.

    One draw where positions and length are known.
    """
    if evidence.has_ratings:
        return None
    found = _known(evidence, draws) or draw_positions(evidence, prior, draws, rng)
    return _with_levels(evidence, prior, found, rng)


def draw_prior(
    evidence: SpatialConflict, prior: SpatialPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of `conflict_level` (draw, pair), `position` and more.

    Positions that are known exactly are taken as known.
    """
    found = _known(evidence, draws)
    if not found:
        shape = (draws, *evidence.mean.shape)
        found = {"position": rng.normal(MIDDLE, prior.position, size=shape)}
        if evidence.learns_noise:
            found["noise"] = np.abs(rng.normal(scale=prior.noise, size=(draws, shape[2])))
    if evidence.has_ratings:
        spread = prior.precision_spread * rng.normal(size=len(found["position"]))
        found["precision"] = prior.precision * np.exp(spread)
    return _with_levels(evidence, prior, found, rng)


def _known(evidence: SpatialConflict, draws: int) -> dict[str, Array]:
    """Return positions without error; one draw if nothing else is uncertain."""
    if not evidence.is_exact:
        return {}
    rows = 1 if evidence.is_known and not evidence.has_ratings else draws
    return {"position": np.repeat(evidence.mean[None], rows, axis=0)}


def _with_levels(
    evidence: SpatialConflict,
    prior: SpatialPriors,
    found: dict[str, Array],
    rng: np.random.Generator,
) -> dict[str, Array]:
    length: Any = evidence.length
    if length is None:
        spread = prior.length_spread * rng.normal(size=len(found["position"]))
        length = found["length"] = prior.length * np.exp(spread)
    if evidence.has_ratings:
        rated = conflict_levels(evidence, found["position"], length, *evidence.rated.T)
        found["expected_rating"] = expected_ratings(rated, prior.lapse)
    levels = conflict_levels(evidence, found["position"], length, *evidence.places)
    return {**found, "conflict_level": levels}


def conflict_levels(
    evidence: SpatialConflict, position: Array, length: Any, first: Places, second: Places
) -> Array:
    """Return the levels of conflict of pairs of goals, (draw, pair)."""
    lengths = np.broadcast_to(np.asarray(length, dtype=float), len(position))
    found = np.empty((len(position), len(first)))
    # one dimension after the other, scaled by its weight, in pieces that stay in the cache
    scaled = np.moveaxis(position * np.sqrt(evidence.weights), 2, 0).copy()
    rows = max(1, MOST_NUMBERS // max(1, len(first)))
    for start in range(0, len(position), rows):
        some = slice(start, start + rows)
        square = np.zeros(found[some].shape)
        for each in scaled[:, some]:
            gap = np.take(each, first, axis=1)
            gap -= np.take(each, second, axis=1)
            gap *= gap
            square += gap
        grown = growth(square, lengths[some, None], evidence.form, np.sqrt)
        found[some] = level(grown, evidence.form, np.expm1, np.minimum)
    return found


def simulate(
    parameters: Mapping[str, Array], design: SpatialConflict, rng: np.random.Generator
) -> SpatialConflict:
    """Return as many placements and ratings of the same goals and pairs as the design has."""
    if design.is_known and not design.has_ratings:
        return design
    position = parameters["position"]
    changed: dict[str, Any] = {}
    error = design.error
    if design.learns_noise:
        noise = parameters["noise"]
        error = noise / np.sqrt(design.number)
        freedom = design.number - 1
        changed["square"] = noise**2 * 2 * rng.gamma(freedom / 2)
    if not design.is_exact:
        changed["mean"] = rng.normal(position, error)
    if design.has_ratings:
        expected, precision = parameters["expected_rating"], float(parameters["precision"])
        changed["counts"] = _rated(expected, precision, design.counts, rng)
    notes, origin = ("simulated data",), "simulated"
    rated_in = origin if design.has_ratings else ""
    return replace(design, **changed, notes=notes, origin=origin, rated_in=rated_in)


def _rated(expected: Array, precision: float, counts: Array, rng: np.random.Generator) -> Array:
    """Return as many beta-binomial ratings of each pair as there are counts."""
    found = np.zeros_like(counts)
    top = counts.shape[1] - 1
    for pair, (mean, number) in enumerate(zip(expected, counts.sum(axis=1), strict=True)):
        low, high = (max(end, SMALLEST) * precision for end in (float(mean), 1 - float(mean)))
        given = rng.binomial(top, rng.beta(low, high, size=int(number)))
        found[pair] = np.bincount(given, minlength=top + 1)
    return found


def describe(evidence: SpatialConflict, prior: SpatialPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    return describe_positions(evidence, prior)
