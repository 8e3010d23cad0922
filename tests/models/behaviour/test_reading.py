import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports import distinct_agents
from bayes_misalign.models.behaviour.declaration import Behaviour, DistinctActions
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.study.toml import validated
from tests.readers import read, refused

AREA = ProblemArea("game", ["share", "keep"], no_goal=["Unsure"])
TWO = ProblemArea("game", ["share", "keep"])
EXPECTED = {"share": {"give": 0.8, "take": 0.2}, "keep": {"give": 0.1, "take": 0.9}}
ROWS: dict[str, list[Any]] = {
    "who": ["x", "x", "x", "y", "y", "z", "z"],
    "game": ["one", "one", "two", "one", "two", "one", "two"],
    "did": ["give", "take", "left", "give", "", "give", "left"],
    "where": ["s", "s", "s", "t", "t", "t", "t"],
    "w": [2.0, 2.0, 2.0, 1.0, 1.0, 0.0, 0.0],
    "truth": ["share", "", "share", "", "keep", "", ""],
}
COUNTED: dict[str, list[Any]] = {
    "who": ["x", "x", "y"],
    "did": ["give", "take", "take"],
    "n": [3, 1, 2],
}
BY_GAME = {"one": EXPECTED, "two": {"keep": {"left": 0.75, "right": 0.25}}}


def acts(change: dict[str, Any] | None = None, **more: Any) -> Behaviour:
    columns: dict[str, Any] = {
        "situation": "game",
        "population": "where",
        "weight": "w",
        "gold": "truth",
        "expected": BY_GAME,
    }
    return Behaviour(ROWS | (change or {}), agent="who", action="did", **(columns | more))


def simple(did: list[str], **more: Any) -> Behaviour:
    """An action of each of several agents in one situation."""
    table = {"who": [f"x{i}" for i in range(len(did))], "did": did}
    return Behaviour(table, agent="who", action="did", **({"expected": EXPECTED} | more))


def test_actions_are_counted_by_situation() -> None:
    seen = read(acts(), TWO)
    assert isinstance(seen, DistinctActions)
    assert seen.situations == ("one", "two")
    assert seen.actions == (("give", "take"), ("left", "right"))
    np.testing.assert_array_equal(seen.reports, [[1, 1, 1, 0], [1, 0, 0, 0], [1, 0, 1, 0]])
    np.testing.assert_array_equal(seen.gold, [0, 1, -1])
    np.testing.assert_array_equal(seen.population, [0, 1, 1])
    np.testing.assert_array_equal(seen.row_weight, [2, 1, 0])
    np.testing.assert_array_equal(seen.not_asked, [0, 1])
    assert seen.zero_weights == 1
    np.testing.assert_allclose(seen.expected, [[0.8, 0.2, np.nan, np.nan], [0.1, 0.9, 0.75, 0.25]])
    assert from_plain(to_plain(seen)) == seen


def test_rows_and_counts_are_equal() -> None:
    rows = {"who": ["x"] * 4 + ["y"] * 2, "did": ["give"] * 3 + ["take"] * 3}
    more: dict[str, Any] = {"agent": "who", "action": "did", "expected": EXPECTED}
    one_by_one = read(Behaviour(rows, **more), TWO)
    assert one_by_one == read(Behaviour(COUNTED, count="n", **more), TWO)
    assert one_by_one.situations == ("all situations",)
    np.testing.assert_array_equal(one_by_one.reports, [[3, 1], [0, 2]])


def test_an_action_is_counted_once_for_each_agent_and_situation() -> None:
    table = {name: cells * 2 for name, cells in COUNTED.items()}
    declared = Behaviour(table, agent="who", action="did", count="n", expected=EXPECTED)
    text = refused(declared, TWO)
    assert "column 'n': 3 rows count an action of an agent that a row before counts" in text
    assert "first rows 1 and 4" in text
    table["game"] = ["one"] * 3 + ["two"] * 3
    apart = Behaviour(
        table, agent="who", action="did", count="n", situation="game", expected=EXPECTED
    )
    np.testing.assert_array_equal(read(apart, TWO).reports, [[3, 1, 3, 1], [0, 2, 0, 2]])


@pytest.mark.parametrize("cell", ["1.5", "-1", "", "many"])
def test_counts_are_whole(cell: str) -> None:
    table = COUNTED | {"n": [cell, 1, 1]}
    declared = Behaviour(table, agent="who", action="did", count="n", expected=EXPECTED)
    assert "row 1, column 'n': the count is" in refused(declared, TWO)


def test_three_ways_of_stating_what_is_expected_are_equal(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(
        "probability,action,goal\n0.8,give,share\n0.2,take,share\n0.1,give,keep\n0.9,take,keep\n"
    )
    nested = read(simple(["give", "take"]), TWO)
    assert nested == read(simple(["give", "take"], expected="e.csv"), TWO, tmp_path)
    columns = {
        "goal": ["share", "share", "keep", "keep"],
        "action": ["give", "take"] * 2,
        "probability": [0.8, 0.2, 0.1, 0.9],
        "situation": ["all situations"] * 4,
    }
    assert nested == read(simple(["give", "take"], expected=columns), TWO)
    by_situation = {"all situations": EXPECTED}
    assert nested == read(simple(["give", "take"], expected=by_situation), TWO)


def test_the_same_may_be_expected_in_every_situation() -> None:
    expected = {"share": {"give": 0.795, "take": 0.2}, "keep": {"take": 1}}
    change = {"did": ["give", "take", "give", "give", "", "give", "give"]}
    seen = read(acts(change, expected=expected, gold=None), TWO)
    share = [0.795 / 0.995, 0.2 / 0.995]
    np.testing.assert_allclose(seen.expected, [share * 2, [0, 1, 0, 1]])


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ({"share": {"give": 0.5}}, "goal 'share': the probabilities sum to 0.5. Valid: a sum of 1"),
        ({"share": {"give": 1.5}}, "action 'give': the probability is outside [0, 1]: 1.5"),
        ({"share": {"give": "x"}}, "the probability is not a number: 'x'"),
        ({"shore": {"give": 1}}, "there is no goal 'shore'. Valid: 'share', 'keep'. Fix: did you"),
        ({"share": 1.0}, "expected is not a table of probabilities by goal and action"),
        ({}, "expected is not a table of probabilities"),
        ({"on": {"share": {"give": 1}}}, "there is no situation 'on'. Valid: 'all situations'"),
        ({"share": {"give": 0.9, "takes": 0.1}}, "'take' in row 2 is not named by expected"),
        ("missing.csv", "the file 'missing.csv' does not exist"),
        ({"goal": ["share"], "action": ["give"]}, "there is no column 'probability'"),
        (
            {"goal": ["share"] * 2, "action": ["give"] * 2, "probability": [1, 1]},
            "rows 1 and 2 state the same action of the same goal",
        ),
        (
            {"goal": ["share"], "action": [""], "probability": [1]},
            "row 1, column 'action': the action is empty",
        ),
    ],
)
def test_expectations_that_cannot_be(expected: Any, says: str) -> None:
    assert says in refused(simple(["give", "take"], expected=expected), TWO)


def test_no_goal_may_be_there_twice() -> None:
    expected = {**EXPECTED, "Unsure": {"give": 1}, "no goal": {"take": 1}}
    assert "goal 'no goal': the goal is there twice" in refused(
        simple(["give"], expected=expected), AREA
    )


def test_something_must_tie_actions_to_goals() -> None:
    text = refused(simple(["give"], expected=None), TWO)
    assert "nothing ties actions to goals, so that the goals could be renamed at will" in text
    assert "gold='goal'" in text
    table = {"who": ["x", "y", "z"], "did": ["give", "take", ""], "g": ["share", "", "keep"]}
    declared = Behaviour(table, agent="who", action="did", gold="g")
    assert "nothing ties actions to 'keep': no agent who acted is known to hold it" in refused(
        declared, TWO
    )
    table["did"][2] = "take"
    np.testing.assert_array_equal(read(declared, TWO).gold, [0, -1, 1])
    three = ProblemArea("game", ["share", "keep", "punish"])
    assert "nothing ties actions to 'punish'" in refused(declared, three)


def test_one_goal_may_be_what_fits_no_other() -> None:
    seen = read(simple(["give", "take"]), AREA)
    assert np.isnan(seen.expected[2]).all()
    assert any("nothing is stated" in note.lower() and "'no goal'" in note for note in seen.notes)
    four = ProblemArea("game", ["share", "keep", "punish"], no_goal=["Unsure"])
    assert "nothing ties actions to 'punish', 'no goal'" in refused(simple(["give"]), four)


def test_actions_that_no_goal_explains() -> None:
    certain = {"share": {"give": 1.0}, "keep": {"take": 1.0}}
    table = {"who": ["x", "x", "y"], "did": ["give", "take", "give"]}
    declared = Behaviour(table, agent="who", action="did", expected=certain)
    text = refused(declared, TWO)
    assert "cannot come from any goal, but it was seen of 1 agent: the action 'give', the" in text
    assert "the action 'burn' is in the data" in refused(
        simple(["give", "burn"], expected=certain), TWO
    )


def test_actions_and_situations_can_be_declared() -> None:
    seen = read(simple(["give"], actions=["take", "give", "burn"]), TWO)
    assert seen.actions == (("take", "give", "burn"),)
    np.testing.assert_allclose(seen.expected, [[0.2, 0.8, 0], [0.9, 0.1, 0]])
    lists = {"two": ["right", "left"], "three": ["up", "down"], "one": ["give", "take"]}
    both = read(acts(actions=lists), TWO)
    assert both.situations == ("two", "three", "one")
    np.testing.assert_array_equal(both.reports[0], [0, 1, 0, 0, 1, 1])
    assert "Nobody acted in 'three'." in both.notes


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        (["giv", "take"], "the action 'give' in row 1 is not among the actions. Valid: 'giv', 't"),
        (["giv", "take"], "did you mean 'giv'?"),
        (["Give", "take"], "'give' in row 1 differs from 'Give' only by case"),
        (["give"], "expected: there is no action 'take'. Valid: 'give'"),
        (["give", "take", "take"], "the action 'take' is listed twice"),
        (["give", "take", "Take"], "actions differ only by case"),
        (["give", "take", ""], "one of the actions has an empty name"),
        ("give", "actions is the single text 'give'"),
        ({"all situations": "give"}, "the actions of a situation are a single text"),
        ({"one": ["give", "take"]}, "there is no situation 'all situations'"),
    ],
)
def test_lists_of_actions_that_cannot_be(actions: Any, says: str) -> None:
    assert says in refused(simple(["give"], actions=actions), TWO)


def test_a_situation_that_no_list_names() -> None:
    text = refused(acts(actions={"one": ["give", "take"], "tow": ["left", "right"]}), TWO)
    assert "the situation 'two' in 3 rows, the first of them 3 is not among those" in text
    assert "did you mean 'tow'?" in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"where": ["s", "t", *["s"], *["t"] * 4]}, "rows 1 and 2 say that the same agent is in"),
        ({"w": ["2", "3", *["2"], *["1"] * 4]}, "rows 1 and 2 give the same agent two weights"),
        ({"w": ["", *["1"] * 6]}, "row 1, column 'w': the weight is blank"),
        ({"w": [2, 2, 2, 0, 0, 0, 0]}, "all agents of population 't' have weight 0"),
        ({"truth": ["share", "keep", *[""] * 5]}, "rows 1 and 2 give the same agent two goals"),
        ({"truth": ["shore", *[""] * 6]}, "the known goal 'shore' in row 1 is no goal of the st"),
        ({"who": ["", *ROWS["who"][1:]]}, "the agent's id is empty in 1 row: 1"),
        ({"game": ["", *ROWS["game"][1:]]}, "the situation is empty in 1 row: 1"),
        ({"game": ["One", *ROWS["game"][1:]]}, "situations differ only by case"),
        ({"did": ["Give", *ROWS["did"][1:]]}, "actions differ only by case"),
        ({"did": ["#REF!", *ROWS["did"][1:]]}, "the action '#REF!' is an error value of a spre"),
        ({"did": [""] * 7}, "no agent took any action"),
        ({"did": ["give"] * 3 + [""] * 4, "truth": [""] * 7}, "no agent of population 't' took a"),
    ],
)
def test_rows_that_cannot_be(change: dict[str, Any], says: str) -> None:
    assert says in refused(acts(change), TWO)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"populations": ("s", "t", "u")}, "no agent of population 'u' took any action"),
        ({"populations": ("s",), "population": None}, "no column says who belongs to which"),
        ({"population_size": {"s": 1, "t": 1}}, "the population has 1 agents, but 2"),
        ({"gold": None, "gold_chosen": True}, "gold_chosen is stated, but no goal is known"),
        ({"situation": "gam"}, "there is no column 'gam'"),
    ],
)
def test_declarations_that_cannot_be(more: dict[str, Any], says: str) -> None:
    assert says in refused(acts(**more), TWO)


def test_a_column_of_ids_is_one_problem() -> None:
    text = refused(simple([f"y{i}" for i in range(1000)]), TWO)
    assert len(text.splitlines()) == 1
    assert "more than 200 different actions" in text
    table = {"who": ["x"] * 300, "did": [f"y{i}" for i in range(300)], "s": ["one"] * 300}
    declared = Behaviour(table, agent="who", action="did", situation="s", expected=EXPECTED)
    assert "more than 200 different actions" in refused(declared, TWO)


def test_a_situation_with_one_action_is_noted() -> None:
    seen = read(
        acts(
            {"did": ["give", "take", *["left"] * 1, "give", "", "give", "left"]},
            expected={"one": EXPECTED},
        ),
        TWO,
    )
    assert "There is only one action in 'two', which says nothing about goals." in seen.notes


def test_too_many_patterns_are_refused_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distinct_agents, "MOST_CELLS", 3)
    assert "2 different patterns of 2 actions" in refused(simple(["give", "take"]), TWO)


def test_hostile_names_are_just_names() -> None:
    names = ["<script>alert(1)</script>", "=1+1", "../../x", '"', "a\nb", "\U0001f600", "x" * 300]
    expected = {goal: dict.fromkeys(names, 1 / 7) for goal in TWO.goals}
    seen = read(simple(names, expected=expected), TWO)
    assert seen.actions == (tuple(names),)
    text = refused(simple(["a\u202eb"]), TWO)
    assert "the action 'a\\u202eb' holds the invisible character" in text


def test_a_table_of_a_study_fills_the_declaration() -> None:
    table = tomllib.loads("""
        data = "a.csv"
        agent = "who"
        action = "did"
        situation = "game"
        population_size = 40
        [actions]
        one = ["give", "take"]
        [expected.one]
        share = {give = 0.8, take = 0.2}
    """)
    declared = validated(Behaviour, table, "study.toml, [goals]", problems := Problems())
    assert declared == Behaviour(**table), list(map(str, problems))
    flat = validated(Behaviour, table | {"actions": ["give"]}, "study.toml", problems)
    assert flat is not None
    assert flat.actions == ("give",)
    assert validated(Behaviour, table | {"codes": {}}, "study.toml", problems) is None
    assert "unknown key 'codes'" in str(*problems)


def test_actions_in_no_list_count_as_the_catch_all() -> None:
    expected = {
        "share": {"give": 0.7, "take": 0.2, "else": 0.1},
        "keep": {"give": 0.1, "take": 0.8},
    }
    expected["keep"]["else"] = 0.1
    did = ["give", "burn", "take", "hide", "burn", "give"]
    found = read(simple(did, expected=expected, other="else"), TWO)
    merged = [text if text in ("give", "take") else "else" for text in did]
    by_hand = read(simple(merged, expected=expected), TWO)
    assert found.actions == by_hand.actions == (("give", "take", "else"),)
    np.testing.assert_array_equal(found.reports, by_hand.reports)
    note = "3 actions in none of the lists (2 different ones) count as 'else': 'burn', 'hide'."
    assert note in found.notes
    listed = read(
        simple(did, expected=expected, other="else", actions=["give", "take", "else"]), TWO
    )
    np.testing.assert_array_equal(listed.reports, by_hand.reports)


def test_the_catch_all_of_actions_counts_with_their_numbers_and_situations() -> None:
    rows = {**COUNTED, "did": ["give", "burn", "hide"], "game": ["one", "one", "two"]}
    lists = {"one": ["give", "take", "else"], "two": ["left", "else"]}
    stated = {"agent": "who", "action": "did", "situation": "game", "count": "n"}
    gold = {"gold": "truth"}
    truth = {"truth": ["share", "share", "keep"]}
    found = read(Behaviour(rows | truth, actions=lists, other="else", **stated, **gold), TWO)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.reports, [[3, 0, 1, 0, 0], [0, 0, 0, 0, 2]])
    assert any("3 actions in none of the lists" in note for note in found.notes)


def test_the_catch_all_of_actions_needs_lists_and_takes_no_misspelt_action() -> None:
    said = refused(simple(["give"], expected=None, gold="who", other="else"), TWO)
    assert "other is stated, but nothing says which actions there are beside it" in said
    said = refused(simple(["give", "burn"], other="else", actions=["give", "take"]), TWO)
    assert "other is 'else', which is in none of the study's lists" in said
    actions = ["give", "take", "else"]
    said = refused(simple(["give", "Give"], other="else", actions=actions), TWO)
    assert "differs from 'give' only by case" in said
