"""Goal shares of populations about a common mean, in the open PyMC model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

from bayes_misalign.families.simplex.draws import order_of_shares
from bayes_misalign.families.simplex.log_dirichlet_pymc import log_dirichlet, put_back
from bayes_misalign.models.pooled.counted import as_data
from bayes_misalign.models.pooled.given_common import (
    LEAST,
    LOG_OF_GOALS,
    MEAN,
    MEAN_PLACE,
    NO_GOAL_BETA,
    NO_GOAL_MEAN,
    SMALLEST,
    SPREAD,
    UNEVENNESS,
    order_of_mean,
)
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
STIRLING_FROM = 50.0  # four terms of the series are exact to 1e-16 from here on
OF_MEAN = 10.0  # answers of one population that tell of the mean: a guess, for coordinates


def concentration(spread: Any) -> Any:
    """Return the concentration A = 1 / v^2 - 1 that belongs to a spread v."""
    v = pt.maximum(spread, LEAST)
    return (1 - v) * (1 + v) / v**2


def declare_common(
    priors: PooledShares, categories: tuple[str, ...], counts: Any, order: Any, *, uncertain: bool
) -> tuple[Any, Any]:
    """Add spread and mean shares; return the concentration A, and the mean shares (K,).

    Counts (S, K) and the order of the categories in each population, a frequent one last, choose
    the coordinates alone; `uncertain` counts are of reports that may be wrong.
    """
    spread = pm.Beta(SPREAD, 1.0, priors.alike)
    unevenness = pm.Beta(UNEVENNESS, 1.0, priors.even)
    k = len(categories) - (NO_GOAL in categories)
    shares: Any = pt.ones(1)
    if k > 1:
        model = pm.modelcontext(None)
        model.add_coord(MEAN_PLACE, [f"place {i + 1}" for i in range(k)])
        each = pt.maximum(concentration(unevenness) / k, SMALLEST) * pt.ones(k)
        place = order_of_mean(order, k) if isinstance(order, np.ndarray) else _order(order, k)
        told = pt.minimum(pt.as_tensor(counts), OF_MEAN).sum(axis=0)[place]
        logs = log_dirichlet(LOG_OF_GOALS, each, told, (MEAN_PLACE,), uncertain=uncertain)
        shares = pt.exp(pt.set_subtensor(pt.zeros(k)[place], logs))
    if k < len(categories):
        none = pm.Beta(NO_GOAL_MEAN, *NO_GOAL_BETA)
        shares = pt.concatenate([(1 - none) * shares, none[None]])
    return concentration(spread), pm.Deterministic(MEAN, shares, dims="goal")


def _order(order: Any, goals: int) -> Any:
    """Return what `order_of_mean` does, of an order that is data of PyMC."""
    score = pt.argsort(order, axis=-1).sum(axis=0)[:goals]
    return pt.argsort(score * goals + np.arange(goals))


def declare_counts(priors: PooledShares, categories: tuple[str, ...], counts: Array) -> None:
    """Add what populations have in common, and how likely it makes their counts (S, K)."""
    order = order_of_shares(counts, categories)
    total, mean = declare_common(priors, categories, counts, order, uncertain=False)
    goal, count, times = (pm.Data(name, values) for name, values in as_data(counts).items())
    alpha = pt.concatenate([pt.maximum(total * mean, SMALLEST), total[None]])
    sign = pt.switch(pt.eq(goal, len(categories)), -1.0, 1.0)
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
    alpha = pt.maximum(total * mean, SMALLEST)[pt.as_tensor(order)]
    sorted_log_share = log_dirichlet(
        f"sorted_log_{name}", alpha, counts, ("population", "place"), uncertain=not fixed
    )
    log_share = put_back(sorted_log_share, order)
    return log_share, pm.Deterministic(name, pt.exp(log_share), dims=("population", "goal"))
