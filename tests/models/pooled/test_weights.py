"""Pooled populations whose goals were sampled unevenly: a fit against sums over a grid."""

import numpy as np
import pytest

import bayes_misalign as bm
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
