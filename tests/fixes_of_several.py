"""Fixes of messages about agents who hold several goals, each obeyed."""

from tests.fixes import Case, counts, goals, rows

TICKS = rows("car bike", "1 0", "1 1", "0 1")
OPTIONS = {"model": "multi-select", "goal": None, "columns": {"car": "A", "bike": "B"}}
THREE_COLUMNS = {"car": "A", "bike": "B", "bus": "C"}
CELLS = {"model": "multi-select", "goal": "vote"}
CASES = [
    Case(
        'state model = "multi-select", where agents hold all that they name; or name a column with '
        "one answer of each agent, such as the most important one",
        goals(data={"vote": ["A;B", "A", "B"]}),
        goals(model="multi-select"),
        right=counts(1, 1, 1),
    ),
    Case(
        'state model = "multi-select", and the goal of each in columns, or name one of them',
        goals(data=rows("q_1 q_2", "1 0", "1 1", "0 1"), goal="q"),
        goals(model="multi-select", goal=None, columns={"q_1": "A", "q_2": "B"}),
        right=counts(1, 1, 1),
    ),
    Case(
        "rename the label, and state what stands for it in the data in codes",
        {
            "problem_area": {"goals": ["A + x", "B"]},
            **goals(**CELLS, data={"vote": ["A + x", "B"]}),
        },
        {"problem_area": {"goals": ["Ax", "B"]}, **goals(codes={"A + x": "Ax"})},
        right=counts(1, 1, 0),
    ),
    Case(
        'name each column, as in columns = { "q1_car" = "car" }',
        goals(**OPTIONS | {"columns": "by_{goal}"}, data=TICKS),
        goals(columns={"car": "A", "bike": "B"}),
        right=counts(1, 1, 1),
        only=False,
    ),
    Case(
        "name its column too, or leave the goal out of the problem area",
        goals(**OPTIONS | {"columns": {"car": "A"}}, data=TICKS),
        goals(columns={"car": "A", "bike": "B"}),
        right=counts(1, 1, 1),
    ),
    Case(
        "add it to goals, no_goal or not_answers",
        goals(
            **OPTIONS | {"columns": {"car": "A", "bike": "B", "bus": "C"}},
            data={**TICKS, "bus": [0, 0, 0]},
        ),
        {"problem_area": {"goals": ["A", "B", "C"]}},
        right=counts(1, 1, 0, 1, 0, 0, 0),
    ),
    Case(
        "leave it out of one of the lists",
        goals(**OPTIONS, data=TICKS, ticked=["1"], unticked=["0", "1"]),
        goals(unticked=["0"]),
        right=counts(1, 1, 1),
    ),
    Case(
        'state ticked = ["maybe"] or unticked = ["maybe"], with all other marks that mean the same',
        goals(**OPTIONS, data=rows("car bike", "maybe 0", "1 1", "0 1")),
        goals(ticked=["1", "maybe"]),
        right=counts(1, 1, 1),
    ),
    Case(
        "correct these cells; or list the label among goals, if it is one",
        {"problem_area": {"no_goal": ["none"]}, **goals(**CELLS, data={"vote": ["A;none", "B"]})},
        goals(data={"vote": ["A", "B"]}),
        right=counts(1, 1, 0, 0),
    ),
    Case(
        'state no_goal = ["none of these"] under [problem_area]: they hold no goal',
        goals(**OPTIONS, data=rows("car bike", "1 0", "0 0", "0 1")),
        {"problem_area": {"no_goal": ["none of these"]}},
        right=counts(1, 1, 0, 1),
    ),
    Case(
        "keep one row of each respondent; name the column of the wave of a panel as population",
        goals(**CELLS, respondent="id", data=rows("id vote at", "1 A x", "1 B y")),
        goals(population="at"),
        right=counts(1, 0, 0),
    ),
]
