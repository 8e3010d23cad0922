"""How often intervals of P(conflict in any area) hold the truth, within populations and between.

Agents are of three kinds, whose answers in the areas have nothing to do with another given the
kind; two populations have different parts of each. 90 % intervals of two agents of the first one,
and of an agent of each:

    python -m benchmarks.any_area_coverage --samples 100
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.areas.joint import Answers, draw_answers, joint_draws

Array = NDArray[np.float64]
DRAWS = 400
CONFLICT = measure.exclusive_conflict(2, no_goal=True)
# shares of two goals, and of no goal, among agents of each kind
SHAPES: dict[str, list[list[float]]] = {
    "related": [[0.9, 0.05, 0.05], [0.1, 0.85, 0.05], [0.4, 0.4, 0.2]],
    "hardly related": [[0.55, 0.4, 0.05], [0.45, 0.5, 0.05], [0.5, 0.4, 0.1]],
    "nearly unanimous": [[0.97, 0.02, 0.01], [0.94, 0.05, 0.01], [0.9, 0.08, 0.02]],
    "mostly no goal": [[0.25, 0.05, 0.7], [0.05, 0.2, 0.75], [0.1, 0.1, 0.8]],
}
PARTS = np.array([[0.5, 0.3, 0.2], [0.2, 0.6, 0.2]])  # of the kinds in each population
AREAS, AGENTS = (2, 4, 8), (15, 40, 150)
HEAD = "| answers | areas | agents of each | within | between |"


@dataclass(frozen=True)
class Cell:
    """Two populations: the shares (kind, area, category) of kinds of agents, and agents of each."""

    kinds: Array
    agents: int

    def truth(self) -> tuple[float, float]:
        """Return P(conflict in any area) of two agents of the first, and of one of each."""
        each = np.einsum("sak,kl,tal->sta", self.kinds, CONFLICT, self.kinds)
        any_of = 1 - np.prod(1 - each, axis=2)
        first, second = PARTS
        return float(first @ any_of @ first), float(first @ any_of @ second)

    def sample(self, population: int, rng: np.random.Generator) -> Answers:
        """Return draws of the joint answers of so many agents."""
        of = rng.choice(len(PARTS[0]), self.agents, p=PARTS[population])
        above = rng.random((*self.kinds[of].shape[:2], 1)) > np.cumsum(self.kinds[of], axis=-1)
        goals = np.minimum(above.sum(axis=-1), len(CONFLICT) - 1)
        patterns, counts = np.unique(goals, axis=0, return_counts=True)
        margins = [
            rng.dirichlet(np.bincount(answers, minlength=len(CONFLICT)) + 0.5, DRAWS)
            for answers in goals.T
        ]
        return draw_answers(patterns, counts.astype(float), margins, rng)


def covers(cell: Cell, samples: int, seed: int) -> tuple[float, float]:
    """Return how often intervals hold the truth, within a population and between two."""
    rng, truths = np.random.default_rng(seed), cell.truth()
    held = np.zeros((samples, 2))
    areas = cell.kinds.shape[1]
    for row in held:
        one, other = (cell.sample(population, rng) for population in (0, 1))
        for i, second in enumerate((one, other)):
            drawn = joint_draws(one, second, [CONFLICT[None]] * areas).any
            low, high = np.quantile(drawn, [0.05, 0.95])
            row[i] = low <= truths[i] <= high
    within, between = held.mean(axis=0)
    return float(within), float(between)


def cells() -> list[tuple[str, Cell]]:
    """Return the populations that are tried, with their names."""
    found = []
    for name, shares in SHAPES.items():
        for areas in AREAS:
            # who agrees in one area disagrees in the next, or all would be of one mind
            own = np.array([x if a % 2 == 0 else np.roll(x, 1, 0) for a, x in _each(shares, areas)])
            found += [(name, Cell(own.transpose(1, 0, 2), agents)) for agents in AGENTS]
    return found


def _each(shares: list[list[float]], areas: int) -> list[tuple[int, Array]]:
    return [(a, np.array(shares)) for a in range(areas)]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100)
    samples = parser.parse_args().samples
    print(HEAD)
    print("| --- | --- | --- | --- | --- |")
    every = []
    for number, (name, cell) in enumerate(cells()):
        found = covers(cell, samples, 100 + number)
        every.append(found)
        of = f"{name} | {cell.kinds.shape[1]} | {cell.agents}"
        print(f"| {of} | {' | '.join(f'{x:.2f}' for x in found)} |", flush=True)
    for name, of_all in (("mean", np.mean), ("least", np.min)):
        print(f"| {name} |  |  | {' | '.join(f'{x:.2f}' for x in of_all(every, axis=0))} |")


if __name__ == "__main__":
    main()
