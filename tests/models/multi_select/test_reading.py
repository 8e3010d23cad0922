"""From tables to counts of holdings."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from bayes_misalign.models.multi_select.declaration import MultiSelect
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.multi_select.holdings import holdings_of
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

AREA = ProblemArea("travel", ["car", "bike", "bus"], ["none"], ["refused"])
CELLS = ["car;bike", "bike; car", "bus", "none", "", "refused", "car", "car;bike;bus"]
EXPECTED = {"car": 1, "bus": 1, "car + bike": 2, "car + bike + bus": 1, "no goal": 1}


def found(evidence: HoldingCounts, s: int = 0) -> dict[str, float]:
    named = zip(evidence.categories, evidence.counts[s].tolist(), strict=True)
    return {label: n for label, n in named if n}


def test_answers_in_one_cell() -> None:
    evidence = read(MultiSelect({"by": CELLS}, goal="by"), AREA)
    assert found(evidence) == EXPECTED
    assert evidence.not_asked.tolist() == [1]
    assert evidence.not_answers["refused"].tolist() == [1]
    assert evidence.goals == ("car", "bike", "bus", "no goal")
    assert len(evidence.categories) == 8  # all sets of three goals, and no goal
    np.testing.assert_array_equal(evidence.held.sum(axis=1), [1, 1, 1, 2, 2, 2, 3, 1])


LISTS = [[part.strip() for part in text.split(";") if part] for text in CELLS]


@pytest.mark.parametrize(
    "data", [{"by": LISTS}, pd.DataFrame({"by": LISTS}), pl.DataFrame({"by": LISTS})]
)
def test_lists_in_the_cells_of_a_frame(data: object) -> None:
    assert found(read(MultiSelect(data, goal="by"), AREA)) == EXPECTED


def test_a_column_of_ticks_for_each_goal() -> None:
    ticks = {
        "car": ["1", "1", "", "0", "", "", "x", "yes"],
        "bike": ["1", "Selected", "", "0", "", "", "No", "bike"],
        "bus": ["0", "", "1", "0", "", "", "not selected", "TRUE"],
        "refused": ["", "", "", "", "", "1", "", ""],
    }
    for stated in ("{goal}", {name: name for name in ticks}):
        evidence = read(MultiSelect(ticks, columns=stated), AREA)
        assert found(evidence) == EXPECTED
        assert evidence.not_asked.tolist() == [1]
        assert evidence.not_answers["refused"].tolist() == [1]
    nobody = read(MultiSelect(ticks, columns="{goal}", empty_row="no goal"), AREA)
    assert found(nobody)["no goal"] == 2


def test_agents_who_named_nothing_are_told_where_they_may_hold_nothing() -> None:
    empty = {"car": ["x", "", ""], "bike": ["", "", "x"], "bus": ["x", "", ""]}
    said = "1 agent named nothing and counts as not asked; if they were asked"
    assert any(
        note.startswith(said) for note in read(MultiSelect(empty, columns="{goal}"), AREA).notes
    )
    nobody = MultiSelect(empty, columns="{goal}", empty_row="no goal")
    marked = {name: ["1", "", "0"] for name in empty}  # here 0 says that a goal is not held
    gaps = {name: ["x", "NA", ""] for name in empty} | {"car": ["", "NA", "x"]}
    for other in (
        nobody,
        MultiSelect(marked, columns="{goal}"),
        MultiSelect(gaps, columns="{goal}", missing=["NA"]),
    ):
        assert not [note for note in read(other, AREA).notes if "named nothing" in note]
    cells = MultiSelect({"goals": ["car;bus", "", "", "bike"]}, "goals")
    assert any(note.startswith("2 agents named nothing and") for note in read(cells, AREA).notes)


def test_a_label_that_holds_the_split_is_one_answer() -> None:
    area = ProblemArea("x", ["a; b", "c"])
    assert found(read(MultiSelect({"by": ["a; b", "c", "c"]}, goal="by"), area)) == {
        "a; b": 1,
        "c": 2,
    }


def test_populations_weights_and_counts() -> None:
    data = {
        "by": ["car", "car;bike", "bus", "bus"],
        "at": ["x", "x", "y", "y"],
        "w": [0.5, 2.0, 1.0, 1.0],
    }
    evidence = read(MultiSelect(data, goal="by", population="at", weight="w"), AREA)
    place = evidence.categories.index("car + bike")
    assert evidence.weighted
    assert (evidence.weight_sum[0, place], evidence.weight_sq_sum[0, place]) == (2.0, 4.0)
    assert evidence.tilt is not None
    counted = MultiSelect({"by": ["car", "car;bike"], "n": [3, 4]}, goal="by", count="n")
    assert found(read(counted, AREA)) == {"car": 3, "car + bike": 4}


def test_of_many_goals_those_sets_that_a_table_names_are_categories() -> None:
    goals = [f"g{i}" for i in range(6)]
    cells = {"by": ["g0;g1", "g0;g1", "g2;g3;g5", "g1;g2"], "n": [5, 4, 1, 0]}
    evidence = read(MultiSelect(cells, goal="by", count="n"), ProblemArea("x", goals))
    assert evidence.categories == (*goals, "g0 + g1", "g1 + g2", "g2 + g3 + g5")
    assert not evidence.cautions
    rare = {"by": ["g0;g1", "g2;g3", "g4;g5"]}
    (caution,) = read(MultiSelect(rare, goal="by"), ProblemArea("x", goals)).cautions
    assert caution.what.startswith("about 100 % of agents hold sets of goals that nobody else")


def test_holdings_in_order_and_whole() -> None:
    assert holdings_of(("a", "b"), []).categories == ("a", "b", "a + b")
    assert len(holdings_of(tuple("abcde"), []).categories) == 31
    assert len(holdings_of(tuple("abcdef"), []).categories) == 6


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"goal": None}, "neither goal nor columns is stated"),
        ({"columns": {"by": "car"}}, "goal and columns are both stated"),
        ({"lift": "sum"}, "lift is 'sum'"),
        ({"same_goals": "x"}, "same_goals is 'x'"),
        ({"ticked": ["1"]}, "ticked is stated without columns"),
        ({"split": " "}, "split is blank"),
        ({"weight_sum": "w"}, "only one of weight_sum and weight_sq_sum"),
    ],
)
def test_what_does_not_go_together(stated: dict[str, object], said: str) -> None:
    declared = {"goal": "by", **stated}
    assert said in refused(MultiSelect({"by": ["car"], "w": [1]}, **declared), AREA)


def test_unknown_labels_are_named() -> None:
    said = refused(MultiSelect({"by": ["car;bkie", "bus"]}, goal="by"), AREA)
    assert "'bkie'" in said
    assert "did you mean 'bike'" in said


def test_ticks_of_an_spss_file(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    labels = {0.0: "Not selected", 1.0: "Selected"}
    frame = pd.DataFrame({"q_1": [1.0, 1.0, 0.0, 0.0], "q_2": [0.0, 1.0, 1.0, 0.0]})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels={"q_1": labels, "q_2": labels})
    area = ProblemArea("x", ["A", "B"], ["none"])
    evidence = read(MultiSelect(path, columns={"q_1": "A", "q_2": "B"}), area)
    assert found(evidence) == {"A": 1, "B": 1, "A + B": 1, "no goal": 1}
