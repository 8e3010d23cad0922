"""How long a stranger needs from nothing to a report: the three commands of `docs/start`.

The first makes an environment of its own and installs the package as it is here, with everything it
needs; the table is the survey of `examples/nonvoters`, with a row for each respondent.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from common import ROOT, publish, seconds, table

COLUMNS = ["candidate", "voter_category", "weight"]


def commands() -> list[str]:
    """Return the three commands as the page has them."""
    page = (ROOT / "docs/start/index.md").read_text("utf-8")
    found = re.findall(r"^    (pip install .*)\n    (.*)\n    (.*)\n", page, re.MULTILINE)
    if len(found) != 1:
        raise SystemExit("docs/start/index.md does not show the three commands once")
    return list(found[0])


def write_answers(path: Path) -> int:
    """Write a row for each respondent, with the mean weight of its cell; return how many."""
    rows = []
    with (ROOT / "examples/nonvoters/answers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            weight = float(row["sum_weight"]) / int(row["n"])
            rows += [[row["candidate"], row["voter_category"], f"{weight:.4f}"]] * int(row["n"])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return len(rows)


def walk(folder: Path) -> dict[str, tuple[float, str]]:
    """Go the three steps in an empty folder; return seconds and output of each command."""
    uv = shutil.which("uv")
    if uv is None:
        raise SystemExit("uv makes the environment: pip install uv")
    write_answers(folder / "answers.csv")
    environment = folder / "environment"
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    clean = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    clean |= {"PATH": os.pathsep.join([str(scripts), os.environ["PATH"]]), "NO_COLOR": "1"}
    taken = {}
    for number, line in enumerate(commands()):
        printed: list[str] = []

        def run(words: list[str], into: list[str] = printed, here: Path = folder) -> None:
            done = subprocess.run(words, cwd=here, env=clean, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(f"{shlex.join(words)} failed:\n{done.stdout}{done.stderr}")
            into.append(done.stdout)

        def install() -> None:
            made = ["venv", "--quiet", "--python", sys.executable, str(environment)]
            put = ["pip", "install", "--quiet", "--python", str(environment), str(ROOT)]
            run([uv, *made], here=ROOT)
            run([uv, *put], here=ROOT)

        words = shlex.split(line)
        words[0] = str(scripts / words[0])
        took = seconds(install if number == 0 else lambda words=words: run(words))
        taken[line] = took, "".join(printed)
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        taken = walk(Path(folder))
        report = Path(folder, "study-results", "report.html").stat().st_size
    rows = [[f"`{line}`", f"{took:.1f} s"] for line, (took, _) in taken.items()]
    rows.append(["together", f"{sum(took for took, _ in taken.values()):.1f} s"])
    publish(
        "first_report",
        "Seconds of each command in an empty folder with a new environment; packages come from the "
        f"installer's cache where it holds them. The report has {report / 1000:.0f} kB.",
        table(["command", "time"], rows),
    )


if __name__ == "__main__":
    main()
