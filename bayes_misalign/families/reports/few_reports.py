"""Tables of reports of which most cells are empty, as where each agent is labelled by few of many.

Sums over such a table cost as many steps as there are reports, not cells. `few` is the one rule by
which a table is taken so, by PyMC (`summed_out_pymc`) and by what is worked out at draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.evidence import FloatArray

SMALLEST_TABLE = 20_000  # cells; a product with a smaller one costs little either way
MOST_FILLED = 0.1  # part of the cells; a number that is looked up costs as much as two multiplied


def few(table: NDArray[Any]) -> bool:
    """Return whether a table of patterns by things reported is taken report by report."""
    small = table.size < SMALLEST_TABLE
    return not small and bool(np.count_nonzero(table) <= MOST_FILLED * table.size)


def report_list(table: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Return row, column and number of each cell that is not empty, by rows."""
    flat = np.ravel(table)
    place = np.flatnonzero(flat != 0)  # of one axis, many times as fast as of two
    row, column = np.divmod(place, max(table.shape[1], 1))
    return row, column, flat[place].astype(float)


def report_columns(
    rows: int, row: NDArray[Any], column: NDArray[Any], times: NDArray[Any]
) -> NDArray[np.int64]:
    """Return a narrow table whose rows are equal where rows of a list of reports are."""
    number = np.bincount(row, minlength=rows)
    place = np.arange(len(row)) - (np.cumsum(number) - number)[row]
    found = np.full((rows, int(number.max(initial=0))), -1, np.int64)
    found[row, place] = column * (int(times.max(initial=0)) + 1) + times.astype(np.int64)
    return found


def as_matrix(table: NDArray[Any]) -> Any:
    """Return a table as floats to multiply with, sparse where it is taken report by report."""
    if not few(table):
        return table.astype(float)
    from scipy.sparse import csr_array

    row, column, times = report_list(table)
    return csr_array((times, (row, column)), shape=table.shape)


def pattern_sums(table: NDArray[Any], values: NDArray[Any]) -> FloatArray:
    """Return sums over what each row reports, (..., D, K), of values of each cell, (..., C, K)."""
    if not few(table):
        return np.asarray(table.astype(float) @ values)
    *batch, cells, goals = values.shape
    flat = np.moveaxis(values, -2, 0).reshape(cells, -1)
    sums = as_matrix(table) @ flat
    return np.asarray(np.moveaxis(sums.reshape(len(table), *batch, goals), 0, -2))
