"""How often intervals hold the truth where a sample is biased by covariates and poststratified.

    uv run python benchmarks/poststratified_coverage.py [PART ...]

With names of parts, only these are run; the others are kept as the table has them. Beside them:
the answers as they are, and each weighted by its cell's share of the population over its share of
the answers.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from common import publish_parts, table
from numpy.typing import NDArray
from poststratified_truths import SEED, TRUTHS, Truth, of_parts, pma_of
from poststratified_weighted import sds_of_the_prior, weighted_draws

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]

SAMPLES = 60
MASS = 0.9
DRAWS = 1_000
POINTS, POINTS_OF_MANY = 256, 64  # of the prior of sds; where goals are more than three
EXACT_DRAWS = 1_000
ADDED, LEVEL, COMBINED, RAW, BY_CELL = "model", "no slopes", "combinations", "raw", "by cell"
METHODS = (ADDED, LEVEL, COMBINED, RAW, BY_CELL)
MEASURES = ("held", "bias", "width")
HEAD = ["truth", "answers", "interval of"]
HEAD += [f"{measure}: {method}" for measure in MEASURES for method in METHODS]


@dataclass(frozen=True)
class Cell:
    """A truth, its number of answers, and the methods that are tried on its samples."""

    truth: str
    answers: int
    methods: tuple[str, ...] = METHODS


PAIR = (ADDED, LEVEL)
MOSTLY = (*PAIR, RAW, BY_CELL)
FEWER = (
    Cell("covariates", 150, MOSTLY),
    Cell("covariates", 600, MOSTLY),
    Cell("unrelated", 150, MOSTLY),
)
PARTS: dict[str, tuple[int, tuple[str, ...], tuple[Cell, ...]]] = {
    "Chile": (2, ("region", "education"), (Cell("Chile", 300, MOSTLY), Cell("Chile", 1200))),
    "three": (
        3,
        ("age", "region"),
        (
            Cell("covariates", 150, MOSTLY),
            Cell("unrelated", 150, MOSTLY),
            Cell("covariates", 600, MOSTLY),
            Cell("unrelated", 600, MOSTLY),
            Cell("covariates", 2400, MOSTLY),
        ),
    ),
    "limits": (
        3,
        ("age", "region"),
        (Cell("combinations", 600), Cell("goals", 600, (ADDED, RAW, BY_CELL))),
    ),
    "two": (2, ("age", "region"), FEWER),
    "eight": (8, ("age", "region"), (Cell("covariates", 600, MOSTLY),)),
    "others": (5, (), (Cell("others", 300, MOSTLY),)),
}
TITLES = {
    "Chile": "Votes in Chile, 1988; combinations of region and education",
    "three": "Three goals, simulated",
    "limits": "Three goals where effects do not add up, and where refusing goes with them",
    "two": "Two goals, simulated",
    "eight": "Eight goals, simulated",
    "others": "Five goals of another population, simulated",
}


class Fits:
    """The model's posterior, and how many independent draws its weighted ones were worth."""

    def __init__(self, interactions: tuple[str, ...]) -> None:
        self._interactions = (interactions,) if interactions else ()
        self._priors = CellPriors.of()
        self.worth: list[float] = []

    def shares(self, seen: CellCounts, method: str, rng: np.random.Generator) -> Array:
        """Return draws of the shares of parts (draw, part, goal)."""
        told = self._interactions if method == COMBINED else ()
        seen = replace(seen, interactions=told)
        priors = replace(self._priors, reached=0.0) if method == LEVEL else self._priors
        points = POINTS if len(seen.categories) < 4 else POINTS_OF_MANY
        sds = sds_of_the_prior(seen, priors, points, SEED)
        drawn = weighted_draws(seen, priors, sds, DRAWS, rng)
        self.worth.append(drawn.worth)
        return of_parts(seen, drawn.shares)

    @property
    def text(self) -> str:
        """How the fits went."""
        least, tenth, middle = np.quantile(self.worth, [0.0, 0.1, 0.5])
        return (
            f"{len(self.worth)} fits; their {DRAWS:,} weighted draws are worth {middle:,.0f} "
            f"independent ones (median; a tenth of fits below {tenth:,.0f}, the least "
            f"{least:,.0f})."
        )


def without_model(seen: CellCounts, rng: np.random.Generator, *, weighted: bool) -> Array:
    """Return draws of P(ma) of parts and of all, from answers as they are or weighted by cell."""
    counts, n = seen.cell_counts, seen.cell_n
    weight = (
        np.divide(seen.sizes, n, out=np.zeros_like(n), where=n > 0) if weighted else np.ones_like(n)
    )
    member = (seen.part == np.arange(len(seen.populations))[:, None]).astype(float)
    groups = np.concatenate([member, np.ones((1, len(n)))])  # the parts, then all
    sums = [groups @ (counts * w[:, None]) for w in (np.ones_like(n), weight, weight**2)]
    goals = ChoiceCounts.from_counts(
        seen.categories,
        (*seen.populations, "all"),
        sums[0],
        weight_sum=sums[1],
        weight_sq_sum=sums[2],
    )
    drawn = goals_model("single-choice").draw(goals, SharePrior(), EXACT_DRAWS, rng)
    named = [label for label in seen.categories if label != NO_GOAL]
    conflict = exclusive_conflict(len(named), no_goal=NO_GOAL in seen.categories)
    return np.asarray(misalignment(drawn["proportion"], conflict))


@dataclass
class Found:
    """What intervals of P(ma) did, of parts and then all."""

    held: list[Array] = field(default_factory=list)
    error: list[Array] = field(default_factory=list)
    width: list[Array] = field(default_factory=list)

    def add(self, draws: Array, truth: Array) -> None:
        """Take draws (draw, quantity) and true values (quantity,)."""
        low, high = np.quantile(draws, [(1 - MASS) / 2, (1 + MASS) / 2], axis=0)
        self.held.append((low <= truth) & (truth <= high))
        self.error.append(draws.mean(axis=0) - truth)
        self.width.append(high - low)

    def figures(self, which: slice) -> tuple[str, str, str]:
        """Coverage, bias and mean width; the bias is that of each quantity, and its mean size."""
        held = float(np.mean(self.held, axis=0)[which].mean())
        bias = np.mean(self.error, axis=0)[which]
        size = f"{bias[0]:+.3f}" if len(bias) == 1 else f"{np.abs(bias).mean():.3f}"
        return f"{held:.3f}", size, f"{np.mean(self.width, axis=0)[which].mean():.3f}"


def cell(
    fits: Fits, truth: Truth, answers: int, methods: tuple[str, ...], rng: np.random.Generator
) -> dict[str, Found]:
    """Return what the intervals of each method did."""
    found, true = {method: Found() for method in methods}, truth.pma
    for _ in range(SAMPLES):
        seen = truth.sample(answers, rng)
        for method in methods:
            if method in (RAW, BY_CELL):
                draws = without_model(seen, rng, weighted=method == BY_CELL)
            else:
                draws = pma_of(seen, fits.shares(seen, method, rng))
            found[method].add(draws, true)
    return found


def run(name: str) -> list[str]:
    """Return the paragraphs of one part."""
    goals, interactions, cells = PARTS[name]
    fits, rows = Fits(interactions), []
    for one in cells:
        rng = np.random.default_rng([SEED, zlib.crc32(one.truth.encode()), goals, one.answers])
        found = cell(fits, TRUTHS[one.truth][0](goals), one.answers, one.methods, rng)
        for of, which in (("all", slice(-1, None)), ("a part", slice(0, -1))):
            shown = {method: by.figures(which) for method, by in found.items()}
            rows.append([one.truth, str(one.answers), of])
            for i in range(len(MEASURES)):
                rows[-1] += [shown[m][i] if m in shown else "" for m in METHODS]
        print(name, rows[-2:], fits.text, flush=True)
    return [table(HEAD, rows), fits.text]


def main() -> None:
    first = (
        f"How often {100 * MASS:g} % equal-tailed intervals of P(ma) hold the truth, of all and of "
        f"a part (a region: means over all), their bias and their mean width, over {SAMPLES} "
        "samples a line, with replacement. `model`: poststratified with default priors; "
        "`no slopes`: the same with `reached = 0`; "
        "`combinations`: the same, told that combinations have effects; `raw`: the answers as "
        "they are; `by cell`: each weighted by its cell's share of the population over its "
        "share of the answers, cells without answers left out. Bias: mean of the posterior means "
        "minus the truth; of parts its size, averaged. Goals are exclusive. "
        "Posteriors are drawn without a chain, weighted "
        "(`poststratified_weighted.py`)."
    )
    truths = "\n".join(f"- `{name}`: {words}." for name, (_, words) in TRUTHS.items())
    titles = {name: f"#### {words}" for name, words in TITLES.items()}
    parts = {name: partial(run, name) for name in PARTS}
    publish_parts("poststratified_coverage", titles, parts, head=f"{first}\n\n{truths}")


if __name__ == "__main__":
    main()
