"""Several files as one table: a list of them, a pattern such as waves/*.csv, or a folder."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.tables.blocks import Block, Coded, Kind, Odd
from bayes_misalign.tables.form import LeftOut
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.remedies import FINISHED_ONLY, among_others
from bayes_misalign.tables.sources import expanded
from bayes_misalign.tables.table import FILE, Damaged, Row, Table, check_columns

SOURCE = "source"  # the column of the name of the file, unless the files have one
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"  # what Hive, Spark and Arrow write for a missing one
_PATTERN = frozenset("*?[")

Open = Callable[[Path, Sequence[str] | None, Problems], Table | None]


@dataclass(frozen=True, eq=False)
class Part:
    """One of several files: what it is called, and the columns that its name tells."""

    path: Path
    name: str
    told: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Several:
    """Files that are one table, and what it is called."""

    name: str
    parts: tuple[Part, ...]


def find_several(data: Any, base: str | Path | None, problems: Problems) -> Several | None:
    """Return the files that a list, a pattern or a folder stands for; None if it is none of them.

    A pattern that no file matches is noted, and stands for no files.
    """
    folder = Path(base) if base is not None else Path()
    if isinstance(data, list | tuple):
        if not data or not all(isinstance(name, str | Path) for name in data):
            return None
        lists = [find_several(name, base, problems) for name in data]
        parts = [
            part
            for name, found in zip(data, lists, strict=True)
            for part in (found.parts if found else [Part(Path(name), "")])
        ]
        first = str(data[0])
        more = f" and {len(data) - 1} more" if len(data) > 1 else ""
        return Several(f"{Path(first).name}{more}", _named(parts))
    if not isinstance(data, str | Path) or "\0" in str(data):
        return None
    try:
        path = folder / expanded(data)
    except RuntimeError:  # the home of nobody: said by whoever looks for the one file
        return None
    if os.path.isdir(path):
        files = sorted(file for file in path.rglob("*.parquet") if not _hidden(file, path))
        parts = [_partition(Path(data), file.relative_to(path)) for file in files]
        return Several(path.name, tuple(parts)) if files else None
    if not _PATTERN & set(str(data)) or os.path.exists(path) or "://" in str(data):
        return None
    pattern = str(expanded(data))
    names = sorted(glob.glob(pattern, root_dir=folder, recursive=True))
    parts = [Part(Path(name), "") for name in names if os.path.isfile(folder / name)]
    if not parts:
        problems.add(f"no file matches {show(str(data))}", valid="a pattern such as waves/*.csv")
    return Several(str(data), _named(parts))


def open_several(
    several: Several, columns: Sequence[str] | None, problems: Problems, open_one: Open, what: str
) -> Table | None:
    """Open files as one table, in their order, and check that each has the columns."""
    if not several.parts:
        return None
    columns = _all_columns(several, open_one) if columns is None else columns
    wanted, tables, told = tuple(columns), list[Table](), list[dict[str, str]]()
    before = len(problems)
    for part in several.parts:
        there = _header(part, open_one, problems, alone=not told)
        if there is None:
            continue
        told.append({SOURCE: part.name, **part.told})
        own = [name for name in wanted if name in there or name not in told[-1]]
        known = [*there, *(name for name in told[-1] if name not in there)]
        if not check_columns(
            known, [name for name in own if name not in there], part.name, problems
        ):
            continue
        if (table := open_one(part.path, own or None, problems)) is not None:
            tables.append(replace(table, source=part.name))
            _note_again(tables, problems)
    if len(problems) > before:
        return None
    places = [
        _places(wanted, table.columns, known) for table, known in zip(tables, told, strict=True)
    ]
    made = Table(
        several.name,
        wanted,
        partial(_rows, tables, places, what),
        problems,
        what,
        notes=[note for table in tables for note in table.notes],
        size=sum(table.size for table in tables),
        files=tuple(table.source for table in tables),
        decimal=tables[0].decimal if tables else ".",
        codes={name: codes for table in tables for name, codes in table.codes.items()},
        left_out=LeftOut(parts=tuple(table.left_out for table in tables)),
        told=tables[0].told if tables else {},
    )
    if all(table.blocks is not None for table in tables):
        made.blocks = partial(_blocks, tables, places)
    return made


def _note_again(tables: Sequence[Table], problems: Problems) -> None:
    """Note runs of the last of several logs that are in one before it."""
    last = tables[-1]
    for table in tables[:-1]:
        if n := len(last.runs & table.runs):
            runs = f"{n:,} of its runs are" if n > 1 else "one of its runs is"
            problems.add(
                f"{runs} in {table.source} too, as where a log was retried, scored again or copied",
                where=last.source,
                valid="each run in one file",
                fix="name only the newer of the two files in `data`; or, if the older one did not "
                f"finish, state {FINISHED_ONLY}",
            )
            return


def _named(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts with the shortest names that tell them apart: of the file, else its path."""
    names = [part.path.name for part in parts]
    plain = len(set(names)) == len(names)
    return tuple(replace(p, name=p.path.name if plain else p.name or str(p.path)) for p in parts)


def _hidden(file: Path, folder: Path) -> bool:
    return any(name.startswith(("_", ".")) for name in file.relative_to(folder).parts)


def _partition(folder: Path, inside: Path) -> Part:
    keys = dict(name.split("=", 1) for name in inside.parts[:-1] if "=" in name)
    told = {unquote(key): "" if text == _NO_VALUE else unquote(text) for key, text in keys.items()}
    return Part(folder / inside, inside.as_posix(), told)


def _header(
    part: Part, open_one: Open, problems: Problems, *, alone: bool = True
) -> tuple[str, ...] | None:
    """Return the columns of a file, or note why it cannot be opened."""
    unheard = Problems()
    if (table := open_one(part.path, None, unheard)) is None:
        own = Problems()
        open_one(part.path, (), own)
        problems.extend(own if alone else map(among_others, own))
        return None
    return table.columns


def _all_columns(several: Several, open_one: Open) -> tuple[str, ...]:
    there = _header(several.parts[0], open_one, Problems()) or ()
    return (*there, *(name for name in several.parts[0].told if name not in there))


def _places(
    wanted: Sequence[str], there: Sequence[str], told: dict[str, str]
) -> tuple[int | str, ...]:
    """Return where each column is in the rows of a file, or what its name tells of all of them."""
    return tuple(told[name] if name not in there else list(there).index(name) for name in wanted)


def _rows(
    tables: Sequence[Table], places: Sequence[tuple[int | str, ...]], what: str
) -> Iterator[Row]:
    for number, (table, of_one) in enumerate(zip(tables, places, strict=True)):
        start, is_empty = number * FILE, True
        try:
            for row, cells in table.read():
                is_empty = False
                found = tuple(cells[at] if isinstance(at, int) else at for at in of_one)
                yield start + row, found
        except Damaged as trouble:
            trouble.row += start
            raise
        if is_empty:
            raise Damaged(start, f"no {what}: there is a header but no row below it")


def _blocks(
    tables: Sequence[Table],
    places: Sequence[tuple[int | str, ...]],
    kinds: Sequence[Kind | None],
) -> Iterator[Block]:
    import pyarrow as pa

    for number, (table, of_one) in enumerate(zip(tables, places, strict=True)):
        own: list[Kind | None] = [None] * len(table.columns)
        for at, kind in zip(of_one, kinds, strict=True):
            if isinstance(at, int):
                own[at] = kind
        if table.blocks is None:
            raise Odd
        n = 0
        for block in table.blocks(own):
            n += len(block.rows)
            columns = [
                block.columns[at]
                if isinstance(at, int)
                else pa.repeat(at, len(block.rows))
                if kind == "id"
                else Coded(((np.zeros(len(block.rows), np.int8), [at]),))
                for at, kind in zip(of_one, kinds, strict=True)
            ]
            yield Block(block.rows + number * FILE, tuple(columns))
        if not n:
            raise Odd
