"""How often intervals of P(ma) hold the truth where agents hold several goals.

    uv run python benchmarks/holdings_coverage.py
    uv run python benchmarks/holdings_coverage.py agree

Samples are drawn from a known population, and 90 % intervals of its P(ma) are counted that hold
it: under the default prior of holdings, a symmetric Dirichlet of total concentration 1, and under
`matched`, which was made for agents who hold one goal each, a concentration of 4, and a flat
Dirichlet on all holdings. Of more than five goals the holdings are those that were seen in the
sample, and each goal alone. The second command looks at agents of the same goals who agree: other
priors, and whether a report cautions where intervals miss.
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
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.multi_select.holdings import JOINED, MOST_WHOLE, holdings_of

Array = NDArray[np.float64]
RESULTS = Path(__file__).parent / "results" / "holdings_coverage.md"
SAMPLES, DRAWS, SEED = 50, 300, 20_260
ONE_BY_ONE = 30  # samples whose categories are those that were seen in each
GOALS, SIZES = (2, 3, 4, 5, 6, 7), (15, 100, 600)
AGREE = (4, 5, 7)  # goals of the cells where agents of the same goals agree
RULES = (("noisy-or", "conflict"), ("noisy-or", "agree"), ("mean", "conflict"))
PRIORS: dict[str, SharePrior | None] = {
    "concentration 1": SharePrior("concentration", concentration=1.0),
    "concentration 4": SharePrior("concentration", concentration=4.0),
    "matched": SharePrior(),
    "Dirichlet(1, ..., 1)": None,  # whose concentration is the number of holdings
}


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
    whole = k <= MOST_WHOLE
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
        flat = SharePrior("concentration", concentration=float(len(categories)))
        priors = MODEL.with_classes(PRIORS[prior] or flat, classes_of(categories, levels.known))
        drawn = MODEL.draw(priors, counts, categories, DRAWS, rng)
        assert drawn is not None
        pma = misalignment(drawn["proportion"], levels)
        low, high = np.quantile(pma, [0.05, 0.95], axis=0)
        inside += ((low <= truth) & (truth <= high)).tolist()
        means += pma.mean(axis=0).tolist()
    return float(np.mean(inside)), float(np.mean(means) - truth)


def cautioned(k: int, share: Array, n: int) -> bool:
    """Tell whether a report would say that agents are few, of answers in these shares."""
    goals = tuple(f"g{i}" for i in range(k))
    counts = {
        JOINED.join(goals[i] for i in one): float(p)
        for one, p in zip(sets(k), n * share, strict=True)
        if p
    }
    made = HoldingCounts.from_counts(goals, ["all"], [counts], same_goals="agree")
    return any("are few beside all the sets" in one.what for one in made.cautions)


def agree() -> int:
    """Work out cells where agents of the same goals agree, and write a table of them."""
    PRIORS["index-uniform"] = SharePrior("index-uniform")
    priors = ("concentration 1", "matched", "index-uniform")
    rates: dict[tuple[str, int], list[float]] = {}
    low: list[tuple[float, bool, str]] = []
    number = 0
    for k in AGREE:
        for name, share in shapes(k):
            for (what, conflict), n in product(conflicts(k).items(), SIZES):
                number += 1
                for prior in priors:
                    rule = ("noisy-or", "agree")
                    rate, _ = covered(k, share, conflict, rule, n, prior, SEED + number)
                    rates.setdefault((prior, k), []).append(rate)
                    if prior == priors[0] and what == "exclusive":
                        low.append((rate, cautioned(k, share, n), f"{k}; {name}; n = {n}"))
        print(k, number, flush=True)
    missed = [x for x in low if x[0] < 0.7]
    held = [x for x in low if x[0] >= 0.8]
    lines = [
        "# Intervals of P(ma) where agents of the same goals agree",
        "",
        f"`benchmarks/holdings_coverage.py agree`: samples, draws and cells as in the table of all "
        f"rules, seed {SEED}; noisy-or. How often 90 % intervals hold P(ma).",
        "",
        "| prior of holdings | goals | cells | least | mean | below 0.80 |",
        "|---|---|---|---|---|---|",
    ]
    for (prior, k), some in sorted(rates.items(), key=lambda x: (priors.index(x[0][0]), x[0][1])):
        got = np.array(some)
        lines.append(
            f"| {prior} | {k} | {len(got)} | {got.min():.2f} | {got.mean():.3f} | "
            f"{(got < 0.8).sum()} |"
        )
    lines += [
        "",
        f"Of exclusive goals under {priors[0]}: {len(missed)} of {len(low)} cells below 0.70, of "
        f"which a report cautions {sum(x[1] for x in missed)}; {len(held)} at 0.80 or above, of "
        f"which it cautions {sum(x[1] for x in held)}. Not cautioned, and below 0.70: "
        f"{', '.join(x[2] for x in missed if not x[1]) or 'none'}.",
    ]
    RESULTS.with_stem("holdings_agree").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def before(k: int, rule: tuple[str, str]) -> tuple[float, float, float]:
    """Return the 5, 50 and 95 % quantiles of P(ma) of exclusive goals before any answer."""
    goals = tuple(f"g{i}" for i in range(k))
    categories, own = holdings_of(goals, [])
    levels = lifted(own, exclusive_conflict(k), *rule)  # type: ignore[arg-type]
    drawn = MODEL.draw_prior(
        SharePrior("concentration", concentration=1.0),
        1,
        categories,
        20_000,
        np.random.default_rng(1),
    )
    low, middle, high = np.quantile(
        misalignment(drawn["proportion"][:, 0], levels), [0.05, 0.5, 0.95]
    )
    return float(low), float(middle), float(high)


def main() -> int:
    """Work out all cells, and write a table of them."""
    if sys.argv[1:] == ["agree"]:
        return agree()
    cells: dict[tuple[str, int, tuple[str, str]], list[tuple[float, float, str]]] = {}
    number = 0
    for k, rule in product(GOALS, RULES):
        for name, share in shapes(k):
            for (what, conflict), n in product(conflicts(k).items(), SIZES):
                number += 1
                for prior in PRIORS:
                    if k > MOST_WHOLE and prior in ("concentration 4", "Dirichlet(1, ..., 1)"):
                        continue
                    if prior == "matched" and rule != RULES[0]:
                        continue
                    rate, off = covered(k, share, conflict, rule, n, prior, SEED + number)
                    words = f"{name}; {what}; n = {n}"
                    cells.setdefault((prior, k, rule), []).append((rate, off, words))
        print(k, rule, number, flush=True)
    lines = [
        "# Intervals of P(ma) where agents hold several goals",
        "",
        f"`benchmarks/holdings_coverage.py`: {SAMPLES} samples a cell ({ONE_BY_ONE} where "
        f"categories are those that were seen, as of six goals and more), {DRAWS} draws, seed "
        f"{SEED}; a cell is a shape of the population (7), levels of conflict (3) and a number of "
        f"answers ({', '.join(map(str, SIZES))}). How often 90 % intervals hold P(ma).",
        "",
        "| prior of holdings | goals | rule | cells | least | 5th percentile | mean | below 0.80 | "
        "mean error of P(ma) | worst cell |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (prior, k, rule), found in sorted(
        cells.items(), key=lambda x: (list(PRIORS).index(x[0][0]), x[0])
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
        "P(ma) of exclusive goals before any answer, concentration 1:",
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
