"""P(ma) from fallible labels and a random sample of agents whose goal is known.

A design-based estimate: what is random is which agents were drawn, not how labels err. It is
prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic, Science 382, 2023),
or design-based supervised learning (Egami, Hinck, Stewart and Wei, NeurIPS 2023), of a quadratic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.gold_sample import GoldSample
from bayes_misalign.measure.shapes import Floats, proper_conflict

STEPS = 20  # of the worth of proxies, from 0 to 1
MORE_WRONG = 2.0  # agents of known goal that a variance counts as wrong beside those that are


@dataclass(frozen=True, eq=False)
class DesignBased:
    """Design-based estimates of P(ma), with their variance.

    Parameters
    ----------
    value : ndarray, shape (S,), or (S, S) between populations
        The estimate: without bias where nothing is tuned, and so at times above the attainable
        maximum or below 0. Not a number with fewer than two agents of known goal.
    variance : ndarray, of the same shape
        Its variance.
    degrees : ndarray, of the same shape
        Degrees of freedom of that variance.
    shares : ndarray, shape (S, K)
        The goal shares behind it.
    worth : ndarray, shape (S,)
        By what proxies are multiplied: 0 where they are left aside.
    tuned : bool
        Whether the worth was found from the same data.
    """

    value: Floats
    variance: Floats
    degrees: Floats
    shares: Floats
    worth: Floats
    tuned: bool


def design_based(
    sample: GoldSample,
    conflict: ArrayLike,
    *,
    worth: float | None = None,
    sizes: ArrayLike | None = None,
    deff: ArrayLike | None = None,
    supposed: ArrayLike | None = None,
) -> DesignBased:
    """Return the design-based estimate of P(ma) in each population, whatever errors labels have.

    Parameters
    ----------
    sample : GoldSample
        Sums over the agents of S populations.
    conflict : array_like, shape ([S,] K, K)
        Known probability of conflict between holders of each two goals.
    worth : float, optional
        By what proxies are multiplied. By default what makes the variance least, in steps of 1/20
        from 0 to 1 ("power tuning").
    sizes : array_like, shape (S,), optional
        Number of agents in each whole population, of which those with a proxy are a simple random
        sample, or all; infinite without it.
    deff : array_like, shape (S,), optional
        By what the variance of the sample of agents is multiplied, as where they are clustered.
    supposed : array_like, shape (S, K), optional
        Goal shares that the variance supposes, as in a test of these. By default the estimated
        ones.

    Returns
    -------
    DesignBased
        Of each population.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or conflict is not symmetric with a zero diagonal.

    Notes
    -----
    Let f_a be the proxy of agent a, times its worth, e_a its goal as a vector of 0 and 1, and y_a =
    f_a + (e_a - f_a) / pi_a where the goal is known, f_a elsewhere. With weights w and W their sum,
    P = sum_{a != b} w_a w_b y_a' C y_b / (W^2 - sum w^2), and products of two differences e - f are
    divided by the probability that both agents were drawn. No agent conflicts with itself, so this
    is unbiased for p'Cp of the population that the agents are a random sample of, for any proxy
    that does not depend on which goals are known (of N agents times (N - 1) / N). A worth that is
    tuned adds a bias of the order of one over the number of known goals.

    The variance is that of the first two terms of Hoeffding's decomposition, g'Vg + 2 tr(CVCV) with
    g = 2Cp: the second matters where all goals are held by equally many, and g'p hardly moves. V is
    the variance matrix of the mean of y over both phases: which agents are in the table, and of
    which the goal is known (Cochran, Sampling Techniques, 1977, chapter 12). Where hardly any proxy
    is wrong, the sample says little of how many are; so V counts two more, as Agresti and Coull
    (The American Statistician 52, 1998) do for a share.

    Examples
    --------
    >>> labels = [[1.0, 0.0], [0.0, 1.0]]
    >>> from bayes_misalign.measure import GoldRows, gold_sample
    >>> known = GoldRows([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [0, 0, 1], [9, 1, 10])
    >>> found = design_based(gold_sample(labels, [60, 40], known), [[0.0, 1.0], [1.0, 0.0]])
    >>> float(found.value[0].round(4)), float(found.variance[0].round(5))
    (0.4721, 0.00227)
    """
    c = proper_conflict(conflict, sample.goals)
    c = np.broadcast_to(c, (len(sample.agents), *c.shape[-2:]))
    n = np.full(len(sample.agents), np.inf) if sizes is None else np.asarray(sizes, float)
    factor = np.ones(len(sample.agents)) if deff is None else np.asarray(deff, float)
    tuned = worth is None
    best = np.full(len(n), 1.0 if worth is None else float(worth))
    if tuned:
        g, least = 2 * _facing(c, _shares(sample, best, tuned)), np.full(len(n), np.inf)
        for some in np.arange(STEPS, -1, -1) / STEPS:
            v = _covariance(sample, np.full(len(n), some), tuned, n, factor, more_wrong=0.0)
            variance = _variance(c, v, g)
            better = variance < least
            best, least = np.where(better, some, best), np.where(better, variance, least)
    shares = _shares(sample, best, tuned)
    value = _pairs(sample, c, best, tuned) * (1 - 1 / n)
    v = _covariance(sample, best, tuned, n, factor)
    held = shares if supposed is None else np.asarray(supposed, float)
    variance = _variance(c, v, 2 * _facing(c, held))
    enough = (sample.gold >= 2) & (sample.agents >= 2)
    return DesignBased(
        np.where(enough, value, np.nan),
        np.where(enough, variance, np.nan),
        np.where(enough, sample.gold - 1, np.nan),
        shares,
        best,
        tuned,
    )


def design_based_between(
    sample: GoldSample,
    conflict: ArrayLike,
    within: DesignBased,
    *,
    sizes: ArrayLike | None = None,
    deff: ArrayLike | None = None,
) -> DesignBased:
    """Return the design-based estimate of p'Cq, one agent from each of two populations.

    Parameters
    ----------
    sample : GoldSample
        Sums over the agents of S populations.
    conflict : array_like, shape (K, K)
        Known probability of conflict between holders of each two goals.
    within : DesignBased
        What `design_based` returned: the proxies count for as much here.
    sizes, deff : array_like, shape (S,), optional
        As of `design_based`.

    Returns
    -------
    DesignBased
        Of each two populations, (S, S); not a number on the diagonal.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or conflict is not symmetric with a zero diagonal.

    Notes
    -----
    Samples of different populations are independent, so p'Cq of the two estimated shares has no
    bias, and the variance q'CVCq + p'CUCp + tr(CVCU) with V and U the variance matrices of both.

    Examples
    --------
    >>> from bayes_misalign.measure import GoldRows, gold_sample
    >>> known = GoldRows(np.eye(2)[[0, 1, 0, 1]], [0, 1, 0, 1], [9, 3, 2, 8], [0, 0, 1, 1])
    >>> labels, agents, where = np.eye(2)[[0, 1, 0, 1]], [60, 20, 10, 40], [0, 0, 1, 1]
    >>> both = gold_sample(labels, agents, known, population=where, populations=2)
    >>> exclusive = [[0.0, 1.0], [1.0, 0.0]]
    >>> within = design_based(both, exclusive)
    >>> float(design_based_between(both, exclusive, within).value[0, 1].round(3))
    0.65
    """
    c = proper_conflict(conflict, sample.goals)
    k, tuned, total = within.worth, within.tuned, len(sample.agents)
    n = np.full(total, np.inf) if sizes is None else np.asarray(sizes, float)
    factor = np.ones(total) if deff is None else np.asarray(deff, float)
    shares, v = _shares(sample, k, tuned), _covariance(sample, k, tuned, n, factor)
    facing = shares @ c
    one = np.einsum("ti,sij,tj->st", facing, v, facing)  # of s, as t faces it
    cv = c @ v
    variance = one + one.T + np.einsum("sij,tji->st", cv, cv)
    degrees = np.minimum(sample.gold[:, None], sample.gold) - 1
    able = (degrees >= 1) & ~np.eye(total, dtype=bool)
    value, variance, degrees = (
        np.where(able, x, np.nan) for x in (facing @ shares.T, variance, degrees)
    )
    return DesignBased(value, variance, degrees, shares, k, tuned)


def _facing(c: Floats, p: Floats) -> Floats:
    return np.asarray((c @ p[..., None])[..., 0])


def _adjusted(sample: GoldSample, worth: Floats, tuned: bool) -> tuple[Floats, Floats]:
    """Return what makes proxies of (proxy, 1), and differences from them of (proxy, goal, 1).

    Where agents were drawn independently, how many were is chance too: a constant takes that out,
    as a ratio does. Of a simple random sample it makes no difference.
    """
    k, eye = sample.goals, np.eye(sample.goals)
    scaled = worth[:, None, None] * eye
    constant = np.zeros((len(worth), k))
    if tuned and not sample.simple:
        gap = sample.totals[:, k : 2 * k] - worth[:, None] * sample.totals[:, :k]
        constant = gap / np.where(sample.gold > 0, sample.totals[:, -1], 1.0)[:, None]
    proxies = np.concatenate([scaled, constant[:, :, None]], axis=2)
    goals = np.broadcast_to(eye, scaled.shape)
    return proxies, np.concatenate([-scaled, goals, -constant[:, :, None]], axis=2)


def _shares(sample: GoldSample, worth: Floats, tuned: bool) -> Floats:
    """Return the mean of proxies over all, and of differences over agents of known goal."""
    proxies, gaps = _adjusted(sample, worth, tuned)
    total = _facing(proxies, sample.proxies) + _facing(gaps, sample.totals)
    return np.asarray(total / np.maximum(sample.weight, np.finfo(float).tiny)[:, None])


def _pairs(sample: GoldSample, c: Floats, worth: Floats, tuned: bool) -> Floats:
    """Return the mean of y_a' C y_b over pairs of different agents."""
    proxies, gaps = _adjusted(sample, worth, tuned)
    f, d = _facing(proxies, sample.proxies), _facing(gaps, sample.totals)
    place = [*range(sample.goals), 2 * sample.goals]  # of (proxy, 1) in (proxy, goal, 1)
    same = [
        np.einsum("sij,sjk,skl,sil->s", c, one, products, other)
        for one, products, other in (
            (proxies, sample.proxy_products, proxies),
            (proxies, sample.once[:, place], gaps),
            (gaps, sample.twice, gaps),
        )
    ]
    both = np.ones(len(worth))  # by which two agents are drawn together less often than apart
    if sample.simple:
        n, m = sample.agents, np.maximum(sample.gold, 2)
        both = np.divide(m * (n - 1), n * (m - 1), out=both, where=n > 0)
    total = np.einsum("si,sij,sj->s", f, c, f) - same[0]
    total += 2 * (np.einsum("si,sij,sj->s", f, c, d) - same[1])
    total += both * (np.einsum("si,sij,sj->s", d, c, d) - same[2])
    number = sample.weight**2 - sample.weight_sq
    found = np.full(len(worth), np.nan)
    np.divide(total, number, out=found, where=number > 0)
    return found


def _covariance(
    sample: GoldSample,
    worth: Floats,
    tuned: bool,
    sizes: Floats,
    deff: Floats,
    more_wrong: float = MORE_WRONG,
) -> Floats:
    """Return the variance matrix of the goal shares over both phases of sampling, (S, K, K)."""
    k, m, n = sample.goals, np.maximum(sample.gold, 2), np.maximum(sample.agents, 1)
    p, (_, gaps) = _shares(sample, worth, tuned), _adjusted(sample, worth, tuned)
    small = (m / (m - 1))[:, None, None]
    square = np.maximum(sample.weight, np.finfo(float).tiny)[:, None, None] ** 2

    def spread(by: Floats, products: Floats) -> Floats:
        return np.asarray(by @ products @ by.swapaxes(-1, -2) * small)

    centred = np.concatenate(
        [np.zeros((len(p), k, k)), np.broadcast_to(np.eye(k), (len(p), k, k)), -p[:, :, None]],
        axis=2,
    )
    known = np.maximum(sample.once[:, -1, -1], np.finfo(float).tiny)
    first = spread(centred, sample.once / known[:, None, None])
    first *= (sample.weight_sq * deff * np.maximum(1 - n / sizes, 0.0))[:, None, None] / square
    if sample.simple:
        drawn = 1 - np.minimum(m / n, 1.0)
        about = sample.totals[:, :, None] * sample.totals[:, None, :] / m[:, None, None]
        rest = drawn[:, None, None] * (sample.twice - about)
        wrong = drawn * sample.twice[:, -1, -1]
    else:
        rest = sample.twice - sample.once
        wrong = rest[:, -1, -1]
    second = spread(gaps, rest) / square
    held = np.clip(p, 0.0, None)
    held /= np.maximum(held.sum(axis=1), np.finfo(float).tiny)[:, None]
    # two agents of random different goals, taken for each other
    taken = 2 * (held[:, :, None] * np.eye(k) - held[:, :, None] * held[:, None, :])
    second += more_wrong * (wrong / m)[:, None, None] * taken / square
    return np.asarray(first + second)


def _variance(c: Floats, v: Floats, g: Floats) -> Floats:
    """Return g'Vg + 2 tr(CVCV)."""
    cv = c @ v
    return np.asarray(np.einsum("si,sij,sj->s", g, v, g) + 2 * np.einsum("sij,sji->s", cv, cv))
