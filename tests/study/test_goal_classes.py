"""Goals whose stated conflicts are the same are found by the study, and kept with its prior."""

import json
from pathlib import Path

import pytest

import bayes_misalign as bm
from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.sensitivity import alternatives
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"])
ANSWERS = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [5, 7, 8]}, goal="goal", count="n")
FOUND = GoalClasses((("a", "b"), ("c",)))
NO_CONFLICT = bm.Fixed({("a", "b"): 0.0}, unnamed_pairs=0.4)


def study(conflict: object = NO_CONFLICT, **choices: object) -> bm.Study:
    return bm.Study.of(AREA, ANSWERS, conflict, **choices)  # type: ignore[arg-type]


def test_the_default_prior_learns_the_classes() -> None:
    assert study().goal_prior == SharePrior(classes=FOUND)
    assert study(bm.MutuallyExclusive()).goal_prior == SharePrior()


@pytest.mark.parametrize(
    "conflict",
    [
        [
            bm.Fixed({("a", "b"): 0.0}),
            bm.Elicited({("a", "c"): (0.3, 0.5), ("b", "c"): (0.3, 0.5)}),
        ],
        [bm.Elicited({("a", "b"): (0.0, 0.1)}), bm.Fixed({("a", "c"): 1.0, ("b", "c"): 1.0})],
    ],
)
def test_uncertain_levels_merge_nothing(conflict: object) -> None:
    assert study(conflict).goal_prior.classes is None


@pytest.mark.parametrize(
    "prior", ["index-uniform", {"concentration": 2.0}, {"dirichlet": {"a": 1, "b": 1, "c": 2}}]
)
def test_a_prior_that_is_stated_is_left_as_it_is(prior: object) -> None:
    assert study(prior=prior).goal_prior == SharePrior.of(prior)


def test_goals_are_not_merged_where_the_study_says_so() -> None:
    apart = {"kind": "matched", "classes": {"same": []}}
    assert study(prior=apart).goal_prior.merging is None


def test_classes_that_the_conflict_does_not_make_are_refused() -> None:
    stated = {"classes": {"same": [["a"], ["b", "c"]]}}
    with pytest.raises(StudyError, match="that the conflict of this study does not make"):
        study(prior=stated)
    with pytest.raises(StudyError, match="does not make"):
        study(bm.MutuallyExclusive(), prior=study().goal_prior)


def test_goals_behind_reports_have_classes_too() -> None:
    labels = bm.NoisyLabels(
        {"id": [1, 1, 2, 2], "rater": ["r", "s"] * 2, "label": ["a", "b", "c", "c"]},
        agent="id",
        rater="rater",
        label="label",
    )
    found = bm.Study.of(AREA, labels, NO_CONFLICT)
    assert found.goal_prior.shares == SharePrior(classes=FOUND)
    again = bm.Study.from_plain(json.loads(json.dumps(found.to_plain())))
    assert again.goal_prior == found.goal_prior


def test_classes_survive_being_stored_and_written(tmp_path: Path) -> None:
    whole = study()
    plain = json.loads(json.dumps(whole.to_plain()))
    assert bm.Study.from_plain(plain).goal_prior == whole.goal_prior
    path = write_study(whole, tmp_path)
    assert "classes" not in path.read_text(encoding="utf-8")  # they follow from the conflict
    assert bm.read_study(path).goal_prior == whole.goal_prior


def test_a_choice_not_to_merge_is_written(tmp_path: Path) -> None:
    apart = study(prior={"classes": {"same": []}})
    assert bm.read_study(write_study(apart, tmp_path)).goal_prior == apart.goal_prior


def test_other_priors_learn_them_and_one_does_without() -> None:
    tried = alternatives(study())
    assert tried["matched shares, no goals merged"].goal_prior.merging is None
    stated = alternatives(study(prior={"concentration": 2.0}))
    assert stated["matched shares"].goal_prior == SharePrior(classes=FOUND)
