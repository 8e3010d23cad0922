"""Fixes of how a table is written, of its labels, its numbers and its populations."""

from tests.fixes import BASE, VOTES, WIDE, Case, conflict, counts, csv, fixed, goals, rows

CASES = [
    Case(
        'state encoding = "utf-16-le" if it is a text file of Windows',
        {"files": {"a.csv": "vote\nA\nB\nA\n".encode("utf-16-le")}, "goals": {"data": "a.csv"}},
        goals(encoding="utf-16-le"),
        right=counts(2, 1),
    ),
    Case(
        'or state missing = ["-9", "99"] if it means a missing answer',
        goals(data={"vote": ["1", "2", "-9", "99"]}, codes={"1": "A", "2": "B"}),
        goals(missing=["-9", "99"]),
        right=counts(1, 1),
    ),
    Case(
        'state decimal = "," if the comma is the decimal mark',
        goals(data={"vote": ["A", "B"], "w": ["0,5", 1.5]}, weight="w"),
        goals(decimal=","),
        right=lambda study: study.goals.weight_sum.tolist() == [[0.5, 1.5]],
    ),
    Case(
        'name the field, as in "vote.g"',
        goals(data={"vote": [{"g": "A", "h": 1}, {"g": "B", "h": 2}]}),
        goals(goal="vote.g"),
        right=counts(1, 1),
    ),
    Case(
        "state the share of each population, as shares under [populations]",
        {
            "goals": {
                "data": rows("vote g", "A x", "B x", "A y", "B y", "B z", "A z"),
                "population": "g",
            },
            "report": {"headline": "between"},
        },
        {"populations": {"shares": {"x": 0.5, "y": 0.25, "z": 0.25}}},
        right=lambda study: study.reporting.headline == "between",
    ),
    # the file
    Case(
        "unpack it first, for example with gunzip",
        {"files": {"a.csv": b"\x1f\x8b\x08\x00rest"}, "goals": {"data": "a.csv"}},
        csv("vote A B"),
        right=counts(1, 1),
    ),
    Case(
        "unpack it first",
        {"files": {"a.csv": b"\xfd7zXZ\x00"}, "goals": {"data": "a.csv"}},
        csv("vote A B"),
    ),
    Case(
        "open it and save it again, or save the sheet as CSV",
        {"files": {"a.xlsx": b"PK\x03\x04 rest"}, "goals": {"data": "a.xlsx"}},
        csv("vote A B"),
    ),
    Case(
        "save the sheet as CSV",
        {"files": {"a.xls": b"\xd0\xcf\x11\xe0"}, "goals": {"data": "a.xls"}},
        csv("vote A B"),
    ),
    Case(
        "write it as Parquet",
        {"files": {"a.feather": b"FEA1"}, "goals": {"data": "a.feather"}},
        csv("vote A B"),
    ),
    Case(
        "write the table as CSV or Parquet",
        {"files": {"a.h5": b"\x89HDF"}, "goals": {"data": "a.h5"}},
        csv("vote A B"),
    ),
    Case(
        "give the table as CSV",
        {"files": {"a.pdf": b"%PDF-1.7"}, "goals": {"data": "a.pdf"}},
        csv("vote A B"),
    ),
    Case(
        "download the file itself",
        {"files": {"a.csv": "<!DOCTYPE html>"}, "goals": {"data": "a.csv"}},
        csv("vote A B"),
    ),
    Case(
        "save the table as CSV, Parquet or .sav",
        {"files": {"a.por": b"\xc1\xe2" * 100}, "goals": {"data": "a.por"}},
        csv("vote A B"),
    ),
    Case(
        'save the table from R, as in write.csv(x, "x.csv", na = "", row.names = FALSE)',
        {"files": {"a.rds": b"X\n\x00\x00\x00\x03"}, "goals": {"data": "a.rds"}},
        csv("vote A B"),
    ),
    Case(
        "download the file, and name the copy",
        goals(data="https://example.org/a.csv"),
        csv("vote A B"),
    ),
    Case("write its content to a file first", goals(data="/dev/null"), csv("vote A B")),
    Case("name the file in it", goals(data="."), csv("vote A B")),
    Case(
        "check that it was written to the end",
        {"files": {"a.csv": ""}, "goals": {"data": "a.csv"}},
        csv("vote A B"),
    ),
    Case(
        "write the whole path; a name that begins with ~ is written ./~name",
        goals(data="~nobody-of-this-name/a.csv"),
        {"files": {"~a.csv": "vote\nA\nB"}, "goals": {"data": "./~a.csv"}},
        right=counts(1, 1),
    ),
    Case(
        'state the encoding of the file, as in encoding = "cp1252"',
        {
            "files": {"a.csv": "vote\nGr\xfcn\nB".encode("cp1252")},
            "problem_area": {"goals": ["Gr\xfcn", "B"]},
            "goals": {"data": "a.csv"},
        },
        goals(encoding="cp1252"),
        right=counts(1, 1),
    ),
    # the form of the table
    Case(
        'state separator = ";"',
        csv("vote;w A;1 B;2", weight="w"),
        goals(separator=";"),
        right=counts(1, 1),
    ),
    Case(
        "quote cells that hold the separator, and fill short rows up",
        csv("vote,w A B,1", weight="w"),
        csv("vote,w A,1 B,1"),
    ),
    Case(
        "quote cells that hold the separator, and fill short rows up",
        csv("vote,w A,1,5 B,1", weight="w"),
        csv('vote,w A,"1,5" B,1'),
        then="decimal",
    ),
    Case("rename or remove one of them", csv("vote,vote A,A"), csv("vote,old A,A B,A")),
    Case("did you mean 'vote'?", goals(goal="vot"), goals(goal="vote"), right=counts(2, 1)),
    Case("did you mean 'a.csv'?", csv("vote A B") | goals(data="b.csv"), goals(data="a.csv")),
    Case(
        "name the right column, or sort its values into labels first",
        goals(data={"vote": [f"text {i}" for i in range(300)], "v": ["A"] * 300}),
        goals(goal="v"),
        right=counts(300, 0),
    ),
    # columns exchanged
    Case(
        'state goal = "vote" and weight = "w"',
        goals(data={**VOTES, "w": [1.5, 1.0, 2.0]}, goal="w", weight="vote"),
        goals(goal="vote", weight="w"),
        right=counts(2, 1),
    ),
    Case(
        'state goal = "vote" and population = "place"',
        goals(data={**VOTES, "place": ["n", "n", "n"]}, goal="place", population="vote"),
        goals(goal="vote", population="place"),
        right=counts(2, 1),
    ),
    Case(
        'state count = "n" and weight = "w"',
        goals(data={**VOTES, "w": [0.5, 1.0, 2.0], "n": [3, 4, 5]}, count="w", weight="n"),
        goals(count="n", weight="w"),
        right=counts(8, 4),
    ),
    # numbers
    Case(
        "write numbers without a separator of thousands, as in 1234",
        csv('vote,n A,"1,234" B,9', count="n"),
        csv("vote,n A,1234 B,9", count="n"),
        right=counts(1234, 9),
    ),
    Case(
        "count agents: multiply percentages by the number asked, and round; weights go into a "
        "column of their own",
        goals(data={"vote": ["A", "B"], "pct": [43.5, 56.5]}, count="pct"),
        goals(data={"vote": ["A", "B"], "pct": [440, 572]}),
        right=counts(440, 572),
    ),
    Case(
        "correct the cells, or name the right column; numbers that stand for missing cells are "
        'stated in missing, as in missing = ["-99"]',
        goals(data={**VOTES, "x": [-0.5, 1, 2], "w": [1, 1, 2]}, weight="x"),
        goals(weight="w"),
    ),
    Case(
        'stated in missing, as in missing = ["-99"]',
        goals(data={"vote": ["A", "B", ""], "w": [1, 2, -99]}, weight="w"),
        goals(missing=["-99"]),
        right=counts(1, 1),
    ),
    Case(
        'stated in missing, as in missing = ["-99"]',
        goals(data={**VOTES, "w": [1, 2, -99]}, weight="w"),
        goals(missing=["-99"]),
        then="the weight is blank",
    ),
    Case(
        'where = { "w" = { not = "" } } leaves such rows out, and the result says how many',
        goals(data={**VOTES, "w": [1, 2, -99]}, weight="w", missing=["-99"]),
        goals(where={"w": {"not": ""}}),
        right=counts(1, 1),
    ),
    Case(
        'state missing = { "age" = ["NA", "?"] } if they stand for missing cells',
        goals(data={**VOTES, "age": [20, "NA", "?"]}, where={"age": {"at_least": 18}}),
        goals(missing={"age": ["NA", "?"]}),
        right=counts(1, 0),
    ),
    Case(
        'compare dates with a date, as in where = { "day" = { at_least = "2020-01-03" } }; or '
        'state missing = { "day" = ["2020-01-03", "2020-02-01"] } if they stand for missing cells',
        goals(
            data={**VOTES, "day": ["2020-01-03", "", "2020-02-01"]},
            where={"day": {"at_least": 2020}},
        ),
        goals(where={"day": {"at_least": "2020-01-03"}}),
        right=counts(2, 0),
    ),
    Case(
        "write the dates of the column as 2020-01-31; or state missing",
        goals(
            data={**VOTES, "day": ["3.1.2020", "1.2.2020", "2.2.2020"]},
            where={"day": {"at_least": "2020-02"}},
        ),
        goals(data={**VOTES, "day": ["2020-01-03", "2020-02-01", "2020-02-02"]}),
        right=counts(1, 1),
    ),
    Case(
        "write numbers without a separator of thousands, as in 1234",
        goals(data={"vote": ["A", "B"], "n": ["1 234", "9"]}, count="n"),
        goals(data={"vote": ["A", "B"], "n": ["1234", "9"]}),
        right=counts(1234, 9),
    ),
    Case(
        "write numbers without a sign of percent, and divide percentages by 100",
        conflict(**fixed(("A", "B", "35 %"))),  # type: ignore[arg-type]
        conflict(**fixed(("A", "B", 0.35))),
        right=lambda study: study.conflict.sources[0].conflict.tolist() == [0.35],
    ),
    # labels
    Case(
        "add it to goals, no_goal or not_answers",
        goals(data={"vote": ["A", "B", "else"]}),
        {"problem_area": {"goals": ["A", "B", "else"]}},
        right=counts(1, 1, 1),
    ),
    Case(
        "add it to goals, no_goal or not_answers or to codes",
        goals(data={"vote": ["A", "B", "x"]}, codes={"y": "A"}),
        goals(codes={"y": "A", "x": "B"}),
        right=counts(1, 2),
    ),
    Case(
        "add it to goals, no_goal, other_labels or not_answers",
        WIDE(data=rows("r1 r2 r3", "A A x", "B B B", "A B A")),
        WIDE(data=rows("r1 r2 r3", "A A x", "B B B", "A B A"), other_labels=["x"]),
    ),
    Case(
        "add it to labels or not_answers",
        WIDE(data=rows("r1 r2 r3", "A A x", "B B B", "A B A"), labels=["A", "B"]),
        goals(labels=["A", "B", "x"]),
    ),
    Case(
        "leave the cell empty if the goal is not known",
        WIDE(data=rows("r1 r2 r3 g", "A A B x", "B B B B", "A B A A"), gold="g"),
        goals(data=rows("r1 r2 r3 g", "A A B .", "B B B B", "A B A A")),
    ),
    Case(
        "write the label in the data and in the study in the same way",
        goals(data={"vote": ["A ", "a", "B"]}),
        goals(data=VOTES),
        right=counts(2, 1),
    ),
    Case(
        "correct the cell, or leave it empty",
        goals(data={"vote": ["#N/A", "A", "B"]}),
        goals(data={"vote": ["", "A", "B"]}),
        right=counts(1, 1),
    ),
    Case(
        'state what the codes stand for: codes = {"1" = "...", "2" = "..."}',
        goals(data={"vote": [1, 2, 1]}),
        goals(codes={"1": "A", "2": "B"}),
        right=counts(2, 1),
    ),
    Case(
        'state what the codes stand for: codes = {"1" = "...", "2" = "..."}',
        goals(data={"vote": [1, 2, 1]}),
        goals(codes={"1": "...", "2": "..."}),
        then="2 codes stand for labels that are unknown",
    ),
    Case(
        "name the column that holds the labels",
        goals(data={"age": list(range(18, 58)), "vote": ["A"] * 40}, goal="age"),
        goals(goal="vote"),
        right=counts(40, 0),
    ),
    Case(
        "remove the row: a total would count its agents again",
        goals(data={"vote": ["A", "B", "Total"]}),
        goals(data={"vote": ["A", "B"]}),
        right=counts(1, 1),
    ),
    Case(
        "if it is an answer",
        goals(data={"vote": ["A", "None", "B"]}),
        {"problem_area": {"no_goal": ["None"]}},
        right=counts(1, 1, 1),
    ),
    # the problem area
    Case(
        'list them, as in goals = ["yes", "no"]',
        {"problem_area": {"goals": []}},
        {"problem_area": {"goals": ["A", "B"]}},
    ),
    Case(
        "keep one of them, and write it in the data in the same way",
        {"problem_area": {"goals": ["A", "B", "a"]}},
        {"problem_area": {"goals": ["A", "B"]}},
    ),
    Case(
        "write a label that can be read, without what cannot be seen",
        {"problem_area": {"goals": ["A", "B", "C\u200b"]}},
        {"problem_area": {"goals": ["A", "B", "C"]}},
    ),
    Case(
        "write it without: this is how results name pairs of goals",
        {"problem_area": {"goals": ["A", "B", "C | D"]}},
        {"problem_area": {"goals": ["A", "B", "C or D"]}},
    ),
    Case(
        "rename the label, or move it to no_goal",
        {"problem_area": {"goals": ["A", "B", "no goal"], "no_goal": ["Unsure"]}},
        {"problem_area": {"goals": ["A", "B"], "no_goal": ["Unsure", "no goal"]}},
    ),
    # respondents and populations
    Case(
        "keep one row of each respondent",
        goals(data={**VOTES, "id": [1, 2, 2]}, respondent="id"),
        goals(data={"vote": ["A", "B"], "id": [1, 2]}),
        right=counts(1, 1),
    ),
    Case(
        'state empty_population = "leave out", or a name for the population of these rows',
        goals(data={**VOTES, "place": ["n", "", "n"]}, population="place"),
        goals(empty_population="leave out"),
        right=counts(2, 0),
    ),
    Case(
        'state empty_population = "leave out", or a name for the population of these rows',
        goals(data={**VOTES, "place": ["n", "", "n"]}, population="place"),
        goals(empty_population="elsewhere"),
        right=lambda study: study.goals.populations == ("n", "elsewhere"),
    ),
    Case(
        'NA is how R writes a missing cell: state missing = ["NA"]; list it in populations',
        goals(data={**VOTES, "place": ["n", "NA", "n"]}, population="place"),
        goals(missing=["NA"], empty_population="leave out"),
        right=counts(2, 0),
    ),
    Case(
        "list it in populations if it is one",
        goals(data={**VOTES, "place": ["n", "NA", "n"]}, population="place"),
        goals(populations=["n", "NA"]),
        right=lambda study: study.goals.populations == ("n", "NA"),
    ),
    Case(
        "add it to populations, or remove its rows",
        goals(data={**VOTES, "p": ["n", "s", "n"]}, population="p", populations=["n"]),
        goals(populations=["n", "s"]),
    ),
    Case(
        "write each in one way",
        goals(data={**VOTES, "place": ["n", "N", "n"]}, population="place"),
        goals(data={**VOTES, "place": ["n", "n", "n"]}),
    ),
    Case(
        "state the size of every population, or of none",
        goals(data={**VOTES, "p": ["n", "s", "n"]}, population="p", population_size={"n": 9}),
        goals(population_size={"n": 9, "s": 7}),
    ),
    Case(
        "divide percentages by 100",
        {
            **goals(data={**VOTES, "p": ["n", "s", "n"]}, population="p"),
            "populations": {"shares": {"n": 60.0, "s": 40.0}},
        },
        {"populations": {"shares": {"n": 0.6, "s": 0.4}}},
        right=lambda study: study.union is not None and study.union.shares == (0.6, 0.4),
    ),
    # the study file
    Case(
        'state one of them under [conflict]; the simplest is model = "mutually-exclusive"',
        {"conflict": None},
        {"conflict": BASE["conflict"]},
    ),
    Case(
        'state one of them under [goals]; the simplest is model = "single-choice"',
        goals(model=None),
        goals(model="single-choice"),
    ),
    Case(
        'write it, as in name = "vote" and goals = ["yes", "no"] under [problem_area]',
        {"problem_area": None},
        {"problem_area": {"name": "vote", "goals": ["A", "B"]}},
    ),
    Case("state goal", goals(goal=None), goals(goal="vote")),
    Case("did you mean 'weight'?", goals(wieght="w"), goals(wieght=None)),
    Case(
        'state agents = "with-replacement" under [report]',
        {**goals(population_size=1, data={"vote": ["A"]}), "report": {"agents": "different"}},
        {"report": {"agents": "with-replacement"}},
    ),
    Case(
        'state population_size under [goals], or agents = "with-replacement" under [report]',
        {"report": {"agents": "different"}},
        goals(population_size=50),
    ),
    Case(
        "leave the weights out: a census needs none",
        goals(data={**VOTES, "w": [1, 2, 1]}, weight="w", population_size=3),
        goals(weight=None),
        right=counts(2, 1),
    ),
]
