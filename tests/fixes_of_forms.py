"""Fixes that name how a table is written, and which of its rows and cells count."""

import io
import struct
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from tests.fixes import LONG, Case, conflict, counts, csv, fixed, goals, levels, over, rows, three

PAIRS = {"A_B": ["1", "2"], "B_C": ["4", "5"]}
HALF = [[0.0, 0.8, 0.3], [0.0, 0.0, 0.5], [0.0, 0.0, 0.0]]
WHOLE = [[0.0, 0.8, 0.3], [0.8, 0.0, 0.5], [0.3, 0.5, 0.0]]
QUALTRICS = 'vote,Q2\nWhat?,Why?\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\nA,x\nB,y\n'
PLACES = [f"p{number}" for number in range(1, 13)]
TOTALLED = [f"{goal} {n} {at}" for at in PLACES for goal, n in (("A", 10), ("B", 5))]
TOTALLED += ["A 120 all", "B 60 all"]


def published(**change: Any) -> dict[str, Any]:
    """Published percentages in place of answers."""
    stated = {"model": "published", "data": None, "goal": None, "n": 1000, **change}
    return {"goals": {"shares": {"A": 48, "B": 52}, **stated}}


def labelled(folder_file: str = "a.sav") -> dict[str, Any]:
    """An SPSS file in which two codes have one label."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / folder_file
        pyreadstat.write_sav(
            pd.DataFrame({"vote": [1.0, 2.0, 95.0]}),
            path,
            variable_value_labels={"vote": {1: "A", 2: "B", 95: "B"}},
        )
        return {"files": {folder_file: path.read_bytes()}, "goals": {"data": folder_file}}


def multiple_response() -> dict[str, Any]:
    """An SPSS file with a set of two variables, each an answer to the same question."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sav"
        pyreadstat.write_sav(pd.DataFrame({"first": ["A", "B"], "second": ["B", "A"]}), path)
        before, end, after = path.read_bytes().partition(struct.pack("<2i", 999, 0))
        sets = b"$both=C 4 Both first second\n"  # a record that the library cannot write
        content = before + struct.pack("<4i", 7, 7, 1, len(sets)) + sets + end + after
        return {"files": {"a.sav": content}, "goals": {"data": "a.sav", "goal": "both"}}


def without_weights() -> dict[str, Any]:
    """An SPSS file that declares some of its weights missing, one by one and as a range."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sav"
        pyreadstat.write_sav(
            pd.DataFrame({"vote": list("ABAAB"), "w": [1.5, 0.5, -9.0, 98.0, 99.0]}),
            path,
            missing_ranges={"w": [-9, {"lo": 97, "hi": 99}]},
            variable_value_labels={"w": {-9: "No weight"}},
        )
        return {"files": {"a.sav": path.read_bytes()}, "goals": {"data": "a.sav", "weight": "w"}}


def workbook(*lines: list[str], sheets: int = 1) -> dict[str, Any]:
    """A workbook whose sheets hold these rows."""
    held = io.BytesIO()
    with pd.ExcelWriter(held, engine="openpyxl") as writer:
        for number in range(sheets):
            frame = pd.DataFrame(list(lines))
            frame.to_excel(writer, sheet_name=f"s{number + 1}", header=False, index=False)
    return {"files": {"a.xlsx": held.getvalue()}, "goals": {"data": "a.xlsx"}}


# what is probably not meant, and can be read: the study is sound, with a caution
PERCENT = rows("vote n", "A 48", "B 52")
BY_PLACE = rows("vote n at", "A 48 n", "B 52 n", "A 30 s", "B 70 s")
SIDE_BY_SIDE = {"wave": ["1", "2"], "A %": [48, 30], "B %": [52, 70], "n": [1000, 500]}
UNNAMED = {"wave": ["1"], "x": [48], "y": [52], "n": [900]}
OF_WAVES = {
    "model": "published",
    "data": SIDE_BY_SIDE,
    "goal": None,
    "columns": {"A %": "A", "B %": "B"},
    "population": "wave",
    "n": "n",
}
AS_PUBLISHED = goals(model="published", count=None, percent="n", n=1000)
CELLS = {
    "model": "poststratified",
    "data": {"vote": ["A", "B"], "age": ["18-29", "30-64"]},
    "covariates": ["age"],
    "table": {"age": ["18-29", "30-64", "65+"], "n": [3, 4, 2]},
    "size": "n",
}
CAUTIONS = [
    (
        "if they are, state '999' in missing, and leave the rows out by where, as weight not \"\"",
        goals(data=rows("vote w", "A 0.8", "B 1.2", "A 999"), weight="w"),
        goals(missing=["999"], where={"w": {"not": ""}}),
    ),
    (
        "leave it out if it counts them again; leave it if they are other agents",
        {
            **goals(data={"vote": ["A", "B", "all"], "n": [300, 220, 520]}, count="n"),
            "problem_area": {"goals": ["A", "B", "all"]},
        },
        {**goals(where={"vote": ["A", "B"]}), "problem_area": {"goals": ["A", "B"]}},
    ),
    (
        "ask more agents, or put goals together",
        {
            "problem_area": {"goals": list("ABCDEF")},
            **goals(model="multi-select", data={"vote": ["A;B", "C;D", "E;F"]}),
        },
        goals(data={"vote": ["A;B", "C;D", "E;F"], "n": [9, 8, 7]}, count="n"),
    ),
    (
        "ask agents there, or put categories of age together",
        {"goals": CELLS},
        goals(table={"age": ["18-29", "30-64"], "n": [3, 6]}),
    ),
    (
        'if they are percentages or shares, use the model "published" with percent, the column of '
        "the percentages (or columns, where each goal has one), and n, the number of agents asked",
        goals(data=PERCENT, count="n"),
        {"goals": {**AS_PUBLISHED["goals"], "goal": "vote"}},
    ),
    (
        "the percentages (or columns, where each goal has one), and n, the number of agents asked",
        goals(data=SIDE_BY_SIDE, goal=None, columns={"A %": "A", "B %": "B"}, population="wave"),
        goals(model="published", n=1000),
    ),
    ("if so many agents answered, state n as 100", goals(data=PERCENT, count="n"), goals(n=100)),
    (
        "if so many agents answered, state n, by population",
        goals(data=BY_PLACE, count="n", population="at"),
        goals(n={"n": 100, "s": 100}),
    ),
    (
        'if they are, use the model "published" with percent',
        goals(data=PERCENT),
        AS_PUBLISHED,
    ),
    (
        "name the column 'n' as count if they are numbers of agents; leave it out of the table if "
        "each row is one agent",
        goals(data=rows("vote n", "A 480", "B 530")),
        goals(count="n"),
    ),
    (
        "if a total is given again for each of its parts, or rows were pasted twice, keep them "
        "once; if they are different agents, leave them",
        goals(data=rows("vote n", *["A 480", "B 530"] * 3), count="n"),
        goals(data=rows("vote n", "A 480", "B 530")),
    ),
    (
        "draw more, or longer chains, where they were made",
        goals(model="drawn-shares", goal=None, data={"A": [0.5, 0.6], "B": [0.5, 0.4]}),
        goals(data={"A": [0.5, 0.6] * 200, "B": [0.5, 0.4] * 200}),
    ),
]

CASES = [
    # how numbers and missing cells are written
    Case(
        'state decimal = "," if the comma is the decimal mark of numbers',
        csv("vote;w A;1,5 B;2,5", weight="w"),
        {"goals": {"separator": ";", "decimal": ","}},
        right=lambda study: study.goals.weight_sum.tolist() == [[1.5, 2.5]],
    ),
    Case(
        'state decimal = "," if the comma is the decimal mark',
        csv("vote;w A;1,5 B;2,5", weight="w", separator=";"),
        goals(decimal=","),
        right=lambda study: study.goals.weight_sum.tolist() == [[1.5, 2.5]],
    ),
    Case(
        "write it with this mark and no thousands separator, as in 1234,5",
        csv("vote;w A;1.500 B;2,5", weight="w", separator=";", decimal=","),
        csv("vote;w A;1500 B;2,5"),
        right=lambda study: study.goals.weight_sum.tolist() == [[1500, 2.5]],
    ),
    Case(
        'NA is how R writes a missing cell: state missing = ["NA"]',
        csv("vote A NA B"),
        goals(missing=["NA"]),
        right=counts(1, 1),
    ),
    Case(
        'state missing = ["n/a"] if it stands for a missing cell',
        csv("vote A n/a B"),
        goals(missing=["n/a"]),
        right=counts(1, 1),
    ),
    Case(
        "state skip_rows = 1",
        csv("title, vote,n A,2 B,3", count="n"),
        goals(skip_rows=1),
        right=counts(2, 3),
    ),
    Case(
        "state skip_rows = [2, 3]",
        {"files": {"a.csv": QUALTRICS}, "goals": {"data": "a.csv"}},
        goals(skip_rows=[2, 3]),
        right=counts(1, 1),
    ),
    Case(
        'state other = "Other" if all of these are one goal, and list it among the goals',
        goals(data={"vote": ["A", "B", "x1", "y2", "z3"]}),
        {"goals": {"other": "Other"}, "problem_area": {"goals": ["A", "B", "Other"]}},
        right=counts(1, 1, 3),
    ),
    Case(
        'say that they are one, as in codes = {"2" = "B", "95" = "B"}; or other labels',
        labelled(),
        goals(codes={"2": "B", "95": "B"}),
        right=counts(1, 2),
    ),
    Case(
        'state it, as in sheet = "s1"',
        workbook(["vote"], ["A"], ["B"], sheets=2),
        goals(sheet="s1"),
        right=counts(1, 1),
    ),
    Case(
        "remove what stands beside the table, or name its columns",
        workbook(["vote", ""], ["A", "note"], ["B", ""]),
        workbook(["vote", "notes"], ["A", "note"], ["B", ""]),
        right=counts(1, 1),
    ),
    # JSON
    Case(
        "write an array of objects, one object a line (JSON lines), or CSV",
        {"files": {"a.json": '"A"'}, "goals": {"data": "a.json"}},
        {"files": {"a.json": '[{"vote": "A"}, {"vote": "B"}]'}},
        right=counts(1, 1),
    ),
    Case(
        "write that list alone to a file, as jq -c '.answers[]' a.json does, and name its columns, "
        "which are",
        {
            "files": {"a.json": '{"answers": [{"vote": "A"}, {"vote": "B"}]}'},
            "goals": {"data": "a.json"},
        },
        {"files": {"a.json": '{"vote": "A"}\n{"vote": "B"}\n'}},
        right=counts(1, 1),
    ),
    # wide tables
    Case(
        'state columns = { "A_B" = ["A", "B"], "B_C" = ["B", "C"] }',
        three(model="rated", scale=[1, 5], data=PAIRS),
        conflict(columns={"A_B": ["A", "B"], "B_C": ["B", "C"]}),
        right=lambda study: study.conflict.sources[0].counts.sum() == 4,
    ),
    Case(
        "name the columns that count one by one, as in columns",
        goals(data={"n_A": ["3"], "n_C": ["4"], "n_B": ["1"]}, goal=None, columns="n_{goal}"),
        goals(columns={"n_A": "A", "n_B": "B"}),
        right=counts(3, 1),
    ),
    Case(
        'state columns = { "A" = "A", "B" = "B" } in place of goal, if cells are numbers of '
        "agents; it leaves out 'district'",
        goals(data={"district": ["n"], "A": ["3"], "B": ["1"]}),
        goals(goal=None, columns={"A": "A", "B": "B"}),
        right=counts(3, 1),
    ),
    Case(
        "say it for each column, as in columns = ",
        goals(data={"votes_a": ["3"], "votes_b": ["1"]}, goal=None, columns="n_{goal}"),
        goals(columns={"votes_a": "A", "votes_b": "B"}),
        right=counts(3, 1),
    ),
    Case(
        'state goal; where each answer has a column of counts, columns = { "votes_left" = "Left", '
        '"votes_right" = "Right" }',
        goals(data={"votes_a": ["3"], "votes_b": ["1"]}, goal=None),
        goals(columns={"votes_a": "A", "votes_b": "B"}),
        right=counts(3, 1),
    ),
    Case(
        "state goal",
        goals(goal=None),
        goals(goal="vote"),
    ),
    Case(
        "if cells are numbers of agents, give them in rows, with count",
        goals(data={"A": ["1", "1", "0"], "B": ["1", "1", "1"]}, goal=None, columns="{goal}"),
        {
            "goals": {
                "columns": None,
                "goal": "vote",
                "count": "n",
                "data": rows("vote n", "A 2", "B 3"),
            }
        },
        right=counts(2, 3),
    ),
    # answers
    Case(
        "for numbers of agents by goal write counts = { a = 480, b = 20 } in place of data and "
        "goal",
        goals(data={"vote": {"A": 480, "B": 20}}),
        goals(data=None, goal=None, counts={"A": 480, "B": 20}),
        right=counts(480, 20),
    ),
    Case(
        'for percentages or shares write model = "published"',
        goals(data=rows("vote n", "A 48.5", "B 51.5"), count="n"),
        published(count=None, shares={"A": 48.5, "B": 51.5}),
        right=lambda study: study.goals.populations == ("all",),
    ),
    Case(
        'if the counts are percentages, write model = "published" with percent, the column of the '
        "percentages (or columns, where each goal has one), and n, the number of agents asked",
        goals(data=None, goal=None, counts={"A": 48, "B": 52}, n=1000),
        published(counts=None),
        right=lambda study: study.goals.populations == ("all",),
    ),
    Case(
        "name the column of the wave of a panel as population",
        goals(data=rows("vote id wave", "A 1 w1", "B 1 w2"), respondent="id"),
        goals(population="wave"),
        right=counts(1, 0),
    ),
    # published percentages
    Case(
        "correct the cells, or leave rows that are no population, such as averages, out by where",
        goals(**{**OF_WAVES, "data": {**SIDE_BY_SIDE, "n": [1000, ""]}}),
        goals(where={"wave": {"not": ["2"]}}),
        right=lambda study: study.goals.populations == ("1",),
    ),
    Case(
        'state columns = { "A %" = "A", "B %" = "B" } in place of goal and percent',
        goals(model="published", data=SIDE_BY_SIDE, percent="pct", population="wave", n="n"),
        goals(goal=None, percent=None, columns={"A %": "A", "B %": "B"}),
        right=lambda study: study.goals.percent.tolist() == [[48, 52], [30, 70]],
    ),
    Case(
        'name the column of the population, as in population = "wave"',
        goals(**{**OF_WAVES, "population": None}),
        goals(population="wave"),
        right=lambda study: study.goals.asked.tolist() == [1000, 500],
        only=False,  # the second row says another n, too
    ),
    Case(
        'a column of percentages, columns = { "pct_left" = "Left", "pct_right" = "Right" }',
        goals(**{**OF_WAVES, "columns": None, "data": UNNAMED}),
        goals(columns={"x": "A", "y": "B"}),
    ),
    Case(
        'state empty_population = "leave out"',
        goals(**{**OF_WAVES, "data": {**SIDE_BY_SIDE, "wave": ["1", ""]}}),
        goals(empty_population="leave out"),
        right=lambda study: study.goals.populations == ("1",),
    ),
    Case(
        "correct the percentages, or state rounding in points",
        published(shares={"A": 48, "B": 40}),
        published(),
    ),
    Case(
        "correct n or the rounding; where the percentages are weighted, state deff or "
        "margin_of_error",
        published(shares={"A": 43.5, "B": 56.5}, n=50),
        goals(deff=1.4),
        only=False,
    ),
    Case(
        "correct the margin of error or n; state deff if the design is known",
        published(margin_of_error=0.5),
        goals(margin_of_error=None, deff=1.2),
    ),
    Case(
        "write 0: what is less than half the rounding rounds to it",
        published(shares={"A": "<1", "B": 100}),
        published(shares={"A": 0, "B": 100}),
    ),
    Case(
        "add the rest as a label of no_goal or not_answers; correct the percentages",
        published(shares={"A": 48, "B": 40}),
        {
            "problem_area": {"no_goal": ["Unsure"]},
            "goals": {"shares": {"A": 48, "B": 40, "Unsure": 12}},
        },
        right=lambda study: study.goals.percent[0].tolist() == [48, 40, 12],
    ),
    # weights that a file declares missing, cells of a sheet, counts in the study
    Case(
        'where = { "w" = { not = "" } } leaves such rows out, and the result says how many',
        without_weights(),
        goals(where={"w": {"not": ""}}),
        right=lambda study: (
            study.goals.weight_sum.tolist() == [[1.5, 0.5]]
            and "3 rows of a.sav are left out, by where = w not empty." in study.goals.notes
        ),
    ),
    Case(
        'state both, as in sheet = "s1!B4:F200"',
        over(workbook(["vote"], ["A"], ["B"], ["Total"]), goals(sheet="s1!A1-A3")),
        goals(sheet="s1!A1:A3"),
        right=counts(1, 1),
    ),
    Case(
        'state it, as in sheet = "s1!A1:A3"',
        over(workbook(["vote"], ["A"], ["B"], ["Total"], sheets=2), goals(sheet="A1:A3")),
        goals(sheet="s1!A1:A3"),
        right=counts(1, 1),
    ),
    Case(
        "leave such rows out",
        goals(data=None, goal=None, counts={"A": 6, "B": 4, "Total": 10}),
        goals(counts={"Total": None}),
        right=counts(6, 4),
    ),
    # totals, and several answers of one agent
    Case(
        'leave such rows out, as by where = { "vote" = ["A", "B"] }, or remove them',
        goals(data=rows("vote n", "A 60", "B 40", "Everyone 100"), count="n"),
        goals(where={"vote": ["A", "B"]}),
        right=counts(60, 40),
    ),
    Case(
        '"p10"] } and the 2 others, or remove them',
        goals(data=rows("vote n at", *TOTALLED), count="n", population="at"),
        goals(where={"at": PLACES}),
        right=lambda study: study.goals.n.tolist() == [15] * 12,
    ),
    Case(
        "name a column with one answer of each agent, such as the most important one",
        goals(data={"vote": ["A, B", "A", "B"], "first": ["A", "A", "B"]}),
        goals(goal="first"),
        right=counts(2, 1),
    ),
    Case(
        'state model = "multi-select", and the goal of each variable in columns; or name a '
        "variable with one answer, such as the most important one",
        multiple_response(),
        goals(goal="first"),
        right=counts(1, 1),
    ),
    Case(
        "'q_1', 'q_2' seem to be one question of which several options may be chosen: state model "
        '= "multi-select", and the goal of each in columns, or name one of them',
        goals(data={"q_1": ["A", "B"], "q_2": ["B", "A"]}, goal="q"),
        goals(goal="q_1"),
        right=counts(1, 1),
    ),
    # conflict
    Case(
        "if these are distances, state scale = [0, 4] where 4 means full conflict (each is then "
        "divided by it)",
        three(model="fixed", matrix=[[0, 4, 2], [4, 0, 3], [2, 3, 0]]),
        conflict(scale=[0, 4]),
        right=levels(1, 0.5, 0.75),
    ),
    Case(
        "where 4 means full conflict (each is then divided by it), or place the goals with "
        'model = "spatial"',
        three(model="fixed", matrix=[[0, 4, 2], [4, 0, 3], [2, 3, 0]]),
        {
            "conflict": {
                "matrix": None,
                "model": "spatial",
                "data": rows("goal position", "A 0", "B 4", "C 2"),
                "ends": [0, 10],
                "error": 0,
            }
        },
    ),
    Case(
        "if these are percentages, state scale = [0, 100]",
        three(model="fixed", matrix=[[0, 40, 20], [40, 0, 30], [20, 30, 0]]),
        conflict(scale=[0, 100]),
        right=levels(0.4, 0.2, 0.3),
    ),
    Case(
        "if these are correlations, state scale = [1, -1], which takes 1 for no conflict and -1 "
        "for full conflict",
        three(model="fixed", matrix=[[0, -0.5, 0], [-0.5, 0, 1], [0, 1, 0]]),
        conflict(scale=[1, -1], matrix=[[1, -0.5, 0], [-0.5, 1, 1], [0, 1, 1]]),
        right=levels(0.75, 0.5, 0),
    ),
    Case(
        "for shares write yes_share, their column, with count, and agreement = true where yes is "
        "agreement",
        conflict(model="judged", data=rows("goal goal_other y n", "A B 35 120"), no_count="y"),
        conflict(no_count=None, yes_share="y", count="n", agreement=True),
        right=lambda study: study.conflict.sources[0].no.tolist() == [42],
    ),
    Case(
        "correct the share or the number, or give the number of yes",
        conflict(
            model="judged", data=rows("goal goal_other y n", "A B 35 7"), yes_share="y", count="n"
        ),
        conflict(yes_share=None, yes_count="y", data=rows("goal goal_other y n", "A B 3 7")),
        right=lambda study: study.conflict.sources[0].yes.tolist() == [3],
    ),
    Case(
        "state agreement = true if the figures are agreement; conflict is then 1 minus each of "
        "them",
        three(model="fixed", matrix=[[1, 0.25, 0.5], [0.25, 1, 0.5], [0.5, 0.5, 1]]),
        conflict(agreement=True),
        right=levels(0.75, 0.5, 0.5),
    ),
    Case(
        "split the goal into goals that conflict",
        three(**fixed(("A", "A", 0.5), ("A", "B", 0.5), ("A", "C", 0.5), ("B", "C", 0.5))),
        three(**fixed(("A", "B", 0.5), ("A", "C", 0.5), ("B", "C", 0.5))),
        right=levels(0.5, 0.5, 0.5),
    ),
    Case(
        "leave the half of zeros empty, if only the other half was filled in",
        three(model="fixed", matrix=HALF),
        conflict(matrix=WHOLE),
        right=levels(0.8, 0.3, 0.5),
    ),
    # known goals in a table of their own
    Case(
        "write ids in both tables in the same way",
        LONG(gold_data={"agent": ["x1"], "gold": ["A"]}),
        goals(gold_data={"agent": ["1"], "gold": ["A"]}),
        right=lambda study: bool((study.goals.gold >= 0).any()),
    ),
]
