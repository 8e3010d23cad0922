"""A table of votes, and the page's work on it."""

import csv
from pathlib import Path

from bayes_misalign.app.opening import open_path
from bayes_misalign.app.work import Work
from bayes_misalign.start.roles import Roles

COLUMNS = Roles("vote", ("region",), "w")
HEADER = ("vote", "region", "w", "age")
ANSWERS = ("Left", "Right", "Green", "Unsure", "Refused")


def write(path: Path) -> Path:
    """Write votes of 150 agents in two regions."""
    rows = [
        [
            ANSWERS[i % 5 if i % 3 else 0],
            ("north", "south")[i % 2],
            1 + i % 4 / 4,
            20 + i % 50,
        ]
        for i in range(150)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def used(folder: Path) -> Work:
    """Return work whose columns are chosen."""
    work = Work(folder)
    work.open(open_path(write(folder / "votes.csv")))
    work.use(COLUMNS, ["Unsure"], ["Refused"], "the vote")
    assert work.trouble == []
    return work
