"""Many rows of a table at once, column by column, as long as nothing in them is odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.tables.cells import cell_text

WORTH = 2_000_000  # bytes; loading PyArrow takes as long as reading fewer of them row by row
Kind = Literal["text", "number", "id"]
_BLANK_STARTS = np.zeros(256, dtype=bool)  # first bytes of texts that may be white space only
_BLANK_STARTS[[*range(0x09, 0x0E), *range(0x1C, 0x21), 0xC2, 0xE1, 0xE2, 0xE3]] = True


class Odd(Exception):
    """Something is not plain, so that the rows must be read one by one, which tells what it is."""


@dataclass(frozen=True, eq=False)
class Coded:
    """Cells as places in a list of texts, several lists to a block."""

    parts: tuple[tuple[NDArray[Any], list[str]], ...]

    def marked(self, told: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Return for each cell whether something is true of its text."""
        parts = [np.array([told(text) for text in texts], bool)[c] for c, texts in self.parts]
        return np.concatenate(parts) if parts else np.zeros(0, bool)

    def renamed(self, name: Callable[[str], str]) -> Coded:
        """Return the same cells with other texts."""
        return Coded(tuple((codes, list(map(name, texts))) for codes, texts in self.parts))

    def where(self, keep: NDArray[np.bool_]) -> Coded:
        """Return some of the cells, with the texts that are still there."""
        ends = np.cumsum([len(codes) for codes, _ in self.parts])
        chosen = np.split(keep, ends[:-1])
        return Coded(
            tuple(
                in_order(codes[of_part], texts)
                for (codes, texts), of_part in zip(self.parts, chosen, strict=True)
            )
        )

    def counts(self) -> Counter[str]:
        """Return how often each text is there."""
        found: Counter[str] = Counter()
        for codes, texts in self.parts:
            for text, n in zip(texts, np.bincount(codes, minlength=len(texts)), strict=True):
                found[text] += int(n)
        return found


@dataclass(frozen=True, eq=False)
class Block:
    """Rows with their numbers: texts coded, numbers as floats or coded, ids as an Arrow array.

    A number that is not there is NaN. A column that nobody asked for is None.
    """

    rows: NDArray[np.int64]
    columns: tuple[Any, ...]


Blocks = Callable[[Sequence[Kind | None]], Iterator[Block]]


def coded(array: Any) -> Coded:
    """Return an Arrow array or chunked array as coded cells; a missing one is an empty text.

    Texts stand in the order in which they are first there, and none that is not.
    """
    import pyarrow as pa

    parts = []
    for chunk in array.chunks if isinstance(array, pa.ChunkedArray) else [array]:
        try:
            found = chunk if isinstance(chunk, pa.DictionaryArray) else chunk.dictionary_encode()
            texts = [cell_text(value) for value in found.dictionary.to_pylist()]
        except (pa.ArrowException, TypeError, UnicodeDecodeError):
            raise Odd from None
        places, gaps = values(found.indices), found.indices.null_count
        if gaps:
            places = np.where(_told(found.indices), places.astype(np.int64), len(texts))
            texts.append("")
        if gaps or found is chunk:  # categories have an order of their own, and may be more
            places, texts = in_order(places, texts)
        parts.append((places, texts))
    return Coded(tuple(parts))


def joined(columns: Sequence[Coded], join: Callable[[Sequence[str]], str]) -> Coded:
    """Return the texts of several columns put together, cell by cell."""
    texts: list[list[str]] = []
    key = np.zeros(0, np.int64)
    for number, column in enumerate(columns):
        known: dict[str, int] = {}
        of_parts = [
            np.array([known.setdefault(t, len(known)) for t in names], np.int64)[codes]
            for codes, names in column.parts
        ]
        codes = np.concatenate(of_parts)
        key = key * max(len(known), 1) + codes if number else codes
        texts.append(list(known))
    first, place = first_seen(key)
    distinct = []
    for code in key[first].tolist():
        cells: list[str] = []
        for names in reversed(texts):
            code, at = divmod(code, max(len(names), 1))
            cells.append(names[at])
        distinct.append(join(cells[::-1]))
    return Coded(((place, distinct),))


def emptied_ids(array: Any, gaps: Collection[str]) -> tuple[Any, Counter[str]]:
    """Return an Arrow array of ids with some of them empty, and how often each of these was."""
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = pc.is_in(array, value_set=pa.array(sorted(gaps), pa.string()))
    found = Counter(array.filter(missing).to_pylist())
    return (pc.if_else(missing, "", array) if found else array), found


def in_order(codes: NDArray[Any], texts: list[str]) -> tuple[NDArray[Any], list[str]]:
    """Return coded cells with their texts in the order in which they are first there."""
    first = first_of_each(codes, len(texts))
    order = np.argsort(first, kind="stable")[: int((first < len(codes)).sum())]
    if len(order) == len(texts) and (np.diff(order) == 1).all():
        return codes, texts
    place = np.zeros(len(texts), np.int64)
    place[order] = np.arange(len(order))
    return place[codes], [texts[code] for code in order.tolist()]


def numbers(array: Any, *, written: bool = False) -> NDArray[np.float64] | Coded:
    """Return numbers of an Arrow array, NaN where there is none; what is no number stays coded.

    Where numbers were `written` as text, a NaN was written too, and is none.
    """
    import pyarrow as pa

    kind = array.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return coded(array)
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    parts = [
        np.where(_told(chunk), values(chunk).astype(float), np.nan)
        if chunk.null_count
        else values(chunk).astype(float)
        for chunk in chunks
    ]
    found: NDArray[np.float64] = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if np.isinf(found).any() or (written and np.isnan(found).sum() != array.null_count):
        raise Odd
    return found


def ids(array: Any) -> Any:
    """Return an Arrow array of ids as texts; a blank one is empty."""
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    kind = array.type
    if pa.types.is_floating(kind):  # whole numbers with gaps, as pandas keeps them
        found = array.to_numpy(zero_copy_only=False)
        if not (np.isnan(found) | ((found % 1 == 0) & (np.abs(found) < 1e15))).all():
            raise Odd
        array = pa.array(found, from_pandas=True).cast(pa.int64())
    elif not (pa.types.is_integer(kind) or is_text(kind)):
        raise Odd
    if kind != pa.string():
        array = array.cast(pa.string())
    if array.null_count:  # filling gaps loads pandas
        array = array.fill_null("")
    if _blank_but_not_empty(array):
        raise Odd
    return array


def is_text(kind: Any) -> bool:
    """Tell whether an Arrow type is one of texts."""
    import pyarrow as pa

    known = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_kind(kind) for is_kind in known)


def empty(array: Any) -> NDArray[np.bool_]:
    """Return which texts of an Arrow array are empty."""
    offsets, _ = byte_places(array)
    found: NDArray[np.bool_] = offsets[1:] == offsets[:-1]
    return found


def values(array: Any) -> NDArray[Any]:
    """Return the numbers of an Arrow array, whatever where there are none.

    The methods of Arrow arrays that do so load pandas, which takes longer than to read a table.
    """
    name = str(array.type)
    kind = np.dtype({"double": "f8", "float": "f4", "halffloat": "f2"}.get(name, name))
    start = array.offset
    return np.frombuffer(array.buffers()[1] or b"", kind)[start : start + len(array)]


def _told(array: Any) -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)].astype(bool)


def whole_numbers(numbers: NDArray[Any]) -> Any:
    """Return whole numbers as an Arrow array, without loading pandas."""
    import pyarrow as pa

    found = np.ascontiguousarray(numbers, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(found), [None, pa.py_buffer(found)])


def first_seen(numbers: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return where each distinct whole number is first, in this order, and which is where."""
    found = whole_numbers(numbers).dictionary_encode()
    place = values(found.indices)
    return first_of_each(place, len(found.dictionary)), place


def first_of_each(codes: NDArray[Any], number: int) -> NDArray[np.int64]:
    """Return where each of so many codes is first; the length of all if it is not there."""
    first = np.full(number, len(codes))
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # of equal places the last value stays
    return first


def byte_places(array: Any) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return where the texts of an Arrow array begin and end, and the bytes of all."""
    _, offsets, data = array.buffers()
    start = array.offset
    places = np.frombuffer(offsets, np.int32)[start : start + len(array) + 1]
    return places, np.frombuffer(data or b"", np.uint8)


def _blank_but_not_empty(array: Any) -> bool:
    offsets, data = byte_places(array)
    starts = offsets[:-1][offsets[1:] > offsets[:-1]]
    doubtful = np.flatnonzero(offsets[1:] > offsets[:-1])[_BLANK_STARTS[data[starts]]]
    return any(array[i].as_py().isspace() for i in doubtful.tolist())
