"""Pooled populations whose goals are published, or seen through actions, against a grid."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.study.study import Study
from tests.models.pooled.on_a_grid import OnAGrid
from tests.noisy_studies import acted

COUNTS = np.array([[2, 8], [10, 15], [1, 9], [5, 15], [4, 21]])
NAMES = "vwxyz"


def published() -> PublishedShares:
    """Return percentages of so few answers that they tell how many gave each."""
    size = COUNTS.sum(axis=1)
    return PublishedShares(
        categories=("a", "b"),
        populations=tuple(NAMES),
        labels=("a", "b"),
        part_of=np.arange(2),
        percent=np.round(100 * COUNTS / size[:, None]),
        rounding=np.ones(len(COUNTS)),
        asked=size.astype(float),
    )


def actions() -> Any:
    """Return agents whose goals are all known, so that actions tell nothing of them."""
    goal = np.concatenate([np.repeat([0, 1], n) for n in COUNTS])
    population = np.repeat(np.arange(len(COUNTS)), COUNTS.sum(axis=1))
    did = np.column_stack([2 - goal, goal])
    columns = {"population": population, "gold": goal}
    return acted(did, (("x", "y"),), "ab", NAMES, columns)


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
