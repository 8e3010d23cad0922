"""How often intervals of P(ma) hold the truth, under four priors of the goal shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from common import publish, table, verdict
from coverage_truths import (
    GRADED,
    NEAR,
    SHAPES,
    Array,
    Shape,
    Truth,
    equal,
    graded,
    real,
    referendum,
    shaped,
    tables,
    without_goal,
)

from bayes_misalign.contract.classes import GoalClasses, classes_of
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL

GOALS = (2, 3, 8, 20)
MANY_GOALS = (40, 60)
ANSWERS = (15, 50, 200)
ROWS = (30, 100, 300)
SAMPLES = 1_000
DRAWS, MOST_DRAWS = 250, 4_000  # more where few samples differ
BATCH = 6_000_000  # numbers drawn at once
MASS, HALF = 0.9, 0.5
SEED = 20_220_601
DEFAULT, BESIDE, HARD = "matched", "index-uniform", "dominant"
# what is aimed at for the default prior where goals exclude each other
MEAN, LOW_CELLS, LEAST, BELOW, SHARE_BELOW = (0.88, 0.92), 0.84, 0.70, 0.80, 0.03
WIDER, REAL = 0.04, (0.86, 0.94)


def priors(k: int, classes: GoalClasses | None = None) -> dict[str, SharePrior]:
    """Return the priors to compare; a symmetric Dirichlet(a) has total concentration a k."""
    return {
        DEFAULT: SharePrior().with_classes(classes),
        BESIDE: SharePrior(BESIDE),
        "Dirichlet(1)": SharePrior("concentration", concentration=float(k)),
        "Dirichlet(1/2)": SharePrior("concentration", concentration=k / 2),
    }


@dataclass(frozen=True)
class Held:
    """How an interval did: wholly above and wholly below the truth, its half, its mean width."""

    above: float
    below: float
    half: float
    width: float

    @property
    def rate(self) -> float:
        """How often the 90 % interval holds the truth."""
        return max(1 - self.above - self.below, 0.0)


def _distinct(counts: Array, truth: Truth) -> tuple[Array, Array]:
    """Return different samples and how often each occurred.

    Where goals exclude each other P(ma) does not know one from another, nor do these priors.
    """
    if truth.conflict is None:
        counts = counts.copy()
        counts[:, : truth.goals].sort(axis=1)
    rows, times = np.unique(counts, axis=0, return_counts=True)
    return rows, times / times.sum()


def held(
    counts: Array, truths: Array | float, truth: Truth, prior: SharePrior, rng: np.random.Generator
) -> Held:
    """Return how equal-tailed intervals do on samples (sample, category)."""
    labels = truth.labels
    alone = np.ndim(truths) > 0
    rows, times = (counts, 1 / len(counts)) if alone else _distinct(counts, truth)
    draws = int(np.clip(DRAWS * SAMPLES / len(rows), DRAWS, MOST_DRAWS))
    size = max(BATCH // (draws * counts.shape[1]), 1)
    tails = [(1 - MASS) / 2, (1 + MASS) / 2, (1 - HALF) / 2, (1 + HALF) / 2]
    found = []
    for start in range(0, len(rows), size):
        drawn = prior.draw(rows[start : start + size], labels, draws, rng)["proportion"]
        values = misalignment(drawn, truth.matrix)
        # of n draws the i-th smallest leaves i / (n + 1) below it, on average
        found.append(np.quantile(values, tails, axis=0, method="weibull"))
    low, high, low_half, high_half = np.concatenate(found, axis=1)

    def share(what: Array) -> float:
        return float((what * times).sum())

    # a truth at the bound is compared with draws that may round to it
    return Held(
        share(low > truths + 1e-12),
        share(high < truths - 1e-12),
        share((low_half <= truths + 1e-12) & (high_half >= truths - 1e-12)),
        share(high - low),
    )


@dataclass(frozen=True)
class Cell:
    """One truth at one number of answers, by prior."""

    truth: Truth
    answers: int
    by: dict[str, Held]

    @property
    def row(self) -> list[str]:
        """The cell as a line of the table."""
        truth, own = self.truth, self.by[DEFAULT]
        return [
            truth.name,
            str(truth.goals),
            f"{truth.shares[-1]:.3g}" if truth.no_goal else "",
            str(self.answers),
            f"{misalignment(truth.shares, truth.matrix):.4f}",
            *(f"{found.rate:.3f}" for found in self.by.values()),
            f"{own.above:.3f}",
            f"{own.below:.3f}",
            f"{own.half:.3f}",
            f"{own.width / self.by[BESIDE].width:.3f}",
        ]


HEAD = ["truth", "goals", "without a goal", "answers", "true P(ma)", *priors(2)]
HEAD += ["too high", "too low", "50 % interval", "width"]


def cells(group: str, truths: Iterable[Truth], answers: tuple[int, ...]) -> list[Cell]:
    """Return coverage of every truth at every number of answers, each with numbers of its own."""
    return [
        cell(truth, n, np.random.default_rng([SEED, i, n, *group.encode()]))
        for i, truth in enumerate(truths)
        for n in answers
    ]


def cell(truth: Truth, answers: int, rng: np.random.Generator) -> Cell:
    """Return coverage of one truth at one number of answers."""
    value = float(misalignment(truth.shares, truth.matrix))
    counts = truth.samples(answers, SAMPLES, rng)
    # as a study does: goals of equal conflict are one
    tried = priors(len(truth.shares), classes_of(truth.labels, truth.matrix)).items()
    by = {name: held(counts, value, truth, prior, rng) for name, prior in tried}
    return Cell(truth, answers, by)


def control() -> list[list[str]]:
    """Return coverage where each sample has its own truth, drawn from the default prior."""
    rng, rows, prior = np.random.default_rng(SEED), [], SharePrior()
    for k, no_goal in ((2, False), (8, False), (3, True)):
        labels = tuple(f"goal {i + 1}" for i in range(k)) + (NO_GOAL,) * no_goal
        for n in ANSWERS:
            nothing = np.zeros((1, k + no_goal))
            shares = prior.draw(nothing, labels, SAMPLES, rng)["proportion"][:, 0]
            truth = Truth("drawn", shares[0], no_goal)
            values = misalignment(shares, exclusive_conflict(k, no_goal=no_goal))
            counts = rng.multinomial(n, shares).astype(float)
            found = held(counts, values, truth, prior, rng)
            where = "yes" if no_goal else ""
            rows.append([str(k), where, str(n), f"{found.rate:.3f}", f"{found.half:.3f}"])
    return rows


def summary(groups: dict[str, list[Cell]]) -> str:
    """Return the coverage of every prior in every group of cells, and in all."""
    everything = [cell for cells in groups.values() for cell in cells]
    rows = []
    together = {"all of these": everything} if len(groups) > 1 else {}
    for group, found in {**groups, **together}.items():
        for name in priors(2):
            rate = np.array([cell.by[name].rate for cell in found])
            half = np.mean([cell.by[name].half for cell in found])
            wide = [cell.by[name].width / cell.by[BESIDE].width for cell in found]
            figures = (rate.min(), np.quantile(rate, 0.05), rate.mean(), rate.max(), half)
            below = f"{(rate < BELOW).sum()} of {len(rate)}"
            numbers = [f"{v:.3f}" for v in figures]
            rows.append([group, name, *numbers[:4], below, numbers[4], f"{np.mean(wide):.3f}"])
    head = ["cells", "prior", "lowest", "5th percentile", "mean", "highest", f"below {BELOW:.2f}"]
    return table([*head, "50 % interval, mean", "width"], rows)


def aims(usual: list[Cell], hard: list[Cell], rows: list[Cell]) -> str:
    """Return what was aimed at for the default prior, what came out, and whether it is met."""

    def measured(cells: list[Cell]) -> list[tuple[str, bool]]:
        rate = np.array([cell.by[DEFAULT].rate for cell in cells])
        low, share = float(np.quantile(rate, 0.05)), float((rate < BELOW).mean())
        wide = np.mean([cell.by[DEFAULT].width / cell.by[BESIDE].width for cell in cells]) - 1
        return [
            (f"{rate.mean():.3f}", bool(MEAN[0] <= rate.mean() <= MEAN[1])),
            (f"{low:.3f}", low >= LOW_CELLS),
            (f"{100 * share:.1f} %", share <= SHARE_BELOW),
            (f"{rate.min():.3f}", bool(rate.min() >= LEAST)),
            (f"{100 * wide:+.1f} %", bool(wide <= WIDER)),
        ]

    of_rows = np.array([cell.by[DEFAULT].rate for cell in rows])
    sides = [np.mean([getattr(cell.by[DEFAULT], s) for cell in rows]) for s in ("above", "below")]
    aimed = [
        ("mean of cells", f"{MEAN[0]:.2f} to {MEAN[1]:.2f}"),
        ("5th percentile of cells", f"at least {LOW_CELLS:.2f}"),
        (f"cells below {BELOW:.2f}", f"at most {100 * SHARE_BELOW:g} %"),
        ("lowest cell, near ties apart", f"at least {LEAST:.2f}"),
        ("mean width beside index-uniform", f"at most {100 * WIDER:g} % wider"),
    ]
    lines = [
        [*aim, own, verdict(met), f"{other} ({verdict(other_met)})"]
        for aim, (own, met), (other, other_met) in zip(
            aimed, measured([*usual, *rows]), measured([*usual, *rows, *hard]), strict=True
        )
    ]
    inside = bool(of_rows.min() >= REAL[0] and of_rows.max() <= REAL[1])
    span = f"{of_rows.min():.3f} to {of_rows.max():.3f}"
    each = ["rows of public tables, every cell", f"{REAL[0]:.2f} to {REAL[1]:.2f}"]
    lines.append([*each, span, verdict(inside), ""])
    missed = f"{sides[0]:.3f} and {sides[1]:.3f}"
    name = "rows of public tables, too high and too low"
    lines.append([name, "both", missed, verdict(min(sides) > 0), ""])
    head = ["exclusive goals, prior `matched`", "aim", "measured", ""]
    return table([*head, "with cells of one group of 95 %"], lines)


def main() -> None:
    with_aim = {
        "without g_0": (shaped(SHAPES, GOALS), ANSWERS),
        "with g_0": (without_goal(GOALS), ANSWERS),
        **{f"{k} goals": (shaped(SHAPES, (k,)), ANSWERS) for k in MANY_GOALS},
        "real distributions": (real(), ROWS),
    }
    groups = {name: cells(name, *what) for name, what in with_aim.items()}
    rows = cells("rows of public tables", tables(), ROWS)
    apart = cells("graded", graded((5, 20)), ANSWERS)
    near = cells("near ties", [*shaped(NEAR, GOALS), referendum(None)], ANSWERS)
    ties = cells("exact ties", shaped({"equal": equal}, GOALS), ANSWERS)
    found_hard = [c for found in groups.values() for c in found if c.truth.name == HARD]
    usual = {name: [c for c in found if c.truth.name != HARD] for name, found in groups.items()} | {
        "rows of public tables": rows
    }
    exclusive = [c for found in usual.values() for c in found if found is not rows]
    publish(
        "interval_coverage",
        f"How often equal-tailed intervals of P(ma) hold the truth: {SAMPLES:,} simulated samples "
        f"a cell, {DRAWS} to {MOST_DRAWS:,} exact draws a sample; standard error of a cell "
        f"{_error(MASS):.3f} at {MASS:g} and {_error(HALF):.3f} at {HALF:g}. Intervals of "
        f"{100 * MASS:g} % unless stated. "
        "Answers are drawn with replacement, but for the rows of public tables, which are drawn "
        "without. A cell is one truth at one number of answers.",
        aims(exclusive, found_hard, rows),
        "One group of 95 % (`dominant`) is known to be hard, because answers are then often "
        "unanimous; it is shown apart.",
        "By prior. `width` is that of the 90 % interval over the width under index-uniform, mean "
        "over cells.",
        summary(usual),
        summary({f"one group of 95 % ({HARD})": found_hard}),
        f"In the tables below: {_legend(SHAPES)}. `without a goal`: share of agents who hold none; "
        "the shapes are those of the others. `too high` and `too low`: how often the interval of "
        "`matched` lies wholly above, and wholly below, the truth; the last two columns are of "
        "`matched` too.",
        *(f"**{group}**\n\n" + _shown(found) for group, found in groups.items()),
        "**rows of public tables**, drawn without replacement; the truth is that of the table\n\n"
        + _shown(rows),
        "**Graded conflict, apart and without an aim**: no prior that takes all goals for alike "
        f"does well here with few answers. {_graded_legend()}.\n\n" + _shown(apart),
        f"**Near ties, apart and without an aim**: {_legend(NEAR)}; and the referendum, a near tie "
        "of two goals beside agents without one.\n\n" + _shown(near),
        "**Exact ties, apart and without an aim**: at the maximum of P(ma) no draw lies above the "
        "truth, so that an equal-tailed interval misses it by construction under every prior. "
        "These are plain equal-tailed intervals.\n\n" + _shown(ties),
        "**Control**: `matched` where each sample's truth is itself drawn from that prior. An "
        f"exact posterior covers {MASS:g} and {HALF:g} here.\n\n"
        + table(["goals", "without a goal", "answers", "90 %", "50 %"], control()),
    )


def _error(rate: float) -> float:
    return float(np.sqrt(rate * (1 - rate) / SAMPLES))


def _shown(found: list[Cell]) -> str:
    return table(HEAD, [cell.row for cell in found])


def _legend(shapes: dict[str, Shape]) -> str:
    words = (
        (name, (make.__doc__ or "").removeprefix("Return ").rstrip("."))
        for name, make in shapes.items()
    )
    return "; ".join(f"{name}, {text}" for name, text in words)


def _graded_legend() -> str:
    return "; ".join(f"{name}: {words}" for name, (_, _, words) in GRADED.items())


if __name__ == "__main__":
    main()
