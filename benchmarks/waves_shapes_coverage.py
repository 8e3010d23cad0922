"""How often 90 % intervals of waves hold the truth where shares do anything but walk.

    uv run python benchmarks/waves_shapes_coverage.py [TRUTH ...]

With names of truths, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from common import publish_parts, table
from numpy.typing import NDArray
from waves_coverage import CHAINS, DRAWS, EXACT_DRAWS, MASS, TUNE, Fits, Found, moved

from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.waves.steps import SURPRISING, differs, surprise
from bayes_misalign.models.waves.walk import draw_prior

Array = NDArray[np.float64]

SAMPLES, WALKS = 40, 200
SEED = 20_240_811
FROM, TO = 0.0, 1.0  # of the log odds of the first goal beside the others, where they change
USUAL, MANY, FEW = 300, 1_000, 20  # answers of a wave
HEAD = ["goals", "waves", "interval of", "waves", "independent", "width, ratio"]
HEAD += ["rms error, ratio", "cautioned"]
SMALL = (20, 50, 100, 200)  # answers of a wave that is unlike the others, which have many
UNEVEN = {4: (2000, 2001, 2002, 2020)}


@dataclass(frozen=True)
class Setting:
    """Shares of waves, how many answer in each, and when each was."""

    odds: Array  # of the first goal, (wave,)
    answers: Array
    years: tuple[int, ...]
    apart: int | None = None  # the wave that is shown by itself


def usual(waves: int) -> tuple[Array, tuple[int, ...]]:
    """Return answers of every wave, and years one after another."""
    return np.full(waves, USUAL), tuple(range(2000, 2000 + waves))


def same(waves: int) -> Setting:
    """Return shares that never change."""
    return Setting(np.full(waves, FROM), *usual(waves))


def trend(waves: int) -> Setting:
    """Return shares that change by the same log odds from wave to wave."""
    return Setting(np.linspace(FROM, TO, waves), *usual(waves))


def jump(waves: int) -> Setting:
    """Return shares that change once, in the middle."""
    return Setting(np.where(np.arange(waves) < waves / 2, FROM, TO), *usual(waves))


def one_wave(waves: int) -> Setting:
    """Return shares that are others in one wave alone."""
    at = waves // 2
    return Setting(np.where(np.arange(waves) == at, TO, FROM), *usual(waves), apart=at)


def thin(waves: int) -> Setting:
    """Return a trend of waves of many answers, one of which has few."""
    at = waves // 2
    answers = np.where(np.arange(waves) == at, FEW, MANY)
    return Setting(np.linspace(FROM, TO, waves), answers, usual(waves)[1], apart=at)


def thin_alone(waves: int) -> Setting:
    """Return waves of which the one of few answers is unlike all others."""
    at = waves // 2
    few = np.arange(waves) == at
    return Setting(np.where(few, TO, FROM), np.where(few, FEW, MANY), usual(waves)[1], apart=at)


def uneven(waves: int) -> Setting:
    """Return shares that change alike from wave to wave, however much time passes."""
    return Setting(np.linspace(FROM, TO, waves), usual(waves)[0], UNEVEN[waves])


Both = tuple[tuple[int, int], ...]
EASY: Both = ((3, 4), (6, 10))  # goals, waves
OTHER: Both = ((3, 10), (6, 4))
TRUTHS: dict[str, tuple[Callable[[int], Setting], Both, str]] = {
    "no change": (same, EASY, "shares of 1, 1/2, 1/3, ... in every wave"),
    "trend": (
        trend,
        EASY,
        f"the log odds of the first goal beside the others rise by {TO:g}, alike from wave to wave",
    ),
    "jump": (
        jump,
        OTHER,
        "they rise by that at once, in the middle, and are flat before and after",
    ),
    "one wave": (
        one_wave,
        OTHER,
        "they are higher by that in one wave alone, after which they are what they were",
    ),
    "thin wave": (
        thin,
        ((3, 10),),
        f"a trend again; {MANY:,} answer in every wave, but {FEW} in the one shown by itself",
    ),
    "thin wave alone": (
        thin_alone,
        ((6, 4),),
        "the same, and the wave of few answers is the only one that is higher",
    ),
    "uneven": (
        uneven,
        ((3, 4),),
        "a trend that is even by waves, which are not even in time: "
        + f"gaps of {', '.join(str(b - a) for a, b in pairwise(UNEVEN[4]))} years",
    ),
}


FOUND_OUT = ("no change", "trend", "jump", "one wave")


def quantities(pma: Array, setting: Setting) -> dict[str, Array]:
    """Return P(ma) of waves, and its changes, by kind, of P(ma) (..., wave)."""
    step, at = np.diff(pma, axis=-1), setting.apart
    found = {"a wave": pma, "first to last": pma[..., -1:] - pma[..., :1], "neighbours": step}
    if at is not None:
        found["that wave"] = pma[..., at : at + 1]
        found["to that wave"] = step[..., at - 1 : at]
    elif len(moves := np.flatnonzero(np.diff(setting.odds))) == 1:
        found["at the jump"] = step[..., moves]
    return found


def run(fits: Fits, name: str) -> list[str]:
    """Return the paragraphs of one truth."""
    make, shapes, _ = TRUTHS[name]
    rows = []
    before = fits.number, fits.poor, fits.divergences
    for goals, waves in shapes:
        setting = make(waves)
        shares = moved(goals, setting.odds)
        conflict = exclusive_conflict(goals)
        truth = quantities(np.asarray(misalignment(shares, conflict)), setting)
        rng = np.random.default_rng([SEED, zlib.crc32(name.encode()), goals, waves])
        found = {kind: (Found(), Found()) for kind in truth}
        cautioned = 0
        for _ in range(SAMPLES):
            counts = rng.multinomial(setting.answers, shares).astype(float)
            pma = fits.waves(counts, rng, setting.years)
            own, other = quantities(pma, setting), quantities(fits.apart(counts, rng), setting)
            for kind, (ours, theirs) in found.items():
                ours.add(own[kind], truth[kind])
                theirs.add(other[kind], truth[kind])
            move = surprise(*fits.asked(counts, setting.years))
            cautioned += move is not None and differs(move, counts, pma, conflict)
        for kind, (ours, theirs) in found.items():
            a, b = ours.figures, theirs.figures
            row = [str(goals), str(waves), kind, f"{a[0]:.3f}", f"{b[0]:.3f}"]
            row += [f"{a[i] / b[i]:.2f}" for i in (1, 2)]
            rows.append([*row, f"{cautioned / SAMPLES:.2f}"])
            print(name, rows[-1], flush=True)
    done = [
        now - then
        for now, then in zip((fits.number, fits.poor, fits.divergences), before, strict=True)
    ]
    return [table(HEAD, rows), fits.said(*done)]


def found_out() -> list[str]:
    """Return how often a walk is found unlikely, where shares walk and where they do not."""
    rows = []
    for name, make in {"walk": None, **{name: TRUTHS[name][0] for name in FOUND_OUT}}.items():
        for answers in (USUAL, MANY):
            row = [name, str(answers)]
            for goals, waves in (*EASY, *OTHER):
                prior, _, places, categories = Fits.asked(np.zeros((waves, goals)))
                rng = np.random.default_rng([SEED, zlib.crc32(name.encode()), goals, waves])
                if make is None:
                    drawn = draw_prior(prior, places, categories, WALKS, rng)["proportion"]
                else:
                    drawn = np.tile(moved(goals, make(waves).odds), (WALKS, 1, 1))
                counts = rng.multinomial(answers, drawn).astype(float)
                found = [surprise(prior, one, places, categories) is not None for one in counts]
                row.append(f"{np.mean(found):.3f}")
            rows.append(row)
    for answers in SMALL:
        row = ["one wave, fewer answers", f"{answers} of {MANY}"]
        for goals, waves in (*EASY, *OTHER):
            prior, _, places, categories = Fits.asked(np.zeros((waves, goals)))
            rng = np.random.default_rng([SEED, answers, goals, waves])
            odds = one_wave(waves).odds
            drawn = np.tile(moved(goals, odds), (WALKS, 1, 1))
            counts = rng.multinomial(np.where(odds > 0, answers, MANY), drawn).astype(float)
            found = [surprise(prior, one, places, categories) is not None for one in counts]
            row.append(f"{np.mean(found):.3f}")
        rows.append(row)
    head = [f"{goals} goals, {waves} waves" for goals, waves in (*EASY, *OTHER)]
    return [table(["truth", "answers", *head], rows)]


def main() -> None:
    first = (
        f"How often {100 * MASS:g} % equal-tailed intervals of P(ma) of a wave, of its change from "
        "the first wave to the last, and of its changes between neighbouring waves hold the truth, "
        "under `waves` and under independent shares (`matched`), both with their default priors: "
        f"{SAMPLES} simulated data sets a line, {USUAL} answers in each wave where nothing else "
        "is said. Goals are exclusive. Lines of a wave and of neighbours are means over all waves, "
        "and over all pairs of neighbours. `ratio`: mean width of intervals, and root mean square "
        "error of posterior means, of `waves` over those of independent shares; below 1 `waves` is "
        "the better one. `cautioned`: part of the data sets with a caution, about a step, a wave "
        f"or a trend that a walk makes unlikely (below {SURPRISING:g}) and that moves P(ma). "
        f"{CHAINS} chains of {TUNE} + {DRAWS}, or {EXACT_DRAWS} exact draws."
    )
    titles = {name: f"#### {name.capitalize()}: {words}" for name, (_, _, words) in TRUTHS.items()}
    fits = Fits()
    titles["found out"] = (
        f"#### Found out: a walk is unlikely, of {WALKS} data sets each; `walk`: draws from the "
        "prior. Nothing is fitted, and cautions are at most so many"
    )
    parts: dict[str, Callable[[], list[str]]] = {
        **{name: partial(run, fits, name) for name in TRUTHS},
        "found out": found_out,
    }
    publish_parts("waves_shapes_coverage", titles, parts, head=first)


if __name__ == "__main__":
    main()
