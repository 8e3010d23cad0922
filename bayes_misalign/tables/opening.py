"""Open any table: a file of a known format, or a data frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.columnar import open_parquet
from bayes_misalign.tables.delimited import open_delimited
from bayes_misalign.tables.frames import open_frame
from bayes_misalign.tables.json_lines import open_json_lines
from bayes_misalign.tables.labelled import open_labelled
from bayes_misalign.tables.sources import find_file, sniff
from bayes_misalign.tables.table import Table


def open_table(
    data: Any,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    base: str | Path | None = None,
    encoding: str = "utf-8",
    separator: str | None = None,
    what: str = "rows",
) -> Table | None:
    """Open a table, and check that the columns are there.

    Parameters
    ----------
    data : path, data frame or mapping
        CSV, TSV, JSON lines, Parquet, SPSS (.sav) or Stata (.dta), told by content first and
        ending second; anything that narwhals reads; or columns by their name.
    columns : sequence of str, optional
        The columns to read, in this order; all of them if not given.
    problems : Problems
        Where to note what is wrong, now and while the table is iterated over.
    base : path, optional
        Folder that relative paths start at; the working directory if not given.
    encoding : str
        Encoding of a text file without a byte order mark.
    separator : str, optional
        Separator of a text file; by default a tab for .tsv and .tab, else a comma.
    what : str
        What the rows hold, for messages.

    Returns
    -------
    Table or None
        None if there is nothing to iterate over.

    Examples
    --------
    >>> list(open_table({"goal": ["x", "y"]}, ["goal"], Problems()))
    [(1, ('x',)), (2, ('y',))]
    """
    if not isinstance(data, str | Path):
        return open_frame(data, columns, problems, what=what)
    if (path := find_file(data, base, problems)) is None:
        return None
    match sniff(path, problems):
        case "text":
            return open_delimited(
                path, columns, problems, encoding=encoding, separator=separator, what=what
            )
        case "json lines":
            return open_json_lines(path, columns, problems, encoding=encoding, what=what)
        case "parquet":
            return open_parquet(path, columns, problems, what=what)
        case "spss" | "stata" as kind:
            return open_labelled(path, kind, columns, problems, what=what)
    return None
