"""Draws of very many shares, in single precision: less than half the time of `draws.dirichlet`.

What takes the time there is one Gamma variate after another, and arrays that no cache holds. Here a
row of draws is made by a few operations on all of it, all rows in the same small working memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Single = NDArray[np.float32]
AT_ONCE = 1 << 16  # numbers that are worked on at once
LEAST = np.float32(1e-30)  # of a parameter: what it is divided by stays a number
STEP, HALF = np.float32(2.0**-32), np.float32(2.0**-33)  # of whole numbers of 32 bits
TURN = np.float32(2 * np.pi)


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
    A Gamma(a) variate for a >= 1 is d v, d = a - 1/3, v = (1 + x / sqrt(9 d))^3 for a normal x,
    accepted where log u < x^2 / 2 + d (1 - v + log v), u uniform (Marsaglia and Tsang, ACM TOMS 26,
    2000). That is 95 of 100 at a = 1, and more above. For the others NumPy draws a Gamma variate:
    whatever was not accepted is drawn anew, from the whole distribution. Where a may be below 1 it
    is Gamma(a + 1) times u^(1/a), in logarithms as in `draws.log_gamma`. Normal numbers are those
    of Box and Muller. Uniform numbers have 32 bits, so that no normal number is beyond 6.8, which
    cuts off 1e-11 of them. Shares are exact to about 1e-6 of each.
    """
    counts = np.asarray(counts, dtype=np.float32)
    alpha = np.asarray(alpha, dtype=np.float32)
    goals, draws = alpha.shape[-2:]
    out = np.empty((len(counts), goals, draws), dtype=np.float32)
    wide = min(max(AT_ONCE // goals, 1), draws)
    high = max(AT_ONCE // (goals * wide), 1)
    work = _Work((high, goals, wide))
    for first in range(0, len(counts), high):
        some = slice(first, first + high)
        for start in range(0, draws, wide):
            here = slice(start, start + wide)
            own = alpha[some, :, here] if alpha.ndim == 3 else alpha[:, here]
            work.shares(own, counts[some], out[some, :, here], rng)
    return out


class _Work:
    """The memory that shares of some populations and draws are worked out in."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.room = np.empty((7, int(np.prod(shape)) + 1), dtype=np.float32)
        self.flags = np.empty(self.room.shape[1], dtype=bool)

    def shares(self, alpha: Single, counts: Single, into: Single, rng: np.random.Generator) -> None:
        """Make shares (S, K, draw) of parameters (K, draw) or (S, K, draw) and counts (S, K)."""
        size = into.size + into.size % 2  # normal numbers come in pairs
        room = self.room[:, :size]
        room[0, into.size :] = 1.0
        a, logs = (row[: into.size].reshape(into.shape) for row in room[:2])
        np.add(alpha, counts[..., None], out=a)
        self._log_gamma(room, (counts < 1).ravel(), into.shape[-1], rng)
        of_all = room[2, : logs[:, 0].size].reshape(logs[:, 0].shape)
        np.max(logs, axis=1, out=of_all)
        logs -= of_all[:, None]
        np.exp(logs, out=logs)
        np.sum(logs, axis=1, out=of_all)
        np.divide(logs, of_all[:, None], out=into)

    def _log_gamma(
        self, room: Single, small: NDArray[np.bool_], wide: int, rng: np.random.Generator
    ) -> None:
        """Make logarithms of Gamma variates of the first row of memory in the second.

        Parameters may be below 1 in those of its parts that are small.
        """
        alpha, logs, x, u, d, v, w = room
        np.maximum(alpha, LEAST, out=alpha)
        parts = slice(0, len(small) * wide)
        more = np.where(small, np.float32(2 / 3), np.float32(-1 / 3))[:, None]
        d[parts.stop :] = 1.0
        np.add(alpha[parts].reshape(-1, wide), more, out=d[parts].reshape(-1, wide))
        _normal(x, v, rng)
        np.log(_uniform(u, rng), out=u)
        np.sqrt(d, out=w)
        w *= np.float32(3)
        np.divide(x, w, out=v)
        v += np.float32(1)
        np.maximum(v, LEAST, out=v)
        np.log(v, out=logs)
        logs *= np.float32(3)
        np.multiply(v, v, out=w)
        v *= w
        x *= x
        x *= np.float32(0.5)
        np.subtract(logs, v, out=w)
        w += np.float32(1)
        w *= d
        w += x
        rejected = np.greater_equal(u, w, out=self.flags[: len(u)])
        np.log(d, out=d)
        logs += d
        again = np.flatnonzero(rejected[parts])
        logs[again] = np.log(rng.standard_gamma(alpha[again] + small[again // wide]))
        for part in np.flatnonzero(small):
            of_part = slice(part * wide, (part + 1) * wide)
            less = np.log(_uniform(u[:wide], rng), out=u[:wide])
            less /= alpha[of_part]
            logs[of_part] += less


def _uniform(out: Single, rng: np.random.Generator) -> Single:
    """Return uniform numbers above 0, and at most 1."""
    some = out.reshape(-1)
    raw = np.asarray(rng.bit_generator.random_raw((some.size + 1) // 2))
    np.copyto(some, raw.view(np.uint32)[: some.size], casting="unsafe")
    some *= STEP
    some += HALF
    return out


def _normal(out: Single, work: Single, rng: np.random.Generator) -> None:
    """Make an even number of normal numbers."""
    radius, angle = np.split(_uniform(out, rng).reshape(-1), 2)
    cosine, sine = np.split(work.reshape(-1), 2)
    np.log(radius, out=radius)
    radius *= np.float32(-2)
    np.sqrt(radius, out=radius)
    angle *= TURN
    np.cos(angle, out=cosine)
    np.sin(angle, out=sine)
    np.multiply(sine, radius, out=angle)
    radius *= cosine
