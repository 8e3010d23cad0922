"""Partial pooling of many populations: a whole fit of a hundred, and of a hundred times as many.

uv run python benchmarks/pooled_scale.py
"""

from __future__ import annotations

import json
import statistics
import sys

from common import process, publish, spread, table, verdict

FEW, MANY, GOALS, ROUNDS = 100, 10_000, 8, 2
MOST_TIMES, MOST_GB = 3.0, 2.0

# answers of 5 to 59 agents in each population, whose shares scatter about one mean (simulated)
FIT = f"""
import json, os, resource, sys, tempfile, time
import numpy as np
import bayes_misalign as bm
S, K = int(sys.argv[1]), {GOALS}
rng = np.random.default_rng(5)
shares = rng.dirichlet(6 * rng.dirichlet(np.full(K, 2.0)), size=S)
n = rng.integers(5, 60, size=S)
counts = np.array([rng.multinomial(a, p) for a, p in zip(n, shares)])
goals = [f"goal {{i}}" for i in range(K)]
rows = {{
    "population": np.repeat([f"population {{s}}" for s in range(S)], K),
    "goal": np.tile(goals, S),
    "n": counts.ravel(),
}}
answers = bm.SingleChoice(rows, goal="goal", population="population", count="n")
start, used = time.time(), time.process_time()
fitted = bm.fit(
    bm.ProblemArea("simulated", goals=goals),
    answers,
    bm.MutuallyExclusive(),
    shares=bm.PooledShares(),
    random_seed=1,
)
with tempfile.TemporaryDirectory() as folder:
    file = fitted.save(os.path.join(folder, "posterior.nc"))
    wall, cpu = time.time() - start, time.process_time() - used
    size = os.path.getsize(file) / 1e6
found = fitted.misalignment()
true = 1 - (shares**2).sum(axis=1)
ends = (e.interval for e in found.values())
held = sum(low <= x <= high for (low, high), x in zip(ends, true))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps({{
    "wall": wall, "cpu": cpu, "peak": peak, "size": size, "held": held / S,
    "state": fitted.diagnosis.state,
}}))
"""


def main() -> None:
    found: dict[int, list[dict[str, float]]] = {FEW: [], MANY: []}
    for turn in range(ROUNDS + 1):
        for number, runs in found.items():
            out = process(sys.executable, "-W", "ignore", "-c", FIT, str(number))
            one = json.loads(out.splitlines()[-1])
            print(number, one, flush=True)
            runs += [one] if turn else []  # the first compiles the models
    usual = {n: statistics.median(run["wall"] for run in runs) for n, runs in found.items()}
    times, peak = usual[MANY] / usual[FEW], max(run["peak"] for run in found[MANY])
    rows = [
        [
            f"{number:,}",
            spread([run["wall"] for run in runs], " s"),
            spread([run["cpu"] for run in runs], " s"),
            f"{max(run['peak'] for run in runs):.2f} GB",
            f"{runs[0]['size']:.0f} MB",
            f"{100 * runs[0]['held']:.1f} %",
        ]
        for number, runs in found.items()
    ]
    publish(
        "pooled_scale",
        f"Simulated answers of 5 to 59 agents in each population, {GOALS} goals that exclude each "
        f"other, 4 chains of 1000 + 1000: `fit` and `save`, median and range of {ROUNDS} rounds "
        "taken in turn, after one that compiles the models. The file holds P(ma) and the shares of "
        "all populations. Held: true values of P(ma) in 95 % intervals.",
        table(["populations", "time", "CPU", "peak memory", "file", "held"], rows),
        f"{MANY:,} populations take {times:.2f} times the time of {FEW}, target <= "
        f"{MOST_TIMES:g}: {verdict(times <= MOST_TIMES)}; memory below {MOST_GB:g} GB: "
        f"{verdict(peak < MOST_GB)}.",
    )


if __name__ == "__main__":
    main()
