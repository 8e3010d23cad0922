"""Fixes that messages name, each with an input that asks for it and an edit that obeys it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study

Tables = Mapping[str, Any]
VOTES = {"vote": ["A", "B", "A"]}
BASE: Tables = {
    "problem_area": {"name": "x", "goals": ["A", "B"]},
    "goals": {"model": "single-choice", "data": VOTES, "goal": "vote"},
    "conflict": {"model": "mutually-exclusive"},
}
WHOLE = (
    "data",
    "table",
    "pairs",
    "matrix",
    "codes",
    "patterns",
    "ends",
    "weights",
    "emission",
    "expected",
    "validation",
    "error_rate",
    "actions",
)


@dataclass(frozen=True)
class Case:
    """A study that cannot be read, and what comes of obeying the fix that its message names.

    `fix` is what the message has to say, in the words of the source. `then` is what the next
    message says; without it the study has to be sound, and `right` has to hold of it.
    """

    fix: str
    broken: Tables
    obeyed: Tables
    then: str = ""
    right: Callable[[Study], bool] = lambda study: True
    only: bool = True  # whether the message may say nothing else


def over(base: Tables, change: Tables) -> dict[str, Any]:
    """Tables with others put over them; None takes a key out, and data are replaced whole."""
    made = dict(base)
    for key, value in change.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(made.get(key), Mapping) and key not in WHOLE:
            made[key] = over(made[key], value)
        else:
            made[key] = value
    return made


def written(folder: Path, tables: Tables) -> Path:
    """A study file, with the files that its tables name under "files"."""
    rest = dict(tables)
    for name, content in rest.pop("files", {}).items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)
    path = folder / "study.toml"
    path.write_text(tomli_w.dumps(rest), encoding="utf-8")
    return path


def read(folder: Path, tables: Tables) -> Study:
    """The study that tables make."""
    folder.mkdir(exist_ok=True)
    return read_study(written(folder, tables))


def goals(**change: Any) -> Tables:
    return {"goals": change}


def conflict(**change: Any) -> Tables:
    return {"conflict": change}


def csv(text: str, name: str = "a.csv", **change: Any) -> dict[str, Any]:
    """Goals in a file of text."""
    return {"files": {name: text.replace(" ", "\n")}, "goals": {"data": name, **change}}


def counts(*expected: float) -> Callable[[Study], bool]:
    """Whether the first population has these counts."""
    return lambda study: study.goals.counts[0].tolist() == list(expected)


def levels(*expected: float) -> Callable[[Study], bool]:
    """Whether known levels of conflict are these, in the order of the pairs."""
    return lambda study: study.conflict.sources[0].conflict.tolist() == list(expected)


THREE: Tables = {
    "problem_area": {"goals": ["A", "B", "C"]},
    "goals": {"data": {"vote": ["A", "B", "C"]}},
}


def three(**change: Any) -> dict[str, Any]:
    """A study of three goals with another source of conflict."""
    return {**THREE, "conflict": change}


def fixed(*pairs: tuple[str, str, float], **more: Any) -> Tables:
    stated = [{"between": [one, other], "conflict": level} for one, other, level in pairs]
    return {"model": "fixed", "pairs": stated, **more}


def rows(header: str, *lines: str) -> dict[str, list[str]]:
    """Columns of a table written row by row, cells apart by white space; a dot is empty."""
    cells = [["" if text == "." else text for text in line.split()] for line in lines]
    return {name: [row[i] for row in cells] for i, name in enumerate(header.split())}


@dataclass(frozen=True)
class Labels:
    """Goals seen through labels, an agent a row or a label a row."""

    more: Tables = field(default_factory=dict)

    def __call__(self, **change: Any) -> Tables:
        return {"goals": {"goal": None, "model": "noisy-labels", **self.more, **change}}


WIDE = Labels({"data": rows("r1 r2 r3", "A A B", "B B B", "A B A"), "raters": ["r1", "r2", "r3"]})
LONG = Labels(
    {
        "data": rows("id who says", "1 r A", "1 s A", "2 r B", "2 s B", "3 r A", "3 s B"),
        "label": "says",
        "agent": "id",
        "rater": "who",
    }
)
EXPECTED = {"A": {"give": 0.8, "take": 0.2}, "B": {"give": 0.1, "take": 0.9}}
ACTS = Labels(
    {
        "model": "behaviour",
        "data": rows("id act", "1 give", "2 take", "2 take"),
        "agent": "id",
        "action": "act",
        "expected": EXPECTED,
    }
)
