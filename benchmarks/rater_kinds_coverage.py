"""How often 90 % intervals hold the truth when people and models rate, and models are wrong.

    uv run python benchmarks/rater_kinds_coverage.py ["ROW" ...]

With names of rows, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from kinds_coverage import MASS, Coverage, with_error
from numpy.typing import NDArray
from scipy.special import expit

from bayes_misalign.families.raters.rating_levels import (
    expected_rating,
    gap_signs,
    level_probabilities,
    normal_nodes,
)
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
SEED = 20_261_130
CUTS = gap_signs(LEVELS) @ np.full(LEVELS - 2, POINT)
VALUES = np.linspace(0, 1, LEVELS)


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

    @property
    def titled(self) -> str:
        """Return what it is called on the command line."""
        return f"{self.goals} goals: {self.name}"

    @property
    def lead(self) -> tuple[str, ...]:
        """Return the cells that its line begins with."""
        return str(self.goals), self.name, str(self.samples)

    @property
    def people_said(self) -> tuple[int, bool]:
        """Return what rows have in common in which people say the same."""
        return self.goals, self.last_rated

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """All pairs of goals."""
        return list(combinations(range(self.goals), 2))

    @property
    def heard(self) -> list[int]:
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
        rated_by = self.heard
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
        seen[np.setdiff1d(np.arange(len(eta)), self.heard)] += self.about_unrated
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


def fitting(seed: int) -> Fitting:
    """Return the settings of a fit."""
    return Fitting(draws=DRAWS, tune=TUNE, chains=CHAINS, seed=seed, target_accept=TARGET_ACCEPT)


COVERAGE = Coverage(
    *("rater_kinds_coverage", rated, "rated", ROWS, ("goals", "models see", "data sets")),
    *(drawn, evidence, fitting, FIRST, with_error),
)
BEFORE = (
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
    "the sixth goal."
)
AFTER = (
    "`by kind`: people define the level. `all alike`: the same ratings without kinds. `people "
    "alone`: without ratings by models. What is empty was not run. `error`: root mean square "
    "of the posterior mean of P(ma) less the truth."
)

if __name__ == "__main__":
    COVERAGE.main(BEFORE, AFTER)
