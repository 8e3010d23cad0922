"""Fixes of messages about agents who hold goals with strengths, each obeyed."""

from tests.fixes import Case, counts, goals, rows

OPTIONS = {"model": "endorsement", "goal": None, "room": False}
COLUMNS = {"car": "A", "bike": "B"}
SOUND = rows("car bike", "1 0", "0 1", "0.5 0.5")
WIDE = {**OPTIONS, "columns": COLUMNS}
LONG = {**OPTIONS, "agent": "id", "goal": "g", "strength": "s"}
FINE = [i / 1501 for i in range(1502)]
DRAWN = {
    "car": [i / 800 for i in range(1, 801)],
    "bike": [0.5] * 800,
    "c": [str(i // 2) for i in range(800)],
}
CASES = [
    Case(
        "rename the label, and name its column in columns, or what stands for it in the data in "
        "codes",
        {
            "problem_area": {"goals": ["A + x", "B"]},
            **goals(**OPTIONS, columns={"car": "A + x", "bike": "B"}, data=SOUND),
        },
        {"problem_area": {"goals": ["A", "B"]}, **goals(columns={"car": "A", "bike": "B"})},
        right=counts(1, 1, 1),
    ),
    Case(
        "state largest = 5 if strengths go up to it; or scale, if these are points of one",
        goals(**WIDE, data=rows("car bike", "5 0", "0 1", "1 1")),
        goals(largest=5),
        right=counts(1, 1, 1),
    ),
    Case(
        "correct the cell",
        goals(**WIDE, data=rows("car bike", "-1 0", "0 1", "1 1")),
        goals(data=SOUND),
        right=counts(1, 1, 1),
    ),
    Case(
        "add the point to scale, or correct the cell",
        goals(**WIDE, data=rows("car bike", "3 1", "1 2", "2 2"), scale=["1", "2"]),
        goals(scale=["1", "2", "3"]),
        right=counts(1, 1, 1),
    ),
    Case(
        "round strengths to fewer steps, such as 0.1; or leave out goals",
        goals(**WIDE, data={"car": FINE, "bike": FINE[::-1]}),
        goals(data={"car": [round(x, 1) for x in FINE], "bike": [0] * len(FINE)}),
        then="all strengths are zero of",
    ),
    Case(
        "put goals or points of a scale together; or leave the design out and state its design "
        "effect, as in deff = 2.0",
        goals(**WIDE, data=DRAWN, cluster="c"),
        goals(cluster=None, deff=2.0),
        right=lambda study: study.goals.n_effective.round().tolist() == [len(DRAWN["c"]) / 2],
    ),
    Case(
        "state room = true",
        goals(**WIDE, data=rows("car bike", ". .", ". .")),
        goals(room=True),
    ),
    Case(
        "name its column too, or leave the goal out of the problem area",
        goals(**OPTIONS, columns={"car": "A"}, data=SOUND),
        goals(columns=COLUMNS),
        right=counts(1, 1, 1),
    ),
    Case(
        "leave one of them out of columns",
        goals(
            **OPTIONS,
            columns={"car": "A", "bike": "B", "bus": "A"},
            data={**SOUND, "bus": [0, 0, 0]},
        ),
        goals(columns={"bus": None}),
        right=counts(1, 1, 1),
    ),
    Case(
        'state empty_cell = "not held", or empty_cell = "left out" to leave out these agents',
        goals(**WIDE, data=rows("car bike", "1 .", "0 1", "0.5 0.5")),
        goals(empty_cell="not held"),
        right=counts(1, 1, 1),
    ),
    Case(
        'state no_goal = ["none of these"] under [problem_area]: they hold no goal',
        goals(**WIDE, data=rows("car bike", "1 0", "0 1", "0 0")),
        {"problem_area": {"no_goal": ["none of these"]}},
        right=counts(1, 1, 1),
    ),
    Case(
        "keep one row of each",
        goals(**LONG, data=rows("id g s", "1 A 1", "1 A 1", "2 B 1")),
        goals(data=rows("id g s", "1 A 1", "2 B 1")),
        right=counts(1, 1),
    ),
    Case(
        "add it to goals, no_goal or not_answers",
        goals(**LONG, data=rows("id g s", "1 A 1", "2 B 1", "3 X 1")),
        {"problem_area": {"no_goal": ["X"]}},
        right=counts(1, 1, 1),
    ),
]
