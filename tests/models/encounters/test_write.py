"""A study of encounters is written so that it reads back as the same."""

from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("vote", goals=["a", "b", "c"], no_goal=["Unsure"])
ANSWERS = bm.SingleChoice(
    {"id": list("wxyz"), "goal": ["a", "b", "c", "Unsure"]}, goal="goal", respondent="id"
)
ROWS = {
    "goal": ["a", "a", "b", "c", "a"],
    "goal_other": ["b", "c", "c", "c", "Unsure"],
    "yes": [3, 0, 2, 1, 1],
    "no": [1, 0, 2, 4, 3],
}


def met(**more: object) -> bm.Encounters:
    return bm.Encounters(ROWS, yes_count="yes", no_count="no", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("background", [None, True])
def test_encounters_read_back(background: bool | None, tmp_path: Path) -> None:
    study = bm.Study.of(AREA, ANSWERS, met(background=background))
    again = bm.read_study(write_study(study, tmp_path))
    one, other = study.conflict.sources[0], again.conflict.sources[0]
    assert one.pairs == other.pairs
    for name in ("seen_yes", "seen_no"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert (one.background, other.background) == (True, True)  # type: ignore[union-attr]
    assert study.conflict_priors[0] == again.conflict_priors[0]


def test_simulated_encounters_are_as_many(tmp_path: Path) -> None:
    study = bm.Study.of(AREA, ANSWERS, met())
    made = simulate(study, 50, seed=1)
    source = made.study.conflict.sources[0]
    assert source.number == 17  # type: ignore[union-attr]
    again = bm.read_study(write_study(made.study, tmp_path))
    np.testing.assert_array_equal(again.conflict.sources[0].seen_yes, source.seen_yes)  # type: ignore[union-attr]


def test_what_a_table_of_goals_cannot_say_is_not_written(tmp_path: Path) -> None:
    agents = {"one": ["w", "w"], "two": ["x", "y"], "conflict": ["yes", "no"]}
    by_agents = bm.Encounters(agents, agent="one", agent_other="two")
    study = bm.Study.of(AREA, ANSWERS, [by_agents, bm.Fixed({("a", "c"): 0.5})])
    with pytest.raises(bm.StudyError, match="another source"):
        write_study(study, tmp_path)
    with pytest.raises(bm.StudyError, match="another source"):
        simulate(study, 50, seed=1)
    labels = bm.NoisyLabels({"id": list("wxy"), "r": list("abc")}, agent="id", raters=["r"])
    uncertain = bm.Study.of(AREA, labels, by_agents)
    with pytest.raises(bm.StudyError, match="uncertain"):
        write_study(uncertain, tmp_path)
