"""Dirichlet shares in logarithms, in coordinates that gradient-based samplers can walk.

With an unknown concentration the usual log ratios are hard to sample in two ways. Where a category
has no answers and its parameter a is small, log p has an exponential left tail of length 1 / a and
a wall on the right where the likelihood begins. Where the answers are nearly even, the
concentration may be far larger than their number, and then it squeezes the log ratios together
like a funnel. So each coordinate is centred and scaled by what the shares look like given the
concentration and the counts, and stretched to the left by 1 / a in empty categories.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions.transforms import Transform

from bayes_misalign.families.simplex.density_pymc import log_density
from bayes_misalign.families.simplex.draws import reference_last as reference_last

Array = NDArray[np.float64]
NEWTON_STEPS = 4  # inverts the stretched coordinate to machine precision


class StretchedLogRatio(Transform):  # type: ignore[misc]  # pymc has no annotations
    """Log ratios to the last category, as they spread given concentration and counts.

    Notes
    -----
    Given the Dirichlet parameters a_i and counts n_i, p_i is proportional to a Gamma(a_i + n_i)
    variate G_i. The logarithm of a Gamma(b) variate has a mean near log b and a variance near 1 / b
    when b is large, and 1 / b^2 when it is small, all of that to the left. The coordinate y is
    log(p_i / p_r) = centre + right y - left softplus(-y), whose slope is `right` on one side and
    `right + left` on the other. The counts are the distribution's second parameter; its density
    does not depend on them.

    Where counts are uncertain, any category may be empty for all that they say. Then the slope
    changes at y = -shift, which is where it would change if the category were counted as empty.
    """

    name = "stretched_log_ratio"

    def __init__(self, uncertain: bool = False) -> None:
        self.uncertain = uncertain

    def _shape(self, inputs: tuple[Any, ...]) -> tuple[Any, Any, Any, Any]:
        alpha, counts = inputs[-2:]
        total = alpha + counts
        a, reference = alpha[..., :-1], total[..., -1:]
        own = counts[..., :-1]
        empty = pt.maximum(1 - own, 0.0) if self.uncertain else pt.eq(own, 0)
        # an empty category with a small parameter ends on the right like a Gamma(a + 1) variate
        held = total[..., :-1] + empty
        centre = pt.log(held / reference)
        right = pt.sqrt(1 / held + 1 / reference + 1 / reference**2)
        if self.uncertain:
            return centre, right, 1 / (a * (1 + a)), pt.log(held / (a + 1)) / right
        return centre, right, pt.switch(empty, 1 / (a * (1 + a)), 0.0), 0.0

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        centre, right, left, shift = self._shape(inputs)
        # with x = -y - shift: right x + left softplus(x) = target, increasing and convex in x
        target = centre - right * shift - value[..., :-1] + value[..., -1:]
        # where x < 0, softplus(x) is close to exp(x), and x = target / right - W(z) with Lambert's
        # W; begun at w + log w = log z for large z, z / (1 + z) for small
        log_z = pt.log(left / right) + target / right
        large, small = pt.maximum(log_z, 1.0), pt.exp(pt.minimum(log_z, 1.0))
        w = pt.switch(log_z > 1, large - pt.log(large), small / (1 + small))
        x = pt.switch(target > left * np.log(2), target / (right + left), target / right - w)
        for _ in range(NEWTON_STEPS):
            excess = right * x + left * pt.softplus(x) - target
            x = x - excess / (right + left * pt.sigmoid(x))
        return -x - shift

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        centre, right, left, shift = self._shape(inputs)
        ratio = centre + right * value - left * pt.softplus(-value - shift)
        ratio = pt.concatenate([ratio, pt.zeros_like(ratio[..., :1])], axis=-1)
        return pt.special.log_softmax(ratio, axis=-1)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian of the coordinates (log ratios are the density's own measure)."""
        _, right, left, shift = self._shape(inputs)
        return pt.log(right + left * pt.sigmoid(-value - shift)).sum(axis=-1)


class StretchedInOrder(StretchedLogRatio):
    """The same of log shares in their own order; an order of each row is the third parameter."""

    name = "stretched_log_ratio_in_order"

    def _shape(self, inputs: tuple[Any, ...]) -> tuple[Any, Any, Any, Any]:
        alpha, counts, order = inputs[-3:]
        return super()._shape((_in_order(alpha, order), _in_order(counts, order)))

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        return super().forward(_in_order(value, inputs[-1]), *inputs)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        x = super().backward(value, *inputs)
        own = pt.set_subtensor(pt.zeros_like(x).ravel()[_flat(inputs[-1])], x.ravel())
        return own.reshape(x.shape, ndim=x.type.ndim)


def _flat(order: Any) -> Any:
    """Return the places of an order's (row, place) elements in the flattened tensor."""
    if order.type.ndim == 1:
        return order
    rows, width = order.shape[0], order.shape[1]
    return (order + width * pt.arange(rows)[:, None]).ravel()


def _in_order(x: Any, order: Any) -> Any:
    """Return rows in their orders; one gather compiles much sooner than one along an axis."""
    return x.ravel()[_flat(order)].reshape(order.shape, ndim=order.type.ndim)


def random_logs(
    alpha: Array,
    counts: Array,
    rng: np.random.Generator | None = None,
    size: tuple[int, ...] | None = None,
) -> Array:
    """Return logarithms of draws of Dirichlet shares, as PyMC asks for them."""
    rng = np.random.default_rng() if rng is None else rng
    rows = np.broadcast_shapes(alpha.shape, counts.shape)
    shape = rows if size is None else (*size, alpha.shape[-1])
    alpha = np.broadcast_to(alpha, shape)
    log_gamma = np.log(rng.standard_gamma(alpha + 1.0))
    log_gamma -= rng.standard_exponential(shape) / alpha
    log_gamma -= np.logaddexp.reduce(log_gamma, axis=-1, keepdims=True)
    return np.asarray(log_gamma)


def put_back(x: Any, order: Any) -> Any:
    """Return rows of a tensor that were sorted by `reference_last` in their own order again.

    The order may be data, of two known dimensions.
    """
    if not isinstance(order, np.ndarray):
        rows = np.arange(order.type.shape[0])[:, None]
        return pt.set_subtensor(pt.zeros(order.type.shape)[rows, order], x)
    if (order == np.arange(order.shape[-1])).all():
        return x
    rows = np.arange(order.size).reshape(order.shape) // order.shape[-1] * order.shape[-1]
    places = rows + np.argsort(order, axis=-1, kind="stable")
    # one gather in the flattened tensor compiles much sooner than one along an axis
    return x.ravel()[places.ravel()].reshape(order.shape)


def log_dirichlet(
    name: str,
    alpha: Any,
    counts: Any,
    dims: tuple[str, ...],
    uncertain: bool = False,
    order: Any = None,
) -> Any:
    """Add the logarithms of Dirichlet shares to the open model.

    The last category is the one that the others are compared with: a frequent one. The counts
    choose the sampling coordinates; `uncertain` ones are of reports that may be wrong, so that any
    of them may be of nobody. With an order of each row, a frequent category last, the logarithms
    stand in their own order.
    """
    if order is not None:
        return pm.CustomDist(
            name,
            alpha,
            counts,
            order,
            logp=lambda value, alpha, counts, order: log_density(value, alpha),
            random=lambda alpha, counts, order, rng=None, size=None: random_logs(
                alpha, counts, rng, size
            ),
            support_point=lambda rv, size, alpha, counts, order: middle(alpha, counts),
            signature="(k),(k),(k)->(k)",
            default_transform=StretchedInOrder(uncertain),
            dims=dims,
        )
    return pm.CustomDist(
        name,
        alpha,
        counts,
        logp=lambda value, alpha, counts: log_density(value, alpha),
        random=random_logs,
        support_point=lambda rv, size, alpha, counts: middle(alpha, counts),
        signature="(k),(k)->(k)",
        default_transform=StretchedLogRatio(uncertain),
        dims=dims,
    )


def middle(alpha: Any, counts: Any) -> Any:
    """Return logarithms of the mean of the shares that a Dirichlet has given the counts."""
    total = alpha + counts
    return pt.log(total) - pt.log(total.sum(axis=-1, keepdims=True))
