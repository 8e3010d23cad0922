"""Whether what somebody stated is of the kind that its place takes, before anybody computes."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from functools import cache
from math import isinf
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from bayes_misalign.errors import Problem, StudyError
from bayes_misalign.tables.labels import show

_LARGEST = 2**63  # whole numbers from here on fit no array
_WORDS: dict[Any, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    NoneType: "nothing",
}


def is_number(value: Any) -> bool:
    """Return whether something is a number that a float can hold; no truth value is one."""
    if isinstance(value, bool | np.bool_) or not isinstance(
        value, int | float | np.integer | np.floating
    ):
        return False
    try:
        return not isinf(float(value)) or isinstance(value, float | np.floating)
    except OverflowError:
        return False


def shown_value(value: Any) -> str:
    """Return a value as a message shows it, cut where it is long."""
    if isinstance(value, str):
        return show(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LARGEST:
        return f"a whole number of {value.bit_length() * 3 // 10 + 1} digits or so"
    try:
        text = repr(value)
    except Exception:  # an object of somebody else's, or one that holds itself too deep
        text = f"an object of type {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def as_path(stated: Any, what: str) -> Path:
    """Return a path, or refuse what is none."""
    if isinstance(stated, str | os.PathLike) and isinstance(path := os.fspath(stated), str):
        return Path(path)
    raise StudyError(f"{what} is a path, not {shown_value(stated)}")


def stated_table(stated: Any, what: str) -> dict[str, Any]:
    """Return a table by key, or refuse what is none; nothing is an empty one.

    Raises
    ------
    StudyError
        Which says what it was to be a table of.
    """
    if stated is None:
        return {}
    if isinstance(stated, Mapping) and all(isinstance(key, str) for key in stated):
        return dict(stated)
    raise StudyError(f"{what} is a table of values by name, not {shown_value(stated)}")


def check_types(
    stated: Any, where: str = "", but: Collection[str] = (), *, outside_only: bool = False
) -> None:
    """Refuse a dataclass that holds values of other types than its fields declare.

    Fields in `but` are left to whoever has more to say of them; so is what lists and tables hold
    and what numbers are, if only the outside is looked at.

    Raises
    ------
    StudyError
        One problem for each such field.
    """
    kind: Any = type(stated)
    fits = _fits_outside if outside_only else _fits
    wrong = [
        Problem(f"{name} is {_in_words(hint)}, not {shown_value(value)}", where)
        for name, hint in hints_of(kind).items()
        if name not in but and not fits(value := getattr(stated, name), hint)
    ]
    if wrong:
        raise StudyError(*wrong)


@cache
def hints_of(kind: type[Any]) -> dict[str, Any]:
    """Return the types of a dataclass's fields, by name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _fits(value: Any, hint: Any) -> bool:
    inner = get_args(hint)
    match get_origin(hint):
        case None:
            return _is_plainly(value, hint)
        case kind if kind is Literal:
            return isinstance(value, str)  # which of them it is, the class says in its own words
        case kind if kind in _LISTS:
            return _is_list_of(value, inner)
        case kind if kind in _TABLES:
            return isinstance(value, Mapping) and all(
                _fits(key, inner[0]) and _fits(one, inner[1]) for key, one in value.items()
            )
        case _:
            return any(_fits(value, one) for one in inner)


_LISTS = {get_origin(Sequence[str]), get_origin(tuple[str])}
_TABLES = {get_origin(Mapping[str, float]), get_origin(dict[str, float])}


def _fits_outside(value: Any, hint: Any) -> bool:
    if hint in (int, float):
        return isinstance(value, str | int | float | np.generic)
    match get_origin(hint):
        case kind if kind is None or kind is Literal:
            return _fits(value, hint)
        case kind if kind in _LISTS:
            return isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)
        case kind if kind in _TABLES:
            of_texts = get_args(hint)[1] is str
            return _fits(value, hint) if of_texts else isinstance(value, Mapping)
        case _:
            return any(_fits_outside(value, one) for one in get_args(hint))


def _is_plainly(value: Any, hint: Any) -> bool:
    if hint is Any:
        return True
    if hint is float:
        return is_number(value)
    if hint is int:
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        return whole and abs(int(value)) < _LARGEST
    if hint is bool:
        return isinstance(value, bool | np.bool_)
    return isinstance(value, hint)


def _is_list_of(value: Any, inner: tuple[Any, ...]) -> bool:
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence | np.ndarray):
        return False
    if len(inner) == 2 and inner[1] is Ellipsis:
        return all(_fits(one, inner[0]) for one in value)
    return len(value) == len(inner) and all(
        _fits(one, kind) for one, kind in zip(value, inner, strict=True)
    )


def _in_words(hint: Any) -> str:
    inner = get_args(hint)
    match get_origin(hint):
        case None:
            return _WORDS.get(hint) or str(getattr(hint, "__name__", "a value"))
        case kind if kind is Literal:
            return " or ".join(map(repr, inner))
        case kind if kind in _LISTS:
            listed = [one for one in inner if one is not Ellipsis]
            if Ellipsis in inner:
                return f"a list, each {_in_words(listed[0])}"
            return "a list of " + " and ".join(map(_in_words, listed))
        case kind if kind in _TABLES:
            return f"a table, each {_in_words(inner[1])}"
        case _:
            return " or ".join(_in_words(one) for one in inner if one is not NoneType)
