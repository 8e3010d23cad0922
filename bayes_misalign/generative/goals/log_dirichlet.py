"""Dirichlet shares in logarithms, in coordinates that gradient-based samplers can walk.

When a category has no answers and the concentration is itself unknown, log p has an exponential
left tail whose length is the inverse of that category's parameter, and a wall on the right where
the likelihood begins: NUTS on the usual log-ratio coordinates meets a funnel there (bulk effective
sizes near 100 of 4,000, R-hat 1.03, on 30 answers of 30 for one goal). The coordinates below
straighten both: linear with unit slope right of the wall, stretched by 1 / a left of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions.transforms import Transform

Array = NDArray[np.float64]
NEWTON_STEPS = 25  # inverts the stretched coordinate to machine precision


class StretchedLogRatio(Transform):  # type: ignore[misc]  # pymc has no annotations
    """Log ratios to the most frequent category, stretched where a category has no answers.

    Parameters
    ----------
    counts : ndarray, shape (S, K)
        Counts of answers. They choose the coordinates only; the posterior does not depend on them
        through the transform.
    """

    name = "stretched_log_ratio"

    def __init__(self, counts: Array) -> None:
        counts = np.asarray(counts, dtype=float)
        reference = counts.argmax(axis=-1)[..., None]
        is_reference = np.arange(counts.shape[-1]) == reference
        self.order = np.argsort(is_reference, axis=-1, kind="stable")  # the reference goes last
        self.inverse = np.argsort(self.order, axis=-1, kind="stable")
        self.empty = np.take_along_axis(counts, self.order, -1)[..., :-1] == 0
        self.wall = np.log1p(counts.sum(axis=-1))[..., None]

    def _alpha(self, inputs: tuple[Any, ...]) -> Any:
        return pt.take_along_axis(inputs[-1], self.order, axis=-1)[..., :-1]

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return unconstrained coordinates of log shares (used for starting points only)."""
        alpha = self._alpha(inputs)
        log_share = pt.take_along_axis(value, self.order, axis=-1)
        ratio = log_share[..., :-1] - log_share[..., -1:]
        target = ratio + self.wall
        y = pt.minimum(target, target * alpha / (1 + alpha)) - 1 / (1 + alpha)
        for _ in range(NEWTON_STEPS):  # the map is increasing and concave: Newton cannot escape
            y = y - (y - pt.softplus(-y) / alpha - target) / (1 + pt.sigmoid(-y) / alpha)
        return pt.switch(self.empty, y, ratio)

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return log shares from unconstrained coordinates."""
        stretched = value - self.wall - pt.softplus(-value) / self._alpha(inputs)
        ratio = pt.switch(self.empty, stretched, value)
        ratio = pt.concatenate([ratio, pt.zeros_like(ratio[..., :1])], axis=-1)
        log_share = pt.special.log_softmax(ratio, axis=-1)
        return pt.take_along_axis(log_share, self.inverse, axis=-1)

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian of the stretch (log ratios are the density's own measure)."""
        slope = pt.log1p(pt.sigmoid(-value) / self._alpha(inputs))
        return pt.switch(self.empty, slope, 0.0).sum(axis=-1)


def _log_density(value: Any, alpha: Any) -> Any:
    # On log ratios the Dirichlet density is prod p_i^a_i / B(a): the Jacobian of p adds one power.
    return pt.gammaln(alpha.sum(-1)) - pt.gammaln(alpha).sum(-1) + (alpha * value).sum(-1)


def _random(
    alpha: Array, rng: np.random.Generator | None = None, size: tuple[int, ...] | None = None
) -> Array:
    rng = np.random.default_rng() if rng is None else rng
    shape = alpha.shape if size is None else (*size, alpha.shape[-1])
    alpha = np.broadcast_to(alpha, shape)
    log_gamma = np.log(rng.standard_gamma(alpha + 1.0))
    log_gamma -= rng.standard_exponential(shape) / alpha
    log_gamma -= np.logaddexp.reduce(log_gamma, axis=-1, keepdims=True)
    return np.asarray(log_gamma)


def log_dirichlet(name: str, alpha: Any, counts: Array, dims: tuple[str, ...]) -> Any:
    """Add the logarithms of Dirichlet shares to the open model.

    Parameters
    ----------
    name : str
        Name of the variable.
    alpha : tensor, shape (S, K)
        Dirichlet parameters; they may depend on other variables of the model.
    counts : ndarray, shape (S, K)
        Counts that choose the sampling coordinates.
    dims : tuple of str
        Names of the two dimensions.

    Returns
    -------
    tensor, shape (S, K)
        Log shares.
    """
    uniform = -np.log(counts.shape[-1])
    return pm.CustomDist(
        name,
        alpha,
        logp=_log_density,
        random=_random,
        support_point=lambda rv, size, alpha: pt.full_like(alpha, uniform),
        signature="(k)->(k)",
        default_transform=StretchedLogRatio(counts),
        dims=dims,
    )
