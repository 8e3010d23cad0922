"""How many people a population that stands in for them is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bayes_misalign.measure.between import between, excess
from bayes_misalign.measure.known_and_drawn import ConflictLike
from bayes_misalign.measure.shapes import Floats


def equivalent_sample_size(
    people: ArrayLike,
    stand_in: ArrayLike,
    conflict: ConflictLike,
    *,
    answers: float = np.inf,
    directed: bool = False,
) -> Floats:
    """Return how many people, drawn at random, tell as much about people as a stand-in does.

    Parameters
    ----------
    people, stand_in : array_like, shape (..., K)
        Shares of the goal groups among people, and among answers of what stands in for them.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.
    answers : float, default infinity
        How many answers of the stand-in are used; as many as one likes by default.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    numpy.ndarray, shape (...,)
        The size n of a simple random sample of people whose shares have the same expected squared
        error. Infinite where the stand-in has no error, or one that the conflict levels do not see.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, conflict is not symmetric
        with a zero diagonal, or `answers` is not positive.

    Notes
    -----
    The squared error of shares q about p is E(p, q) = -(p - q)'C(p - q) / 2, the `excess`, which is
    a squared distance where C is conditionally negative definite (Rao 1982); for exclusive
    goals it is half the sum of squared differences. The counts of a simple random sample of n
    have covariance n (diag(p) - pp'), so that its shares have expected error -tr(C Cov) / 2
    = (p'Cp) / (2n): the zero diagonal of C leaves P(ma). In the same way m answers of the
    stand-in, of shares q, have expected error E(p, q) + (q'Cq) / (2m). Equal errors give
    n = p'Cp / (2 E(p, q) + q'Cq / m).

    Examples
    --------
    >>> exclusive = [[0.0, 1.0], [1.0, 0.0]]
    >>> float(equivalent_sample_size([0.5, 0.5], [0.75, 0.25], exclusive))
    4.0
    """
    if not answers > 0:
        raise ValueError(f"answers must be a positive number, not {answers:g}")
    spread = between(people, people, conflict, directed=directed)
    error = 2.0 * excess(people, stand_in, conflict, directed=directed)
    error = error + between(stand_in, stand_in, conflict, directed=directed) / answers
    spread, error = np.broadcast_arrays(spread, error)
    found = np.full(error.shape, np.inf)
    np.divide(spread, error, out=found, where=error > 0)
    return found
