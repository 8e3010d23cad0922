"""How often intervals of a change of P(ma) hold the truth where agents are asked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pool

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice import generative
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.pairing import ABSENT, Patterns

Array = NDArray[np.float64]

SAMPLES = 100  # a cell
DRAWS = 400
SEED = 20_220_601
MASS = 0.9
LOWEST, HIGHEST = 0.86, 0.94
PROCESSES = 2
SHAPES = ("one of 70 %", "one of 92 %", "random", "equal")


@dataclass(frozen=True)
class Panel:
    """Agents who are asked in several waves, and how many of them change in between."""

    shape: str  # of the shares in the first wave
    goals: int
    answers: int  # a wave
    switching: float  # of those who draw a new goal, perhaps the old one, from wave to wave
    overlap: float = 1.0  # part of a wave who were in the one before
    waves: int = 2
    weights: str = "none"  # or "kept": those of an agent in all waves; "new": drawn in each


def panels() -> Iterator[Panel]:
    """Return all panels."""
    for shape in SHAPES:
        for goals in (2, 3, 8):
            for switching in (0.02, 0.1, 0.5):
                for answers in (50, 300, 1000):
                    yield Panel(shape, goals, answers, switching)
                yield Panel(shape, goals, 300, switching, overlap=0.6)
            yield Panel(shape, goals, 300, 0.1, waves=3)
    for weights in ("kept", "new"):
        for shape in SHAPES[:3]:
            for goals in (2, 3):
                yield Panel(shape, goals, 300, 0.1, weights=weights)


def simulate(panel: Panel, rng: np.random.Generator) -> tuple[Array, NDArray[np.int64], Array]:
    """Return the shares in each wave, and goals and weights of agents in each, -1 where absent."""
    k, n = panel.goals, panel.answers
    first = {
        "one of 70 %": [0.7, *[0.3 / (k - 1)] * (k - 1)],
        "one of 92 %": [0.92, *[0.08 / (k - 1)] * (k - 1)],
        "equal": [1 / k] * k,
    }.get(panel.shape) or rng.dirichlet(np.full(k, 2.0))
    to = rng.dirichlet(np.ones(k)) if panel.shape == "random" else np.eye(k)[[0, -1]].mean(0)
    new = round(n * (1 - panel.overlap))
    shares, everybody = [np.array(first)], n + new * (panel.waves - 1)
    goals = [rng.choice(k, everybody, p=first)]
    for _ in range(panel.waves - 1):
        shares.append((1 - panel.switching) * shares[-1] + panel.switching * to)
        changes = rng.random(everybody) < panel.switching
        goals.append(np.where(changes, rng.choice(k, everybody, p=to), goals[-1]))
    found = np.stack(goals, axis=1)
    agent, wave = np.arange(everybody)[:, None], np.arange(panel.waves)
    found[(agent < wave * new) | (agent >= wave * new + n)] = ABSENT
    weights = np.ones(found.shape)
    if panel.weights != "none":  # weights that have nothing to do with goals
        weights = rng.gamma(4.0, 0.25, found.shape)
        weights[:] = weights[:, :1] if panel.weights == "kept" else weights
    return np.array(shares), found, weights


def evidence_of(goals: NDArray[np.int64], weights: Array, k: int, weighted: bool) -> ChoiceCounts:
    """Return answers, and those who are in several waves by what they answered in each."""

    def sums(values: Array) -> Array:
        return np.stack(
            [np.bincount(g[g >= 0], v[g >= 0], k) for g, v in zip(goals.T, values.T, strict=True)]
        )

    several = (goals >= 0).sum(axis=1) > 1
    distinct, which = np.unique(goals[several], axis=0, return_inverse=True)
    which, w = which.ravel(), np.where(goals >= 0, weights, 0.0)[several]
    by_pattern = [np.zeros(distinct.shape), np.zeros(distinct.shape)]
    for into, power in zip(by_pattern, (1, 2), strict=True):
        np.add.at(into, which, w**power)
    alike = np.ones(len(distinct))
    for i in range(w.shape[1]):
        for j in range(i):
            both = np.bincount(which, w[:, i] * w[:, j], len(distinct))
            top = np.sqrt(by_pattern[1][:, i] * by_pattern[1][:, j])
            alike = np.minimum(alike, np.divide(both, top, out=np.ones_like(top), where=top > 0))
    return ChoiceCounts.from_counts(
        [f"goal {i + 1}" for i in range(k)],
        [f"wave {s + 1}" for s in range(goals.shape[1])],
        sums(np.ones(goals.shape)),
        weight_sum=sums(weights) if weighted else None,
        weight_sq_sum=sums(weights**2) if weighted else None,
        patterns=Patterns(distinct, np.bincount(which).astype(float), *by_pattern, alike),
    )


def rates(panel: Panel) -> tuple[Panel, Array]:
    """Return how often the truth is held, below and above, and width over that without pairs.

    The last is how often intervals hold it that take the waves as samples of different agents.
    """
    rng = np.random.default_rng([SEED, *repr(panel).encode()])
    found = np.zeros((SAMPLES, 5))
    for row in found:
        shares, goals, weights = simulate(panel, rng)
        evidence = evidence_of(goals, weights, panel.goals, panel.weights != "none")
        drawn = generative.draw(evidence, SharePrior(), DRAWS, rng)["proportion"]
        index = 1 - (drawn**2).sum(axis=-1)
        true = float((shares[0] ** 2).sum() - (shares[-1] ** 2).sum())
        tails = (1 - MASS) / 2, (1 + MASS) / 2
        low, high = np.quantile(index[:, -1] - index[:, 0], tails)
        lower, upper = np.quantile(index[:, -1] - rng.permutation(index[:, 0]), tails)
        row[:] = low <= true <= high, true < low, true > high, (high - low) / (upper - lower), 0
        row[4] = lower <= true <= upper
    return panel, found.mean(axis=0)


def main() -> None:
    with Pool(PROCESSES) as pool:
        found = pool.map(rates, list(panels()), chunksize=1)
    rows = []
    for panel, r in found:
        row = [panel.shape, str(panel.goals), str(panel.answers), f"{100 * panel.switching:g} %"]
        row += [f"{100 * panel.overlap:g} %", str(panel.waves), panel.weights]
        rows.append([*row, *(f"{x:.3f}" for x in r[:3]), f"{r[3]:.2f}", f"{r[4]:.3f}"])
    short = ["shares", "weights", "cells", "lowest", "mean", "highest", "below 0.86", "above 0.94"]
    short += ["missed below", "missed above", "width", "held without pairs"]
    summary = []
    for name, chosen in (
        ("one of 70 %, 92 %, random", SHAPES[:3]),
        ("equal", SHAPES[3:]),
    ):
        for label, weights in (("none", ("none",)), ("kept, new", ("kept", "new"))):
            here = [r for p, r in found if p.shape in chosen and p.weights in weights]
            if not here:
                continue
            cells = np.array(here)
            held = cells[:, 0]
            summary.append(
                [name, label, str(len(cells)), f"{held.min():.3f}", f"{held.mean():.3f}"]
                + [f"{held.max():.3f}", f"{(held < LOWEST).sum()}", f"{(held > HIGHEST).sum()}"]
                + [f"{x:.3f}" for x in cells[:, 1:3].mean(axis=0)]
                + [
                    f"{cells[:, 3].min():.2f} to {cells[:, 3].max():.2f}",
                    f"{cells[:, 4].mean():.3f}",
                ]
            )
    usual = np.array([r[0] for p, r in found if p.shape != "equal"])
    error = np.sqrt(0.09 / SAMPLES)
    met = bool(LOWEST <= usual.mean() <= HIGHEST and usual.min() >= LOWEST - 3 * error)
    head = ["shares", "goals", "answers", "switching", "overlap", "waves", "weights", "held"]
    head += ["below", "above", "width", "held without pairs"]
    publish(
        "paired_coverage",
        "How often 90 % intervals of the change of P(ma) from the first wave of a panel to the "
        "last hold the truth, goals exclusive, default prior of the shares. `switching` is the "
        "part of agents who draw a new goal, perhaps the old one, from wave to wave; `width` that "
        "of the interval over that of one that takes the waves as samples of different agents. "
        f"{SAMPLES} samples a line, {DRAWS} draws a sample, standard error {error:.3f} at 0.9.",
        f"Shares that are not equal: {usual.min():.3f} to {usual.max():.3f}, mean "
        f"{usual.mean():.3f} (aim {LOWEST} to {HIGHEST} in the mean, and no cell 3 standard errors "
        f"below): {verdict(met)}. Above {HIGHEST} are panels in which next to nobody switched, "
        "where an interval cannot be as narrow as the few who did. Exactly equal shares of many "
        "goals are a maximum of P(ma), where no change is of first order: the default prior draws "
        "each wave towards it, so that the change comes out too small. Where half of the agents "
        "switched, intervals without pairs miss it as often.\n\n"
        + table(
            short,
            summary,
        ),
        table(head, rows),
    )


if __name__ == "__main__":
    main()
