"""How often 90 % intervals hold the truth when people and models rate, and models are wrong.

    uv run python benchmarks/rater_kinds_coverage.py ["ROW" ...]

With names of rows, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import arviz_stats as azs
import numpy as np
from common import RESULTS, publish, table
from numpy.typing import NDArray
from scipy.special import expit

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.families.raters.rating_levels import (
    expected_rating,
    gap_signs,
    level_probabilities,
    normal_nodes,
)
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.measure import misalignment
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

SAMPLES, FEWER = 100, 50
FIRST = 2000  # data set; those before were looked at while the model was made
LEVELS, POINT = 5, 1.35  # distance of neighbouring cut points, one step of the scale
GOAL_SD, PAIR_SD, LOCATION = 1.0, 1.0, 0.3
SEVERITY_SD, WIDTH_SD = 0.7, 0.2
PEOPLE, MODELS = 8, 4
TIMES = 10  # ratings by models, in units of those by people
OF_MODEL = 0.4  # standard deviation of how models differ in severity
OWN, NOISE = 0.3, 0.8  # what each model sees in each pair by itself; noise, people's being 1
CHAINS, TUNE, DRAWS = 2, 400, 400
TARGET_ACCEPT = 0.95  # below what the model asks for by default, to save time
MASS = 0.9
SEED = 20_261_130
POOR = 1.05  # R-hat of P(ma)
CUTS = gap_signs(LEVELS) @ np.full(LEVELS - 2, POINT)
VALUES = np.linspace(0, 1, LEVELS)
FITS = ("by kind", "all alike", "people alone")


@dataclass(frozen=True)
class Row:
    """How models see pairs: a stream of random numbers, goals, and in which way they are wrong."""

    stream: int
    goals: int
    name: str
    alike: bool = False  # whether the fit without kinds is made too
    samples: int = FEWER
    shift: float = 0.0
    slope: float = 1.0
    shared: float = 0.0  # sd of errors in single pairs, the same in all models
    about_goal: float = 0.0  # what the last goal brings to its pairs for models only
    about_pairs: float = 0.0  # error in one pair of eight, up or down
    last_rated: bool = True  # whether people rated pairs of the last goal
    about_unrated: float = 0.0  # error in pairs that people did not rate, and in no other

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """All pairs of goals."""
        return list(combinations(range(self.goals), 2))

    @property
    def people_rated(self) -> list[int]:
        """Pairs that people rated: all of three goals, two thirds of more."""
        if self.goals == 3:
            return [0, 1, 2]
        if not self.last_rated:
            return [p for p, pair in enumerate(self.pairs) if self.goals - 1 not in pair]
        rng = np.random.default_rng([SEED, self.goals])
        return sorted(rng.permutation(len(self.pairs))[: round(len(self.pairs) * 2 / 3)].tolist())

    def cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return rater, pair and number of ratings of each cell, people first."""
        rng = np.random.default_rng([SEED, self.goals, self.last_rated])
        rated_by = self.people_rated
        each = 2 if self.goals == 3 else 5
        rows = [(r, p, 1) for r in range(PEOPLE) for p in sorted(rng.permutation(rated_by)[:each])]
        of_models = max(1, round(TIMES * len(rows) / (MODELS * len(self.pairs))))
        every = range(len(self.pairs))
        rows += [(PEOPLE + m, p, of_models) for m in range(MODELS) for p in every]
        rater, pair, number = np.array(rows).T
        return rater, pair, number

    def seen_by_models(self, eta: Array, rng: np.random.Generator) -> Array:
        """Return latent levels as models see them on average."""
        seen = LOCATION + self.shift + self.slope * (eta - LOCATION)
        seen = seen + self.shared * rng.normal(size=len(eta))
        last = np.array([self.goals - 1 in pair for pair in self.pairs])
        seen = seen + self.about_goal * last
        seen[np.setdiff1d(np.arange(len(eta)), self.people_rated)] += self.about_unrated
        wrong = rng.permutation(len(eta))[: max(1, len(eta) // 8)]
        seen[wrong] += self.about_pairs * rng.choice([-1, 1], size=len(wrong))
        return np.asarray(seen)


STEP = POINT
ROWS = (
    Row(1, 3, "as people do"),
    Row(3, 3, "shared errors of a step", shared=STEP),
    Row(4, 6, "as people do", samples=SAMPLES),
    Row(5, 6, "one step up", shift=STEP, alike=True),
    Row(6, 6, "slope 0.5", slope=0.5),
    Row(7, 6, "shared errors of a step", shared=STEP, samples=SAMPLES),
    Row(9, 6, "two steps off in one pair of eight", about_pairs=2 * STEP),
    Row(10, 6, "a step and a half up about a goal", about_goal=1.5 * STEP, samples=SAMPLES),
    Row(
        *(11, 6, "a step and a half up about a goal, people silent on it"),
        about_goal=1.5 * STEP,
        last_rated=False,
    ),
    Row(13, 6, "as people do, people silent on a goal", last_rated=False),
    Row(
        *(12, 6, "a step and a half up in all pairs without people, in no other"),
        about_unrated=1.5 * STEP,
        alike=True,
    ),
)


def titled(row: Row) -> str:
    """Return what a row is called on the command line."""
    return f"{row.goals} goals: {row.name}"


def evidence(row: Row, counts: Array, fit: str) -> RatedConflict:
    """Return the ratings as one of the fits takes them."""
    rater, pair, number = row.cells()
    names = [f"goal {i + 1}" for i in range(row.goals)]
    kept = rater < PEOPLE if fit == "people alone" else np.ones(len(rater), bool)
    raters = PEOPLE if fit == "people alone" else PEOPLE + MODELS
    told: dict[str, Any] = {}
    if fit == "by kind":
        told = {"kinds": ["people", "models"], "kind_of_rater": [0] * PEOPLE + [1] * MODELS}
    return RatedConflict.from_counts(
        [(names[i], names[j]) for i, j in row.pairs],
        [str(level + 1) for level in range(LEVELS)],
        VALUES.tolist(),
        pair[kept].tolist(),
        counts[kept],
        raters=[f"rater {r + 1}" for r in range(raters)],
        rater=rater[kept].tolist(),
        repeated=bool((number[kept] > 1).any()),
        **told,
    )


def drawn(row: Row, turn: int) -> tuple[Array, Array]:
    """Return the true level of each pair, and counts of the ratings in each cell.

    What people say is the same in all rows of as many goals whose pairs they rated alike.
    """
    rng = np.random.default_rng([SEED, row.goals, row.last_rated, turn])
    goal = GOAL_SD * rng.normal(size=row.goals)
    eta = np.array([goal[i] + goal[j] for i, j in row.pairs])
    eta = eta + PAIR_SD * rng.normal(size=len(eta))
    eta = LOCATION + eta - eta.mean()
    nodes, weight = normal_nodes(41)
    shift = SEVERITY_SD * np.repeat(nodes, len(nodes))[None]
    width = np.exp(-WIDTH_SD * np.tile(nodes, len(nodes)))[None]
    every = np.outer(weight, weight).ravel()
    level = expected_rating(eta, CUTS, VALUES, shift, width, every, expit)
    rater, pair, number = row.cells()
    people = rater < PEOPLE
    severity = SEVERITY_SD * rng.normal(size=PEOPLE)[rater[people]]
    wide = np.exp(-WIDTH_SD * rng.normal(size=PEOPLE)[rater[people]])
    chance = level_probabilities(eta[pair[people]] + severity, CUTS * wide[:, None])
    counts = [rng.multinomial(1, chance)]
    rng = np.random.default_rng([SEED, row.stream, turn])
    seen = row.seen_by_models(eta, rng)[pair[~people]]
    seen = seen + OF_MODEL * rng.normal(size=MODELS)[rater[~people] - PEOPLE]
    seen = seen + OWN * rng.normal(size=len(seen))
    chance = level_probabilities(seen / NOISE, np.tile(CUTS / NOISE, (len(seen), 1)))
    counts.append(rng.multinomial(number[~people], chance))
    return level, np.concatenate(counts).astype(float)


def of_levels(row: Row, levels: Array) -> Array:
    """Return P(ma) of known unequal shares, (...) of levels (..., pair)."""
    shares = 1 / np.arange(1, row.goals + 1)
    names = tuple(map(str, range(row.goals)))
    flat = levels.reshape(-1, levels.shape[-1])
    matrix = assemble(names, [(tuple((str(i), str(j)) for i, j in row.pairs), flat)])
    return np.asarray(misalignment(shares / shares.sum(), matrix)).reshape(levels.shape[:-1])


def run(row: Row, fit: str, samples: int) -> dict[str, list[float]]:
    """Fit simulated data in one of three ways, and return how intervals did."""
    prior, compiled, taken = rated.priors(), None, 0.0
    rows: dict[str, list[float]] = {}
    for turn in range(FIRST, FIRST + samples):
        level, counts = drawn(row, turn)
        truth = float(of_levels(row, level))
        found = evidence(row, counts, fit)
        compiled = compiled or Compiled(rated.build(found, prior))
        fitting = Fitting(
            draws=DRAWS, tune=TUNE, chains=CHAINS, seed=turn + 1, target_accept=TARGET_ACCEPT
        )
        start = time.perf_counter()
        tree = compiled.sample(rated.data(found, prior), fitting)
        taken += time.perf_counter() - start
        levels = tree["posterior"]["conflict_rated"].values
        pma = of_levels(row, levels)
        ends = np.array([(1 - MASS) / 2, (1 + MASS) / 2])
        low, high = np.quantile(pma, ends)
        bottom, top = np.quantile(levels, ends, axis=(0, 1))
        held = (bottom <= level) & (level <= top)
        by_models = np.setdiff1d(np.arange(len(level)), row.people_rated)
        one = {
            "covered": low <= truth <= high,
            "too high": low > truth,
            "width": high - low,
            "error": pma.mean() - truth,
            "square": (pma.mean() - truth) ** 2,
            "levels": held.mean(),
            "levels of people": held[row.people_rated].mean(),
            "levels of models": held[by_models].mean() if len(by_models) else np.nan,
            "rhat": float(azs.rhat(pma, chain_axis=0, draw_axis=1)) > POOR,
            "divergences": int(tree["sample_stats"]["diverging"].values.sum()),
        }
        if fit == "by kind":
            one |= doubts_of(tree, found)
        for key, value in one.items():
            rows.setdefault(key, []).append(float(value))
    means = {key: np.mean(values) for key, values in rows.items()}
    print(
        f"{titled(row)}, {fit}: {taken / samples:.2f} s a fit, P(ma) {means['covered']:.3f} "
        f"({means['too high']:.3f} too high), levels {means['levels']:.3f}, R-hat "
        f"above {POOR}: {means['rhat']:.2f}, divergences {means['divergences']:.2f}, width "
        f"{means['width']:.3f}, error {means['error']:+.3f}",
        flush=True,
    )
    return rows


def doubts_of(tree: Any, found: RatedConflict) -> dict[str, float]:
    """Return how large what models see in single pairs was found to be."""
    own = tree["posterior"]["disagreement_rated"].values
    slope = tree["posterior"]["slope_rated"].values
    return {"own": float(own.mean()), "slope": float(slope.mean())}


def with_error(values: list[float], digits: int, *, root: bool = False) -> str:
    """Return a mean over data sets, or its root, with the standard error in brackets."""
    mean, error = float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))
    if root:
        mean, error = float(np.sqrt(mean)), error / (2 * float(np.sqrt(mean)))
    return f"{mean:.{digits}f} ({error:.{digits}f})"


def line(row: Row, by_fit: dict[str, dict[str, list[float]]]) -> list[str]:
    """Return the line of the table for one row; what was not fitted is empty."""

    def three(key: str, digits: int, *, root: bool = False) -> list[str]:
        return [
            with_error(by_fit[fit][key], digits, root=root) if fit in by_fit else "" for fit in FITS
        ]

    alone = by_fit["by kind"]["levels of models"]
    return [
        *(str(row.goals), row.name, str(row.samples)),
        *three("covered", 2),
        *three("levels", 2),
        "" if np.isnan(alone).any() else with_error(alone, 2),
        *three("width", 3),
        *three("square", 3, root=True),
    ]


HEAD = ["goals", "models see", "data sets"]
HEAD += [f"P(ma), {fit}" for fit in FITS]
HEAD += [f"levels, {fit}" for fit in FITS]
HEAD += ["levels, by kind, of pairs without people"]
HEAD += [f"width, {fit}" for fit in FITS]
HEAD += [f"error, {fit}" for fit in FITS]


def earlier() -> dict[str, list[str]]:
    """Return the lines of the table that was written last, by row."""
    file = RESULTS / "rater_kinds_coverage.md"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    cells = [text.strip("|").split("|") for text in lines if text.startswith("| ")]
    found = [[cell.strip() for cell in one] for one in cells]
    names = {titled(row) for row in ROWS}
    return {f"{x[0]} goals: {x[1]}": x for x in found if f"{x[0]} goals: {x[1]}" in names}


def write(done: dict[str, list[str]]) -> None:
    """Publish the rows that there are."""
    publish(
        "rater_kinds_coverage",
        f"How often {100 * MASS:g} % equal-tailed intervals of P(ma), and of levels of conflict, "
        f"hold the truth, standard errors in brackets: {SAMPLES} simulated data sets a line, or "
        f"{FEWER}; {CHAINS} chains of {TUNE} + {DRAWS} at a target acceptance of "
        f"{TARGET_ACCEPT:g}. {PEOPLE} people rate 2 of 3 pairs, or 5 of 15, "
        "once; of six goals two thirds of the pairs are rated by anybody of them. "
        f"{MODELS} models rate all pairs, with "
        f"{TIMES} times as many ratings, on {LEVELS} levels. What models see is drawn from the "
        f"shape that a line names, not from the prior; a step is {POINT:g} on the latent scale, "
        "the distance of neighbouring cut points. Beside it each model has a severity (sd "
        f"{OF_MODEL:g}) and sees something of its own in each pair (sd {OWN:g}). Shares of the "
        "goals are known and unequal (1, 1/2, 1/3, ...). Lines of as many goals share what people "
        "say in the first data sets, and with it its luck, except where people rated no pair of "
        "the sixth goal.",
        table(HEAD, [done[titled(row)] for row in ROWS if titled(row) in done]),
        "`by kind`: people define the level. `all alike`: the same ratings without kinds. `people "
        "alone`: without ratings by models. What is empty was not run. `error`: root mean square "
        "of the posterior mean of P(ma) less the truth.",
    )


def main() -> None:
    wanted = sys.argv[1:]
    if unknown := set(wanted) - {titled(row) for row in ROWS}:
        raise SystemExit(f"no row is called {', '.join(sorted(unknown))}")
    alone: dict[tuple[int, bool], dict[str, list[float]]] = {}
    for row in ROWS:
        if wanted and titled(row) not in wanted:
            continue
        fits = FITS[:2] if row.alike else FITS[:1]
        found = {fit: run(row, fit, row.samples) for fit in fits}
        same = (row.goals, row.last_rated)
        if len(alone.get(same, {}).get("covered", ())) < row.samples:
            alone[same] = run(row, FITS[2], row.samples)
        found[FITS[2]] = {key: values[: row.samples] for key, values in alone[same].items()}
        write(earlier() | {titled(row): line(row, found)})


if __name__ == "__main__":
    main()
