"""Fixes of populations that are waves in time."""

from typing import Any

from tests.fixes import Case, Tables, rows

TWO = rows("vote when who", "A before 1", "B after 2", "A after 3")
INSTEAD = 'leave model = "waves" out, so that no population says anything of another'
OUT: Tables = {"shares": {"model": "independent"}}


def waves(data: Any = TWO, population: Any = "when", **shares: Any) -> dict[str, Any]:
    """A study whose populations are waves."""
    goals = {"data": data, **({} if population is None else {"population": population})}
    return {"goals": goals, "shares": {"model": "waves", **shares}}


def asked(data: Any, **columns: str) -> dict[str, Any]:
    """The same, with more columns that are named."""
    tables = waves(data)
    return {**tables, "goals": {**tables["goals"], **columns}}


def time(**stated: Any) -> Tables:
    return {"shares": {"time": stated}}


RATED = rows("goal goal_other rating when", "A B 2 before", "A B 3 before", "A B 5 after")
YEARS = rows("vote when", "A 1990", "B 1994", "A 1998")
BY_YEAR = rows("goal goal_other rating when", "A B 2 1990", "A B 3 1990", "A B 5 1994")
NO_ORDER = "leave over_time out, so that no population is nearer to one than to another"
BY_COLUMN = (
    "name the column of the waves as population, or leave over_time out, so that conflict is the "
    "same in all"
)
WITHOUT: Tables = {"conflict": {"over_time": None}}


def rated(answers: Any = TWO, data: Any = RATED, **stated: Any) -> dict[str, Any]:
    """A study whose conflict was rated in each wave."""
    conflict = {"model": "rated", "scale": [1, 5], "data": data, "population": "when", **stated}
    return {"goals": {"data": answers, "population": "when"}, "conflict": conflict}


def walks(**time: Any) -> Tables:
    return {"conflict": {"time": time}}


AGAIN = rows("vote when who", "A 1990 1", "B 1994 1", "A 1994 2")
ONCE = rows("vote when where", "A 1990 x", "B 1990 y", "A 1994 x", "B 1994 y")
APART = rows("vote when where", "A 1990 x", "B 1990 y", "A 1994 x2", "B 1994 y2")
SAME_AGENTS = (
    'leave model = "waves" out of [shares], so that contrasts use who answered again; or leave the '
    "column of ids out, if hardly anybody did"
)
SAME_CLUSTERS = (
    'leave model = "waves" out of [shares], so that populations of the same clusters are drawn '
    "together; or give the clusters of each population names of their own, if they are different "
    "ones"
)


CASES = [
    Case(
        'state it under [shares], as in time = { "before" = 1, "after" = 2 }',
        waves(),
        time(before=1, after=2),
        right=lambda study: study.goal_prior.places(2).waves == ("before", "after"),
    ),
    Case(
        'state one under [shares], as in time = { "after" = 2020 }',
        waves(time={"before": 1}),
        time(before=1, after=2020),
    ),
    Case(
        "state numbers, as in time = { first = 1, second = 2.5 }",
        waves(time={"before": "early", "after": "late"}),
        time(before=1, after=2.5),
    ),
    Case(
        "state numbers, as in time = { first = 1, second = 2.5 }",
        waves(time={"before": "2001", "after": 2002}),
        time(before=1, after=2.5),
    ),
    Case(
        f"name the column of the waves as population, or {INSTEAD}",
        waves(rows("vote when", "A 1990", "B 1994"), None),
        {"goals": {"population": "when"}},
    ),
    Case(
        f"name the column of the waves as population, or {INSTEAD}",
        waves(rows("vote when", "A 1990", "B 1994"), None),
        OUT,
    ),
    Case(
        f"state another time for one of them under [shares], or {INSTEAD}",
        waves(rows("vote when", "A a", "B b", "A c"), time={"a": 1, "b": 1, "c": 2}),
        time(a=1, b=1.5, c=2),
    ),
    Case(
        'state it under [conflict], as in time = { "before" = 1, "after" = 2 }',
        rated(over_time="walk"),
        walks(before=1, after=2),
        right=lambda study: study.conflict.sources[0].places.waves == ("before", "after"),
    ),
    Case(
        'state one under [conflict], as in time = { "after" = 2020 }',
        rated(over_time="walk", time={"before": 1}),
        walks(before=1, after=2020),
    ),
    Case(
        f"state another time for one of them under [conflict], or {NO_ORDER}",
        rated(
            rows("vote when", "A a", "B b", "A c"),
            rows("goal goal_other rating when", "A B 2 a", "A B 5 c"),
            over_time="walk",
            time={"a": 1, "b": 1, "c": 2},
        ),
        walks(a=1, b=1.5, c=2),
    ),
    Case(
        NO_ORDER,
        rated(
            rows("vote when", "A 1990", "B 1990"),
            rows("goal goal_other rating when", "A B 2 1990"),
            over_time="walk",
        ),
        WITHOUT,
    ),
    Case(
        BY_COLUMN,
        rated(YEARS, BY_YEAR, over_time="walk", population=None),
        {"conflict": {"population": "when"}},
        right=lambda study: study.conflict.by_population == ("1990", "1994", "1998"),
    ),
    Case(
        BY_COLUMN,
        rated(YEARS, BY_YEAR, over_time="walk", population=None),
        WITHOUT,
        right=lambda study: study.conflict.by_population == (),
    ),
    Case(
        "leave it out, or state a model that takes it: 'rated'",
        {
            "goals": {"data": YEARS, "population": "when"},
            "conflict": {"model": "mutually-exclusive", "over_time": "walk"},
        },
        WITHOUT,
    ),
    Case(
        "leave it out, or state a model that takes it: 'rated'",
        {
            "goals": {"data": YEARS, "population": "when"},
            "conflict": {"model": "judged", "over_time": "walk"},
        },
        rated(YEARS, BY_YEAR),
    ),
    Case(
        'state over_time = "walk", or leave it out',
        rated(YEARS, BY_YEAR, over_time="random walk"),
        {"conflict": {"over_time": "walk"}},
    ),
    Case(
        'state over_time = "walk" too, or leave time out',
        rated(time={"before": 1, "after": 2}),
        {"conflict": {"over_time": "walk"}},
    ),
    Case(
        'state over_time = "walk" too, or leave time out',
        rated(time={"before": 1, "after": 2}),
        {"conflict": {"time": None}},
    ),
    Case(
        SAME_AGENTS,
        asked(AGAIN, respondent="who"),
        OUT,
        right=lambda study: study.goals.pairing is not None,
    ),
    Case(SAME_AGENTS, asked(AGAIN, respondent="who"), {"goals": {"respondent": None}}),
    Case(SAME_CLUSTERS, asked(ONCE, cluster="where"), OUT),
    Case(
        SAME_CLUSTERS,
        asked(ONCE, cluster="where"),
        {"goals": {"data": APART}},
        right=lambda study: not study.goals.design.shared,
    ),
]
