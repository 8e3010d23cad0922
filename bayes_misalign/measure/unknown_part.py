"""Misalignment where nothing, or little, is known of the goals of some of the agents."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.bounds import best_support
from bayes_misalign.measure.shapes import (
    Floats,
    as_shares,
    bilinear,
    facing,
    proper_conflict,
    proper_shares,
)

MOST_SUPPORTS = 10  # goals whose 2^K supports are gone through, where p'Cp is not concave
MOST_STEPS = 20_000
CLOSE = 1e-11  # of the largest conflict, by which a bound may exceed the maximum
FLAT = 1e-9  # of the largest conflict: a curvature that is rounding


class UnknownPart(NamedTuple):
    """The smallest and the largest P(ma), whatever the goals of a part of the agents.

    Parameters
    ----------
    lower, upper : numpy.ndarray, shape (...,)
        The two ends; the lower is always attained by some goals of these agents.
    exact : bool
        Whether the upper is attained too, but for rounding; if not, it is a bound that no goals
        exceed.
    """

    lower: Floats
    upper: Floats
    exact: bool


def departing_shares(shares: ArrayLike, odds: ArrayLike) -> Floats:
    """Return goal shares whose odds differ by factors from those of given shares.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Goal shares p, such as those of agents who answered.
    odds : array_like, shape (..., K)
        Factor d_i of each goal, not negative; leading axes broadcast.

    Returns
    -------
    numpy.ndarray, shape (..., K)
        p_i d_i / sum_j p_j d_j. With one factor that is not 1, the odds p_i / (1 - p_i) of that
        goal are multiplied by it, and the others keep their proportions.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or no goal is left.

    Notes
    -----
    A delta adjustment on the scale of log odds (Rubin, Journal of the American Statistical
    Association 72, 1977; Carpenter and Kenward, Multiple Imputation and its Application, 2013).

    Examples
    --------
    >>> departing_shares([0.5, 0.25, 0.25], [2.0, 1.0, 1.0]).round(4)
    array([0.6667, 0.1667, 0.1667])
    """
    p, d = proper_shares(shares), as_shares(odds, "odds")
    if p.shape[-1] != d.shape[-1]:
        raise ValueError(f"there are {p.shape[-1]} shares and {d.shape[-1]} odds")
    if not np.all(np.isfinite(d) & (d >= 0)):
        raise ValueError("odds are multiplied by numbers that are not negative")
    moved = p * d
    total = moved.sum(axis=-1, keepdims=True)
    if not np.all(total > 0):
        raise ValueError("no goal is left: all those with a share are multiplied by 0")
    return np.asarray(moved / total)


def unknown_part(shares: ArrayLike, unknown: ArrayLike, conflict: ArrayLike) -> UnknownPart:
    """Return between what P(ma) lies where the goals of a part of the agents may be any.

    Parameters
    ----------
    shares : array_like, shape (..., K)
        Goal shares p of the agents whose goals are known.
    unknown : array_like, shape (...,)
        Part m of all agents whose goals are not known, in [0, 1].
    conflict : array_like, shape (..., K, K)
        Known probability of conflict between holders of each two goals; leading axes broadcast.

    Returns
    -------
    UnknownPart
        Smallest and largest x'Cx over x = (1 - m) p + m q, for all shares q.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, a part is outside [0, 1], or
        conflict is not symmetric with a zero diagonal.

    Notes
    -----
    With a = (1 - m) p the form is f(q) = a'Ca + 2m (Ca)'q + m^2 q'Cq, the worst case of Manski
    (Partial Identification of Probability Distributions, 2003) for a quadratic form.

    The smallest value: along every edge direction e_i - e_j the second derivative is
    -4 m^2 c_ij <= 0, so that of any q with two goals one may be given up without loss. All q hold
    one goal, the one with the least (Ca)_i, and the minimum is a'Ca + 2m min_i (Ca)_i.

    The largest: a goal that conflicts with none is never held. On the others, if C is negative
    definite on vectors that sum to zero (as for exclusive goals, or distances on a line), f is
    concave: pairs of goals exchange shares until no exchange gains, and f(q) + max_i f'_i - f'q, an
    upper bound of any concave f, is what is returned. If it is not, and up to 10 goals conflict,
    every support is tried as in `attainable_maximum`, for the form q'Mq with
    M_ij = (a + m e_i)'C(a + m e_j). Above 10 goals m^2 l (1 - q'q) is added to f, which is zero at
    single goals and, with l the largest such eigenvalue, makes it concave: a bound that may be too
    large, and says so (`exact`).

    Examples
    --------
    >>> found = unknown_part([0.7, 0.3], 0.2, [[0.0, 1.0], [1.0, 0.0]])
    >>> float(found.lower.round(4)), float(found.upper.round(4)), found.exact
    (0.3648, 0.4928, True)
    """
    p, m = proper_shares(shares), np.asarray(unknown, dtype=float)
    if not np.all((m >= 0) & (m <= 1)):
        raise ValueError("a part of the agents lies in [0, 1]")
    c = proper_conflict(conflict, p.shape[-1])
    lead = np.broadcast_shapes(p.shape[:-1], m.shape, c.shape[:-2])
    k = p.shape[-1]
    m = np.broadcast_to(m, lead)
    known = np.broadcast_to((1 - m)[..., None] * p, (*lead, k))
    base, face = np.asarray(bilinear(known, c, known)), np.asarray(facing(known, c))
    lower = base + 2 * m * face.min(axis=-1)
    one = c.size == k * k  # one matrix for all
    matrices = c.reshape(1, k, k) if one else np.broadcast_to(c, (*lead, k, k)).reshape(-1, k, k)
    flat, slope = m.reshape(-1), (2 * m[..., None] * face).reshape(-1, k)
    active = np.flatnonzero((matrices != 0).any(axis=(0, 1)))
    if len(active) < 2:
        return UnknownPart(lower, base, True)
    inner = matrices[:, active[:, None], active]
    above, exact = _largest(slope[:, active], flat, inner)
    upper = base + above.reshape(lead)
    return UnknownPart(lower, np.maximum(upper, lower), exact)


def _largest(slope: Floats, part: Floats, matrices: Floats) -> tuple[Floats, bool]:
    """Return the maxima (n,) of slope'q + m^2 q'Cq, or what they do not exceed, and which it is."""
    n, k = slope.shape
    scale = np.abs(matrices).max()
    centring = np.eye(k) - 1.0 / k
    bend = np.linalg.eigvalsh(centring @ matrices @ centring)[:, -1]
    concave = np.broadcast_to(bend <= FLAT * scale, (n,))
    own = np.broadcast_to(matrices, (n, k, k))
    added = np.where(concave, 0.0, np.broadcast_to(np.maximum(bend, 0.0), (n,)))
    if k > MOST_SUPPORTS or concave.all():
        tight = bool(concave.all() or not part[~concave].any())
        return _climb(slope, part, matrices, added, scale), tight
    found = np.empty(n)
    if concave.any():
        of = matrices if len(matrices) == 1 else own[concave]
        found[concave] = _climb(slope[concave], part[concave], of, added[concave], scale)
    rest = ~concave
    # 1'q = 1, so that a linear form is a quadratic one; a constant makes no entry negative
    linear = 0.5 * (slope[rest][:, :, None] + slope[rest][:, None, :])
    forms = linear + part[rest][:, None, None] ** 2 * own[rest]
    best = best_support(forms)
    found[rest] = np.einsum("ni,nij,nj->n", best, forms, best)
    return found, True


def _climb(slope: Floats, part: Floats, matrices: Floats, added: Floats, scale: float) -> Floats:
    """Return an upper bound (n,) of slope'q + m^2 (q'Cq + l (1 - q'q)), concave in shares q."""
    n, k = slope.shape
    square, every = part**2, np.arange(n)
    one = len(matrices) == 1
    which = np.zeros(n, np.intp) if one else every
    q = np.full((n, k), 1.0 / k)
    turned = np.einsum("ij,nj->ni", matrices[0], q) if one else (matrices @ q[:, :, None])[:, :, 0]
    value, gap = np.empty(n), np.empty(n)
    left = every
    for step in range(MOST_STEPS + 1):
        of, s = which[left], square[left][:, None]
        gradient = slope[left] + 2 * s * (turned[left] - added[left][:, None] * q[left])
        mean = (gradient * q[left]).sum(axis=1)
        gap[left] = gradient.max(axis=1) - mean
        # f = slope'q + m^2 (q'Cq - l q'q) + m^2 l, from the gradient: (slope'q + gradient'q) / 2
        value[left] = 0.5 * ((slope[left] * q[left]).sum(axis=1) + mean) + s[:, 0] * added[left]
        open_ = gap[left] > CLOSE * scale
        if not open_.any() or step == MOST_STEPS:
            break
        left, gradient, of, s = left[open_], gradient[open_], of[open_], s[open_, 0]
        up = gradient.argmax(axis=1)
        down = np.where(q[left] > 0, gradient, np.inf).argmin(axis=1)
        here = np.arange(len(left))
        gain = gradient[here, up] - gradient[here, down]
        bend = 4 * s * (matrices[of, up, down] + added[left])
        whole = q[left, down]
        move = np.divide(gain, bend, out=whole.copy(), where=bend * whole > gain)
        q[left, up] += move
        q[left, down] = np.where(move < whole, whole - move, 0.0)
        turned[left] += move[:, None] * (matrices[of, up] - matrices[of, down])
    return np.asarray(value + np.maximum(gap, 0.0))
