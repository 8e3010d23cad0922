"""Tables of choices with stated payoffs: what is read, and what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.choices.declaration import Choices
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.reading.problem_area import ProblemArea

TWO = ProblemArea("game", ["keep", "share"])
THREE = ProblemArea("game", ["keep", "share"], no_goal=["whatever"])
PAYOFFS = {"keep": {"half": 5, "nothing": 10}, "share": {"half": 0, "nothing": -10}}
DID = ["half", "nothing", "nothing"]


def read(declared: Choices, area: ProblemArea = TWO) -> DistinctChoices:
    found = declared.read(area, problems := Problems())
    assert found is not None, list(map(str, problems))
    assert not problems
    return found  # type: ignore[no-any-return]


def refused(declared: Choices, area: ProblemArea = TWO) -> str:
    problems = Problems()
    assert declared.read(area, problems) is None
    return "\n".join(map(str, problems))


def simple(did: list[str] = DID, **more: Any) -> Choices:
    stated: dict[str, Any] = {"payoffs": PAYOFFS}
    return Choices({"did": did}, action="did", **(stated | more))


def test_a_row_is_an_agent_where_nobody_has_an_id() -> None:
    seen = read(simple())
    assert seen.actions == (("half", "nothing"),)
    np.testing.assert_array_equal(seen.agents, [1, 2])
    np.testing.assert_array_equal(seen.reports, [[1, 0], [0, 1]])
    np.testing.assert_array_equal(seen.payoffs, [[5, 10], [0, -10]])
    np.testing.assert_array_equal(seen.utility, [[-1, 0], [0, -1]])


def test_a_row_may_stand_for_many_agents() -> None:
    rows = {"did": ["half", "nothing", "half"], "n": [30, 70, 5], "of": ["x", "x", "y"]}
    seen = read(Choices(rows, action="did", agents="n", population="of", payoffs=PAYOFFS))
    np.testing.assert_array_equal(seen.n, [100, 5])
    np.testing.assert_array_equal(seen.agents, [30, 70, 5])
    one_by_one = {key: np.repeat(rows[key], rows["n"]).tolist() for key in ("did", "of")}
    again = read(Choices(one_by_one, action="did", population="of", payoffs=PAYOFFS))
    np.testing.assert_array_equal(again.agents, seen.agents)
    np.testing.assert_array_equal(again.reports, seen.reports)


def test_ids_may_stand_for_agents_who_chose_the_same() -> None:
    rows = {
        "who": ["g1", "g1", "g2"],
        "where": ["first", "last", "first"],
        "did": ["half", "nothing", "half"],
        "n": [4, 4, 9],
    }
    roles = {"agent": "who", "situation": "where", "action": "did", "agents": "n"}
    seen = read(Choices(rows, payoffs=PAYOFFS, **roles))
    np.testing.assert_array_equal(seen.agents, [4, 9])
    np.testing.assert_array_equal(seen.reports, [[1, 0, 0, 1], [1, 0, 0, 0]])
    rows["n"] = [4, 5, 9]
    said = refused(Choices(rows, payoffs=PAYOFFS, **roles))
    assert "rows 1 and 2 give one id two numbers of agents, 4 and 5" in said


def test_features_and_weights_are_payoffs() -> None:
    features = {
        "half": {"own": 5, "other": 5, "gap": 0},
        "nothing": {"own": 10, "other": 0, "gap": 10},
    }
    weights = {"keep": {"own": 1}, "share": {"gap": -1}}
    seen = read(simple(payoffs=None, features=features, weights=weights))
    np.testing.assert_allclose(seen.payoffs, [[5, 10], [0, -10]])
    by_situation = {"all situations": features}
    again = read(simple(payoffs=None, features=by_situation, weights=weights))
    np.testing.assert_array_equal(again.payoffs, seen.payoffs)


@pytest.mark.parametrize("as_frame", [False, True])
def test_payoffs_may_be_a_table(as_frame: bool) -> None:
    rows = {
        "goal": ["keep", "keep", "share", "share"],
        "action": ["half", "nothing"] * 2,
        "payoff": [5, 10, 0, -10.0],
    }
    seen = read(simple(payoffs=pd.DataFrame(rows) if as_frame else rows))
    np.testing.assert_array_equal(seen.payoffs, [[5, 10], [0, -10]])


def test_a_goal_may_be_indifferent() -> None:
    payoffs = {**PAYOFFS, "whatever": {"half": 0, "nothing": 0}}
    seen = read(simple(payoffs=payoffs), THREE)
    note = "To the goal 'no goal' all actions pay the same: its agents choose at random"
    assert any(note in one for one in seen.notes)
    assert seen.ruled == ("all choices",)


FEATURES = {"half": {"own": 5}, "nothing": {"own": 10}}
WEIGHTS = {"keep": {"own": 1}, "share": {"own": -1}}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"payoffs": None}, "nothing says what actions pay to each goal"),
        ({"features": FEATURES, "weights": WEIGHTS}, "payoffs and features are both stated"),
        ({"payoffs": None, "features": FEATURES}, "features are stated without weights"),
        ({"weights": WEIGHTS}, "weights are stated without features"),
        ({"scale": "goals"}, "scale is 'goals'. Valid: 'goal', 'situation', 'all'"),
        ({"rationality": "all"}, "rationality is 'all'. Valid: 'shared', 'situation', 'goal'"),
        ({"count": "did"}, "count is stated without agent: it says how often one agent took"),
        ({"gold_data": {"agent": [], "gold": []}}, "gold_data is stated without agent"),
        ({"other": "else", "payoffs": None}, "other is stated, but nothing says which actions"),
        ({"payoffs": {"keep": PAYOFFS["keep"]}}, "nothing says what actions pay to 'share'"),
        (
            {"payoffs": {**PAYOFFS, "share": {"half": 0}}},
            "there is no payoff of the action 'nothing' for 'share'",
        ),
        ({"payoffs": {**PAYOFFS, "shore": {"half": 0}}}, "there is no goal 'shore'"),
        (
            {"payoffs": {**PAYOFFS, "share": {"half": "x", "nothing": 0}}},
            "goal 'share', action 'half': the payoff is not a number: 'x'",
        ),
        (
            {"payoffs": {**PAYOFFS, "share": {"half": float("inf"), "nothing": 0}}},
            "the payoff is infinite",
        ),
        ({"payoffs": [1, 2]}, "an object of type list is not a table"),
        ({"payoffs": {"keep": 1, "share": 2}}, "payoffs is not a table of payoffs"),
        (
            {"payoffs": {"keep": PAYOFFS["keep"], "share": {"half": 105, "nothing": 110}}},
            "the goals 'keep', 'share' lead to the same choices: their payoffs differ by a consta",
        ),
        (
            {"payoffs": {goal: {"half": 1, "nothing": 1} for goal in PAYOFFS}},
            "all actions pay the same to every goal, so that choices say nothing about goals",
        ),
        (
            {"payoffs": None, "features": [1], "weights": WEIGHTS},
            "features is not a table of numbers by action and feature",
        ),
        (
            {"payoffs": None, "features": FEATURES, "weights": [1]},
            "weights is not a table of numbers by goal and feature",
        ),
        (
            {"payoffs": None, "features": FEATURES, "weights": {**WEIGHTS, "share": {"owm": 1}}},
            "there is no feature 'owm'. Valid: 'own'",
        ),
        (
            {
                "payoffs": None,
                "features": {**FEATURES, "half": {"own": 5, "gap": 0}},
                "weights": WEIGHTS,
            },
            "features, action 'nothing': there is no value of 'gap'",
        ),
        (
            {"payoffs": None, "features": FEATURES, "weights": {"keep": {"own": 1}}},
            "weights: nothing says what actions pay to 'share'",
        ),
    ],
)
def test_payoffs_that_cannot_be(more: dict[str, Any], says: str) -> None:
    assert says in refused(simple(**more))


def test_an_action_of_the_data_that_nobody_states() -> None:
    said = refused(simple([*DID, "burn"]))
    assert "there is no payoff of the action 'burn' for 'keep', 'share'" in said
    said = refused(simple(["half", "nothin"]))
    assert "Fix: did you mean 'nothing'? Or list both in actions" in said


def test_goals_that_choose_alike_are_told_by_known_agents_of_each() -> None:
    alike = {"keep": PAYOFFS["keep"], "share": {"half": 1, "nothing": 2}}
    rows = {"did": DID, "truth": ["keep", "share", ""]}
    seen = read(Choices(rows, action="did", gold="truth", payoffs=alike))
    np.testing.assert_array_equal(np.sort(seen.gold), [-1, 0, 1])
    rows["truth"] = ["keep", "", ""]
    assert "lead to the same choices" in refused(
        Choices(rows, action="did", gold="truth", payoffs=alike)
    )


def test_a_factor_tells_goals_apart_only_where_rationality_is_shared() -> None:
    payoffs = {"keep": {"half": 0, "nothing": 10}, "share": {"half": 0, "nothing": 5}}
    assert read(simple(payoffs=payoffs, scale="all")).utility[1, 0] == -0.5
    said = refused(simple(payoffs=payoffs, scale="all", rationality="goal"))
    assert "lead to the same choices" in said


def test_agents_have_names_only_where_they_have_ids() -> None:
    assert simple().roster(TWO, problems := Problems()) is None
    assert "agent" in str(*problems)
    rows = {"did": DID, "who": ["x", "y", "z"]}
    found = Choices(rows, action="did", agent="who", payoffs=PAYOFFS).roster(TWO, Problems())
    assert found is not None
    assert list(found.number) == ["x", "y", "z"]


def test_hostile_names_are_just_names() -> None:
    names = ["<script>alert(1)</script>", "=1+1", "../../x", '"', "a\nb", "\U0001f600", "x" * 300]
    payoffs = {
        "keep": {name: i for i, name in enumerate(names)},
        "share": {name: -i for i, name in enumerate(names)},
    }
    assert read(simple(names, payoffs=payoffs)).actions == (tuple(names),)
