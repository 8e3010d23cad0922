"""Fixes of messages about evidence of goals and their shares, each obeyed."""

from functools import partial

from tests.fixes import (
    ACTS,
    EXPECTED,
    LONG,
    WIDE,
    Case,
    fixed,
    goals,
    levels,
    rows,
    three,
)

FREE = rows("id who says", "1 r A", "1 s x1", "2 r x2", "2 s B", "3 r x3", "3 s A")
ELSE = {goal: {"give": 0.4, "take": 0.3, "else": 0.3} for goal in ("A", "B")}
GOLDEN = rows("id act goal", "1 give A", "2 take B", "3 burn B")
DRAWN = rows("r1 r2 r3 g", "A A B A", "B B B B", "A B A .")
DRAWS = {"model": "drawn-shares", "goal": None}
THREE_VOTES = {"vote": ["A", "B", "C"]}
PEOPLE = rows("age sex n", "18-29 w 10", "30-64 w 30", "18-29 m 11", "30-64 m 31")
CELLS = {"data": rows("vote age sex", "A 18-29 w", "B 30-64 m"), "model": "poststratified"}
CELLS |= {"covariates": ["age", "sex"], "table": PEOPLE, "size": "n"}
WORDS = [{"18-29": "young", "30-64": "old"}[text] for text in PEOPLE["age"]]
AGES = {"data": rows("vote age sex", "A young w", "B old m"), "table": {**PEOPLE, "age": WORDS}}
RUNS = {"data": rows("vote prompt w", "A 1 1.5", "B 1 1", "A 2 1"), "model": "clustered"}
CLUSTERS = partial(goals, **RUNS, cluster="prompt")
PERCENT = {"model": "published", "data": {"vote": ["A", "B"], "percent": [40, 60]}}
PERCENT |= {"percent": "percent", "n": 100}
PERCENT_OF_PARTS = rows(
    "vote age sex percent", "A 18-29 w 30", "B 18-29 w 70", "A 65+ m 60", "B 65+ m 40"
)
PLACES = goals(data=rows("vote place", "A n", "B n", "A s"), population="place")
CASES = [
    # catch-alls
    Case(
        'state other = "Other" if all of these are one goal, and list it among the goals',
        LONG(data=FREE),
        {"problem_area": {"goals": ["A", "B", "Other"]}, **LONG(data=FREE, other="Other")},
        right=lambda study: study.goals.reports.sum() == 6,
    ),
    Case(
        "add it to goals, no_goal, other_labels or not_answers",
        LONG(data=FREE, other="Other"),
        goals(other_labels=["Other"]),
        right=lambda study: study.goals.labels == ("A", "B", "Other"),
        only=False,  # labels that it would take are in no list, either
    ),
    Case(
        "add it to actions",
        ACTS(actions=["give", "take"], other="else", data=rows("id act", "1 give", "2 burn")),
        goals(actions=["give", "take", "else"], expected=ELSE),
        right=lambda study: study.goals.reports.tolist() == [[1, 0, 0], [0, 0, 1]],
        only=False,
    ),
    Case(
        'state them, as in actions = ["give", "take", "other"]',
        ACTS(expected=None, gold="goal", other="other", data=GOLDEN),
        goals(actions=["give", "take", "other"]),
    ),
    # how agents of known goal were drawn
    Case(
        "leave the known goal out of agents who could not be drawn, or correct the probability",
        WIDE(data=DRAWN | {"p": ["0.5", "0", ""]}, gold="g", gold_probability="p"),
        {"goals": {"data": DRAWN | {"p": ["0.5", "0.2", ""]}}},
        right=lambda study: study.goals.gold_probability[:2].tolist() == [0.5, 0.2],
    ),
    Case(
        "fill in the probability with which each of them was drawn",
        WIDE(data=DRAWN | {"p": ["0.5", "", ""]}, gold="g", gold_probability="p"),
        {"goals": {"data": DRAWN | {"p": ["0.5", "0.2", ""]}}},
        right=lambda study: study.goals.gold_probability[:2].tolist() == [0.5, 0.2],
    ),
    # clusters
    Case(
        'name it; where each answer is an agent of its own, state model = "single-choice"',
        CLUSTERS(cluster=None),
        goals(model="single-choice"),
        right=lambda study: study.goals.n.tolist() == [3],
    ),
    Case(
        'state model = "single-choice": each answer is then an agent of its own',
        CLUSTERS(data=rows("vote prompt", "A 1", "B 2", "A 3")),
        goals(model="single-choice"),
        right=lambda study: study.goals.n.tolist() == [3],
    ),
    Case(
        'state model = "single-choice", whose variance by the design takes both',
        CLUSTERS(weight="w"),
        goals(model="single-choice"),
        right=lambda study: study.goals.design is not None,
    ),
    # cells of covariates
    Case(
        "leave it out: the table of the population takes the place of weights. What weights were "
        "made from, such as age or region, belongs among the covariates",
        goals(**CELLS, weight="w"),
        goals(weight=None),
    ),
    Case(
        "leave it out, and name what clusters or strata were made of, such as region, among the "
        "covariates",
        goals(**CELLS, strata="sex"),
        goals(strata=None),
    ),
    Case(
        'leave it out, and write by = ["sex"]; it is a covariate too',
        goals(**CELLS, population="sex"),
        goals(population=None, by=["sex"]),
        right=lambda study: study.goals.populations == ("w", "m"),
    ),
    Case(
        "add 'region' to covariates",
        goals(**CELLS, by=["region"]),
        goals(covariates=["age", "sex", "region"]),
        then="region",
    ),
    Case(
        "leave 'sex' out of covariates",
        goals(**{**CELLS, "table": {**PEOPLE, "sex": ["w"] * 4}}, by=[]),
        goals(covariates=["age"]),
        only=False,
    ),
    Case(
        "in their order",
        goals(**{**CELLS, **AGES}, ordered=["age"]),
        goals(levels={"age": ["young", "old"]}),
        right=lambda study: study.goals.levels[0] == ("young", "old"),
    ),
    Case(
        "list each category once",
        goals(**CELLS, levels={"age": ["18-29"]}),
        goals(levels={"age": ["18-29", "30-64"]}),
    ),
    Case(
        "remove its rows from the table",
        goals(**{**CELLS, "table": {**PEOPLE, "age": ["18-29", "Total", "18-29", "30-64"]}}),
        goals(table=PEOPLE),
    ),
    Case(
        "write categories in the survey and in the table in the same way, or add its cells to the "
        "table",
        goals(**{**CELLS, "data": rows("vote age sex", "A 18-29 w", "B 65+ m")}),
        goals(data=CELLS["data"]),
    ),
    Case(
        "write the categories of all cells",
        goals(**{**CELLS, "table": {**PEOPLE, "sex": ["w", "", "m", "m"]}}),
        goals(table=PEOPLE),
    ),
    Case(
        "leave [shares] out, and state prior under [goals]",
        {"goals": CELLS, "shares": {"model": "independent"}},
        {"shares": None, "goals": {"prior": {"sd": 0.5}}},
        right=lambda study: study.goal_prior.sd == 0.5,
    ),
    Case(
        "name it under [goals]",
        {"shares": {"model": "published"}},
        {"shares": None, "goals": PERCENT},
        right=lambda study: study.goals.model == "published",
    ),
    Case(
        "name the covariates as population under [goals], and state as shares under [populations] "
        "what part of all each of their combinations is; another model of shares may let the "
        "combinations borrow from each other",
        {"goals": PERCENT, "shares": {"model": "poststratified", "covariates": ["age", "sex"]}},
        {
            "goals": {"data": PERCENT_OF_PARTS, "population": ["age", "sex"]},
            "populations": {"shares": {"18-29, w": 0.6, "65+, m": 0.4}},
            "shares": {"model": "pooled", "covariates": None},
        },
        right=lambda study: study.goal_prior.model == "pooled",
    ),
    Case(
        'keep one of them, and state others in a second source model = "fixed"',
        three(**fixed(("A", "B", 1)), matrix=[[0, 1], [1, 0]], goals=["A", "C"]),
        {
            "conflict": [
                fixed(("A", "B", 1), unnamed_pairs=0.5),
                {"model": "fixed", "matrix": [[0, 1], [1, 0]], "goals": ["A", "C"]},
            ]
        },
    ),
    Case(
        "remove the pair from one of them",
        {
            "conflict": [
                fixed(("A", "B", 1)),
                fixed(("A", "B", 0.5)),
            ]
        },
        {"conflict": fixed(("A", "B", 1))},
        right=levels(1.0),
    ),
    Case(
        "leave it out, or move it to no_goal",
        {
            "problem_area": {"not_answers": ["Refused"]},
            "conflict": fixed(("A", "B", 1), ("A", "Refused", 1)),
        },
        {"problem_area": {"not_answers": [], "no_goal": ["Refused"]}},
    ),
    # labels
    Case(
        'state raters = ["r1", "r2"] in place of label and rater',
        LONG(data=rows("id r1 r2", "1 A A", "2 B A")),
        goals(raters=["r1", "r2"], label=None, rater=None),
        right=lambda study: study.goals.reports.tolist() == [[1, 0, 1, 0], [0, 1, 1, 0]],
    ),
    Case(
        "keep one row of each agent",
        WIDE(data=rows("id r1", "1 A", "1 B", "2 B"), raters=["r1"], agent="id"),
        goals(data=rows("id r1", "1 A", "2 B")),
    ),
    Case(
        'name the column that tells repeats apart, as in occasion = "round", or state '
        "repeats = true",
        LONG(data=rows("id who says", "1 r A", "1 r B", "2 r B", "2 s B")),
        goals(repeats=True),
    ),
    Case(
        'name the column of the rater, as in rater = "rater"; or',
        LONG(rater=None),
        goals(rater="who"),
    ),
    Case(
        "remove one of them",
        LONG(
            data=rows("id who says day", "1 r A 1", "1 r B 1", "2 r B 1"),
            occasion="day",
        ),
        goals(data=rows("id who says day", "1 r A 1", "2 r B 1")),
    ),
    Case(
        "correct one of the rows",
        LONG(
            data=rows("id who says w", "1 r A 1", "1 s A 2", "2 r B 1", "2 s B 1"),
            weight="w",
        ),
        goals(data=rows("id who says w", "1 r A 1", "1 s A 1", "2 r B 1", "2 s B 1")),
    ),
    Case(
        "declare more goals, or the other labels that raters could have given",
        {
            "problem_area": {"goals": ["A"]},
            **WIDE(data=rows("r1 r2 r3", "A A A")),
        },
        {"problem_area": {"goals": ["A", "B"]}},
    ),
    Case(
        'write it as in emission = {"a" = {"a" = 0.9, "b" = 0.1}}',
        WIDE(emission={"A": 0.9}),
        goals(emission={g: {"A": p, "B": 1 - p} for g, p in (("A", 0.9), ("B", 0.2))}),
    ),
    Case(
        "state emission, the probability of each label given each goal, instead",
        WIDE(data=rows("r1", "x", "y"), raters=["r1"], labels=["x", "y"], error_rate=0.1),
        goals(
            error_rate=None,
            emission={g: {"x": p, "y": 1 - p} for g, p in (("A", 0.9), ("B", 0.2))},
        ),
        only=False,
    ),
    Case(
        "state emission, validation or gold, or call a label by the goal in codes",
        WIDE(data=rows("r1", "x", "y"), raters=["r1"], labels=["x", "y"]),
        goals(emission={g: {"x": p, "y": 1 - p} for g, p in (("A", 0.9), ("B", 0.2))}),
    ),
    Case(
        "correct its name, or state its probability",
        WIDE(emission={g: {"A": 1.0} for g in "AB"}),
        goals(emission={g: {"A": p, "B": 1 - p} for g, p in (("A", 0.9), ("B", 0.2))}),
        only=False,
    ),
    Case(
        "state a probability above 0 for what can happen, however rarely",
        WIDE(emission={"A": {"A": 1.0}, "B": {"B": 1.0}}),
        goals(emission={"A": {"A": 0.99, "B": 0.01}, "B": {"A": 0.01, "B": 0.99}}),
        only=False,
    ),
    Case(
        "leave people out, and compare populations with contrasts",
        PLACES | {"populations": {"people": ["n", "s"]}},
        {"populations": {"people": None, "contrasts": [["n", "s"]]}},
    ),
    Case(
        "name it in one of the two",
        PLACES | {"populations": {"people": ["n"], "copies": ["n"]}},
        {"populations": {"copies": None}},
    ),
    Case(
        "leave the population out, or add its data",
        WIDE(
            data=rows("r1 place", "A n", "B n", ". s"),
            raters=["r1"],
            population="place",
        ),
        goals(data=rows("r1 place", "A n", "B n")),
    ),
    Case(
        "add their counts up",
        WIDE(
            data=rows("r1", "A", "B"),
            raters=["r1"],
            validation=rows("goal label n", "A A 5", "A A 4", "B B 9"),
        ),
        goals(validation=rows("goal label n", "A A 9", "B B 9")),
        right=lambda study: study.goals.validation.tolist() == [[[9, 0], [0, 9]]],
    ),
    Case(
        "write it as 'r1'",
        WIDE(error_rate={"R1": 0.1}),
        goals(error_rate={"r1": 0.1}),
    ),
    # actions
    Case(
        'state them, as in expected = {"share" = {"half" = 0.8, "nothing" = 0.2}} or gold = "goal"',
        ACTS(expected=None),
        goals(expected=EXPECTED),
    ),
    Case(
        'write it as in expected = {"share" = {"half" = 0.8, "nothing" = 0.2}}',
        ACTS(expected={"A": 0.8}),
        goals(expected=EXPECTED),
        only=False,
    ),
    Case(
        "state expected, P(action | goal), for each of these goals",
        ACTS(expected=None, data=rows("id act g", "1 give A", "2 take ."), gold="g"),
        goals(expected=EXPECTED),
    ),
    Case(
        "add it to actions",
        ACTS(actions=["give"], expected={g: {"give": 1.0} for g in "AB"}),
        goals(actions=["give", "take"], expected=EXPECTED),
    ),
    Case(
        "add it to actions, or remove its rows",
        ACTS(
            data=rows("id act at", "1 give x", "2 take y"),
            situation="at",
            actions={"x": ["give", "take"]},
        ),
        goals(actions={"x": ["give", "take"], "y": ["give", "take"]}),
    ),
    Case(
        "did you mean 'give'? Or list both in actions",
        ACTS(data=rows("id act", "1 gives", "2 take")),
        goals(data=rows("id act", "1 give", "2 take")),
    ),
    Case(
        "add their counts up",
        ACTS(data=rows("id act n", "1 give 2", "1 give 1", "2 take 1"), count="n"),
        goals(data=rows("id act n", "1 give 3", "2 take 1")),
        right=lambda study: study.goals.reports.max() == 3,
    ),
    # draws and priors
    Case(
        "divide percentages by 100",
        goals(**DRAWS, data=rows("A B", "50 50", "25 75")),
        goals(data=rows("A B", ".5 .5", ".25 .75")),
        right=lambda study: study.goals.shares[0, 0].tolist() == [0.5, 0.5],
    ),
    Case(
        "state it where the draws are made",
        goals(**DRAWS, data=rows("A B", "0.5 0.5", "0.25 0.75"), prior={"scale": 1}),
        goals(prior=None),
    ),
    Case(
        "leave classes out, the study finds them",
        three(model="mutually-exclusive")
        | goals(prior={"classes": {"same": [["A", "B"], ["C"]], "apart": []}}, data=THREE_VOTES),
        goals(prior=None),
    ),
    Case(
        "leave goals out",
        goals(**DRAWS, data=rows("A B", "0.5 0.5", "0.25 0.75"), goals=["A", "B"]),
        goals(goals=None),
    ),
    Case(
        "add it, with share 0 if nobody holds it",
        goals(**DRAWS, data=rows("draw goal share", "1 A 1", "2 A 1")),
        goals(data=rows("draw goal share", "1 A 1", "1 B 0", "2 A 1", "2 B 0")),
        only=False,
    ),
    Case(
        "leave it out and rescale the shares, or move it to no_goal",
        {
            "problem_area": {"not_answers": ["Refused"]},
            "goals": {
                **DRAWS,
                "data": rows(
                    "draw goal share",
                    "1 A .5",
                    "1 B .25",
                    "1 Refused .25",
                    "2 A .5",
                    "2 B .25",
                    "2 Refused .25",
                ),
            },
        },
        {"problem_area": {"not_answers": [], "no_goal": ["Refused"]}},
        right=lambda study: study.goals.shares[0].tolist() == [[0.5, 0.25, 0.25]],
    ),
    Case(
        "rename it",
        goals(**DRAWS, data=rows("draw goal share", "1 A .5", "1 Bee .5", "2 A .5", "2 Bee .5")),
        goals(data=rows("draw goal share", "1 A .5", "1 B .5", "2 A .5", "2 B .5")),
        only=False,
    ),
    Case(
        "write every draw of each, or take the incomplete draws out",
        goals(**DRAWS, data=rows("draw goal share", "1 A .5", "1 B .5", "2 A .5")),
        goals(data=rows("draw goal share", "1 A .5", "1 B .5")),
    ),
    Case(
        "name the column of the chain, if draws are counted within chains",
        goals(
            **DRAWS,
            data=rows("c draw goal share", "1 1 A .5", "1 1 B .5", "2 1 A .25", "2 1 B .75"),
        ),
        goals(chain="c"),
    ),
    Case(
        "write each in one way",
        goals(
            **DRAWS,
            data=rows("draw population A B", "1 n .5 .5", "1 N .5 .5"),
        ),
        goals(data=rows("draw population A B", "1 n .5 .5", "2 n .5 .5")),
    ),
    Case(
        "state paired for goal shares and for conflict levels, or for neither",
        goals(**DRAWS, data=rows("A B", ".5 .5", ".25 .75"), paired=True),
        goals(paired=None),
    ),
]
