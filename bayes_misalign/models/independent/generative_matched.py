"""Goal shares under the matched prior, in the open PyMC model; `matched` draws them exactly.

The component that a population belongs to is summed out, and with more than two goals so is the
concentration: given A, the components with one goal apart ask for another A than the symmetric one,
and NUTS seldom goes from one to the other (for counts of 60 and seven times 5, R-hat of log A was
1.14 and its effective size 33 of 4,000). But where shares are nearly equal their density has a
pole, which only coordinates scaled by a concentration remove. So there is a helper, log A of a
Dirichlet of all goals but the reference, whose distribution given how even these are integrates to
one. It changes nothing about the shares. Nor can the answers tell 1 / A from what is added to it
(`_capped`): exact draws are made without.

All densities are of log ratios of shares: that of a point r of the simplex times prod r_i.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.gradient import disconnected_grad

from bayes_misalign.families.simplex.log_dirichlet_pymc import StretchedLogRatio
from bayes_misalign.models.independent.generative_coordinates import SplitAgain
from bayes_misalign.models.independent.given_shares import bounded
from bayes_misalign.models.independent.matched import NO_GOAL_BETA, SYMMETRIC, log_prior

Array = NDArray[np.float64]
LEAST, MOST = -35.0, 28.0  # of log A; the mass beyond is 4e-16 and 8e-7
WIDEST, NARROWEST = 0.4, 1.0  # steps of log A; the latter in units of 1 / sqrt(k)
ALIKE, FEWEST = 100.0, 10.0  # a concentration of so many times the answers, of ten at least
STIRLING_FROM = 20.0  # four terms of the series are exact to 1e-13 from here on
NEVER = -1e30  # log density of a component that there is not


def log_concentration(name: str, *more: str) -> Any:
    """Add log A of every population to the open model, where A / (1 + A) ~ Beta(1, 1/2).

    `more` names further dims.
    """
    return pm.CustomDist(
        name,
        logp=lambda x: -pt.softplus(-x) - 0.5 * pt.softplus(x) - np.log(2),
        random=_random_log_concentration,
        support_point=lambda rv, size: pt.zeros(rv.shape),
        dims=("population", *more),
    )


def _random_log_concentration(
    rng: np.random.Generator | None = None, size: tuple[int, ...] | None = None
) -> Array:
    # 1 - u ~ Beta(1/2, 1) is the square of a uniform variate
    root = 1 - (np.random.default_rng() if rng is None else rng).random(size)
    return np.asarray(np.log1p(-(root**2)) - 2 * np.log(root))


def matched_log_shares(
    name: str,
    log_a: Any,
    none: Array | Any,
    goals: int,
    counts: Any,
    uncertain: bool,
    place: str = "place",
    rank: Any = None,
    told: Any = 1.0,
) -> Any:
    """Add logarithms of shares (population, place) to the open model.

    `none` marks the place of the agents without a goal; `goals` is the number of the other places.
    `place` names the dimension of the places. `rank` (population, place) is their order, the agents
    without a goal first and the most frequent goal last; where it is left out they stand in it.
    Counts choose the sampling coordinates, as in `log_dirichlet`; those of uncertain ones that are
    `told`, see `SharesModel.declare`.
    """
    shape = tuple((counts if isinstance(counts, np.ndarray) else counts.type).shape)
    shown = counts * told if uncertain else counts
    held = pt.switch(none, 0.0, shown)
    answers = held.sum(axis=-1)
    if goals == 2:
        # a concentration far above what so uneven answers leave likely goes with a goal that
        # stands apart, and then squeezes nothing
        top = held.max(axis=-1)
        gap = pt.log((top + 0.5) / (answers - top + 0.5))
        most = FEWEST / pt.maximum(gap, 1e-9) ** 2
        scale = log_a - pt.log1p(pt.exp(log_a) / most)
    else:
        scale = _capped(log_a, answers)
    alpha = pt.switch(none, NO_GOAL_BETA[0], pt.exp(scale)[:, None] / goals)
    apart = goals < shape[-1]
    standing = rank is None
    rank = np.broadcast_to(np.arange(float(shape[-1])), shape) if standing else rank
    return pm.CustomDist(
        name,
        log_a,
        none,
        counts,
        alpha,
        shown,
        rank,
        logp=partial(_log_density, goals=goals, apart=apart),
        random=partial(_random, goals=goals),
        support_point=lambda rv, size, log_a, none, counts, alpha, shown, rank: _middle(
            alpha, shown
        ),
        signature="(),(k),(k),(k),(k),(k)->(k)",
        default_transform=StretchedLogRatio()  # of one place: no coordinates
        if shape[-1] == 1
        else SplitAgain(goals, apart, uncertain, None if standing else shape),
        dims=("population", place),
    )


def _middle(alpha: Any, counts: Any) -> Any:
    total = pt.maximum(alpha, 0.01) + counts
    return pt.log(total) - pt.log(total.sum(axis=-1, keepdims=True))


def _log_sum_exp(x: Any) -> Any:
    top = disconnected_grad(x.max(axis=-1, keepdims=True))
    return pt.log(pt.exp(x - top).sum(axis=-1)) + top[..., 0]


def _log_norm(log_a: Any, k: int) -> Any:
    """Return log Gamma(A) - k log Gamma(A/k) - A log k, exact where A is large.

    The terms of Stirling's series that cancel are left out.
    """
    each = log_a - np.log(k)
    constant = 0.5 * (1 - k) * np.log(2 * np.pi)
    return 0.5 * (k * each - log_a) + constant + _rest(log_a) - k * _rest(each)


def _rest(log_a: Any) -> Any:
    """Return log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2."""
    turn = np.log(STIRLING_FROM)
    low = pt.minimum(log_a, turn)
    a = pt.exp(low)
    direct = pt.gammaln(a) - (a - 0.5) * low + a - 0.5 * np.log(2 * np.pi)
    z = pt.exp(-pt.maximum(log_a, turn))
    w = z**2
    series = z * (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w / 1680)))
    return pt.switch(log_a < turn, direct, series)


def _log_density(
    value: Any,
    log_a: Any,
    none: Any,
    counts: Any,
    alpha: Any,
    shown: Any,
    rank: Any,
    *,
    goals: int,
    apart: bool,
) -> Any:
    del alpha, shown
    counts = pt.as_tensor(counts)
    if not apart:
        return _among_holders(value, log_a, goals, counts, rank)
    log_none = (value * none).sum(axis=-1)
    log_held = _log_sum_exp(pt.switch(none, NEVER, value))
    own, others = NO_GOAL_BETA
    # the Beta density of p_0 on its log ratio; its normaliser is B(a, 1) = 1 / a
    found = np.log(own) + own * log_none + others * log_held
    if goals == 1:
        return found
    log_r = pt.switch(none, 0.0, value - log_held[..., None])
    return found + _among_holders(log_r, log_a, goals, pt.switch(none, 0.0, counts), rank, none)


def _capped(log_a: Any, answers: Any) -> Any:
    """Return log A so that 1 / A keeps a part that so many answers cannot tell from zero.

    Else the density has poles and logarithmic ridges where some shares are equal, which leapfrog
    steps overshoot. What is added is a hundredth of the variance that the answers leave.
    """
    most = ALIKE * pt.maximum(answers, FEWEST)
    return log_a - pt.log1p(pt.exp(log_a) / most)


def _among_holders(log_r: Any, log_a: Any, k: int, counts: Any, rank: Any, none: Any = None) -> Any:
    """Return the log density of shares among holders, (population,), given the helper log A.

    With two goals the helper is the concentration. With more, the concentration is integrated out
    of every component, and the helper has its distribution given the shares of all goals but the
    reference, as if that one stood apart.
    """
    if k == 1:
        return pt.zeros_like(log_a)
    # Shares sum to one, so that sum log(k r_i) is this sum of terms of second order: no digit is
    # lost where a large A holds all shares close to 1/k.
    e = log_r + np.log(k)
    excess = pt.expm1(e)
    second = e - excess
    if none is not None:
        second = pt.switch(none, 0.0, second)
    second = second.sum(axis=-1)
    is_top = pt.eq(pt.arange(log_r.shape[-1]), _place_of_top(log_r, none)[..., None])
    out = is_top if none is None else is_top | none
    log_others = _log_sum_exp(pt.switch(out, NEVER, log_r))
    log_less = pt.log1mexp(pt.switch(out, -1.0, log_r))
    log_rest = pt.switch(is_top, log_others[..., None], log_less)
    stands = np.log((1 - SYMMETRIC) / k) + log_r + log_rest
    if k == 2:
        symmetric = _log_dirichlet(log_a, second, 2)
        helper = 0.0
    else:
        # the same sum over the others, whose shares are taken of what is left
        small = pt.lt(e, np.log(k / 2))
        near = pt.log1p(-pt.switch(small, excess, 0.0) / (k - 1))
        moved = pt.switch(small, near, log_rest - np.log((k - 1) / k))
        others = second[..., None] - e - (k - 1) * moved
        if none is not None:
            others = pt.switch(none, 0.0, others)
        total = counts.sum(axis=-1, keepdims=True)
        left = total - counts
        integral = _log_integral(others, k - 1, left)
        symmetric = _log_integral(second, k, total[..., 0])
        stands = stands + integral
        rank = rank if none is None else pt.switch(none, -1.0, rank)
        reference = pt.eq(rank, rank.max(axis=-1, keepdims=True))
        left = (left * reference).sum(axis=-1)
        evenness = bounded((others * reference).sum(axis=-1), k - 1)
        helper = _log_dirichlet(_capped(log_a, left), evenness, k - 1)
        helper = helper - _log_integral(evenness, k - 1, left)
    if none is not None:
        stands = pt.switch(none, NEVER, stands)
    symmetric = np.log(SYMMETRIC) + symmetric
    return helper + _log_sum_exp(pt.concatenate([symmetric[..., None], stands], axis=-1))


def _log_dirichlet(log_a: Any, second: Any, k: int) -> Any:
    """Return the log density of Dirichlet(A/k, ..., A/k) shares, from sum log(k r_i)."""
    return _log_norm(log_a, k) + pt.exp(log_a) / k * second


def _log_integral(second: Any, k: int, answers: Any) -> Any:
    """Return the log density of such shares where A / (1 + A) ~ Beta(1, 1/2).

    A sum over equally spaced log A, whose error is exponentially small in their number.
    """
    step = min(WIDEST, NARROWEST / np.sqrt(k))
    log_a = np.arange(LEAST, MOST, step)
    weight = log_prior(log_a) + np.log(step)
    density = _log_dirichlet(_capped(log_a, answers[..., None]), second[..., None], k)
    return _log_sum_exp(weight + density)


def _place_of_top(log_r: Any, none: Any) -> Any:
    return pt.argmax(log_r if none is None else pt.switch(none, NEVER, log_r), axis=-1)


def _random(
    log_a: Array,
    none: Array,
    counts: Array,
    alpha: Array,
    shown: Array,
    rank: Array,
    rng: np.random.Generator | None = None,
    size: tuple[int, ...] | None = None,
    *,
    goals: int,
) -> Array:
    del counts, shown, rank
    rng = np.random.default_rng() if rng is None else rng
    size = np.broadcast_shapes(np.shape(log_a), np.shape(alpha)[:-1]) if size is None else size
    shape = (*size, alpha.shape[-1])
    none = np.broadcast_to(none, shape).astype(bool)
    # with two goals the helper is the concentration; else the concentration is integrated out
    log_a = np.broadcast_to(log_a, size) if goals == 2 else _random_log_concentration(rng, size)
    which = np.where(none, -np.inf, rng.random(shape)).argmax(axis=-1)
    stands = (rng.random(size) >= SYMMETRIC) & (goals > 1)
    apart = stands[..., None] & (np.arange(shape[-1]) == which[..., None])
    each = np.exp(log_a - np.log(np.maximum(goals - stands, 1)))[..., None]
    log_gamma = np.log(rng.standard_gamma(each + 1.0, shape))
    log_gamma = log_gamma - rng.standard_exponential(shape) / each
    log_gamma[apart | none] = -np.inf
    log_share = log_gamma - np.logaddexp.reduce(log_gamma, axis=-1, keepdims=True)
    share = 1 - rng.random(size)
    with np.errstate(divide="ignore"):
        log_rest = np.where(stands, np.log1p(-share), 0.0)
    log_share = np.where(apart, np.log(share)[..., None], log_share + log_rest[..., None])
    if goals < shape[-1]:
        log_none = np.log(1 - rng.random(size)) / NO_GOAL_BETA[0]
        log_held = np.log(-np.expm1(log_none))[..., None]
        log_share = np.where(none, log_none[..., None], log_share + log_held)
    return np.asarray(log_share)
