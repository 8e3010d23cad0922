"""Read a table into small numbers, a few bytes a cell, so that millions of rows fit into memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.columns import Column, Reader, Texts
from bayes_misalign.reading.evidence import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """Cells as numbers of their different texts, by first appearance."""

    numbers: Texts
    codes: NDArray[np.int32]

    def translated(self, meaning: Callable[[str], int]) -> NDArray[np.int32]:
        """Return what each cell means, as a number, (N,)."""
        return np.array([meaning(text) for text in self.numbers], np.int32)[self.codes]


class CodedTable(Reader):
    """The cells of a table as numbers, kept column by column; of ids only digests are kept."""

    def _begin(self) -> None:
        super()._begin()
        self._rows = array("q")
        self._codes = {role: array("i") for role in self.texts}
        self._values = {role: array("d") for role in self._numbers}
        self.rows: IntArray = np.zeros(0, np.int64)
        self.columns: dict[str, CodedColumn] = {}
        self.values: dict[str, FloatArray] = {}  # NaN where a cell is blank

    def read(self) -> bool:
        """Read the whole table, and tell whether its end was reached."""
        if not super().read():
            return False
        # the same memory, which a copy would double
        self.rows = np.frombuffer(self._rows, np.int64)
        self.columns = {
            role: CodedColumn(self.texts[role], np.frombuffer(codes, np.int32))
            for role, codes in self._codes.items()
        }
        self.values = {role: np.frombuffer(values) for role, values in self._values.items()}
        return True

    def cells(self, role: str) -> list[str]:
        """Return the text of each row in a column; blank if there is no such column."""
        if role not in self.texts:
            return [""] * len(self.rows)
        texts = list(self.texts[role])
        return [texts[code] for code in self.columns[role].codes]

    def seen(self, role: str, where: NDArray[np.bool_] | None = None) -> dict[str, tuple[int, int]]:
        """Return for each text of a column its number of rows and the first of them."""
        column, number = self.columns[role], self.rows
        rows = np.arange(len(number)) if where is None else np.flatnonzero(where)
        codes = column.codes[rows]
        times = np.bincount(codes, minlength=len(column.numbers))
        first = np.zeros(len(column.numbers), np.int64)
        first[codes[::-1]] = number[rows[::-1]]  # of equal places the last value stays
        return {
            text: (int(times[code]), self.table.row(first[code]))
            for text, code in column.numbers.items()
            if times[code]
        }

    def first_texts(self, role: str, number: IntArray) -> list[str]:
        """Read the table again, and return the text behind each number, by first appearance."""
        again = CodedTable(self.table, self.roles, (Column(role),), self.problems)
        if not again.read():
            return []
        texts, codes = list(again.texts[role]), again.columns[role].codes
        return [texts[code] for code in codes[np.sort(np.unique(number, return_index=True)[1])]]

    def _keep(
        self, rows: list[int], codes: dict[str, list[int]], numbers: dict[str, FloatArray]
    ) -> None:
        self._rows.extend(rows)
        for role, of_chunk in codes.items():
            self._codes[role].extend(of_chunk)
        for role, values in numbers.items():
            self._values[role].frombytes(values.tobytes())

    def _keep_block(
        self,
        rows: IntArray,
        codes: Mapping[str, NDArray[np.int32]],
        numbers: Mapping[str, FloatArray],
    ) -> None:
        self._rows.frombytes(rows.tobytes())
        for role, of_block in codes.items():
            self._codes[role].frombytes(of_block.tobytes())
        for role, values in numbers.items():
            self._values[role].frombytes(values.tobytes())
