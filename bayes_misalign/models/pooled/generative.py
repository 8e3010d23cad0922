"""Goal shares of populations about a common mean, in the open PyMC model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

from bayes_misalign.families.simplex.draws import order_of_shares
from bayes_misalign.families.simplex.log_dirichlet_pymc import log_dirichlet, put_back
from bayes_misalign.models.pooled.counted import as_data
from bayes_misalign.models.pooled.given_common import (
    GROUP_MEAN,
    GROUP_PLACE,
    GROUP_SPREAD,
    LEAST,
    LOG_OF_GOALS,
    LOG_OF_GROUPS,
    MEAN,
    MEAN_PLACE,
    NO_GOAL_BETA,
    NO_GOAL_MEAN,
    SMALLEST,
    SPREAD,
    UNEVENNESS,
    order_of_mean,
)
from bayes_misalign.models.pooled.groups import order_of_groups
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
STIRLING_FROM = 50.0  # four terms of the series are exact to 1e-16 from here on
OF_MEAN = 10.0  # answers of one population that tell of the mean: a guess, for coordinates


def concentration(spread: Any) -> Any:
    """Return the concentration A = 1 / v^2 - 1 that belongs to a spread v."""
    v = pt.maximum(spread, LEAST)
    return (1 - v) * (1 + v) / v**2


class Common(NamedTuple):
    """What populations have in common: the concentration A, and mean shares (group or 1, K)."""

    total: Any
    mean: Any


def declare_common(
    priors: PooledShares, categories: tuple[str, ...], counts: Any, order: Any, *, uncertain: bool
) -> Common:
    """Add spread and mean shares, also those of groups where populations are in groups.

    Counts (S, K) and the order of the categories in each population, a frequent one last, choose
    the coordinates alone; `uncertain` counts are of reports that may be wrong.
    """
    spread = pm.Beta(SPREAD, 1.0, priors.alike)
    unevenness = pm.Beta(UNEVENNESS, 1.0, priors.even)
    total, k = concentration(spread), len(categories) - (NO_GOAL in categories)
    shares: Any = pt.ones(1)
    told = between = None
    if priors.groups:
        between = pm.Beta(GROUP_SPREAD, 1.0, priors.alike_groups)
        told = pt.dot(priors.membership, _worth(pt.as_tensor(counts), total))
        of_all = _worth(told, concentration(between)).sum(axis=0)
    else:
        of_all = pt.minimum(pt.as_tensor(counts), OF_MEAN).sum(axis=0)
    if k > 1:
        model = pm.modelcontext(None)
        model.add_coord(MEAN_PLACE, [f"place {i + 1}" for i in range(k)])
        each = pt.maximum(concentration(unevenness) / k, SMALLEST) * pt.ones(k)
        place = order_of_mean(order, k) if isinstance(order, np.ndarray) else _order(order, k)
        of_goals = of_all[place]
        logs = log_dirichlet(LOG_OF_GOALS, each, of_goals, (MEAN_PLACE,), uncertain=uncertain)
        shares = pt.exp(pt.set_subtensor(pt.zeros(k)[place], logs))
    if k < len(categories):
        none = pm.Beta(NO_GOAL_MEAN, *NO_GOAL_BETA)
        shares = pt.concatenate([(1 - none) * shares, none[None]])
    mean = pm.Deterministic(MEAN, shares, dims="goal")
    if between is None:
        return Common(total, mean[None])
    of_groups = _declare_groups(priors, concentration(between) * mean, told, order, uncertain)
    return Common(total, of_groups)


def _worth(counts: Any, total: Any) -> Any:
    """Return how many agents of the mean tell as much of it as n of shares about it: at most 1 + A.

    The variance of such a part of n answers is 1 + (n - 1) / (1 + A) times that of n of the mean.
    """
    number = pt.maximum(counts.sum(axis=-1, keepdims=True), 1.0)
    return counts * (1 + total) / (number + total)


def _declare_groups(
    priors: PooledShares, alpha: Any, told: Any, order: Any, uncertain: bool
) -> Any:
    """Add the mean shares of groups, (G, K), about those of all with the parameters alpha."""
    model, fixed = pm.modelcontext(None), isinstance(order, np.ndarray)
    goals = order.shape[1] if fixed else order.type.shape[1]
    model.add_coord("group", priors.groups)
    model.add_coord(GROUP_PLACE, [f"place {i + 1}" for i in range(goals)])
    if fixed:
        place: Any = order_of_groups(order, priors.membership)
    else:
        score = pt.dot(priors.membership, pt.argsort(order, axis=-1))
        place = pt.argsort(score * goals + np.arange(goals), axis=-1)
        place = pt.specify_shape(place, (len(priors.groups), goals))
    rows = np.arange(len(priors.groups))[:, None]
    logs = log_dirichlet(
        LOG_OF_GROUPS,
        pt.maximum(alpha, SMALLEST)[pt.as_tensor(place)],
        told[rows, place],
        ("group", GROUP_PLACE),
        uncertain=uncertain,
    )
    return pm.Deterministic(GROUP_MEAN, pt.exp(put_back(logs, place)), dims=("group", "goal"))


def _order(order: Any, goals: int) -> Any:
    """Return what `order_of_mean` does, of an order that is data of PyMC."""
    score = pt.argsort(order, axis=-1).sum(axis=0)[:goals]
    return pt.argsort(score * goals + np.arange(goals))


def declare_counts(priors: PooledShares, categories: tuple[str, ...], counts: Array) -> None:
    """Add what populations have in common, and how likely it makes their counts (S, K)."""
    order = order_of_shares(counts, categories)
    total, mean = declare_common(priors, categories, counts, order, uncertain=False)
    group = priors.group_of if priors.groups else None
    data = as_data(counts, group)
    goal, count, times = (pm.Data(name, values) for name, values in data.items())
    alpha = pt.concatenate([pt.maximum(total * mean, SMALLEST).ravel(), total[None]])
    of_all = len(categories) * max(len(priors.groups), 1)
    sign = pt.switch(pt.eq(goal, of_all), -1.0, 1.0)
    pm.Potential("answers", (sign * times * log_rising(alpha[goal], count)).sum())


def log_rising(a: Any, n: Any) -> Any:
    """Return log Gamma(a + n) - log Gamma(a), exact where a dwarfs n."""

    def tail(z: Any) -> Any:
        w = 1 / z**2
        return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w / 1680))) / z

    large, small = pt.maximum(a, STIRLING_FROM), pt.minimum(a, STIRLING_FROM)
    series = (large - 0.5) * pt.log1p(n / large) + n * (pt.log(large + n) - 1)
    series = series + tail(large + n) - tail(large)
    direct = pt.gammaln(small + n) - pt.gammaln(small)
    return pt.switch(a > STIRLING_FROM, series, direct)


def declare_shares(
    priors: PooledShares, categories: tuple[str, ...], counts: Any, order: Any, name: str
) -> tuple[Any, Any]:
    """Add the shares of every population to the open model, see `SharesModel.declare`."""
    fixed = isinstance(order, np.ndarray)
    shape = order.shape if fixed else order.type.shape
    own = put_back(pt.as_tensor(counts), order)
    total, mean = declare_common(priors, categories, own, order, uncertain=not fixed)
    pm.modelcontext(None).add_coord("place", [f"place {i + 1}" for i in range(shape[1])])
    alpha = pt.maximum(total * mean, SMALLEST)
    if priors.groups:
        alpha = pt.take_along_axis(alpha[priors.group_of], pt.as_tensor(order), axis=-1)
    else:
        alpha = alpha[0][pt.as_tensor(order)]
    sorted_log_share = log_dirichlet(
        f"sorted_log_{name}", alpha, counts, ("population", "place"), uncertain=not fixed
    )
    log_share = put_back(sorted_log_share, order)
    return log_share, pm.Deterministic(name, pt.exp(log_share), dims=("population", "goal"))
