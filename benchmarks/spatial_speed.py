"""Two hundred goals on two dimensions, all 19,900 pairs: exact draws, and NUTS on the same model.

uv run python benchmarks/spatial_speed.py
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import arviz_stats as azs
import numpy as np
from common import publish, seconds, spread, table, verdict
from numpy.typing import NDArray

from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.models.spatial import generative as spatial
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

SEED = 20_220_601
GOALS, DRAWS, ROUNDS = 200, 4_000, 3
RATED, RATINGS, LEVELS = 30, 5, 5  # pairs, ratings of each, levels
FITTING = Fitting(draws=500, tune=500, chains=2, target_accept=0.9)
AGREE = 4.0  # combined Monte Carlo standard errors that two means may differ by


def evidence(*, rated: bool) -> SpatialConflict:
    """Return goals all over two scales, placed with errors of 2 to 10 % of their length."""
    rng = np.random.default_rng(SEED)
    design = SpatialConflict.from_means(
        [f"g{i + 1}" for i in range(GOALS)],
        rng.uniform(size=(GOALS, 2)),
        error=rng.uniform(0.02, 0.1, size=(GOALS, 2)),
    )
    if not rated:
        return design
    pairs = rng.choice(GOALS, size=(RATED, 2), replace=False)
    counts = np.zeros((RATED, LEVELS))
    counts[:, 0] = RATINGS
    levels = tuple(map(str, range(LEVELS)))
    asked = replace(design, rated=np.sort(pairs, axis=1), counts=counts, levels=levels)
    position = design.mean[None]
    level = spatial.conflict_levels(asked, position, 0.4, *asked.rated.T)[0]
    made = spatial.simulate(
        {"position": position[0], "expected_rating": 0.01 + 0.98 * level, "precision": 6.0},
        asked,
        rng,
    )
    return replace(made, mean=design.mean)


def misalignment(level: Array) -> Array:
    """Return P(ma) of equally large goal groups, from levels with pairs last."""
    return 2 * level.sum(axis=-1) / GOALS**2


def sampled(seen: SpatialConflict) -> tuple[float, list[dict[str, Any]]]:
    """Return seconds of compilation, and what each of several runs of NUTS took and found."""
    start = time.perf_counter()
    prior = spatial.priors()
    compiled = Compiled(spatial.build(seen, prior))
    compiling = time.perf_counter() - start
    runs = []
    for seed in range(ROUNDS):
        start = time.perf_counter()
        tree = compiled.sample(spatial.data(seen, prior), replace(FITTING, seed=SEED + seed))
        taken = time.perf_counter() - start
        drawn = misalignment(tree["posterior"]["conflict_spatial"].values)
        axes = {"chain_axis": 0, "draw_axis": 1}
        runs.append(
            {
                "taken": taken,
                "ess": float(azs.ess(drawn, method="bulk", **axes)),
                "mean": float(drawn.mean()),
                "error": float(azs.mcse(drawn, method="mean", **axes)),
                "divergences": int(tree["sample_stats"]["diverging"].sum()),
            }
        )
    return compiling, runs


def main() -> None:
    """Time both ways, and write the table."""
    usable_compile_cache()
    prior, without = spatial.priors(), evidence(rated=False)
    drawn: dict[str, Array] = {}

    def exact() -> None:
        found = spatial.draw(without, prior, DRAWS, np.random.default_rng(SEED))
        assert found is not None
        drawn["P(ma)"] = misalignment(found["conflict_level"])

    times = [seconds(exact) for _ in range(ROUNDS)]
    compiling, runs = sampled(without)
    with_ratings = sampled(evidence(rated=True))
    scaled = [run["taken"] * DRAWS / run["ess"] for run in runs]
    sooner = [slow / fast for slow, fast in zip(scaled, times, strict=True)]
    whole = [(compiling + slow) / fast for slow, fast in zip(scaled, times, strict=True)]
    pma = drawn["P(ma)"]
    gap = max(
        abs(run["mean"] - pma.mean()) / np.hypot(run["error"], pma.std() / np.sqrt(DRAWS))
        for run in runs
    )
    rows: list[list[object]] = [
        ["no ratings", "exact draws", spread(times, " s"), "", "", ""],
        ["no ratings", "NUTS", *_row(compiling, runs)],
        [f"{RATED * RATINGS} ratings of {RATED} pairs", "NUTS", *_row(*with_ratings)],
    ]
    head = ["evidence", "how", f"{DRAWS:,} effective draws of P(ma)", "effective draws a second"]
    head += ["compilation", "divergences"]
    publish(
        "spatial_speed",
        f"{GOALS} goals placed on two dimensions with known errors, all "
        f"{GOALS * (GOALS - 1) // 2:,} pairs; "
        f"NUTS is nutpie with {FITTING.chains} chains of {FITTING.tune} + {FITTING.draws}, its "
        "sampling scaled to as many effective draws; median and range of "
        f"{ROUNDS} runs, one core.",
        table(head, rows),
        f"Without ratings exact draws come {spread(sooner)} times sooner than NUTS samples as many "
        f"effective ones, and {spread(whole)} times with the compilation counted. Their "
        f"means of P(ma) differ by at most {gap:.1f} combined Monte Carlo standard errors "
        f"(at most {AGREE:g}: {verdict(bool(gap <= AGREE))}).",
    )


def _row(compiling: float, runs: list[dict[str, Any]]) -> list[object]:
    scaled = [run["taken"] * DRAWS / run["ess"] for run in runs]
    rate = [run["ess"] / run["taken"] for run in runs]
    divergences = sum(run["divergences"] for run in runs)
    return [spread(scaled, " s"), spread(rate), f"{compiling:.0f} s", divergences]


if __name__ == "__main__":
    main()
