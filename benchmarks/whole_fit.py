"""A whole fit, from the start of the process to its results, beside a hand-written PyMC script."""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from common import ROOT, SCRIPTS, process, publish, ratios, side_by_side, spread, table, verdict

STUDY = "examples/nonvoters/study.toml"
ROUNDS_WARM, ROUNDS_COLD = 7, 5
PLAIN, DRAWN, HAND = "without figures", "with figures", "hand-written PyMC"
LEAST = {(PLAIN, "warm"): 5.0, (PLAIN, "cold"): 10.0, (DRAWN, "warm"): 2.0, (DRAWN, "cold"): 5.0}
AGREE = 4.0  # combined Monte Carlo standard errors that two means may differ by


def fit(folder: Path, cache: Path, *options: str) -> str:
    """Fit the example by the command line, into a folder that is not there yet."""
    target = Path(tempfile.mkdtemp(dir=folder)) / "results"
    command = SCRIPTS / "bayes-misalign"
    process(command, "fit", STUDY, "--out", target, *options, env=cache_in(cache))
    return (target / "summary.json").read_text(encoding="utf-8")


def script(cache: Path) -> str:
    """Run the hand-written script and return what it prints."""
    return process(sys.executable, ROOT / "benchmarks" / "handwritten.py", env=cache_in(cache))


def cache_in(folder: Path) -> dict[str, str]:
    """Return the environment that keeps everything compiled in one folder.

    PyTensor keeps its compiled C and numba code under `base_compiledir`; functions that other
    packages compile with numba follow NUMBA_CACHE_DIR.
    """
    return {"PYTENSOR_FLAGS": f"base_compiledir={folder}", "NUMBA_CACHE_DIR": str(folder / "own")}


def times(folder: Path, state: str) -> dict[str, list[float]]:
    """Return seconds of the three processes with a warm or an empty compilation cache."""
    kept = folder / "kept"
    kept.mkdir(exist_ok=True)

    def cache() -> Path:
        return kept if state == "warm" else Path(tempfile.mkdtemp(dir=folder))

    calls: dict[str, Callable[[], object]] = {
        PLAIN: lambda: fit(folder, cache(), "--no-figures"),
        DRAWN: lambda: fit(folder, cache()),
        HAND: lambda: script(cache()),
    }
    rounds = ROUNDS_WARM if state == "warm" else ROUNDS_COLD
    return side_by_side(calls, rounds, warm=state == "warm")


def of_command(text: str) -> dict[str, tuple[float, float]]:
    """Return mean and Monte Carlo error of P(ma) by population, from a summary.json."""
    return {
        population["name"]: (population["misalignment"]["mean"], population["misalignment"]["mcse"])
        for population in json.loads(text)["problem_areas"][0]["populations"]
    }


def of_script(text: str) -> dict[str, tuple[float, float]]:
    """Return the same from the table that the script prints."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    start = next(i for i, words in enumerate(lines) if "mcse_mean" in words)
    mean, error = (lines[start].index(name) + 1 for name in ("mean", "mcse_mean"))
    return {
        words[0].removeprefix("misalignment[").removesuffix("]"): (
            float(words[mean]),
            float(words[error]),
        )
        for words in lines[start + 1 :]
    }


def agreement(folder: Path) -> list[list[str]]:
    """Return both posterior means by population; stop when they differ beyond their errors."""
    kept = folder / "kept"
    kept.mkdir(exist_ok=True)
    ours, theirs = of_command(fit(folder, kept, "--no-figures")), of_script(script(kept))
    rows = []
    for name, (mean, error) in ours.items():
        other, other_error = theirs[name]
        apart = abs(mean - other) / math.hypot(error, other_error)
        if apart > AGREE:
            raise SystemExit(f"{name}: the means differ by {apart:.1f} standard errors")
        rows.append([name, f"{mean:.4f}", f"{other:.4f}", f"{apart:.1f}"])
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        same = agreement(folder)
        taken = {state: times(folder, state) for state in ("warm", "cold")}
    rows = []
    for state, by_call in taken.items():
        for call, values in by_call.items():
            row = [state, call, spread(values, " s"), "", ""]
            if call != HAND:
                times_faster = ratios(by_call[HAND], values)
                least = LEAST[call, state]
                met = verdict(statistics.median(times_faster) >= least)
                row[3:] = [spread(times_faster), f">= {least:g}: {met}"]
            rows.append(row)
    publish(
        "whole_fit",
        f"`bayes-misalign fit {STUDY}`, from the start of the process to all files written, beside "
        "`benchmarks/handwritten.py`: the same posterior written with PyMC (4 chains of 1000 + "
        "1000), which prints `az.summary` and writes nothing. Median and range of "
        f"{ROUNDS_WARM} rounds taken in turn with a warm compilation cache, {ROUNDS_COLD} with an "
        "empty one each time (PyTensor's `base_compiledir`, which holds its numba cache, and "
        "`NUMBA_CACHE_DIR`). The exact fit compiles nothing.",
        table(["compilation cache", "what", "time", "times faster", "target"], rows),
        "Posterior mean of P(ma), both ways, and their distance in combined Monte Carlo standard "
        "errors:",
        table(["population", "command", "script", "distance"], same),
    )


if __name__ == "__main__":
    main()
