"""The matched prior by brute force: sums over a fine grid of log A, written from the formulas."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import betaln, gammaln, logsumexp

X = np.linspace(-22.0, 75.0, 19_401)  # log A


class Component(NamedTuple):
    """One component of the posterior: who stands apart, its weight at each A, and parameters."""

    apart: int | None
    weight: np.ndarray  # (X,), summing to the component's probability
    alpha: np.ndarray  # (X, k), the apart place meaningless


def rising(a: np.ndarray, n: float) -> np.ndarray:
    """Return log Gamma(a + n) - log Gamma(a), as a sum of logarithms and a fraction."""
    whole = int(n)
    total = np.log(a[:, None] + np.arange(whole)).sum(axis=1)
    rest, a = n - whole, a + whole
    far = rest * np.log(a) + rest * (rest - 1) / (2 * a)
    near = gammaln(np.minimum(a, 1e5) + rest) - gammaln(np.minimum(a, 1e5))
    return np.asarray(total + np.where(a < 1e5, near, far))


def components(counts: np.ndarray) -> Iterator[Component]:
    """Yield the components of the posterior of shares among holders, given counts (k,)."""
    k, n, a = len(counts), counts.sum(), np.exp(X)
    prior = -np.log1p(np.exp(-X)) - 0.5 * np.logaddexp(0, X)
    prior -= logsumexp(prior)
    found = []
    log = np.log(0.75) + prior - rising(a, n) + sum(rising(a / k, c) for c in counts)
    found.append((None, log, a[:, None] / k + counts))
    for j, c in enumerate(counts):
        log = np.log(0.25 / k) + betaln(1 + c, 1 + n - c) + prior
        alpha = np.ones((len(X), k))
        if k > 2:
            others = np.delete(counts, j)
            log = log - rising(a, n - c) + sum(rising(a / (k - 1), o) for o in others)
            alpha = a[:, None] / (k - 1) + counts
        found.append((j, log, alpha))
    total = logsumexp([log for _, log, _ in found])
    for apart, log, alpha in found:
        yield Component(apart, np.exp(log - total), alpha)


def mean_of_sum_of_squares(counts: np.ndarray) -> float:
    """Return E[sum r_i^2 | counts]."""
    n = counts.sum()

    def squares(alpha: np.ndarray) -> np.ndarray:
        total = alpha.sum(axis=1)
        return np.asarray((alpha * (alpha + 1)).sum(axis=1) / (total * (total + 1)))

    found = 0.0
    for apart, weight, alpha in components(counts):
        if apart is None:
            found += weight @ squares(alpha)
            continue
        own, other = 1 + counts[apart], 1 + n - counts[apart]
        size = (own + other) * (own + other + 1)
        rest = squares(np.delete(alpha, apart, axis=1))
        found += weight @ (own * (own + 1) / size + other * (other + 1) / size * rest)
    return float(found)


def mean_misalignment(counts: np.ndarray, no_goal: float | None = None) -> float:
    """Return E[P(ma) | counts] for exclusive goals; `no_goal` agents hold none."""
    found = 1 - mean_of_sum_of_squares(counts)
    if no_goal is None:
        return found
    own, other = 0.5 + no_goal, 1 + counts.sum()
    return found * other * (other + 1) / ((own + other) * (own + other + 1))


def mean_of(counts: np.ndarray, quantity: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the posterior mean of a function of log A."""
    return float(sum(c.weight @ quantity(X) for c in components(counts)))
