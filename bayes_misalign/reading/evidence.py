"""What all evidence has in common: it does not change, and it is equal when its figures are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Pair = tuple[str, str]
UNKNOWN = -1  # the number of a goal that nobody knows


def frozen_array(values: ArrayLike, dtype: type = float) -> NDArray[Any]:
    """Return a copy of the values as an array that cannot be written to.

    Parameters
    ----------
    values : array_like
        Numbers; None counts as NaN in an array of floats.
    dtype : type
        Kind of number.

    Returns
    -------
    ndarray
        Of the same shape as `values`.

    Examples
    --------
    >>> frozen_array([1, None])
    array([ 1., nan])
    """
    array: NDArray[Any] = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


class Evidence:
    """Base of the frozen sufficient statistics; no respondent's row or id is ever among them."""

    model: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]
    # Arrays inside make a hash meaningless, and equality by identity would surprise.
    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Tell whether the other evidence is of the same kind and has the same figures."""
        if type(self) is not type(other):
            return NotImplemented
        return all(_same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        both = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
        return both and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def frozen_pairs(pairs: Iterable[Iterable[str]]) -> tuple[Pair, ...]:
    """Return pairs of labels as tuples.

    Parameters
    ----------
    pairs : iterable of pairs of str
        Lists or tuples of two labels.

    Returns
    -------
    tuple of (str, str)
        In the order given.

    Examples
    --------
    >>> frozen_pairs([["a", "b"]])
    (('a', 'b'),)
    """
    return tuple((one, other) for one, other in pairs)
