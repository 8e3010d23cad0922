"""Known goals in a table of their own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.models.behaviour.declaration import Behaviour
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import to_plain
from tests.readers import read, refused

AREA = ProblemArea("vote", ["a", "b"], not_answers=["dk"])
LONG = {
    "id": ["x", "x", "y", "z", "z", "w"],
    "rater": ["r", "s", "r", "r", "s", "s"],
    "says": ["a", "b", "b", "b", "b", "a"],
}
WIDE = {"id": ["x", "y", "z", "w"], "r": ["a", "b", "b", ""], "s": ["b", "", "b", "a"]}
GOLD = {"id": ["z", "x", "w"], "gold": ["b", "a", ""]}
IN_ROWS = {"gold": ["a", "", "", "b", "b", ""]}
EXPECTED = {"a": {"a": 0.9, "b": 0.1}, "b": {"a": 0.2, "b": 0.8}}


def labels(gold_data: Any = GOLD, data: Any = LONG, **more: Any) -> NoisyLabels:
    form: dict[str, Any] = {"label": "says", "rater": "rater"} if data is LONG else {"raters": "rs"}
    return NoisyLabels(data, agent="id", gold_data=gold_data, **(form | more))


def same(one: Any, other: Any) -> None:
    for name in ("reports", "population", "gold", "agents"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_table_of_known_goals_is_the_column_of_known_goals() -> None:
    column = NoisyLabels(LONG | IN_ROWS, "says", "id", "rater", gold="gold")
    found = read(labels(), AREA)
    same(found, read(column, AREA))
    same(found, read(labels({"agent": GOLD["id"], "gold": GOLD["gold"]}), AREA))
    same(found, read(labels({"id": GOLD["id"], "truth": GOLD["gold"]}, gold="truth"), AREA))
    same(found, read(labels(data=WIDE, raters=("r", "s")), AREA))
    assert to_plain(found) == to_plain(read(column, AREA))


def test_actions_have_known_goals_too() -> None:
    rows = {"id": LONG["id"], "did": LONG["says"]}
    column = Behaviour(rows | IN_ROWS, "id", "did", gold="gold", expected=EXPECTED)
    same(
        read(Behaviour(rows, "id", "did", gold_data=GOLD, expected=EXPECTED), AREA),
        read(column, AREA),
    )
    alone = Behaviour(rows, "id", "did", gold_data=GOLD)
    assert read(alone, AREA).gold_counts.sum() == 2


def test_agents_who_were_never_labelled_are_left_out_with_a_note() -> None:
    found = read(labels({"id": ["z", "q", "p"], "gold": ["b", "a", "a"]}), AREA)
    assert found.gold_counts.sum() == 1
    assert (
        "2 of 3 agents of data frame are not in data frame and left out: 'q', 'p'." in found.notes
    )


def test_the_form_of_the_table_holds_for_known_goals(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("id;says;wave\nx;1;1\ny;2;1\nz;2;2\n")
    (tmp_path / "gold.csv").write_text("id;gold\nx;1\ny;NA\n")
    declared = NoisyLabels(
        "labels.csv",
        "says",
        "id",
        gold_data="gold.csv",
        separator=";",
        missing=["NA"],
        where={"wave": 1},
        codes={"1": "a", "2": "b"},
    )
    found = read(declared, AREA, tmp_path)
    assert found.gold_counts.tolist() == [1, 0]
    assert any("column 'gold' in gold.csv is missing" in note for note in found.notes)


@pytest.mark.parametrize(
    ("gold", "says"),
    [
        ({"id": ["x", "x"], "gold": ["a", "b"]}, "rows 1 and 2 give the agent 'x' two goals"),
        ({"id": ["x", ""], "gold": ["a", "b"]}, "the agent's id is empty in 1 rows"),
        ({"id": ["x"], "gold": ["c"]}, "the known goal 'c' in row 1 is no goal of the study"),
        ({"id": ["X1"], "gold": ["a"]}, "no agent of data frame is in data frame"),
        ({"name": ["x"], "gold": ["a"]}, "there is no column 'agent'"),
        ({"id": ["x"], "goal": ["a"]}, "there is no column 'gold'"),
        ("gold.csv", "the file 'gold.csv' does not exist"),
    ],
)
def test_known_goals_that_cannot_be(gold: Any, says: str) -> None:
    assert says in refused(labels(gold), AREA)


def test_what_does_not_go_with_a_table_of_known_goals() -> None:
    nameless = NoisyLabels(WIDE, raters=("r", "s"), gold_data=GOLD)
    assert "no column names the agents" in refused(nameless, AREA)
    assert "gold_data and gold_rater" in refused(labels(gold_rater="r"), AREA)
    assert read(labels(gold_chosen=True), AREA).gold_chosen
