"""How often 90 % intervals hold the truth when people and models judge, and models are wrong.

    uv run python benchmarks/judge_kinds_coverage.py ["ROW" ...]

With names of rows, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from kinds_coverage import MASS, Coverage
from numpy.typing import NDArray
from scipy.special import expit

from bayes_misalign.families.raters.rating_levels import normal_nodes
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

SAMPLES = 100
GOALS, EACH = 6, 5  # pairs that each of the people judges
LOCATION, PAIR_SD, SEVERITY_SD = 0.4, 1.3, 0.8  # of log-odds of yes
MODELS = 4
TIMES = 6  # how often each model judges each pair
OF_MODEL, OWN = 0.4, 0.4  # how models differ in severity, and what each sees in each pair
LAPSE = 0.03
CHAINS, TUNE, DRAWS = 2, 500, 500
SEED = 20_261_130
NAMES = [f"goal {i + 1}" for i in range(GOALS)]
PAIRS = list(combinations(NAMES, 2))


@dataclass(frozen=True)
class Row:
    """How models see pairs: a stream of random numbers, people, and in which way they are wrong."""

    stream: int
    people: int
    name: str
    alike: bool = True  # whether the fit without kinds is made too
    shift: float = 0.0  # of log-odds
    slope: float = 1.0
    shared: float = 0.0  # sd of errors in single pairs, the same in all models
    about_goal: float = 0.0  # what the last goal brings to its pairs for models only

    @property
    def titled(self) -> str:
        """Return what it is called on the command line."""
        return f"{self.people} people: {self.name}"

    @property
    def lead(self) -> tuple[str, ...]:
        """Return the cells that its line begins with."""
        return str(self.people), self.name

    @property
    def samples(self) -> int:
        """Return the number of data sets."""
        return SAMPLES

    @property
    def people_said(self) -> int:
        """Return what rows have in common in which people say the same."""
        return self.people

    @cached_property
    def heard(self) -> list[int]:
        """Pairs that people may judge, two thirds of all."""
        rng = np.random.default_rng([SEED, GOALS])
        return sorted(rng.permutation(len(PAIRS))[: len(PAIRS) * 2 // 3].tolist())

    def cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return rater, pair and number of judgements of each cell, people first."""
        rng = np.random.default_rng([SEED, self.people])
        some = self.heard
        rows = [(r, p, 1) for r in range(self.people) for p in sorted(rng.permutation(some)[:EACH])]
        rows += [(self.people + m, p, TIMES) for m in range(MODELS) for p in range(len(PAIRS))]
        rater, pair, number = np.array(rows).T
        return rater, pair, number

    def seen_by_models(self, eta: Array, rng: np.random.Generator) -> Array:
        """Return log-odds as models see them on average."""
        last = np.array([NAMES[-1] in pair for pair in PAIRS])
        seen = LOCATION + self.shift + self.slope * (eta - LOCATION)
        return np.asarray(seen + self.shared * rng.normal(size=len(eta)) + self.about_goal * last)


ROWS = (
    Row(1, 8, "as people do"),
    Row(2, 8, "yes more easily, by 1.5", shift=1.5),
    Row(3, 8, "slope 0.5", slope=0.5, alike=False),
    Row(4, 8, "shared errors of 1", shared=1.0),
    Row(5, 8, "1.5 up about a goal", about_goal=1.5),
    Row(6, 3, "as people do", alike=False),
    Row(7, 3, "shared errors of 1", shared=1.0, alike=False),
)


def evidence(row: Row, yes: Array, fit: str) -> JudgedConflict:
    """Return the judgements as one of the fits takes them."""
    rater, pair, number = row.cells()
    kept = rater < row.people if fit == "people alone" else np.ones(len(rater), bool)
    raters = row.people + (fit != "people alone") * MODELS
    told: dict[str, Any] = {}
    if fit == "by kind":
        of_rater = [0] * row.people + [1] * MODELS
        told = {"kinds": ["people", "models"], "kind_of_rater": of_rater}
    return JudgedConflict.by_raters(
        PAIRS,
        [f"rater {r + 1}" for r in range(raters)],
        rater[kept],
        pair[kept],
        yes[kept],
        (number - yes)[kept],
        repeated=fit != "people alone",
        **told,
    )


def drawn(row: Row, turn: int) -> tuple[Array, Array]:
    """Return the true level of each pair, and numbers of yes in each cell.

    What people say is the same in all rows with as many people.
    """
    rng = np.random.default_rng([SEED, row.people, turn])
    eta = LOCATION + PAIR_SD * rng.normal(size=len(PAIRS))
    nodes, weight = normal_nodes(41)
    level = expit(eta[:, None] + SEVERITY_SD * nodes) @ weight
    rater, pair, number = row.cells()
    people = rater < row.people
    severity = SEVERITY_SD * rng.normal(size=row.people)[rater[people]]
    chance = expit(eta[pair[people]] + severity)
    yes = [rng.binomial(1, LAPSE / 2 + (1 - LAPSE) * chance)]
    rng = np.random.default_rng([SEED, row.stream, turn])
    seen = row.seen_by_models(eta, rng)[pair[~people]]
    seen = seen + OF_MODEL * rng.normal(size=MODELS)[rater[~people] - row.people]
    chance = expit(seen + OWN * rng.normal(size=len(seen)))
    yes.append(rng.binomial(number[~people], LAPSE / 2 + (1 - LAPSE) * chance))
    return level, np.concatenate(yes).astype(float)


def fitting(seed: int) -> Fitting:
    """Return the settings of a fit."""
    return Fitting(draws=DRAWS, tune=TUNE, chains=CHAINS, seed=seed)


COVERAGE = Coverage(
    *("judge_kinds_coverage", judged, "judged", ROWS, ("people", "models see")),
    *(drawn, evidence, fitting),
)
BEFORE = (
    f"How often {100 * MASS:g} % equal-tailed intervals of P(ma), and of levels of conflict, "
    f"hold the truth: {SAMPLES} simulated data sets a line, standard error of that of P(ma) "
    f"{np.sqrt(MASS * (1 - MASS) / SAMPLES):.3f} at {MASS:g}; {CHAINS} chains of {TUNE} + "
    f"{DRAWS}. Each of the people says yes or no to {EACH} of {len(PAIRS)} pairs of {GOALS} goals "
    "once; two thirds of the pairs are judged by anybody of them. "
    f"{MODELS} models judge every pair {TIMES} times. What "
    "models see is drawn from the shape that a line names, not from the prior, in log-odds of "
    f"yes: those of pairs are normal with mean {LOCATION:g} and sd {PAIR_SD:g}, severities of "
    f"people have an sd of {SEVERITY_SD:g} and those of models of {OF_MODEL:g}, and each model "
    f"sees something of its own in each pair (sd {OWN:g}). Raters lapse in {100 * LAPSE:g} % "
    "of judgements. Shares of the goals are known and unequal (1, 1/2, 1/3, ...). Lines with "
    "as many people share what they say."
)
AFTER = (
    "`by kind`: people define the level. `all alike`: the same judgements without kinds. "
    "`people alone`: without judgements by models, where pairs that nobody judged keep their "
    "prior. What is empty was not run. `error`: root mean square of the posterior mean of "
    "P(ma) less the truth."
)

if __name__ == "__main__":
    COVERAGE.main(BEFORE, AFTER)
