"""SPSS and Stata files, whose codes stand for labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from bayes_misalign.errors import Problems
from bayes_misalign.tables import remedies
from bayes_misalign.tables.columnar import BATCH, batch_rows
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns

_PROGRAM = {"spss": "SPSS", "stata": "Stata"}


def open_labelled(
    path: Path,
    kind: Literal["spss", "stata"],
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    what: str = "rows",
) -> Table | None:
    """Open an SPSS or Stata file, and check its variables."""
    try:
        import pyreadstat
    except ImportError:
        problems.add(
            f"{_PROGRAM[kind]} files are read by pyreadstat, which is not installed",
            where=path.name,
            fix='pip install "bayes-misalign[spss]", or save the table as CSV or Parquet',
        )
        return None
    read = pyreadstat.read_sav if kind == "spss" else pyreadstat.read_dta
    try:
        meta = read(path, metadataonly=True)[1]
    except (pyreadstat.ReadstatError, ValueError, OSError) as trouble:
        problems.add(f"the file cannot be read ({trouble})", where=path.name)
        return None
    wanted = tuple(meta.column_names if columns is None else columns)
    if not check_columns(meta.column_names, wanted, path.name, problems):
        return None
    labels = meta.variable_value_labels
    if not _labels_differ({c: labels.get(c, {}) for c in wanted}, path.name, problems):
        return None
    return Table(path.name, wanted, lambda: _rows(path, read, wanted, labels), problems, what)


def _rows(
    path: Path, read: Any, columns: tuple[str, ...], labels: dict[str, dict[Any, str]]
) -> Iterator[Row]:
    from pyreadstat import ReadstatError

    done = 0
    while True:
        try:
            data, _ = read(
                path,
                usecols=list(dict.fromkeys(columns)),
                user_missing=True,
                output_format="dict",
                row_offset=done,
                row_limit=BATCH,
            )
        except (ReadstatError, ValueError) as trouble:
            raise Damaged(0, f"the file is damaged after row {done} ({trouble})") from None
        batch = [_labelled(data[column], labels.get(column, {})) for column in columns]
        if not len(batch[0]):
            return
        yield from batch_rows(batch, done + 1)
        done += len(batch[0])


def _labelled(values: Sequence[Any], labels: dict[Any, str]) -> list[Any]:
    return [labels.get(v, v) if v == v else v for v in values] if labels else list(values)


def _code(code: Any) -> str:
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)


def _labels_differ(labels: dict[str, dict[Any, str]], source: str, problems: Problems) -> bool:
    before = len(problems)
    for column, of_codes in labels.items():
        twice = [label for label, times in Counter(of_codes.values()).items() if times > 1]
        if twice:
            same = {_code(code): label for code, label in of_codes.items() if label in twice}
            problems.add(
                f"several codes have the same label: {shown(twice)}",
                where=f"{source}, column {column!r}",
                valid="one label a code",
                fix=f"say that they are one, as in {remedies.codes(same)}; or other labels",
            )
    return len(problems) == before
