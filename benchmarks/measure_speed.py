"""Time and memory of `measure.misalignment` on a large array, beside bare numpy."""

from __future__ import annotations

import statistics
import tracemalloc
from collections.abc import Callable

import numpy as np
from common import publish, ratios, side_by_side, spread, table, verdict

from bayes_misalign.measure import misalignment

DRAWS, POPULATIONS, GOALS = 4_000, 1_000, 20
ROUNDS = 7
ROUNDS_OF_SLOW = 2  # the three-operand einsum takes the same long time every time
MOST = 3.0
GIGABYTE = 1e9
SEED = 20_220_601


def main() -> None:
    rng = np.random.default_rng(SEED)
    shares = np.empty((DRAWS, POPULATIONS, GOALS))
    for start in range(0, DRAWS, 100):
        shares[start : start + 100] = rng.dirichlet(np.ones(GOALS), (100, POPULATIONS))
    upper = np.triu(rng.random((DRAWS, GOALS, GOALS)), 1)
    per_draw = upper + upper.swapaxes(-1, -2)
    one = per_draw[0]
    own = "`measure.misalignment(p, C)`"
    product = '`np.einsum("dpi,dpi->dp", p @ C, p)`'
    bare = '`np.einsum("dpi,{},dpj->dp", p, C, p)`'
    rows = _compare(
        "one C for all draws",
        {
            own: lambda: misalignment(shares, one),
            product: lambda: np.einsum("dpi,dpi->dp", shares @ one, shares),
            bare.format("ij").replace(", p)", ", p, optimize=True)"): lambda: np.einsum(
                "dpi,ij,dpj->dp", shares, one, shares, optimize=True
            ),
            bare.format("ij"): lambda: np.einsum("dpi,ij,dpj->dp", shares, one, shares),
        },
    )
    rows += _compare(
        "a C for each draw",
        {
            own: lambda: misalignment(shares, per_draw[:, None]),
            product: lambda: np.einsum("dpi,dpi->dp", shares @ per_draw, shares),
            bare.format("dij").replace(", p)", ", p, optimize=True)"): lambda: np.einsum(
                "dpi,dij,dpj->dp", shares, per_draw, shares, optimize=True
            ),
            bare.format("dij"): lambda: np.einsum("dpi,dij,dpj->dp", shares, per_draw, shares),
        },
    )
    pairs = shares.size * GOALS * 8 / GIGABYTE
    publish(
        "measure_speed",
        f"P(ma) of {DRAWS:,} draws x {POPULATIONS:,} populations x {GOALS} goals, given shares p "
        f"({shares.nbytes / GIGABYTE:.2f} GB). Median and range of {ROUNDS} rounds taken in turn "
        f"({ROUNDS_OF_SLOW} for the einsum without a path). The target is this package's time over "
        f"the fastest numpy formulation's, at most {MOST:g}. Peak memory is what a call allocates "
        f"on top of its arguments, the result of {DRAWS * POPULATIONS * 8 / GIGABYTE:.3f} GB "
        f"included; an array of draws x populations x goals x goals would be {pairs:.1f} GB.",
        table(["conflict", "formulation", "time", "our time / its time", "peak", "target"], rows),
    )


def _compare(case: str, calls: dict[str, Callable[[], object]]) -> list[list[str]]:
    *quick, slow = calls
    own = quick[0]
    results = [np.asarray(call()) for call in calls.values()]
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-12)
    del results
    taken = side_by_side({name: calls[name] for name in quick}, ROUNDS, warm=False)
    taken |= side_by_side({slow: calls[slow]}, ROUNDS_OF_SLOW, warm=False)
    fastest = min(quick[1:], key=lambda name: statistics.median(taken[name]))
    rows = []
    for name, values in taken.items():
        ours = taken[own][: len(values)]
        target = ""
        if name == fastest:
            target = verdict(statistics.median(ratios(ours, values)) <= MOST)
        relative = "" if name == own else spread(ratios(ours, values))
        rows.append([case, name, spread(values, " s"), relative, _peak(calls[name]), target])
    return rows


def _peak(call: Callable[[], object]) -> str:
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return f"{peak / GIGABYTE:.3f} GB"


if __name__ == "__main__":
    main()
