"""Levels of conflict that somebody moves: where each starts, and the study file they make."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import conflict_model, names_of
from bayes_misalign.contract.stated_level import StatedLevel
from bayes_misalign.errors import StudyError
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.start.compose import toml_line
from bayes_misalign.study.study import Study

DIGITS = 4  # of a level that is moved
MOVED = "levels moved by hand: each is an assumption, and the result rests on it"
_HEADER = re.compile(r"\s*\[\[?\s*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))\s*[.\]]")


@dataclass(frozen=True)
class Start:
    """The level of a pair before anything is moved.

    Parameters
    ----------
    pair : (str, str)
    low, high : float
        Ends of its range; both are the same where it is known.
    model : str
        The model that speaks for the pair.
    keys : mapping of str to object, optional
        What the study says of it, where that is more than a range.
    """

    pair: Pair
    low: float
    high: float
    model: str
    keys: Mapping[str, Any] | None = None

    @property
    def without_goal(self) -> bool:
        """Whether one of the two agents holds no goal."""
        return NO_GOAL in self.pair


Moved = Mapping[Pair, tuple[float, float]]


def stated_starts(study: Study) -> tuple[Start, ...] | None:
    """Return where levels start, in the order of the pairs; None where evidence tells of them."""
    found: dict[Pair, Start] = {}
    for source in study.conflict.sources:
        said: Sequence[StatedLevel] | None = conflict_model(source.model).stated_levels(source)
        if said is None:
            return None
        for pair, level in zip(source.pairs, said, strict=True):
            found[pair] = Start(pair, level.low, level.high, source.model, level.keys)
    return tuple(found[pair] for pair in study.conflict.pairs)


def measured_starts(study: Study, means: NDArray[np.float64] | None) -> tuple[Start, ...]:
    """Return where levels start that replace measured ones: at their posterior means.

    Parameters
    ----------
    means : ndarray, shape (goal, goal) or (population, goal, goal), optional
        By default 0.5, the pairs with "no goal" 0.
    """
    place = {label: i for i, label in enumerate(study.conflict.categories)}
    found = []
    for pair in study.conflict.pairs:
        level = 0.0 if NO_GOAL in pair else 0.5
        if means is not None:
            level = round(float(np.mean(means[..., place[pair[0]], place[pair[1]]])), 2)
        found.append(Start(pair, level, level, study.conflict.source_of(*pair).model))
    return tuple(found)


def checked(low: Any, high: Any) -> tuple[float, float]:
    """Return the ends of a range that a browser sent, or refuse what is none."""
    for end in (low, high):
        if isinstance(end, bool) or not isinstance(end, int | float) or not 0 <= end <= 1:
            raise StudyError("a level of conflict lies between 0 and 1")
    if low > high:
        raise StudyError("the lower end of a range comes first")
    return round(float(low), DIGITS), round(float(high), DIGITS)


def tables_of(starts: Sequence[Start], moved: Moved) -> list[dict[str, Any]]:
    """Return the tables [conflict] of a study file with some levels moved.

    Pairs with "no goal" that stay at zero are left out, as a study leaves them out.
    """
    ranges = {s.pair: moved.get(s.pair, (s.low, s.high)) for s in starts}
    pairs: dict[str, list[dict[str, Any]]] = {}
    of_goals = [s.pair for s in starts if not s.without_goal]
    exclusive = bool(of_goals) and all(ranges[pair] == (1, 1) for pair in of_goals)
    for start in starts:
        low, high = ranges[start.pair]
        if (exclusive and not start.without_goal) or (start.without_goal and low == high == 0):
            continue
        said: tuple[str, Mapping[str, Any]]
        if start.pair in moved or start.keys is None:
            said = _statement(low, high)
        else:
            said = start.model, start.keys
        pairs.setdefault(said[0], []).append({"between": list(start.pair), **said[1]})
    tables = [
        {"model": name, "pairs": pairs[name]} for name in names_of("conflict") if name in pairs
    ]
    return [_exclusive(of_goals), *tables] if exclusive else tables


def _statement(low: float, high: float) -> tuple[str, Mapping[str, Any]]:
    for name in names_of("conflict"):
        if (keys := conflict_model(name).statement(low, high)) is not None:
            return name, keys
    raise StudyError("no model of conflict takes a statement for one pair")


def _exclusive(pairs: Sequence[Pair]) -> dict[str, Any]:
    for name in names_of("conflict"):
        if (keys := conflict_model(name).started(pairs, None)) is not None:
            return {"model": name, **keys}
    raise StudyError("no model of conflict takes goals that exclude each other")


def with_levels(text: str, starts: Sequence[Start], moved: Moved) -> str:
    """Return the text of a study file with other levels of conflict, and all else as it was.

    Priors that the study states for a model of conflict stay where the model does.
    """
    before = tomllib.loads(text)
    stated = before.get("conflict", [])
    priors = {
        source.get("model"): source["prior"]
        for source in (stated if isinstance(stated, list) else [stated])
        if "prior" in source
    }
    tables = tables_of(starts, moved)
    for table in tables:
        if table["model"] in priors:
            table["prior"] = priors[table["model"]]
    conflict: Any = tables[0] if len(tables) == 1 else tables
    wanted = {**before, "conflict": conflict}
    changed = _replaced(text, _written(tables))
    try:
        same = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if same:
        return changed
    # what a text cannot be cut into, as of tables inside of strings, is written anew
    import tomli_w

    return tomli_w.dumps(wanted)


def _written(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    header, lines = ("[conflict]" if len(tables) == 1 else "[[conflict]]"), [f"# {MOVED}"]
    for table in tables:
        lines.append(header)
        for key, value in table.items():
            lines.append(toml_line(key, value))
    return lines


def _replaced(text: str, lines: Sequence[str]) -> str:
    """Return a study file with other lines in place of its tables [conflict]."""
    kept: list[str] = []
    remarks: list[str] = []  # after the last key of a table, which may belong to what follows
    inside, at = False, -1
    for line in text.splitlines():
        if found := _HEADER.match(line):
            inside = next(filter(None, found.groups()), "") == "conflict"
            if inside and at < 0:
                at = len(kept)
            if not inside:
                kept += remarks
            remarks = []
        if not inside:
            kept.append(line)
        elif not line.strip() or line.lstrip().startswith("#"):
            remarks.append(line)
        else:
            remarks = []
    kept += remarks
    at = len(kept) if at < 0 else at
    return "\n".join([*kept[:at], *lines, *kept[at:]]) + "\n"
