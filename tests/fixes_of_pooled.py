"""Fixes of populations that are partially pooled."""

from tests.fixes import Case, rows

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
]
