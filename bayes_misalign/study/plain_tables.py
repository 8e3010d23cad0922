"""A table that is exactly what a declaration takes, as an instance of it.

Most tables are: texts where texts go, lists of texts where these go. They need no conversion, so
that nobody has to ask pydantic, which takes as long to import as a small study to draw. Whatever is
not plain goes to pydantic, which also words everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from bayes_misalign.errors import BayesMisalignError
from bayes_misalign.reading.typed_fields import hints_of

_TABLES = {get_origin(Mapping[str, str]), get_origin(dict[str, str])}
_UNIONS = {Union, UnionType}


class _NotPlain(Exception):
    """Something would have to be converted, or is wrong."""


def of_plain(shape: type[Any], table: Mapping[str, Any]) -> Any:
    """Return a table as an instance of a dataclass; None where that is left to pydantic."""
    try:
        return _instance(table, shape)
    except (_NotPlain, BayesMisalignError, OverflowError):  # whose words are repeated there
        return None


def _instance(table: Any, shape: type[Any]) -> Any:
    if type(table) is not dict:
        raise _NotPlain
    takes = {field.name: field for field in fields(shape)}
    if not (all(field.init for field in takes.values()) and table.keys() <= takes.keys()):
        raise _NotPlain
    declared: Any = shape
    hints = hints_of(declared)
    try:
        return shape(**{name: _exactly(value, hints[name]) for name, value in table.items()})
    except TypeError:  # a field without a default is not there
        raise _NotPlain from None


def _exactly(value: Any, hint: Any) -> Any:
    """Return a value as pydantic does, if it is of a type and needs no conversion but of lists."""
    if hint is Any:
        return value
    if hint in (str, bool, int, float):
        if hint is float and type(value) is int:
            return float(value)
        if type(value) is hint:
            return value
        raise _NotPlain
    if isinstance(hint, type) and is_dataclass(hint):
        return _instance(value, hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal and isinstance(value, str) and value in inner:
        return value
    if origin is tuple and type(value) is list:
        kinds = inner[:1] * len(value) if inner[1:] == (Ellipsis,) else inner
        if len(kinds) != len(value):
            raise _NotPlain
        return tuple(_exactly(one, kind) for one, kind in zip(value, kinds, strict=True))
    if origin in _TABLES and type(value) is dict:
        return {_exactly(k, inner[0]): _exactly(v, inner[1]) for k, v in value.items()}
    if origin in _UNIONS:
        return _of_one(value, [one for one in inner if one is not NoneType])
    raise _NotPlain


def _of_one(value: Any, hints: Sequence[Any]) -> Any:
    """Return a value as the one type that takes it; of several, which one is pydantic's to say."""
    found = []
    for hint in hints:
        try:
            found.append(_exactly(value, hint))
        except _NotPlain:
            continue
    if len(found) != 1:
        raise _NotPlain
    return found[0]
