"""How long a study takes to read large tables, over a group-by of the same columns by PyArrow."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import polars as pl
from common import publish, ratios, spread, table, verdict

ROWS, LABELS = 10_000_000, 5_000_000
ROUNDS = 1
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
NOISY = 'bm.NoisyLabels({path!r}, label="goal", agent="agent", rater="rater")'

ARROW = """
    import pyarrow as pa, pyarrow.csv, pyarrow.parquet, pyarrow.compute as pc
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = {{"goal": coded, "population": coded, "rater": coded, "weight": pa.float64(),
             "id": pa.string(), "agent": pa.string()}}
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


def main() -> None:
    """Write the tables, read them in turn, each time in a process of its own, and publish."""
    with tempfile.TemporaryDirectory() as folder:
        rows, labels = write_rows(Path(folder)), write_labels(Path(folder))
        parts = []
        for name, path, target in (
            ("10 million rows, CSV", rows.with_suffix(".csv"), 2.0),
            ("10 million rows, Parquet", rows.with_suffix(".parquet"), 2.0),
        ):
            columns = ["goal", "population", "weight"]
            ours = STUDY.format(goals=SURVEY.format(path=str(path), more=""))
            theirs = ARROW.format(path=str(path), columns=columns, group=GROUPS["rows"])
            parts.append((name, ours, theirs, target))
            ours = STUDY.format(goals=SURVEY.format(path=str(path), more=IDS))
            both = GROUPS["rows"] + "\n        " + GROUPS["ids"]
            theirs = ARROW.format(path=str(path), columns=[*columns, "id"], group=both)
            parts.append((name + ", with an id", ours, theirs, 3.0))
        for ending in ("csv", "parquet"):
            path = str(labels.with_suffix(f".{ending}"))
            ours = STUDY.format(goals=NOISY.format(path=path))
            wanted = ["agent", "rater", "goal"]
            theirs = ARROW.format(path=path, columns=wanted, group=GROUPS["labels"])
            name = f"5 million labels, {'CSV' if ending == 'csv' else 'Parquet'}"
            parts.append((name, ours, theirs, 3.0))
        lines = [measured(*part) for part in parts]
    head = ["table", "`Study.of`", "group-by", "ratio", "target", "peak memory", "target"]
    publish(
        "reading_speed",
        f"`Study.of` on {ROWS:,} rows (4 goals, 20 populations, weights, ids that are all "
        f"different) and {LABELS:,} labels (1,000,000 agents, 5 raters), over PyArrow's own "
        "reading and group-by of the same columns (with an id: and of the ids). Each is a process "
        f"of its own that has imported what it needs; median and range of {ROUNDS} rounds taken "
        "in turn. Peak memory is that of the whole process.",
        table(head, lines),
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


def measured(name: str, ours: str, theirs: str, target: float) -> list[str]:
    """Return a line of the table."""
    taken: dict[str, list[float]] = {"ours": [], "theirs": []}
    memory = 0.0
    for _ in range(ROUNDS):
        for which, script in (("ours", ours), ("theirs", theirs)):
            seconds, peak = alone(script)
            taken[which].append(seconds)
            memory = max(memory, peak if which == "ours" else 0)
    over = ratios(taken["ours"], taken["theirs"])
    middle = sorted(over)[len(over) // 2]
    return [
        name,
        spread(taken["ours"], " s"),
        spread(taken["theirs"], " s"),
        spread(over),
        f"<= {target:g}: {verdict(middle <= target)}",
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
