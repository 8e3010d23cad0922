"""Fixes of populations that are partially pooled."""

from tests.fixes import Case, over, rows

NESTED = {"shares": {"model": "pooled", "within": "land"}}


def nested(*lines: str, **shares: object) -> dict[str, object]:
    """Goals of populations within groups that a column names."""
    data = rows("vote where land", *lines)
    return {"goals": {"data": data, "population": "where"}, "shares": {"model": "pooled", **shares}}


SOUND = ("A n x", "B n x", "A s x", "B e y")
LEAVE_OUT = "leave within out of [shares], so that all populations have one mean in common"
WITHOUT = {"shares": {"within": None}}
ONE = rows("vote where", "A here", "B here", "A here")
FIX = "leave [shares] out, or name the column of populations"
POOLED = {"shares": {"model": "pooled"}}
CASES = [
    Case(FIX, {"goals": {"data": ONE}, **POOLED}, {"shares": {"model": "independent"}}),
    Case(
        FIX,
        {"goals": {"data": rows("vote where", "A here", "B there", "A there")}, **POOLED},
        {"goals": {"population": "where"}},
    ),
    Case(
        'leave model = "pooled" out of [shares], so that contrasts use who answered again; or '
        "leave the column of ids out, if hardly anybody did",
        {
            "goals": {
                "data": rows("vote where who", "A here 1", "B there 1", "A there 2"),
                "population": "where",
                "respondent": "who",
            },
            **POOLED,
        },
        {"goals": {"respondent": None}},
    ),
    Case(
        'correct the cells; or, if two populations have one name, state population = ["land", '
        '"where"], so that each has its own',
        nested("A n x", "B n y", "A s y", within="land"),
        {"goals": {"population": ["land", "where"]}},
        right=lambda study: study.goal_prior.groups == ("x", "y"),
    ),
    Case(
        "fill the column, or state a table in place of its name, as in within = "
        '{ "e" = "north" } with all populations',
        nested(*SOUND[:3], "B e .", within="land"),
        {"shares": {"within": {"n": "x", "s": "x", "e": "y"}}},
    ),
    Case(
        "name the column of populations, or state such a table",
        over({"goals": {"data": rows("vote where land", *SOUND)}}, NESTED),
        {"goals": {"population": "where"}},
    ),
    Case(
        'add a group for each, as in within = { "e" = "x" }, or ' + LEAVE_OUT,
        nested(*SOUND, within={"n": "x", "s": "x"}),
        {"shares": {"within": {"e": "y"}}},
    ),
    Case(LEAVE_OUT, nested("A n x", "B s x", within="land"), WITHOUT),
    Case(LEAVE_OUT, nested("A n x", "B s y", within="land"), WITHOUT),
    Case(
        "leave it out, or state as within the column of the groups",
        nested(*SOUND, alike_groups=2.0),
        {"shares": {"within": "land"}},
    ),
    Case("state one of them, or " + LEAVE_OUT, nested(*SOUND, within=3), WITHOUT),
]
