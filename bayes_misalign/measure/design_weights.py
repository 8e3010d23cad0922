"""What answers with design weights are worth: effective counts, and the variance of P(ma)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.estimators import Estimate
from bayes_misalign.measure.shapes import (
    Floats,
    as_conflict,
    as_shares,
    bilinear,
    facing,
)

EQUAL = 1e-9  # relative; scales that differ by no more tilt nothing
UNIT_STEPS = 20  # to the units of weights that populations have, which few steps settle
SMOOTHING = 12.0  # answers of average weight that each goal's mean weight is drawn towards


class EffectiveCounts(NamedTuple):
    """Counts that a sample without weights would have, and what one of them weighs.

    Both are of shape (..., K).
    """

    counts: Floats
    scale: Floats

    @property
    def tilt(self) -> Floats | None:
        """The scale (..., K), where it differs between goals; None where it tilts nothing."""
        first = self.scale[..., :1]
        return None if (np.abs(self.scale - first) <= EQUAL * first).all() else self.scale


def effective_counts(
    weight_sums: ArrayLike,
    square_sums: ArrayLike,
    agents: ArrayLike,
    *,
    smoothing: float = SMOOTHING,
) -> EffectiveCounts:
    """Return how many answers without weights those with weights are worth, goal by goal.

    Parameters
    ----------
    weight_sums : array_like, shape (..., K)
        Sum W_i of the weights of the agents that hold each goal.
    square_sums : array_like, shape (..., K)
        Sum S_i of their squared weights.
    agents : array_like, shape (...,)
        Number n of all of them.
    smoothing : float, default 12
        Answers m of average weight that are added to each goal before its weights are averaged.

    Returns
    -------
    EffectiveCounts
        `counts` n*_i = W_i / s_i and `scale` s_i, in the unit of the weights. Goals without
        weight have no counts, and the scale of all goals; nobody at all has the scale 1.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a number is negative.

    Notes
    -----
    s_i = (S_i + m S / n) / (W_i + m W / n), with W and S the sums over goals. Given shares q of the
    goals behind these counts, those of the population are q_i s_i / sum_j q_j s_j. Equal weights
    give the counts themselves. m = 0 takes every goal's design effect apart (Kish, Survey Sampling,
    1965, within goals), which a goal with few holders does not tell; with m to infinity all goals
    have Kish's design effect of the whole sample, which is wrong where holders of a goal were
    sampled more often than others. m = 12 was chosen by the coverage of intervals of P(ma).

    Examples
    --------
    >>> effective_counts([30.0, 10.0], [90.0, 10.0], 20).counts.round(2)
    array([10.8 ,  4.86])
    >>> effective_counts([4.0, 2.0], [8.0, 4.0], 3).counts
    array([2., 1.])
    """
    w, h, n = _checked(weight_sums, square_sums, agents, smoothing, goals=False)
    added = np.divide(smoothing, n, out=np.zeros_like(n), where=n > 0)[..., np.newaxis]
    total, squares = w.sum(axis=-1, keepdims=True), h.sum(axis=-1, keepdims=True)
    every = np.divide(squares, total, out=np.ones_like(total), where=total > 0)
    below = w + added * total
    scale = np.divide(
        h + added * squares, below, out=np.broadcast_to(every, w.shape).copy(), where=w > 0
    )
    return EffectiveCounts(np.asarray(w / scale), np.asarray(scale))


def _checked(
    weight_sums: ArrayLike,
    square_sums: ArrayLike,
    agents: ArrayLike,
    smoothing: float,
    *,
    goals: bool = True,
) -> tuple[Floats, Floats, Floats]:
    """Return sums and numbers, of each goal or of all of them, as arrays that fit together."""
    w = as_shares(weight_sums, "weight_sums")
    h = as_shares(square_sums, "square_sums")
    n = np.asarray(agents, dtype=float)
    if h.shape != w.shape or n.shape != w.shape[: None if goals else -1]:
        raise ValueError(
            f"weight_sums {w.shape}, square_sums {h.shape} and agents {n.shape} do not fit together"
        )
    if np.any(w < 0) or np.any(h < 0) or np.any(n < 0) or smoothing < 0:
        raise ValueError("sums of weights, numbers of agents and smoothing are not negative")
    return w, h, n


def effective_counts_in_common(
    weight_sums: ArrayLike,
    square_sums: ArrayLike,
    agents: ArrayLike,
    *,
    smoothing: float = SMOOTHING,
) -> EffectiveCounts:
    """Return effective counts of populations that were sampled in about the same way.

    Parameters
    ----------
    weight_sums : array_like, shape (S, K)
        Sum W_si of the weights of the agents of each population that hold each goal.
    square_sums : array_like, shape (S, K)
        Sum S_si of their squared weights.
    agents : array_like, shape (S, K)
        Number n_si of these agents.
    smoothing : float, default 12
        Answers m that are added to each goal before its weights are averaged.

    Returns
    -------
    EffectiveCounts
        `counts` n*_si = W_si / s_si and `scale` s_si, each (S, K), in the unit of the weights.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a number is negative.

    Notes
    -----
    Few answers of one population hardly tell how much more often holders of one goal were sampled
    than those of another; those of all populations do. An answer of goal i weighs about u_s a_i in
    population s, u_s the unit of the weights there: W_s = u_s sum_i n_si a_i, and a_i is the mean
    of the weights in these units over populations, as b_i is that of their squares, m answers of
    all goals added to both. Then s_si = (S_si + m u_s^2 b_i) / (W_si + m u_s a_i): the rule of
    `effective_counts`, but the answers that are added weigh what those of the same goal weigh
    elsewhere. Where one population differs from the others in this, its own answers outweigh them
    from about m on.

    Examples
    --------
    >>> sums, squares = [[6.0, 6.0], [3.0, 0.0]], [[6.0, 18.0], [3.0, 0.0]]
    >>> found = effective_counts_in_common(sums, squares, [[6, 2], [3, 0]])
    >>> found.counts.round(2)
    array([[4.19, 2.57],
           [2.71, 0.  ]])
    >>> found.scale.round(2)
    array([[1.43, 2.33],
           [1.11, 1.52]])
    """
    w, h, n = _checked(weight_sums, square_sums, agents, smoothing)
    total, of_goal = w.sum(axis=1), n.sum(axis=0)
    weigh = np.ones(w.shape[1])
    for _ in range(UNIT_STEPS):
        answers = n @ weigh
        unit = np.divide(total, answers, out=np.ones_like(total), where=(answers > 0) & (total > 0))
        weigh = _mean_of_goal((w / unit[:, None]).sum(axis=0), of_goal, smoothing)
    unit = unit[:, None]
    square = _mean_of_goal((h / unit**2).sum(axis=0), of_goal, smoothing)
    scale = (h + smoothing * unit**2 * square) / (w + smoothing * unit * weigh)
    return EffectiveCounts(np.asarray(w / scale), np.asarray(scale))


def _mean_of_goal(sums: Floats, number: Floats, smoothing: float) -> Floats:
    """Return means of each goal, of sums over so many answers, drawn to the mean of all goals."""
    every = sums.sum() / max(number.sum(), 1.0) if number.any() else 1.0
    return np.asarray((sums + smoothing * every) / (number + smoothing))


def population_shares(shares: ArrayLike, scale: ArrayLike) -> Floats:
    """Return the goal shares of a population from those behind effective counts.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Shares q, posterior draws given the counts of `effective_counts`.
    scale : array_like, shape (..., K)
        Scale s of `effective_counts`; leading axes broadcast.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        q_i s_i / sum_j q_j s_j.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Notes
    -----
    A goal whose holders were sampled half as often stands with half its share among those sampled.

    Examples
    --------
    >>> population_shares([0.75, 0.25], [1.0, 3.0])
    array([0.5, 0.5])
    """
    q, s = as_shares(shares, "shares"), as_shares(scale, "scale")
    if q.shape[-1] != s.shape[-1]:
        raise ValueError(f"there are {q.shape[-1]} shares and {s.shape[-1]} scales")
    tilted = q * s
    return np.asarray(tilted / tilted.sum(axis=-1, keepdims=True))


def weighted_plug_in(
    weight_sums: ArrayLike, square_sums: ArrayLike, agents: ArrayLike, conflict: ArrayLike
) -> Estimate:
    """Return P(ma) of the weighted shares, and its linearised variance over samples.

    Parameters
    ----------
    weight_sums, square_sums, agents : array_like
        As in `effective_counts`.
    conflict : array_like, shape (..., K, K)
        Known probability of conflict between holders of each two goals; leading axes broadcast.

    Returns
    -------
    Estimate
        p'Cp with p_i = W_i / W, and its variance; not a number where nobody has a weight, and for
        one agent the variance is not.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Notes
    -----
    The Taylor variance of a sample with replacement (Binder, International Statistical Review 51,
    1983): n / (n - 1) sum_a (w_a z_a / W)^2 with z_a = 2 ((Cp)_i - p'Cp) for an agent who holds
    goal i, that is n / (n - 1) sum_i S_i z_i^2 / W^2. It is zero where all goals are opposed
    alike, as at an even split, and then tells nothing. R's `survey::svycontrast` gives the same.

    Examples
    --------
    >>> found = weighted_plug_in([3.0, 1.0], [3.0, 1.0], 4, [[0.0, 1.0], [1.0, 0.0]])
    >>> round(float(found.value), 4), round(float(found.variance), 6)
    (0.375, 0.0625)
    """
    w = as_shares(weight_sums, "weight_sums")
    h = as_shares(square_sums, "square_sums")
    n = np.asarray(agents, dtype=float)
    c = as_conflict(conflict, w.shape[-1])
    total = w.sum(axis=-1, keepdims=True)
    p = np.divide(w, total, out=np.full_like(w, np.nan), where=total > 0)
    value = np.asarray(bilinear(p, c, p))
    z = 2.0 * (facing(p, c) - value[..., np.newaxis])
    size = np.where(n > 1, n, np.nan)
    variance = np.asarray((h * z * z).sum(axis=-1) / total[..., 0] ** 2 * size / (size - 1.0))
    return Estimate(value, variance)


def design_effect(
    weight_sums: ArrayLike, square_sums: ArrayLike, agents: ArrayLike, conflict: ArrayLike
) -> Floats:
    """Return the design effect of P(ma): how much more its variance is than without weights.

    Parameters
    ----------
    weight_sums, square_sums, agents : array_like
        As in `effective_counts`.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.

    Returns
    -------
    numpy.ndarray, shape (...,)
        Variance of P(ma) over that of a simple random sample of as many agents; 1 for equal
        weights, not a number where nobody has a weight.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Notes
    -----
    With p = W_i / W, d_i = (Cp)_i - p'Cp and the scale s of `effective_counts`,
    deff = (n / W) sum_i W_i s_i d_i^2 / sum_i W_i d_i^2: the delta method's variance of P(ma) under
    the effective counts, sum_i p_i^2 (2 d_i)^2 / n*_i, over sum_i p_i (2 d_i)^2 / n. Where all
    goals are opposed alike, no d_i tells, and it is Kish's n sum w^2 / (sum w)^2.

    Examples
    --------
    >>> everyone = [[0.0, 1.0], [1.0, 0.0]]
    >>> round(float(design_effect([30.0, 10.0], [90.0, 10.0], 20, everyone)), 3)
    1.119
    """
    w = as_shares(weight_sums, "weight_sums")
    scale = effective_counts(w, square_sums, agents).scale
    h, n = as_shares(square_sums, "square_sums"), np.asarray(agents, dtype=float)
    c = as_conflict(conflict, w.shape[-1])
    total = w.sum(axis=-1, keepdims=True)
    p = np.divide(w, total, out=np.zeros_like(w), where=total > 0)
    face = facing(p, c)
    d = face - (p * face).sum(axis=-1, keepdims=True)
    # of all that is lost in the last digits at an even split nothing is to be made
    d = np.where(np.abs(d) > 1e-9 * np.abs(face).max(axis=-1, keepdims=True), d, 0.0)
    spread, total = (w * d * d).sum(axis=-1), total[..., 0]
    kish = np.divide(n * h.sum(axis=-1), total**2, out=np.full_like(total, np.nan), where=total > 0)
    whole = np.asarray(total * spread)
    found: Floats = np.divide(
        n * (w * scale * d * d).sum(axis=-1), whole, out=kish.copy(), where=whole > 0
    )
    return found
