"""One mistake that explains all that is wrong with a table: columns exchanged, or a wide table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problem, Problems
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted
from bayes_misalign.tables.table import Damaged

_LOOKED_AT = 1_000  # rows
_NUMBERS = ("weight", "count", "weight_sum", "weight_sq_sum", "rating", "position")
_NAMES = ("population", "respondent", "agent", "rater", "conflict")


def read_or_explain[T](
    read: Callable[[ProblemArea, Problems, Any], T],
    declared: Any,
    area: ProblemArea,
    problems: Problems,
    base: Any,
    main: str,
) -> T:
    """Return what a declaration reads; note what is wrong, or the one mistake that explains it.

    `main` is the role of the column that holds goals or labels.
    """
    own = Problems()
    told: Problem | None = None
    found = read(area, own, base)
    if own and declared.data is not None and getattr(declared, main, None):
        told = _Look(declared, area, base, main).mistake()
    problems.extend([told] if told else own)
    return found


class _Look:
    """The first rows of a table, with all of its columns."""

    def __init__(
        self, declared: Any, area: ProblemArea, base: str | Path | None, main: str
    ) -> None:
        self.declared, self.area, self.main = declared, area, main
        self.columns: tuple[str, ...] = ()
        self.rows: list[tuple[int, tuple[str, ...]]] = []
        self.source = ""
        table = declared.open(None, Problems(), base, "rows")
        if table is None or table.lazy is not None:
            return
        self.source, self.columns = table.source, table.columns
        try:
            self.rows = list(islice(table.read(), _LOOKED_AT))
        except (Damaged, OSError):
            self.rows = []

    def mistake(self) -> Problem | None:
        """Return the one mistake, if there is one."""
        if not self.columns:
            return None
        return self._wide() or self._elsewhere() or self._numbers()

    def _cells(self, column: str) -> list[str]:
        place = self.columns.index(column)
        return [cells[place].strip() for _, cells in self.rows if cells[place].strip()]

    def _wide(self) -> Problem | None:
        """Tell of a column for each rater, where one was to hold the labels of all."""
        stated = getattr(self.declared, self.main)
        if stated in self.columns or hasattr(self.declared, "columns"):  # whose reader says it
            return None
        return self._labels_of_raters(stated) if self.main == "label" else None

    def _labels_of_raters(self, stated: str) -> Problem | None:
        """Tell of several columns of labels, where one was to hold the labels of all raters."""
        found = [
            c for c in self.columns if (cells := self._cells(c)) and all(map(self._is_known, cells))
        ]
        if len(found) < 2:
            return None
        columns = ", ".join(map(quoted, found))
        return Problem(
            f"there is no column {show(stated)}, and several columns hold labels: {shown(found)}",
            where=self.source,
            valid="a label a row, or a column for each rater",
            fix=f"state `raters = [{columns}]` in place of `label` and `rater`",
        )

    def _elsewhere(self) -> Problem | None:
        """Tell of a column with another role that holds the goals, where theirs holds none."""
        stated = getattr(self.declared, self.main)
        if stated not in self.columns:
            return None
        cells = self._cells(stated)
        if not cells or any(map(self._is_known, cells)):
            return None
        for role in (*_NUMBERS, *_NAMES):
            right = str(getattr(self.declared, role, None) or "")
            found = self._cells(right) if right in self.columns and right != stated else []
            fits = role in _NAMES or self._all_numbers(stated)
            if found and fits and all(map(self._is_known, found)):
                return Problem(
                    f"the column {show(stated)} holds no goal, and the column {show(right)}, which "
                    f"is stated as {role}, holds nothing else",
                    where=self.source,
                    fix=f"state `{self.main} = {quoted(right)}` and `{role} = {quoted(stated)}`",
                )
        return None

    def _numbers(self) -> Problem | None:
        """Tell of counts and weights that are exchanged."""
        count, weight = (getattr(self.declared, role, None) for role in ("count", "weight"))
        if count not in self.columns or weight not in self.columns or count == weight:
            return None
        if not (self._all_numbers(count) and self._all_numbers(weight)):
            return None
        whole = [all(float(text).is_integer() for text in self._cells(c)) for c in (count, weight)]
        if whole != [False, True]:
            return None
        return Problem(
            f"counts in the column {show(count)} are not whole, and weights in the column "
            f"{show(weight)} are",
            where=self.source,
            fix=f"state `count = {quoted(weight)}` and `weight = {quoted(count)}`",
        )

    def _is_known(self, text: str) -> bool:
        label = (getattr(self.declared, "codes", None) or {}).get(text, text)
        return self.area.category_of(label) is not None or label in self.area.not_answers

    def _all_numbers(self, column: str) -> bool:
        try:
            return bool([float(text) for text in self._cells(column)])
        except ValueError:
            return False


def shown_rows(rows: Sequence[int]) -> str:
    """Return numbers of rows as a message names them."""
    return " and ".join(map(str, rows))
