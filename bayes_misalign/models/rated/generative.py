"""Raters score how much pairs of goals conflict; the level is the score of a random rater.

Rater r scores pair ij at most level l with probability F(kappa_l exp(-w_r) - eta_ij - s_r), F the
logistic function. The level of conflict is the expected value of a score, averaged over the
population that raters come from. Pairs share what their goals bring to them, so that pairs nobody
rated are known by those that were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.rater_effects_pymc import draw_severity, severity_places
from bayes_misalign.families.raters.rating_levels import (
    SEVERITY_NODES,
    WIDTH_NODES,
    expected_rating,
    gap_signs,
    level_probabilities,
    normal_nodes,
)
from bayes_misalign.families.raters.round_robin import (
    incidence,
    member_sd,
    what_is_left,
)
from bayes_misalign.models.rated import rating_outcomes
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.models.rated.generative_effects import declare_effects
from bayes_misalign.models.rated.kinds import (
    draw_kinds,
    of_reference,
    seen_by_kinds,
    sharpness,
)
from bayes_misalign.models.rated.priors import RatedPriors, rated_priors
from bayes_misalign.models.rated.rating_outcomes import observed
from bayes_misalign.models.rated.walk import draw_walk, told_of_walk
from bayes_misalign.models.rated.words import describe_ratings
from bayes_misalign.reading.pair_labels import pair_labels

if TYPE_CHECKING:
    import pymc as pm

    from bayes_misalign.contract.description import Description
    from bayes_misalign.contract.observed import Outcomes

Array = NDArray[np.float64]
MOST_NUMBERS = 10_000_000  # of an average over raters that is worked out at once


def priors(overrides: Mapping[str, Any] | None = None) -> RatedPriors:
    """Return the default priors, or the study's."""
    return rated_priors(overrides)


def data(evidence: RatedConflict, prior: RatedPriors, name: str = "rated") -> dict[str, Any]:
    """Return what a compiled model needs of other ratings in the same cells, by container."""
    cells = RatedCells(evidence, prior)
    found = cells.data() if cells.places is None else cells.data() | told_of_walk(cells)
    return {f"{key}_{name}": value for key, value in found.items()}


def declare(evidence: RatedConflict, prior: RatedPriors, name: str = "rated") -> Any:
    """Add effects, cut points and ratings to the open model; return the levels of conflict."""
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed, declared_as

    cells = RatedCells(evidence, prior)
    model = pm.modelcontext(None)
    model.add_coord(f"pair_{name}", pair_labels(evidence.pairs))
    effects = declare_effects(cells, name)
    signs = gap_signs(cells.levels)
    cuts = pt.dot(signs, effects["gap"]) if "gap" in effects else pt.zeros(1)
    likelihood = _log_likelihood(cells, effects, cuts, name)
    shift, width, weight = _places(cells, effects, pt.exp, pt.sqrt)
    eta = effects["eta"].ravel()
    level = expected_rating(eta, cuts, evidence.values, shift, width, weight, pt.sigmoid)
    level = level.reshape(cells.shape)[:, cells.spoken]
    latent = effects["eta"][:, cells.spoken]
    dims: tuple[str, ...] = (f"population_{name}", f"pair_{name}")
    if not evidence.populations:
        level, latent, dims = level[0], latent[0], dims[1:]
    if evidence.directed:
        # the first side is that of the goal that the pair names first
        turned = pt.as_tensor(cells.turned)[:, None]
        level = pt.switch(turned, level[..., ::-1], level)
        latent = pt.switch(turned, latent[..., ::-1], latent)
        pm.Deterministic(f"side_level_{name}", level, dims=(*dims, f"side_{name}"))
    pm.Deterministic(f"latent_{name}", latent, dims=(*dims, f"side_{name}"))
    level = pm.Deterministic(f"conflict_{name}", level.mean(axis=-1), dims=dims)
    if not evidence.silent:
        keys = draw_prior(evidence, prior, 1, np.random.default_rng(0))
        declare_observed(
            observed(evidence, name),
            {f"ratings_{name}": likelihood},
            declared_as(keys, name),
            lambda parameters, rng: observed(simulate(parameters, evidence, rng), name),
        )
    return level


def _log_likelihood(cells: RatedCells, effects: Mapping[str, Any], cuts: Any, name: str) -> Any:
    """Return the log-likelihood of the ratings, which are added to the open model as data."""
    import pymc as pm
    import pytensor.tensor as pt

    model = pm.modelcontext(None)
    found = cells.data()
    dims = {"who": f"cut_of_{name}", "place": f"level_of_{name}", "cell": f"cell_of_{name}"}
    given = {}
    for key, values in found.items():
        kind, _, what = key.partition("_")
        if key == "between" or ("cell" in key and not cells.again):
            continue
        dim = dims[kind] if what == "below" else f"rating_{name}"
        if dim not in model.coords:
            model.add_coord(dim, np.arange(1, len(values) + 1))
        given[key] = pm.Data(f"{key}_{name}", values, dims=dim)
    # everybody's cut points, as seen from the latent levels
    own = cuts[None]
    narrower: Any = 1.0
    if "narrower" in effects:
        narrower = effects["narrower"][:, None]
        own = own * narrower
    elif "width" in effects:
        narrower = pt.exp(-effects["width"])[:, None]
        own = own * narrower
    if "severity" in effects:
        own = own - effects["severity"][:, None]
    elif cells.has_raters:
        own = own + pt.zeros((len(cells.evidence.raters), 1))
    own, eta = own.ravel(), effects["seen"].ravel()
    # exponentials are taken of everybody's cut points and of the levels, not of each rating
    odds = pt.exp(own)[given["cut_who"]] * pt.exp(-eta)[given["cut_place"]]
    total = (given["who_below"] * own).sum() - (given["place_below"] * eta).sum()
    if "again" in effects:
        odds = odds * pt.exp(-effects["again"])[given["cut_cell"]]
        total = total - (given["cell_below"] * effects["again"]).sum()
    total = total - (given["cut_ratings"] * pt.log(1 + odds)).sum()
    if "gap" in effects:
        model.add_coord(f"who_{name}", np.arange(1, len(found["between"]) + 1))
        inner = (f"who_{name}", f"inner_level_{name}")
        between = pm.Data(f"between_{name}", found["between"], dims=inner)
        total = total + (between * pt.log(-pt.expm1(-effects["gap"] * narrower))).sum()
    return total


def _places(
    cells: RatedCells, effects: Mapping[str, Any], exp: Any, sqrt: Any
) -> tuple[Any, Any, Array]:
    """Return shifts and widths of raters (M or 1, Q) with their weights, to average over."""
    if cells.evidence.kinds:
        effects = of_reference(cells, effects)
    if not cells.has_raters:
        none, one = np.zeros((1, 1)), np.ones((1, 1))
        if "width" not in effects:
            return none, one, np.ones(1)
        group = np.arange(np.prod(cells.shape))
        population, _, side = np.unravel_index(group, cells.shape)
        return none, exp(-effects["width"][..., population * cells.sides + side])[..., None], one[0]
    shift, weight = severity_places(effects, sqrt)
    if "width_sd" not in effects:
        return shift[..., None, :], np.ones((1, 1)), weight
    width_nodes, width_weight = normal_nodes(WIDTH_NODES)
    width = exp(-effects["width_sd"][..., None] * np.tile(width_nodes, SEVERITY_NODES))
    shift = shift[..., np.repeat(np.arange(SEVERITY_NODES), WIDTH_NODES)]
    return shift[..., None, :], width[..., None, :], np.outer(weight, width_weight).ravel()


def build(evidence: RatedConflict, prior: RatedPriors) -> pm.Model:
    """Return the model of the rated levels alone."""
    import pymc as pm

    with pm.Model() as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: RatedConflict, prior: RatedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return prior draws where nobody rated anything, else None: no part is conjugate."""
    return draw_prior(evidence, prior, draws, rng) if evidence.silent else None


def draw_prior(
    evidence: RatedConflict, prior: RatedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of `conflict_level` (draw, pair) or (draw, population, pair), and more."""
    cells = RatedCells(evidence, prior)
    found = _prior_effects(cells, draws, rng)
    return {**found, **conflict_levels(cells, found)}


def conflict_levels(cells: RatedCells, found: Mapping[str, Array]) -> dict[str, Array]:
    """Return the levels of conflict that effects of raters, goals and pairs amount to."""
    from scipy.special import expit

    evidence, draws = cells.evidence, len(found["location"])
    levels = np.empty((draws, int(np.prod(cells.shape))))
    rows = max(1, MOST_NUMBERS // (levels.shape[1] * SEVERITY_NODES * WIDTH_NODES * cells.levels))
    for start in range(0, draws, rows):
        some = slice(start, start + rows)
        effects = {key: values[some] for key, values in found.items()}
        shift, width, weight = _places(cells, effects, np.exp, np.sqrt)
        eta = _latent(cells, effects).reshape(len(effects["location"]), -1)
        levels[some] = expected_rating(
            eta, _cuts(cells, effects), evidence.values, shift, width, weight, expit
        )
    level = levels.reshape(draws, *cells.shape)[:, :, cells.spoken]
    level = level if evidence.populations else level[:, 0]
    if not evidence.directed:
        return {"conflict_level": level[..., 0]}
    level = np.where(cells.turned[:, None], level[..., ::-1], level)
    return {"conflict_level": level.mean(axis=-1), "side_level": level}


def _prior_effects(cells: RatedCells, draws: int, rng: np.random.Generator) -> dict[str, Array]:
    prior, members = cells.prior, len(cells.members)
    populations, pairs, sides = cells.shape

    def half(scale: float) -> Array:
        return np.asarray(np.abs(rng.normal(scale=scale, size=draws)))

    def centred(sd: Array, *shape: int) -> Array:
        values = rng.normal(size=(draws, *shape))
        values -= values.mean(axis=1, keepdims=True)
        return np.asarray(values * sd.reshape(-1, *[1] * len(shape)))

    found = {"location": rng.normal(scale=prior.location, size=draws)}
    if cells.levels > 2:
        middle = np.log(prior.spread / (cells.levels - 1))
        found["gap"] = np.exp(middle + prior.gap * rng.normal(size=(draws, cells.levels - 2)))
    if cells.has_member_effects:
        found["goal_sd"], found["pair_sd"] = half(prior.goal), half(prior.pair)
        both = member_sd(found["goal_sd"], found["pair_sd"], members)
        found["goal_effect"] = centred(both, members)
    if cells.has_pair_effects:
        values = rng.normal(size=(draws, pairs)) * found["pair_sd"][:, None]
        found["pair_effect"] = what_is_left(values, members)
    if sides == 2:
        side_sd = np.full(draws, prior.side)
        if cells.has_side_scale:
            found["side_sd"] = side_sd = half(prior.side)
        found["side_effect"] = rng.normal(size=(draws, pairs)) * side_sd[:, None]
    if cells.places is not None:
        found |= draw_walk(cells, draws, rng)
    elif populations > 1:
        found["population_sd"] = half(prior.population)
        found["population_effect"] = centred(found["population_sd"], *cells.shape)
    if cells.evidence.kinds:
        return found | draw_kinds(cells, draws, rng)
    raters = len(cells.evidence.raters)
    if raters:
        found |= draw_severity(raters, prior.severity, draws, rng)
    if cells.units:
        found["width_sd"] = half(prior.scale_use)
        found["width"] = centred(found["width_sd"], cells.units)
    if cells.again:
        found["again_sd"] = half(prior.again)
        found["again"] = rng.normal(size=(draws, len(cells.place))) * found["again_sd"][:, None]
    return found


def _latent(cells: RatedCells, effects: Mapping[str, Array]) -> Array:
    """Return eta (draw, population, pair, side) of the average rater who was asked."""
    eta = np.zeros((len(effects["location"]), *cells.shape))
    eta += effects["location"][:, None, None, None]
    of_pair = np.zeros((len(eta), cells.shape[1]))
    if "goal_effect" in effects:
        of_pair += effects["goal_effect"] @ incidence(len(cells.members)).T
    if "pair_effect" in effects:
        of_pair += effects["pair_effect"]
    of_pair -= (of_pair @ cells.rated_evenly)[:, None]
    eta += of_pair[:, None, :, None]
    if "side_effect" in effects:
        eta += effects["side_effect"][:, None, :, None] * np.array([1.0, -1.0])
    if "population_effect" in effects:
        eta += effects["population_effect"]
    return eta


def _cuts(cells: RatedCells, effects: Mapping[str, Array]) -> Array:
    if "gap" not in effects:
        return np.zeros((len(effects["location"]), 1))
    return np.asarray(effects["gap"] @ gap_signs(cells.levels).T)


def cell_probabilities(evidence: RatedConflict, parameters: Mapping[str, Array]) -> Array:
    """Return the probability of each level in each cell, for one draw of the parameters."""
    cells = RatedCells(evidence, priors({"scale_use": 1.0 if "width" in parameters else 0.0}))
    one = {key: np.asarray(value)[None] for key, value in parameters.items()}
    eta = _latent(cells, one)
    if evidence.kinds:
        eta = seen_by_kinds(eta, one)
    eta = eta.ravel()[cells.seen_place]
    if "severity" in parameters:
        eta = eta + parameters["severity"][evidence.rater]
    if "again" in parameters and evidence.kinds:
        eta[cells.again_cells] += parameters["again"]
    elif "again" in parameters:
        eta = eta + parameters["again"]
    cuts = np.broadcast_to(_cuts(cells, one), (len(eta), cells.levels - 1))
    if "width" in parameters:
        cuts = cuts * np.exp(-parameters["width"])[cells.unit][:, None]
    if evidence.kinds:
        sharp = sharpness(one)[0, evidence.kind]
        eta, cuts = eta * sharp, cuts * sharp[:, None]
    return level_probabilities(eta, cuts)


def simulate(
    parameters: Mapping[str, Array], design: RatedConflict, rng: np.random.Generator
) -> RatedConflict:
    """Return as many ratings by the same raters of the same pairs as the design has."""
    chance = np.clip(cell_probabilities(design, parameters), 0, None)
    chance /= chance.sum(axis=1, keepdims=True)
    counts = rng.multinomial(design.sizes.astype(int), chance).astype(float)
    return replace(design, counts=counts, notes=("simulated data",), origin="simulated")


def outcomes(evidence: RatedConflict, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely each rating was, for every draw of the parameters."""
    if evidence.silent:
        return ()
    draws = range(len(parameters["location"]))
    chance = [
        cell_probabilities(evidence, {key: x[draw] for key, x in parameters.items()})
        for draw in draws
    ]
    return rating_outcomes.outcomes(evidence, np.array(chance))


def describe(evidence: RatedConflict, prior: RatedPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    return describe_ratings(evidence, prior)
