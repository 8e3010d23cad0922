"""Several goals of one agent, in one cell or in a column for each option."""

import pytest

from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.several_goals import several_in
from tests.readers import read, refused

AREA = ProblemArea("street", ["Trees", "Parking", "Bike lane, wide"], not_answers=["None"])
NO_MODEL = "only the model multi-select takes several goals of one agent"


@pytest.mark.parametrize(
    "text",
    [
        *("Trees, Parking", "Parking;Trees", "Trees|Parking", "trees / PARKING", "Trees\nParking"),
        *("Trees and Parking", "Trees & Parking", "['Trees', 'Parking']", "Trees;Parking;lakes"),
        "Bike lane, wide; Trees",
    ],
)
def test_cells_that_name_several_goals(text: str) -> None:
    assert len(several_in(text, AREA.goals)) == 2
    said = refused(SingleChoice({"goal": ["Trees", text, "Parking"]}, "goal"), AREA)
    assert "a cell names several goals, such as" in said
    assert "in row 2" in said
    assert NO_MODEL in said
    assert "did you mean" not in said


@pytest.mark.parametrize("text", ["Trees", "Trees, many", "Bike lane, wide", "bike LANE, wide", ""])
def test_cells_that_name_one_goal(text: str) -> None:
    assert several_in(text, AREA.goals) == ()


def test_they_are_one_problem_and_never_another_answer() -> None:
    cells = ["Trees;Parking", "Parking;Trees", "Trees", "pool"]
    said = refused(SingleChoice({"goal": cells}, "goal"), AREA)
    assert "2 cells name several goals, such as 'Trees;Parking' in row 1" in said
    assert said.count("\n") == 1
    area = ProblemArea("street", ["Trees", "Parking", "Other"])
    said = refused(SingleChoice({"goal": cells}, "goal", other="Other"), area)
    assert said.count("\n") == 0
    assert NO_MODEL in said
    assert read(SingleChoice({"goal": cells[2:]}, "goal", other="Other"), area).n == 2
    coded = SingleChoice({"goal": ["1", "1;2"]}, "goal", codes={"1": "Trees", "2": "Parking"})
    assert NO_MODEL in refused(coded, AREA)


def test_more_mixtures_than_a_column_may_have_unknown_labels() -> None:
    goals = [f"g{i}" for i in range(30)]
    cells = [f"{a};{b}" for a in goals for b in goals if a != b]
    said = refused(SingleChoice({"goal": cells}, "goal"), ProblemArea("x", goals))
    assert said.startswith("data frame, column 'goal': 870 cells name several goals")


def test_labels_of_raters_may_name_several_too() -> None:
    rows = {"id": ["a", "b"], "says": ["Trees", "Trees;Parking"]}
    said = refused(NoisyLabels(rows, label="says", agent="id"), AREA)
    assert "a cell names several labels, such as 'Trees;Parking' in row 2" in said


def test_options_that_were_ticked() -> None:
    said = refused(SingleChoice({"q_1": ["Selected", "", "Not selected"]}, "q_1"), AREA)
    assert "it seems to be one option of a question of which several may be chosen" in said
    wide = {"Trees": [1, 1, 0], "Parking": [1, 0, 1]}
    said = refused(SingleChoice(wide, columns="{goal}"), AREA)
    assert "there are 4 ones in 3 rows: they seem to be options" in said
    one = {"Trees": [1, 1, 0], "Parking": [0, 0, 1]}
    assert read(SingleChoice(one, columns="{goal}"), AREA).n == 3
    counts = {"Trees": [1, 1, 0], "Parking": [1, 3, 1]}
    assert read(SingleChoice(counts, columns="{goal}"), AREA).n == 7
