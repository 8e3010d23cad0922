"""How often 90 % intervals of P(ma) hold the truth when named raters say which goals conflict.

    uv run python benchmarks/judged_coverage.py ["ROW" ...]

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
from scipy.special import expit

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.families.raters.rating_levels import normal_nodes
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.measure import misalignment
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

SAMPLES = 200
PAIR_SD = 1.5  # of the log-odds of the average rater
LAPSE, MUCH_LAPSE, EVERY = 0.03, 0.2, 5  # every fifth rater lapses much
CHAINS, TUNE, DRAWS = 2, 400, 400
MASS, LOWEST, HIGHEST = 0.9, 0.85, 0.95
SEED = 20_220_601
POOR = 1.05  # R-hat of P(ma)
HEAD = ["goals", "raters", "severity", "model", "too high", "too low", "width", "raters alike"]
HEAD += ["its width", "target of the model"]


@dataclass(frozen=True)
class Row:
    """One configuration: goals, raters, and the sd of their severities in log-odds."""

    goals: int
    raters: int
    severity: float

    @property
    def name(self) -> str:
        """Name of the row."""
        return f"{self.goals} goals, {self.raters} raters, {self.severity:g}"

    def design(self) -> JudgedConflict:
        """Return one judgement of every pair by every rater, all of them yes."""
        pairs = list(combinations([f"goal {i + 1}" for i in range(self.goals)], 2))
        rater, pair = np.divmod(np.arange(self.raters * len(pairs)), len(pairs))
        names = [f"rater {r + 1}" for r in range(self.raters)]
        yes = np.ones(len(pair))
        return JudgedConflict.by_raters(pairs, names, rater, pair, yes, 0 * yes)

    def truth(self, design: JudgedConflict, rng: np.random.Generator) -> dict[str, Array]:
        """Return log-odds of pairs, severities and lapses, all drawn anew."""
        latent = PAIR_SD * rng.normal(size=len(design.pairs))
        nodes, weights = normal_nodes(41)
        level = expit(latent[:, None] + self.severity * nodes) @ weights
        lapse = np.where(np.arange(self.raters) % EVERY == EVERY - 1, MUCH_LAPSE, LAPSE)
        severity = self.severity * rng.normal(size=self.raters)
        return {"latent": latent, "severity": severity, "lapse": lapse, "conflict_level": level}


ROWS = (
    Row(3, 3, 1.0),
    Row(3, 10, 0.5),
    Row(3, 10, 1.0),
    Row(8, 3, 1.0),
    Row(8, 10, 0.5),
    Row(8, 10, 1.0),
    Row(8, 50, 1.0),
)


def of_levels(design: JudgedConflict, levels: Array) -> Array:
    """Return P(ma) of known unequal shares, (...) of levels (..., pair)."""
    goals = tuple(dict.fromkeys(goal for pair in design.pairs for goal in pair))
    shares = 1 / np.arange(1, len(goals) + 1)
    flat = levels.reshape(-1, levels.shape[-1])
    matrix = assemble(goals, [(design.pairs, flat)])
    return np.asarray(misalignment(shares / shares.sum(), matrix)).reshape(levels.shape[:-1])


def run(row: Row) -> list[str]:
    """Return the line of the table for one row, and say how sampling went."""
    rng = np.random.default_rng([SEED, zlib.crc32(row.name.encode())])
    prior, design = judged.priors(), row.design()
    compiled = Compiled(judged.build(design, prior))
    above, below, width, held, other_width, rhat = [], [], [], [], [], []
    divergences, taken = 0, 0.0
    for _ in range(SAMPLES):
        parameters = row.truth(design, rng)
        truth = float(of_levels(design, parameters["conflict_level"]))
        seen = judged.simulate(parameters, design, rng)
        seed = int(rng.integers(2**31))
        fitting = Fitting(draws=DRAWS, tune=TUNE, chains=CHAINS, seed=seed)
        start = time.perf_counter()
        tree = compiled.sample(judged.data(seen, prior), fitting)
        taken += time.perf_counter() - start
        drawn = of_levels(design, tree["posterior"]["conflict_judged"].values)
        low, high = np.quantile(drawn, [(1 - MASS) / 2, (1 + MASS) / 2])
        above.append(low > truth)
        below.append(high < truth)
        width.append(high - low)
        nameless = JudgedConflict(seen.pairs, seen.yes, seen.no, "raters alike")
        exact = judged.draw(nameless, prior, CHAINS * DRAWS, rng)
        assert exact is not None
        low, high = np.quantile(
            of_levels(design, exact["conflict_level"]), [(1 - MASS) / 2, (1 + MASS) / 2]
        )
        held.append(low <= truth <= high)
        other_width.append(high - low)
        rhat.append(float(azs.rhat(drawn, chain_axis=0, draw_axis=1)))
        divergences += int(tree["sample_stats"]["diverging"].values.sum())
    print(
        f"{row.name}: {taken / SAMPLES:.2f} s a fit, R-hat above {POOR}: "
        f"{np.mean(np.array(rhat) > POOR):.3f}, divergences {divergences}",
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
        f"{np.mean(width):.3f}",
        f"{np.mean(held):.3f}",
        f"{np.mean(other_width):.3f}",
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
    file = RESULTS / "judged_coverage.md"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    known = {(str(row.goals), str(row.raters), f"{row.severity:g}"): row.name for row in ROWS}
    return {known[tuple(c[:3])]: c for c in cells if tuple(c[:3]) in known}


def write(done: dict[str, list[str]]) -> None:
    """Publish the rows that there are."""
    spread = np.sqrt(MASS * (1 - MASS) / SAMPLES)
    publish(
        "judged_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) holds the truth: {SAMPLES} "
        f"simulated data sets a line, standard error {spread:.3f} at {MASS:g}; {CHAINS} chains of "
        f"{TUNE} + {DRAWS}. Every rater judges every pair once. What is true is drawn anew for "
        f"each data set, not from the prior: log-odds of pairs normal with sd {PAIR_SD:g}, "
        f"severities normal with the sd of the row, in log-odds; raters lapse in {100 * LAPSE:g} % "
        f"of judgements, every fifth in {100 * MUCH_LAPSE:g} %. Shares of the goals are known and "
        f"unequal (1, 1/2, 1/3, ...). The target is {LOWEST:.2f} to {HIGHEST:.2f}.",
        table(HEAD, [done[row.name] for row in ROWS if row.name in done]),
        "`raters alike`: how often the interval holds the truth that takes every judgement for "
        "that of another rater, who never lapses: the same model without the raters' names.",
    )


if __name__ == "__main__":
    main()
