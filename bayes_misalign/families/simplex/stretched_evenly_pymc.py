"""Dirichlet shares in logarithms, in coordinates that treat all categories alike.

`log_dirichlet_pymc` compares each category with a frequent one. Where reports may be wrong, nobody
knows which that is: a category that most are reported to hold may be held by none. Then log ratios
to it have a tail of any length on the side that is not stretched, and chains creep along it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions.transforms import Transform

from bayes_misalign.families.simplex.density_pymc import log_density
from bayes_misalign.families.simplex.log_dirichlet_pymc import middle, random_logs

FIRM = 0.03  # parameters down to which the shares of held categories stay where they are
NEWTON_STEPS = 15  # from zero to the coordinates of any starting point, to machine precision


class StretchedEvenly(Transform):  # type: ignore[misc]  # pymc has no annotations
    """Logarithms of the categories, each as it spreads given concentration and counts.

    Notes
    -----
    Given the Dirichlet parameters a_i and counts n_i, p_i is proportional to a Gamma(a_i + n_i)
    variate. Its logarithm is taken as u_i = centre + right y_i - left softplus(-y_i - shift), which
    has the slope `right` where the category is held and `right + left` in the tail where it is not,
    of length 1 / a_i; p is the softmax of u. Only differences of u count, so that one dimension is
    too many: the y_i sum to zero, and the coordinates are theirs in an orthonormal basis. With d_i
    the slopes, the Jacobian of log ratios is (prod d_i) (sum 1 / d_i) / sqrt(K).

    The counts, the distribution's second parameter, choose coordinates alone. Any category may be
    empty for all that they say: the slope changes where it would change in an empty one.

    As a_i shrinks, a share may stay at its coordinate, and those of nobody's category must move by
    log 1 / a_i; or these stay, and a share that is held leaves its place, the faster the smaller
    a_i is: its logarithm goes with 1 / a_i. Where a_i is in turn a share of a small parameter, and
    that again, the second way makes walls as thin as an exponential of an exponential, which all
    populations meet at once. The first would leave nobody's categories to follow a tail of any
    length. So where coordinates are `firm` the slope changes at -shift - log(1 + 1 / (a_i + FIRM)):
    the first way down to FIRM, where a share is as good as never held, and the second below.
    """

    name = "stretched_evenly"

    def __init__(self, size: int, firm: bool = False) -> None:
        self.basis, self.firm = zero_sum_basis(size), firm

    def _shape(self, inputs: tuple[Any, ...]) -> tuple[Any, Any, Any, Any]:
        a, counts = inputs[-2:]
        held = a + pt.maximum(counts, 1.0)
        right = pt.sqrt(1 / held)
        shift = pt.log(held / (a + 1)) / right
        if self.firm:
            shift += pt.log1p(1 / (a + FIRM))
        return pt.log(held), right, 1 / (a * (1 + a)), shift

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        centre, right, left, shift = self._shape(inputs)
        y = pt.zeros_like(value)
        for _ in range(NEWTON_STEPS):
            # u = log p + t to first order, t such that the y sum to zero
            slope = right + left * pt.sigmoid(-y - shift)
            excess = centre + right * y - left * pt.softplus(-y - shift) - value
            t = (excess / slope).sum(axis=-1, keepdims=True)
            y = y + (t / (1 / slope).sum(axis=-1, keepdims=True) - excess) / slope
        return pt.dot(y, self.basis.T)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        centre, right, left, shift = self._shape(inputs)
        y = pt.dot(value, self.basis)
        logs = centre + right * y - left * pt.softplus(-y - shift)
        return pt.special.log_softmax(logs, axis=-1)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian of the coordinates (log ratios are the density's own measure)."""
        _, right, left, shift = self._shape(inputs)
        log_slope = pt.log(right + left * pt.sigmoid(-pt.dot(value, self.basis) - shift))
        size = self.basis.shape[1]
        return log_slope.sum(axis=-1) + pt.logsumexp(-log_slope, axis=-1) - 0.5 * np.log(size)


def zero_sum_basis(size: int) -> NDArray[np.float64]:
    """Return orthonormal rows (K - 1, K) that each sum to zero (Helmert's)."""
    place = np.arange(size)
    rows = np.where(place < place[1:, None], 1.0, 0.0) - np.diag(place)[1:]
    return np.asarray(rows / np.sqrt(place * (place + 1.0))[1:, None])


def even_log_dirichlet(
    name: str,
    alpha: Any,
    counts: Any,
    size: int,
    dims: tuple[str, ...] | None,
    *,
    firm: bool = False,
) -> Any:
    """Add the logarithms of Dirichlet shares of so many categories to the open model.

    The counts of reports that may be wrong choose the sampling coordinates; `firm` ones are for
    parameters that are themselves shares of uncertain parameters.
    """
    return pm.CustomDist(
        name,
        alpha,
        counts,
        logp=lambda value, alpha, counts: log_density(value, alpha),
        random=random_logs,
        support_point=lambda rv, size, alpha, counts: middle(alpha, counts),
        signature="(k),(k)->(k)",
        default_transform=StretchedEvenly(size, firm),
        dims=dims,
    )
