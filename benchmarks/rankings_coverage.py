"""How often intervals of P(ma) hold the truth where agents put alternatives in an order.

    uv run python benchmarks/rankings_coverage.py

Samples are drawn from known populations of 3 to 8 alternatives, and 90 % intervals of the mean
normalised Kendall distance are counted that hold it. The prior is Dirichlet with the total 2, as
the model has it, or 1 or 4. Where all orders are listed, of 3 and 4 alternatives, the matched
prior of the other models stands beside.

Populations: all orders alike (impartial culture); Plackett and Luce with weights that fall by 0.7;
Mallows with dispersion 0.8, 0.5 and 0.2 about one order; two camps with reversed orders, 60 to 40,
each Mallows with 0.6 or 0.2; and four orders alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import misalignment, pairwise_shares, rankings_misalignment
from bayes_misalign.measure.rankings import rankings_conflict
from bayes_misalign.models.independent.model import MODEL
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.ranked.evidence import OrderCounts

Array = NDArray[np.float64]
Orders = NDArray[np.int64]  # (agent, alternative), the first alternative first
RESULTS = Path(__file__).parent / "results" / "rankings_coverage.md"
SAMPLES, DRAWS, TRUTH, SEED = 100, 400, 200_000, 20_261
ALTERNATIVES, SIZES = (3, 4, 5, 8), (30, 150, 1000)
FEWER = {1000: 40}  # samples of so many agents
PRIORS: dict[str, SharePrior] = {
    f"total {total:g}": SharePrior("concentration", concentration=total) for total in (1, 2, 4)
}
MATCHED = "matched"
MIDDLE = ("all alike", "two camps, 0.6")  # within 0.01 of the largest P(ma) of 4 and more


def mallows(n: int, k: int, dispersion: float, rng: np.random.Generator) -> Orders:
    """Return orders about 0, 1, ..., k - 1 by repeated insertion (Doignon and others, 2004)."""
    found = np.zeros((n, 0), np.int64)
    for i in range(k):
        chance = dispersion ** np.arange(i, -1, -1.0)
        at = rng.choice(i + 1, size=n, p=chance / chance.sum())
        columns = np.arange(i + 1)
        before = np.take_along_axis(
            np.column_stack([found, np.full(n, i)]),
            np.where(columns < at[:, None], columns, columns - 1) % (i + 1),
            axis=1,
        )
        found = np.where(columns == at[:, None], i, before)
    return found


def shapes(k: int) -> dict[str, Callable[[int, np.random.Generator], Orders]]:
    """Return what draws the orders of agents, by the name of the population."""

    def alike(n: int, rng: np.random.Generator) -> Orders:
        return rng.permuted(np.tile(np.arange(k), (n, 1)), axis=1)

    def plackett(n: int, rng: np.random.Generator) -> Orders:
        return np.argsort(-(np.log(0.7) * np.arange(k) + rng.gumbel(size=(n, k))), axis=1)

    def camps(dispersion: float) -> Callable[[int, np.random.Generator], Orders]:
        def draw(n: int, rng: np.random.Generator) -> Orders:
            found = mallows(n, k, dispersion, rng)
            other = rng.random(n) < 0.4
            found[other] = k - 1 - found[other]
            return found

        return draw

    def four(n: int, rng: np.random.Generator) -> Orders:
        orders = np.array([np.random.default_rng(i).permutation(k) for i in range(4)])
        return orders[rng.choice(4, size=n, p=[0.5, 0.25, 0.15, 0.1])]

    found = {"all alike": alike, "Plackett and Luce": plackett}
    for dispersion in (0.8, 0.5, 0.2):
        found[f"Mallows, {dispersion}"] = lambda n, rng, d=dispersion: mallows(n, k, d, rng)
    return {**found, "two camps, 0.6": camps(0.6), "two camps, 0.2": camps(0.2), "four": four}


def true_value(draw: Callable[[int, np.random.Generator], Orders], k: int, name: str) -> float:
    """Return P(ma) of a population, that of all orders alike exactly."""
    if name == "all alike":
        return 0.5
    at = np.argsort(draw(TRUTH, np.random.default_rng(0)), axis=1)
    m = np.array([(at[:, i] < at[:, j]).mean() for i, j in combinations(range(k), 2)])
    return float((2 * m * (1 - m)).mean())


def evidence_of(orders: Orders, goals: tuple[str, ...]) -> OrderCounts:
    """Return counts of orders."""
    lines, n = np.unique(orders, axis=0, return_counts=True)
    labels = [" > ".join(goals[i] for i in line) for line in lines]
    return OrderCounts.from_counts(goals, ("all",), [dict(zip(labels, n.tolist(), strict=True))])


def drawn(evidence: OrderCounts, prior: SharePrior, rng: np.random.Generator) -> Array:
    """Return posterior draws of P(ma) by pairs of alternatives."""
    found = MODEL.draw(prior, evidence.counts, evidence.categories, DRAWS, rng)
    assert found is not None
    shares = found["proportion"][:, 0]
    return rankings_misalignment(pairwise_shares(shares, evidence.position))


def cell(k: int, name: str, n: int) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Return coverage and mean error by prior, the truth, and how often the model cautions."""
    goals = tuple(f"g{i}" for i in range(k))
    draw = shapes(k)[name]
    truth, rng = true_value(draw, k, name), np.random.default_rng([SEED, k, n, len(name)])
    priors = PRIORS | ({MATCHED: SharePrior()} if k <= 4 else {})
    inside = {prior: list[bool]() for prior in priors}
    errors = {prior: list[float]() for prior in priors}
    cautioned = 0
    samples = FEWER.get(n, SAMPLES)
    for _ in range(samples):
        evidence = evidence_of(draw(n, rng), goals)
        cautioned += bool(evidence.cautions)
        for prior, one in priors.items():
            pma = drawn(evidence, one, rng)
            low, high = np.quantile(pma, [0.05, 0.95])
            inside[prior].append(bool(low <= truth <= high))
            errors[prior].append(float(pma.mean() - truth))
    found = {p: (float(np.mean(inside[p])), float(np.mean(errors[p]))) for p in priors}
    return found, truth, cautioned / samples


def prior_quantiles(k: int) -> Array:
    """Return the 5, 50 and 95 % quantiles of P(ma) before any answer."""
    empty = OrderCounts.from_counts(tuple(f"g{i}" for i in range(k)), ("all",), [{}])
    found = MODEL.draw(
        PRIORS["total 2"], empty.counts, empty.categories, 20_000, np.random.default_rng(1)
    )
    assert found is not None
    exclusive = 1.0 - np.eye(k)
    pma = misalignment(found["proportion"][:, 0], rankings_conflict(empty.position, exclusive))
    return np.quantile(pma, [0.05, 0.5, 0.95])


def main() -> int:
    """Work out all cells, and write a table of them."""
    names = (*PRIORS, MATCHED)
    lines = [
        "# Intervals of P(ma) where agents put alternatives in an order",
        "",
        f"`benchmarks/rankings_coverage.py`: {SAMPLES} samples a cell ({FEWER[1000]} of 1,000 "
        f"agents), {DRAWS} draws, seed {SEED}. How often 90 % intervals hold P(ma), and the mean "
        "error of its posterior mean; the last column says in what part of the samples the model "
        "cautions that agents disagree about nearly as much as they could.",
        "",
        f"| alternatives | population | P(ma) | agents | {' | '.join(names)} | cautioned |",
        "|---|---|---|---|" + "---|" * (len(names) + 1),
    ]
    every: dict[tuple[str, bool], list[float]] = {}
    plain: dict[str, list[float]] = {}
    for k in ALTERNATIVES:
        for name in shapes(k):
            for n in SIZES:
                found, truth, cautioned = cell(k, name, n)
                shown = [
                    f"{found[p][0]:.2f} ({found[p][1]:+.3f})" if p in found else "" for p in names
                ]
                cells = [str(k), name, f"{truth:.3f}", f"{n:,}", *shown, f"{cautioned:.2f}"]
                lines.append(f"| {' | '.join(cells)} |")
                for p, (rate, _) in found.items():
                    every.setdefault((p, name in MIDDLE), []).append(rate)
                    if cautioned < 0.5:
                        plain.setdefault(p, []).append(rate)
                print(lines[-1], flush=True)
    lines += [
        "",
        "| prior | populations | cells | least | mean | below 0.80 |",
        "|---|---|---|---|---|---|",
    ]
    for (p, middle), rates in sorted(every.items(), key=lambda x: (names.index(x[0][0]), x[0][1])):
        which = ", ".join(MIDDLE) if middle else "all others"
        lines.append(_row(p, which, rates))
    lines += [_row(p, "cells that are mostly not cautioned", rates) for p, rates in plain.items()]
    lines += [
        "",
        "P(ma) before any answer, with the total 2:",
        "",
        "| alternatives | 5 % | 50 % | 95 % |",
        "|---|---|---|---|",
    ]
    for k in ALTERNATIVES:
        low, middle_, high = prior_quantiles(k)
        lines.append(f"| {k} | {low:.3f} | {middle_:.3f} | {high:.3f} |")
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _row(prior: str, which: str, rates: list[float]) -> str:
    found = np.array(rates)
    return (
        f"| {prior} | {which} | {len(found)} | {found.min():.2f} | {found.mean():.3f} | "
        f"{(found < 0.8).sum()} |"
    )


if __name__ == "__main__":
    sys.exit(main())
