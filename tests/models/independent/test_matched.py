"""The matched prior: exact values, brute force in two and three dimensions, and calibration."""

import numpy as np
import pytest

from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL
from tests.models.independent import oracle

DRAWS = 200_000
WITHIN = 4.0  # Monte Carlo errors
# counts of goals, of agents without one (None: no such answer), and E[P(ma)] of exclusive goals
EXACT = [
    ((3, 7), None, 0.43707),
    ((10, 0), None, 0.07451),
    ((12, 5, 3), None, 0.58275),
    ((20, 0, 0), None, 0.03031),
    ((9, 4, 3, 2, 1, 1, 0, 0), None, 0.75637),
    ((4.6, 9.3, 2.1), None, 0.59202),
    ((6, 4), 5, 0.21352),
    ((25, 10, 5, 0), 10, 0.34428),
    ((0, 0), None, 1 / 3),
    ((0, 0, 0), None, 4 / 9),
    ((0, 0), 0, 8 / 45),
    ((0, 0, 0), 0, 32 / 135),
]


def drawn(
    counts: tuple[float, ...], no_goal: float | None, draws: int = DRAWS
) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of P(ma) for exclusive goals, and of log A."""
    every = np.array([*counts, *([] if no_goal is None else [no_goal])], dtype=float)
    labels = tuple(f"g{i}" for i in range(len(counts))) + (NO_GOAL,) * (no_goal is not None)
    found = SharePrior().draw(every[None], labels, draws, np.random.default_rng(7))
    conflict = exclusive_conflict(len(counts), no_goal=no_goal is not None)
    return misalignment(found["proportion"][:, 0], conflict), found["log_concentration"][:, 0]


@pytest.mark.parametrize(("counts", "no_goal", "mean"), EXACT)
def test_exact_means(counts: tuple[float, ...], no_goal: float | None, mean: float) -> None:
    among = np.array(counts, dtype=float)
    assert oracle.mean_misalignment(among, no_goal) == pytest.approx(mean, abs=1e-5)
    pma, log_a = drawn(counts, no_goal)
    error = pma.std() / np.sqrt(DRAWS)
    assert abs(pma.mean() - mean) < WITHIN * error + 1e-5
    for quantity in (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.clip(x, -10, 20)):
        values = quantity(log_a)
        error = values.std() / np.sqrt(DRAWS)
        assert abs(values.mean() - oracle.mean_of(among, quantity)) < WITHIN * error
