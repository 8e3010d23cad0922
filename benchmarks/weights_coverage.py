"""How often 90 % intervals of P(ma) hold the truth under design weights, in unions, and with N."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray
from weighted_designs import HELD_OUT_SHAPES, SHAPES, Design, held_out, usual

from bayes_misalign.inference.draw_blocks import add_unseen
from bayes_misalign.measure import exclusive_conflict, misalignment, union_shares, weighted_plug_in
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL
from bayes_misalign.study.union import estimated_shares

Array = NDArray[np.float64]

AGENTS = (40, 150, 600)
SAMPLES, BATCH, DRAWS = 500, 100, 1_000
MASS, Z = 0.9, 1.6448536269514722
TAILS = [(1 - MASS) / 2, (1 + MASS) / 2]
SEED = 20_261_128
LOWEST, HIGHEST = 0.86, 0.94
LOW = 0.80
RULE, KISH, TAYLOR = "here", "Kish", "Taylor"


def evidence(counts: Array, sums: Array, squares: Array, size: int | None = None) -> ChoiceCounts:
    """Return samples as the populations of one study, which are independent."""
    samples, k = counts.shape
    return ChoiceCounts.from_counts(
        tuple(f"goal {i + 1}" for i in range(k)),
        tuple(f"sample {i + 1}" for i in range(samples)),
        counts,
        weight_sum=sums,
        weight_sq_sum=squares,
        population_size=None if size is None else np.full(samples, size),
    )


def posterior(goals: ChoiceCounts, rng: np.random.Generator) -> Array:
    """Return draws of the shares, (draw, sample, goal), finite ones where sizes are stated."""
    drawn = MODEL.draw(goals, SharePrior(), DRAWS, rng)
    return add_unseen(drawn["proportion"], goals, MODEL.held(goals, drawn, rng), rng)


def kish_shares(goals: ChoiceCounts, rng: np.random.Generator) -> Array:
    """Return draws of the shares where weighted shares count as Kish's effective sample."""
    total, squares = goals.weight_total, goals.weight_sq_total
    counts = goals.weight_sum * (total / squares)[:, None]
    return SharePrior().draw(counts, goals.categories, DRAWS, rng)["proportion"]


def within(draws: Array, truth: float | Array) -> NDArray[np.bool_]:
    """Return whether the interval of draws (draw, sample) holds the truth."""
    low, high = np.quantile(draws, TAILS, axis=0)
    return (low <= truth) & (truth <= high)


def coverage(design: Design, agents: int, rng: np.random.Generator) -> dict[str, float]:
    """Return how often the interval of each method holds the truth."""
    conflict = exclusive_conflict(len(design.shares))
    truth = float(misalignment(design.shares, conflict))
    held: dict[str, int] = dict.fromkeys((RULE, KISH, TAYLOR), 0)
    for _ in range(0, SAMPLES, BATCH):
        goals = evidence(*design.sums(agents, BATCH, rng))
        drawn = {RULE: posterior(goals, rng), KISH: kish_shares(goals, rng)}
        for name, shares in drawn.items():
            held[name] += int(within(misalignment(shares, conflict), truth).sum())
        found = weighted_plug_in(goals.weight_sum, goals.weight_sq_sum, goals.n, conflict)
        held[TAYLOR] += int((np.abs(found.value - truth) <= Z * np.sqrt(found.variance)).sum())
    return {name: number / SAMPLES for name, number in held.items()}


@dataclass(frozen=True)
class Cell:
    """Coverage of one design at one number of agents."""

    design: str
    shape: str
    agents: int
    rate: dict[str, float]

    def row(self) -> list[str]:
        """Return the cell as a line of the table."""
        return [
            self.design,
            self.shape,
            str(self.agents),
            *(f"{r:.3f}" for r in self.rate.values()),
        ]


def cells(held_back: bool, rng: np.random.Generator) -> list[Cell]:
    """Return coverage of every design, shape and number of agents."""
    make, shapes = (held_out, HELD_OUT_SHAPES) if held_back else (usual, SHAPES)
    return [
        Cell(design.name, shape, agents, coverage(design, agents, rng))
        for shape, shares in shapes.items()
        for design in make(shares)
        for agents in AGENTS
    ]


def summary(found: list[Cell]) -> list[list[str]]:
    """Return the lowest, the mean, and how many cells are low, by method."""
    rows = []
    for name in (RULE, KISH, TAYLOR):
        rates = np.array([cell.rate[name] for cell in found])
        many = np.array([cell.rate[name] for cell in found if cell.agents == max(AGENTS)])
        numbers = (rates.min(), rates.mean(), many.min())
        rows.append(
            [name, *(f"{x:.3f}" for x in numbers), f"{(rates < LOW).sum()} of {len(rates)}"]
        )
    return rows


def unions(rng: np.random.Generator) -> list[list[str]]:
    """Return coverage of the union of two populations whose shares are estimated."""
    goals, conflict = np.array([[0.95, 0.05], [0.1, 0.9]]), exclusive_conflict(2)
    rows = []
    for part in (0.15, 0.35, 0.7):
        pi = np.array([part, 1 - part])
        truth = float(misalignment(pi @ goals, conflict))
        for agents in AGENTS:
            for weighted in (False, True):
                held = np.zeros(2)
                for _ in range(0, SAMPLES, BATCH):
                    held += _union_batch(goals, pi, agents, weighted, truth, rng)
                fixed, drawn = held / SAMPLES
                origin = "sums of weights" if weighted else "numbers of answers"
                met = verdict(LOWEST <= drawn <= HIGHEST)
                rows.append([origin, f"{part:g}", str(agents), f"{fixed:.3f}", f"{drawn:.3f}", met])
    return rows


def _union_batch(
    goals: Array, pi: Array, agents: int, weighted: bool, truth: float, rng: np.random.Generator
) -> Array:
    mean = np.array([1.0, 3.0]) if weighted else np.ones(2)  # the second is sampled less often
    sampled = pi / mean / (pi / mean).sum()
    cells = (sampled[:, None] * goals).ravel()
    spread = 0.5 if weighted else 0.0
    where = rng.choice(4, size=(BATCH, agents), p=cells)
    w = mean[where // 2] * np.exp(spread * rng.standard_normal(where.shape) - spread**2 / 2)
    place = (np.arange(BATCH)[:, None] * 4 + where).ravel()
    counts, sums, squares = (
        np.bincount(place, x.ravel(), minlength=4 * BATCH).reshape(2 * BATCH, 2)
        for x in (np.ones_like(w), w, w**2)
    )
    drawn = posterior(evidence(counts, sums, squares), rng).reshape(DRAWS, BATCH, 2, 2)
    held, conflict = np.zeros(2), exclusive_conflict(2)
    for i in range(BATCH):
        pair = slice(2 * i, 2 * i + 2)
        seen = evidence(counts[pair], sums[pair], squares[pair])
        union = estimated_shares(seen, "sums of weights" if weighted else "numbers of answers")
        for j, parts in enumerate((np.array(union.shares), union.draw(DRAWS, rng))):
            found = misalignment(union_shares(drawn[:, i], parts), conflict)
            held[j] += within(found[:, None], truth)[0]
    return held


@dataclass(frozen=True)
class Finite:
    """A finite population, sampled with chances that have to do with goals."""

    name: str
    goals: NDArray[np.int64]  # of each agent
    chance: Array  # of each agent, relative

    def sums(self, agents: int, samples: int, rng: np.random.Generator) -> list[Array]:
        """Return counts and sums of weights that sum to N, of systematic samples, (sample, K)."""
        size, k = len(self.goals), int(self.goals.max()) + 1
        found = [np.zeros((samples, k)) for _ in range(3)]
        chance = self.chance * agents / self.chance.sum()
        assert chance.max() <= 1, "an agent would be sampled twice"
        for i in range(samples):
            order = rng.permutation(size)
            ends = np.cumsum(chance[order])
            points = np.arange(agents) + rng.random()
            who = order[np.minimum(np.searchsorted(ends, points), size - 1)]
            weights = 1 / chance[who]
            weights *= size / weights.sum()
            for j, x in enumerate((np.ones(agents), weights, weights**2)):
                found[j][i] = np.bincount(self.goals[who], x, minlength=k)
        return found


def finite_populations(rng: np.random.Generator) -> list[Finite]:
    """Return populations of 400 agents."""
    found = []
    for shares, ratio in (
        ([0.3, 0.7], [3.0, 1.0]),
        ([0.7, 0.3], [3.0, 1.0]),
        ([0.5, 0.3, 0.2], [1.0, 2.0, 4.0]),
    ):
        goals = np.repeat(np.arange(len(shares)), np.rint(400 * np.array(shares)).astype(int))
        chance = np.array(ratio)[goals]
        text = f"{len(shares)} goals, chances {' : '.join(f'{r:g}' for r in ratio)}"
        found.append(Finite(text, goals, chance))
        size = np.exp(0.4 * np.clip(rng.standard_normal(len(goals)), -1.5, 1.5))
        found.append(Finite(f"{text}, and by size", goals, np.sqrt(chance) * size))
    return found


def scaled_alike(goals: ChoiceCounts, rng: np.random.Generator) -> Array:
    """Return draws of finite shares where the unseen are like the seen, scaled by Kish's effect."""
    total, squares = goals.weight_total, goals.weight_sq_total
    effect = goals.n * squares / total**2
    assert goals.population_size is not None
    counts = goals.weight_sum / total[:, None] * (goals.n / effect)[:, None]
    shares = SharePrior().draw(counts, goals.categories, DRAWS, rng)["proportion"]
    unseen = np.ceil((goals.population_size - goals.n) / effect).astype(int)
    whole = counts + rng.multinomial(unseen, shares)
    return np.asarray(whole / whole.sum(axis=-1, keepdims=True))


def finite(rng: np.random.Generator) -> list[list[str]]:
    """Return coverage in finite populations, by the two ways of completing them."""
    rows = []
    for population in finite_populations(rng):
        k = int(population.goals.max()) + 1
        conflict = exclusive_conflict(k)
        shares = np.bincount(population.goals, minlength=k) / len(population.goals)
        truth = float(misalignment(shares, conflict))
        for agents in (80, 160):
            if (population.chance * agents / population.chance.sum()).max() > 1:
                continue
            held = np.zeros(2)
            for _ in range(0, SAMPLES, BATCH):
                seen = evidence(*population.sums(agents, BATCH, rng), len(population.goals))
                for j, draws in enumerate((scaled_alike(seen, rng), posterior(seen, rng))):
                    held[j] += within(misalignment(draws, conflict), truth).sum()
            before, now = held / SAMPLES
            met = verdict(LOWEST <= now <= HIGHEST)
            rows.append([population.name, str(agents), f"{before:.3f}", f"{now:.3f}", met])
    return rows


def part(number: int) -> Any:
    """Return one part of the tables, with random numbers of its own."""
    rng = np.random.default_rng([SEED, number])
    return (partial(cells, False), partial(cells, True), unions, finite)[number](rng)


def main() -> None:
    with ProcessPoolExecutor(max_workers=4) as pool:
        found, apart, united, completed = pool.map(part, range(4))
    rule = summary(found)[0]
    head = ["design", "goals", "answers", RULE, KISH, TAYLOR]
    of_all = ["method", "lowest", "mean", f"lowest at n = {max(AGENTS)}", f"below {LOW:.2f}"]
    lowest, cells_low = float(rule[1]), int(rule[4].split()[0])
    publish(
        "weights_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) holds the truth under "
        f"design weights, goals exclusive: {SAMPLES:,} simulated samples a line, {DRAWS:,} draws a "
        f"sample, standard error {np.sqrt(MASS * (1 - MASS) / SAMPLES):.3f} at {MASS:g}. `{RULE}` "
        f"is the package's rule (m = 12), `{KISH}` the weighted shares worth Kish's effective "
        f"sample size, both under the default prior; `{TAYLOR}` the linearised interval of the "
        f"weighted estimate. Aim: lowest at least 0.65 ({verdict(lowest >= 0.65)}), mean 0.87 to "
        f"0.93 ({verdict(0.87 <= float(rule[2]) <= 0.93)}), below {LOW:.2f} in at most 4 cells "
        f"({verdict(cells_low <= 4)}), lowest at n = {max(AGENTS)} at least 0.84 "
        f"({verdict(float(rule[3]) >= 0.84)}).",
        table(of_all, summary(found)),
        "Held out: other goals and other designs, none of which was used to choose anything.",
        table(of_all, summary(apart)),
        f"The union of two populations of 95 : 5 and 10 : 90 by its parts: shares of the "
        f"populations fixed at their estimates, and drawn. Aim: {LOWEST:.2f} to {HIGHEST:.2f}.",
        table(["shares from", "part", "answers", "fixed", "drawn", "aim"], united),
        "Finite populations of 400 agents, systematic samples with unequal chances, weights that "
        "sum to 400: unseen agents like the seen, and unseen agents of weight - 1. Aim: "
        f"{LOWEST:.2f} to {HIGHEST:.2f}.",
        table(["population", "sampled", "alike", "weighted", "aim"], completed),
        "All cells.",
        table(head, [cell.row() for cell in found]),
        table(head, [cell.row() for cell in apart]),
    )


if __name__ == "__main__":
    main()
