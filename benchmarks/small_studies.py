"""A small exact study from the start of the process to its files, beside another revision.

    uv run python benchmarks/small_studies.py FOLDER

FOLDER is a checkout of the other revision, as `git worktree add FOLDER REVISION` makes it. Both run
in this environment, in turn; what counts are CPU seconds, user and system.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ROOT, publish, ratios, spread, table, verdict

ROUNDS = 9
STUDY = ROOT / "examples" / "nonvoters"
CASES = {"without figures": (["--no-figures"], 0.5), "with figures": ([], 0.6)}


def cpu(code: Path, folder: str, options: list[str]) -> float:
    """Return the CPU seconds of a fit by the package in a folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bayes_misalign", "fit", str(STUDY), "--out", f"{folder}/out"]
    subprocess.run(
        [*command, "--force", *options],
        check=True,
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(code)},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    other = Path(sys.argv[1]).resolve()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (options, most) in CASES.items():
            taken: dict[str, list[float]] = {"then": [], "now": []}
            for round_ in range(ROUNDS + 1):
                then, now = (cpu(code, folder, options) for code in (other, ROOT))
                if round_:  # the first writes bytecode
                    taken["then"].append(then)
                    taken["now"].append(now)
            relative = ratios(taken["now"], taken["then"])
            met = verdict(statistics.median(relative) <= most)
            rows.append(
                [
                    name,
                    spread(taken["then"], " s"),
                    spread(taken["now"], " s"),
                    spread(relative),
                    f"<= {most:g}: {met}",
                ]
            )
    publish(
        "small_studies",
        "`bayes-misalign fit examples/nonvoters`, CPU seconds from the start of the process to all "
        f"files written; median and range of {ROUNDS} rounds taken in turn.",
        table(["", "before", "now", "ratio", "target"], rows),
    )


if __name__ == "__main__":
    main()
