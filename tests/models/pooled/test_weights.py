"""Pooled populations whose goals were sampled unevenly: a fit against sums over a grid."""

import numpy as np
import pytest
from scipy.special import betainc

import bayes_misalign as bm
from bayes_misalign.inference import draw_blocks
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.study.study import Study

COUNTS = np.array([[9.0, 3.0], [14.0, 6.0], [2.0, 2.0], [11.0, 1.0]])
WEIGHT = np.array([1.0, 3.0])  # holders of b were sampled a third as often
NAMES = ("s1", "s2", "s3", "s4")


def a_study() -> Study:
    goals = ChoiceCounts.from_counts(
        ("a", "b"), NAMES, COUNTS, weight_sum=COUNTS * WEIGHT, weight_sq_sum=COUNTS * WEIGHT**2
    )
    area = bm.ProblemArea("letter", ["a", "b"])
    return Study.of(area, goals, bm.MutuallyExclusive(), shares=bm.PooledShares())


class OnAGrid:
    """Posterior of every population's share of a, of two goals, by sums over spread and mean.

    The shares p of the populations are Dirichlet about the mean; effective answers of goal i have
    the probability q_i, in proportion to p_i / s_i.
    """

    def __init__(self, points: int = 60, means: int = 120, shares: int = 400) -> None:
        v = (np.arange(points) + 0.5) / points
        a = (1 / v**2 - 1)[:, None]
        edges = np.sin(np.linspace(0, np.pi / 2, means + 1)) ** 2
        m = np.sin((np.arange(means) + 0.5) / means * np.pi / 2) ** 2
        even = (1 / ((np.arange(400) + 0.5) / 400) ** 2 - 1) / 2
        of_mean = np.diff(np.mean([betainc(x, x, edges) for x in even], axis=0))
        inner = np.sin(np.linspace(0, np.pi / 2, shares + 1)) ** 2
        self.p = np.sin((np.arange(shares) + 0.5) / shares * np.pi / 2) ** 2
        self.prior = np.diff(betainc((a * m)[..., None], (a * (1 - m))[..., None], inner), axis=-1)
        self.weight = np.broadcast_to(of_mean, (points, means))

    def posterior(self, counts: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return probabilities (population, place) of shares, of effective counts and scales."""
        odds = np.log(self.p) - np.log1p(-self.p) - np.log(scale[:, :1] / scale[:, 1:])
        logs = -counts[:, :1] * np.logaddexp(0, -odds) - counts[:, 1:] * np.logaddexp(0, odds)
        likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
        of_each = np.einsum("vmp,sp->svm", self.prior, likelihood, optimize=True)
        log_all = np.log(of_each).sum(axis=0)
        together = self.weight * np.exp(log_all - log_all.max())
        found = np.einsum("svm,vmp->sp", together / of_each, self.prior, optimize=True) * likelihood
        return np.asarray(found / found.sum(axis=1, keepdims=True))


@pytest.mark.slow
def test_a_fit_of_uneven_weights_meets_a_grid() -> None:
    study = a_study()
    assert study.goals.tilt is not None
    assert draw_blocks.in_common(study) == ()
    effective, grid = study.goals.effective, OnAGrid()
    exact = grid.posterior(effective.counts, np.broadcast_to(effective.scale, COUNTS.shape))
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
