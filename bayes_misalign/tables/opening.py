"""Open any table: a file of a known format, or a data frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.columnar import open_arrow, open_parquet
from bayes_misalign.tables.delimited import open_delimited
from bayes_misalign.tables.frames import open_frame
from bayes_misalign.tables.json_lines import open_json_lines
from bayes_misalign.tables.labelled import open_labelled
from bayes_misalign.tables.several import find_several, open_several
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
    """Open a table, and check that the columns are there."""

    def open_one(path: Path, names: Sequence[str] | None, noted: Problems) -> Table | None:
        return _open_file(path, names, noted, base, encoding, separator, what)

    if (several := find_several(data, base, problems)) is not None:
        return open_several(several, columns, problems, open_one, what)
    if not isinstance(data, str | Path):
        return open_frame(data, columns, problems, what=what)
    return _open_file(data, columns, problems, base, encoding, separator, what)


def _open_file(
    data: str | Path,
    columns: Sequence[str] | None,
    problems: Problems,
    base: str | Path | None,
    encoding: str,
    separator: str | None,
    what: str,
) -> Table | None:
    if (path := find_file(data, base, problems)) is None:
        return None
    match sniff(path, problems, encoding):
        case "text":
            return open_delimited(
                path, columns, problems, encoding=encoding, separator=separator, what=what
            )
        case "json lines":
            return open_json_lines(path, columns, problems, encoding=encoding, what=what)
        case "parquet":
            return open_parquet(path, columns, problems, what=what)
        case "arrow":
            return open_arrow(path, columns, problems, what=what)
        case "spss" | "stata" as kind:
            return open_labelled(path, kind, columns, problems, what=what)
    return None
