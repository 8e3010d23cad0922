"""How often intervals of P(ma) hold the truth in pooled populations that were sampled unevenly.

uv run python benchmarks/pooled_weights_coverage.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray
from scipy.special import betainc

from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.contract.weighted import drawn_shares
from bayes_misalign.models.single_choice.evidence import ChoiceCounts

Array = NDArray[np.float64]

SAMPLES, DRAWS = 150, 1_000  # a cell; of independent shares
SEED = 20_161_130
MASS = 0.9
LOWEST, HIGHEST = 0.86, 0.94
ANSWERS = np.array([8, 12, 20, 20, 30, 30, 45, 60])
MEAN = 0.65
SPREADS, MEANS, SHARES = 40, 80, 300  # points of the sums


@dataclass(frozen=True)
class Cell:
    """How populations differ, and how agents were sampled."""

    spread: float
    rarer: float  # how many times less often holders of the second goal were sampled
    noise: float  # sd of the logarithm of weights that have nothing to do with goals


def cells() -> Iterator[Cell]:
    """Return all cells."""
    for spread in (0.15, 0.4):
        for rarer in (2.0, 4.0):
            for noise in (0.0, 0.5):
                yield Cell(spread, rarer, noise)


class OnAGrid:
    """Posterior of shares of the first of two goals, by sums over spread and mean."""

    def __init__(self) -> None:
        v = (np.arange(SPREADS) + 0.5) / SPREADS
        a = (1 / v**2 - 1)[:, None]
        m, edges = _places(MEANS)
        even = (1 / ((np.arange(400) + 0.5) / 400) ** 2 - 1) / 2
        self._of_mean = np.diff(np.mean([betainc(x, x, edges) for x in even], axis=0))
        self.p, inner = _places(SHARES)
        masses = betainc((a * m)[..., None], (a * (1 - m))[..., None], inner)
        self._prior = np.diff(masses, axis=-1)

    def posterior(self, counts: Array, scale: Array) -> Array:
        """Return probabilities (population, place), of effective counts and scales (S, 2)."""
        odds = np.log(self.p) - np.log1p(-self.p) - np.log(scale[:, :1] / scale[:, 1:])
        logs = -counts[:, :1] * np.logaddexp(0, -odds) - counts[:, 1:] * np.logaddexp(0, odds)
        likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
        of_each = np.einsum("vmp,sp->svm", self._prior, likelihood, optimize=True)
        log_all = np.log(of_each).sum(axis=0)
        together = self._of_mean * np.exp(log_all - log_all.max())
        found = np.einsum("svm,vmp->sp", together / of_each, self._prior, optimize=True)
        found *= likelihood
        return np.asarray(found / found.sum(axis=1, keepdims=True))


def _places(number: int) -> tuple[Array, Array]:
    """Return middles and edges of parts of [0, 1] that are narrow at its ends."""
    edges = np.sin(np.linspace(0, np.pi / 2, number + 1)) ** 2
    return np.sin((np.arange(number) + 0.5) / number * np.pi / 2) ** 2, edges


def sample(cell: Cell, rng: np.random.Generator) -> tuple[ChoiceCounts, Array]:
    """Return weighted answers, and the shares of the first goal in the populations."""
    total = 1 / cell.spread**2 - 1
    p = rng.beta(total * MEAN, total * (1 - MEAN), len(ANSWERS))
    of_goal = np.array([1.0, cell.rarer])
    q = p / (p + (1 - p) / cell.rarer)
    shape = (len(ANSWERS), 2)
    counts, sums, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for s, n in enumerate(ANSWERS):
        goal = (rng.random(n) > q[s]).astype(int)
        weight = of_goal[goal] * np.exp(cell.noise * rng.standard_normal(n))
        for into, power in ((counts, 0), (sums, 1), (squares, 2)):
            into[s] = np.bincount(goal, weight**power, 2)
    names = [f"population {s + 1}" for s in range(len(ANSWERS))]
    evidence = ChoiceCounts.from_counts(
        ("a", "b"), names, counts, weight_sum=sums, weight_sq_sum=squares
    )
    return evidence, p


def rates(cell: Cell, grid: OnAGrid) -> Array:
    """Return how often P(ma) is held, pooled and independent, and the mean widths."""
    rng = np.random.default_rng([SEED, *repr(cell).encode()])
    levels = np.array([(1 - MASS) / 2, (1 + MASS) / 2])
    pma, found = 2 * grid.p * (1 - grid.p), np.empty((SAMPLES, 2, 2))
    order = np.argsort(pma)
    for row in found:
        evidence, p = sample(cell, rng)
        truth = 2 * p * (1 - p)
        effective = evidence.with_weights_in_common(True).effective
        scale = np.broadcast_to(effective.scale, effective.counts.shape)
        below = grid.posterior(effective.counts, scale)[:, order].cumsum(axis=1)
        ends = np.array([[pma[order][np.searchsorted(x, q)] for q in levels] for x in below])
        apart = drawn_shares(shares_prior(), evidence.effective, ("a", "b"), DRAWS, rng)
        assert apart is not None
        alone = np.quantile(2 * apart["proportion"].prod(axis=-1), levels, axis=0).T
        for own, (low, high) in zip(row, (ends.T, alone.T), strict=True):
            own[:] = ((low <= truth) & (truth <= high)).mean(), (high - low).mean()
    return found.mean(axis=0)


def main() -> None:
    grid, rows, held = OnAGrid(), [], []
    for cell in cells():
        pooled, apart = rates(cell, grid)
        held.append(pooled[0])
        row = [f"{cell.spread:g}", f"{cell.rarer:g}", f"{cell.noise:g}"]
        rows.append([*row, f"{pooled[0]:.3f}", f"{apart[0]:.3f}", f"{pooled[1] / apart[1]:.2f}"])
    head = ["spread", "rarer", "noise", "held, pooled", "held, independent", "width"]
    mean = float(np.mean(held))
    publish(
        "pooled_weights_coverage",
        f"How often {100 * MASS:g} % intervals of P(ma) hold the truth in {len(ANSWERS)} "
        f"populations of {ANSWERS.min()} to {ANSWERS.max()} agents, two exclusive goals, partially "
        "pooled and under independent shares, where holders of the second goal were sampled "
        "`rarer` times less often and weigh so much more; `noise` is the sd of the logarithm of "
        "weights that have nothing to do with goals. The shares of the populations scatter as the "
        "model says. `width` is that of pooled intervals over that of independent ones. Pooled "
        f"posteriors are sums over spread, mean and shares. {SAMPLES} samples a cell.",
        f"{min(held):.3f} to {max(held):.3f}, mean {mean:.3f} (aim {LOWEST} to {HIGHEST} in the "
        f"mean: {verdict(LOWEST <= mean <= HIGHEST)}).",
        table(head, rows),
    )


if __name__ == "__main__":
    main()
