"""Other priors that are tried: those of every model, under names that a report can show."""

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.sensitivity import alternatives

AREA = bm.ProblemArea("vote", goals=["a", "b", "c"])
ANSWERS = bm.SingleChoice({"goal": ["a", "b"], "n": [600, 400]}, goal="goal", count="n")


def fitted(conflict: object) -> bm.Posterior:
    area = bm.ProblemArea("vote", goals=["a", "b"])
    return bm.fit(area, ANSWERS, conflict, draws=2000)


def test_what_elicited_levels_rest_on_is_tried() -> None:
    tried = fitted(bm.Elicited({("a", "b"): (0.2, 0.4)})).sensitivity()
    wide, narrow = (
        tried[f"stated ranges of conflict hold with probability {p:g}"]["all"].interval
        for p in (0.5, 0.99)
    )
    assert wide == pytest.approx((0.046, 0.303), abs=0.01)
    assert narrow == pytest.approx((0.107, 0.181), abs=0.004)


def test_a_probability_that_the_study_states_is_not_varied() -> None:
    stated = bm.Elicited([{"between": ["a", "b"], "range": [0.2, 0.4], "probability": 0.8}])
    assert not any("probability" in name for name in fitted(stated).sensitivity())


def test_sources_of_one_model_are_varied_together() -> None:
    judged = [
        bm.Judged(
            {"goal": ["a"], "goal_other": [other], "y": [3], "n": [1]}, yes_count="y", no_count="n"
        )
        for other in ("b", "c")
    ]
    study = bm.Study.of(AREA, ANSWERS, [*judged, bm.Fixed({("b", "c"): 0.5})])
    halved = alternatives(study)["prior of judged conflict halved"].conflict_priors
    assert [prior.yes for prior in halved if prior is not None] == [0.5, 0.5]


def test_every_alternative_is_a_study_that_can_be_fitted() -> None:
    study = fitted(bm.Elicited({("a", "b"): (0.2, 0.4)})).study
    for name, other in alternatives(study).items():
        draws = bm.fit(other, draws=100).misalignment()["all"].draws
        assert np.isfinite(draws).all(), name
