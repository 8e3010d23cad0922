"""Agents with fallible labels, and a random sample of them whose goal is known, as sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.shapes import Floats


@dataclass(frozen=True, eq=False)
class GoldRows:
    """Agents of known goal, those alike in one row.

    Parameters
    ----------
    proxy : array_like, shape (D, K)
        What labels say of their goal: shares of the goals, which need not sum to one.
    goal : array_like of int, shape (D,)
        Their known goal.
    agents : array_like, shape (D,)
        How many they are.
    population : array_like of int, shape (D,), optional
        Number of their population; one without it.
    probability : array_like, shape (D,), optional
        How likely each of them was to be drawn, independently of the others. Without it they are
        a simple random sample of the agents of their population.
    weight, weight_sq : array_like, shape (D,), optional
        Sums of their design weights, and of the squares; by default each weighs 1.
    """

    proxy: ArrayLike
    goal: ArrayLike
    agents: ArrayLike
    population: ArrayLike | None = None
    probability: ArrayLike | None = None
    weight: ArrayLike | None = None
    weight_sq: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class GoldSample:
    """Sums over the agents of S populations, all that `design_based` needs; see `gold_sample`.

    Parameters
    ----------
    agents, weight, weight_sq : ndarray, shape (S,)
        Number of agents with a proxy, and the sums of their weights and of the squares.
    proxies : ndarray, shape (S, K + 1)
        Weighted sums of (proxy, 1).
    proxy_products : ndarray, shape (S, K + 1, K + 1)
        Sums of their products, with squared weights.
    gold : ndarray, shape (S,)
        Number of agents of known goal.
    totals : ndarray, shape (S, 2 K + 1)
        Weighted sums over them of (proxy, goal, 1), each over the probability to be drawn.
    once, twice : ndarray, shape (S, 2 K + 1, 2 K + 1)
        Sums of products of these with squared weights, over the probability and over its square.
    simple : bool
        Whether agents of known goal are a simple random sample.
    """

    agents: Floats
    weight: Floats
    weight_sq: Floats
    proxies: Floats
    proxy_products: Floats
    gold: Floats
    totals: Floats
    once: Floats
    twice: Floats
    simple: bool

    @property
    def goals(self) -> int:
        """Number K of goals."""
        return int(self.proxies.shape[-1]) - 1


def gold_sample(
    proxy: ArrayLike,
    agents: ArrayLike,
    gold: GoldRows,
    *,
    population: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    weight_sq: ArrayLike | None = None,
    populations: int = 1,
) -> GoldSample:
    """Return sums over agents with proxies of their goals, and over those whose goal is known.

    Parameters
    ----------
    proxy : array_like, shape (D, K)
        What labels say of the goal of the agents of each row, those of known goal among them.
    agents : array_like, shape (D,)
        How many there are.
    gold : GoldRows
        Those of them whose goal is known.
    population : array_like of int, shape (D,), optional
        Number of their population.
    weight, weight_sq : array_like, shape (D,), optional
        Sums of their design weights, and of the squares; by default each weighs 1.
    populations : int
        Number S of populations.

    Returns
    -------
    GoldSample
        Of each population.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a probability is not above 0 and at most 1.

    Examples
    --------
    >>> labels = [[1.0, 0.0], [0.0, 1.0]]
    >>> known = GoldRows([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [0, 0, 1], [9, 1, 10])
    >>> gold_sample(labels, [60, 40], known).gold
    array([20.])
    """
    everybody = _rows(proxy, agents, population, weight, weight_sq, "proxy")
    known = _rows(gold.proxy, gold.agents, gold.population, gold.weight, gold.weight_sq, "gold")
    goal = np.asarray(gold.goal)
    k = everybody[0].shape[1]
    if known[0].shape[1] != k or goal.shape != known[1].shape:
        raise ValueError(
            f"proxies of agents of known goal have shape {known[0].shape} and their goals "
            f"{goal.shape}; these must be (rows, {k}) and (rows,)"
        )
    n, w, w2 = (_sum(x, everybody[2], populations) for x in (everybody[1], *everybody[3:]))
    m = _sum(known[1], known[2], populations)
    simple = gold.probability is None
    if gold.probability is None:
        chance = np.divide(m, n, out=np.ones_like(m), where=n > 0)[known[2]]
    else:
        chance = np.asarray(gold.probability, dtype=float)
    if chance.shape != goal.shape or not np.all((chance > 0) & (chance <= 1)):
        raise ValueError("probabilities to be drawn must be one a row, above 0 and at most 1")
    f = np.column_stack([everybody[0], np.ones(len(everybody[0]))])
    z = np.column_stack([known[0], np.eye(k)[goal], np.ones(len(goal))])
    products = z[:, :, None] * z[:, None, :]

    def of_known(values: Floats) -> Floats:
        return _sum(products * values[:, None, None], known[2], populations)

    return GoldSample(
        agents=n,
        weight=w,
        weight_sq=w2,
        proxies=_sum(f * everybody[3][:, None], everybody[2], populations),
        proxy_products=_sum(
            f[:, :, None] * f[:, None, :] * everybody[4][:, None, None], everybody[2], populations
        ),
        gold=m,
        totals=_sum(z * (known[3] / chance)[:, None], known[2], populations),
        once=of_known(known[4] / chance),
        twice=of_known(known[4] / chance**2),
        simple=simple,
    )


def _rows(
    proxy: ArrayLike,
    agents: ArrayLike,
    population: ArrayLike | None,
    weight: ArrayLike | None,
    weight_sq: ArrayLike | None,
    name: str,
) -> tuple[Floats, Floats, NDArray[np.int64], Floats, Floats]:
    f, n = np.asarray(proxy, float), np.asarray(agents, float)
    place = np.zeros(len(n), np.int64) if population is None else np.asarray(population, np.int64)
    w, w2 = (n if x is None else np.asarray(x, float) for x in (weight, weight_sq))
    if f.ndim != 2 or any(x.shape != f.shape[:1] for x in (n, place, w, w2)):
        raise ValueError(
            f"{name}: proxies have shape {f.shape}, and agents, populations and weights "
            f"{n.shape}, {place.shape}, {w.shape} and {w2.shape}; these must be (rows, goals), and "
            "(rows,) each"
        )
    return f, n, place, w, w2


def _sum(values: Floats, place: NDArray[np.int64], populations: int) -> Floats:
    total = np.zeros((populations, *values.shape[1:]))
    np.add.at(total, place, values)
    return total
