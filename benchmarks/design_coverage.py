"""How often 90 % intervals of P(ma) hold the truth in samples of clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

from bayes_misalign.measure import cluster_covariance, exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL
from bayes_misalign.reading.sample_design import SampleDesign

Array = NDArray[np.float64]

SAMPLES, BATCH, DRAWS = 1_000, 250, 1_000
MASS = 0.9
TAILS = [(1 - MASS) / 2, (1 + MASS) / 2]
SEED = 20_261_129
LOWEST, HIGHEST = 0.86, 0.94
CLUSTERS, CORRELATIONS = (20, 40, 60), (0.05, 0.2)
METHODS = ("clusters", "weights alone", "Kish", "unweighted")

SHAPES: dict[str, Array] = {
    "two, 70 %": np.array([0.7, 0.3]),
    "three, 50 %": np.array([0.5, 0.3, 0.2]),
    "eight, Zipf": 1 / np.arange(1, 9) / (1 / np.arange(1, 9)).sum(),
}
HELD_OUT_SHAPES: dict[str, Array] = {
    "two, 80 %": np.array([0.2, 0.8]),
    "three, 65 %": np.array([0.65, 0.1, 0.25]),
    "eight, two big": np.array([0.4, 0.35, *[0.25 / 6] * 6]),
}


@dataclass(frozen=True)
class Sampling:
    """How clusters come into a sample: their sizes, their weights, and strata of them.

    Parameters
    ----------
    name : str
        What it is called.
    least, most : int
        Fewest and most agents of a cluster that are sampled.
    spread : float
        Standard deviation of the logarithm of the weight of a cluster.
    strata : int
        Number of strata; shares of the first goal differ by up to `shift` between them.
    shift : float
        See `strata`.
    """

    name: str
    least: int = 20
    most: int = 20
    spread: float = 0.0
    strata: int = 1
    shift: float = 0.0

    def shares(self, mean: Array) -> Array:
        """Return the goal shares of each stratum, whose mean they have, (strata, K)."""
        tilt = np.linspace(-self.shift, self.shift, self.strata)[:, None]
        away = np.zeros_like(mean)
        away[0], away[1] = 1.0, -1.0
        return np.asarray(mean + tilt * away * mean[:2].min())

    def draw(
        self, mean: Array, clusters: int, correlation: float, rng: np.random.Generator
    ) -> tuple[Array, Array, NDArray[np.int64]]:
        """Return counts (sample, cluster, K), weights (sample, cluster) and strata (cluster,)."""
        stratum = np.arange(clusters) % self.strata
        size = rng.integers(self.least, self.most + 1, (BATCH, clusters))
        concentration = (1 - correlation) / correlation  # of a Dirichlet with this correlation
        shape = self.shares(mean)[stratum] * concentration
        own = rng.standard_gamma(shape, (BATCH, clusters, len(mean)))
        own = np.maximum(own, 1e-300)
        counts = rng.multinomial(size, own / own.sum(axis=-1, keepdims=True)).astype(float)
        weight = np.exp(self.spread * rng.standard_normal((BATCH, clusters)))
        return counts, weight, stratum


USUAL = (Sampling("20 agents a cluster"), Sampling("8 to 32 agents a cluster", 8, 32))
HELD_OUT = (
    Sampling("8 to 32, weights of clusters differ", 8, 32, spread=0.5),
    Sampling("5 to 15, four strata", 5, 15, strata=4, shift=0.6),
)


def evidence(counts: Array, weight: Array, stratum: NDArray[np.int64]) -> ChoiceCounts:
    """Return samples as the populations of one study, which are independent."""
    samples, clusters, k = counts.shape
    totals = counts * weight[..., None]
    strata = int(stratum.max()) + 1
    each = np.full(samples, float(clusters))
    design = SampleDesign(
        "Taylor linearisation",
        cluster_covariance(totals, stratum),
        each - strata,
        each,
        np.full(samples, float(strata)),
        toward=exclusive_conflict(k),
    )
    weighted = bool((weight != 1).any())
    found = ChoiceCounts.from_counts(
        tuple(f"goal {i + 1}" for i in range(k)),
        tuple(f"sample {i + 1}" for i in range(samples)),
        counts.sum(axis=1),
        weight_sum=totals.sum(axis=1) if weighted else None,
        weight_sq_sum=(totals * weight[..., None]).sum(axis=1) if weighted else None,
    )
    return replace(found, design=design)


def intervals(goals: ChoiceCounts, rng: np.random.Generator) -> dict[str, Array]:
    """Return the ends of the interval of P(ma) by every method, (end, sample)."""
    blind = replace(goals, design=None)
    total, squares = goals.weight_total, goals.weight_sq_total
    kish = goals.weight_sum * (total / squares)[:, None]
    drawn = {
        "clusters": MODEL.draw(goals, SharePrior(), DRAWS, rng)["proportion"],
        "weights alone": MODEL.draw(blind, SharePrior(), DRAWS, rng)["proportion"],
        "Kish": SharePrior().draw(kish, goals.categories, DRAWS, rng)["proportion"],
        "unweighted": SharePrior().draw(goals.counts, goals.categories, DRAWS, rng)["proportion"],
    }
    conflict = exclusive_conflict(len(goals.categories))
    return {
        name: np.quantile(misalignment(shares, conflict), TAILS, axis=0)
        for name, shares in drawn.items()
    }


@dataclass(frozen=True)
class Cell:
    """Coverage, and mean width, of one kind of samples by every method."""

    sampling: str
    shape: str
    clusters: int
    correlation: float
    rate: dict[str, float]
    width: dict[str, float]

    def row(self) -> list[str]:
        """Return the cell as a line of the table."""
        ok = LOWEST <= self.rate["clusters"] <= HIGHEST
        return [
            self.sampling,
            self.shape,
            str(self.clusters),
            f"{self.correlation:g}",
            *(f"{self.rate[name]:.3f}" for name in METHODS),
            f"{self.width['clusters']:.3f}",
            f"{self.width['weights alone']:.3f}",
            verdict(ok),
        ]


def cell(
    sampling: Sampling, shape: str, mean: Array, clusters: int, correlation: float, seed: int
) -> Cell:
    """Return how often each interval holds the truth."""
    rng = np.random.default_rng([SEED, seed])
    # clusters count by their weights, which have nothing to do with their goals
    conflict = exclusive_conflict(len(mean))
    truth = float(misalignment(mean, conflict))
    held, width = dict.fromkeys(METHODS, 0.0), dict.fromkeys(METHODS, 0.0)
    for _ in range(0, SAMPLES, BATCH):
        goals = evidence(*sampling.draw(mean, clusters, correlation, rng))
        for name, (low, high) in intervals(goals, rng).items():
            held[name] += float(((low <= truth) & (truth <= high)).sum()) / SAMPLES
            width[name] += float((high - low).sum()) / SAMPLES
    return Cell(sampling.name, shape, clusters, correlation, held, width)


def cells(samplings: tuple[Sampling, ...], shapes: dict[str, Array], seed: int) -> list[Cell]:
    """Return every kind of samples."""
    found = []
    for sampling in samplings:
        for shape, mean in shapes.items():
            for clusters in CLUSTERS:
                for correlation in CORRELATIONS:
                    seed += 1
                    found.append(cell(sampling, shape, mean, clusters, correlation, seed))
                    print(*found[-1].row(), flush=True)
    return found


def summary(found: list[Cell]) -> list[list[str]]:
    """Return the lowest, mean and highest rate, and how many cells are outside, by method."""
    rows = []
    for name in METHODS:
        rates = np.array([one.rate[name] for one in found])
        outside = int(((rates < LOWEST) | (rates > HIGHEST)).sum())
        numbers = (rates.min(), rates.mean(), rates.max())
        rows.append([name, *(f"{x:.3f}" for x in numbers), f"{outside} of {len(rates)}"])
    return rows


def main() -> None:
    """Write the tables."""
    head = ["sample", "goals", "number", "ICC", *METHODS, "width", "width alone", "aim"]
    short = ["method", "lowest", "mean", "highest", "outside 0.86 to 0.94"]
    usual = cells(USUAL, SHAPES, 0)
    held_out = cells(HELD_OUT, HELD_OUT_SHAPES, 1_000)
    publish(
        "design_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) holds the truth in samples "
        f"of clusters, goals exclusive: {SAMPLES:,} simulated samples a line, {DRAWS:,} draws a "
        f"sample, standard error {np.sqrt(MASS * (1 - MASS) / SAMPLES):.3f} at {MASS:g}. Goals of "
        "a cluster are Dirichlet around the shares of its stratum, with the intra-class "
        "correlation ICC. `clusters` is the posterior where `cluster` (and `strata`) are stated, "
        "`weights alone` does not know of them, `Kish` counts Kish's effective sample, "
        f"`unweighted` counts every answer. Aim: {LOWEST:.2f} to {HIGHEST:.2f}.",
        table(short, summary(usual)),
        "Held out: other goals and other samples, none of which was used to choose anything.",
        table(short, summary(held_out)),
        "All cells.",
        table(head, [one.row() for one in usual]),
        table(head, [one.row() for one in held_out]),
    )


if __name__ == "__main__":
    main()
