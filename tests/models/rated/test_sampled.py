"""Posteriors of ratings that say little, at the settings that a study has by default."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_misalign.contract.registry import defaults
from bayes_misalign.inference import nuts
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.study.options import Fitting
from tests.models.rated.test_generative import design


def given(evidence: RatedConflict, levels: list[int] | int) -> RatedConflict:
    counts = np.zeros_like(evidence.counts)
    counts[np.arange(len(counts)), np.resize(levels, len(counts))] = 1
    return replace(evidence, counts=counts)


SIX = design(goals=5, raters=6, levels=5, unrated=3)
CASES = {
    # name: ratings, and the range that the mean level of the first pair should be in
    "one rater": (given(design(goals=5, raters=1, levels=5, unrated=3), [0, 4, 2]), (0.05, 0.6)),
    "all equal": (given(SIX, 2), (0.45, 0.55)),
    "all at one end": (given(SIX, 0), (0.0, 0.1)),
    "all at the other end": (given(SIX, 4), (0.9, 1.0)),
    "two goals": (given(design(goals=2, raters=4, levels=5, unrated=0), [1, 2, 2, 4]), (0.4, 0.7)),
    "two goals, one rater": (given(design(goals=2, raters=1, unrated=0), 1), (0.2, 0.6)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_ratings_that_say_little_have_sensible_posteriors(name: str) -> None:
    import arviz_stats as azs

    evidence, (low, high) = CASES[name]
    target = defaults("rated")["sampling"]["target_accept"]
    found = nuts.Frozen(rated.build(evidence, rated.priors())).sample(Fitting(target_accept=target))
    assert int(found["sample_stats"]["diverging"].sum()) == 0
    level = found["posterior"]["conflict_rated"]
    assert float(azs.rhat(level).max()) < 1.01
    first = level.values[..., 0]
    assert low < first.mean() < high
    prior = rated.draw_prior(evidence, rated.priors(), 4000, np.random.default_rng(1))
    narrower = first.std() / prior["conflict_level"][:, 0].std()
    assert 0.005 < narrower < 0.95  # something was learnt, and not everything
    if "one rater" in name:  # whose severity nobody can tell from the conflict
        assert narrower > 0.4
