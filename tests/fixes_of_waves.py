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
