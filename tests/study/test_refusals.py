"""What a study may say of agents without an answer, and what of it is refused."""

from pathlib import Path
from typing import Any

import pytest

import bayes_misalign as bm
from bayes_misalign.study.write import write_study
from tests.fixes import BASE, over, read

ANSWERED = {
    "problem_area": {"not_answers": ["refused"]},
    "goals": {"data": {"vote": ["A", "B", "A", "refused", "", "refused"]}},
}


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"labels": ["Refused"]}, "did you mean 'refused'"),
        ({"odds": {"C": 2}}, "there is no goal 'C'"),
        ({"odds": [2, 0]}, "a factor of odds is 0"),
        ({"odds": [{"A": -1.0}]}, "a factor of odds is -1.0"),
        ({"odds": "twice"}, "odds is 'twice'"),
        ({"odds": True}, "odds is True"),
        ({"ranges": {"A": [3, 1]}}, "the range of A is [3, 1]"),
        ({"ranges": [1, 3]}, "ranges is [1, 3]"),
        ({"shares": {"A": 0.6, "B": 0.6}}, "the shares sum to 1.2"),
        ({"shares": {"A": -0.2, "B": 1.2}}, "negative"),
        ({"shares": [0.5, 0.5]}, "shares is [0.5, 0.5]"),
        ({"odd": [2]}, "unknown key 'odd'"),
    ],
)
def test_what_is_not_there_or_no_number_is_named(
    stated: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(bm.StudyError) as error:
        read(tmp_path, over(over(BASE, ANSWERED), {"refusals": stated}))
    assert said in str(error.value)
    assert "[refusals]" in str(error.value)


def test_a_study_that_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    stated = {"odds": {"A": [0.5, 2]}, "not_asked": True}
    study = read(tmp_path / "one", over(over(BASE, ANSWERED), {"refusals": stated}))
    left = study.goals.left_out
    assert left is not None
    assert left.agents.tolist() == [[2, 1]]
    again = tmp_path / "again"
    again.mkdir()
    found = bm.read_study(write_study(study, again))
    assert found.refusals == study.refusals
    assert found.goals.left_out == left
    assert found.goals.counts.tolist() == study.goals.counts.tolist()


def test_departures_are_refused_of_evidence_that_tells_of_no_refusals() -> None:
    area = bm.ProblemArea("x", ["A", "B"], not_answers=["none"])
    goals = bm.SingleChoice(counts={"A": 3, "B": 2})
    with pytest.raises(bm.StudyError, match="nobody without an answer"):
        bm.Study.of(area, goals, bm.MutuallyExclusive(), refusals=bm.Refusals(odds=2))


@pytest.mark.parametrize(
    ("goals", "said"),
    [
        (
            {"model": "poststratified", "covariates": ["sex"], "table": {"sex": ["f", "m"]}},
            "not known which part of the population would give no answer",
        ),
        (
            {"model": "noisy-labels", "goal": None, "agent": "id", "label": "vote"},
            "is a report about an agent, who may have others",
        ),
    ],
)
def test_models_that_cannot_tell_refusals_say_why(
    goals: dict[str, Any], said: str, tmp_path: Path
) -> None:
    votes, ids = ANSWERED["goals"]["data"]["vote"], list("123456")
    data = {"vote": votes, "sex": list("fmfmfm"), "id": ids}
    tables = over(over(BASE, ANSWERED), {"goals": {**goals, "data": data}})
    assert read(tmp_path, tables).goals.left_out is None
    with pytest.raises(bm.StudyError) as error:
        read(tmp_path, over(tables, {"refusals": {"odds": [2]}}))
    assert said in str(error.value)
    assert "a table of answers or of published percentages" in str(error.value)
