"""How often intervals of P(ma) hold the truth in populations of few agents that are pooled.

uv run python benchmarks/pooled_coverage.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pool

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray
from scipy.special import gammaln

from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.pooled import given_common
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.models.single_choice import generative
from bayes_misalign.models.single_choice.evidence import ChoiceCounts

Array = NDArray[np.float64]

SAMPLES = {2: 100, 3: 60}  # a cell, by goals
DRAWS = 1_000
SEED = 20_161_129
MASS = 0.9
LOWEST, HIGHEST = 0.86, 0.94
PROCESSES = 2
ANSWERS = np.array([5, 5, 8, 8, 12, 12, 20, 20, 30, 30, 45, 60])
SPREADS, UNEVENNESS = 60, 300  # points of the quadrature
STEPS = {2: 160, 3: 50}  # points along an edge of the mean shares
MEAN = {2: [0.7, 0.3], 3: [0.5, 0.3, 0.2]}
APART = {  # two kinds of populations
    2: ([0.85, 0.15], [0.35, 0.65]),
    3: ([0.7, 0.2, 0.1], [0.2, 0.3, 0.5]),
}
FAR = {2: ([0.8, 0.2], [0.2, 0.8]), 3: ([0.7, 0.2, 0.1], [0.1, 0.2, 0.7])}


@dataclass(frozen=True)
class Cell:
    """How populations differ."""

    goals: int
    shape: str


def cells() -> Iterator[Cell]:
    """Return all cells."""
    for goals in (2, 3):
        for shape in ("no spread", "spread 0.15", "spread 0.4", "two kinds"):
            yield Cell(goals, shape)
        for answers in (8, 30):
            yield Cell(goals, f"one of {answers} answers far away")


def shares_of(cell: Cell, rng: np.random.Generator) -> Array:
    """Return the true shares of every population."""
    k, number = cell.goals, len(ANSWERS)
    if cell.shape == "two kinds":
        return np.array([APART[k][s // 2 % 2] for s in range(number)])
    if cell.shape.startswith("one of"):
        most, far = FAR[k]
        shares = np.tile(most, (number, 1))
        shares[outlier(cell)] = far
        return shares
    spread = float(cell.shape.split()[-1]) if cell.shape != "no spread" else 0.0
    if spread == 0:
        return np.tile(MEAN[k], (number, 1))
    return rng.dirichlet(given_common.concentration(np.array(spread)) * np.array(MEAN[k]), number)


def outlier(cell: Cell) -> int:
    """Return which population is far from the others."""
    return int(np.argmax(int(cell.shape.split()[2]) == ANSWERS))


class Quadrature:
    """The posterior of spread and mean shares on a grid, the shares integrated out."""

    def __init__(self, goals: int) -> None:
        self.step = 1 / STEPS[goals]
        edge = (np.arange(STEPS[goals]) + 0.5) * self.step
        if goals == 2:
            self.mean = np.stack([edge, 1 - edge], axis=1)
        else:
            a, b = (x.ravel() for x in np.meshgrid(edge, edge))
            inside = a + b < 1 - self.step / 4
            self.mean = np.stack([a, b, 1 - a - b], axis=1)[inside]
        self.spread = (np.arange(SPREADS) + 0.5) / SPREADS
        each = (1 / ((np.arange(UNEVENNESS) + 0.5) / UNEVENNESS) ** 2 - 1)[:, None] / goals
        powers = np.log(self.mean).sum(axis=1)
        density = gammaln(goals * each) - goals * gammaln(each) + (each - 1) * powers
        self.log_prior = np.logaddexp.reduce(density, axis=0)

    def draw(self, counts: Array, draws: int, rng: np.random.Generator) -> dict[str, Array]:
        """Return draws of what the populations have in common, spread evenly within grid cells."""
        total = given_common.concentration(self.spread)
        alpha = total[:, None, None] * self.mean
        log = np.tile(self.log_prior, (len(total), 1))
        for n in counts:
            rising = gammaln(alpha + n) - gammaln(alpha)
            log += rising.sum(axis=-1) - (gammaln(total + n.sum()) - gammaln(total))[:, None]
        mass = np.exp(log - log.max()).ravel()
        v, m = np.divmod(rng.choice(mass.size, draws, p=mass / mass.sum()), len(self.mean))
        spread = self.spread[v] + rng.uniform(-0.5, 0.5, draws) / SPREADS
        mean = self.mean[m]
        move = rng.uniform(-0.5, 0.5, (draws, mean.shape[1] - 1)) * self.step
        mean = mean + np.column_stack([move, -move.sum(axis=1)])
        mean = np.maximum(mean, self.step / 100)
        return {
            given_common.SPREAD: spread,
            given_common.MEAN: mean / mean.sum(axis=1, keepdims=True),
        }


def rates(cell: Cell) -> tuple[Cell, Array]:
    """Return, pooled and independent: how often P(ma), between and the outlier are held; width."""
    rng = np.random.default_rng([SEED, *repr(cell).encode()])
    conflict, quadrature = exclusive_conflict(cell.goals), Quadrature(cell.goals)
    goals = [f"goal {i + 1}" for i in range(cell.goals)]
    names = [f"population {s + 1}" for s in range(len(ANSWERS))]
    found = np.full((SAMPLES[cell.goals], 2, 5), np.nan)
    for row in found:
        shares = shares_of(cell, rng)
        counts = rng.multinomial(ANSWERS, shares).astype(float)
        evidence = ChoiceCounts.from_counts(goals, names, counts)
        common = quadrature.draw(counts, DRAWS, rng)
        drawn = (
            given_common.draw_given(PooledShares(), counts, common, rng)["proportion"],
            generative.draw(evidence, SharePrior(), DRAWS, rng)["proportion"],
        )
        for own, p in zip(row, drawn, strict=True):
            held, width = _held(misalignment(p, conflict), misalignment(shares, conflict))
            between = ((p[:, :-1] @ conflict) * p[:, 1:]).sum(axis=-1)
            across, wide = _held(between, ((shares[:-1] @ conflict) * shares[1:]).sum(axis=-1))
            own[:4] = held.mean(), width.mean(), across.mean(), wide.mean()
            if cell.shape.startswith("one of"):
                own[4] = held[outlier(cell)]
    return cell, found.mean(axis=0)


def _held(drawn: Array, truth: Array) -> tuple[Array, Array]:
    low, high = np.quantile(drawn, ((1 - MASS) / 2, (1 + MASS) / 2), axis=0)
    return np.asarray((low <= truth) & (truth <= high), float), high - low


def main() -> None:
    with Pool(PROCESSES) as pool:
        found = pool.map(rates, list(cells()), chunksize=1)
    rows = []
    for cell, (pooled, apart) in found:
        row = [str(cell.goals), cell.shape]
        row += [f"{pooled[0]:.3f}", f"{apart[0]:.3f}", f"{pooled[1] / apart[1]:.2f}"]
        row += [f"{pooled[2]:.3f}", f"{apart[2]:.3f}", f"{pooled[3] / apart[3]:.2f}"]
        far = cell.shape.startswith("one of")
        rows.append(row + ([f"{pooled[4]:.2f}", f"{apart[4]:.2f}"] if far else ["", ""]))
    of_model = np.array([r[0, 0] for c, r in found if "spread" in c.shape])
    other = np.array([r[0, 0] for c, r in found if "spread" not in c.shape])
    head = ["goals", "populations", "held, pooled", "held, independent", "width"]
    head += ["between held, pooled", "independent", "width", "the one held, pooled", "independent"]
    publish(
        "pooled_coverage",
        f"How often {100 * MASS:g} % intervals of P(ma) hold the truth in {len(ANSWERS)} "
        f"populations of {ANSWERS.min()} to {ANSWERS.max()} agents, goals exclusive, partially "
        "pooled and under independent shares, defaults of both; between is one agent from each of "
        "two neighbours in the list. `width` is that of pooled intervals over that of independent "
        "ones. Spread and mean shares are drawn by quadrature, shares given them as in a study. "
        f"{SAMPLES[2]} samples a cell of two goals and {SAMPLES[3]} of three, {DRAWS:,} draws "
        "each.",
        f"Populations that scatter as the model says: {of_model.min():.3f} to "
        f"{of_model.max():.3f}, mean {of_model.mean():.3f} (aim {LOWEST} to {HIGHEST} in the mean: "
        f"{verdict(bool(LOWEST <= of_model.mean() <= HIGHEST))}). Those that do not: "
        f"{other.min():.3f} to {other.max():.3f}, mean {other.mean():.3f} "
        f"({verdict(bool(LOWEST <= other.mean() <= HIGHEST))}). Where one population is far from "
        "the others, coverage of all together says little of that one: it is in the last columns.",
        table(head, rows),
    )


if __name__ == "__main__":
    main()
