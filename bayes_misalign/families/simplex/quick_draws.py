"""Draws of very many shares in single precision, which is all that a file keeps of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Single = NDArray[np.float32]
AT_ONCE = 1 << 16  # numbers that are worked on at once, so that a core's own cache holds them
LEAST = np.float32(1e-30)  # of a parameter or a variate: what it is divided by stays a number


def quick_dirichlet(alpha: Any, counts: Any, rng: np.random.Generator) -> Single:
    """Return Dirichlet draws (S, K, draw), contiguous, of parameters that counts are added to.

    Parameters
    ----------
    alpha : ndarray, shape (K, draw) or (S, K, draw)
        The parameters beside the counts.
    counts : ndarray, shape (S, K)
        What is added to them, the same for all draws.
    rng : numpy.random.Generator
        Random numbers.

    Notes
    -----
    NumPy's Gamma variates over their sum. Where a parameter may be below 1 the variate is one of
    Gamma(a + 1) times u^(1/a), u uniform, in logarithms as in `draws.log_gamma`: most would not be
    told from zero in single precision. Shares are exact to about 1e-6 of each.
    """
    counts = np.asarray(counts, dtype=np.float32)
    alpha = np.asarray(alpha, dtype=np.float32)
    goals, draws = alpha.shape[-2:]
    out = np.empty((len(counts), goals, draws), dtype=np.float32)
    wide = min(max(AT_ONCE // goals, 1), draws)
    high = max(AT_ONCE // (goals * wide), 1)
    for first in range(0, len(counts), high):
        some = slice(first, first + high)
        for start in range(0, draws, wide):
            here = slice(start, start + wide)
            own = alpha[some, :, here] if alpha.ndim == 3 else alpha[:, here]
            _shares(own + counts[some, :, None], counts[some] < 1, out[some, :, here], rng)
    return out


def _shares(
    alpha: Single, small: NDArray[np.bool_], into: Single, rng: np.random.Generator
) -> None:
    """Make shares (S, K, draw) of parameters; those that may be below 1 are `small`, (S, K)."""
    logs = rng.standard_gamma(alpha + small[..., None].astype(np.float32), dtype=np.float32)
    np.log(np.maximum(logs, LEAST, out=logs), out=logs)
    for place in np.argwhere(small):
        own = np.maximum(alpha[*place], LEAST)
        logs[*place] -= rng.standard_exponential(len(own), dtype=np.float32) / own
    logs -= logs.max(axis=1, keepdims=True)
    np.exp(logs, out=logs)
    np.divide(logs, logs.sum(axis=1, keepdims=True), out=into)
