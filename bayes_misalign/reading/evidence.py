"""What all evidence has in common: it does not change, and it is equal when its figures are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, ClassVar, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Pair = tuple[str, str]
UNKNOWN = -1  # the number of a goal that nobody knows
Shape = tuple[str | int | None, ...]  # lengths of other fields, numbers, or whatever is there


def frozen_array(values: ArrayLike, dtype: type = float) -> NDArray[Any]:
    """Return a copy of the values that cannot be written to; None is NaN in an array of floats."""
    array: NDArray[Any] = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


def frozen_pairs(pairs: Iterable[Iterable[str]]) -> tuple[Pair, ...]:
    """Return pairs of labels as tuples, in the order given."""
    return tuple((one, other) for one, other in pairs)


class Caution(NamedTuple):
    """What makes evidence doubtful though nothing in it is wrong for sure, and what helps."""

    what: str
    remedy: str


class Evidence:
    """Base of the frozen sufficient statistics; no respondent's row or id is ever among them.

    Notes
    -----
    Fields are settled by their type: lists become tuples, and figures become read-only arrays, of
    the shape that `SHAPES` states for them.
    """

    model: ClassVar[str]
    SHAPES: ClassVar[Mapping[str, Shape]] = {}
    __dataclass_fields__: ClassVar[dict[str, Any]]
    # Arrays inside make a hash meaningless, and equality by identity would surprise.
    __hash__: ClassVar[None]  # type: ignore[assignment]  # arrays have none

    def __post_init__(self) -> None:
        """Settle the fields as tuples and read-only arrays of their shapes."""
        kind: Any = type(self)
        for name, settle in _settlers(kind).items():
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, settle(value))
        for name, shape in self.SHAPES.items():
            lengths = [len(getattr(self, n)) if isinstance(n, str) else n for n in shape]
            array: NDArray[Any] = getattr(self, name)
            if not array.size:  # a list without rows does not tell the number of columns
                array = array.reshape(_empty(array, lengths))
                object.__setattr__(self, name, array)
            if not _fits(array, lengths):
                told = "rows" if shape[-1] is None else shape[-1]
                raise ValueError(
                    f"{name} has shape {array.shape}, the {told} say "
                    f"{tuple('any' if n is None else n for n in lengths)}"
                )

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What makes the evidence doubtful; a check and a fit say so. Empty where nothing does."""
        return ()

    @property
    def worth(self) -> float:
        """How many independent draws those that it holds are worth; infinite where it has none."""
        return math.inf

    @property
    def paired_draws(self) -> int:
        """How many draws it holds that belong, one by one, to those of other evidence."""
        return 0

    def __eq__(self, other: object) -> bool:
        """Tell whether the other evidence is of the same kind and has the same figures."""
        if type(self) is not type(other):
            return NotImplemented
        return all(_same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))


def _fits(array: NDArray[Any], lengths: list[int | None]) -> bool:
    both = zip(array.shape, lengths, strict=False)
    return array.ndim == len(lengths) and all(n is None or n == found for found, n in both)


def _empty(array: NDArray[Any], lengths: list[int | None]) -> tuple[int, ...]:
    wanted = tuple(n or 0 for n in lengths)
    return array.shape if _fits(array, lengths) or np.prod(wanted) else wanted


@cache
def _settlers(kind: type[Evidence]) -> dict[str, Callable[[Any], Any]]:
    """Return how each field is settled that has to be, by its type."""
    hints = get_type_hints(kind)
    found = {f.name: _settler(hints[f.name]) for f in fields(kind)}
    return {name: settle for name, settle in found.items() if settle is not None}


def _settler(hint: Any) -> Callable[[Any], Any] | None:
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        return _settler(kinds[0]) if len(kinds) == 1 else None
    if hint == FloatArray:
        return frozen_array
    if hint == NDArray[np.int64]:
        return partial(frozen_array, dtype=np.int64)
    if hint == tuple[Pair, ...]:
        return frozen_pairs
    if get_origin(hint) is tuple:
        inner = _settler(get_args(hint)[0])
        return tuple if inner is None else partial(_each, inner)
    if get_origin(hint) is dict and (inner := _settler(get_args(hint)[1])):
        return lambda values: {key: inner(value) for key, value in values.items()}
    return None


def _each(settle: Callable[[Any], Any], values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(map(settle, values))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        both = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
        return both and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
