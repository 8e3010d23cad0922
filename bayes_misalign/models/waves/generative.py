"""Goal shares of waves, in the open PyMC model.

The walk is a sum of independent modes, see `Places.modes`: about equal answers in all waves tell
each mode by itself. Its coefficients are sampled in coordinates that are centred and scaled by what
the counts leave of each, given the drift, so that they are about independent of the drift and of
each other, whether answers are many or none. The posterior does not depend on that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions.transforms import Transform

from bayes_misalign.families.simplex.log_dirichlet_pymc import put_back
from bayes_misalign.families.simplex.log_gamma import gammaln
from bayes_misalign.families.walks.places import Places
from bayes_misalign.families.walks.walk_pymc import declare_walk
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.walk import (
    DRIFT_DF,
    NO_GOAL_BETA,
    contrast_labels,
    contrasts,
    holders,
    level_scale,
    step_scales,
)
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
HALF = 0.5  # of an answer, in the log odds that choose coordinates


class _Far(Transform):  # type: ignore[misc]  # pymc has no annotations
    """Coordinates in which a Cauchy tail is exponential: log odds are scale sinh y.

    They are log odds of a goal that many hold over each other one. Where nobody holds the others,
    answers say of each by itself that it is rare, and nothing more: the likelihood falls on one
    side of each coordinate and is flat on the other. A vector's length and direction would be worse
    coordinates. Far out, that fall is in a sliver of directions, and trajectories diverge there.
    """

    name = "far"

    def __init__(self, scale: float, goals: int) -> None:
        self.scale, self.goals = scale, goals

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return coordinates of a level (used for starting points only)."""
        often = inputs[-1]
        u = pt.dot(value, contrasts(self.goals).T)
        place = np.arange(self.goals - 1)
        others = place + (place >= often[..., None])
        of_often = pt.take_along_axis(u, often[..., None], axis=-1)
        odds = of_often - pt.take_along_axis(u, others, axis=-1)
        return pt.arcsinh(odds / self.scale)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return the level."""
        often = inputs[-1][..., None]
        odds = pt.concatenate([self.scale * pt.sinh(value), pt.zeros_like(value[..., :1])], axis=-1)
        goal = np.arange(self.goals)
        place = pt.switch(pt.eq(goal, often), self.goals - 1, goal - (goal > often))
        return -pt.dot(pt.take_along_axis(odds, place, axis=-1), contrasts(self.goals))

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian."""
        constant = (self.goals - 1) * np.log(self.scale) - 0.5 * np.log(self.goals)
        return constant + pt.log(pt.cosh(value)).sum(axis=-1)


def declare_shares(
    prior: WavesPrior,
    places: Places,
    categories: tuple[str, ...],
    counts: Any,
    order: Any,
    name: str,
) -> tuple[Any, Any]:
    """Add the shares of every population to the open model, see `SharesModel.declare`."""
    goals = len(holders(categories))
    modes, scales = places.modes, step_scales(categories)
    pm.modelcontext(None).add_coords(
        {
            "series": places.series,
            "mode": [f"mode {i + 1}" for i in range(modes.shape[1])],
            "contrast": contrast_labels(categories),
            "goal_contrast": contrast_labels(categories)[: goals - 1],
        }
    )
    drift = pm.HalfStudentT("drift", nu=DRIFT_DF, sigma=prior.drift)
    counted = _by_series(places, pt.as_tensor(put_back(counts, order)), len(categories))
    seen, told = _seen(places, categories, counted)
    dims = ("series", "mode", "contrast")
    walk = declare_walk(f"log_{name}_walk", drift, seen, told, dims)
    steps = (modes[None, :, :, None] * walk[:, None, :, :]).sum(axis=2) * scales
    log_odds = steps[..., : goals - 1]
    if goals > 1:
        often = _often(categories, counted)
        log_odds = log_odds + _level(name, prior, goals, often)[:, None, :]
    u = pt.dot(log_odds, contrasts(goals).T)[places.of_series, places.of_wave]
    log_share = pt.special.log_softmax(u, axis=-1)
    if NO_GOAL in categories:
        none = pm.Beta(f"no_goal_{name}_level", *NO_GOAL_BETA, dims="series")
        level = (pt.log(none) - pt.log1p(-none))[:, None]
        v = (level + steps[..., -1])[places.of_series, places.of_wave, None]
        log_held = log_share - pt.softplus(v)
        parts = [log_held[:, [i]] for i in range(goals)]
        parts.insert(categories.index(NO_GOAL), -pt.softplus(-v))
        log_share = pt.concatenate(parts, axis=-1)
    return log_share, pm.Deterministic(name, pt.exp(log_share), dims=("population", "goal"))


def build(
    prior: WavesPrior, places: Places, categories: tuple[str, ...], populations: tuple[str, ...]
) -> pm.Model:
    """Return the model of counts of goals, which are data, up to the multinomial coefficient."""
    shape = (len(populations), len(categories))
    order = np.tile(np.arange(shape[1]), (shape[0], 1))
    with pm.Model(coords={"population": populations, "goal": categories}) as built:
        answers = pt.specify_shape(pm.Data("answers", np.ones(shape)), shape)
        log_share, _ = declare_shares(prior, places, categories, answers, order, "proportion")
        pm.Potential("log_likelihood", (answers * log_share).sum())
    return built


def _level(name: str, prior: WavesPrior, goals: int, often: Any) -> Any:
    """Add the level of each series: multivariate Cauchy, so that goals are alike."""
    of_odds = level_scale(prior, goals)
    scale = of_odds * np.sqrt(0.5)
    number = goals - 1
    # of single precision: draws are what they were, and a constant does not need more
    constant = (
        float(gammaln(np.float32((1 + number) / 2)))
        - float(gammaln(np.float32(0.5)))
        - number / 2 * np.log(np.pi)
        - number * np.log(scale)
    )
    return pm.CustomDist(
        f"log_{name}_level",
        np.zeros(number),
        often,
        logp=lambda x, at, often: (
            constant - (1 + number) / 2 * pt.log1p(((x - at) ** 2).sum(axis=-1) / scale**2)
        ),
        random=lambda at, often, rng=None, size=None: _random_level(at, often, rng, size, scale),
        support_point=lambda rv, size, at, often: pt.zeros(rv.shape),
        signature="(k),()->(k)",
        default_transform=_Far(of_odds, goals),
        dims=("series", "goal_contrast"),
    )


def _random_level(
    at: Array, often: Any, rng: np.random.Generator | None, size: Any, scale: float
) -> Array:
    rng = np.random.default_rng() if rng is None else rng
    shape = (*(np.shape(often) if size is None else size), at.shape[-1])
    far = np.abs(rng.standard_normal((*shape[:-1], 1)))
    return np.asarray(scale * rng.standard_normal(shape) / far)


def _by_series(places: Places, counts: Any, categories: int) -> Any:
    """Return counts (series, wave, category); zeros where a series has no such wave."""
    shape = (len(places.series), len(places.waves), categories)
    return pt.set_subtensor(pt.zeros(shape)[places.of_series, places.of_wave], counts)


def _often(categories: tuple[str, ...], counts: Any) -> Any:
    """Return the goal (series,) that most agents of a series hold."""
    return pt.argmax(counts.sum(axis=1)[:, holders(categories)], axis=-1)


def _seen(places: Places, categories: tuple[str, ...], counts: Any) -> tuple[Any, Any]:
    """Return coefficients (series, mode, contrast) that counts show, and their information."""
    held = counts[..., holders(categories)] + HALF
    goals = held.type.shape[-1]
    basis = contrasts(goals)
    log_odds, variance = pt.dot(pt.log(held), basis), pt.dot(1 / held, basis**2)
    if NO_GOAL in categories:
        none = counts[..., [categories.index(NO_GOAL)]] + HALF
        total = held.sum(axis=-1, keepdims=True)
        log_odds = pt.concatenate([log_odds, pt.log(none) - pt.log(total)], axis=-1)
        variance = pt.concatenate([variance, 1 / none + 1 / total], axis=-1)
    answers = counts.sum(axis=-1, keepdims=True)
    told = answers / (answers + len(categories)) / variance
    found, of_mode = places.of_modes(told, log_odds, pt.maximum)
    scales = step_scales(categories)
    return found / scales, of_mode * scales**2
