"""How often 90 % intervals of P(ma) hold the truth when conflict is rated by a few raters.

    uv run python benchmarks/rated_coverage.py ["ROW" ...]

With names of rows, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

import sys
import time
import zlib
from dataclasses import dataclass
from itertools import combinations

import arviz_stats as azs
import numpy as np
from common import RESULTS, publish, table, verdict
from numpy.typing import NDArray

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.families.raters.round_robin import what_is_left
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.measure import misalignment
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

SAMPLES = 200
LEVELS = 5
POINT = 1.35  # distance of neighbouring cut points, on a scale whose noise has an sd of 1.81
GOAL_SD, PAIR_SD, LOCATION, WIDTH_SD = 1.0, 1.0, 0.3, 0.2
UNRATED = 1 / 3
CHAINS, TUNE, DRAWS = 2, 400, 400
TARGET_ACCEPT = 0.95  # below what the model asks for by default, to save time
MASS, LOWEST, HIGHEST = 0.9, 0.85, 0.95
SEED = 20_220_601
POOR = 1.05  # R-hat of P(ma)
HEAD = ["goals", "raters", "severity", "model", "too high", "too low", "raw means", "plug-in error"]
HEAD += ["model: mean error", "width", "target"]


@dataclass(frozen=True)
class Row:
    """One configuration: goals, raters, and their severity's sd in points of the scale."""

    goals: int
    raters: int
    severity: float

    @property
    def name(self) -> str:
        """Name of the row."""
        return f"{self.goals} goals, {self.raters} raters, {self.severity:g}"

    def design(self) -> RatedConflict:
        """Return every rater's ratings of two thirds of the pairs, all of the lowest level."""
        names = [f"goal {i + 1}" for i in range(self.goals)]
        pairs = list(combinations(names, 2))
        rng = np.random.default_rng([SEED, self.goals])
        left_out = round(UNRATED * len(pairs))
        chosen = np.sort(rng.permutation(len(pairs))[left_out:])
        counts = np.zeros((self.raters * len(chosen), LEVELS))
        counts[:, 0] = 1
        return RatedConflict.from_counts(
            pairs,
            [str(level) for level in range(1, LEVELS + 1)],
            np.linspace(0, 1, LEVELS),
            np.tile(chosen, self.raters),
            counts,
            raters=[f"rater {r + 1}" for r in range(self.raters)],
            rater=np.repeat(np.arange(self.raters), len(chosen)),
        )

    def truth(self, design: RatedConflict, rng: np.random.Generator) -> dict[str, Array]:
        """Return effects of goals, pairs and raters, all drawn anew."""
        severity = self.severity * POINT * rng.normal(size=self.raters)
        width = WIDTH_SD * rng.normal(size=self.raters)
        goal = GOAL_SD * rng.normal(size=self.goals)
        found = {
            "location": np.array(LOCATION + severity.mean()),
            "gap": np.full(LEVELS - 2, POINT),
            "goal_effect": goal - goal.mean(),
            "severity_sd": np.array(self.severity * POINT),
            "severity": severity - severity.mean(),
            "severity_shift": np.array(-severity.mean()),
            "width_sd": np.array(WIDTH_SD),
            "width": width - width.mean(),
        }
        if self.goals > 3:
            pair = PAIR_SD * rng.normal(size=len(design.pairs))
            found["pair_effect"] = np.asarray(what_is_left(pair, self.goals))
        return found


ROWS = (
    Row(3, 3, 0.5),
    Row(3, 3, 1.0),
    Row(3, 10, 0.5),
    Row(3, 10, 1.0),
    Row(3, 50, 0.5),
    Row(8, 3, 1.0),
    Row(8, 10, 0.5),
    Row(8, 50, 1.0),
    Row(20, 3, 0.5),
    Row(20, 10, 1.0),
    Row(20, 50, 0.5),
)


def of_levels(design: RatedConflict, levels: Array) -> Array:
    """Return P(ma) of known unequal shares, (...) of levels (..., pair)."""
    k = len(design.members)
    shares = 1 / np.arange(1, k + 1)
    flat = levels.reshape(-1, levels.shape[-1])
    matrix = assemble(design.members, [(design.pairs, flat)])
    return np.asarray(misalignment(shares / shares.sum(), matrix)).reshape(levels.shape[:-1])


def raw_plug_in(seen: RatedConflict) -> float:
    """Return P(ma) of raw means, pairs that nobody rated at the mean of the others."""
    raw = seen.raw_level[0]
    raw = np.where(np.isnan(raw), np.nanmean(raw), raw)
    return float(of_levels(seen, raw))


def run(row: Row) -> list[str]:
    """Return the line of the table for one row, and say how sampling went."""
    rng = np.random.default_rng([SEED, zlib.crc32(row.name.encode())])
    prior, design = rated.priors(), row.design()
    cells = RatedCells(design, prior)
    compiled: Compiled | None = None
    above, below, error, width, raw_error, raw_held = [], [], [], [], [], []
    rhat, ess, divergences, taken = [], [], 0, 0.0
    for _ in range(SAMPLES):
        effects = row.truth(design, rng)
        one = {key: value[None] for key, value in effects.items()}
        truth = float(of_levels(design, rated.conflict_levels(cells, one)["conflict_level"])[0])
        seen = rated.simulate(effects, design, rng)
        compiled = compiled or Compiled(rated.build(seen, prior))
        seed = int(rng.integers(2**31))
        fitting = Fitting(
            draws=DRAWS, tune=TUNE, chains=CHAINS, seed=seed, target_accept=TARGET_ACCEPT
        )
        start = time.perf_counter()
        tree = compiled.sample(rated.data(seen, prior), fitting)
        taken += time.perf_counter() - start
        drawn = of_levels(design, tree["posterior"]["conflict_rated"].values)
        low, high = np.quantile(drawn, [(1 - MASS) / 2, (1 + MASS) / 2])
        above.append(low > truth)
        below.append(high < truth)
        error.append(drawn.mean() - truth)
        width.append(high - low)
        plug_in = raw_plug_in(seen)
        raw_error.append(plug_in - truth)
        raw_held.append(low <= plug_in <= high)
        rhat.append(float(azs.rhat(drawn, chain_axis=0, draw_axis=1)))
        ess.append(float(azs.ess(drawn, chain_axis=0, draw_axis=1, method="bulk")))
        divergences += int(tree["sample_stats"]["diverging"].values.sum())
    print(
        f"{row.name}: {taken / SAMPLES:.2f} s a fit, effective draws {np.median(ess):.0f} "
        f"(least {min(ess):.0f}), R-hat above {POOR}: {np.mean(np.array(rhat) > POOR):.3f}, "
        f"divergences {divergences / (SAMPLES * CHAINS * DRAWS):.5f}",
        flush=True,
    )
    coverage = 1 - np.mean(above) - np.mean(below)
    return [
        str(row.goals),
        str(row.raters),
        f"{row.severity:g}",
        f"{coverage:.3f}",
        f"{np.mean(above):.3f}",
        f"{np.mean(below):.3f}",
        f"{np.mean(raw_held):.3f}",
        f"{np.sqrt(np.mean(np.square(raw_error))):.3f}",
        f"{np.mean(error):+.3f}, {np.sqrt(np.mean(np.square(error))):.3f}",
        f"{np.mean(width):.3f}",
        verdict(LOWEST <= round(float(coverage), 3) <= HIGHEST),
    ]


def main() -> None:
    wanted = sys.argv[1:]
    if unknown := set(wanted) - {row.name for row in ROWS}:
        raise SystemExit(f"no row is called {', '.join(sorted(unknown))}")
    done = earlier()
    for row in ROWS:
        if not wanted or row.name in wanted:
            done[row.name] = run(row)
            write(done)


def earlier() -> dict[str, list[str]]:
    """Return the lines of the table that was written last, by row."""
    file = RESULTS / "rated_coverage.md"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    known = {(str(row.goals), str(row.raters), f"{row.severity:g}"): row.name for row in ROWS}
    return {known[tuple(c[:3])]: c for c in cells if tuple(c[:3]) in known}


def write(done: dict[str, list[str]]) -> None:
    """Publish the rows that there are."""
    spread = np.sqrt(MASS * (1 - MASS) / SAMPLES)
    publish(
        "rated_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) holds the truth: {SAMPLES} "
        f"simulated data sets a line, standard error {spread:.3f} at {MASS:g}; {CHAINS} chains of "
        f"{TUNE} + {DRAWS}. Every rater rates the same two thirds of the pairs once, on {LEVELS} "
        "levels; a third of the pairs is never rated. Effects of goals, pairs and raters are drawn "
        "anew for each data set, not from the prior: severities normal with the sd that the row "
        "states, in points of the scale (the distance between neighbouring cut points). Shares of "
        "the goals are known and unequal (1, 1/2, 1/3, ...). The target is "
        f"{LOWEST:.2f} to {HIGHEST:.2f}.",
        table(HEAD, [done[row.name] for row in ROWS if row.name in done]),
        "`raw means`: how often the model's interval holds the plug-in value of raw mean ratings, "
        "pairs that nobody rated at the mean of the others; `plug-in error`: root mean square of "
        "that value less the truth. `model: mean error`: posterior mean less the truth, on average "
        "and root mean square.",
    )


if __name__ == "__main__":
    main()
