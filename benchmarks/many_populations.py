"""Many populations: a whole fit, from counts to files, beside numpy's own draws of the same.

uv run python benchmarks/many_populations.py [populations]
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from common import ROOT, process, publish, spread, table, verdict

POPULATIONS, GOALS, ROUNDS = 10_000, 8, 1  # a round takes six minutes
MOST_TIMES, MOST_GB, MOST_MB, MOST_LINES = 1.5, 2.0, 200, 40

# The study, for both sides: counts of answers in populations of 50 to 1,500 agents.
MADE = """
import json, resource, sys, time
import numpy as np
S, K, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = np.random.default_rng(0)
counts = rng.multinomial(rng.integers(50, 1500, S), rng.dirichlet(np.ones(K), S)).astype(float)
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6
"""

# Posterior and prior draws of shares and P(ma) under the package's default prior, one population
# after the other, in plain numpy and SciPy's log Gamma; nothing is kept but P(ma).
NUMPY = (
    MADE
    + """
from scipy.special import betaln, gammaln
D = 4000
if kind == "elicited":
    levels = rng.beta(4.0, 3.0, (D, K * (K - 1) // 2))
    C = np.zeros((D, K, K))
    C[:, *np.triu_indices(K, 1)] = levels
    C += C.swapaxes(1, 2)
else:
    C = 1 - np.eye(K)
step = 0.3 / np.sqrt(K) if 0.3 / np.sqrt(K) < 30 / 1024 else 30 / 1024
def draw(n, rng):
    log_a = np.arange(-15.0, 30 + np.log(max(n.sum(), 1)), step)
    a = np.exp(log_a)[:, None]
    prior = -np.logaddexp(0, -log_a) - 0.5 * np.logaddexp(0, log_a)
    def rising(parts, counts):
        b = a / parts
        c = np.minimum(b, 50.0)  # beyond, the difference of two Stirling series
        tail = (1 / (b + counts) - 1 / b) / 12
        series = (b - 0.5) * np.log1p(counts / b) + counts * (np.log(b + counts) - 1) + tail
        return np.where(b < 50, gammaln(c + counts) - gammaln(c), series)
    total = rising(1, n.sum())[:, 0]
    rows = [prior + rising(K, n).sum(axis=1) - total + np.log(0.75)]
    each = rising(K - 1, n)
    for j in range(K):
        row = prior + each.sum(axis=1) - each[:, j] - rising(1, n.sum() - n[j])[:, 0]
        rows.append(row + betaln(1 + n[j], 1 + n.sum() - n[j]) + np.log(0.25 / K))
    mass = np.exp(np.array(rows) - np.max(rows)).cumsum()
    cell = np.searchsorted(mass, rng.random(D) * mass[-1])
    which, place = np.divmod(cell, len(log_a))
    alone = which > 0
    A = np.exp(log_a[place])
    alpha = (A / (K - alone))[:, None] + n
    logs = np.log(rng.standard_gamma(alpha + 1)) - rng.standard_exponential((D, K)) / alpha
    logs[alone, which[alone] - 1] = -np.inf
    p = np.exp(logs - logs.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    own = n[which[alone] - 1]
    r = rng.beta(1 + own, 1 + n.sum() - own)
    p[alone] *= (1 - r)[:, None]
    p[alone, which[alone] - 1] = r
    return p
kept = np.empty((2, D, S), dtype=np.float32)
for s in range(S):
    for g, n in enumerate((counts[s], np.zeros(K))):
        p = draw(n, rng)
        Cp = p @ C if C.ndim == 2 else (C @ p[:, :, None])[:, :, 0]
        kept[g, :, s] = (p * Cp).sum(axis=1)
print(json.dumps([*used(), kept.mean(axis=(1, 2)).tolist()]))
"""
)

# The least that anybody can do: Gammas of known sizes, over their sums; another prior.
GAMMAS = (
    MADE
    + """
D, C = 4000, 1 - np.eye(K)
kept = np.empty((2, D, S), dtype=np.float32)
for s in range(S):
    for g, n in enumerate((counts[s], np.zeros(K))):
        p = rng.standard_gamma(np.broadcast_to(n + 0.5, (D, K)))
        p /= p.sum(axis=1, keepdims=True)
        kept[g, :, s] = (p * (p @ C)).sum(axis=1)
print(json.dumps([*used(), kept.mean(axis=(1, 2)).tolist()]))
"""
)

OURS = (
    MADE
    + """
import contextlib, io, os
from pathlib import Path
import bayes_misalign as bm
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.report.write import write_folder
goals = [f"goal {i}" for i in range(K)]
evidence = ChoiceCounts.from_counts(goals, [f"place {i:05d}" for i in range(S)], counts)
conflict = bm.MutuallyExclusive()
if kind == "elicited":
    pairs = [(a, b) for i, a in enumerate(goals) for b in goals[i + 1 :]]
    conflict = bm.Elicited([{"between": [a, b], "mean": 4 / 7, "strength": 7} for a, b in pairs])
study = bm.Study.of(bm.ProblemArea("x", goals=goals), evidence, conflict)
start = time.process_time()
posterior = bm.fit(study)
drawn = time.process_time()
folder = write_folder(posterior, sys.argv[4])
said = posterior.summary()
lines = len(said.splitlines())
most = used()
size = (Path(folder) / "posterior.nc").stat().st_size / 1e6
start_load = time.process_time()
again = bm.load(Path(folder) / "posterior.nc")
loaded = time.process_time() - start_load
mean = float(np.mean([e.mean for e in posterior.misalignment().values()]))
name = "place 00003"
assert again.misalignment()[name].mean == posterior.misalignment()[name].mean
print(json.dumps([*most, mean, size, lines, drawn - start, loaded]))
"""
)


def run(script: str, populations: int, kind: str, folder: str) -> list[float]:
    """Return what a process of its own reports: CPU seconds, peak memory in GB, and more."""
    command = [sys.executable, "-c", script, str(populations), str(GOALS), kind, folder]
    found: list[float] = json.loads(process(*command).splitlines()[-1])
    return found


def main() -> None:
    populations = int(sys.argv[1]) if len(sys.argv) > 1 else POPULATIONS
    rows = []
    for kind in ("exclusive", "elicited"):
        ours, plain, least = [], [], []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory(dir=ROOT.parent) as folder:
                plain.append(run(NUMPY, populations, kind, folder))
                ours.append(run(OURS, populations, kind, str(Path(folder) / "results")))
                least.append(run(GAMMAS, populations, kind, folder))
        relative = [a[0] / b[0] for a, b in zip(ours, plain, strict=True)]
        of_least = [a[0] / b[0] for a, b in zip(ours, least, strict=True)]
        one = ours[-1]
        middle = sorted(relative)[len(relative) // 2]
        mean = plain[-1][2][0] if isinstance(plain[-1][2], list) else plain[-1][2]
        rows += [
            [kind, "numpy, same prior", spread([x[0] for x in plain], " s"), "1", ""],
            [kind, "numpy, Gammas alone", spread([x[0] for x in least], " s"), "", ""],
            [
                kind,
                "fit, report and files",
                spread([x[0] for x in ours], " s"),
                f"{spread(relative)}; of Gammas alone {spread(of_least)}",
                f"<= {MOST_TIMES}: {verdict(middle <= MOST_TIMES)}",
            ],
            [kind, "  of that drawing", spread([x[5] for x in ours], " s"), "", ""],
            [kind, "peak memory", f"{one[1]:.2f} GB", "", f"< 2 GB: {verdict(one[1] < MOST_GB)}"],
            [
                kind,
                "posterior.nc",
                f"{one[3]:.0f} MB",
                "",
                f"< 200 MB: {verdict(one[3] < MOST_MB)}",
            ],
            [kind, "lines on a terminal", f"{one[4]:.0f}", "", verdict(one[4] <= MOST_LINES)],
            [kind, "`load`", f"{one[6]:.2f} s", "", ""],
            [kind, "mean P(ma), numpy and ours", f"{mean:.4f} and {one[2]:.4f}", "", ""],
        ]
    publish(
        "many_populations",
        f"{populations:,} populations of {GOALS} goals, 4,000 draws: CPU seconds of whole "
        f"processes, rounds taken in turn: {ROUNDS}. numpy draws "
        "posterior and prior of shares and P(ma) one population after the other, and writes "
        "nothing.",
        table(["conflict", "what", "", "ratio", "target"], rows),
    )


if __name__ == "__main__":
    main()
