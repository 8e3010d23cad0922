"""How often intervals of P(ma) hold the truth where agents hold several goals.

    uv run python benchmarks/holdings_coverage.py

The prior of shares was chosen for exclusive goals of agents who hold one each. Here it is put on
holdings, sets of goals, and looked at with shapes, levels of conflict and rules that had no part
in that choice. Samples are drawn from a known population, and 90 % intervals of its P(ma) are
counted that hold it. Beside it stand a flat Dirichlet on all holdings, and for four goals those
holdings alone that were seen in the sample, as they are of more than five.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.classes import classes_of
from bayes_misalign.measure import exclusive_conflict, lifted, misalignment
from bayes_misalign.models.independent.model import MODEL
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.multi_select.holdings import MOST_WHOLE, holdings_of

Array = NDArray[np.float64]
RESULTS = Path(__file__).parent / "results" / "holdings_coverage.md"
SAMPLES, DRAWS, SEED = 50, 300, 20_260
ONE_BY_ONE = 30  # samples whose categories are those that were seen in each
GOALS, SIZES = (2, 3, 4, 5, 7), (15, 100, 600)
RULES = (("noisy-or", "conflict"), ("noisy-or", "agree"), ("mean", "conflict"))
PRIORS = ("matched", "matched, seen only", "Dirichlet(1, ..., 1)")


def conflicts(k: int) -> dict[str, Array]:
    """Return levels of conflict of k goals: excluding, on a line, and weak."""
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    return {
        "exclusive": exclusive_conflict(k),
        "line": steps / (k - 1),
        "weak": 0.2 * exclusive_conflict(k),
    }


def shapes(k: int) -> Iterator[tuple[str, Array]]:
    """Yield populations: the share of every set of goals, in the order of `sets`."""
    every = sets(k)
    held = np.array([[i in one for i in range(k)] for one in every], float)
    # no two goals alike: at a tie P(ma) is at a bound, where every equal-tailed interval misses
    for name, ends in (("few", (0.12, 0.4)), ("many", (0.4, 0.8))):
        chance = np.linspace(*ends, k)
        share = np.prod(np.where(held > 0, chance, 1 - chance), axis=1)
        yield f"independent, {name} goals", share / share.sum()
    scale = np.array([(one == tuple(range(len(one)))) * 0.7 ** len(one) for one in every])
    yield "each goal implies those before it", scale / scale.sum()
    left, right = tuple(range((k + 1) // 2)), tuple(range((k + 1) // 2, k))
    camps = np.array([0.55 * (one == left) + 0.35 * (one == right) for one in every])
    yield "two camps", camps + 0.1 / len(every)
    big = np.array([0.8 * (one == (0, 1)) for one in every])
    yield "one big", big + 0.2 / len(every)
    few = np.array([(len(one) < 3) * 0.2 ** len(one) * 0.6 ** sum(one) for one in every])
    yield "most hold one", few / few.sum()
    yield "uneven", np.random.default_rng(k).dirichlet(np.full(len(every), 0.2))


def sets(k: int) -> list[tuple[int, ...]]:
    """Return all sets of k goals but the empty one."""
    return [one for size in range(1, k + 1) for one in combinations(range(k), size)]


def covered(
    k: int, share: Array, conflict: Array, rule: tuple[str, str], n: int, prior: str, seed: int
) -> tuple[float, float]:
    """Return how often 90 % intervals hold P(ma), and the mean of posterior means over it."""
    how, same = rule
    every, rng = sets(k), np.random.default_rng(seed)
    held = np.array([[i in one for i in range(k)] for one in every], int)
    truth = float(misalignment(share, lifted(held, conflict, how, same)))  # type: ignore[arg-type]
    goals = tuple(f"g{i}" for i in range(k))
    whole = k <= MOST_WHOLE and prior != "matched, seen only"
    samples = rng.multinomial(n, share, size=SAMPLES if whole else ONE_BY_ONE)
    inside, means = [], []
    for part in [samples] if whole else [samples[i : i + 1] for i in range(len(samples))]:
        seen = [one for one, m in zip(every, part.sum(axis=0), strict=True) if m]
        if whole:
            categories, own = holdings_of(goals, every)
        else:
            alone = {(i,) for i in range(k)} | set(seen)
            rows = sorted(alone, key=lambda one: (len(one), one))
            categories = tuple(map(str, rows))
            own = np.array([[int(i in one) for i in range(k)] for one in rows], np.int64)
        place = {tuple(np.flatnonzero(row).tolist()): m for m, row in enumerate(own)}
        counts = np.zeros((len(part), len(categories)))
        for m, one in enumerate(every):
            if one in place:
                counts[:, place[one]] += part[:, m]
        levels = lifted(own, conflict, how, same)  # type: ignore[arg-type]
        priors = SharePrior("concentration", concentration=float(len(categories)))
        if prior.startswith("matched"):
            priors = MODEL.with_classes(SharePrior(), classes_of(categories, levels.known))
        drawn = MODEL.draw(priors, counts, categories, DRAWS, rng)
        assert drawn is not None
        pma = misalignment(drawn["proportion"], levels)
        low, high = np.quantile(pma, [0.05, 0.95], axis=0)
        inside += ((low <= truth) & (truth <= high)).tolist()
        means += pma.mean(axis=0).tolist()
    return float(np.mean(inside)), float(np.mean(means) - truth)


def before(k: int, rule: tuple[str, str]) -> tuple[float, float, float]:
    """Return the 5, 50 and 95 % quantiles of P(ma) of exclusive goals before any answer."""
    goals = tuple(f"g{i}" for i in range(k))
    categories, own = holdings_of(goals, [])
    levels = lifted(own, exclusive_conflict(k), *rule)  # type: ignore[arg-type]
    priors = MODEL.with_classes(SharePrior(), classes_of(categories, levels.known))
    drawn = MODEL.draw_prior(priors, 1, categories, 20_000, np.random.default_rng(1))
    low, middle, high = np.quantile(
        misalignment(drawn["proportion"][:, 0], levels), [0.05, 0.5, 0.95]
    )
    return float(low), float(middle), float(high)


def main() -> int:
    """Work out all cells, and write a table of them."""
    cells: dict[tuple[str, int, tuple[str, str]], list[tuple[float, float, str]]] = {}
    number = 0
    for k, rule in product(GOALS, RULES):
        for name, share in shapes(k):
            for (what, conflict), n in product(conflicts(k).items(), SIZES):
                number += 1
                for prior in PRIORS:
                    if prior == "matched, seen only" and (k != 4 or rule != RULES[0]):
                        continue
                    if k > MOST_WHOLE and rule != RULES[0]:
                        continue
                    if not prior.startswith("matched") and k > MOST_WHOLE:
                        continue
                    rate, off = covered(k, share, conflict, rule, n, prior, SEED + number)
                    words = f"{name}; {what}; n = {n}"
                    cells.setdefault((prior, k, rule), []).append((rate, off, words))
        print(k, rule, number, flush=True)
    lines = [
        "# Intervals of P(ma) where agents hold several goals",
        "",
        f"`benchmarks/holdings_coverage.py`: {SAMPLES} samples a cell ({ONE_BY_ONE} where "
        f"categories are those that were seen, as of seven goals), {DRAWS} draws, seed {SEED}; a "
        "cell is a shape of the population (7), levels of conflict (3) and a number of answers "
        f"({', '.join(map(str, SIZES))}). How often 90 % intervals hold P(ma).",
        "",
        "| prior of holdings | goals | rule | cells | least | 5th percentile | mean | below 0.80 | "
        "mean error of P(ma) | worst cell |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (prior, k, rule), found in sorted(
        cells.items(), key=lambda x: (PRIORS.index(x[0][0]), x[0])
    ):
        rates = np.array([rate for rate, _, _ in found])
        off = np.mean([error for _, error, _ in found])
        lines.append(
            f"| {prior} | {k} | {', '.join(rule)} | {len(rates)} | {rates.min():.2f} | "
            f"{np.quantile(rates, 0.05):.2f} | {rates.mean():.3f} | {(rates < 0.8).sum()} | "
            f"{off:+.3f} | {min(found)[2]} |"
        )
    for prior in PRIORS:
        rates = np.array(
            [r for (p, _, _), found in cells.items() if p == prior for r, _, _ in found]
        )
        lines.append(
            f"| **{prior}, all** | | | {len(rates)} | {rates.min():.2f} | "
            f"{np.quantile(rates, 0.05):.2f} | {rates.mean():.3f} | {(rates < 0.8).sum()} | | |"
        )
    lines += [
        "",
        "P(ma) of exclusive goals before any answer, matched prior:",
        "",
        "| goals | rule | 5 % | 50 % | 95 % |",
        "|---|---|---|---|---|",
    ]
    for k, rule in product((2, 3, 4, 5), RULES):
        low, middle, high = before(k, rule)
        lines.append(f"| {k} | {', '.join(rule)} | {low:.3f} | {middle:.3f} | {high:.3f} |")
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
