"""Several problem areas: a whole fit, from counts to files, beside the draws that it takes.

uv run python benchmarks/several_areas.py [areas]
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from common import ROOT, process, publish, spread, table, verdict

AREAS, POPULATIONS, ROUNDS, MOST_TIMES = 300, 3, 3, 3.0

MADE = """
import json, sys, time
import numpy as np
import bayes_misalign as bm
A, S = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(0)
counts = rng.multinomial(400, rng.dirichlet(np.ones(3), A * S))
rows = [
    (f"statement {i // S}", f"group {i % S}", answer, int(n))
    for i, numbers in enumerate(counts)
    for answer, n in zip(("agree", "disagree", "pass"), numbers)
]
names = ("statement", "group", "vote", "n")
votes = {name: list(column) for name, column in zip(names, zip(*rows))}
area = bm.ProblemArea("x", goals=["agree", "disagree"], no_goal=["pass"])
exclusive = bm.MutuallyExclusive()
answers = bm.SingleChoice(votes, goal="vote", population="group", count="n")
"""
# of shares in all areas and populations, posterior and prior, as every fit makes them
DRAWS = (
    MADE
    + """
from bayes_misalign.inference import draw_blocks
study = bm.AreasStudy.of(area, answers, exclusive, area="statement").parts[0].study
start = time.process_time()
for prior in (False, True):
    draw_blocks.draw_goals(study, 4000, prior=prior)
print(json.dumps([time.process_time() - start]))
"""
)
OURS = (
    MADE
    + """
import matplotlib.figure, jinja2, h5netcdf  # which every first report loads
start = time.process_time()
posterior = bm.fit_areas(area, answers, exclusive, area="statement")
fitted = time.process_time()
posterior.write(sys.argv[3])
posterior.summary()
print(json.dumps([time.process_time() - start, fitted - start]))
"""
)


def run(script: str, areas: int, folder: str = "") -> list[float]:
    """Return what a process of its own reports: CPU seconds."""
    command = [sys.executable, "-c", script, str(areas), str(POPULATIONS), folder]
    found: list[float] = json.loads(process(*command).splitlines()[-1])
    return found


def main() -> None:
    areas = int(sys.argv[1]) if len(sys.argv) > 1 else AREAS
    draws, whole, fits = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=ROOT.parent) as folder:
            draws.append(run(DRAWS, areas)[0])
            both = run(OURS, areas, str(Path(folder) / "results"))
        whole.append(both[0])
        fits.append(both[1])
    relative = [a / b for a, b in zip(whole, draws, strict=True)]
    middle = sorted(relative)[len(relative) // 2]
    rows = [
        ["draws of shares, posterior and prior", spread(draws, " s"), "1", ""],
        ["`fit_areas`", spread(fits, " s"), "", ""],
        [
            "with report, ranks, means, bedfellows and files",
            spread(whole, " s"),
            spread(relative),
            f"< {MOST_TIMES:g}: {verdict(middle < MOST_TIMES)}",
        ],
    ]
    publish(
        "several_areas",
        f"{areas:,} problem areas that share two goals, {POPULATIONS} populations, 4,000 draws: "
        f"CPU seconds, rounds taken in turn: {ROUNDS}.",
        table(["what", "", "ratio", "target"], rows),
    )


if __name__ == "__main__":
    main()
