"""How often 90 % intervals of waves hold the truth, beside those of independent shares.

    uv run python benchmarks/waves_coverage.py [TRUTH ...]

With names of truths, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import arviz_stats as azs
import numpy as np
from common import publish_parts, table
from numpy.typing import NDArray

from bayes_misalign.families.walks.places import Places
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.waves.generative import build
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

SAMPLES = 150
SHAPES = ((2, 12), (3, 6), (5, 8))  # goals, waves
ANSWERS = (50, 400)
MASS = 0.9
CHAINS, TUNE, DRAWS, TARGET_ACCEPT = 2, 300, 400, 0.9
EXACT_DRAWS = 800
POOR = 1.05  # R-hat of P(ma)
SEED = 20_220_601
START, END = 0.7, -0.5  # of the log odds of the first goal beside the others, where they change
NOISE = 0.3  # sd of log odds, anew in each wave
MODELS = ("waves", "independent")
HEAD = ["goals", "waves", "answers", "interval of", "waves", "independent", "width, ratio"]
HEAD += ["rms error, ratio"]


def base(goals: int) -> Array:
    """Return log shares of 1, 1/2, 1/3, ..."""
    return np.asarray(-np.log(np.arange(1, goals + 1)))


def moved(goals: int, first: Array) -> Array:
    """Return shares (wave, goal) where the log odds of the first goal are moved by so much."""
    u = np.tile(base(goals), (len(first), 1))
    u[:, 0] += first
    return np.asarray(np.exp(u) / np.exp(u).sum(axis=1, keepdims=True))


def flat(goals: int, waves: int, rng: np.random.Generator) -> Array:
    """Return shares that never change."""
    del rng
    return moved(goals, np.zeros(waves))


def trend(goals: int, waves: int, rng: np.random.Generator) -> Array:
    """Return shares that change by the same log odds from wave to wave."""
    del rng
    return moved(goals, np.linspace(START, END, waves))


def jump(goals: int, waves: int, rng: np.random.Generator) -> Array:
    """Return shares that change once, in the middle, and are flat else."""
    del rng
    return moved(goals, np.where(np.arange(waves) < waves / 2, START, END))


def noise(goals: int, waves: int, rng: np.random.Generator) -> Array:
    """Return shares whose log odds scatter about one level, each wave by itself."""
    u = base(goals) + NOISE * rng.normal(size=(waves, goals))
    return np.asarray(np.exp(u) / np.exp(u).sum(axis=1, keepdims=True))


Truth = Callable[[int, int, np.random.Generator], Array]
TRUTHS: dict[str, tuple[Truth, str]] = {
    "flat": (flat, "shares of 1, 1/2, 1/3, ... in every wave"),
    "trend": (
        trend,
        f"the log odds of the first goal beside the others go from {START:+g} to {END:+g} of that, "
        "alike from wave to wave",
    ),
    "jump": (jump, "they go there at once, in the middle, and are flat before and after"),
    "noise": (
        noise,
        f"log shares scatter about one level with an sd of {NOISE:g}, each wave by itself, "
        "anew for each data set",
    ),
}


@dataclass
class Found:
    """What intervals of one quantity did: whether they held the truth, how wide, how far off."""

    held: list[Array] = field(default_factory=list)
    width: list[Array] = field(default_factory=list)
    error: list[Array] = field(default_factory=list)

    def add(self, draws: Array, truth: Array) -> None:
        """Take draws (draw, quantity) and true values (quantity,)."""
        low, high = np.quantile(draws, [(1 - MASS) / 2, (1 + MASS) / 2], axis=0)
        self.held.append((low <= truth) & (truth <= high))
        self.width.append(high - low)
        self.error.append(draws.mean(axis=0) - truth)

    @property
    def figures(self) -> tuple[float, float, float]:
        """Coverage, mean width, and root mean square error of the mean."""
        squared = np.square(self.error)
        return float(np.mean(self.held)), float(np.mean(self.width)), float(np.sqrt(squared.mean()))


def quantities(pma: Array, name: str) -> dict[str, Array]:
    """Return P(ma) of waves, and its changes, by kind, of P(ma) (..., wave)."""
    step = np.diff(pma, axis=-1)
    found = {"a wave": pma, "first to last": pma[..., -1:] - pma[..., :1], "neighbours": step}
    middle = pma.shape[-1] // 2
    return {**found, "at the jump": step[..., middle - 1 : middle]} if name == "jump" else found


class Fits:
    """Models compiled once for each shape, and what became of their fits."""

    def __init__(self) -> None:
        usable_compile_cache()
        self._compiled: dict[tuple[object, ...], Compiled] = {}
        self.number = self.poor = self.divergences = 0

    @staticmethod
    def asked(
        counts: Array, years: tuple[int, ...] | None = None
    ) -> tuple[WavesPrior, Array, Places, tuple[str, ...]]:
        """Return the prior of waves of these years, counts, where waves stand, and the goals."""
        populations = tuple(map(str, years or range(2000, 2000 + len(counts))))
        prior = WavesPrior.of().with_populations(populations)
        categories = tuple(f"goal {i + 1}" for i in range(counts.shape[1]))
        return prior, counts, prior.places(len(counts)), categories

    def waves(
        self, counts: Array, rng: np.random.Generator, years: tuple[int, ...] | None = None
    ) -> Array:
        """Return draws of P(ma) (draw, wave) of exclusive goals under `waves`."""
        waves, goals = counts.shape
        key = (counts.shape, years)
        if key not in self._compiled:
            prior, _, places, categories = self.asked(counts, years)
            self._compiled[key] = Compiled(build(prior, places, categories, places.waves))
        fitting = Fitting(
            draws=DRAWS,
            tune=TUNE,
            chains=CHAINS,
            target_accept=TARGET_ACCEPT,
            seed=int(rng.integers(2**31)),
        )
        tree = self._compiled[key].sample({"answers": counts}, fitting)
        pma = misalignment(tree["posterior"]["proportion"].values, exclusive_conflict(goals))
        rhat = [float(azs.rhat(pma[..., t], chain_axis=0, draw_axis=1)) for t in range(waves)]
        self.number += 1
        self.poor += max(rhat) > POOR
        self.divergences += int(tree["sample_stats"]["diverging"].values.sum())
        return np.asarray(pma.reshape(-1, waves))

    def apart(self, counts: Array, rng: np.random.Generator) -> Array:
        """Return draws of P(ma) (draw, wave) of exclusive goals under independent shares."""
        goals = counts.shape[1]
        categories = tuple(f"goal {i + 1}" for i in range(goals))
        p = SharePrior().draw(counts, categories, EXACT_DRAWS, rng)["proportion"]
        return np.asarray(misalignment(p, exclusive_conflict(goals)))

    @property
    def text(self) -> str:
        """How the fits went."""
        return self.said(self.number, self.poor, self.divergences)

    @staticmethod
    def said(number: int, poor: int, divergences: int) -> str:
        """Return in words how so many fits went."""
        transitions = number * CHAINS * DRAWS
        return (
            f"{number} fits of waves, {poor} of them with an R-hat above {POOR:g}; "
            f"{divergences} of {transitions:,} transitions diverged."
        )


def cell(
    fits: Fits, name: str, goals: int, waves: int, answers: int
) -> dict[str, dict[str, Found]]:
    """Return what the intervals of both models did, by kind of quantity."""
    make = TRUTHS[name][0]
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode()), goals, waves, answers])
    found: dict[str, dict[str, Found]] = {}
    for _ in range(SAMPLES):
        shares = make(goals, waves, rng)
        counts = rng.multinomial(answers, shares).astype(float)
        truth = quantities(np.asarray(misalignment(shares, exclusive_conflict(goals))), name)
        for model, draw in (("waves", fits.waves), ("independent", fits.apart)):
            for kind, draws in quantities(draw(counts, rng), name).items():
                by_model = found.setdefault(kind, {each: Found() for each in MODELS})
                by_model[model].add(draws, truth[kind])
    return found


def run(name: str) -> list[str]:
    """Return the paragraphs of one truth."""
    fits, rows = Fits(), []
    for goals, waves in SHAPES:
        for answers in ANSWERS:
            for kind, by_model in cell(fits, name, goals, waves, answers).items():
                own, other = (by_model[model].figures for model in MODELS)
                rows.append(
                    [str(goals), str(waves), str(answers), kind, f"{own[0]:.3f}", f"{other[0]:.3f}"]
                    + [f"{own[i] / other[i]:.2f}" for i in (1, 2)]
                )
            print(name, rows[-3:], fits.text, flush=True)
    return [table(HEAD, rows), fits.text]


def main() -> None:
    first = (
        f"How often {100 * MASS:g} % equal-tailed intervals of P(ma) of a wave, of its change from "
        "the first wave to the last, and of its changes between neighbouring waves hold the truth, "
        "under `waves` and under independent shares (`matched`), both with their default priors: "
        f"{SAMPLES} simulated data sets a line. Goals are exclusive, and waves evenly spaced. "
        "Lines of a wave and of neighbours are means over all waves, and over all pairs of "
        "neighbours; `at the jump` is of the two waves between which shares change. `ratio`: mean "
        "width of intervals, and root mean square error of posterior "
        "means, of `waves` over those of independent shares; below 1 `waves` is the better one. "
        f"{CHAINS} chains of {TUNE} + {DRAWS}, or {EXACT_DRAWS} exact draws."
    )
    titles = {name: f"#### {name.capitalize()}: {words}" for name, (_, words) in TRUTHS.items()}
    parts = {name: partial(run, name) for name in TRUTHS}
    publish_parts("waves_coverage", titles, parts, head=first)


if __name__ == "__main__":
    main()
