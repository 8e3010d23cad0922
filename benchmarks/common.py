"""What the benchmarks share: timing side by side, tables, and the record of a run."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bayes_misalign.inference.fit import versions

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).resolve().parent / "results"
SCRIPTS = Path(sys.executable).parent  # where the environment keeps its commands


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def side_by_side(
    calls: Mapping[str, Callable[[], object]], rounds: int, *, warm: bool = True
) -> dict[str, list[float]]:
    """Return seconds of each call, taken in turn: A B A B ...

    Parameters
    ----------
    calls : mapping of name to callable
        What to time.
    rounds : int
        How often each is timed.
    warm : bool
        Whether to run each once before the clock starts.
    """
    if warm:
        for call in calls.values():
            call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            taken[name].append(seconds(call))
    return taken


def process(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command from the repository's root and return what it printed; it must succeed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{Path(command[0]).name} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def ratios(numerator: Sequence[float], denominator: Sequence[float]) -> list[float]:
    """Return the ratio of each round."""
    return [a / b for a, b in zip(numerator, denominator, strict=True)]


def spread(values: Sequence[float], unit: str = "", digits: int = 3) -> str:
    """Return median and range as text."""
    middle, low, high = (
        _short(v, digits) for v in (statistics.median(values), min(values), max(values))
    )
    return f"{middle}{unit} ({low} to {high})"


def _short(value: float, digits: int) -> str:
    if value >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


def verdict(met: bool) -> str:
    """Return whether a target was met, in a word."""
    return "met" if met else "MISSED"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def publish_parts(
    name: str,
    titles: Mapping[str, str],
    parts: Mapping[str, Callable[[], list[str]]],
    *,
    head: str = "",
) -> None:
    """Run the parts that the command names, or all, and publish them with the others as they were.

    Parameters
    ----------
    name : str
        Name of the benchmark.
    titles : mapping of str to str
        Line that each part begins with, by its name.
    parts : mapping of str to callable
        Returns the paragraphs of a part, by its name.
    head : str
        What stands before all parts.
    """
    wanted = sys.argv[1:] or list(parts)
    if unknown := set(wanted) - set(parts):
        raise SystemExit(f"no part is called {', '.join(sorted(unknown))}")
    file = RESULTS / f"{name}.md"
    for part in wanted:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        shown = {other: _earlier(before, title) for other, title in titles.items()}
        shown[part] = "\n\n".join([titles[part], *parts[part]()])
        publish(name, *filter(None, [head, *shown.values()]))


def _earlier(text: str, title: str) -> str:
    """Return the part of an earlier result that has this title."""
    if title not in text:
        return ""
    part = text.split(title, 1)[1]
    return title + re.split(r"\n#### |\nCores: ", part, maxsplit=1)[0].rstrip()


def publish(name: str, *parts: str, command: str = "") -> None:
    """Print the parts of a result and write them, with the record of the run, to `results/`.

    The command is that of the script of the same name, unless it is given.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    command = command or f"python benchmarks/{name}.py"
    record = ", ".join(f"{package} {number}" for package, number in versions().items())
    text = "\n\n".join([*parts, f"Cores: {cores}. Versions: {record}.", f"`uv run {command}`"])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text + "\n", encoding="utf-8")
    print(text)
