"""Fixes of messages about agents who put alternatives in an order, each obeyed."""

from itertools import islice, permutations

from tests.fixes import Case, Tables, goals, rows

THREE: Tables = {"problem_area": {"goals": ["A", "B", "C"]}}
CELLS = {"model": "ranked", "goal": None, "order": "vote"}
PLACES = {"model": "ranked", "goal": None, "columns": {"q_1": "A", "q_2": "B"}}
MORE = {"q_1": "A", "q_2": "B", "x": "C"}
RANKS = rows("q_1 q_2", "1 2", "2 1")
SEVEN = list("ABCDEFG")
MANY = [" > ".join(order) for order in islice(permutations(SEVEN), 1600)]


def ranked(data: object, **change: object) -> Tables:
    """A study of orders of three alternatives in one cell."""
    return {**THREE, **goals(**CELLS, **{"data": data, **change})}


CASES = [
    Case(
        "rename the label, and state what stands for it in the data in codes",
        {
            "problem_area": {"goals": ["A > x", "B"]},
            **goals(**CELLS, data={"vote": ["A > x", "B"]}),
        },
        {"problem_area": {"goals": ["Ax", "B"]}, **goals(codes={"A > x": "Ax"}, before=">>")},
    ),
    Case(
        "take it out of one of them",
        ranked({"vote": ["A > B > C"]}, left_out=["C"]),
        goals(left_out=[]),
    ),
    Case(
        "add it to goals; or to left_out, which takes it out of every order",
        ranked({"vote": ["A > B > C > D"]}),
        goals(left_out=["D"]),
    ),
    Case(
        "correct these cells",
        ranked({"vote": ["A > B > A"]}),
        goals(data={"vote": ["A > B"]}),
    ),
    Case(
        "; or list the label among goals, if it is one",
        {
            "problem_area": {"goals": ["A", "B"], "no_goal": ["C"]},
            **goals(**CELLS, data={"vote": ["A > B > C"]}),
        },
        {"problem_area": {"goals": ["A", "B", "C"], "no_goal": ["none"]}},
    ),
    Case(
        "take alternatives out of the problem area, and name them in left_out",
        {"problem_area": {"goals": SEVEN}, **goals(**CELLS, data={"vote": MANY})},
        {"problem_area": {"goals": SEVEN[:4]}, **goals(left_out=SEVEN[4:])},
    ),
    Case(
        'name each column, as in columns = { "q1_car" = "car" }',
        goals(**PLACES | {"columns": "by_{goal}"}, data=RANKS),
        goals(columns={"q_1": "A", "q_2": "B"}),
        only=False,
    ),
    Case(
        "add it to goals, or to left_out",
        goals(
            **PLACES | {"columns": {"q_1": "A", "q_2": "B", "x": "C"}}, data={**RANKS, "x": [3, 3]}
        ),
        goals(left_out=["C"]),
    ),
    Case(
        "name one column for it, or leave the goal out of the problem area",
        {**THREE, **goals(**PLACES, data={**RANKS, "x": [3, 3]})},
        goals(columns={"q_1": "A", "q_2": "B", "x": "C"}),
    ),
    Case(
        'correct it; or state texts that mean a missing cell, as in missing = ["NA", "0"]',
        goals(**PLACES, data={"q_1": ["1", "1"], "q_2": ["0", "2"]}),
        goals(missing=["0"]),
    ),
    Case(
        "leave it out",
        ranked({"vote": ["A > B > C"]}, pairs=[["A", "B"], ["B", "A"]]),
        goals(pairs=[["A", "B"]]),
    ),
    Case(
        "keep one of these rows",
        {
            **THREE,
            **goals(
                model="ranked",
                goal=None,
                agent="who",
                alternative="what",
                rank="at",
                data={"who": ["1", "1", "1"], "what": ["A", "A", "B"], "at": ["1", "2", "3"]},
            ),
        },
        goals(data={"who": ["1", "1"], "what": ["A", "B"], "at": ["1", "3"]}),
    ),
    Case(
        "download it again",
        {
            **goals(model="ranked", goal=None, data="a.soi"),
            "files": {"a.soi": "# NUMBER VOTERS: 2\n2 1\n"},
        },
        {
            "files": {
                "a.soi": "# NUMBER VOTERS: 2\n# ALTERNATIVE NAME 1: A\n"
                "# ALTERNATIVE NAME 2: B\n2: 1,2\n"
            }
        },
    ),
]
CAUTIONS: list[tuple[str, Tables, Tables]] = [
    (
        "ask more agents",
        ranked({"vote": ["A > B > C", "C > B > A", "B > A > C"]}),
        goals(data={"vote": ["A > B > C", "B > A > C"], "n": [90, 20]}, count="n"),
    ),
]
