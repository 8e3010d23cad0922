"""Goal shares of populations about a common mean, in the open PyMC model."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

from bayes_misalign.families.simplex.density_pymc import STIRLING_FROM, stirling_tail
from bayes_misalign.families.simplex.draws import order_of_shares
from bayes_misalign.families.simplex.log_dirichlet_pymc import log_dirichlet, put_back
from bayes_misalign.families.simplex.stretched_evenly_pymc import even_log_dirichlet
from bayes_misalign.models.pooled.counted import COUNTS, GROUP_PLACE, PLACE, as_data
from bayes_misalign.models.pooled.given_common import (
    GOAL_OF_MEAN,
    GROUP_MEAN,
    GROUP_PART,
    LEAST,
    LOG_OF_ALL,
    LOG_OF_GOALS,
    LOG_OF_GROUPS,
    MEAN,
    MEAN_PLACE,
    NO_GOAL_BETA,
    NO_GOAL_MEAN,
    SMALLEST,
    SPREAD,
    UNEVENNESS,
)
from bayes_misalign.models.pooled.groups import order_of_all, order_of_groups, order_of_mean
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
NEARLY_NONE = 1e-100  # of a parameter of coordinates: the gradient holds its inverse square
OF_MEAN = 10.0  # answers of one population that tell of the mean: a guess, for coordinates


def concentration(spread: Any) -> Any:
    """Return the concentration A = 1 / v^2 - 1 that belongs to a spread v."""
    v = pt.maximum(spread, LEAST)
    return (1 - v) * (1 + v) / v**2


def concentrations(spread: Any, part: Any) -> tuple[Any, Any]:
    """Return A within groups and D between them, of a spread v and the part g between groups."""
    between, within = part * spread**2, (1 - part) * spread**2
    alike = (1 - spread) * (1 + spread)
    a = alike / pt.maximum(within, LEAST**2)
    return a, (alike + within) / pt.maximum(between, LEAST**2)


class Common(NamedTuple):
    """What populations have in common: the concentration A, and mean shares (group or 1, K)."""

    total: Any
    mean: Any


def declare_common(
    priors: PooledShares,
    categories: tuple[str, ...],
    counts: Any,
    places: tuple[Any, Any] | None,
) -> Common:
    """Add spread and mean shares, also those of groups where populations are in groups.

    Counts (S, K), and the order of goals of the mean and of categories of each group, a frequent
    one last, choose the coordinates alone. None stands for the orders of reports that may be wrong.
    """
    spread = pm.Beta(SPREAD, 1.0, priors.alike)
    unevenness = pm.Beta(UNEVENNESS, 1.0, priors.even)
    total: Any = concentration(spread)
    k = len(categories) - (NO_GOAL in categories)
    shares: Any = pt.ones(1)
    model = pm.modelcontext(None)
    told = between = None
    if priors.groups:
        part = pm.Beta(GROUP_PART, 1.0, priors.alike_groups)
        total, between = concentrations(spread, part)
        told = pt.dot(priors.membership, _of_mean(pt.as_tensor(counts), total))
        of_all = _of_mean(told, between).sum(axis=0)
    else:
        of_all = pt.minimum(pt.as_tensor(counts), OF_MEAN).sum(axis=0)
    if k > 1:
        each = pt.maximum(concentration(unevenness) / k, SMALLEST) * pt.ones(k)
        shares = pt.exp(_log_mean(each, of_all[:k], places, priors, categories[:k]))
    if k < len(categories):
        none = pm.Beta(NO_GOAL_MEAN, *NO_GOAL_BETA)
        shares = pt.concatenate([(1 - none) * shares, none[None]])
    mean = pm.Deterministic(MEAN, shares, dims="goal")
    if between is None:
        return Common(total, mean[None])
    model.add_coord("group", priors.groups)
    alpha = pt.maximum(between * mean, NEARLY_NONE) * pt.ones((len(priors.groups), 1))
    dims = ("group", "goal")
    if places is None:
        logs = even_log_dirichlet(LOG_OF_GROUPS, alpha, told, len(categories), dims, firm=True)
    else:
        logs = log_dirichlet(LOG_OF_GROUPS, alpha, told, dims, order=places[1])
    return Common(total, pm.Deterministic(GROUP_MEAN, pt.exp(logs), dims=dims))


def _log_mean(
    each: Any, told: Any, places: Any, priors: PooledShares, goals: tuple[str, ...]
) -> Any:
    """Add the logarithms of the mean shares of goals, in the order of goals but of counts alone."""
    model = pm.modelcontext(None)
    if places is not None and not priors.groups:
        model.add_coord(MEAN_PLACE, [f"place {i + 1}" for i in range(len(goals))])
        logs = log_dirichlet(LOG_OF_GOALS, each, told[places[0]], (MEAN_PLACE,))
        return pt.set_subtensor(pt.zeros(len(goals))[places[0]], logs)
    model.add_coord(GOAL_OF_MEAN, goals)
    if places is None:
        firm, dims = bool(priors.groups), (GOAL_OF_MEAN,)
        return even_log_dirichlet(LOG_OF_ALL, each, told, len(goals), dims, firm=firm)
    return log_dirichlet(LOG_OF_ALL, each, told, (GOAL_OF_MEAN,), order=places[0])


def _of_mean(counts: Any, total: Any) -> Any:
    """Return about how many agents of the mean have told of it through n of shares about it.

    Of n draws from an urn that many were new ones: a (psi(a + n) - psi(a)) in the mean, from 1
    where a is small to n where it is large, a = A n_i / n (Antoniak, Annals of Statistics 2, 1974).
    """
    a = total * counts / pt.maximum(counts.sum(axis=-1, keepdims=True), SMALLEST)
    return pt.minimum(counts, 1.0) + a * pt.log1p(pt.maximum(counts - 1, 0.0) / (a + 0.5))


def _places(
    priors: PooledShares, counts: Array, order: NDArray[np.intp], goals: int
) -> tuple[Any, Any]:
    """Return the order of goals of the mean, and of categories of each group, see `groups`."""
    if priors.groups:
        return order_of_all(counts, goals), order_of_groups(counts, priors.membership)
    return order_of_mean(order, goals), None


def declare_counts(priors: PooledShares, categories: tuple[str, ...], counts: Array) -> None:
    """Add what populations have in common, and how likely it makes their counts (S, K)."""
    data = as_data(priors, counts, categories)
    own: Any = counts
    if priors.groups:  # data too, so that other counts of the shape have coordinates of their own
        kept = {x: data.pop(x) for x in (COUNTS, PLACE, GROUP_PLACE)}
        own, *places = (pm.Data(name, x, shape=x.shape) for name, x in kept.items())
    else:
        order = order_of_shares(counts, categories)
        places = [*_places(priors, counts, order, len(categories) - (NO_GOAL in categories))]
    total, mean = declare_common(priors, categories, own, (places[0], places[1]))
    goal, count, times = (pm.Data(name, values) for name, values in data.items())
    alpha = pt.concatenate([pt.maximum(total * mean, SMALLEST).ravel(), total[None]])
    of_all = len(categories) * max(len(priors.groups), 1)
    sign = pt.switch(pt.eq(goal, of_all), -1.0, 1.0)
    pm.Potential("answers", (sign * times * log_rising(alpha[goal], count)).sum())


def log_rising(a: Any, n: Any) -> Any:
    """Return log Gamma(a + n) - log Gamma(a), exact where a dwarfs n."""
    large, small = pt.maximum(a, STIRLING_FROM), pt.minimum(a, STIRLING_FROM)
    series = (large - 0.5) * pt.log1p(n / large) + n * (pt.log(large + n) - 1)
    series = series + stirling_tail(large + n) - stirling_tail(large)
    direct = pt.gammaln(small + n) - pt.gammaln(small)
    return pt.switch(a > STIRLING_FROM, series, direct)


def declare_shares(
    priors: PooledShares, categories: tuple[str, ...], counts: Any, order: Any, name: str
) -> tuple[Any, Any]:
    """Add the shares of every population to the open model, see `SharesModel.declare`."""
    if not isinstance(order, np.ndarray):
        own = put_back(pt.as_tensor(counts), order)
        return _declare_reported(priors, categories, own, name)
    known = np.take_along_axis(counts, np.argsort(order, axis=-1), axis=-1)
    places = _places(priors, known, order, len(categories) - (NO_GOAL in categories))
    total, mean = declare_common(priors, categories, put_back(counts, order), places)
    pm.modelcontext(None).add_coord("place", [f"place {i + 1}" for i in range(order.shape[1])])
    alpha = pt.maximum(total * mean, NEARLY_NONE)
    if priors.groups:
        alpha = pt.take_along_axis(alpha[priors.group_of], pt.as_tensor(order), axis=-1)
    else:
        alpha = alpha[0][pt.as_tensor(order)]
    sorted_log_share = log_dirichlet(f"sorted_log_{name}", alpha, counts, ("population", "place"))
    log_share = put_back(sorted_log_share, order)
    return log_share, pm.Deterministic(name, pt.exp(log_share), dims=("population", "goal"))


def _declare_reported(
    priors: PooledShares, categories: tuple[str, ...], counts: Any, name: str
) -> tuple[Any, Any]:
    """Add shares behind reports that may be wrong, of rough counts (S, K)."""
    total, mean = declare_common(priors, categories, counts, None)
    alpha = pt.maximum(total * mean, NEARLY_NONE)
    alpha = alpha[priors.group_of] if priors.groups else alpha * pt.ones((counts.shape[0], 1))
    dims = ("population", "goal")
    firm = bool(priors.groups)
    log_share = even_log_dirichlet(f"log_{name}", alpha, counts, len(categories), dims, firm=firm)
    return log_share, pm.Deterministic(name, pt.exp(log_share), dims=dims)
