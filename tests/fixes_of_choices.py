"""Fixes of choices whose payoffs are stated."""

from tests.fixes import Case, Labels, Tables, rows

PAYOFFS = {"A": {"give": 1, "take": 0}, "B": {"give": 0, "take": 3}}
FEATURES = {"give": {"own": 0, "other": 2}, "take": {"own": 2, "other": 0}}
WEIGHTS = {"A": {"other": 1}, "B": {"own": 1}}
CHOSEN = Labels(
    {
        "model": "choices",
        "data": rows("act n", "give 1", "take 2"),
        "action": "act",
        "agents": "n",
        "payoffs": PAYOFFS,
    }
)
KEYED = rows("id act n", "x give 4", "x take 5", "y give 2")


def goals(**change: object) -> Tables:
    return {"goals": change}


CASES = [
    Case(
        'state them, as in payoffs = {"keep" = {"half" = 5, "nothing" = 10}}',
        CHOSEN(payoffs=None),
        goals(payoffs=PAYOFFS),
    ),
    Case(
        'write it as in payoffs = {"keep" = {"half" = 5, "nothing" = 10}}',
        CHOSEN(payoffs={"A": 1}),
        goals(payoffs=PAYOFFS),
        only=False,
    ),
    Case(
        "remove one of them",
        CHOSEN(features=FEATURES, weights=WEIGHTS),
        goals(payoffs=None),
    ),
    Case(
        'state both, as in features = {"half" = {"own" = 5}} and weights = {"keep" = {"own" = 1}}',
        CHOSEN(payoffs=None, features=FEATURES),
        goals(weights=WEIGHTS),
    ),
    Case(
        'write it as in features = {"half" = {"own" = 5, "other" = 5}}',
        CHOSEN(payoffs=None, features={"give": 1}, weights=WEIGHTS),
        goals(features=FEATURES),
        only=False,
    ),
    Case(
        'write it as in weights = {"keep" = {"own" = 1}, "share" = {"own" = 1, "other" = 1}}',
        CHOSEN(payoffs=None, features=FEATURES, weights={"A": 1}),
        goals(weights=WEIGHTS),
        only=False,
    ),
    Case(
        "state 0 where an action has nothing of a feature",
        CHOSEN(payoffs=None, features={**FEATURES, "give": {"other": 2}}, weights=WEIGHTS),
        goals(features=FEATURES),
        only=False,
    ),
    Case(
        "name the column as agents instead",
        CHOSEN(agents=None, count="n"),
        goals(count=None, agents="n"),
        right=lambda study: study.goals.n.tolist() == [3],
    ),
    Case(
        "state them; where it does not matter to this goal which action is chosen, state 0 for "
        "each",
        CHOSEN(payoffs={"A": PAYOFFS["A"]}),
        goals(payoffs={"A": PAYOFFS["A"], "B": {"give": 0, "take": 0}}),
        right=lambda study: study.goals.utility[1].tolist() == [0, 0],
    ),
    Case(
        "state it, or correct the name of the action",
        CHOSEN(payoffs={**PAYOFFS, "B": {"give": 0}}),
        goals(payoffs=PAYOFFS),
    ),
    Case(
        "state payoffs that differ",
        CHOSEN(payoffs={goal: {"give": 1, "take": 1} for goal in "AB"}),
        goals(payoffs=PAYOFFS),
    ),
    Case(
        "correct the payoffs, make one goal of the two, or add a situation that tells them apart",
        CHOSEN(payoffs={"A": PAYOFFS["A"], "B": {"give": 7, "take": 5}}),
        goals(payoffs=PAYOFFS),
    ),
    Case(
        "correct one of the rows, or give each group of agents an id of its own",
        CHOSEN(data=KEYED, agent="id"),
        goals(data=rows("id act n", "x give 4", "z take 5", "y give 2")),
        right=lambda study: study.goals.n.tolist() == [11],
    ),
]
