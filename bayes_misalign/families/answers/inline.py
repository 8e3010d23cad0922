"""Figures of goals that stand in the study itself, in place of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.reading.goal_pairs import STATED
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.tables import Table
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.table import Row


@dataclass(eq=False)
class InlineTable(Table):
    """Goals and figures, of populations or not, whose places are their names, not row numbers."""

    key: str = ""
    rows: tuple[Row, ...] = ()

    def where(self, row: int, column: str = "") -> str:
        """Return which figure of the study it is."""
        del column
        if not row:
            return self.key
        return ", ".join([self.key, *map(show, self.rows[int(row) - 1][1][:-1])])

    def stands(self, rows: int, first: int) -> str:
        """Return of which population a goal is stated; nothing where there are none."""
        *population, _, _ = self.rows[int(first) - 1][1]
        if not population:
            return ""
        several = f"{rows} populations, the first of them " if rows > 1 else ""
        return f"of {several}{show(population[0])}"


def inline_table(stated: Any, key: str, figure: str, problems: Problems) -> InlineTable | None:
    """Return figures by goal, or by population and goal, as a table of the columns stated.

    Its columns are population, where there are some, goal and figure; None after noting what is no
    such figure.
    """
    example = f"{key} = {{ a = 48, b = 52 }}, or {key} = {{ men = {{ a = 20, b = 31 }}, ... }}"
    if not isinstance(stated, Mapping) or not stated:
        what = "is empty" if isinstance(stated, Mapping) else f"is {shown_value(stated)}"
        problems.add(f"{key} {what}", where=key, valid=example)
        return None
    nested = [isinstance(value, Mapping) for value in stated.values()]
    if any(nested) and not all(nested):
        problems.add(
            f"{key} holds figures of goals beside tables of populations", where=key, valid=example
        )
        return None
    by_population = dict(stated) if all(nested) else {"": stated}
    before, rows = len(problems), list[Row]()
    for population, figures in by_population.items():
        place = f"{key}, {show(str(population))}" if population else key
        if not figures:
            problems.add("nothing is stated of any goal", where=place, valid=example)
        for goal, value in figures.items():
            if not (is_number(value) or isinstance(value, str)):
                problems.add(
                    f"the {figure} is not a number: {shown_value(value)}",
                    where=f"{place}, {show(str(goal))}",
                    valid=example,
                )
                continue
            cells = (str(goal), cell_text(value))
            named = (str(population), *cells) if all(nested) else cells
            rows.append((len(rows) + 1, named))
    if len(problems) > before:
        return None
    columns = (*(["population"] if all(nested) else []), "goal", figure)
    return InlineTable(STATED, columns, lambda: iter(rows), problems, key=key, rows=tuple(rows))


def has_populations(stated: Any) -> bool:
    """Tell whether figures are stated by population."""
    return isinstance(stated, Mapping) and any(isinstance(v, Mapping) for v in stated.values())
