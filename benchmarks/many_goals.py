"""Time, memory and size of a fit with its report: hundreds of goals, thousands of populations.

    python benchmarks/many_goals.py [--against FOLDER]

Each fit is a process of its own; `--against` names a checkout that is measured beside this one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SHAPES = ((100, 2), (300, 2), (3, 1000))  # goals, populations
MOST_SECONDS = 300


def write_study(goals: int, populations: int, folder: Path) -> Path:
    """Write a study of goals that exclude each other."""
    rng = np.random.default_rng(1)
    names = [f"goal {i + 1}" for i in range(goals)]
    lines = ["population,goal,n"]
    for j in range(populations):
        counts = rng.multinomial(2000, rng.dirichlet(np.full(goals, 0.5)))
        lines += [f"population {j + 1},{g},{n}" for g, n in zip(names, counts, strict=True) if n]
    (folder / "answers.csv").write_text("\n".join(lines) + "\n")
    study = folder / "study.toml"
    study.write_text(
        f'name = "many"\n[problem_area]\nname = "many"\ngoals = {json.dumps(names)}\n'
        '[goals]\nmodel = "single-choice"\ndata = "answers.csv"\ngoal = "goal"\n'
        'population = "population"\ncount = "n"\n[conflict]\nmodel = "mutually-exclusive"\n'
    )
    return study


def measure(study: Path, code: Path) -> str:
    """Return seconds, peak memory and size of the posterior of `fit`, or how it ended."""
    out = study.parent / f"out-{time.monotonic_ns()}"
    arguments = ["-m", "bayes_misalign", "fit", str(study), "--out", str(out)]
    before = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=study.parent,  # `-m` looks there first
        env={**os.environ, "PYTHONPATH": str(code)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    while child.poll() is None and time.monotonic() - before < MOST_SECONDS:
        peak = max(peak, _memory(child.pid))
        time.sleep(0.02)
    took = time.monotonic() - before
    if child.poll() is None:
        child.kill()
        return f"not done in {MOST_SECONDS} s, {peak / 1e6:,.1f} GB"
    if child.returncode:
        return f"failed after {took:.0f} s, {peak / 1e6:,.1f} GB"
    size = (out / "posterior.nc").stat().st_size
    return f"{took:.0f} s, {peak / 1e6:,.1f} GB, file {size / 1e6:,.0f} MB"


def _memory(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(s.split()[1]) for s in status.splitlines() if s.startswith("VmHWM")), 0)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path)
    given = parser.parse_args()
    codes = {"here": HERE.parent} | ({"there": given.against} if given.against else {})
    print(f"| goals x populations | {' | '.join(codes)} |\n|---|{'---|' * len(codes)}")
    with tempfile.TemporaryDirectory() as root:
        for goals, populations in SHAPES:
            folder = Path(root) / f"{goals}x{populations}"
            folder.mkdir()
            study = write_study(goals, populations, folder)
            found = [measure(study, code) for code in codes.values()]
            print(f"| {goals} x {populations:,} | {' | '.join(found)} |", flush=True)


if __name__ == "__main__":
    main()
