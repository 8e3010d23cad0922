"""Fixes of messages about evidence of conflict, each obeyed."""

from tests.fixes import (
    LONG,
    THREE,
    VOTES,
    Case,
    conflict,
    fixed,
    goals,
    levels,
    rows,
    three,
)

PAIRS = "goal goal_other"
RATED = {"model": "rated", "scale": [1, 5]}
JUDGED = {"model": "judged"}
DRAWS = {"model": "drawn-shares", "goal": None}
IDS = {"data": {**VOTES, "id": ["u", "v", "w"]}, "respondent": "id"}
MET = {"model": "encounters", "agent": "one", "agent_other": "two"}
MANY = range(18)
ALL_MET = [f"{i} {j} yes" for i in MANY for j in MANY if i < j]  # circles without end
TWO_PLACES = {"data": {**VOTES, "place": ["n", "s", "n"]}, "population": "place"}
CASES = [
    # catch-alls
    # agreement
    Case(
        "state agreement = true if ratings are of agreement",
        conflict(**RATED, data=rows(f"{PAIRS} rating", "A B 2", "A A 5", "B B 5")),
        conflict(agreement=True, self_ratings="leave out"),
        right=lambda study: study.conflict.sources[0].raw_level.tolist() == [[0.75]],
    ),
    Case(
        'state self_ratings = "leave out" to leave ratings of a goal with itself out',
        conflict(**RATED, data=rows(f"{PAIRS} rating", "A B 2", "A A 1", "B B 1")),
        conflict(self_ratings="leave out"),
        right=lambda study: study.conflict.sources[0].raw_level.tolist() == [[0.25]],
    ),
    # known levels and statements
    Case(
        "decide on one, for example the mean of the two",
        three(model="fixed", matrix=[[0, 0.8, 0.3], [0.4, 0, 0.5], [0.3, 0.5, 0]]),
        conflict(matrix=[[0, 0.6, 0.3], [0.6, 0, 0.5], [0.3, 0.5, 0]]),
        right=levels(0.6, 0.3, 0.5),
    ),
    Case(
        'name the column, as in conflict = "level"',
        three(
            model="fixed",
            data=rows(f"{PAIRS} level", "A B 0.8", "A C 0.3", "B C 0.5"),
        ),
        conflict(conflict="level"),
        right=levels(0.8, 0.3, 0.5),
    ),
    Case(
        'name the column, as in goal_other = "goal_2"',
        conflict(**JUDGED, data=rows("goal goal_2 conflict", "A B yes", "A B no")),
        conflict(goal_other="goal_2"),
    ),
    Case(
        'name the column, as in goal = "goal_1"',
        {
            **conflict(**JUDGED, data="pairs.csv"),
            "files": {"pairs.csv": "goal_1,goal_2,conflict\nA,B,yes\nA,B,no\n"},
        },
        conflict(goal="goal_1", goal_other="goal_2"),
        only=False,
    ),
    Case(
        "write them there, or state the numbers as matrix, in the order of the goals",
        {
            **three(model="fixed", data="m.csv"),
            "files": {"m.csv": "0,0.8,0.3\n0.8,0,0.5\n0.3,0.5,0\n"},
        },
        conflict(data=None, matrix=[[0, 0.8, 0.3], [0.8, 0, 0.5], [0.3, 0.5, 0]]),
        right=levels(0.8, 0.3, 0.5),
    ),
    # goals in an order
    Case(
        "leave it out of the order; or move it from no_goal to goals, as the answer in the middle",
        {
            "problem_area": {"goals": ["A", "B"], "no_goal": ["C"]},
            "goals": {"data": {"vote": ["A", "B", "C"]}},
            "conflict": {"model": "ordinal", "order": ["A", "C", "B"]},
        },
        {"problem_area": {"goals": ["A", "B", "C"], "no_goal": []}},
        right=levels(1.0, 0.5, 0.5),
    ),
    Case(
        "leave one of them out",
        three(model="ordinal", power=2, threshold=2),
        conflict(power=None),
        right=levels(0.0, 1.0, 0.0),
    ),
    Case(
        "state goals, if its rows are others than the goals of the problem area",
        three(model="fixed", matrix=[[0, 1], [1, 0]], unnamed_pairs=0.5),
        conflict(goals=["A", "C"]),
        right=levels(1.0),
    ),
    Case(
        "name them, or state a level for all of them, as in unnamed_pairs = 0.5",
        three(**fixed(("A", "B", 1))),
        conflict(unnamed_pairs=0.25),
    ),
    Case(
        "divide percentages by 100",
        conflict(model="elicited", pairs=[{"between": ["A", "B"], "range": [20, 40]}]),
        conflict(pairs=[{"between": ["A", "B"], "range": [0.2, 0.4]}]),
        right=lambda study: study.conflict.sources[0].high.tolist() == [0.4],
    ),
    Case(
        'state levels that are known apart, with model = "fixed"',
        conflict(model="elicited", pairs=[{"between": ["A", "B"], "range": [0.5, 0.5]}]),
        {"conflict": fixed(("A", "B", 0.5))},
        right=levels(0.5),
    ),
    Case(
        "write the lower end first",
        conflict(model="elicited", pairs=[{"between": ["A", "B"], "range": [0.5, 0.2]}]),
        conflict(pairs=[{"between": ["A", "B"], "range": [0.2, 0.5]}]),
    ),
    Case(
        "state mean = 0.5 and strength = 2 if every level is as probable",
        conflict(model="elicited", pairs=[{"between": ["A", "B"], "range": [0.0, 1.0]}]),
        conflict(pairs=[{"between": ["A", "B"], "mean": 0.5, "strength": 2}]),
    ),
    Case(
        'use model = "experts" if these are statements of several people',
        conflict(model="elicited", pairs=[{"between": ["A", "B"], "range": [0.2, 0.5]}] * 2),
        conflict(
            model="experts",
            pairs=[
                {"expert": name, "between": ["A", "B"], "range": [0.2, 0.5]} for name in ("x", "y")
            ],
        ),
    ),
    Case(
        'state pooling = "linear", or leave weights out',
        conflict(
            model="experts",
            pairs=[{"expert": "Ann", "between": ["A", "B"], "range": [0.2, 0.5]}],
            weights={"Ann": 2},
        ),
        conflict(pooling="linear"),
    ),
    Case(
        "state 0 for those who should not count",
        conflict(
            model="experts",
            pooling="linear",
            pairs=[
                {"expert": name, "between": ["A", "B"], "range": [0.2, 0.5]} for name in ("x", "y")
            ],
            weights={"x": 1},
        ),
        conflict(weights={"x": 1, "y": 0}),
    ),
    # judgements and ratings
    Case(
        'name the words, as in yes = ["ja"] and no = ["nein"]',
        conflict(**JUDGED, data=rows(f"{PAIRS} conflict", "A B Y", "A B N")),
        conflict(yes=["Y"], no=["N"]),
        right=lambda study: study.conflict.sources[0].yes.tolist() == [1.0],
    ),
    Case(
        "choose a model that takes levels or ratings; bayes-misalign models lists them",
        conflict(**JUDGED, data=rows(f"{PAIRS} conflict", "A B 0.35")),
        conflict(model="fixed"),
        right=levels(0.35),
    ),
    Case(
        'state goal = "rating" and rating = "goal"',
        conflict(**RATED, data={"goal": [3], "goal_other": ["B"], "rating": ["A"]}),
        conflict(goal="rating", rating="goal"),
        right=lambda study: study.conflict.sources[0].raw_level.tolist() == [[0.5]],
    ),
    Case(
        "state both yes and no, with different words",
        conflict(**JUDGED, data=rows(f"{PAIRS} conflict", "A B 0", "A B 1"), yes=["0"]),
        conflict(no=["1"]),
        right=lambda study: study.conflict.sources[0].yes.tolist() == [1.0],
    ),
    Case(
        "remove one, or state repeated = true if raters were asked again",
        conflict(**JUDGED, data=rows(f"{PAIRS} conflict who", "A B 0 r", "A B 1 r"), rater="who"),
        conflict(repeated=True),
    ),
    Case(
        "remove one, or state repeated = true if raters were asked again",
        conflict(**RATED, data=rows(f"{PAIRS} rating who", "A B 1 r", "A B 2 r"), rater="who"),
        conflict(data=rows(f"{PAIRS} rating who", "A B 1 r")),
    ),
    Case(
        "leave the column out if nobody knows who judged",
        conflict(**JUDGED, data=rows(f"{PAIRS} conflict who", "A B 0 .", "A B 1 r"), rater="who"),
        conflict(rater=None),
    ),
    Case(
        "leave the column out if nobody knows who rated",
        conflict(**RATED, data=rows(f"{PAIRS} rating who", "A B 1 .", "A B 2 r"), rater="who"),
        conflict(rater=None),
    ),
    Case(
        "name answers that are no ratings in not_ratings",
        conflict(**RATED, data=rows(f"{PAIRS} rating", "A B 3", "A B 99")),
        conflict(not_ratings=["99"]),
        right=lambda study: study.conflict.sources[0].raw_level.tolist() == [[0.5]],
    ),
    Case(
        "state other ends of the scale if ratings go further",
        conflict(**RATED, data=rows(f"{PAIRS} rating", "A B 1", "A B 7")),
        conflict(scale=[1, 7]),
        right=lambda study: study.conflict.sources[0].raw_level.tolist() == [[0.5]],
    ),
    Case(
        "write the pair in one order, or state directed = true if raters hold the first goal of "
        "the row",
        conflict(**RATED, data=rows(f"{PAIRS} rating", "A B 1", "B A 3")),
        conflict(directed=True),
    ),
    Case(
        "state it, as in scale = [1, 5], or scale = [100, 0] for warmth",
        conflict(model="rated", data=rows(f"{PAIRS} rating", "A B 1", "A B 3")),
        conflict(scale=[1, 5]),
        right=lambda study: study.conflict.sources[0].raw_level.tolist() == [[0.25]],
    ),
    Case(
        "leave one of them out",
        conflict(**RATED, levels=["1", "3"], data=rows(f"{PAIRS} rating", "A B 1", "A B 3")),
        conflict(scale=None),
    ),
    Case(
        "leave values out, or name the ratings in levels in place of the scale",
        conflict(**RATED, values=[0, 1], data=rows(f"{PAIRS} rating", "A B 1", "A B 3")),
        conflict(values=None),
    ),
    Case(
        "state one, as in prior = { location = 1.5 }",
        conflict(**RATED, data=rows(f"{PAIRS} rating", "A B ."), unnamed_pairs=None),
        conflict(prior={"location": 1.5}),
    ),
    Case(
        "put them into one table, or state a level for these pairs in unnamed_pairs",
        {
            **THREE,
            "conflict": [
                {**RATED, "data": rows(f"{PAIRS} rating", "A B 1")},
                {**RATED, "data": rows(f"{PAIRS} rating", "A C 1")},
            ],
        },
        {"conflict": {**RATED, "data": rows(f"{PAIRS} rating", "A B 1", "A C 1")}},
    ),
    # encounters
    Case(
        'name it, as in respondent = "id"',
        {
            "goals": {"data": IDS["data"]},
            "conflict": {**MET, "data": rows("one two conflict", "u v yes")},
        },
        goals(respondent="id"),
    ),
    Case(
        "put the encounters into one table",
        {
            "goals": IDS,
            "conflict": [
                {**MET, "data": rows("one two conflict", "u v yes")},
                {**MET, "data": rows("one two conflict", "v w no")},
            ],
        },
        {"conflict": {**MET, "data": rows("one two conflict", "u v yes", "v w no")}},
    ),
    Case(
        "leave background out: such conflicts tell how often others are over something else",
        conflict(
            model="encounters",
            data=rows(f"{PAIRS} conflict", "A A yes", "A B yes"),
            background=False,
        ),
        conflict(background=None),
    ),
    Case(
        "name the goals of the two agents in each row, in goal and goal_other",
        {
            "goals": {**DRAWS, "data": rows("A B", ".5 .5", ".25 .75")},
            "conflict": {**MET, "data": rows("one two conflict", "u v yes")},
        },
        conflict(agent=None, agent_other=None, data=rows(f"{PAIRS} conflict", "A B yes")),
    ),
    Case(
        "state the goals of some of these agents, or leave some encounters out",
        {
            **LONG(data=rows("id who says", *(f"{i} r A" for i in MANY))),
            "conflict": {**MET, "data": rows("one two conflict", *ALL_MET)},
        },
        conflict(data=rows("one two conflict", *ALL_MET[:30])),
    ),
    Case(
        "leave population_size out: the populations are then taken as large",
        {
            **LONG(population_size=50),
            "conflict": {**MET, "data": rows("one two conflict", "1 2 yes", "2 3 no")},
        },
        goals(population_size=None),
    ),
    Case(
        "measure conflict once for all populations, or leave these encounters out",
        {
            **LONG(
                data=rows("id who says at", "1 r A n", "1 s A n", "2 r B s", "2 s B s"),
                population="at",
            ),
            "conflict": [
                {
                    **RATED,
                    "data": rows(f"{PAIRS} rating at", "A B 1 n", "A B 3 s"),
                    "population": "at",
                },
                {**MET, "data": rows("one two conflict", "1 2 yes")},
            ],
        },
        {
            "conflict": {
                **RATED,
                "data": rows(f"{PAIRS} rating at", "A B 1 n", "A B 3 s"),
                "population": "at",
            }
        },
    ),
    Case(
        "give an agent another id in each population, in both tables",
        {
            "goals": {
                "data": rows("vote id at", "A u n", "B u s", "B v n"),
                "respondent": "id",
                "population": "at",
            },
            "conflict": {**MET, "data": rows("one two conflict", "u v yes")},
        },
        {
            "goals": {"data": rows("vote id at", "A u_n n", "B u_s s", "B v n")},
            "conflict": {"data": rows("one two conflict", "u_n v yes")},
        },
    ),
    Case(
        "divide percentages by 100, and distances or other numbers on a longer scale by the "
        "largest that there can be",
        conflict(model="drawn-conflict", data=rows(f"draw {PAIRS} conflict", "1 A B 50")),
        conflict(data=rows(f"draw {PAIRS} conflict", "1 A B 0.5")),
    ),
    Case(
        "write the labels of goals in place of numbers that stand for them",
        conflict(**JUDGED, data=rows(f"{PAIRS} conflict", "1 2 yes", "2 1 no")),
        conflict(data=rows(f"{PAIRS} conflict", "A B yes", "B A no")),
    ),
    Case(
        "give the same draws of both, in the same order",
        {
            **goals(**DRAWS, data=rows("A B", ".5 .5", ".25 .75"), paired=True),
            "conflict": {
                "model": "drawn-conflict",
                "data": rows(f"draw {PAIRS} conflict", "1 A B .5"),
                "paired": True,
            },
        },
        conflict(data=rows(f"draw {PAIRS} conflict", "1 A B .5", "2 A B .75")),
    ),
    # conflict by population
    Case(
        "leave it out, or add evidence about its goals",
        {
            "goals": TWO_PLACES,
            "conflict": {
                **RATED,
                "data": rows(f"{PAIRS} rating place", "A B 1 n", "A B 3 s", "A B 3 elsewhere"),
                "population": "place",
            },
        },
        conflict(data=rows(f"{PAIRS} rating place", "A B 1 n", "A B 3 s")),
    ),
]
