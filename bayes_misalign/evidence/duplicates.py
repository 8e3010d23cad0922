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
        joined = "".join(f"{len(part)}:{part}" for part in parts)
        self._digests += blake2b(
            joined.encode("utf-8", "surrogatepass"), digest_size=_DIGEST
        ).digest()
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
        halves = np.frombuffer(self._digests, np.uint64).reshape(-1, 2)
        order = np.lexsort((rows, halves[:, 1], halves[:, 0]))
        same = np.all(halves[order[1:]] == halves[order[:-1]], axis=1)
        found, first = [], -1
        for place in np.flatnonzero(same):
            if not place or not same[place - 1]:
                first = int(rows[order[place]])
            found.append((first, int(rows[order[place + 1]])))
        return sorted(found)

    def _close(self) -> None:
        self._rows.append(np.array(self._open, np.int64))
        self._open = []
