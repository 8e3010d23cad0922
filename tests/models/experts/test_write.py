"""A study with several experts, written to a folder and read back."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"], no_goal=["none"])
ANSWERS = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [50, 30, 20]}, goal="goal", count="n")
STATED: dict[str, Any] = {
    "Ann": {("a", "b"): (0.7, 1.0), ("a", "c"): (0.2, 0.5)},
    "Bob": {("a", "b"): {"mean": 0.3, "strength": 7}, ("b", "c"): (0.4, 0.6)},
}


@pytest.mark.parametrize(
    "more", [{}, {"pooling": "linear"}, {"pooling": "linear", "weights": {"Ann": 1, "Bob": 3}}]
)
def test_what_is_written_is_what_is_read(more: dict[str, Any], tmp_path: Path) -> None:
    prior = {"experts": {"shared": 0.3}}
    study = bm.Study.of(AREA, ANSWERS, bm.Experts(STATED, **more), conflict_prior=prior)
    again = bm.read_study(write_study(study, tmp_path))
    assert again.conflict == study.conflict
    assert again.conflict_priors == study.conflict_priors


def test_a_simulated_study_can_be_written(tmp_path: Path) -> None:
    study = bm.Study.of(AREA, ANSWERS, bm.Experts(STATED))
    made = simulate(study, 40, seed=1).study
    again = bm.read_study(write_study(made, tmp_path))
    for one, other in zip(again.conflict.sources, made.conflict.sources, strict=True):
        assert one.pairs == other.pairs
    stated, kept = again.conflict.sources[0], made.conflict.sources[0]
    np.testing.assert_array_equal(stated.mean, kept.mean)
    np.testing.assert_array_equal(stated.strength, kept.strength)
    np.testing.assert_array_equal(stated.spoke, study.conflict.sources[0].spoke)
    assert np.isnan(stated.low).all()


def test_a_study_survives_a_dictionary() -> None:
    study = bm.Study.of(AREA, ANSWERS, bm.Experts(STATED))
    assert bm.Study.from_plain(study.to_plain()) == study


def test_the_exact_posterior_of_a_pool_has_both_experts_in_it() -> None:
    far = {"Ann": {("a", "b"): (0.1, 0.2)}, "Bob": {("a", "b"): (0.8, 0.9)}}
    pool = bm.Experts(far, pooling="linear", weights={"Ann": 1, "Bob": 3}, unnamed_pairs=0.0)
    posterior = bm.fit(AREA, ANSWERS, pool, random_seed=1)
    level = posterior.conflict_levels()["a | b"].draws
    assert posterior.diagnosis.method == "exact"
    assert np.mean(level > 0.5) == pytest.approx(0.75, abs=0.03)
    assert np.mean((level > 0.3) & (level < 0.7)) < 0.01
