"""Pooled populations of two goals, by sums over all that is unknown."""

import numpy as np
from scipy.special import betainc


class OnAGrid:
    """Posterior of every population's share of a, of two goals, by sums over spread and mean.

    The shares p of the populations are Dirichlet about the mean.
    """

    def __init__(self, points: int = 60, means: int = 120, shares: int = 400) -> None:
        v = (np.arange(points) + 0.5) / points
        a = (1 / v**2 - 1)[:, None]
        edges = np.sin(np.linspace(0, np.pi / 2, means + 1)) ** 2
        m = np.sin((np.arange(means) + 0.5) / means * np.pi / 2) ** 2
        even = (1 / ((np.arange(400) + 0.5) / 400) ** 2 - 1) / 2
        of_mean = np.diff(np.mean([betainc(x, x, edges) for x in even], axis=0))
        inner = np.sin(np.linspace(0, np.pi / 2, shares + 1)) ** 2
        self.p = np.sin((np.arange(shares) + 0.5) / shares * np.pi / 2) ** 2
        self.prior = np.diff(betainc((a * m)[..., None], (a * (1 - m))[..., None], inner), axis=-1)
        self.weight = np.broadcast_to(of_mean, (points, means))

    def posterior(self, log_likelihood: np.ndarray) -> np.ndarray:
        """Return probabilities of shares, of the log likelihood of each, (population, share)."""
        top = log_likelihood.max(axis=1, keepdims=True)
        likelihood = np.exp(log_likelihood - top)
        of_each = np.einsum("vmp,sp->svm", self.prior, likelihood, optimize=True)
        log_all = np.log(of_each).sum(axis=0)
        together = self.weight * np.exp(log_all - log_all.max())
        found = np.einsum("svm,vmp->sp", together / of_each, self.prior, optimize=True) * likelihood
        return np.asarray(found / found.sum(axis=1, keepdims=True))
