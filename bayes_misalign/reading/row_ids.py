"""Find ids that occur twice, without keeping any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import empty
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.distinct_texts import (
    MANY,
    OTHER_FACTOR,
    first_places,
    hashes,
    is_repeated,
    joined,
    numbered,
)

_BLANK = bytes(16)
_DIGEST = 16  # bytes: two different ids of 10^7 share one with a probability below 1e-24


class RowIds:
    """Digests of ids and the rows they stand in; a few hundred megabytes for 10^7 rows."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._rows: list[NDArray[np.int64] | range] = []
        self._texts: list[Any] = []
        self._hashes: list[NDArray[np.uint64]] = []
        self._blank: NDArray[np.bool_] | None = None
        self._of_many: NDArray[np.int64] | None = None

    def extend(self, rows: Sequence[int], texts: Sequence[str]) -> None:
        """Remember the ids of several rows; a blank one is the same as no other."""
        digests = dict.fromkeys(texts, _BLANK)
        for text in digests:
            if text and not text.isspace():
                raw = same_code(text).encode("utf-8", "surrogatepass")
                digests[text] = blake2b(raw, digest_size=_DIGEST).digest()
        self._digests += b"".join(map(digests.__getitem__, texts))
        self._rows.append(np.array(rows, np.int64))

    def extend_block(self, rows: NDArray[np.int64], texts: Any) -> None:
        """Remember the ids of many rows, an Arrow array without white space alone in any."""
        texts = _as_codes(texts)
        self._texts.append(texts)
        self._hashes.append(hashes(texts))
        first, last = int(rows[0]), int(rows[-1])  # rows of one file need no list
        self._rows.append(range(first, last + 1) if last - first == len(rows) - 1 else rows)

    def named(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the numbers of ids that are not blank, and their rows."""
        told = self.told
        return self.numbers()[told], self.rows[told]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The row of each id, (N,)."""
        return joined(
            [
                np.arange(part.start, part.stop) if isinstance(part, range) else part
                for part in self._rows
            ],
            np.int64,
        )

    @property
    def told(self) -> NDArray[np.bool_]:
        """Whether the id of each row is not blank, (N,)."""
        if self._blank is not None:
            return ~self._blank
        if self._texts:
            return ~np.concatenate([empty(texts) for texts in self._texts])
        told: NDArray[np.bool_] = np.frombuffer(self._digests, np.uint64).reshape(-1, 2).any(axis=1)
        return told

    def numbers(self) -> NDArray[np.int64]:
        """Return the number of each row's id, by first appearance, (N,)."""
        if self._texts and sum(map(len, self._texts)) > MANY:
            self._of_many = found = self._numbers_of_many()
            return found
        if self._of_many is not None:
            return self._of_many
        if self._texts:
            first = first_places(self._texts, self._hashes)
            number = np.cumsum(first == np.arange(len(first))) - 1
            return np.asarray(number[first])
        halves = np.frombuffer(self._digests, np.uint64).reshape(-1, 2)
        order = np.lexsort((halves[:, 1], halves[:, 0]))  # stable: the first row stays first
        halves = halves[order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = np.any(halves[1:] != halves[:-1], axis=1)
        group = np.cumsum(new) - 1
        first = order[new]
        place = np.empty(len(first), np.int64)
        place[np.argsort(first)] = np.arange(len(first))
        numbers = np.empty(len(order), np.int64)
        numbers[order] = place[group]
        return numbers

    def _numbers_of_many(self) -> NDArray[np.int64]:
        """Return the numbers of many texts by hashes alone, and forget the texts."""
        self._blank = ~self.told
        whole, self._hashes = joined(self._hashes, np.uint64), []
        if not is_repeated(whole):
            self._texts = []
            return np.arange(len(whole))
        others, at = np.empty(len(whole), np.uint64), 0
        while self._texts:
            texts = self._texts.pop(0)
            others[at : at + len(texts)] = hashes(texts, OTHER_FACTOR)
            at += len(texts)
        return numbered(whole, others)


def _as_codes(texts: Any) -> Any:
    """Return ids, an Arrow array, whole numbers among them without zeros behind the point."""
    import pyarrow.compute as pc

    if not pc.any(pc.ends_with(texts, pattern=".0")).as_py():
        return texts
    return pc.replace_substring_regex(texts, r"^([+-]?\d+)\.0*$", r"\1")


def repeated_keys(
    keys: NDArray[np.int64], rows: NDArray[np.int64], most: int = 1000
) -> list[tuple[int, int]]:
    """Return the first row of each key that is there more than once, and a later one."""
    if (keys[1:] > keys[:-1]).all():
        return []
    ordered = np.sort(keys)
    if not (ordered[1:] == ordered[:-1]).any():
        return []
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    same = np.flatnonzero(keys[1:] == keys[:-1])
    first = np.searchsorted(keys, keys[same])
    again = rows[same + 1]
    chosen = np.argsort(again, kind="stable")[:most]
    return sorted(zip(rows[first[chosen]].tolist(), again[chosen].tolist(), strict=True))


def note_repeated(
    keys: NDArray[np.int64],
    rows: NDArray[np.int64],
    texts: tuple[str, str, str, str],
    where: str,
    problems: Problems,
    named: Callable[[int], int] = int,
) -> None:
    """Note rows that have the same key as one before; `named` tells the file of a row too.

    The texts are what is said of two rows, what of several, what is valid, and a remedy.
    """
    what, several, valid, fix = texts
    if not (pairs := repeated_keys(keys, rows)):
        return
    number = len(keys) - len(np.unique(keys))
    both = [f"rows {named(first)} and {named(again)}" for first, again in pairs]
    problems.add(
        f"{both[0]} {what}",
        where=where,
        several=several,
        number=number,
        places=[f"{where}, {pair}" for pair in both],
        valid=valid,
        fix=fix,
    )
