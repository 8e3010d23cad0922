"""How often intervals of P(ma) of all who were asked hold it, by what refusals are taken for.

uv run python benchmarks/refusals_coverage.py
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

import bayes_misalign as bm
from bayes_misalign.measure import departing_shares, exclusive_conflict, misalignment
from bayes_misalign.study.refusals import AT_RANDOM

Array = NDArray[np.float64]

SAMPLES = 400  # a line, each a population of one study
DRAWS = 1_000
SEED = 19_930_602
MASS = 0.9
LOWEST, HIGHEST = 0.86, 0.94
GOALS = (2, 3, 8)
ANSWERS = (150, 600)  # and refusals
PARTS = (0.1, 0.3)  # of those asked who refuse
RANGE = (1.0, 4.0)  # holds the odds of the first goal with probability 0.95
MIDDLE = 2.0  # of the range
NORMAL_95 = 1.959963984540054
HELD = (AT_RANDOM, "odds × 2", "odds × 1 to 4", "whatever")
HEAD = ["goals", "asked", "refuse", *(f"held: {how}" for how in HELD)]
HEAD += [f"width: {how}" for how in HELD]
Odds = Callable[[np.random.Generator], Array]


def shares(goals: int) -> Array:
    """Return shares in proportion to 1, 1/2, 1/3, ... of those who answer."""
    p = 1 / np.arange(1, goals + 1)
    return np.asarray(p / p.sum())


def alike(odds: float, rng: np.random.Generator) -> Array:
    """Return the same odds for every sample."""
    del rng
    return np.full(SAMPLES, odds)


def as_stated(rng: np.random.Generator) -> Array:
    """Return odds anew for every sample, from the distribution that the range stands for."""
    low, high = np.log(RANGE)
    spread = (high - low) / (2 * NORMAL_95)
    return np.asarray(np.exp((low + high) / 2 + spread * rng.standard_normal(SAMPLES)))


TRUTHS: dict[str, tuple[Odds, str]] = {
    "at random": (partial(alike, 1.0), "refusals hold goals like answers"),
    "odds of 2": (partial(alike, MIDDLE), "the first goal has twice the odds among refusals"),
    "odds of 4": (partial(alike, RANGE[1]), "four times the odds, the upper end of the range"),
    "odds of 1/2": (partial(alike, 0.5), "half the odds: the other way than was stated"),
    "as the range": (as_stated, "odds anew for each sample, as the range says"),
}


def line(goals: int, asked: int, part: float, odds: Odds) -> dict[str, tuple[float, float]]:
    """Return coverage and mean width by what refusals are taken for."""
    rng = np.random.default_rng([SEED, goals, asked, round(100 * part)])
    p = shares(goals)
    factors = np.ones((SAMPLES, goals))
    factors[:, 0] = odds(rng)
    q = departing_shares(np.broadcast_to(p, factors.shape), factors)
    truth = misalignment((1 - part) * p + part * q, exclusive_conflict(goals))
    refuse = rng.binomial(asked, part, SAMPLES)
    counts = rng.multinomial(asked - refuse, p)
    names = [f"goal {i + 1}" for i in range(goals)]
    area = bm.ProblemArea("x", names, not_answers=["refused"])
    data = {
        f"sample {s + 1}": {**dict(zip(names, own, strict=True)), "refused": int(number)}
        for s, (own, number) in enumerate(zip(counts.tolist(), refuse.tolist(), strict=True))
    }
    posterior = bm.fit(
        area,
        bm.SingleChoice(counts=data),
        bm.MutuallyExclusive(),
        reporting=bm.Reporting(mass=MASS, kind="eti"),
        random_seed=1,
        draws=DRAWS,
    )
    stated = bm.Refusals(odds={"goal 1": MIDDLE}, ranges={"goal 1": RANGE})
    found = posterior.refusals(stated)
    held: dict[str, tuple[float, float]] = {}
    for how, by_group in zip(HELD, found.readings.values(), strict=False):
        ends = np.array([by_group[s].interval for s in data])
        inside = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
        held[how] = float(inside.mean()), float(np.diff(ends).mean())
    ends = np.array([found.sets[s].interval for s in data])
    inside = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    held[HELD[-1]] = float(inside.mean()), float(np.diff(ends).mean())
    return held


def main() -> None:
    """Run all lines, and publish."""
    parts, right = [], []
    for name, (odds, words) in TRUTHS.items():
        rows = []
        for goals in GOALS:
            for asked in ANSWERS:
                for part in PARTS:
                    held = line(goals, asked, part, odds)
                    rows.append([str(goals), str(asked), f"{part:g}"])
                    rows[-1] += [f"{held[how][0]:.3f}" for how in HELD]
                    rows[-1] += [f"{held[how][1]:.3f}" for how in HELD]
                    own = {"at random": 0, "odds of 2": 1, "as the range": 2}.get(name)
                    if own is not None:
                        right.append(held[HELD[own]][0])
        print(name, rows, flush=True)
        parts += [f"#### {name[0].upper()}{name[1:]}: {words}", table(HEAD, rows)]
    low = [rate for rate in right if not LOWEST <= rate <= HIGHEST]
    words = (
        f"How often {100 * MASS:g} % intervals of P(ma) of all who were asked hold it, and their "
        f"mean width: {SAMPLES} simulated samples a line, standard error "
        f"{np.sqrt(MASS * (1 - MASS) / SAMPLES):.3f} at {MASS:g}. Goals exclude each other; those "
        "who answer hold them in proportion to 1, 1/2, 1/3, ... `odds × 2` and `odds × 1 to 4` are "
        "stated of the first goal among those who refuse; `whatever` is the interval for the set "
        "of all P(ma) that are possible (Imbens and Manski)."
    )
    end = (
        f"Where what is stated is right, {np.mean(right):.3f} on average, {min(right):.3f} to "
        f"{max(right):.3f} in {len(right)} lines, {len(low)} of them outside {LOWEST} to {HIGHEST} "
        f"({verdict(not low)})."
    )
    publish("refusals_coverage", words, *parts, end)


if __name__ == "__main__":
    main()
