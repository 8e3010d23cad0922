import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.errors import Problems, ResultError
from bayes_misalign.models.elicited.declaration import Elicited
from bayes_misalign.models.fixed.declaration import Fixed
from bayes_misalign.models.judged.declaration import Judged
from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.conflict_sources import read_conflict
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.tables.labels import find_twins, suspicious
from tests.readers import read, survey

AREA = ProblemArea("area", ["a", "b", "c"], no_goal=["Unsure"], not_answers=["Refused"])
KINDS: dict[str, Any] = {
    "area": AREA,
    "weighted survey": read(
        survey(goal=["a", "Refused", ""], population=["s", "s", "t"], weight=[1 / 3, 1, 2]), AREA
    ),
    "sized survey": ChoiceCounts.from_counts(["a"], ["s"], [[3]], population_size=[10]),
    "exclusive": MutuallyExclusive().read(AREA, Problems()),
    "fixed": read(Fixed({("a", "b"): 0.1}), AREA),
    "elicited": read(Elicited({("a", "b"): (0.1, 0.7)}), AREA),
    "judged": read(Judged(pairs={("a", "b"): (0, 0)}), AREA),
    "conflict": read_conflict(
        [Elicited({("a", "b"): (0.1, 0.7)}, unnamed_pairs=1 / 3)], AREA, Problems()
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_evidence_survives_strict_json_exactly(name: str) -> None:
    evidence = KINDS[name]
    text = json.dumps(to_plain(evidence), allow_nan=False)
    again = from_plain(json.loads(text))
    assert type(again) is type(evidence)
    assert again == evidence
    assert json.dumps(to_plain(again), allow_nan=False) == text


def test_different_figures_are_different_evidence() -> None:
    survey = KINDS["weighted survey"]
    assert survey != replace(survey, counts=survey.counts + 1)
    assert survey != replace(survey, population_size=np.array([4, 4]))
    assert KINDS["fixed"] != KINDS["exclusive"]
    assert survey != "survey"


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ({"model": "judgd"}, "did you mean 'judged'?"),
        ({}, "evidence of unknown kind 'None'"),
        ({"model": "fixed", "pairs": []}, "evidence of kind 'fixed' is damaged"),
        ({"model": "fixed", "pairs": [["a"]], "conflict": [1], "origin": ""}, "is damaged"),
    ],
)
def test_damaged_dictionaries_are_refused(plain: dict[str, Any], says: str) -> None:
    with pytest.raises(ResultError) as trouble:
        from_plain(plain)
    assert says in str(trouble.value)


hostile = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["=1+1", "<b>", '"', "'", "a,b", "a;b", "\n", "../x", "NA", "null", "\U0001f600", " x", "#x"]
)


@given(st.lists(hostile, min_size=1, max_size=6, unique=True))
def test_any_labels_that_a_reader_can_tell_apart_survive(labels: list[str]) -> None:
    goals = [label for label in labels if suspicious(label) is None]
    area = ProblemArea("area", goals)
    area.check(problems := Problems())
    assert bool(problems) == (not goals or bool(find_twins(goals)))
    if not problems:
        counts = read(survey(goal=goals), area)
        assert counts.categories == tuple(goals)
        np.testing.assert_array_equal(counts.counts, [np.ones(len(goals))])
        assert from_plain(json.loads(json.dumps(to_plain(counts)))) == counts
        assert from_plain(json.loads(json.dumps(to_plain(area)))) == area
