"""Populations whose goals are known in every cell, and who of them is asked more often.

`chile_1988.csv` holds votes by cell of a poll (FLACSO/Chile, April and May 1988, as the data set
Chile of the R package carData), which is a population here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]

SEED = 19_880_504
LEVELS = {"age": 4, "sex": 2, "region": 5}
OTHERS = {"age": 6, "work": 3, "region": 8}  # of a population that chose nothing of the model
APART = 0.5  # sd of log odds that combinations of age and region add, where they do
REFUSED = 2.0  # how many times as often holders of the first goal answer, where that matters


@dataclass(frozen=True)
class Truth:
    """A population whose goals are known in every cell, and how likely its agents are asked."""

    design: CellCounts
    shares: Array  # (cell, goal)
    asked: Array  # (cell, goal), relative

    def sample(self, answers: int, rng: np.random.Generator) -> CellCounts:
        """Return answers by cell of agents drawn with replacement."""
        chance = self.design.sizes[:, None] * self.shares * self.asked
        drawn = rng.multinomial(answers, (chance / chance.sum()).ravel())
        return replace(self.design, cell_counts=drawn.reshape(chance.shape).astype(float))

    @property
    def pma(self) -> Array:
        """P(ma) of each part, then of all."""
        return pma_of(self.design, of_parts(self.design, self.shares[None]))[0]


def of_parts(design: CellCounts, shares: Array) -> Array:
    """Return the shares of parts (draw, part, goal) from those of cells (draw, cell, goal)."""
    member = design.part == np.arange(len(design.populations))[:, None]
    weights = member * design.sizes
    return np.asarray((weights / weights.sum(axis=1, keepdims=True)) @ shares)


def pma_of(design: CellCounts, shares: Array) -> Array:
    """Return P(ma) (draw, part and then all) of shares (draw, part, goal)."""
    goals = [label for label in design.categories if label != NO_GOAL]
    conflict = exclusive_conflict(len(goals), no_goal=NO_GOAL in design.categories)
    whole = (design.part_sizes / design.part_sizes.sum()) @ shares
    return np.asarray(misalignment(np.concatenate([shares, whole[:, None]], axis=1), conflict))


def chile() -> Truth:
    """Return votes by region, sex, age and education, and who was asked more often."""
    path = Path(__file__).with_name("chile_1988.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("region", "sex", "age", "education")
    levels = [list(dict.fromkeys(row[name] for row in rows)) for name in names]
    cells = np.array(
        [[own.index(row[n]) for n, own in zip(names, levels, strict=True)] for row in rows]
    )
    votes = np.array(
        [
            [float(r["yes"]), float(r["no"]), float(r["undecided"]) + float(r["abstain"])]
            for r in rows
        ]
    )
    design = design_of(
        names, [tuple(own) for own in levels], cells, votes.sum(axis=1), ("yes", "no", NO_GOAL)
    )
    region, _, age, education = cells.T
    asked = np.array([1.0, 2.5, 5.0])[education] * np.where(
        levels[0].index("Santiago") == region, 3.0, 1.0
    )
    asked = asked * np.where(age < 2, 2.0, 1.0)  # younger than 40
    return Truth(
        design, votes / votes.sum(axis=1, keepdims=True), np.repeat(asked[:, None], 3, axis=1)
    )


def design_of(
    names: Iterable[str],
    levels: list[tuple[str, ...]],
    cells: NDArray[np.int64],
    sizes: Array,
    categories: tuple[str, ...],
) -> CellCounts:
    """Return a population of such cells that is reported by region; nobody has answered."""
    names = tuple(names)
    regions = levels[names.index("region")]
    return CellCounts(
        categories=categories,
        populations=regions,
        covariates=names,
        levels=tuple(levels),
        cells=cells,
        cell_counts=np.zeros((len(cells), len(categories))),
        table=cells,
        sizes=np.asarray(sizes, dtype=float),
        by=("region",),
        ordered=("age",),
        interactions=(),
        not_answers={},
        not_asked=np.zeros(len(regions)),
    )


def people(levels: dict[str, int], goals: int, rng: np.random.Generator) -> CellCounts:
    """Return cells of all categories with simulated numbers of people."""
    named = [tuple(f"{name} {i + 1}" for i in range(n)) for name, n in levels.items()]
    cells = np.array(list(np.ndindex(*levels.values())))
    sizes = 1 + rng.gamma(2.0, 500.0, len(cells)).round()
    return design_of(levels, named, cells, sizes, tuple(f"goal {i + 1}" for i in range(goals)))


def made(
    goals: int, *, combined: bool = False, by_goal: bool = False, unrelated: bool = False
) -> Truth:
    """Return simulated goals in cells of age, sex and region, some of which answer more often."""
    rng = np.random.default_rng(SEED)  # the same population for all samples
    design = people(LEVELS, goals, rng)
    age, sex, region = design.cells.T
    score = np.linspace(-0.8, 0.8, LEVELS["age"])[age]
    score = score + np.array([-0.2, 0.2])[sex] + np.array([0.6, 0.3, 0.0, -0.3, -0.6])[region]
    towards = np.linspace(1.0, -1.0, goals)  # from the first goal to the last
    u = -np.log(np.arange(1, goals + 1)) + score[:, None] * towards
    if combined:
        apart = APART * rng.normal(size=(LEVELS["age"], LEVELS["region"], goals))
        u = u + apart[age, region]
    shares = np.exp(u) / np.exp(u).sum(axis=1, keepdims=True)
    asked = np.repeat(np.exp(score)[:, None], goals, axis=1)  # relative
    if by_goal:
        asked[:, 0] *= REFUSED
    if unrelated:  # at right angles to what goals go with
        apart = np.array([0.8, -0.8, -0.8, 0.8])[age]
        apart = apart + np.array([0.4, -0.8, 0.8, -0.8, 0.4])[region]
        asked = np.repeat(np.exp(apart)[:, None], goals, axis=1)
    return Truth(design, shares, asked)


def other(goals: int) -> Truth:
    """Return goals of which two go with being asked, by two of three covariates, and noise."""
    rng = np.random.default_rng(SEED + 1)
    design = people(OTHERS, goals, rng)
    score, u = np.zeros(len(design.cells)), -np.log(np.arange(1.0, goals + 1)) * np.ones((1, 1))
    for v, (number, slope) in enumerate(zip(OTHERS.values(), (1.2, 0.0, 0.6), strict=True)):
        own = 0.5 * rng.normal(size=number)
        effect = 0.3 * rng.normal(size=(number, goals))
        effect[:, 1] += slope * own
        effect[:, -1] -= slope * own
        score, u = score + own[design.cells[:, v]], u + effect[design.cells[:, v]]
    shares = np.exp(u) / np.exp(u).sum(axis=1, keepdims=True)
    return Truth(design, shares, np.repeat(np.exp(score)[:, None], goals, axis=1))


TRUTHS: dict[str, tuple[Callable[[int], Truth], str]] = {
    "Chile": (
        lambda goals: chile(),
        "real votes of 2,521 people in 140 cells of region, sex, age and education; two goals, and "
        "people who hold neither. People with more education, from the capital, and younger than "
        "40 are asked more often, up to 30 times",
    ),
    "covariates": (
        made,
        "simulated: log odds of goals are sums over age, sex and region, 40 cells, and so are "
        "those of being asked, in the same direction, up to 25 times as often",
    ),
    "unrelated": (
        partial(made, unrelated=True),
        "the same goals, and being asked, up to 25 times as often, goes with other differences of "
        "age and region than goals do",
    ),
    "combinations": (
        partial(made, combined=True),
        f"as with `covariates`, and combinations of age and region add log odds with an sd of "
        f"{APART:g} of each goal",
    ),
    "goals": (
        partial(made, by_goal=True),
        "as with `covariates`, and holders of the first goal answer "
        f"{REFUSED:g} times as often as others of their cell: no table of covariates mends that",
    ),
    "others": (
        other,
        "simulated goals in 144 cells of age, work and region, which chose nothing of the model: "
        "two goals go with being asked by age and region, in opposite directions, and all have "
        "effects of their own with an sd of 0.3",
    ),
}
