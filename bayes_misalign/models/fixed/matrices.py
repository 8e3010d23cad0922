"""Matrices of levels of conflict with their goals: nested lists, arrays and data frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.reading.typed_fields import is_number


@dataclass(frozen=True, eq=False)
class Matrix:
    """Cells of a matrix with the labels of its rows and columns, as far as it has any."""

    cells: tuple[tuple[Any, ...], ...]
    rows: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None

    @property
    def shape(self) -> str:
        """How large it is, in words."""
        widths = sorted({len(row) for row in self.cells})
        return f"{len(self.cells)} rows of {widths} cells"

    def is_square(self, n: int) -> bool:
        """Tell whether it has n rows of n cells."""
        return len(self.cells) == n and all(len(row) == n for row in self.cells)


def matrix_of(stated: Any) -> Matrix:
    """Return what somebody states as a matrix; one without rows if it is none."""
    if not _is_frame(stated):
        try:
            return Matrix(tuple(tuple(row) for row in np.asarray(stated, dtype=object)))
        except TypeError:
            return Matrix(())
    cells = [list(row) for row in np.asarray(stated.to_numpy(), dtype=object)]
    columns = [str(name) for name in stated.columns]
    index = getattr(stated, "index", None)
    rows = None if index is None else [str(name) for name in index]
    if rows == list(map(str, range(len(cells)))):
        rows = None  # numbers that pandas gives by itself
    if len(columns) == len(cells) + 1 and rows is None:  # labels in the first column
        rows, columns = [str(row[0]) for row in cells], columns[1:]
        cells = [row[1:] for row in cells]
    own = [list(map(str, range(len(columns)))), [f"column_{i}" for i in range(len(columns))]]
    names = None if columns in own else tuple(columns)
    return Matrix(tuple(map(tuple, cells)), None if rows is None else tuple(rows), names)


def is_matrix(stated: Any) -> bool:
    """Tell whether something can only be a matrix: an array, a data frame, or lists of numbers."""
    rows = stated if isinstance(stated, list | tuple) else ()
    numbers = bool(rows) and all(
        isinstance(row, list | tuple) and row and all(map(is_number, row)) for row in rows
    )
    return numbers or isinstance(stated, np.ndarray) or _is_frame(stated)


def is_labelled(stated: Any, knows: Callable[[str], bool]) -> bool:
    """Tell whether something is a data frame with goals in its index and its columns."""
    if not _is_frame(stated) or getattr(stated, "index", None) is None:
        return False
    return any(map(knows, map(str, stated.index))) and any(map(knows, map(str, stated.columns)))


def goals_of(
    matrix: Matrix, stated: Sequence[str] | None, default: Sequence[str], problems: Problems
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the labels of the rows and of the columns of a matrix, or note that they are open."""
    named = matrix.rows or matrix.columns
    if named is not None and stated is not None and tuple(stated) != named:
        problems.add(
            "goals are stated, and the matrix names its own",
            where="matrix",
            valid="goals for a matrix without names, or names in the index and the columns",
        )
        return None
    plain = tuple(stated if stated is not None else default)
    columns = matrix.columns or matrix.rows or plain
    rows = matrix.rows or columns
    for which, labels, found in (("rows", rows, matrix.cells), ("columns", columns, matrix.cells)):
        wrong = (
            len(labels) != len(found)
            if which == "rows"
            else any(len(row) != len(labels) for row in found)
        )
        if wrong or not matrix.cells:
            goals = f"there are {len(labels)} goals"
            problems.add(
                f"the matrix has {matrix.shape}, but {goals}",
                where="matrix",
                valid=f"{len(labels)} rows of {len(labels)} levels of conflict",
                fix="state `goals`, if its rows are others than the goals of the problem area",
            )
            return None
    return rows, columns


def _is_frame(stated: Any) -> bool:
    return hasattr(stated, "columns") and hasattr(stated, "to_numpy")
