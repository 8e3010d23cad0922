"""Which of many texts are the same, with little memory where hardly any are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.tables.blocks import byte_places, first_of_each, values, whole_numbers

_ODD_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_WORD = 8  # bytes
_FEW = 1_000_000  # texts of which a table is small whatever they are


def hashes(texts: Any) -> NDArray[np.uint64]:
    """Return a number for each text of an Arrow array; equal texts have equal numbers."""
    offsets, data = byte_places(texts)
    start = offsets[:-1].astype(np.int64)
    length = np.diff(offsets).astype(np.int64)
    padded = np.concatenate([data, np.zeros(_WORD, np.uint8)])
    # one word at each byte, so that no text need be aligned
    words = np.ndarray((len(data) + 1,), "<u8", padded, strides=(1,))
    found = length.astype(np.uint64)
    for at in range(0, int(length.max(initial=0)), _WORD):
        more = slice(None) if at == 0 else np.flatnonzero(length > at)  # whatever else is there
        left = np.minimum(length[more] - at, _WORD)
        keep = ~np.uint64(0) >> (8 * (_WORD - left)).astype(np.uint64) % 64
        word = words[np.minimum(start[more] + at, len(data))] & np.where(left > 0, keep, 0)
        mixed = (found[more] ^ word) * _ODD_FACTOR
        found[more] = mixed ^ (mixed >> _HALF)
    return found


def first_places(arrays: Sequence[Any], numbers: Sequence[NDArray[np.uint64]]) -> Any:
    """Return for each text of several Arrow arrays where the same text is first, (N,).

    Texts are compared only where numbers of texts are equal, `numbers` being their hashes.
    """
    import pyarrow as pa

    n = sum(map(len, arrays))
    place = np.arange(n)
    if n > _FEW:
        again = _repeated(np.concatenate(numbers))
        if not len(again):
            return place
    else:
        again = place
    chosen = np.split(again, np.searchsorted(again, np.cumsum([len(a) for a in arrays])[:-1]))
    starts = np.cumsum([0, *map(len, arrays)])
    parts = [
        array.take(whole_numbers(of_one - start)) if len(of_one) < len(array) else array
        for array, of_one, start in zip(arrays, chosen, starts, strict=False)
    ]
    found = pa.chunked_array(parts, pa.string()).dictionary_encode().chunks
    codes = np.concatenate([np.zeros(0, np.int32), *(values(part.indices) for part in found)])
    place[again] = again[first_of_each(codes, int(codes.max(initial=-1)) + 1)[codes]]
    return place


def _repeated(numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return where numbers stand that are there more than once."""
    ordered = np.sort(numbers)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.zeros(0, np.int64)
    del ordered
    at = np.searchsorted(twice, numbers)
    return np.flatnonzero(twice[np.minimum(at, len(twice) - 1)] == numbers)
