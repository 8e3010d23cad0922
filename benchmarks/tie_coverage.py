"""How often intervals of P(ma) hold an even split, and what extending them to a limit costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pool

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

from bayes_misalign.measure import attainable_maximum, exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.limits import Limit, zero
from bayes_misalign.settings import NO_GOAL, Interval

Array = NDArray[np.float64]

SAMPLES = {"tie": 800, "near a tie": 240, "elsewhere": 240, "unanimous": 240, "judged": 240}
KINDS = ("tie", "near a tie", "elsewhere", "judged")
DRAWS = 1_000
BATCH = 50  # samples drawn at once
MASSES = (0.9, 0.95, 0.5)
SEED = 20_220_601
LOWEST, HIGHEST = 0.86, 0.97
PROCESSES = 2


@dataclass(frozen=True)
class Truth:
    """What is true of a population, and how it is seen."""

    grid: str  # "used" in choosing the rule, or "held out"
    kind: str  # "tie", "near a tie", "elsewhere", "unanimous", "judged" (conflict uncertain)
    name: str
    shares: Array  # the last one of g_0, where it is there
    answers: int
    no_goal: bool = False
    conflict: Array | None = None  # exclusive goals if None
    judged: int = 0  # times that each pair was judged; 0 if conflict is known
    level: float = field(default=0.8)  # of conflict, where it is judged

    @property
    def matrix(self) -> Array:
        """The true conflict matrix."""
        if self.conflict is not None:
            return self.conflict
        exclusive = exclusive_conflict(len(self.shares) - self.no_goal, self.no_goal)
        return exclusive * (self.level if self.judged else 1.0)


def spaced(k: int, part: float) -> Array:
    """Return shares evenly spaced from so much below equal ones to as much above."""
    return np.linspace(1 - part, 1 + part, k) / k


def one_apart(k: int, times: float) -> Array:
    """Return equal shares, but for one that is so many times as large."""
    shares = np.array([times, *[1.0] * (k - 1)])
    return np.asarray(shares / shares.sum())


def zipf(k: int) -> Array:
    """Return shares proportional to 1/i."""
    shares = 1 / np.arange(1, k + 1)
    return np.asarray(shares / shares.sum())


def line(k: int) -> Array:
    """Return conflict that grows with distance on a line, 1 between its ends."""
    place = np.arange(k)
    return np.asarray(np.abs(place[:, None] - place) / (k - 1))


def with_no_goal(shares: Array, part: float) -> Array:
    """Return the shares where a part of all agents hold no goal."""
    return np.append(shares * (1 - part), part)


def used() -> Iterator[Truth]:
    """Return the truths that the rule was chosen on."""
    for k in (2, 3, 8):
        for n in (15, 30, 100, 300, 1000):
            at = partial(Truth, "used", answers=n)
            yield at("tie", f"{k} equal", np.full(k, 1 / k))
            for part in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5):
                yield at("near a tie", f"{k} within {100 * part:.0f} %", spaced(k, part))
            yield at("elsewhere", f"{k}, one of 80 %", one_apart(k, 4.0 * (k - 1)))
            if k > 2:
                yield at("near a tie", f"{k}, one 30 % larger", one_apart(k, 1.3))
                yield at("near a tie", f"{k}, one half as large", one_apart(k, 0.5))
                yield at("elsewhere", f"{k} Zipf", zipf(k))


def held_out() -> Iterator[Truth]:
    """Return other truths: other goals, shapes and sizes, g_0, graded and uncertain conflict."""
    rng = np.random.default_rng(SEED)
    scattered = [(k, rng.dirichlet(np.full(k, a))) for k, a in ((3, 5.0), (4, 1.0), (6, 20.0))]
    for n in (20, 75, 250, 600):
        at = partial(Truth, "held out", answers=n)
        for k in (2, 3, 4, 8, 12):
            yield at("tie", f"{k} equal", np.full(k, 1 / k))
            yield at("near a tie", f"{k} within 7 %", spaced(k, 0.07))
            yield at("near a tie", f"{k} within 15 %", spaced(k, 0.15))
            yield at("near a tie", f"{k}, one 60 % larger", one_apart(k, 1.6))
        for k, shares in scattered:
            yield at("elsewhere", f"{k} scattered", shares)
        yield at("elsewhere", "5, three big", np.array([0.32, 0.31, 0.3, 0.05, 0.02]))
        for part in (0.03, 0.3):
            shares = with_no_goal(np.array([0.5, 0.5]), part)
            name = f"2 equal and {100 * part:.0f} % no goal"
            yield at("elsewhere", name, shares, no_goal=True)
        ends = np.array([0.5, 0.0, 0.0, 0.0, 0.5])
        yield at("tie", "line of 5, half at each end", ends, conflict=line(5))
        inner = np.array([0.4, 0.1, 0.0, 0.1, 0.4])
        yield at("near a tie", "line of 5, most at the ends", inner, conflict=line(5))
        yield at("elsewhere", "line of 5, equal", np.full(5, 0.2), conflict=line(5))
        for times in (8, 100):
            name = f", conflict judged {times} times"
            yield at("judged", f"2 equal{name}", np.full(2, 0.5), judged=times)
            yield at("judged", f"3 equal{name}", np.full(3, 1 / 3), judged=times)
            yield at("judged", f"3 within 20 %{name}", spaced(3, 0.2), judged=times)
        for share in (1.0, 0.999, 0.98):
            rest = np.array([share, *[(1 - share) / 2] * 2])
            kind = "unanimous" if share == 1 else "elsewhere"
            yield at(kind, f"3, one of {100 * share:g} %", rest)


def rates(truth: Truth) -> tuple[Truth, Array]:
    """Return, by mass, how often intervals hold the truth, are extended, and how wide they are.

    Columns: equal-tailed; extended; how often extended; mean width over that of equal-tailed.
    """
    places = f"{truth.kind} {truth.name} {truth.answers}".encode()
    rng = np.random.default_rng([SEED, *places])
    k = len(truth.shares)
    names = tuple(f"goal {i + 1}" for i in range(k - truth.no_goal))
    names += (NO_GOAL,) * truth.no_goal
    true = float(misalignment(truth.shares, truth.matrix))
    counts = rng.multinomial(truth.answers, truth.shares, size=SAMPLES[truth.kind]).astype(float)
    top = np.atleast_1d(attainable_maximum(truth.matrix).value)
    found = np.zeros((len(MASSES), 5))
    for start in range(0, len(counts), BATCH):
        part = counts[start : start + BATCH]
        shares = SharePrior().draw(part, names, DRAWS, rng)["proportion"]
        for i in range(len(part)):
            p, conflict = shares[:, i], truth.matrix
            if truth.judged:
                conflict = judge(truth, rng)
                top = np.asarray(attainable_maximum(conflict).value)
            draws = np.asarray(misalignment(p, conflict))
            parts = draws / top
            limits = (Limit(top, 1 - parts), zero(parts))
            for m, mass in enumerate(MASSES):
                found[m] += one_sample(true, draws[None], Interval(mass), limits)
    found /= len(counts)
    found[:, 3] /= found[:, 4]
    return truth, found[:, :4]


def one_sample(true: float, draws: Array, kind: Interval, limits: tuple[Limit, ...]) -> Array:
    """Return whether the plain and the extended interval hold the truth, and their widths."""
    plain, shown = Estimate("", draws, kind), Estimate("", draws, kind, limits=limits)
    (low, high), (lower, upper) = plain.interval, shown.interval
    rounding = 1e-12
    return np.array(
        [
            low <= true <= high,
            lower - rounding <= true <= upper + rounding,
            len(shown.extended) > 0,
            upper - lower,
            high - low,
        ],
        dtype=float,
    )


def judge(truth: Truth, rng: np.random.Generator) -> Array:
    """Return draws of the levels of a sample of judgements, from uniform priors."""
    k = len(truth.shares)
    first, second = np.triu_indices(k, 1)
    yes = rng.binomial(truth.judged, truth.level, len(first))
    conflict = np.zeros((DRAWS, k, k))
    conflict[:, first, second] = rng.beta(1 + yes, 1 + truth.judged - yes, (DRAWS, len(first)))
    return conflict + conflict.swapaxes(1, 2)


def main() -> None:
    truths = [*used(), *held_out()]
    with Pool(PROCESSES) as pool:
        found = pool.map(rates, truths, chunksize=1)
    many, few = max(SAMPLES.values()), min(SAMPLES.values())
    errors = [np.sqrt(0.09 / samples) for samples in (many, few)]
    summary, exact, rest = [], [], []
    for grid in ("used", "held out"):
        for m, mass in enumerate(MASSES):
            for kind in KINDS:
                here = [r[m] for t, r in found if t.grid == grid and t.kind == kind]
                if not here:
                    continue
                cells = np.array(here)
                summary.append([grid, kind, f"{100 * mass:g} %", str(len(cells)), *_over(cells)])
    known, other = (
        np.array([r[0, 1] for t, r in found if t.kind == "tie" and t.grid == grid])
        for grid in ("used", "held out")
    )
    met = bool(known.min() >= LOWEST and known.max() <= HIGHEST)
    usual = np.array([r[0] for t, r in found if t.kind != "unanimous"])
    lost = bool(((usual[:, 0] >= 0.84) & (usual[:, 1] < 0.80)).any())
    for truth, r in found:
        row = [truth.grid, truth.name, str(truth.answers)]
        row += [f"{x:.3f}" for x in r[0, :3]] + [f"{r[0, 3]:.2f}", *(f"{x:.3f}" for x in r[1:, 1])]
        (exact if truth.kind in ("tie", "unanimous") else rest).append(row)
    head = ["grid", "truth", "answers", "equal-tailed", "reported", "extended", "width"]
    head += ["reported, 95 %", "reported, 50 %"]
    publish(
        "tie_coverage",
        "How often intervals of P(ma) hold the truth at and near its attainable maximum: "
        "equal-tailed, and as reported, extended to a limit where draws pile up there (their mean "
        "distance is below 1.12 of its standard deviation). Default prior of the shares; "
        f"{many} samples a line of exact ties, {few} of others, {DRAWS:,} draws a sample, standard "
        f"errors {errors[0]:.3f} and {errors[1]:.3f} at 0.9. The extended interval holds the "
        "equal-tailed one, so that nothing is lost anywhere.",
        f"90 % intervals of exact ties of 2, 3 and 8 goals, aim {LOWEST} to {HIGHEST}: "
        f"{known.min():.3f} to {known.max():.3f}, {verdict(met)}; of those held out "
        f"{other.min():.3f} to {other.max():.3f}. No cell falls from "
        f"0.84 and more to below 0.80: {verdict(not lost)}. Mean of all cells "
        f"{usual[:, 0].mean():.3f} without and {usual[:, 1].mean():.3f} with the rule, width "
        f"{usual[:, 3].mean():.3f} of the equal-tailed interval's.",
        table(
            ["grid", "truths", "mass", "cells", "equal-tailed", "reported", "lowest", "width"],
            summary,
        ),
        "Exact ties, and unanimous populations (P(ma) = 0); 90 % intervals if no mass is named:",
        table(head, exact),
        "All others:",
        table(head, rest),
    )


def _over(cells: Array) -> list[str]:
    """Return means, the lowest rate of the reported interval, and the width over cells."""
    return [
        *(f"{x:.3f}" for x in (cells[:, 0].mean(), cells[:, 1].mean(), cells[:, 1].min())),
        f"{cells[:, 3].mean():.3f}",
    ]


if __name__ == "__main__":
    main()
