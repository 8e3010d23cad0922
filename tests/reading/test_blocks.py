"""Tables read in blocks give what reading them row by row gives, or are read row by row."""

import math
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import (
    Check,
    Column,
    Reader,
    count_column,
    id_column,
    number_column,
    population_column,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.tables import blocks, columnar, eager, open_table, plain_text
from bayes_misalign.tables.form import TableForm

COLUMNS = (
    Column("goal", "labels", 20, lambda text: text in ("", "Left", "Right")),
    population_column(),
    id_column("agent", what="agent's id"),
    id_column("occasion", needed=False),
    Column("rater", needed=("goal", bool)),
    count_column("count"),
    number_column("weight", needed=("goal", bool)),
    number_column("weight_sum"),
)
SUMS = Check(
    ("count", "weight_sum"),
    lambda n, total: (n == 0) & (total > 0),
    lambda n, total: (f"nobody weighs {total:g}", "0"),
)
TEXTS = [
    "Left",
    "Right",
    "",
    "NA",
    "null",
    "007",
    "7",
    " a ",
    "é",
    "日本",
    "nan",
    "\xa0",
    "#x",
    "-",
]
QUOTED = [
    '"Left"',
    '""',
    '"a,b"',
    '"two\nlines"',
    '"two\r\nlines"',
    '"say ""a"""',
    '"\n\n"',
    '"é;"',
]
NUMBERS = [
    "1",
    "0",
    "2.0",
    "3",
    "1e0",
    "0.5",
    "0.1",
    "1e-3",
    "12345.678901234567",
    "9007199254740992",
]
ODD = [
    *("nan", "inf", "-1", "1e400", "1_0", "0x1", "+2", " 3 ", "1,5", "x", "1.5.2", "-0", "1e-400"),
    *('"1"', "nan(1)", "infinity", "１", "  ", "5.", ".5", "9007199254740993", "True", "1d3"),
]
DAMAGE = ['"', '"a"b', 'a"b', "a\rb", "\0", "\x1c", "\u200b", "\ufeff", '"a" ', "a\n", "\n\n", ","]
ROLES = {
    DistinctRows: ("goal", "population", "agent", "rater", "count", "weight", "weight_sum"),
    CodedTable: ("agent", "rater", "goal", "occasion", "population", "weight", "count"),
}


def state(reader: Reader, done: bool) -> dict[str, Any]:
    """Everything that a reader found."""
    found: dict[str, Any] = {"done": done, "problems": list(map(str, reader.problems))}
    if not done or len(reader.problems):
        return found  # what is not whole is not used
    found["texts"] = {role: list(texts) for role, texts in reader.texts.items()}
    for role, ids in reader.digests.items():
        found[role] = [ids.numbers().tolist(), *(part.tolist() for part in ids.named())]
    if isinstance(reader, DistinctRows):
        sums = ("rows", "n", "weight_sum", "weight_sq_sum", "zero_weights")
        found["sums"] = {role: reader.sum(role).tobytes() for role in sums if role in reader._sums}
        found["first"] = reader.first
        found["cells"] = [reader.cells(role) for role in reader.texts]
    else:
        assert isinstance(reader, CodedTable)
        found["rows"] = reader.rows.tolist()
        found["codes"] = {role: c.codes.tolist() for role, c in reader.columns.items()}
        found["values"] = {role: v.tobytes() for role, v in reader.values.items()}
    return found


def read_both(kind: type[Reader], data: Any, roles: Any, **more: Any) -> tuple[Any, Any, bool]:
    """What a reader finds in blocks and row by row, and whether the blocks were plain."""
    found, accepted = [], False
    for by_row in (False, True):
        problems = Problems()
        table = open_table(data, tuple(roles.values()), problems, **more)
        if table is None:
            found.append([str(problem) for problem in problems])
            continue
        assert table.blocks is not None
        if by_row:
            table.blocks = None
        reader = kind(table, roles, COLUMNS, problems, [SUMS])
        taken = reader._keep_block
        taken_in: list[int] = []
        reader._keep_block = lambda *a, taken=taken, taken_in=taken_in: (
            taken_in.append(1),
            taken(*a),
        )  # type: ignore[method-assign]
        begun = reader._begin
        reader._begin = lambda begun=begun, taken_in=taken_in: (taken_in.clear(), begun())  # type: ignore[method-assign]
        found.append(state(reader, reader.read()))
        accepted |= bool(taken_in)
    return found[0], found[1], accepted


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> random.Random:
    """Files of any size are read in blocks of a few rows."""
    monkeypatch.setattr(blocks, "WORTH", 0)
    return random.Random(1)


def some_file(draw: random.Random, roles: Any) -> tuple[bytes, str]:
    """A table that is plain, or damaged in one of many ways."""
    separator = draw.choice(",,,;\t|")
    end = draw.choice(["\n", "\n", "\r\n", "\r", "mixed"])
    names = [*roles, "other"]
    draw.shuffle(names)
    odd, damaged = draw.random() < 0.3, draw.random() < 0.3
    texts = draw.sample(TEXTS[1:], 3) + draw.choice([[], [""], QUOTED])

    def cell(name: str) -> str:
        if name in ("count", "weight", "weight_sum"):
            if odd and draw.random() < 0.05:
                return draw.choice([*ODD, ""])
            return draw.choice(NUMBERS if name != "count" else NUMBERS[:5])
        if name == "agent":
            return f"r{draw.randrange(40)}"
        if name in ("population", "rater"):
            return draw.choice(["s", "t", "ü"]) if not odd or draw.random() < 0.9 else ""
        if name == "goal":
            return draw.choice(texts)
        return draw.choice([*TEXTS[:12], *(QUOTED if damaged else [])])

    def written(text: str) -> str:
        plain = text.startswith('"') or not set(text) & set(separator + "\r\n")
        return text if plain else '"' + text.replace('"', '""') + '"'

    lines = [separator.join(names)]
    lines += [separator.join(written(cell(n)) for n in names) for _ in range(draw.randrange(40))]
    if damaged:
        for _ in range(draw.randrange(1, 3)):
            at = draw.randrange(len(lines))
            place = draw.randrange(len(lines[at]) + 1)
            harm = draw.choice([*DAMAGE, "", "", separator])
            if harm:
                lines[at] = lines[at][:place] + harm + lines[at][place:]
            else:
                lines[at] = draw.choice(["", lines[at][:place]])
    ends = ["\n", "\r\n", "\r"] if end == "mixed" else [end]
    text = "".join(line + draw.choice(ends) for line in lines)
    text = draw.choice([text, text, text + "\n", text.rstrip("\r\n")])
    encoding = draw.choice(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "cp1252", "ascii"])
    try:
        raw = text.encode(encoding)
    except UnicodeEncodeError:
        raw = text.encode()
    return raw, separator


@pytest.mark.parametrize("kind", [DistinctRows, CodedTable])
def test_blocks_and_rows_tell_the_same(
    kind: type[Reader], small_blocks: random.Random, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, accepted, refused = small_blocks, 0, 0
    path = tmp_path / "a.csv"
    for number in range(250):
        size = draw.choice([40, 150, 1000, 1 << 20])
        monkeypatch.setattr(plain_text, "BLOCK", size)
        chosen = draw.sample(ROLES[kind], draw.randrange(1, len(ROLES[kind])))
        roles = {role: role for role in ROLES[kind] if role in chosen}
        raw, separator = some_file(draw, roles)
        path.write_bytes(raw)
        encoding = draw.choice(["utf-8"] * 5 + ["cp1252", "ascii", "utf-8-sig"])
        in_blocks, by_row, plain = read_both(
            kind, path, roles, form=TableForm(separator=separator, encoding=encoding)
        )
        assert in_blocks == by_row, (number, raw)
        if isinstance(by_row, dict):
            sound = by_row["done"] and not by_row["problems"]
            accepted += sound and plain
            refused += sound and not plain
            assert sound or not plain
    assert 2 * accepted > refused > 0
    assert accepted > 40


def test_large_files_load_neither_pandas_nor_polars(tmp_path: Path) -> None:
    rows = "".join(f"r{i},Left,1.5,s\n" for i in range(200_000))
    (tmp_path / "a.csv").write_text("agent,goal,weight,population\n" + rows)
    script = f"""
import sys
from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
survey = SingleChoice({str(tmp_path / "a.csv")!r}, "goal", "population", "weight",
                      respondent="agent")
print(survey.read(ProblemArea("vote", ["Left"]), Problems()).n)
print(sorted({{"pandas", "polars", "pyarrow"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[200000.]\n['pyarrow']\n"


def some_frame(draw: random.Random, roles: Any) -> dict[str, list[Any]]:
    """Columns of texts or numbers, some with gaps."""
    n = draw.randrange(1, 60)
    kinds: dict[str, list[list[Any]]] = {
        "goal": [["Left", "Right", None], ["Left", ""], [1, 2, None], [1.0, 2.5, math.nan], [True]],
        "population": [["s", "t"], ["s", None], [7, 8], [1.0, 2.0], [0.1, -0.0, 0.0]],
        "agent": [[f"r{i}" for i in range(9)], [*range(9)], [1.0, 2.0], ["x", None], [0.5], ["é"]],
        "occasion": [["", "x", None], [1, None], [1.0, math.nan], [" ", "x"]],
        "rater": [["u", "v"], ["u", None], [1, 2]],
        "count": [[1, 2], [1.0, 0.0], ["1", "2"], [1, None], [1.5], [2**60]],
        "weight": [[0.5, 0.1, 2.0], [1, 2], ["0.1", "1e3"], [0.5, None], [math.inf, 1.0], [-1.0]],
        "weight_sum": [[0.1, 0.2], [1, 2], [True], ["x"], [math.nan, 1.0]],
    }
    plain = draw.random() < 0.6
    return {
        role: draw.choices(kinds[role][0 if plain else draw.randrange(len(kinds[role]))], k=n)
        for role in roles
    }


def parquet(columns: dict[str, list[Any]], path: Path) -> Path:
    pq.write_table(pa.table(columns), path / "a.parquet", row_group_size=7)
    return path / "a.parquet"


def arrow(columns: dict[str, list[Any]], path: Path) -> Path:
    feather.write_feather(pa.table(columns), path / "a.arrow", chunksize=9)
    return path / "a.arrow"


FRAMES: dict[str, Callable[[dict[str, list[Any]], Path], Any]] = {
    "parquet": parquet,
    "arrow": arrow,
    "pyarrow": lambda columns, _: pa.table(columns),
    "pyarrow dictionaries": lambda columns, _: pa.table(
        {name: pa.array(cells).dictionary_encode() for name, cells in columns.items()}
    ).slice(1),
    "polars": lambda columns, _: pl.DataFrame(columns, strict=False),
    "polars categories": lambda columns, _: pl.DataFrame(columns, strict=False).with_columns(
        pl.col(pl.String).cast(pl.Categorical), pl.col(pl.Float64).cast(pl.Float32)
    ),
    "pandas": lambda columns, _: pd.DataFrame(columns),
    "pandas objects": lambda columns, _: pd.DataFrame(columns).astype(object),
    "pandas nullable": lambda columns, _: pd.DataFrame(columns).convert_dtypes(),
    "pandas categories": lambda columns, _: pd.DataFrame(columns).astype("category").iloc[1:],
}


@pytest.mark.parametrize("name", list(FRAMES))
def test_frames_in_blocks_and_by_row_tell_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    draw, accepted = random.Random(2), 0
    monkeypatch.setattr(blocks, "WORTH", 0)
    for kind in (DistinctRows, CodedTable):
        for _ in range(30):
            monkeypatch.setattr(columnar, "MANY", draw.choice([3, 10, 1000]))
            monkeypatch.setattr(eager, "MANY", draw.choice([3, 10, 1000]))
            chosen = draw.sample(ROLES[kind], draw.randrange(1, len(ROLES[kind])))
            roles = {role: role for role in ROLES[kind] if role in chosen}
            columns = some_frame(draw, roles)
            in_blocks, by_row, plain = read_both(kind, FRAMES[name](columns, tmp_path), roles)
            assert in_blocks == by_row, columns
            accepted += plain and by_row["done"]
    assert accepted > 8
