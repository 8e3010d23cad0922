"""How agents of known goal were drawn, as a study states it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.behaviour.declaration import Behaviour
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.write import write_study
from tests.readers import read, refused

AREA = ProblemArea("vote", ["a", "b"])
ROWS = {
    "id": list("123456"),
    "says": list("abaabb"),
    "g": ["a", "b", "", "", "a", "b"],
    "pi": ["0.5", "0.2", "", "0.9", "0.5", "1"],
}
EXPECTED = {"a": {"a": 0.9, "b": 0.1}, "b": {"a": 0.2, "b": 0.8}}


def labels(data: Any = ROWS, **more: Any) -> NoisyLabels:
    return NoisyLabels(data, agent="id", label="says", gold="g", **more)


def test_a_study_says_that_they_are_a_random_subset() -> None:
    assert not read(labels(), AREA).gold_random
    found = read(labels(gold_random=True), AREA)
    assert found.gold_random
    np.testing.assert_array_equal(found.agents, read(labels(), AREA).agents)
    acted = Behaviour(ROWS, "id", "says", gold="g", expected=EXPECTED, gold_random=True)
    assert read(acted, AREA).gold_random


def test_agents_of_other_probabilities_stand_in_rows_of_their_own() -> None:
    found = read(labels(gold_probability="pi"), AREA)
    # what stands beside an agent of unknown goal says nothing, and parts no row
    np.testing.assert_array_equal(found.agents, [1, 1, 2, 1, 1])
    np.testing.assert_array_equal(found.gold_probability, [0.5, 0.2, np.nan, 0.5, 1])
    acted = Behaviour(ROWS, "id", "says", gold="g", expected=EXPECTED, gold_probability="pi")
    np.testing.assert_array_equal(read(acted, AREA).gold_probability, found.gold_probability)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"gold_random": True, "gold": None}, "gold_random is stated, but no goal is known"),
        ({"gold_random": True, "gold_probability": "pi"}, "gold_random and gold_probability are"),
        ({"gold_random": True, "gold_chosen": True}, "gold_random and gold_chosen are both"),
    ],
)
def test_what_does_not_go_together_is_refused(stated: Any, says: str) -> None:
    assert says in refused(NoisyLabels(ROWS, agent="id", label="says", **{"gold": "g"} | stated))


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("0", "the probability to be drawn is 0"),
        ("50", r"the probability to be drawn is outside [0, 1]"),
        ("", "the probability to be drawn is empty for an agent of known goal"),
    ],
)
def test_a_probability_that_is_none_is_refused(cell: str, says: str) -> None:
    data = ROWS | {"pi": [cell, *ROWS["pi"][1:]]}
    said = refused(labels(data, gold_probability="pi"), AREA)
    assert says in said
    assert "row 1, column 'pi'" in said


def test_an_agent_has_one_probability() -> None:
    data = {name: [*cells, cells[0]] for name, cells in ROWS.items()}
    data["pi"][-1], data["r"] = "0.4", [*"xxxxxx", "y"]
    said = refused(labels(data, gold_probability="pi", rater="r"), AREA)
    assert "rows 1 and 7 give the same agent two probabilities to be drawn, 0.5 and 0.4" in said


@pytest.mark.parametrize("stated", [{"gold_random": True}, {"gold_probability": "pi"}])
@pytest.mark.parametrize("model", ["labels", "actions"])
def test_what_is_written_is_read_again(tmp_path: Path, stated: Any, model: str) -> None:
    declared: Any = labels(**stated)
    if model == "actions":
        declared = Behaviour(ROWS, "id", "says", gold="g", expected=EXPECTED, **stated)
    area = bm.ProblemArea("vote", goals=["a", "b"])
    study = bm.Study.of(area, declared, bm.MutuallyExclusive())
    again = bm.read_study(write_study(study, tmp_path))
    assert again.goals.gold_random == study.goals.gold_random
    if study.goals.gold_probability is not None:
        np.testing.assert_array_equal(again.goals.gold_probability, study.goals.gold_probability)
    np.testing.assert_array_equal(again.goals.gold, study.goals.gold)
