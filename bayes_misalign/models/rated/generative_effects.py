"""What makes ratings differ, as variables of a PyMC model, in coordinates that are easy to sample.

Effects of groups are centred where many ratings speak of each, and not centred where few do
(Papaspiliopoulos, Roberts and Sköld, Statistical Science 22, 2007). Effects that sum to zero leave
their mean to the location, so that the two never trade off.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.families.raters.rater_effects_pymc import declare_severity, enough, zero_sum
from bayes_misalign.families.raters.round_robin import (
    fitted_by_members,
    incidence,
    member_sd,
    what_is_left,
)
from bayes_misalign.models.rated.generative_cells import (
    OF_WIDTH,
    SIDES,
    RatedCells,
)
from bayes_misalign.models.rated.generative_kinds import declare_kinds
from bayes_misalign.models.rated.generative_walk import declare_steps
from bayes_misalign.reading.pair_labels import pair_labels


def declare_effects(cells: RatedCells, name: str) -> dict[str, Any]:
    """Add all effects to the open model."""
    import pymc as pm
    import pytensor.tensor as pt

    prior, model = cells.prior, pm.modelcontext(None)
    evidence = cells.evidence
    populations, pairs, sides = cells.shape
    model.add_coord(f"every_pair_{name}", pair_labels(cells.all_pairs))
    model.add_coord(f"side_{name}", SIDES[:sides] if sides == 2 else ("both",))
    found: dict[str, Any] = {}
    found["location"] = pm.Normal(f"location_{name}", 0.0, prior.location)
    eta = found["location"] + pt.zeros(cells.shape)
    if cells.levels > 2:
        model.add_coord(f"inner_level_{name}", evidence.levels[1:-1])
        middle = np.log(prior.spread / (cells.levels - 1))
        found["gap"] = pm.LogNormal(f"gap_{name}", middle, prior.gap, dims=f"inner_level_{name}")
    if cells.has_member_effects:
        model.add_coord(f"goal_{name}", cells.members)
        goal_sd = pm.HalfNormal(f"goal_sd_{name}", prior.goal)
        pair_sd = pm.HalfNormal(f"pair_sd_{name}", prior.pair)
        if cells.differ[0]:
            of_pair = _pair_levels(cells, goal_sd, pair_sd, name)
        else:
            of_pair = _pair_parts(cells, goal_sd, pair_sd, name)
        # the location is the mean of what was rated, so that ratings tell it from the effects
        of_pair = of_pair - pt.dot(cells.rated_evenly, of_pair)
        eta = eta + of_pair[None, :, None]
    if sides == 2:
        dims = (f"every_pair_{name}",)
        if cells.has_side_scale:
            side_sd = pm.HalfNormal(f"side_sd_{name}", prior.side)
            well_known = cells.well_known(cells.spoken_pair, pairs, prior.side)
            side = _normal(f"side_effect_{name}", side_sd, well_known, dims)
        else:
            side = pm.Normal(f"side_effect_{name}", 0.0, prior.side, dims=dims)
        eta = eta + side[None, :, None] * np.array([1.0, -1.0])
    if evidence.populations:
        model.add_coord(f"population_{name}", evidence.populations)
    if cells.places is not None:
        eta = eta + declare_steps(cells, name)
    elif populations > 1:
        eta = eta + _population_effect(cells, name)
    found["eta"] = found["seen"] = eta
    if evidence.kinds:
        return found | declare_kinds(cells, eta, found["location"], name)
    raters = len(evidence.raters)
    if raters:
        known = cells.well_known(np.asarray(evidence.rater), raters, prior.severity)
        many = bool(np.median(known))
        found |= declare_severity(evidence.raters, prior.severity, many, name)
    if cells.units:
        dim = f"rater_{name}"
        if not raters:
            dim = f"group_{name}"
            model.add_coord(dim, _groups(cells))
        found["width_sd"] = pm.HalfNormal(f"width_sd_{name}", prior.scale_use)
        well_known = cells.well_known(cells.unit, cells.units, prior.scale_use, OF_WIDTH)
        many = bool(np.median(well_known))
        found["width"] = zero_sum(f"width_{name}", found["width_sd"], many, (dim,))
    if cells.again:
        dim = f"rating_cell_{name}"
        model.add_coord(dim, np.arange(1, len(cells.place) + 1))
        found["again_sd"] = pm.HalfNormal(f"again_sd_{name}", prior.again)
        own = pm.Normal(f"again_{name}_z", 0.0, 1.0, dims=dim)
        found["again"] = pm.Deterministic(f"again_{name}", found["again_sd"] * own, dims=dim)
    return found


def _groups(cells: RatedCells) -> list[str]:
    names = cells.evidence.populations or ("all",)
    rating = ("raters of the second goal", "raters of the first goal")[: cells.sides]
    return [f"{name}, {who}" if cells.sides == 2 else name for name in names for who in rating]


def _normal(name: str, sd: Any, centred: Any, dims: tuple[str, ...]) -> Any:
    import pymc as pm
    import pytensor.tensor as pt

    if np.all(centred):
        return pm.Normal(name, 0.0, sd, dims=dims)
    own = pm.Normal(f"{name}_z", 0.0, pt.switch(centred, sd, 1.0), dims=dims)
    return pm.Deterministic(name, own * pt.switch(centred, 1.0, sd), dims=dims)


def _pair_levels(cells: RatedCells, goal_sd: Any, pair_sd: Any, name: str) -> Any:
    """Return what goals and pairs add up to, the levels of well-rated pairs sampled as they are.

    Ratings tell the level of a pair, not what its goals and the pair itself bring to it. Given the
    levels, effects of goals are known as in a regression; given these, levels hardly depend on
    them. The mean over rated pairs is left to the location, and rests on its prior.
    """
    import pymc as pm
    import pytensor.tensor as pt

    members, goal = len(cells.members), (f"goal_{name}",)
    own = zero_sum(f"goal_own_{name}", goal_sd, cells.differ[1], goal)
    expected = pt.dot(incidence(members), own)
    known, dims = cells.pair_is_known, (f"every_pair_{name}",)
    drawn = pm.Normal(
        f"pair_own_{name}",
        pt.switch(known, expected, 0.0),
        pt.switch(known, pair_sd, 1.0),
        dims=dims,
    )
    level = pt.switch(known, drawn, expected + pair_sd * drawn)
    fitted = pt.dot(fitted_by_members(members), level)
    pm.Deterministic(f"goal_effect_{name}", fitted - fitted.mean(), dims=goal)
    left = level - pt.dot(incidence(members), fitted)
    pm.Deterministic(f"pair_effect_{name}", left, dims=dims)
    return level


def _pair_parts(cells: RatedCells, goal_sd: Any, pair_sd: Any, name: str) -> Any:
    """Return what goals and pairs add up to, the parts sampled apart."""
    import pytensor.tensor as pt

    members = len(cells.members)
    told = cells.told(cells.spoken_pair, len(cells.all_pairs)) @ incidence(members)
    effect = zero_sum(
        f"goal_effect_{name}",
        member_sd(goal_sd, pair_sd, members),
        bool(np.median(enough(told, cells.prior.goal))),
        (f"goal_{name}",),
    )
    of_pair = pt.dot(incidence(members), effect)
    return of_pair + _pair_effect(cells, pair_sd, name) if cells.has_pair_effects else of_pair


def _pair_effect(cells: RatedCells, sd: Any, name: str) -> Any:
    import pymc as pm

    dims = (f"every_pair_{name}",)
    own = sd * pm.Normal(f"pair_own_{name}", 0.0, 1.0, dims=dims)
    # what goals and the mean take up is cut off: the sampler sees no sum that two effects share
    left = what_is_left(own, len(cells.members))
    return pm.Deterministic(f"pair_effect_{name}", left, dims=dims)


def _population_effect(cells: RatedCells, name: str) -> Any:
    import pymc as pm

    sd = pm.HalfNormal(f"population_sd_{name}", cells.prior.population)
    number = int(np.prod(cells.shape))
    known = cells.well_known(cells.place, number, cells.prior.population)
    many = bool(np.median(known))
    # the dimension that sums to zero comes last
    dims = (f"population_{name}", f"every_pair_{name}", f"side_{name}")
    own = zero_sum(f"population_own_{name}", sd, many, (*dims[1:], dims[0]))
    return pm.Deterministic(f"population_effect_{name}", own.transpose(2, 0, 1), dims=dims)
