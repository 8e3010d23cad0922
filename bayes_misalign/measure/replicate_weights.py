"""The variance matrix of weighted goal shares by replicate weights.

After Wolter (Introduction to Variance Estimation, 2nd ed., 2007), as R's `survey` works it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.shapes import Floats, as_shares


class ReplicateScales(NamedTuple):
    """How squares of replicates are added up: one factor, and one for each replicate, (R,)."""

    scale: float
    rscales: Floats
    df: float  # degrees of freedom that the replicates can have at most


ALIKE = 1e-5  # of its length is all that a replicate has of its own, where it has nothing
ReplicateMethod = Literal[
    "brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive-difference", "other"
]
METHODS: tuple[str, ...] = get_args(ReplicateMethod)


def replicate_scales(
    method: ReplicateMethod,
    replicates: int,
    *,
    fay: float = 0.0,
    scale: float | None = None,
    rscales: Sequence[float] | None = None,
) -> ReplicateScales:
    """Return how the squared deviations of R replicates are added up.

    Parameters
    ----------
    method : str
        "brr" (balanced half samples), "fay", "jk1" (jackknife without strata), "jkn" (with strata),
        "jk2" (one replicate a stratum of two), "bootstrap", "successive-difference" (as in the
        American Community Survey), or "other".
    replicates : int
        Number R of replicates.
    fay : float, default 0
        Fay's factor: half samples have the weights times `fay` and 2 - `fay`.
    scale, rscales : float, sequence of float, optional
        Factors in place of the method's own; "jkn" needs `rscales`, (n_h - 1) / n_h of the stratum
        in which a replicate leaves a unit out, and "other" both.

    Returns
    -------
    ReplicateScales

    Raises
    ------
    ValueError
        If there are fewer than two replicates, or a factor is missing, negative, or not one for
        each.

    Notes
    -----
    1 / R; 1 / (R (1 - fay)^2); (R - 1) / R; 1 with `rscales`; 1; 1 / (R - 1); 4 / R (Wolter, 2007,
    chapters 3 to 5; Judkins, Journal of Official Statistics 6, 1990), the defaults of R's `survey`.
    Degrees of freedom are sum_r rscale_r for "jkn", R for "jk2", else R - 1, the largest possible.

    Examples
    --------
    >>> replicate_scales("fay", 80, fay=0.5).scale
    0.05
    """
    if replicates < 2:
        raise ValueError("there are at least two replicates")
    own = {
        "brr": 1 / replicates,
        "fay": 1 / (replicates * (1 - fay) ** 2) if fay < 1 else np.nan,
        "jk1": (replicates - 1) / replicates,
        "jkn": 1.0,
        "jk2": 1.0,
        "bootstrap": 1 / (replicates - 1),
        "successive-difference": 4 / replicates,
    }
    if method not in METHODS:
        raise ValueError(f"method is {method!r}, not one of {', '.join(METHODS)}")
    if not 0 <= fay < 1 or (fay and method != "fay"):
        raise ValueError("fay is a number from 0 to below 1, of the method 'fay'")
    if rscales is None and method in ("jkn", "other"):
        raise ValueError(f"{method} needs rscales, one for each replicate")
    if scale is None and method == "other":
        raise ValueError("other needs a scale")
    factor = float(own[method] if scale is None else scale)
    each = np.ones(replicates) if rscales is None else np.asarray(rscales, dtype=float)
    if each.shape != (replicates,):
        raise ValueError(f"there are {replicates} replicates and {each.size} rscales")
    if not (np.isfinite(each).all() and np.isfinite(factor) and each.min() >= 0 and factor > 0):
        raise ValueError("scale and rscales are positive numbers")
    # a jackknife of n_h units in each of H strata has sum_r (n_h - 1) / n_h = sum_h (n_h - 1)
    df = {"jkn": float(each.sum()), "jk2": float(replicates)}.get(method, replicates - 1.0)
    return ReplicateScales(factor, each, df)


def replicate_rank(weights: ArrayLike) -> int:
    """Return how many replicates differ from all combinations of the others.

    Parameters
    ----------
    weights : array_like, shape (N, R)
        Weights of N agents in R replicates, or as many random sums of them as R and more.

    Returns
    -------
    int
        Rank of the matrix. Less one, it is the degrees of freedom of the variance.

    Raises
    ------
    ValueError
        If it is no matrix of numbers.

    Notes
    -----
    As R's `degf` of a design of replicates: a replicate of which less than 1e-5 is left, after what
    those before it explain is taken out, tells nothing new. 500 bootstrap replicates of 30 clusters
    have rank 30 and not 500.

    Examples
    --------
    >>> replicate_rank([[2.0, 0.0, 1.0], [0.0, 2.0, 1.0]])
    2
    """
    w: Floats = np.array(weights, dtype=float)
    if w.ndim != 2 or not np.isfinite(w).all():
        raise ValueError(f"weights of shape {w.shape} are no matrix of numbers")
    length = np.sqrt((w**2).sum(axis=0))
    told: Floats = np.zeros((min(w.shape), w.shape[0]))
    rank = 0
    for r in range(w.shape[1]):
        own = w[:, r]
        for _ in range(2):  # once is not enough for rounding
            own = own - told[:rank].T @ (told[:rank] @ own)
        left = float(np.sqrt(own @ own))
        if rank < len(told) and left > ALIKE * length[r]:
            told[rank] = own / left
            rank += 1
    return rank


def replicate_covariance(
    weight_sums: ArrayLike,
    replicate_sums: ArrayLike,
    scales: ReplicateScales,
    *,
    mse: bool = False,
) -> Floats:
    """Return the variance matrix of weighted goal shares by replicate weights.

    Parameters
    ----------
    weight_sums : array_like, shape (..., K)
        Sums of weights by goal.
    replicate_sums : array_like, shape (..., R, K)
        Sums of the weights of each replicate.
    scales : ReplicateScales
        How their squares are added up, see `replicate_scales`.
    mse : bool, default False
        Whether squares are taken around the shares by the weights, not around the replicates' mean.

    Returns
    -------
    numpy.ndarray, shape (..., K, K)
        scale sum_r rscale_r (p_r - c)(p_r - c)', p_r the shares by replicate r; not a number where
        a replicate gives nobody a weight.

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    Examples
    --------
    >>> halves = replicate_scales("brr", 2)
    >>> replicate_covariance([2.0, 2.0], [[3.0, 1.0], [1.0, 3.0]], halves).round(4)
    array([[ 0.0625, -0.0625],
           [-0.0625,  0.0625]])
    """
    w = as_shares(weight_sums, "weight_sums")
    r = as_shares(replicate_sums, "replicate_sums")
    if r.shape != (*w.shape[:-1], len(scales.rscales), w.shape[-1]):
        raise ValueError(
            f"weight_sums {w.shape}, replicate_sums {r.shape} and {len(scales.rscales)} rscales do "
            "not fit together"
        )
    p, each = _shares(w)[..., None, :], _shares(r)
    counted = scales.rscales > 0
    centre = p if mse else each[..., counted, :].mean(axis=-2, keepdims=True)
    away = (each - centre)[..., counted, :]
    weighted = away * scales.rscales[counted][:, None]
    return np.asarray(scales.scale * np.swapaxes(away, -1, -2) @ weighted)


def _shares(w: Floats) -> Floats:
    total = w.sum(axis=-1, keepdims=True)
    return np.divide(w, total, out=np.full_like(w, np.nan), where=total > 0)
