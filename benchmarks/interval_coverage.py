"""How often 90 % intervals of P(ma) hold the truth, under three priors of the goal shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior

Array = NDArray[np.float64]

GOALS = (3, 8, 20)
ANSWERS = (15, 50, 200)
SAMPLES = 4_000
DRAWS = 1_000
BATCH = 100  # samples drawn at once
MASS = 0.9
SEED = 20_220_601
LOWEST, HIGHEST = 0.80, 0.99
LOWEST_MEAN, HIGHEST_MEAN = 0.87, 0.95
DEFAULT = "index-flat (default)"


def peaked(k: int) -> Array:
    """Return one group of 80 %, the others equal."""
    return np.array([0.8, *[0.2 / (k - 1)] * (k - 1)])


def zipf(k: int) -> Array:
    """Return shares proportional to 1/i for the i-th goal."""
    shares = 1 / np.arange(1, k + 1)
    return np.asarray(shares / shares.sum())


def two_big(k: int) -> Array:
    """Return two groups of 45 %, the others equal."""
    return np.array([0.45, 0.45, *[0.1 / (k - 2)] * (k - 2)])


def near_equal(k: int) -> Array:
    """Return shares from 20 % below to 20 % above equal ones."""
    return np.linspace(0.8, 1.2, k) / k


def equal(k: int) -> Array:
    """Return equal shares, the exact maximum of P(ma)."""
    return np.full(k, 1 / k)


SHAPES: dict[str, Callable[[int], Array]] = {
    "peaked": peaked,
    "Zipf": zipf,
    "two big groups": two_big,
}
NEAR_THE_MAXIMUM: dict[str, Callable[[int], Array]] = {"near-equal": near_equal, "equal": equal}


def priors(k: int) -> dict[str, SharePrior]:
    """Return the priors to compare; a symmetric Dirichlet(a) has total concentration a k."""
    return {
        DEFAULT: SharePrior(),
        "Dirichlet(1)": SharePrior("concentration", concentration=float(k)),
        "Dirichlet(1/2)": SharePrior("concentration", concentration=k / 2),
    }


def missed(
    shares: Array, answers: int, prior: SharePrior, rng: np.random.Generator
) -> tuple[float, float]:
    """Return how often the interval lies above the truth, and how often below it.

    `shares` is one truth (goal), or one for each sample (sample, goal).
    """
    k = shares.shape[-1]
    conflict = exclusive_conflict(k)
    truth = np.broadcast_to(misalignment(shares, conflict), (SAMPLES,))
    counts = rng.multinomial(answers, shares, size=SAMPLES).astype(float)
    tails = [(1 - MASS) / 2, (1 + MASS) / 2]
    above = below = 0
    for start in range(0, SAMPLES, BATCH):
        batch = slice(start, start + BATCH)
        drawn = prior.draw(counts[batch], _categories(k), DRAWS, rng)
        low, high = np.quantile(misalignment(drawn["proportion"], conflict), tails, axis=0)
        above += int((low > truth[batch]).sum())
        below += int((high < truth[batch]).sum())
    return above / SAMPLES, below / SAMPLES


def _categories(k: int) -> tuple[str, ...]:
    return tuple(f"goal {i + 1}" for i in range(k))


@dataclass(frozen=True)
class Cell:
    """Coverage of one truth at one number of answers, by prior."""

    truth: str
    goals: int
    answers: int
    misalignment: float
    missed: dict[str, tuple[float, float]]

    def rate(self, name: str) -> float:
        """Return how often the interval of a prior holds the truth."""
        return 1 - sum(self.missed[name])

    def row(self) -> list[str]:
        """Return the cell as a line of the table."""
        above, below = self.missed[DEFAULT]
        return [
            self.truth,
            str(self.goals),
            str(self.answers),
            f"{self.misalignment:.4f}",
            *(f"{self.rate(name):.3f}" for name in self.missed),
            f"{above:.3f}",
            f"{below:.3f}",
        ]


def cells(shapes: dict[str, Callable[[int], Array]], rng: np.random.Generator) -> list[Cell]:
    """Return coverage of every shape, number of goals and number of answers."""
    found = []
    for shape, make in shapes.items():
        for k in GOALS:
            truth = float(misalignment(make(k), exclusive_conflict(k)))
            for answers in ANSWERS:
                rates = {n: missed(make(k), answers, p, rng) for n, p in priors(k).items()}
                found.append(Cell(shape, k, answers, truth, rates))
    return found


def control(rng: np.random.Generator) -> list[list[str]]:
    """Return coverage where each sample has its own truth, drawn from the default prior."""
    rows, prior = [], SharePrior()
    for k in GOALS:
        for answers in ANSWERS:
            drawn = prior.draw(np.zeros((1, k)), _categories(k), SAMPLES, rng)
            shares = drawn["proportion"][:, 0]
            rate = 1 - sum(missed(shares, answers, prior, rng))
            rows.append([str(k), str(answers), f"{rate:.3f}"])
    return rows


def main() -> None:
    rng = np.random.default_rng(SEED)
    usual, unusual = cells(SHAPES, rng), cells(NEAR_THE_MAXIMUM, rng)
    head = ["truth", "goals", "answers", "true P(ma)", *priors(3), "too high", "too low"]
    error = np.sqrt(MASS * (1 - MASS) / SAMPLES)
    publish(
        "interval_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) holds the truth, goals "
        f"exclusive: {SAMPLES:,} simulated samples a line, {DRAWS:,} draws a sample, standard "
        f"error {error:.3f} at {MASS:g}. Truths: {_legend(SHAPES)}. The target of the default "
        f"prior is {LOWEST:.2f} to {HIGHEST:.2f} everywhere and {LOWEST_MEAN:.2f} to "
        f"{HIGHEST_MEAN:.2f} on average.",
        table(["prior", "lowest", "mean", "highest", "target"], _summary(usual)),
        "`too high` and `too low`: how often the default prior's interval lies wholly above, and "
        "wholly below, the truth.",
        table(head, [cell.row() for cell in usual]),
        "Control: the default prior where each sample's truth is itself drawn from that prior. An "
        f"exact posterior covers {MASS:g} here, whatever the prior.",
        table(["goals", "answers", DEFAULT], control(rng)),
        f"Near the maximum of P(ma), apart and without a target: {_legend(NEAR_THE_MAXIMUM)}. At "
        "the exact maximum no draw lies above the truth, so an equal-tailed interval misses it by "
        "construction under every prior.",
        table(head, [cell.row() for cell in unusual]),
    )


def _summary(usual: list[Cell]) -> list[list[str]]:
    rows = []
    for name in usual[0].missed:
        values = np.array([cell.rate(name) for cell in usual])
        target = ""
        if name == DEFAULT:
            everywhere = bool(values.min() >= LOWEST and values.max() <= HIGHEST)
            mean = bool(LOWEST_MEAN <= values.mean() <= HIGHEST_MEAN)
            target = f"everywhere {verdict(everywhere)}, mean {verdict(mean)}"
        rows.append(
            [name, *(f"{v:.3f}" for v in (values.min(), values.mean(), values.max())), target]
        )
    return rows


def _legend(shapes: dict[str, Callable[[int], Array]]) -> str:
    words = (
        (name, (make.__doc__ or "").removeprefix("Return ").rstrip("."))
        for name, make in shapes.items()
    )
    return "; ".join(f"{name}, {text}" for name, text in words)


if __name__ == "__main__":
    main()
