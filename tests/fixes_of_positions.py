"""Fixes of messages about goals placed on dimensions, each obeyed."""

from tests.fixes import (
    THREE,
    Case,
    conflict,
    fixed,
    rows,
    three,
)

PAIRS = "goal goal_other"
PLACED = {"model": "spatial", "ends": [0, 10]}
POSITIONS = rows("goal position", "A 1", "B 5", "C 9")
BY_PEOPLE = rows("goal position who", "A 1 r", "B 5 r", "C 9 r", "A 2 s", "B 4 s", "C 8 s")
CASES = [
    Case(
        'name the column of standard errors, as in error = "se", or state error = 0 for positions '
        "known exactly",
        three(**PLACED, data=POSITIONS),
        conflict(error=0),
    ),
    Case(
        "state error = 0 if these positions are known exactly",
        three(**PLACED, data=rows("goal position", *["A 1", "B 5", "C 9"] * 2)),
        conflict(error=0, data=POSITIONS),
    ),
    Case(
        "state error = 0 in place of a column if all positions are known exactly",
        three(**PLACED, data=rows("goal position se", "A 1 0", "B 5 0", "C 9 0"), error="se"),
        conflict(error=0),
    ),
    Case(
        "state other ends; or beyond_ends = true if positions are estimates that may lie beyond "
        "the ends",
        three(**PLACED, data=rows("goal position", "A 1", "B 5", "C 11"), error=1),
        conflict(beyond_ends=True),
    ),
    Case(
        "remove one, or leave error out: it is then learnt from how placements scatter",
        three(**PLACED, data=rows("goal position", "A 1", "B 5", "C 9", "A 2"), error=1),
        conflict(error=None),
    ),
    Case(
        "remove one",
        three(**PLACED, data=rows("goal position who", "A 1 r", "A 2 r", "B 3 s"), placed_by="who"),
        conflict(data=BY_PEOPLE),
    ),
    Case(
        "leave placed_by out if nobody knows who placed",
        three(**PLACED, data={**BY_PEOPLE, "who": ["", *"rrsss"]}, placed_by="who"),
        conflict(placed_by=None),
    ),
    Case(
        "place it, or leave the goal out and state its conflict in another source",
        three(
            **PLACED,
            data=rows("goal position on", "A 1 x", "B 5 x", "C 9 x", "A 1 y", "B 3 y"),
            dimension="on",
            error=0,
        ),
        conflict(
            data=rows("goal position on", "A 1 x", "B 5 x", "A 1 y", "B 3 y"), unnamed_pairs=1
        ),
    ),
    Case(
        "leave it out; another source may state its conflict, which is 0 if none does",
        {
            "problem_area": {"goals": ["A", "B", "C"], "no_goal": ["Unsure"]},
            "conflict": {
                **PLACED,
                "data": rows("goal position", "A 1", "B 5", "C 9", "Unsure 5"),
                "error": 0,
            },
        },
        conflict(data=POSITIONS),
    ),
    Case(
        "state its ends too",
        three(
            **{**PLACED, "ends": {"x": [0, 10]}},
            data=rows("goal position on", "A 1 x", "B 5 x", "C 9 x", *["A 1 yy", "B 3 yy"]),
            dimension="on",
            error=0,
        ),
        conflict(ends={"x": [0, 10], "yy": [0, 10]}),
        then="'C' is not placed on 'yy'",
    ),
    Case(
        'name it, as in dimension = "dimension"',
        three(**{**PLACED, "ends": {"x": [0, 10], "y": [0, 5]}}, data=POSITIONS, error=0),
        conflict(
            dimension="dimension",
            data=rows(
                "goal position dimension",
                *[f"{g} {p} {d}" for g, p in zip("ABC", "135", strict=True) for d in "xy"],
            ),
        ),
    ),
    Case(
        "leave one of them out",
        three(**PLACED, data=BY_PEOPLE, error=1, placed_by="who"),
        conflict(error=None),
    ),
    Case(
        "name the table of ratings, or leave this out",
        three(**PLACED, data=POSITIONS, error=0, rating_scale=[1, 5]),
        conflict(rating_scale=None),
    ),
    Case(
        "state rating_step, from one possible rating to the next",
        three(
            **PLACED,
            data=POSITIONS,
            error=0,
            ratings=rows(f"{PAIRS} rating", "A B 1", "A C 2"),
            rating_scale=[1, 2.5],
        ),
        conflict(rating_step=0.5),
    ),
    Case(
        "state a smaller rating_step: levels are equally spaced",
        three(
            **PLACED,
            data=POSITIONS,
            error=0,
            ratings=rows(f"{PAIRS} rating", "A B 1.5", "A C 2"),
            rating_scale=[1, 3],
        ),
        conflict(rating_step=0.5),
    ),
    Case(
        "place it, or leave its ratings out",
        three(
            **PLACED,
            data=rows("goal position", "A 1", "B 5"),
            error=0,
            unnamed_pairs=1,
            ratings=rows(f"{PAIRS} rating", "A B 1", "A C 2"),
            rating_scale=[1, 3],
        ),
        conflict(ratings=rows(f"{PAIRS} rating", "A B 1")),
    ),
    Case(
        "put them into one table, or place each goal in one of them only",
        {
            **THREE,
            "conflict": [{**PLACED, "data": POSITIONS, "error": 0}] * 2,
        },
        {"conflict": {**PLACED, "data": POSITIONS, "error": 0}},
    ),
    Case(
        "leave the positions out, or the pairs that distance should speak for out of the other "
        "sources",
        {
            "conflict": [
                fixed(("A", "B", 1)),
                {**PLACED, "data": rows("goal position", "A 1", "B 9"), "error": 0},
            ]
        },
        {"conflict": [{**PLACED, "data": rows("goal position", "A 1", "B 9"), "error": 0}]},
    ),
]
