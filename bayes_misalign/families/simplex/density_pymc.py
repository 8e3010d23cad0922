"""Log density of logarithms of Dirichlet shares, also where their parameters are huge.

The usual formula is a difference of numbers that are as large as the parameters are. Of parameters
that are 1e16 in all, nothing is left of its digits: what remains is noise of a hundred and more,
and a chain that comes upon a place where the noise is high stays there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt

HUGE = 1e10  # parameters in all; the usual formula errs by about 3e-5 there
STIRLING_FROM = 50.0  # four terms of the series are exact to 1e-16 from here on
NEAR = 0.01  # a logarithm up to which six terms of exp are exact to 1e-13


def log_density(value: Any, alpha: Any) -> Any:
    """Return the log density of log shares, in log ratios: prod p_i^a_i / B(a).

    The Jacobian of the shares adds one power to those of the usual density.
    """
    plain = pt.gammaln(alpha.sum(-1)) - pt.gammaln(alpha).sum(-1) + (alpha * value).sum(-1)
    total = alpha.sum(-1)
    return pt.switch(total > HUGE, log_density_of_huge(value, alpha, total), plain)


def log_density_of_huge(value: Any, alpha: Any, total: Any) -> Any:
    """Return the same by what is left of each term where shares are near their means m.

    With d = log p - log m, sum a_i (log p_i - log m_i) is sum a_i (d_i - (exp(d_i) - 1)), since
    both p and m sum to one: squares of d in place of differences that cancel.
    """
    apart = value - (pt.log(alpha) - pt.log(total)[..., None])
    d = pt.clip(apart, -NEAR, NEAR)  # its slope has no difference of numbers near one
    near = -(d**2) * (1 / 2 + d * (1 / 6 + d * (1 / 24 + d * (1 / 120 + d / 720))))
    far = alpha * (apart + 1) - total[..., None] * pt.exp(value)
    terms = pt.switch(pt.eq(d, apart), alpha * near, far)
    rest = -0.5 * pt.log(total) + 0.5 * np.log(2 * np.pi) + stirling_tail(total)
    return rest - _beside_powers(alpha).sum(-1) + terms.sum(-1)


def _beside_powers(a: Any) -> Any:
    """Return log Gamma(a) - a log a + a."""
    large, small = pt.maximum(a, STIRLING_FROM), pt.minimum(a, STIRLING_FROM)
    series = -0.5 * pt.log(large) + 0.5 * np.log(2 * np.pi) + stirling_tail(large)
    return pt.switch(a > STIRLING_FROM, series, pt.gammaln(small) - small * pt.log(small) + small)


def stirling_tail(z: Any) -> Any:
    """Return what log Gamma(z) has beyond (z - 1/2) log z - z + log(2 pi) / 2, z large."""
    w = 1 / z**2
    return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w / 1680))) / z
