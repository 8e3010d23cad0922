"""CPU seconds from the command to the files of a sampled study, with caches empty and full.

Run with other Python interpreters to compare versions in turn, in one run:

    python benchmarks/compiled_once.py us-parties --python .venv/bin/python OTHER/bin/python

Each interpreter fits each study with empty caches, then with those of the fit before; with
`--kept FOLDER` all take the caches of that folder, which an earlier run filled. Times are of the
user and of the system together, from the start of the process; wall times would be those of
whatever else runs. Compiled Python files are written and read, as they are wherever nobody turns
that off: without them importing alone takes three times as long.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# fits a study with its files written; prints CPU seconds in all, and of its parts
FIT = """
import json, sys, time
from bayes_misalign.inference import nuts, reweighted, sampled, upstream
parts = dict.fromkeys(("compiling", "sampling", "diagnosing", "other priors"), 0.0)
start = time.process_time()
nuts.usable_compile_cache()
import arviz_stats, pymc
upstream.import_nutpie()
parts = {"importing": time.process_time() - start, **parts}
def timed(owner, name, part):
    inner = getattr(owner, name)
    def outer(*given, **named):
        start = time.process_time()
        try:
            return inner(*given, **named)
        finally:
            parts[part] += time.process_time() - start
    setattr(owner, name, outer)
timed(nuts.Frozen, "__init__", "compiling")
timed(nuts.Frozen, "sample", "sampling")
timed(sampled, "sampler_figures", "diagnosing")
timed(reweighted, "examine", "other priors")
from bayes_misalign.cli import main
sys.argv = ["bayes-misalign", "fit", sys.argv[1], "--out", sys.argv[2], "--force", "--no-figures"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps({"in all": time.process_time(), **parts}))
"""


def once(python: str, study: Path, caches: Path, out: Path) -> dict[str, float]:
    """Return the CPU seconds of one fit in a process of its own."""
    env = {key: x for key, x in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTENSOR_FLAGS": f"base_compiledir={caches / 'pytensor'}",
        "NUMBA_CACHE_DIR": str(caches / "numba"),
        "BAYES_MISALIGN_CACHE": str(caches / "code"),
    }
    caches.mkdir(parents=True, exist_ok=True)
    command = [os.path.abspath(python), "-W", "ignore", "-c", FIT, str(study), str(out)]
    done = subprocess.run(command, cwd=caches, env=env, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print a row for every fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="+", help="folders or study files; names of examples")
    parser.add_argument("--python", nargs="+", default=[sys.executable])
    parser.add_argument("--warm", type=int, default=2, help="fits with full caches")
    parser.add_argument("--kept", type=Path, help="folder of full caches, for all interpreters")
    asked = parser.parse_args()
    head = "importing | compiling | sampling | diagnosing | other priors | rest | but for sampling"
    print(f"| study | interpreter | caches | in all | {head} |")
    print("|---" * 11 + "|")
    for name in asked.studies:
        study = Path(name) if Path(name).exists() else Path("examples") / name
        with tempfile.TemporaryDirectory() as folder:
            for turn in range(1 if asked.kept else 0, 1 + asked.warm):
                for number, python in enumerate(asked.python):
                    caches = asked.kept or Path(folder) / str(number)
                    found = once(python, study.resolve(), caches.resolve(), Path(folder) / "out")
                    rest = 2 * found["in all"] - sum(found.values())
                    beside = found["in all"] - found["sampling"]
                    numbers = " | ".join(f"{x:.1f}" for x in [*found.values(), rest, beside])
                    how = "full" if turn else "empty"
                    print(f"| {name} | {number + 1} | {how} | {numbers} |", flush=True)


if __name__ == "__main__":
    main()
