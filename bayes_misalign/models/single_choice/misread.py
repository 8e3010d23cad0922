"""Numbers of agents that stand where they cannot be read, and marks where they should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.reading.several_goals import note_marks
from bayes_misalign.reading.typed_fields import is_number
from bayes_misalign.tables import Table
from bayes_misalign.tables.table import Damaged

LOOKED_AT = 1_000  # cells


def options_marked(
    table: Table, roles: Mapping[str, str], labels: Sequence[str], problems: Problems
) -> bool:
    """Note options that are marked where numbers of agents should be, and tell whether they are."""
    place = list(roles).index("count")
    try:
        cells = [row[place] for _, row in islice(table.read(), LOOKED_AT)]
    except (Damaged, OSError):  # which is noted by whoever reads it
        return False
    return note_marks(cells, labels, table.where(0, roles["count"]), problems)


def counts_in_cells(data: Any, problems: Problems) -> bool:
    """Note a mapping in place of a column, as of counts by goal, and tell whether there is one."""
    figures = data.values() if isinstance(data, Mapping) else ()
    if figures and all(map(is_number, figures)):
        problems.add(
            "data holds a number for each name, not a list of cells",
            where="data",
            valid='as in `data = { goal = ["a", "b"], n = [480, 20] }` with `count = "n"`',
            fix="for numbers of agents by goal write `counts = { a = 480, b = 20 }` in place of "
            "`data` and `goal`",
        )
        return True
    columns = data.items() if isinstance(data, Mapping) else ()
    tables = [name for name, cells in columns if isinstance(cells, Mapping)]
    for name in tables:
        problems.add(
            f"the column {str(name)!r} is a table of names, not a list of cells",
            where="data",
            valid='as in `data = { goal = ["a", "b"], n = [480, 20] }` with `count = "n"`',
            fix="for numbers of agents by goal write `counts = { a = 480, b = 20 }` in place of "
            "`data` and `goal`",
        )
    return bool(tables)
