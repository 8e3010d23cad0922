"""Fixes of what programs for surveys, spreadsheets and people make of a table, each obeyed."""

import io

import openpyxl

from tests.fixes import WIDE, Case, Tables, conflict, counts, goals, over, rows, three

FRENCH: Tables = {"problem_area": {"goals": ["Café", "Tee"], "not_answers": ["Refused"]}}
PLACES = ["x", "y", "total"]
OF_PLACES = {"place": PLACES, "a": [10, 30, 40], "b": [20, 20, 40]}
BY_PLACE: Tables = goals(data=OF_PLACES, goal=None, columns={"a": "A", "b": "B"})
IN_TWO_LINES = "id,What?,,\n,A,B,Other\n1,x,,\n2,x,x,\n3,,x,\n"
TICKS: Tables = goals(model="multi-select", goal=None, columns={"a": "A", "b": "B"})
WITH_CODE = rows("a b", "1 0", "0 1", "-99 -99")
RATED = {
    "goal": ["A", "A", "B"],
    "goal_other": ["B", "C", "C"],
    "rating": ["5 - much", "3", "1 - no"],
}
FRACTIONS = {**RATED, "rating": [0.8, 0.2, 0.5]}
STRONG = goals(model="endorsement", goal=None, columns={"a": "A", "b": "B"}, room=False)
MERGED = {"place": ["n", "", "s", ""], "vote": ["A", "B"] * 2, "n": [10, 20, 5, 6]}
PUBLISHED = {"vote": ["A", "B"], "share": [43, 57]}
POLL = {"model": "published", "goal": "vote", "percent": "share"}
IDS = [str(number) for number in range(60)]


def french(content: bytes, **more: object) -> Tables:
    return {**FRENCH, "files": {"a.csv": content}, **goals(data="a.csv", **more)}


def workbook(*cells: str) -> Tables:
    """A workbook of a column of votes, written by a program that works nothing out."""
    made, held = openpyxl.Workbook(), io.BytesIO()
    sheet = made.worksheets[0]
    for text in ("vote", *cells):
        sheet.append([text])
    made.save(held)
    return {"files": {"a.xlsx": held.getvalue()}, **goals(data="a.xlsx")}


CASES = [
    Case(
        'or say what it counts as, as in codes = {"Cafe" = "Tee"}',
        {**FRENCH, **goals(data={"vote": ["Café", "Cafe", "Mate", "Tee"]}, other="Tee")},
        goals(codes={"Cafe": "Café"}),
        right=counts(2, 2),
    ),
    Case(
        'or say what it counts as, as in codes = {"Prefer not to answer" = "Tee"}',
        {**FRENCH, **goals(data={"vote": ["Café", "Prefer not to answer", "Tee"]}, other="Tee")},
        goals(codes={"Prefer not to answer": "Refused"}),
        right=counts(1, 1),
    ),
    Case(
        "'Café' looks so in another encoding: state encoding = \"mac-roman\"",
        french("vote\nCafé\nTee\n".encode("mac-roman"), encoding="cp1252"),
        goals(encoding="mac-roman"),
        right=counts(1, 1),
    ),
    Case(
        'state encoding = "utf-8", or correct the file if it says so itself',
        french("vote\nCafé\nTee\n".encode(), encoding="cp1252"),
        goals(encoding="utf-8"),
        right=counts(1, 1),
    ),
    Case(
        "export the table anew with ids as text: a spreadsheet program rounded them, as 1.23E+18, "
        "so that different ids became the same",
        goals(data=rows("id vote", "1.23E+18 A", "1.23E+18 B"), respondent="id"),
        goals(data=rows("id vote", "1230000000000000001 A", "1230000000000000002 B")),
        right=counts(1, 1),
    ),
    Case(
        "state levels, all points from no conflict to full conflict, in place of scale; or name "
        "answers that are no ratings in not_ratings",
        three(model="rated", data=RATED, scale=[1, 5]),
        conflict(scale=None, levels=["1 - no", "2", "3", "4", "5 - much"]),
    ),
    Case(
        "state levels in place of scale for a list of labels",
        three(
            model="rated",
            data={**RATED, "rating": ["much", "some", "no"]},
            scale=["no", "some", "much"],
        ),
        conflict(scale=None, levels=["no", "some", "much"]),
    ),
    Case(
        "state largest = 100 in place of scale for numbers from 0 to 100",
        over(STRONG, goals(data=rows("a b", "80 0", "0 100"), scale=["0", "100"])),
        goals(scale=None, largest=100),
    ),
    Case(
        'state split = ", ", which stands between the answers',
        goals(model="multi-select", data={"vote": ["A", "B", "A, B"]}),
        goals(split=", "),
        right=counts(1, 1, 1),
    ),
    Case(
        'state ticked = ["-99"] or unticked = ["-99"], with all other marks that mean the same; or '
        'missing = ["-99"] where nothing was answered',
        over(TICKS, goals(data=WITH_CODE)),
        goals(missing=["-99"]),
        right=counts(1, 1, 0),
    ),
    Case(
        "name the right column, or take 'vote' out of population",
        goals(population="vote"),
        goals(population=None),
        right=counts(2, 1),
    ),
    Case(
        "name the right column, or take 'r3' out of raters",
        WIDE(gold="r3"),
        goals(raters=["r1", "r2"]),
    ),
    Case(
        "if the point separates thousands, write 1234 in place of 1.234; count agents: multiply "
        "percentages by the number asked, and round; weights go into a column of their own",
        goals(data={"vote": ["A", "B"], "n": ["1.234", "2.000"]}, count="n"),
        goals(data={"vote": ["A", "B"], "n": [1234, 2000]}),
        right=counts(1234, 2000),
    ),
    Case(
        "divide all weights by one number; only their ratios count",
        goals(data=rows("vote w", "A 2e300", "B 1e300"), weight="w"),
        goals(data=rows("vote w", "A 2", "B 1")),
        right=counts(1, 1),
    ),
    Case(
        "correct the cell",
        goals(data=rows("vote w", "A inf", "B 1"), weight="w"),
        goals(data=rows("vote w", "A 2", "B 1")),
        right=counts(1, 1),
    ),
    Case(
        "download the file itself; if a survey tool wrote a table so, open it in a spreadsheet "
        "program, and save it as .xlsx or as CSV",
        {
            "files": {"a.xls": "<html><table><tr><td>vote</td></tr></table></html>"},
            **goals(data="a.xls"),
        },
        {"files": {"a.csv": "vote\nA\nB\n"}, **goals(data="a.csv")},
        right=counts(1, 1),
    ),
    Case(
        "write the name in every row, if a cell holds for the rows below it, as merged cells do; "
        'else state empty_population = "leave out"',
        goals(data=MERGED, population="place", count="n"),
        goals(data={**MERGED, "place": ["n", "n", "s", "s"]}),
        right=counts(10, 20),
    ),
    Case(
        "state skip_rows = 1 where each column is an option, and name the columns by row 2",
        {"files": {"a.csv": IN_TWO_LINES}, **goals(data="a.csv", goal="What?")},
        goals(model="multi-select", goal=None, skip_rows=1, columns={"A": "A", "B": "B"}),
        right=counts(1, 1, 1),
    ),
    Case(
        "state skip_rows = [2]",
        {"files": {"a.csv": "id,vote\n,Response\n1,A\n2,B\n"}, **goals(data="a.csv", other="B")},
        goals(skip_rows=[2]),
        right=counts(1, 1),
    ),
]

CASES += [
    Case(
        "open the workbook in a spreadsheet program and save it: the formula was never worked out",
        workbook("A", "B", "=VLOOKUP(1,C:D,2)"),
        workbook("A", "B", "A"),
        right=counts(2, 1),
    ),
    Case(
        '#N/A is how a spreadsheet writes a missing cell: state missing = ["#N/A"]',
        goals(data=rows("vote w", "A 1", "B #N/A"), weight="w"),
        goals(missing=["#N/A"], where={"w": {"not": ""}}),
        right=counts(1, 0),
    ),
    Case(
        "write a row for each of them, if each is an answer of its own",
        {"files": {"a.jsonl": '{"vote": ["A", "B"]}\n{"vote": "A"}\n'}, **goals(data="a.jsonl")},
        {"files": {"a.jsonl": '{"vote": "A"}\n{"vote": "B"}\n{"vote": "A"}\n'}},
        right=counts(2, 1),
    ),
    Case(
        'state before = ",", which stands between alternatives',
        goals(model="ranked", goal=None, order="vote", data={"vote": ["A, B", "B,A", "A,B"]}),
        goals(before=","),
        right=counts(2, 1),
    ),
    Case(
        "if the point separates thousands, write 1234 in place of 1.234",
        goals(**POLL, n="asked", data={**PUBLISHED, "asked": ["1.000", "1.000"]}),
        goals(data={**PUBLISHED, "asked": [1000, 1000]}),
        right=counts(430, 570),
    ),
    Case(
        "write numbers without a separator of thousands, as in 1234",
        goals(**POLL, n="asked", data={**PUBLISHED, "asked": ["1,000", "1,000"]}),
        goals(data={**PUBLISHED, "asked": [1000, 1000]}),
        right=counts(430, 570),
    ),
    Case(
        "write the number that you take it for, such as the middle of what it may be; a row that "
        "is left out would tell of other shares",
        goals(data={"vote": ["A", "B"], "n": ["<5", "12"]}, count="n"),
        goals(data={"vote": ["A", "B"], "n": ["2", "12"]}),
        right=counts(2, 12),
    ),
    Case(
        "end the header with separators too, or remove them from the ends of rows",
        {"files": {"a.csv": "vote,w\nA,1,\nB,2,\n"}, **goals(data="a.csv")},
        {"files": {"a.csv": "vote,w,\nA,1,\nB,2,\n"}},
        right=counts(1, 1),
    ),
    Case(
        "add it to goals, or leave its rows out, as by where",
        three(
            model="judged",
            data=rows("goal goal_other conflict", "A B 1", "A C 0", "B C 1", "A D 1"),
        ),
        conflict(where={"goal_other": {"not": "D"}}),
    ),
]

# what is probably not meant, and can be read: the study is sound, with a caution
CAUTIONS: list[tuple[str, Tables, Tables]] = [
    (
        "if it is an answer, write a row with names of the columns above it",
        {"files": {"a.csv": "A\nB\nA\n"}, **goals(data="a.csv", goal="A")},
        {"files": {"a.csv": "vote\nA\nB\nA\n"}, **goals(goal="vote")},
    ),
    (
        "leave either out by where, as place not 'total'; leave both if they are different agents",
        BY_PLACE,
        goals(where={"place": {"not": "total"}}),
    ),
    (
        "write them without a point if it separates thousands, and as whole numbers if not",
        goals(data={"vote": ["A", "B"], "n": ["1.000", "12.000"]}, count="n"),
        goals(data={"vote": ["A", "B"], "n": ["1000", "12000"]}),
    ),
    (
        "name a column of groups as population, or leave it out where all agents are one "
        "population",
        goals(data={"vote": ["A", "B"] * 30, "id": IDS}, population="id"),
        goals(population=None),
    ),
    (
        "write the name in every row if they are",
        goals(data=MERGED, population="place", count="n", empty_population="leave out"),
        goals(data={**MERGED, "place": ["n", "n", "s", "s"]}),
    ),
    (
        "if they are fractions, state the scale from 0 to 1",
        three(model="rated", data=FRACTIONS, scale=[0, 100]),
        conflict(scale=[0, 1]),
    ),
    (
        "if strengths are fractions, leave out largest, which divides them; else state the largest "
        "that an agent could give",
        over(STRONG, goals(data=rows("a b", "0.8 0", "0 1"), largest=100)),
        goals(largest=None),
    ),
]
