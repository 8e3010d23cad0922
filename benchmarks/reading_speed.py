"""How long a study takes to read large tables, over a group-by of the same columns by PyArrow."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import textwrap
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
from common import publish, ratios, spread, table, verdict

ROWS, LABELS = 10_000_000, 5_000_000
ROUNDS = 2
GIGABYTE = 1_000_000_000

STUDY = """
    import pyarrow, pyarrow.csv, pyarrow.compute, pyarrow.parquet
    import bayes_misalign as bm
    area = bm.ProblemArea("vote", ["Left", "Right", "Green"], no_goal=["Unsure"])
    conflict = [bm.MutuallyExclusive()]
    bm.Study.of(area, bm.SingleChoice({{"goal": ["Left"]}}, "goal"), conflict)
    def run():
        bm.Study.of(area, {goals}, conflict)
"""
SURVEY = 'bm.SingleChoice({path!r}, "goal", "population", "weight"{more})'
IDS = ', respondent="id"'
NOISY = 'bm.NoisyLabels({path!r}, label="goal", agent="agent", rater="rater"{more})'

ARROW = """
    import pyarrow as pa, pyarrow.csv, pyarrow.parquet, pyarrow.compute as pc
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = {{"goal": coded, "population": coded, "rater": coded, "weight": pa.float64(),
             "id": pa.string(), "agent": pa.string()}}
    small = pa.table({{"a": ["x"], "b": [1.0]}})
    pc.multiply(small["b"], small["b"])
    small.group_by("a").aggregate([([], "count_all"), ("b", "sum")]).filter(pc.field("b_sum") > 1)
    def run():
        path, wanted = {path!r}, {columns}
        if path.endswith(".csv"):
            options = pa.csv.ConvertOptions(include_columns=wanted, column_types=kinds)
            found = pa.csv.read_csv(path, convert_options=options).unify_dictionaries()
        else:
            found = pa.parquet.read_table(path, columns=wanted)
        {group}
"""
GROUPS = {
    "rows": 'found = found.append_column("square", pc.multiply(found["weight"], found["weight"]))\n'
    '        found.group_by(["goal", "population"]).aggregate('
    '[([], "count_all"), ("weight", "sum"), ("square", "sum")])',
    "ids": 'ids = found.select(["id"]).group_by("id").aggregate([([], "count_all")])\n'
    '        ids.filter(pc.field("count_all") > 1)',
    "labels": 'found.group_by(["agent", "rater", "goal"]).aggregate([([], "count_all")])',
}


POLARS = """
    import polars as pl
    def run():
        path = {path!r}
        texts = {{"id": pl.String, "agent": pl.String}}
        texts = {{name: kind for name, kind in texts.items() if name in {columns}}}
        is_text = path.endswith(".csv")
        rows = pl.scan_csv(path, schema_overrides=texts) if is_text else pl.scan_parquet(path)
        {group}
"""
POLARS_GROUPS = {
    "rows": 'rows.group_by("goal", "population").agg(pl.len(), pl.col("weight").sum(), '
    '(pl.col("weight") ** 2).sum().alias("square")).collect(engine="streaming")',
    "ids": 'rows.group_by("id").len().filter(pl.col("len") > 1).collect(engine="streaming")',
    "labels": 'rows.group_by("agent", "rater", "goal").len().collect(engine="streaming")',
}
DUCK = """
    import duckdb
    def run():
        path = {path!r}
        {group}
"""
DUCK_GROUPS = {
    "rows": 'duckdb.sql(f"select goal, population, count(*), sum(weight), sum(weight * weight) '
    "from '{path}' group by all\").fetchall()",
    "ids": "duckdb.sql(f\"select id from '{path}' group by id having count(*) > 1\").fetchall()",
    "labels": 'duckdb.sql(f"select agent, rater, goal, count(*) '
    "from '{path}' group by all\").arrow()",
}
TABLES = (
    ("10 million rows", "rows", ("goal", "population", "weight"), ("rows",), "", 2.0),
    (
        "10 million rows with an id",
        "rows",
        ("goal", "population", "weight", "id"),
        ("rows", "ids"),
        IDS,
        3.0,
    ),
    ("5 million labels", "labels", ("agent", "rater", "goal"), ("labels",), "", 3.0),
)


def main() -> None:
    """Write the tables, read them in turn, each time in a process of its own, and publish."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        write_rows(Path(folder))
        write_labels(Path(folder))
        for (name, file, columns, groups, more, target), ending in product(
            TABLES, ("csv", "parquet")
        ):
            path = str(Path(folder) / f"{file}.{ending}")
            goals = NOISY if file == "labels" else SURVEY
            scripts = {"ours": STUDY.format(goals=goals.format(path=path, more=more))}
            for engine, script, known in (
                ("PyArrow", ARROW, GROUPS),
                ("DuckDB", DUCK, DUCK_GROUPS),
                ("Polars", POLARS, POLARS_GROUPS),
            ):
                group = "\n        ".join(known[which] for which in groups)
                scripts[engine] = script.format(path=path, columns=list(columns), group=group)
            lines.append(measured(f"{name}, {ending}", scripts, target))
    head = ["table", "`Study.of`", "over PyArrow", "target", "over DuckDB", "over Polars"]
    publish(
        "reading_speed",
        f"`Study.of` on {ROWS:,} rows (4 goals, 20 populations, weights, ids that are all "
        f"different) and {LABELS:,} labels ({LABELS // 5:,} agents, 5 raters), over a group-by of "
        "the same columns by three engines (with an id: and one of the ids); ours is PyArrow. Each "
        "is a process of its own that has imported what it needs; median and range of "
        f"{ROUNDS} round(s) taken in turn. Peak memory is that of the whole process.",
        table([*head, "peak memory", "target"], lines),
    )


def write_rows(folder: Path) -> Path:
    random = np.random.default_rng(1)
    goals = np.array(["Left", "Right", "Green", "Unsure"])[random.integers(0, 4, ROWS)]
    populations = np.array([f"county {i}" for i in range(20)])[random.integers(0, 20, ROWS)]
    weights = np.round(random.gamma(4, 0.25, ROWS), 4)
    ids = pl.Series(np.arange(ROWS)).cast(pl.String).str.zfill(8)
    frame = pl.DataFrame({"goal": goals, "population": populations, "weight": weights, "id": ids})
    frame.write_csv(folder / "rows.csv")
    frame.write_parquet(folder / "rows.parquet")
    return folder / "rows.csv"


def write_labels(folder: Path) -> Path:
    random = np.random.default_rng(2)
    agents = pl.Series(random.permutation(LABELS) // 5).cast(pl.String)
    raters = np.array(["r1", "r2", "r3", "r4", "r5"])
    order = np.argsort(agents.to_numpy(), kind="stable")
    rater = np.empty(LABELS, object)
    rater[order] = np.tile(raters, LABELS // 5)
    goals = np.array(["Left", "Right", "Green", "Unsure"])[random.integers(0, 4, LABELS)]
    frame = pl.DataFrame({"agent": agents, "rater": rater.astype(str), "goal": goals})
    frame.write_csv(folder / "labels.csv")
    frame.write_parquet(folder / "labels.parquet")
    return folder / "labels.csv"


def measured(name: str, scripts: dict[str, str], target: float) -> list[str]:
    """Return a line of the table."""
    taken: dict[str, list[float]] = {which: [] for which in scripts}
    memory = 0.0
    for _ in range(ROUNDS):
        for which, script in scripts.items():
            seconds, peak = alone(script)
            taken[which].append(seconds)
            memory = max(memory, peak if which == "ours" else 0)
    over = {which: ratios(taken["ours"], taken[which]) for which in scripts}
    return [
        name,
        spread(taken["ours"], " s"),
        spread(over["PyArrow"]),
        f"<= {target:g}: {verdict(statistics.median(over['PyArrow']) <= target)}",
        spread(over["DuckDB"]),
        spread(over["Polars"]),
        f"{memory / 1e6:,.0f} MB",
        f"< 1 GB: {verdict(memory < GIGABYTE)}",
    ]


def alone(script: str) -> tuple[float, float]:
    """Return seconds of `run` and peak memory in bytes, in a process of its own."""
    body = textwrap.dedent(script) + textwrap.dedent("""
        import time
        start = time.perf_counter()
        run()
        taken = time.perf_counter() - start
        kilobytes = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
        print(taken, int(kilobytes.split()[1]) * 1024)
    """)
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    seconds, peak = done.stdout.split()[-2:]
    return float(seconds), float(peak)


if __name__ == "__main__":
    main()
