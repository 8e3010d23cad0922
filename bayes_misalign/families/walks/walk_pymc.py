"""Coefficients of a walk's modes in a PyMC model, in coordinates that are easy to sample.

They are centred and scaled by what data leave of each, given the size of the steps, so that they
are about independent of that size and of each other, whether data are many or none. The posterior
does not depend on that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions.transforms import Transform

Array = NDArray[np.float64]


class Told(Transform):  # type: ignore[misc]  # pymc has no annotations
    """Normal coefficients, centred and scaled by what data tell of them."""

    name = "told"

    def _moments(self, inputs: tuple[Any, ...]) -> tuple[Any, Any]:
        drift, seen, told = inputs[-3:]
        variance = 1 / (told + 1 / drift**2)
        return variance * told * seen, pt.sqrt(variance)

    def forward(self, value: Any, *inputs: Any) -> Any:
        """Return coordinates of coefficients."""
        mean, sd = self._moments(inputs)
        return (value - mean) / sd

    def backward(self, value: Any, *inputs: Any) -> Any:
        """Return the coefficients."""
        mean, sd = self._moments(inputs)
        return mean + sd * value

    def log_jac_det(self, value: Any, *inputs: Any) -> Any:
        """Return the log Jacobian."""
        return pt.log(self._moments(inputs)[1]) + pt.zeros_like(value)


def declare_walk(name: str, drift: Any, seen: Any, told: Any, dims: tuple[str, ...]) -> Any:
    """Add coefficients of the modes of walks to the open model, each Normal(0, drift^2).

    Parameters
    ----------
    name : str
        Of the variable.
    drift : tensor, shape ()
        Standard deviation of the change from the first wave to the last.
    seen, told : tensor
        What data show of each coefficient, and how much information tells it, see
        `Places.of_modes`. Only coordinates depend on them.
    dims : tuple of str
        Dimensions of the coefficients.

    Returns
    -------
    tensor
        The coefficients, of the shape of `seen`.
    """
    return pm.CustomDist(
        name,
        drift,
        seen,
        told,
        logp=lambda x, drift, seen, told: pm.logp(pm.Normal.dist(0.0, drift), x),
        random=_random_walk,
        support_point=lambda rv, size, drift, seen, told: pt.zeros(rv.shape),
        signature="(),(),()->()",
        default_transform=Told(),
        dims=dims,
    )


def _random_walk(
    drift: Array,
    seen: Array,
    told: Array,
    rng: np.random.Generator | None = None,
    size: Any = None,
) -> Array:
    rng = np.random.default_rng() if rng is None else rng
    size = np.broadcast_shapes(np.shape(drift), seen.shape, told.shape) if size is None else size
    return np.asarray(drift * rng.standard_normal(size))
