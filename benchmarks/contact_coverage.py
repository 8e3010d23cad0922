"""How often intervals of P(ma) of those who meet hold the truth, in stochastic block models.

Agents are drawn from a population, with goals and a sociability each, log-normal; two of them are
in contact with probability 1 - exp(-rate), the rate a product of both sociabilities and of a number
for their two goals. 90 % intervals of P(ma) in contact and of its ratio to P(ma) at random; beside
them those of a bootstrap that weighs each contact by the product of random weights of both agents:

    python -m benchmarks.contact_coverage --samples 100
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.inference.contact_rates import Network, draw_rates, tallies

Array = NDArray[np.float64]
DRAWS = 400
TRUTH = 20_000  # pairs of agents that a true share of contacts is averaged over
EVEN, UNEVEN, THREE = np.array([0.5, 0.5]), np.array([0.2, 0.8]), np.array([0.5, 0.3, 0.2])
TWO = measure.exclusive_conflict(2)
LINE = np.array([[0.0, 0.3, 1.0], [0.3, 0.0, 0.6], [1.0, 0.6, 0.0]])
SHAPES: dict[str, tuple[Array, Any, Array]] = {
    "even, like meets like": (EVEN, [[3, 1], [1, 3]], TWO),
    "even, hardly any across": (EVEN, [[20, 1], [1, 20]], TWO),
    "20 to 80, like meets like": (UNEVEN, [[3, 1], [1, 3]], TWO),
    "20 to 80, the few meet many": (UNEVEN, [[4, 2], [2, 1]], TWO),
    "20 to 80, opposites meet": (UNEVEN, [[1, 3], [3, 1]], TWO),
    "three, graded conflict": (THREE, [[4, 1, 0.5], [1, 3, 1], [0.5, 1, 5]], LINE),
}
# agents, contacts of each, and the sd of the logarithm of their sociability
SIZES = ((40, 3, 0.0), (40, 8, 0.8), (150, 3, 0.8), (150, 10, 0.0), (400, 8, 0.8))
HEAD = (
    "| goals | agents | contacts of each | spread | in contact | ratio | products of weights "
    "| their width |"
)


@dataclass(frozen=True)
class Cell:
    """A population whose agents meet: `met` contacts of each of n agents, more or less."""

    shares: Array
    affinity: Array
    conflict: Array
    agents: int
    met: float
    spread: float

    @property
    def rates(self) -> Array:
        """(K, K) rates of contact of agents of average sociability."""
        mean = (np.outer(self.shares, self.shares) * self.affinity).sum()
        return np.asarray(self.affinity * self.met / (self.agents * mean))

    def sociable(self, size: int, rng: np.random.Generator) -> Array:
        """Return sociabilities with a mean of one."""
        return np.exp(self.spread * rng.standard_normal(size) - self.spread**2 / 2)

    def truth(self) -> tuple[float, float]:
        """Return P(ma) in contact, and its ratio to P(ma) at random."""
        rng = np.random.default_rng(1)
        both = self.sociable(TRUTH, rng) * self.sociable(TRUTH, rng)
        often = -np.expm1(-both[:, None, None] * self.rates).mean(axis=0)
        mixing = np.outer(self.shares, self.shares) * often
        found = float((mixing * self.conflict).sum() / mixing.sum())
        return found, found / float(measure.misalignment(self.shares, self.conflict))

    def sample(self, rng: np.random.Generator) -> tuple[NDArray[np.int64], Network]:
        """Return the goals of agents, and who of them is in contact."""
        goals = rng.choice(len(self.shares), size=self.agents, p=self.shares)
        theta = self.sociable(self.agents, rng)
        one, other = np.triu_indices(self.agents, 1)
        rate = theta[one] * theta[other] * self.rates[goals[one], goals[other]]
        met = rng.uniform(size=len(one)) < -np.expm1(-rate)
        return goals, Network(self.agents, one[met], other[met], np.ones(int(met.sum())))


def products(goals: NDArray[np.int64], network: Network, k: int, rng: np.random.Generator) -> Array:
    """Return draws of shares of contacts, weighed by products of random weights of agents."""
    weights = rng.standard_exponential((DRAWS, network.agents))
    weights = weights[:, network.one] * weights[:, network.other]
    pair = np.zeros((len(network.one), k * k))
    pair[np.arange(len(pair)), goals[network.one] * k + goals[network.other]] = 1.0
    found = (weights @ pair).reshape(DRAWS, k, k)
    return np.asarray(found / found.sum(axis=(1, 2), keepdims=True))


def covers(cell: Cell, samples: int, seed: int) -> tuple[float, float, float, float]:
    """Return how often intervals hold the truth: in contact, ratio, bootstrap; and its width."""
    rng, k, (truth, ratio) = np.random.default_rng(seed), len(cell.shares), cell.truth()
    held: list[tuple[bool, bool, bool]] = []
    wider: list[float] = []
    for _ in range(samples):
        goals, network = cell.sample(rng)
        if not len(network.one):
            continue
        p = rng.dirichlet(np.bincount(goals, minlength=k) + 0.5, size=DRAWS)
        rates = draw_rates(tallies(network, goals[None], k), DRAWS, rng)
        in_contact = measure.contact_misalignment(
            measure.mixing_from_rates(rates, p), cell.conflict
        )
        weighed = measure.contact_misalignment(products(goals, network, k, rng), cell.conflict)
        ends = [
            np.quantile(x, [0.05, 0.95])
            for x in (in_contact, in_contact / measure.misalignment(p, cell.conflict), weighed)
        ]
        inside = [a <= t <= b for (a, b), t in zip(ends, (truth, ratio, truth), strict=True)]
        held.append((inside[0], inside[1], inside[2]))
        wider.append(float((ends[2][1] - ends[2][0]) / (ends[0][1] - ends[0][0])))
    often = np.mean(held, axis=0)
    return float(often[0]), float(often[1]), float(often[2]), float(np.mean(wider))


def cells() -> list[tuple[str, Cell]]:
    """Return the populations that are tried, with their names."""
    found = []
    for name, (shares, affinity, conflict) in SHAPES.items():
        for agents, met, spread in SIZES:
            found.append(
                (name, Cell(shares, np.array(affinity, float), conflict, agents, met, spread))
            )
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100)
    samples = parser.parse_args().samples
    print(HEAD)
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    every = []
    for number, (name, cell) in enumerate(cells()):
        found = covers(cell, samples, 100 + number)
        every.append(found)
        of = f"{name} | {cell.agents} | {cell.met:g} | {cell.spread:g}"
        print(f"| {of} | {' | '.join(f'{x:.3f}' for x in found)} |", flush=True)
    for name, of in (("mean", np.mean), ("least", np.min)):
        print(f"| {name} |  |  |  | {' | '.join(f'{x:.3f}' for x in of(every, axis=0))} |")


if __name__ == "__main__":
    main()
