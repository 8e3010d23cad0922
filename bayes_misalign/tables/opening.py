"""Open any table: a file of a known format, or a data frame.

What reads a format is imported where there is a file of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.chosen import choose, raw_columns, with_commas
from bayes_misalign.tables.delimited import open_delimited
from bayes_misalign.tables.form import TableForm, Wanted, as_wanted
from bayes_misalign.tables.melted import SideBySide
from bayes_misalign.tables.several import find_several, open_several
from bayes_misalign.tables.sources import find_file, sniff
from bayes_misalign.tables.table import Table, check_columns

_PLAIN = TableForm()


def open_table(
    data: Any,
    columns: Sequence[str | Wanted] | None,
    problems: Problems,
    *,
    base: str | Path | None = None,
    form: TableForm = _PLAIN,
    what: str = "rows",
) -> Table | None:
    """Open a table of whatever form, and check that the columns are there."""
    wanted = None if columns is None else as_wanted(columns)
    raw = None if wanted is None else raw_columns(wanted, form)
    names = None if raw is None else [column.name for column in raw]
    by_name = {column.name: column for column in raw or ()}
    open_one = partial(_open_file, by_name, base, form, what)
    if (several := find_several(data, base, problems)) is not None:
        table = open_several(several, names, problems, open_one, what)
    elif isinstance(data, SideBySide):
        table = data.table(names, problems)
    elif isinstance(data, str | Path):
        table = open_one(data, names, problems)
    else:
        from bayes_misalign.tables.frames import open_frame

        table = open_frame(data, names, problems, what=what, keys=form.keys)
    if table is None:
        return None
    if form.decimal != table.decimal:
        table = with_commas(table, raw)
    if wanted is None:
        wanted = as_wanted(table.columns)
        if not check_columns(table.columns, list(form.where), table.source, problems):
            return None
    return choose(table, wanted, form)


def _open_file(
    wanted: dict[str, Wanted],
    base: str | Path | None,
    form: TableForm,
    what: str,
    data: str | Path,
    columns: Sequence[str] | None,
    problems: Problems,
) -> Table | None:
    if (path := find_file(data, base, problems)) is None:
        return None
    filters = form.where.get("filter")  # of samples of lm-evaluation-harness
    match sniff(path, problems, form.encoding):
        case "text":
            return open_delimited(path, columns, problems, form=form, what=what)
        case "json lines":
            from bayes_misalign.tables.json_lines import open_json_lines

            return open_json_lines(
                path, columns, problems, encoding=form.encoding, filters=filters, what=what
            )
        case "json array":
            from bayes_misalign.tables.json_lines import open_json_array

            return open_json_array(
                path, columns, problems, encoding=form.encoding, filters=filters, what=what
            )
        case "inspect eval" | "inspect json" as kind:
            from bayes_misalign.tables.inspect_log import open_inspect_eval, open_inspect_json

            open_log = open_inspect_eval if kind == "inspect eval" else open_inspect_json
            statuses = form.where.get("status")
            return open_log(path, columns, problems, statuses=statuses, what=what)
        case "parquet":
            from bayes_misalign.tables.columnar import open_parquet

            return open_parquet(path, columns, problems, what=what)
        case "arrow":
            from bayes_misalign.tables.columnar import open_arrow

            return open_arrow(path, columns, problems, what=what)
        case "workbook":
            from bayes_misalign.tables.workbook import open_workbook

            return open_workbook(path, columns, problems, form=form, what=what)
        case None:
            return None
        case kind:
            from bayes_misalign.tables.labelled import open_labelled

            return open_labelled(path, kind, columns, problems, wanted=wanted, what=what)
