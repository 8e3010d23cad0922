"""Steps between waves that a walk makes unlikely."""

import numpy as np
import pytest

from bayes_misalign.inference.fit_findings import FitView
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.waves import steps
from bayes_misalign.models.waves.checks import check_walk
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.walk import shares
from bayes_misalign.settings import NO_GOAL
from tests.noisy_studies import study_of

YEARS = ("2000", "2001", "2002", "2003", "2006", "2007", "2009", "2010")
GOALS = ("a", "b", "c", NO_GOAL)
PRIOR = WavesPrior.of().with_populations(YEARS)
PLACES = PRIOR.places(len(YEARS))


def counted(moved: np.ndarray) -> np.ndarray:
    """Return a thousand answers of each wave, the log odds of the first goal moved by so much."""
    odds = np.log([0.3, 0.3, 0.2, 0.2]) + np.outer(moved, [1.0, 0.0, 0.0, 0.0])
    return np.asarray(1_000 * np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True))


def test_tails_are_uniform_where_shares_walk() -> None:
    rng, drift, number = np.random.default_rng(1), 0.8, 300
    walk = drift * rng.standard_normal((number, 1, len(YEARS) - 1, 3))
    level, none = np.zeros((number, 1, 2)), np.full((number, 1), 0.3)
    drawn = {"log_walk": walk, "log_level": level, "no_goal_level": none}
    tails = []
    for p in shares(drawn, PLACES, GOALS):
        found, (whole,) = steps.steps_of(
            rng.multinomial(500, p).astype(float), PLACES, GOALS, np.array([drift])
        )
        tails.append([*(x.tail for x in found), whole.tail])
    each = np.array(tails)
    assert each.shape == (number, len(YEARS))
    # a mean of so many uniform numbers has an sd of 0.017
    np.testing.assert_allclose(each.mean(axis=0), 0.5, atol=0.07)
    np.testing.assert_allclose((each < 0.1).mean(axis=0), 0.1, atol=0.07)


def test_a_jump_is_the_least_likely_step() -> None:
    drift = np.full(10, 0.5)
    counts = counted(np.where(np.arange(len(YEARS)) < 4, 0.0, 1.0))
    (found,) = steps.surprises(counts, PLACES, GOALS, drift)
    assert (found.first, found.last, found.tried) == (3, 4, 7)
    assert found.corrected == 7 * found.tail < steps.SURPRISING
    assert not steps.surprises(counted(np.zeros(len(YEARS))), PLACES, GOALS, drift)
    # once nobody answers beside it, the step is from the last wave that somebody answered
    counts[3] = 0
    (found,) = steps.surprises(counts, PLACES, GOALS, 0.8 * drift)
    assert (found.first, found.last, found.tried) == (2, 4, 6)


def test_a_trend_is_unlikely_as_a_whole_alone() -> None:
    counts = counted(np.linspace(0.0, 1.5, len(YEARS)))
    (found,) = steps.surprises(counts, PLACES, GOALS, np.full(10, 0.4))
    assert (found.first, found.last, found.tried) == (0, 7, 1)


@pytest.mark.parametrize("drift", [0.5, 3.0])
def test_a_fit_says_what_is_unlikely(drift: float) -> None:
    counts = counted(np.where(np.arange(len(YEARS)) < 4, 0.0, 1.0))
    study = study_of(ChoiceCounts.from_counts(GOALS, YEARS, counts), shares=PRIOR)
    drawn = {"drift": ((), np.full((4, 5), drift))}
    found = list(check_walk(PRIOR, FitView(study, drawn, {}, {})))
    assert len(found) == (drift < 1)
    for reason in found:
        assert "from 2003 to 2006" in reason.what
        assert reason.state == "caution"
