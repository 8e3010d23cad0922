"""Tables that somebody means ill with, or that nobody thought of."""

import csv
from pathlib import Path

SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = '"><img src=x onerror="window.hacked = 1">'
TURNED = "\u202eevil\u202c \u0627\u0644\u0639\u0631\u0628\u064a\u0629"
ARABIC = "\u0627\u0644\u0639\u0631\u0628\u064a\u0629"
FORMULA = '=HYPERLINK("http://127.0.0.1/","x")'
LONG = "x" * 10_000
GOALS = (SCRIPT, IMAGE, ARABIC, FORMULA, LONG)
HEADER = (f"vote {SCRIPT}", f"region {IMAGE}", "w")


def write(path: Path) -> Path:
    """Write a table whose every label would do harm if it were obeyed."""
    rows = [
        [goal, SCRIPT if i % 2 else FORMULA, 1 + i % 3]
        for i, goal in enumerate(goal for goal in GOALS for _ in range(12))
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path
