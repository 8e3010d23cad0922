"""Levels of conflict that are moved, as a study file says them."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from bayes_misalign.app.levels import (
    checked,
    measured_starts,
    stated_starts,
    tables_of,
    with_levels,
)
from bayes_misalign.contract.registry import conflict_model, names_of
from bayes_misalign.errors import StudyError
from bayes_misalign.start.examples import examples_root
from bayes_misalign.study.load_toml import names_areas
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import study_of_text

EXCLUSIVE = """# who holds what
[problem_area]
name = "vote"
goals = ["a", "b", "c"]
no_goal = ["none"]

[conflict]  # goals exclude each other
model = "mutually-exclusive"

# about the goals
[goals]
model = "single-choice"
counts = { a = 30, b = 20, c = 10, none = 5 }

[fit]
seed = 7
"""
STATED = EXCLUSIVE.replace(
    'model = "mutually-exclusive"',
    """model = "elicited"
prior = { probability = 0.8 }
pairs = [
  { between = ["a", "b"], range = [0.2, 0.6], probability = 0.5 },
  { between = ["a", "c"], mean = 0.3, strength = 10 },
  { between = ["b", "c"], range = [0.1, 0.4] },
]""",
)
AB, AC, BC = ("a", "b"), ("a", "c"), ("b", "c")


def read(text: str) -> Study:
    return study_of_text(text, Path("study.toml"))


def levels(study: Study) -> list[tuple[float, float]]:
    starts = stated_starts(study)
    assert starts is not None
    return [(start.low, start.high) for start in starts]


def moved(text: str, changes: dict[tuple[str, str], tuple[float, float]]) -> str:
    starts = stated_starts(read(text))
    assert starts is not None
    return with_levels(text, starts, changes)


def test_exclusive_goals_start_at_one_and_no_goal_at_zero() -> None:
    assert levels(read(EXCLUSIVE)) == [(1, 1), (1, 1), (0, 0), (1, 1), (0, 0), (0, 0)]


def test_stated_ranges_start_where_they_are_and_means_at_the_middle_of_their_beta() -> None:
    ab, ac, _, bc, *_ = levels(read(STATED))
    assert (ab, bc) == ((0.2, 0.6), (0.1, 0.4))
    draws = np.random.default_rng(1).beta(3, 7, 200_000)
    np.testing.assert_allclose(ac, np.quantile(draws, [0.05, 0.95]), atol=0.005)


def test_only_the_conflict_of_a_study_file_changes() -> None:
    text = moved(EXCLUSIVE, {AB: (0.5, 0.5)})
    before, after = tomllib.loads(EXCLUSIVE), tomllib.loads(text)
    assert {**before, "conflict": None} == {**after, "conflict": None}
    assert "# who holds what" in text
    assert "# about the goals\n[goals]" in text
    assert "exclude each other" not in text
    assert levels(read(text)) == [(0.5, 0.5), (1, 1), (0, 0), (1, 1), (0, 0), (0, 0)]


def test_a_pair_that_is_not_moved_keeps_all_that_was_said_of_it() -> None:
    text = moved(STATED, {BC: (0.9, 0.9)})
    known, stated = sorted(tomllib.loads(text)["conflict"], key=lambda t: -len(t["model"]))[::-1]
    assert known["pairs"] == [{"between": ["b", "c"], "conflict": 0.9}]
    assert stated["prior"] == {"probability": 0.8}
    assert stated["pairs"] == [
        {"between": ["a", "b"], "range": [0.2, 0.6], "probability": 0.5},
        {"between": ["a", "c"], "mean": 0.3, "strength": 10.0},
    ]


def test_levels_back_at_one_are_exclusive_goals_again() -> None:
    text = moved(moved(EXCLUSIVE, {AB: (0.5, 0.5)}), {AB: (1, 1)})
    assert tomllib.loads(text)["conflict"] == tomllib.loads(EXCLUSIVE)["conflict"]


def test_an_agent_without_a_goal_may_conflict() -> None:
    text = moved(EXCLUSIVE, {("a", "no goal"): (0.25, 0.25), BC: (0.0, 1.0)})
    study = read(text)
    assert study.conflict.source_of("a", "no goal").model == "fixed"
    assert study.conflict.source_of("b", "c").model == "elicited"
    assert levels(study)[2] == (0.25, 0.25)


@pytest.mark.parametrize(
    "text",
    [
        EXCLUSIVE.replace("[conflict]", "[[conflict]]"),
        EXCLUSIVE.replace("[conflict]", '["conflict"]'),
        "conflict = { model = 'mutually-exclusive' }\n"
        + EXCLUSIVE.replace("[conflict]  # goals exclude each other\n", "").replace(
            'model = "mutually-exclusive"\n', ""
        ),
        'title = """\n[conflict]\nno table\n"""\n' + EXCLUSIVE,
    ],
    ids=["array", "quoted", "inline", "inside a string"],
)
def test_a_study_file_may_be_written_in_any_way(text: str) -> None:
    before = tomllib.loads(text)
    after = tomllib.loads(moved(text, {AB: (0.5, 0.5)}))
    assert {**before, "conflict": None} == {**after, "conflict": None}
    assert after["conflict"]["model"] == "fixed"


@pytest.mark.parametrize(
    "ends", [(-0.1, 0.5), (0.2, 1.1), (0.6, 0.2), ("0", 1), (True, 1), (None, 1), (float("nan"), 1)]
)
def test_what_is_no_range_is_refused(ends: tuple[object, object]) -> None:
    with pytest.raises(StudyError):
        checked(*ends)


def test_measured_levels_start_at_their_posterior_means() -> None:
    study = read(EXCLUSIVE)
    means = np.full((4, 4), 0.318)
    assert {start.low for start in measured_starts(study, means)} == {0.32}
    both = np.stack([means, np.full((4, 4), 0.518)])
    assert {start.low for start in measured_starts(study, both)} == {0.42}
    assert [s.low for s in measured_starts(study, None)] == [0.5, 0.5, 0, 0.5, 0, 0]


@pytest.mark.parametrize("name", names_of("conflict"))
def test_what_a_model_states_pair_by_pair_it_reads_again(name: str) -> None:
    model = conflict_model(name)
    for low, high in ((0.3, 0.3), (0.2, 0.7), (0.0, 1.0)):
        keys = model.statement(low, high)
        if keys is None:
            continue
        table = {"model": name, "pairs": [{"between": ["a", "b"], **keys}], "unnamed_pairs": 0.5}
        source = model.declaration(**{k: v for k, v in table.items() if k != "model"})
        study = Study.of(read(EXCLUSIVE).area, read(EXCLUSIVE).goals, source)
        first = levels(study)[0]
        if (low, high) == (0, 1):  # all levels are as probable: its middle is shown
            np.testing.assert_allclose(first, (0.05, 0.95))
        else:
            assert first == (low, high)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(examples_root().glob("*/*.toml")) if not names_areas(path)],
    ids=lambda p: p.parent.name,
)
def test_every_example_can_be_written_with_other_levels(path: Path) -> None:
    before = tomllib.loads(path.read_text(encoding="utf-8"))
    study = study_of_text(path.read_text(encoding="utf-8"), path)
    starts = stated_starts(study) or measured_starts(study, None)
    changes = {s.pair: (0.25, 0.25) for s in starts if not s.without_goal}
    text = with_levels(path.read_text(encoding="utf-8"), starts, changes)
    assert {**before, "conflict": None} == {**tomllib.loads(text), "conflict": None}
    again = study_of_text(text, path, study)
    assert set(levels(again)) <= {(0.25, 0.25), *((s.low, s.high) for s in starts)}
    assert len(tables_of(starts, changes)) >= 1
