"""Pooled populations whose goals are published, or seen through actions, against a grid."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.study.study import Study
from tests.models.pooled import test_groups
from tests.models.pooled.on_a_grid import OnAGrid
from tests.noisy_studies import acted

COUNTS = np.array([[2, 8], [10, 15], [1, 9], [5, 15], [4, 21]])
NAMES = "vwxyz"


def published(counts: np.ndarray = COUNTS, names: Sequence[str] = NAMES) -> PublishedShares:
    """Return percentages of so few answers that they tell how many gave each."""
    size = counts.sum(axis=1)
    return PublishedShares.of("ab", names, np.round(100 * counts / size[:, None]), size)


def actions(counts: np.ndarray = COUNTS, names: Sequence[str] = NAMES) -> Any:
    """Return agents whose goals are all known, so that actions tell nothing of them."""
    goal = np.concatenate([np.repeat([0, 1], n) for n in counts.astype(int)])
    population = np.repeat(np.arange(len(counts)), counts.sum(axis=1).astype(int))
    did = np.column_stack([2 - goal, goal])
    columns = {"population": population, "gold": goal}
    return acted(did, (("x", "y"),), "ab", names, columns)


def in_groups(seen: Any) -> Study:
    """Return a study of the populations within groups that `test_groups` has, seen otherwise."""
    goals, shares = (
        seen(test_groups.COUNTS, test_groups.NAMES),
        bm.PooledShares(within=test_groups.WITHIN),
    )
    return Study.of(
        bm.ProblemArea("letter", ["a", "b"]), goals, bm.MutuallyExclusive(), shares=shares
    )


@pytest.mark.parametrize("seen", [published, actions])
def test_both_may_be_of_populations_within_groups(seen: Any) -> None:
    model = in_groups(seen).to_pymc()
    assert {"log_mean", "log_group_mean", "log_proportion"} <= set(model.named_vars)


@pytest.mark.slow
@pytest.mark.parametrize("seen", [published, actions])
def test_a_fit_within_groups_meets_quadrature(seen: Any) -> None:
    posterior, exact = bm.fit(in_groups(seen), random_seed=4), test_groups.ByQuadrature()
    assert posterior.diagnosis.trustworthy
    assert posterior.diagnosis.figures["divergences"] == 0
    size, found = posterior.diagnosis.figures["ess_bulk_min"], posterior.results("shares")
    for estimate, mean in (
        (found.spread, exact.spread),
        (found.groups.spread, exact.group_spread),
        (found.groups.part, exact.part),
        (found.groups.mean_shares["x"]["a"], exact.group_mean),
        (posterior.misalignment()["r1"], exact.misalignment),
    ):
        assert estimate.mean == pytest.approx(mean, abs=4.5 * estimate.sd / np.sqrt(size))
    first = posterior.shares()[:, 0, 0]
    assert first.mean() == pytest.approx(exact.share, abs=4.5 * exact.sd / np.sqrt(size))
    assert first.std() == pytest.approx(exact.sd, rel=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("seen", [published, actions])
def test_a_fit_meets_a_grid(seen: Any, tmp_path: Path) -> None:
    area = bm.ProblemArea("letter", ["a", "b"])
    study = Study.of(area, seen(), bm.MutuallyExclusive(), shares=bm.PooledShares())
    posterior, grid = bm.fit(study, random_seed=5), OnAGrid()
    assert posterior.diagnosis.trustworthy
    exact = grid.posterior(COUNTS[:, :1] * np.log(grid.p) + COUNTS[:, 1:] * np.log1p(-grid.p))
    size, shares = posterior.diagnosis.figures["ess_bulk_min"], posterior.shares()[..., 0]
    pma = 2 * grid.p * (1 - grid.p)
    for s, name in enumerate(NAMES):
        mean = exact[s] @ grid.p
        sd = np.sqrt(exact[s] @ (grid.p - mean) ** 2)
        assert shares[:, s].mean() == pytest.approx(mean, abs=4.5 * sd / np.sqrt(size))
        assert shares[:, s].std() == pytest.approx(sd, rel=0.06)
        found = posterior.misalignment()[name]
        assert found.mean == pytest.approx(exact[s] @ pma, abs=4.5 * found.sd / np.sqrt(size))
    assert 0 < posterior.results("shares").spread.mean < 1
    report = posterior.report(tmp_path / "report.md").read_text(encoding="utf-8")
    assert "How the populations are related" in report
