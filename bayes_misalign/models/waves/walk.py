"""A random walk of goal shares on log odds, that treats all goals alike; draws from the prior.

Goals i, j of series s at time t have the log odds u_i - u_j, u = softmax coordinates that sum to
zero; agents without a goal have log odds v of their own. Both are a level, which is their mean over
waves, and a walk about it. From one time to another the log odds of any two goals, and those of
holding none, change by a normal amount whose variance is `drift`^2 times the part of the whole time
that lies between.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.walks.places import Places
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
DRIFT_DF = 3.0  # of the half t distribution of the drift
NO_GOAL_BETA = (0.5, 1.0)  # of the share without a goal, as in independent shares
LEAST_SHARE = 1e-300


@cache
def contrasts(goals: int) -> Array:
    """Return an orthonormal basis (goal, contrast) of what sums to zero over goals (Helmert's)."""
    found = np.zeros((goals, goals - 1))
    for j in range(1, goals):
        found[:j, j - 1], found[j, j - 1] = 1.0, -float(j)
        found[:, j - 1] /= np.sqrt(j * (j + 1.0))
    found.setflags(write=False)
    return found


def level_scale(prior: WavesPrior, goals: int) -> float:
    """Return the scale of the log odds of two goals at the level; more where there are more."""
    return float(prior.level * np.sqrt(np.log2(goals)))


def holders(categories: tuple[str, ...]) -> NDArray[np.intp]:
    """Return the places of the goals among the categories."""
    return np.array([i for i, label in enumerate(categories) if label != NO_GOAL])


def step_scales(categories: tuple[str, ...]) -> Array:
    """Return how far each contrast goes where the log odds of two goals go 1, (contrast,)."""
    goals = len(holders(categories))
    none = [1.0] if NO_GOAL in categories else []
    return np.array([np.sqrt(0.5)] * (goals - 1) + none)


def contrast_labels(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of the contrasts; those of goals are a basis, and mean nothing one by one."""
    number = len(holders(categories)) - 1
    none = (NO_GOAL,) if NO_GOAL in categories else ()
    return (*(f"contrast {i + 1}" for i in range(number)), *none)


def draw_prior(
    prior: WavesPrior,
    places: Places,
    categories: tuple[str, ...],
    draws: int,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Return draws of `drift`, level and walk, and of the shares (draw, population, goal)."""
    goals, has_none = len(holders(categories)), NO_GOAL in categories
    drift = prior.drift * np.abs(rng.standard_t(DRIFT_DF, draws))
    shape = (draws, len(places.series))
    normal = rng.standard_normal((*shape, goals - 1))
    far = np.abs(rng.standard_normal(shape))[..., None]
    found = {"drift": drift}
    if goals > 1:
        found["log_level"] = level_scale(prior, goals) * np.sqrt(0.5) * normal / far
    if has_none:
        found["no_goal_level"] = rng.beta(*NO_GOAL_BETA, shape)
    scales = step_scales(categories)
    walk = rng.standard_normal((*shape, places.modes.shape[1], len(scales)))
    found["log_walk"] = walk * drift[:, None, None, None]
    found["proportion"] = shares(found, places, categories)
    return found


def shares(drawn: dict[str, Array], places: Places, categories: tuple[str, ...]) -> Array:
    """Return shares (draw, population, goal) of draws of levels and walks."""
    goals, has_none = len(holders(categories)), NO_GOAL in categories
    steps = np.einsum("tm,dsmc->dstc", places.modes, drawn["log_walk"])
    steps = steps * step_scales(categories)
    log_odds = steps[..., : goals - 1]
    if goals > 1:
        log_odds = log_odds + drawn["log_level"][:, :, None]
    u = log_odds @ contrasts(goals).T
    u = np.exp(u - u.max(axis=-1, keepdims=True))
    found = np.empty((*u.shape[:-1], len(categories)))
    found[..., holders(categories)] = u / u.sum(axis=-1, keepdims=True)
    if has_none:
        none = np.clip(drawn["no_goal_level"], LEAST_SHARE, 1 - 1e-16)
        v = steps[..., -1] + (np.log(none) - np.log1p(-none))[:, :, None]
        held = np.exp(-np.logaddexp(0.0, v))[..., None]
        found[..., holders(categories)] *= held
        found[..., categories.index(NO_GOAL)] = np.exp(-np.logaddexp(0.0, -v))
    return np.asarray(found[:, places.of_series, places.of_wave])
