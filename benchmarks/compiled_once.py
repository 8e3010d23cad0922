"""CPU seconds from the command to the files of a sampled study, beside another revision.

    uv run python benchmarks/compiled_once.py FOLDER [STUDY ...]

FOLDER is a checkout of the other revision, as `git worktree add FOLDER REVISION` makes it; both fit
its examples in this environment, in turn. The first fit finds all caches empty. The second has
other data of the shape: the last row of a table is left out. Seconds are of the user and of the
system together, from the start of the process; sampling is counted by itself. Compiled Python files
are written and read, as they are wherever nobody turns that off.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
from common import ROOT, publish, table, verdict

SEED = 20_261_130
MOST_OF_FIRST, MOST_OF_SECOND = 0.5, 4.0  # a share of the other revision's, and CPU seconds
RATINGS, LENGTH = "ratings.csv", 0.4

# by name: folder of examples, file of the study, and the table whose last row the second fit lacks
STUDIES = {
    "noisy-labels": ("anaesthetists", "study.toml", "labels.csv"),
    "behaviour": ("simulated-behaviour", "study.toml", "choices.csv"),
    "rated": ("us-parties", "study.toml", "warmth.csv"),
    "judged with raters": ("simulated-judges", "study.toml", "judgements.csv"),
    "experts": ("nonvoters", "experts.toml", "answers.csv"),
    "encounters": ("senators", "study.toml", "states.csv"),
    "spatial with ratings": ("german-parties", "study.toml", RATINGS),
}

# fits a study with its files written; prints CPU seconds in all, and of sampling
FIT = """
import json, sys, time
from bayes_misalign.inference import nuts
nuts.usable_compile_cache()
try:
    from bayes_misalign.inference.upstream import import_nutpie
    nutpie = import_nutpie()
except ImportError:
    import nutpie
of_nutpie, sampling = nutpie.sample, [0.0]
def sample(*given, **named):
    start = time.process_time()
    try:
        return of_nutpie(*given, **named)
    finally:
        sampling[0] += time.process_time() - start
nutpie.sample = sample
from bayes_misalign.cli import main
sys.argv = ["bayes-misalign", "fit", sys.argv[1], "--out", sys.argv[2], "--force", "--no-figures"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps([time.process_time(), sampling[0]]))
"""


def once(code: Path, study: Path, caches: Path) -> tuple[float, float]:
    """Return CPU seconds of one fit in a process of its own: but for sampling, and sampling."""
    env = {key: x for key, x in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPATH": str(code),
        "PYTENSOR_FLAGS": f"base_compiledir={caches / 'pytensor'}",
        "NUMBA_CACHE_DIR": str(caches / "numba"),
        "BAYES_MISALIGN_CACHE": str(caches / "code"),
    }
    caches.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-c", FIT, str(study), str(caches / "out")]
    done = subprocess.run(command, cwd=caches, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{study} failed in {code}:\n{done.stderr[-2000:]}")
    whole, sampling = json.loads(done.stdout.splitlines()[-1])
    return whole - sampling, sampling


def rated_positions(folder: Path) -> None:
    """Add ratings of all pairs by 20 raters to a study of positions: simulated ones."""
    rng = np.random.default_rng(SEED)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    placed: dict[str, list[float]] = {}
    with (folder / "positions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            placed.setdefault(row["party"], []).append(float(row["mean"]) / 10)
    lines = ["party,goal_other,rating,rater"]
    for one, other in combinations(placed, 2):
        apart = np.mean(np.square(np.subtract(placed[one], placed[other])))
        level = 1 - np.exp(-apart / LENGTH**2)
        lines += [f"{one},{other},{rng.binomial(4, level)},rater {r + 1}" for r in range(20)]
    (folder / RATINGS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    more = f'ratings = "{RATINGS}"\nrater = "rater"\nrating_scale = [0, 4]\n\n[conflict.ends]'
    text = text.replace("\n[conflict.ends]", more)
    (folder / "study.toml").write_text(text, encoding="utf-8")


def without_last_row(file: Path) -> None:
    """Leave out the last row of a table."""
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")


def fits(name: str, other: Path, folder: Path) -> list[str]:
    """Return the row of a study: its first and its second fit by both revisions."""
    example, study, data = STUDIES[name]
    found = {}
    for turn in (1, 2):
        place = folder / f"{name} {turn}"
        shutil.copytree(other / "examples" / example, place)
        if data == RATINGS:
            rated_positions(place)
        if turn == 2:
            without_last_row(place / data)
        for side, code in (("there", other), ("here", ROOT)):
            found[side, turn] = once(code, place / study, folder / f"{name} {side}")
    first = found["here", 1][0] / found["there", 1][0]
    second = found["here", 2][0]
    return [
        f"{name} ({example})",
        *(f"{found[side, 1][0]:.1f}" for side in ("there", "here")),
        f"{first:.2f}: {verdict(first <= MOST_OF_FIRST)}",
        *(f"{found[side, 2][0]:.1f}" for side in ("there", "here")),
        verdict(second <= MOST_OF_SECOND),
        f"{found['here', 2][1]:.1f}",
    ]


def main() -> None:
    """Fit the studies that are asked for, all by default."""
    other = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for name in sys.argv[2:] or STUDIES:
            rows.append(fits(name, other, Path(folder)))
            print(*rows[-1], sep=" | ", flush=True)
    head = ["model (example)", "first fit there", "here", f"ratio, at most {MOST_OF_FIRST:g}"]
    head += ["second fit there", "here", f"at most {MOST_OF_SECOND:g} s", "sampling here"]
    publish(
        "compiled_once",
        "CPU seconds from the start of the process to the files, without figures and but for "
        "sampling, one fit each by both revisions in turn: with empty caches, and then of other "
        "data of the same shape. The ratings of spatial are simulated.",
        table(head, rows),
        command="python benchmarks/compiled_once.py FOLDER",
    )


if __name__ == "__main__":
    main()
