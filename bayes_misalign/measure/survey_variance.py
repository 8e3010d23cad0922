"""The variance matrix of weighted goal shares in samples of strata and clusters.

Linearised variances are those of Sarndal, Swensson and Wretman (Model Assisted Survey Sampling,
1992, section 5.5) and Lumley (Complex Surveys, 2010, chapter 2), as R's `survey` has them.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.shapes import Floats, as_shares

Lonely = Literal["fail", "remove", "adjust", "average", "certainty"]
LONELY: tuple[str, ...] = get_args(Lonely)
WHOLE = 1e-7  # a stratum of which so little was not sampled has no variance, as in R's survey


def cluster_covariance(
    totals: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    sampled: ArrayLike | None = None,
    sizes: ArrayLike | None = None,
    lonely: Lonely = "fail",
    factors: ArrayLike | None = None,
) -> Floats:
    """Return the variance matrix of weighted goal shares in a sample of clusters.

    Parameters
    ----------
    totals : array_like, shape (..., P, K)
        Sums of the weights of the agents of P clusters (primary sampling units), by goal. For part
        of a population (a domain), those of its agents alone: clusters without any count too.
    strata : array_like of int, shape (P,), optional
        Number of the stratum of each cluster, from 0; one stratum without it.
    sampled : array_like of int, shape (H,), optional
        Number of clusters that were sampled in each stratum, where some have no agent in `totals`.
    sizes : array_like, shape (H,), optional
        Number of clusters in each whole stratum, for the finite-population correction; infinite,
        or left out, where clusters were drawn with replacement or are a small part of all.
    lonely : {"fail", "remove", "adjust", "average", "certainty"}
        What a stratum with one sampled cluster adds: an error; nothing ("remove", "certainty"); its
        square from the mean of all strata ("adjust"); the mean of the other strata ("average").
    factors : array_like, shape (H,), optional
        What the variance of each stratum is multiplied by, 1 without it. What a second stage adds
        has the clusters as strata and the fraction sampled of their strata as factors.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        Variance matrix of p_i = W_i / W; not a number where nobody has a weight.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a stratum has fewer clusters than were sampled in it, it
        is lonely and that is to fail, or a factor is no number of at least 0.

    Notes
    -----
    With e_i = (1_i - p) / W and z_c = sum_i W_ci e_i, the variance is sum_h (1 - n_h / N_h)
    n_h / (n_h - 1) sum_c (z_c - mean z_h)(z_c - mean z_h)': Taylor linearisation of the ratio, with
    what happens inside clusters in the sums. The correction is that of the first stage alone. Where
    m_c of M_c units of each cluster were sampled, add sum_h n_h / N_h sum_c (1 - m_c / M_c) m_c /
    (m_c - 1) sum_u (z_u - mean z_c)(z_u - mean z_c)' (Sarndal, Swensson and Wretman, 1992, section
    4.3), or leave `sizes` out, which is a little too wide.

    Examples
    --------
    >>> cluster_covariance([[3.0, 1.0], [1.0, 3.0], [2.0, 2.0]]).round(4)
    array([[ 0.0208, -0.0208],
           [-0.0208,  0.0208]])

    Two of four classes, and two of ten pupils of each, whose classes say how they were drawn:

    >>> pupils, of_class = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]], [0, 0, 1, 1]
    >>> first = cluster_covariance([[1.0, 1.0], [2.0, 0.0]], sizes=[4])
    >>> second = cluster_covariance(pupils, of_class, sizes=[10, 10], factors=[0.5, 0.5])
    >>> float((first + second)[0, 0])
    0.05625
    """
    w = as_shares(totals, "totals")
    if w.ndim < 2:
        raise ValueError(f"totals has shape {w.shape}, not (..., clusters, goals)")
    stratum = np.zeros(w.shape[-2], np.int64) if strata is None else np.asarray(strata)
    if stratum.shape != w.shape[-2:-1] or (stratum.size and stratum.min() < 0):
        raise ValueError(f"strata has shape {stratum.shape}, totals has {w.shape[-2]} clusters")
    there = np.bincount(stratum, minlength=1 if sampled is None else len(np.asarray(sampled)))
    n: Floats = np.asarray(there if sampled is None else sampled, dtype=float)
    if np.any(n < there):
        raise ValueError("a stratum has more clusters in totals than were sampled in it")
    keep, scale = _of_strata(n, sizes, lonely, factors)
    # how each cluster moves the weighted shares
    found = _spread(w @ _directions(w), stratum, n, np.where(keep, scale, 0.0))
    if lonely == "average" and not keep.all():
        first = np.argsort(stratum, kind="stable")
        starts = np.searchsorted(stratum[first], np.arange(len(n)))
        held = np.cumsum(w.sum(axis=-1)[..., first], axis=-1)
        held = np.concatenate([np.zeros((*held.shape[:-1], 1)), held], axis=-1)
        of_stratum = held[..., np.append(starts[1:], len(first))] - held[..., starts]
        told_nothing = (n == 1) & (scale >= WHOLE)  # one of which all was sampled tells that: 0
        found = found * _average(of_stratum > 0, told_nothing, keep)[..., None, None]
    return np.asarray(found)


def stratified_covariance(
    weight_sums: ArrayLike,
    square_sums: ArrayLike,
    agents: ArrayLike,
    *,
    sizes: ArrayLike | None = None,
    lonely: Lonely = "fail",
) -> Floats:
    """Return the variance matrix of weighted goal shares in a stratified sample of single agents.

    Parameters
    ----------
    weight_sums, square_sums : array_like, shape (..., H, K)
        Sums of weights and of squared weights, by stratum and goal.
    agents : array_like, shape (H,)
        Number of agents that were sampled in each stratum; in a domain, all and not its own alone.
    sizes : array_like, shape (H,), optional
        Number of agents in each whole stratum, see `cluster_covariance`.
    lonely : {"fail", "remove", "adjust", "average", "certainty"}
        What a stratum with one sampled agent adds, see `cluster_covariance`.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        `cluster_covariance` where every agent is a cluster, from sums over agents.

    Raises
    ------
    ValueError
        As in `cluster_covariance`.

    Examples
    --------
    >>> stratified_covariance([[2.0, 2.0]], [[2.0, 2.0]], [4]).round(4)
    array([[ 0.0833, -0.0833],
           [-0.0833,  0.0833]])
    """
    w, squares = as_shares(weight_sums, "weight_sums"), as_shares(square_sums, "square_sums")
    n = np.asarray(agents, dtype=float)
    if w.ndim < 2 or squares.shape != w.shape or n.shape != w.shape[-2:-1]:
        raise ValueError(
            f"weight_sums {w.shape}, square_sums {squares.shape} and agents {n.shape} do not fit "
            "together"
        )
    keep, scale = _of_strata(n, sizes, lonely)
    e = _directions(w)
    # sum over agents of z z', with z = w e_i: sum_i S_hi e_i e_i'
    own = np.einsum("...hi,...ij,...ik->...hjk", squares, e, e)
    mean = np.einsum("...hi,...ij->...hj", w, e)
    divided = np.divide(1.0, n, out=np.zeros_like(n), where=n > 1)
    own = own - divided[:, None, None] * mean[..., :, None] * mean[..., None, :]
    found = (own * (keep * scale)[:, None, None]).sum(axis=-3)
    if lonely == "average" and not keep.all():
        told_nothing = (n == 1) & (scale >= WHOLE)
        found = found * _average(w.sum(axis=-1) > 0, told_nothing, keep)[..., None, None]
    return np.asarray(found)


def domain_covariance(
    totals: ArrayLike,
    strata: ArrayLike | None = None,
    *,
    sampled: ArrayLike | None = None,
    sizes: ArrayLike | None = None,
    factors: ArrayLike | None = None,
) -> Floats:
    """Return the covariances of weighted goal shares of several populations with common clusters.

    Parameters
    ----------
    totals : array_like, shape (S, P, K)
        Sums of the weights of the agents of P clusters, by population and goal.
    strata, sampled, sizes, factors : array_like, optional
        As in `cluster_covariance`; a stratum with one cluster adds nothing.

    Returns
    -------
    numpy.ndarray, shape (S, K, S, K)
        Covariance of the share of a goal in one population with that of another goal in another.

    Raises
    ------
    ValueError
        As in `cluster_covariance`.

    Notes
    -----
    `cluster_covariance` of all populations at once: R's `svyby(..., covmat = TRUE)`.

    Examples
    --------
    >>> men, women = [[3.0, 1.0], [1.0, 3.0]], [[2.0, 1.0], [1.0, 2.0]]
    >>> round(float(domain_covariance([men, women])[0, 0, 1, 0]), 4)
    0.0417
    """
    w = as_shares(totals, "totals")
    if w.ndim != 3:
        raise ValueError(f"totals has shape {w.shape}, not (populations, clusters, goals)")
    number, clusters, k = w.shape
    stratum = np.zeros(clusters, np.int64) if strata is None else np.asarray(strata)
    if stratum.shape != (clusters,):
        raise ValueError(f"strata has shape {stratum.shape}, totals has {clusters} clusters")
    n: Floats = np.asarray(np.bincount(stratum) if sampled is None else sampled, dtype=float)
    keep, scale = _of_strata(n, sizes, "remove", factors)
    z = (w @ _directions(w)).transpose(1, 0, 2).reshape(clusters, number * k)
    found = _spread(z, stratum, n, np.where(keep, scale, 0.0))
    return np.asarray(found.reshape(number, k, number, k))


def _spread(z: Floats, stratum: NDArray[np.int64], n: Floats, scale: Floats) -> Floats:
    """Return sum_h scale_h sum_c (z_c - mean)(z_c - mean)' of (..., P, D), as (..., D, D)."""
    found: Floats = np.zeros((*z.shape[:-2], z.shape[-1], z.shape[-1]))
    for h in np.flatnonzero(scale > 0):
        own = z[..., stratum == h, :]
        mean = own.sum(axis=-2, keepdims=True) / n[h] if n[h] > 1 else np.zeros(1)
        away = own - mean
        squares = np.swapaxes(away, -1, -2) @ away
        if (absent := n[h] - own.shape[-2]) > 0:  # clusters without any agent are all zero
            squares = squares + absent * np.swapaxes(mean, -1, -2) @ mean
        found = found + scale[h] * squares
    return found


def _directions(w: Floats) -> Floats:
    """Return e_i = (1_i - p) / W as rows (..., K, K), of sums of weights (..., P, K)."""
    sums = w.sum(axis=-2)
    total = sums.sum(axis=-1)[..., None, None]
    nothing = np.full((*sums.shape, sums.shape[-1]), np.nan)
    p = sums[..., None, :] / np.where(total > 0, total, 1.0)
    found: Floats = np.divide(np.eye(w.shape[-1]) - p, total, out=nothing, where=total > 0)
    return found


def _of_strata(
    n: Floats, sizes: ArrayLike | None, lonely: str, factors: ArrayLike | None = None
) -> tuple[NDArray[np.bool_], Floats]:
    """Return which strata add a variance, (H,), and the factor of each."""
    if lonely not in LONELY:
        raise ValueError(f"lonely is {lonely!r}, not one of {', '.join(LONELY)}")
    whole = np.full(n.shape, np.inf) if sizes is None else np.asarray(sizes, dtype=float)
    if whole.shape != n.shape:
        raise ValueError(f"sizes has shape {whole.shape}, there are {len(n)} strata")
    if np.any(whole < n * (1 - WHOLE)):
        raise ValueError("a stratum has fewer clusters than were sampled in it")
    ends = np.isfinite(whole)
    open_part = np.where(ends, 1 - n / np.where(ends, whole, 1.0), 1.0)
    varies, alone = (n > 0) & (open_part >= WHOLE), n == 1
    scale = np.where(n > 1, open_part * n / np.maximum(n - 1, 1), open_part)
    times = np.ones_like(n) if factors is None else np.asarray(factors, dtype=float)
    if times.shape != n.shape or not (np.isfinite(times) & (times >= 0)).all():
        raise ValueError(f"factors are not {len(n)} numbers of at least 0, one for each stratum")
    scale = scale * times
    if lonely == "fail" and (varies & alone).any():
        raise ValueError("a stratum has one sampled cluster, which tells no variance")
    return varies if lonely == "adjust" else varies & ~alone, scale


def _average(
    present: NDArray[np.bool_], alone: NDArray[np.bool_], keep: NDArray[np.bool_]
) -> Floats:
    """Return all strata over those that tell a variance, of the strata with agents (..., H)."""
    every = present.sum(axis=-1)
    told = every - (present & alone & ~keep).sum(axis=-1)
    found: Floats = np.divide(every, told, out=np.full(told.shape, np.nan), where=told > 0)
    return found
