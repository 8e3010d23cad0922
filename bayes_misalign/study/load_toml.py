"""The tables of a study file, nothing in them looked at yet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes_misalign.errors import BayesMisalignError, StudyError, did_you_mean, listed
from bayes_misalign.reading.typed_fields import as_path

DEEPEST = 900  # tables and lists inside each other; Python's own limit is 1,000 calls


def several_areas(table: Mapping[str, Any]) -> bool:
    """Tell whether the tables of a study file are of several problem areas."""
    goals = table.get("goals")
    of_column = isinstance(goals, Mapping) and bool({"area", "areas"} & set(goals))
    return isinstance(table.get("area"), list) or "areas" in table or of_column


def names_areas(path: str | Path) -> bool:
    """Tell whether a study file is of several problem areas; a file with other faults is not."""
    try:
        return several_areas(load_table(as_path(path, "a study file")))
    except BayesMisalignError:
        return False


def load_table(path: Path) -> dict[str, Any]:
    """Return the tables of a study file, nothing in them looked at."""
    try:
        table = _parsed(path)
    except OSError as error:
        raise StudyError(f"{path} cannot be read ({error.strerror or error})") from error
    except RecursionError:
        raise StudyError(_too_deep(path)) from None
    # PyTensor lets Python go deeper: what is read must not depend on what was imported
    level: list[Any] = [table]
    for _ in range(DEEPEST):
        level = [x for one in level for x in (one.values() if isinstance(one, dict) else one)]
        level = [x for x in level if isinstance(x, dict | list)]
        if not level:
            return table
    raise StudyError(_too_deep(path))


def _too_deep(path: Path) -> str:
    return f"{path.name} has brackets inside brackets, too deep to read"


def _parsed(path: Path) -> dict[str, Any]:
    if path.is_dir():
        raise StudyError(
            f"{path} is a folder. Fix: name the study file in it, {path / 'study.toml'}"
        )
    if not path.is_file():
        near = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        hint = f" {did_you_mean(path.name, near)}" if near else ""
        there = f" Study files there: {listed(near)}." if near else ""
        raise StudyError(f"there is no study file {path}.{there}{hint}")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise StudyError(f"{path.name} is not UTF-8 text (byte {error.start})") from error
    except ValueError as error:  # of its form, or a number with thousands of digits
        raise StudyError(f"{path.name} is not valid TOML: {error}") from error
