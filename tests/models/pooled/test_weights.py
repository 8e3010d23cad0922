"""Pooled populations whose goals were sampled unevenly: a fit against sums over a grid."""

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.weighted import weight_words
from bayes_misalign.inference import draw_blocks
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.study.study import Study
from tests.models.pooled.on_a_grid import OnAGrid

COUNTS = np.array([[9.0, 3.0], [14.0, 6.0], [2.0, 2.0], [11.0, 1.0]])
WEIGHT = np.array([1.0, 3.0])  # holders of b were sampled a third as often
NAMES = ("s1", "s2", "s3", "s4")


def a_study() -> Study:
    goals = ChoiceCounts.from_counts(
        ("a", "b"), NAMES, COUNTS, weight_sum=COUNTS * WEIGHT, weight_sq_sum=COUNTS * WEIGHT**2
    )
    area = bm.ProblemArea("letter", ["a", "b"])
    return Study.of(area, goals, bm.MutuallyExclusive(), shares=bm.PooledShares())


def of_effective_answers(grid: OnAGrid, counts: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return their log likelihood (population, share): goal i has probability q_i ~ p_i / s_i."""
    scale = np.broadcast_to(scale, counts.shape)
    odds = np.log(grid.p) - np.log1p(-grid.p) - np.log(scale[:, :1] / scale[:, 1:])
    return np.asarray(
        -counts[:, :1] * np.logaddexp(0, -odds) - counts[:, 1:] * np.logaddexp(0, odds)
    )


def test_populations_tell_of_each_other_what_answers_weigh() -> None:
    study = a_study()
    assert study.goals.weights_in_common
    together = study.goals.effective
    apart = study.goals.with_weights_in_common(False)
    assert not Study.of(study.area, apart, bm.MutuallyExclusive()).goals.weights_in_common
    # what holders of b weigh is told by all twelve of them
    ratios = [x.scale[:, 1] / x.scale[:, 0] for x in (together, apart.effective)]
    assert (ratios[0] > 1.9).all()
    assert (ratios[0] > ratios[1] + 0.3).all()
    assert "a_i and b_i" in " ".join(weight_words(study.goals)[1])
    # who all hold one goal have equal weights, and the others would weigh what they do elsewhere
    counts = COUNTS.copy()
    counts[2, 1] = 0.0
    one = ChoiceCounts.from_counts(
        ("a", "b"), NAMES, counts, weight_sum=counts * WEIGHT, weight_sq_sum=counts * WEIGHT**2
    ).with_weights_in_common(True)
    assert one.effective.scale[2] @ [-1.9, 1.0] > 0
    # equal weights of holders of both are known to be equal
    weight = np.array([WEIGHT, WEIGHT, [1.0, 1.0], WEIGHT])
    even = ChoiceCounts.from_counts(
        ("a", "b"), NAMES, COUNTS, weight_sum=COUNTS * weight, weight_sq_sum=COUNTS * weight**2
    ).with_weights_in_common(True)
    np.testing.assert_array_equal(even.effective.scale[2], 1.0)
    np.testing.assert_array_equal(even.effective.counts[2], COUNTS[2])


@pytest.mark.slow
def test_a_fit_of_uneven_weights_meets_a_grid() -> None:
    study = a_study()
    assert study.goals.tilt is not None
    assert draw_blocks.in_common(study) == ()
    effective, grid = study.goals.effective, OnAGrid()
    exact = grid.posterior(of_effective_answers(grid, effective.counts, effective.scale))
    posterior = bm.fit(study, random_seed=5)
    assert posterior.diagnosis.trustworthy
    size = posterior.diagnosis.figures["ess_bulk_min"]
    shares, pma = posterior.shares()[..., 0], 2 * grid.p * (1 - grid.p)
    for s, name in enumerate(NAMES):
        mean = exact[s] @ grid.p
        sd = np.sqrt(exact[s] @ (grid.p - mean) ** 2)
        assert shares[:, s].mean() == pytest.approx(mean, abs=4.5 * sd / np.sqrt(size))
        assert shares[:, s].std() == pytest.approx(sd, rel=0.06)
        found = posterior.misalignment()[name]
        assert found.mean == pytest.approx(exact[s] @ pma, abs=4.5 * found.sd / np.sqrt(size))
    # what the weights say is in it: at face value holders of a are more
    assert shares.mean() < (COUNTS[:, 0] / COUNTS.sum(axis=1)).mean() - 0.1
    found = posterior.results("shares")
    assert found.own_part["s2"].mean > found.own_part["s3"].mean
