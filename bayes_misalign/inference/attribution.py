"""Where the variance of P(ma) comes from, and so what to measure next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Attribution:
    """Shares of the posterior variance of P(ma); they sum to one, or are all zero.

    Parameters
    ----------
    shares : float
        Part due to not knowing the goal shares.
    conflict : float
        Part due to not knowing the conflict levels.
    interaction : float
        Part due to both together.
    pairs : mapping of str to float
        The conflict part by pair of goals, as "one | other".
    variance : float
        Posterior variance of P(ma).
    """

    shares: float
    conflict: float
    interaction: float
    pairs: dict[str, float]
    variance: float

    def as_dict(self) -> dict[str, Any]:
        """Return the attribution as plain numbers."""
        return {
            "shares": self.shares,
            "conflict": self.conflict,
            "interaction": self.interaction,
            "conflict_by_pair": dict(self.pairs),
            "sd": float(np.sqrt(self.variance)),
        }

    def __str__(self) -> str:
        """Return the shares of the variance as one line."""
        parts = {"shares": self.shares, "conflict": self.conflict, "both": self.interaction}
        named = ", ".join(f"{100 * part:.0f} % {name}" for name, part in parts.items())
        return f"variance of P(ma) (sd {np.sqrt(self.variance):.2g}): {named}"


def attribute(
    shares: Array,
    conflict: Array,
    names: tuple[str, ...],
    *,
    together: bool = False,
    joint: bool = False,
) -> Attribution:
    """Split the variance of p'Cp between p and C.

    Parameters
    ----------
    shares : ndarray, shape (draw, K)
        Posterior draws of the shares.
    conflict : ndarray, shape (draw or 1, K, K)
        Posterior draws of the conflict matrix of the same population, independent of the shares
        unless `joint`.
    names : tuple of str, length K
        Labels of the categories.
    together : bool
        Whether levels of different pairs hang together, as where the same raters gave them.
    joint : bool
        Whether shares and levels depend on each other, because agents of uncertain goals met.

    Returns
    -------
    Attribution

    Notes
    -----
    With M = pp', f = tr(CM) is bilinear in the independent C and M, so f - E f =
    tr(E[C] (M - E M)) + tr((C - E C) E[M]) + tr((C - E C)(M - E M)) are uncorrelated parts: the
    functional ANOVA (Sobol', 1993) of f. The parts are estimated from the draws and scaled to sum
    to one. The conflict part is split into the variances of its terms; where levels hang together,
    into the covariances of its terms with their sum, negative ones set to zero. Where p and C
    depend on each other, the parts are correlated, and each is counted by its covariance with f,
    negative ones set to zero (Li et al., Journal of Physical Chemistry A 114, 2010).

    Examples
    --------
    >>> p = np.array([[0.5, 0.5], [0.6, 0.4]])
    >>> attribute(p, np.array([[[0.0, 1.0], [1.0, 0.0]]]), ("a", "b")).shares
    1.0
    """
    mean_conflict = conflict.mean(axis=0)
    first, second = measure.pairs(len(names))
    products = 2 * shares[:, first] * shares[:, second]
    mean_products = products.mean(axis=0)
    levels = conflict[:, first, second]
    centred = levels - levels.mean(axis=0)
    alone = (
        measure.misalignment(shares, mean_conflict),
        centred @ mean_products,
        (centred * (products - mean_products)).sum(axis=1),
    )
    parts = np.array([np.var(part) for part in alone])
    if joint:
        whole = np.sum(np.broadcast_arrays(*alone), axis=0)
        whole = whole - whole.mean()
        parts = np.array([max(float(np.mean(part * whole)), 0.0) for part in alone])
    total = parts.sum()
    scaled = parts / total if total > 0 else np.zeros(3)
    terms = centred * mean_products
    by_pair = centred.var(axis=0) * mean_products**2
    if together:
        by_pair = np.maximum((terms * terms.sum(axis=1, keepdims=True)).mean(axis=0), 0.0)
    by_pair = by_pair / by_pair.sum() * scaled[1] if by_pair.sum() > 0 else by_pair
    return Attribution(
        float(scaled[0]),
        float(scaled[1]),
        float(scaled[2]),
        {
            f"{names[i]} | {names[j]}": float(v)
            for i, j, v in zip(first, second, by_pair, strict=True)
            if v > 0
        },
        float(total),
    )
