"""How long the command and the package take to start, beside importing numpy alone."""

from __future__ import annotations

import statistics
import sys

from common import SCRIPTS, process, publish, ratios, side_by_side, spread, table, verdict

ROUNDS = 21
MOST = 3.0
BASE = '`python -c "import numpy"`'


def main() -> None:
    taken = side_by_side(
        {
            BASE: lambda: process(sys.executable, "-c", "import numpy"),
            '`python -c "import bayes_misalign"`': lambda: process(
                sys.executable, "-c", "import bayes_misalign"
            ),
            "`bayes-misalign --help`": lambda: process(SCRIPTS / "bayes-misalign", "--help"),
        },
        ROUNDS,
    )
    rows = []
    for name, values in taken.items():
        relative = ratios(values, taken[BASE])
        target = "" if name == BASE else f"<= {MOST:g}: "
        if target:
            target += verdict(statistics.median(relative) <= MOST)
        rows.append([name, spread(values, " s"), spread(relative), target])
    publish(
        "startup",
        "Seconds from start to end of a process, median and range of "
        f"{ROUNDS} rounds taken in turn, and the ratio to importing numpy in the same round.",
        table(["process", "time", "ratio", "target"], rows),
    )


if __name__ == "__main__":
    main()
