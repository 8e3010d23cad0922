"""Find ids that occur twice, without keeping any of them."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_DIGEST = 16  # bytes: two different ids of 10^7 share one with a probability below 1e-24


class RowIds:
    """Digests of ids and the rows they stand in; a few hundred megabytes for 10^7 rows.

    Examples
    --------
    >>> ids = RowIds()
    >>> for row, name in enumerate(["r1", "r2", "r1"], start=2):
    ...     ids.add(row, name)
    >>> ids.repeated()
    [(2, 4)]
    """

    def __init__(self) -> None:
        self._digests = bytearray()
        self._rows: list[NDArray[np.int64]] = []
        self._open: list[int] = []
        self._last: tuple[tuple[str, ...], bytes] = ((), b"")

    def add(self, row: int, *parts: str) -> None:
        """Remember the id of a row.

        Parameters
        ----------
        row : int
            Number of the row.
        *parts : str
            Texts that make up the id together.

        Examples
        --------
        >>> RowIds().add(2, "r1")
        """
        if parts != self._last[0]:  # rows of the same agent often follow each other
            joined = "".join(f"{len(part)}:{part}" for part in parts)
            raw = joined.encode("utf-8", "surrogatepass")
            self._last = parts, blake2b(raw, digest_size=_DIGEST).digest()
        self._digests += self._last[1]
        self._open.append(row)
        if len(self._open) == 65_536:
            self._close()

    def repeated(self) -> list[tuple[int, int]]:
        """Return the rows of each id that is there more than once.

        Returns
        -------
        list of (int, int)
            The first row of an id, and a later one with the same id.

        Examples
        --------
        >>> RowIds().repeated()
        []
        """
        self._close()
        rows = np.concatenate([np.zeros(0, np.int64), *self._rows])
        return repeated_keys(self.numbers(), rows)

    def numbers(self) -> NDArray[np.int64]:
        """Return the number of each row's id, by first appearance.

        Returns
        -------
        ndarray of int, shape (N,)
            Equal ids have the same number.

        Examples
        --------
        >>> ids = RowIds()
        >>> for row, name in enumerate(["b", "a", "b"], start=2):
        ...     ids.add(row, name)
        >>> ids.numbers()
        array([0, 1, 0])
        """
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

    def _close(self) -> None:
        self._rows.append(np.array(self._open, np.int64))
        self._open = []


def repeated_keys(
    keys: NDArray[np.int64], rows: NDArray[np.int64], most: int = 1000
) -> list[tuple[int, int]]:
    """Return the rows of each key that is there more than once.

    Parameters
    ----------
    keys, rows : ndarray of int, shape (N,)
        A key, and the row it stands in.
    most : int
        How many are looked for.

    Returns
    -------
    list of (int, int)
        The first row of a key, and a later one with the same key.

    Examples
    --------
    >>> repeated_keys(np.array([7, 5, 7]), np.array([2, 3, 4]))
    [(2, 4)]
    """
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    same = np.flatnonzero(keys[1:] == keys[:-1])
    first = np.searchsorted(keys, keys[same])
    again = rows[same + 1]
    chosen = np.argsort(again, kind="stable")[:most]
    return sorted(zip(rows[first[chosen]].tolist(), again[chosen].tolist(), strict=True))
