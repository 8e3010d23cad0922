"""Which of many texts are the same, with little memory where hardly any are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.tables.blocks import byte_places, first_of_each, values, whole_numbers

_ODD_FACTOR = np.uint64(0x9E3779B97F4A7C15)
OTHER_FACTOR = np.uint64(0xC2B2AE3D27D4EB4F)
_HALF = np.uint64(32)
_WORD = 8  # bytes
MANY = 1_000_000  # texts of which a table is small whatever they are


def hashes(texts: Any, factor: np.uint64 = _ODD_FACTOR) -> NDArray[np.uint64]:
    """Return a number for each text of an Arrow array; equal texts have equal numbers.

    Another odd factor gives numbers that have nothing to do with the first.
    """
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
        mixed = (found[more] ^ word) * factor
        found[more] = mixed ^ (mixed >> _HALF)
    return found


def first_places(arrays: Sequence[Any], numbers: Sequence[NDArray[np.uint64]]) -> Any:
    """Return for each text of several Arrow arrays where the same text is first, (N,).

    Texts are compared only where numbers of texts are equal, `numbers` being their hashes.
    """
    import pyarrow as pa

    n = sum(map(len, arrays))
    place = np.arange(n)
    if n > MANY:
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


def numbered(numbers: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the number of each text by first appearance, known by its hashes by two factors.

    Texts are the same where both are equal: of 10^7 different ones two are so with a probability
    below 1e-24.
    """
    order = np.argsort(numbers).astype(np.int32)  # half of the memory, which many texts need
    ordered = numbers[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    del ordered
    ordered = others[order]
    differs = ordered[1:] != ordered[:-1]
    if differs[~new[1:]].any():
        order = np.lexsort((others, numbers)).astype(np.int32)
        ordered = others[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    del ordered, differs
    first = np.minimum.reduceat(order, np.flatnonzero(new)) if len(order) else order
    place = np.empty(len(first), np.int32)
    place[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    group = np.cumsum(new, dtype=np.int32)
    group -= 1
    found = np.empty(len(order), np.int64)
    found[order] = place[group]
    return found


def joined(parts: list[Any], kind: type) -> NDArray[Any]:
    """Return arrays as one, each forgotten when it is there."""
    found: NDArray[Any] = np.empty(sum(map(len, parts)), kind)
    at = 0
    while parts:
        part = parts.pop(0)
        found[at : at + len(part)] = part
        at += len(part)
    return found


def is_repeated(numbers: NDArray[Any]) -> bool:
    """Tell whether any number is there more than once."""
    if (numbers[1:] > numbers[:-1]).all():
        return False
    ordered = np.sort(numbers)
    return bool((ordered[1:] == ordered[:-1]).any())


def _repeated(numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return where numbers stand that are there more than once."""
    ordered = np.sort(numbers)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.zeros(0, np.int64)
    del ordered
    at = np.searchsorted(twice, numbers)
    return np.flatnonzero(twice[np.minimum(at, len(twice) - 1)] == numbers)
