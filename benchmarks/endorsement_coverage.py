"""How often intervals of P(ma) hold the truth where agents hold goals with strengths.

    uv run python benchmarks/endorsement_coverage.py
    uv run python benchmarks/endorsement_coverage.py again
    uv run python benchmarks/endorsement_coverage.py cautioned

Samples are drawn from known populations of 1,500 agents, and 90 % intervals of P(ma) are counted
that hold it: under the default prior, whose total concentration is 1, under larger ones, and under
`matched`, which learns it. There is room for the kinds of agents that the model has room for. The
second command draws cells of few agents again, with six times as many samples, to tell which of
the worst are so by chance. The third looks at how often evidence is cautioned, and at populations
that took no part in the choice of when it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import exclusive_conflict, strength_conflict
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.endorsement.kinds import kinds_of, room_of
from bayes_misalign.models.independent.model import MODEL
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
RESULTS = Path(__file__).parent / "results" / "endorsement_coverage.md"
AGENTS, SAMPLES, DRAWS, SEED = 1_500, 50, 300, 41_000
CAUTIONED = 60
AGAIN = 300  # samples of the cells of few agents, drawn again
GOALS, SIZES = (2, 3, 5), (30, 150, 600)
RULES = (("noisy-or", "geometric"), ("mean", "arithmetic"), ("max", "min"))
PRIORS = {
    "concentration 1": SharePrior("concentration", concentration=1.0),
    "concentration 3": SharePrior("concentration", concentration=3.0),
    "matched": SharePrior(),
}


def likert(x: Array) -> Array:
    """Return strengths on a scale of five points."""
    return np.clip(np.round(x * 4), 0, 4) / 4


def populations(k: int, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Yield populations: the strengths (agent, goal) of all their agents."""

    def one_each(shares: Array, certainty: float) -> Array:
        goal, mean = rng.choice(k, AGENTS, p=shares / shares.sum()), np.linspace(0.4, 0.8, k)
        found = np.zeros((AGENTS, k))
        at = mean[goal]
        found[np.arange(AGENTS), goal] = rng.beta(certainty * at, certainty * (1 - at)).round(3)
        return found

    yield "one goal each, nearly even", one_each(np.linspace(1, 1.6, k), 3)
    yield "one goal each, uneven, strengths alike", one_each(0.5 ** np.arange(k), 30)
    mean = np.linspace(0.35, 0.75, k)
    yield "ratings, independent", likert(rng.beta(2 * mean, 2 * (1 - mean), (AGENTS, k)))
    common, own = rng.normal(size=(AGENTS, 1)), rng.normal(size=(AGENTS, k))
    level = np.linspace(-0.8, 0.8, k) + 1.2 * common + 0.6 * own
    yield "ratings, one common factor", likert(1 / (1 + np.exp(-level)))
    half = (k + 1) // 2
    left = np.concatenate([np.full(half, 0.8), np.full(k - half, 0.1)])
    right = np.concatenate([np.full(half, 0.15), np.full(k - half, 0.75)])
    camp = np.where(rng.random((AGENTS, 1)) < 0.6, left, right)
    yield "ratings, two camps", likert(rng.beta(6 * camp, 6 * (1 - camp)))
    held = rng.random((AGENTS, k)) < np.linspace(0.25, 0.5, k)
    yield "few goals each", held * rng.beta(3, 2, (AGENTS, k)).round(3)


def conflicts(k: int) -> dict[str, Array]:
    """Return levels of conflict of k goals: excluding, on a line, and weak."""
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    found = {"exclusive": exclusive_conflict(k), "weak": 0.2 * exclusive_conflict(k)}
    return found if k == 2 else {**found, "line": steps / (k - 1)}


def covered(
    agents: Array,
    levels: Array,
    rows: Array,
    n: int,
    prior: SharePrior,
    seed: int,
    samples: int = SAMPLES,
) -> tuple[float, float]:
    """Return how often 90 % intervals hold P(ma), and the mean error of its posterior mean.

    `levels` is the conflict of kinds; those of the population are followed by those there is room
    for. `rows` is the kind of each agent.
    """
    rng = np.random.default_rng(seed)
    shares = np.bincount(rows.astype(int), minlength=len(levels)) / len(agents)
    truth = float(shares @ levels @ shares)
    inside, means = 0, []
    room = np.arange(int(rows.max()) + 1, len(levels))
    for _ in range(samples):
        counts = np.bincount(rng.choice(rows.astype(int), n), minlength=len(levels))
        kept = np.union1d(np.flatnonzero(counts), room)
        labels = tuple(map(str, kept))
        drawn: Any = MODEL.draw(prior, counts[None, kept].astype(float), labels, DRAWS, rng)
        p = drawn["proportion"][:, 0]
        pma = ((p @ levels[np.ix_(kept, kept)]) * p).sum(axis=1)
        low, high = np.quantile(pma, [0.05, 0.95])
        inside += low <= truth <= high
        means.append(pma.mean())
    return inside / samples, float(np.mean(means)) - truth


def with_room(agents: Array, k: int) -> tuple[Array, Array]:
    """Return strengths of all kinds, those there is room for last, and the kind of each agent."""
    kinds, rows = np.unique(agents, axis=0, return_inverse=True)
    goals = tuple(f"g{i}" for i in range(k))
    points = sorted(set(agents[agents > 0].tolist()))
    room = kinds_of(goals, [], room_of(points if len(points) <= 5 else [])).strength
    known = {tuple(row) for row in kinds.tolist()}
    more = np.array([row for row in room.tolist() if tuple(row) not in known]).reshape(-1, k)
    return np.concatenate([kinds, more]), rows.ravel().astype(float)


def before(k: int) -> list[float]:
    """Return quantiles, before any answer, of P(ma) of exclusive goals held by numbers."""
    goals = tuple(f"g{i}" for i in range(k))
    evidence = StrengthCounts.of(goals, ("all",), [], np.zeros((1, 0)), room=room_of([]))
    levels = strength_conflict(evidence.strength, exclusive_conflict(k))
    rng = np.random.default_rng(1)
    drawn: Any = MODEL.draw_prior(PRIORS["concentration 1"], 1, evidence.categories, 20_000, rng)
    p = drawn["proportion"][:, 0]
    return np.quantile(((p @ levels) * p).sum(axis=1), [0.05, 0.25, 0.5, 0.75, 0.95]).tolist()


def again() -> int:
    """Draw cells of few agents again, with more samples, and write a table of them."""
    found = []
    for k in GOALS[1:]:
        for name, agents in populations(k, np.random.default_rng(k)):
            strengths, rows = with_room(agents, k)
            for (what, conflict), rule in product(conflicts(k).items(), RULES[::2]):
                if what == "weak":  # as exclusive, but for noisy-or
                    continue
                levels = strength_conflict(strengths, conflict, *rule)  # type: ignore[arg-type]
                prior, few = PRIORS["concentration 1"], SIZES[0]
                rate, off = covered(agents, levels, rows, few, prior, SEED - 1, AGAIN)
                found.append((rate, off, f"{k} goals; {name}; {what}; {', '.join(rule)}"))
                print(*found[-1], flush=True)
    rates = np.array([rate for rate, _, _ in found])
    lines = [
        "# Intervals of P(ma) where few agents hold goals with strengths, drawn again",
        "",
        f"`benchmarks/endorsement_coverage.py again`: {AGAIN} samples a cell (standard error "
        f"{np.sqrt(0.09 / AGAIN):.3f} at 0.9), {DRAWS} draws, seed {SEED - 1}; {len(found)} cells "
        f"of {SIZES[0]} agents and the default prior. How often 90 % intervals hold P(ma): mean "
        f"{rates.mean():.3f}, least {rates.min():.3f}, below 0.80 in {(rates < 0.8).sum()}.",
        "",
        "| cell | held | mean error of P(ma) |",
        "|---|---|---|",
    ]
    lines += [f"| {words} | {rate:.3f} | {off:+.3f} |" for rate, off, words in sorted(found)]
    RESULTS.with_stem("endorsement_again").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def others(k: int, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    """Yield populations that no limit of a caution was chosen by."""
    for name, common, own, spread in (
        ("ratings, a weaker common factor", 0.9, 0.6, 0.8),
        ("ratings, a stronger common factor, goals alike", 1.6, 0.5, 0.0),
    ):
        level = common * rng.normal(size=(AGENTS, 1)) + own * rng.normal(size=(AGENTS, k))
        level += np.linspace(-spread, spread, k)
        yield name, likert(1 / (1 + np.exp(-level)))
    level = 0.6 + 1.2 * rng.normal(size=(AGENTS, 1)) + 0.6 * rng.normal(size=(AGENTS, k))
    yield "numbers, one common factor", (1 / (1 + np.exp(-level))).round(3)


def cautioned() -> int:
    """Count how often evidence is cautioned, and intervals hold, with few agents or more."""
    lines = [
        "# How often few agents who hold all goals alike are cautioned",
        "",
        f"`benchmarks/endorsement_coverage.py cautioned`: {CAUTIONED} samples a line (standard "
        f"error {np.sqrt(0.09 / CAUTIONED):.3f} at 0.9), {DRAWS} draws, seed {SEED - 2}; goals "
        "exclude each other, pairs are joined by noisy-or with geometric strengths. How often 90 % "
        "intervals hold P(ma), and how often the sample is cautioned. The limits of the caution "
        "were chosen by the first six populations with three and five goals.",
        "",
        "| goals | agents | population | held | cautioned |",
        "|---|---|---|---|---|",
    ]
    for k in (3, 4, 5):
        rng = np.random.default_rng(k)
        for name, agents in [*populations(k, rng), *others(k, rng)]:
            strengths, rows = with_room(agents, k)
            levels = np.asarray(strength_conflict(strengths, exclusive_conflict(k)))
            for n in (30, 60, 150):
                prior = PRIORS["concentration 1"]
                rate, _ = covered(agents, levels, rows, n, prior, SEED - 2, CAUTIONED)
                said = _said(strengths, rows, n, k)
                lines.append(f"| {k} | {n} | {name} | {rate:.2f} | {said:.2f} |")
                print(lines[-1], flush=True)
    RESULTS.with_stem("endorsement_cautioned").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _said(strengths: Array, rows: Array, n: int, k: int) -> float:
    """Return how often samples of so many agents are cautioned."""
    rng, found = np.random.default_rng(SEED - 2), 0
    goals = (*(f"g{i}" for i in range(k)), NO_GOAL)
    nothing = np.append(strengths, ~strengths.any(axis=1)[:, None], axis=1)
    for _ in range(CAUTIONED):
        counts = np.bincount(rng.choice(rows.astype(int), n), minlength=len(strengths))
        seen = np.flatnonzero(counts)
        kinds = [tuple(row) for row in nothing[seen].tolist()]
        evidence = StrengthCounts.of(goals, ("all",), kinds, counts[None, seen])
        found += bool(evidence.cautions)
    return found / CAUTIONED


def main() -> int:
    """Work out all cells, and write tables of them."""
    if sys.argv[1:] == ["cautioned"]:
        return cautioned()
    if sys.argv[1:] == ["again"]:
        return again()
    cells: dict[tuple[str, int, int], list[tuple[float, float, str]]] = {}
    number = 0
    for k in GOALS:
        for name, agents in populations(k, np.random.default_rng(k)):
            strengths, rows = with_room(agents, k)
            for (what, conflict), rule in product(conflicts(k).items(), RULES):
                levels = strength_conflict(strengths, conflict, *rule)  # type: ignore[arg-type]
                for n, prior in product(SIZES, PRIORS):
                    number += 1
                    if prior == "matched" and (n > 150 or rule != RULES[0]):
                        continue
                    rate, off = covered(agents, levels, rows, n, PRIORS[prior], SEED + number)
                    words = f"{name}; {what}; {', '.join(rule)}"
                    cells.setdefault((prior, k, n), []).append((rate, off, words))
            print(k, name, flush=True)
    lines = [
        "# Intervals of P(ma) where agents hold goals with strengths",
        "",
        f"`benchmarks/endorsement_coverage.py`: {SAMPLES} samples a cell, {DRAWS} draws, seed "
        f"{SEED}; a cell is a population (6), levels of conflict (2 of two goals, else 3) and a "
        "rule (3; of `matched` the first, with at most 150 agents). How often 90 % intervals hold "
        "P(ma).",
        "",
        "| prior of kinds | goals | agents | cells | least | 5th percentile | mean | below 0.80 | "
        "mean error of P(ma) | worst cell |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    order = list(PRIORS)
    for (prior, k, n), found in sorted(cells.items(), key=lambda x: (order.index(x[0][0]), x[0])):
        rates = np.array([rate for rate, _, _ in found])
        off = np.mean([error for _, error, _ in found])
        lines.append(
            f"| {prior} | {k} | {n} | {len(rates)} | {rates.min():.2f} | "
            f"{np.quantile(rates, 0.05):.2f} | {rates.mean():.3f} | {(rates < 0.8).sum()} | "
            f"{off:+.3f} | {min(found)[2]} |"
        )
    lines += [
        "",
        "P(ma) of exclusive goals before any answer, strengths as numbers:",
        "",
        "| goals | 5 % | 25 % | 50 % | 75 % | 95 % |",
        "|---|---|---|---|---|---|",
    ]
    lines += [f"| {k} | " + " | ".join(f"{x:.3f}" for x in before(k)) + " |" for k in GOALS]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
