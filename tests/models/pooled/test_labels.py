"""Pooled populations of agents who are seen through labels."""

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.families.reports.report_outcomes import as_it_counts
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.pooled import given_common
from bayes_misalign.study.study import Study
from tests.models.pooled.on_a_grid import OnAGrid
from tests.noisy_studies import PLAIN, labelled, ones, symmetric

ERROR = 0.3
# of 15 in each population: 4.5 of them where nobody holds a, 8 where most seem to
LABELLED_A = (4, 5, 2, 8)
AGENTS = 15


def labels() -> DistinctLabels:
    """Return labels that do not tell whether anybody holds a."""
    label = np.concatenate([np.arange(AGENTS) >= n for n in LABELLED_A]).astype(int)
    return labelled(
        ones(label[:, None], 2),
        populations="wxyz",
        columns={"population": np.repeat(np.arange(4), AGENTS)},
        emission=symmetric(2, ERROR)[None],
    )


def a_study(**shares: object) -> Study:
    area = bm.ProblemArea("letter", ["a", "b"])
    return Study.of(area, labels(), bm.MutuallyExclusive(), shares=bm.PooledShares(**shares))


GROUPS = dict(zip("wxyz", "1122", strict=True))


def test_labels_may_be_of_populations_within_groups() -> None:
    model = a_study(within=GROUPS).to_pymc()
    assert {"log_mean", "log_group_mean", "log_proportion"} <= set(model.named_vars)
    point = model.initial_point()
    assert np.isfinite(model.compile_logp(mode=PLAIN)(point))


def test_the_gradient_is_finite_where_nobody_holds_a_goal() -> None:
    model = a_study().to_pymc()
    point = model.initial_point()
    point["mean_unevenness_logodds__"] = np.array(5.0)
    (of_mean,) = (name for name in point if "log_mean_stretched" in name)
    gradient = model.compile_dlogp(mode=PLAIN)
    density = model.compile_logp(mode=PLAIN)
    found = []
    # 1 / share^2 is no number from the third on, and the share itself is none at the end
    for at in (-6.0, -9.0, -12.0, -20.0, -30.0, -40.0):
        point[of_mean] = np.array([np.sqrt(2) * at])  # the coordinate of a is that by root 2
        assert np.isfinite(gradient(point)).all()
        found.append(float(density(point)))
    # shares of populations so near zero are told by nothing: what is left is the mean's own tail
    np.testing.assert_allclose(np.diff(found[-3:]), -10.0, atol=0.2)


@pytest.mark.slow
def test_a_fit_meets_a_grid() -> None:
    evidence, grid = labels(), OnAGrid()
    assert as_it_counts(evidence).agents.sum() == len(LABELLED_A) * AGENTS
    q = (1 - ERROR) * grid.p + ERROR * (1 - grid.p)
    named = np.array(LABELLED_A)[:, None]
    exact = grid.posterior(named * np.log(q) + (AGENTS - named) * np.log1p(-q))
    posterior = bm.fit(a_study(), random_seed=5, draws=4_000)
    assert posterior.diagnosis.trustworthy
    assert posterior.diagnosis.figures["divergent_share"] < 1e-3
    size = posterior.diagnosis.figures["ess_bulk_min"]
    pma = 2 * grid.p * (1 - grid.p)
    shares = posterior.shares()[..., 0]
    for s, name in enumerate("wxyz"):
        mean = exact[s] @ grid.p
        sd = np.sqrt(exact[s] @ (grid.p - mean) ** 2)
        assert shares[:, s].mean() == pytest.approx(mean, abs=4.5 * sd / np.sqrt(size))
        assert shares[:, s].std() == pytest.approx(sd, rel=0.06)
        found = posterior.misalignment()[name]
        assert found.mean == pytest.approx(exact[s] @ pma, abs=4.5 * found.sd / np.sqrt(size))
    # the tail of the mean is there: a goal that hardly anybody holds is likely
    rare = exact[0] @ (grid.p < 1e-3)
    assert rare > 0.1
    assert (shares[:, 0] < 1e-3).mean() == pytest.approx(rare, abs=0.03)
    assert posterior.results("shares").spread.mean > 0
    assert given_common.MEAN in posterior.tree["posterior"]
