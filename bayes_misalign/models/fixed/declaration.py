"""Levels of conflict that are stated as known, without uncertainty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import Problems
from bayes_misalign.families.statements.known_levels import FixedConflict as FixedConflict
from bayes_misalign.models.fixed.figures import Figures, settle_ends
from bayes_misalign.models.fixed.matrices import goals_of, is_labelled, is_matrix, matrix_of
from bayes_misalign.reading.conflict_matrix import EQUAL, note_asymmetric, read_square
from bayes_misalign.reading.declared import Contradiction, TableDeclared
from bayes_misalign.reading.evidence import Pair, frozen_array
from bayes_misalign.reading.goal_pairs import STATED, PairNames, one_form, show_pair, stated_pairs
from bayes_misalign.reading.parse_numbers import NotANumber
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.remedies import is_figure
from bayes_misalign.tables.table import check_columns

_EXAMPLE = '{between = ["a", "b"], conflict = 0.5}'


@dataclass(frozen=True)
class Fixed(TableDeclared):
    """Levels of conflict that are taken as known: pairs, a matrix, or a table of either.

    Parameters
    ----------
    pairs : mapping or list, optional
        ``{("a", "b"): 0.5}``, or ``[{"between": ["a", "b"], "conflict": 0.5}]``; an array or a data
        frame is taken as `matrix`.
    matrix : (G, G) nested list, array or data frame, optional
        Levels of conflict, symmetric with a zero diagonal; one half may be empty. A data frame of
        pandas names goals in its index and columns, one of polars in its columns.
    goals : sequence of str, optional
        Goals of the rows and columns of `matrix`; by default those that it names, or else those of
        the problem area.
    data : path, data frame or mapping of columns, optional
        A table with a pair a row, or a square one with goals in its header and first column.
    unnamed_pairs : float, optional
        Level of conflict of every pair of goals that no source names.
    scale : (float, float), optional
        The figure that means no conflict, and the one that means full conflict, as in ``(0, 3)``
        for distances up to 3 or ``(0, 100)`` for percentages: the level of conflict is
        (figure - first) / (second - first).
    agreement : bool
        Whether the figures are agreement, with ones on the diagonal: the level of conflict is 1
        minus the figure. `scale` then names no agreement and full agreement.
    goal, goal_other, conflict : str
        Columns of a table with a pair a row.
    encoding, separator, decimal, skip_rows, sheet, missing, where, empty_population
        How the table is written, and which of its rows count; see `TableDeclared`.

    Examples
    --------
    >>> area = ProblemArea("vote", ["a", "b"])
    >>> Fixed({("a", "b"): 0.5}).read(area, Problems()).conflict
    array([0.5])
    >>> Fixed(matrix=[[1, 0.25], [0.25, 1]], agreement=True).read(area, Problems()).conflict
    array([0.75])
    """

    model: ClassVar[str] = "fixed"
    TUPLES: ClassVar[tuple[str, ...]] = ("scale",)

    pairs: Any = None
    matrix: Any = None
    goals: tuple[str, ...] | None = None
    data: Any = None
    unnamed_pairs: float | None = None
    goal: str = "goal"
    goal_other: str = "goal_other"
    conflict: str = "conflict"
    scale: Any = None
    agreement: bool = False

    def read(
        self, area: ProblemArea, problems: Problems, base: str | Path | None = None
    ) -> FixedConflict | None:
        """Read the levels of conflict."""
        before, names, origin = len(problems), PairNames(area, problems), STATED
        forms = {"pairs": self.pairs, "matrix": self.matrix, "data": self.data}
        if not one_form(forms, self.model, problems):
            return None
        if not self.check(problems):
            return None
        figures = Figures(
            settle_ends(self.scale, agreement=self.agreement),
            problems,
            stated=self.scale is not None,
            decimal=self.decimal if self.data is not None else ".",
        )
        levels: dict[Pair, float] | None = {}
        if is_labelled(self.data, lambda label: area.category_of(label) is not None):
            levels = self._from_matrix(self.data, names, figures)
            origin = "data frame"
        elif self.data is not None:
            table = self.open(None, problems, base, "levels of conflict")
            if table is None:
                return None
            figures.decimal = table.decimal  # of typed cells a point, whatever texts have
            levels, origin = self._from_table(table, names, figures), table.source
        elif self.matrix is not None:
            levels = self._from_matrix(self.matrix, names, figures)
        elif is_matrix(self.pairs):
            levels = self._from_matrix(self.pairs, names, figures)
        elif self.pairs is not None:
            levels = self._from_pairs(names, figures)
        if levels is None or len(problems) > before:
            return None
        pairs = names.sorted(levels)
        return FixedConflict(pairs, frozen_array([levels[pair] for pair in pairs]), origin)

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what does not go together."""
        alone = self.goals is not None and self.matrix is None and not is_matrix(self.pairs)
        valid = "goals name the rows and columns of matrix"
        yield alone, "goals are stated without a matrix", valid
        try:
            settle_ends(self.scale, agreement=self.agreement)
        except NotANumber as trouble:
            yield True, trouble.what, trouble.valid, "as in scale = [0, 3] for distances up to 3"

    def _from_pairs(self, names: PairNames, figures: Figures) -> dict[Pair, float]:
        given = _Levels(names, figures)
        for entry in stated_pairs(
            self.pairs, ["conflict"], names.problems, lambda level: {"conflict": level}, _EXAMPLE
        ):
            given.add(entry.one, entry.other, entry.values.get("conflict"), entry.where)
        return given.settle("pairs")

    def _from_matrix(
        self, stated: Any, names: PairNames, figures: Figures
    ) -> dict[Pair, float] | None:
        matrix = matrix_of(stated)
        goals = goals_of(matrix, self.goals, names.area.goals, names.problems)
        if goals is None:
            return None
        rows, columns = goals
        return read_square(
            list(zip(rows, matrix.cells, strict=True)),
            columns,
            lambda row, label: f"matrix, {show(rows[row])} and {show(label)}",
            names,
            "matrix",
            figures,
        )

    def _from_table(
        self, table: Table, names: PairNames, figures: Figures
    ) -> dict[Pair, float] | None:
        wanted = (self.goal, self.goal_other, self.conflict)
        pairs = set(wanted) <= set(table.columns)
        rows = [] if pairs else list(table)
        labels = table.columns[1:]
        if rows and _is_bare(table.columns, [cells for _, cells in rows]):
            names.problems.add(
                "the matrix does not say which goals its rows and columns are about",
                where=table.source,
                valid="goals in the header and in the first column",
                fix="write them there, or state the numbers as matrix, in the order of the goals",
            )
            return None
        if not pairs and (
            any(names.area.category_of(label) for label in labels)
            or sorted(labels) == sorted(cells[0] for _, cells in rows)
        ):
            return read_square(
                [(cells[0], cells[1:]) for _, cells in rows],
                labels,
                lambda row, label: table.where(rows[row][0], label),
                names,
                table.source,
                figures,
            )
        keys = self.left_to_keys(self.roles("goal", "goal_other", "conflict"))
        if not check_columns(table.columns, wanted, table.source, names.problems, keys=keys):
            return None
        given, places = _Levels(names, figures), [table.columns.index(column) for column in wanted]
        for row, cells in table:
            one, other, level = (cells[place] for place in places)
            given.add(one, other, level, table.where(row), self.conflict)
        return given.settle(table.source)


def _is_bare(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a square of numbers has no labels, so that its first row was the header."""
    texts = [text.strip() for cells in (header, *rows) for text in cells]
    square = len(header) == len(rows) + 1
    return square and bool(header[0].strip()) and all(map(is_figure, filter(None, texts)))


class _Levels:
    """Levels of conflict by ordered pair, so that a whole matrix can be listed pair by pair."""

    def __init__(self, names: PairNames, figures: Figures) -> None:
        self.names, self.figures = names, figures
        self.given: dict[Pair, tuple[float, str]] = {}

    def add(self, one: Any, other: Any, cell: Any, where: str, column: str = "") -> None:
        at = f"{where}, column {show(column)}" if column else where
        problems = self.names.problems
        first, second = self.names.category(one, where), self.names.category(other, where)
        level = self.figures.level(cell, at)
        if first is None or second is None or level is None:
            return
        if first == second and one == other:
            if level:
                self.figures.note_own(str(one), cell, level, at)
            return
        if first == second:
            self.names.pair(one, other, where)
        elif (first, second) in self.given:
            before = self.given[first, second]
            problems.add(
                f"the pair {show_pair((first, second))} is named twice: {level:g}, and "
                f"{before[0]:g} in {before[1]}",
                where=where,
                several="{n} pairs are named that were named before",
                value=show_pair((first, second)),
                valid="each pair once",
            )
        else:
            self.given[first, second] = level, where

    def settle(self, source: str) -> dict[Pair, float]:
        self.figures.settle(source)
        order, levels, odd = self.names.order, dict[Pair, float](), list[str]()
        for (one, other), (level, where) in self.given.items():
            mirror = self.given.get((other, one))
            if order[one] > order[other] and mirror is not None:
                if abs(mirror[0] - level) > EQUAL:
                    both = f"{level:g} in {where}, {mirror[0]:g} in {mirror[1]}"
                    odd.append(f"{show_pair((other, one))}: {both}")
                continue
            pair = (one, other) if order[one] < order[other] else (other, one)
            levels[pair] = level
        if odd:
            note_asymmetric(odd, source, self.names.problems)
        return levels
