"""The posterior of the concentration: exact sums, and answers so many that the grid must grow."""

from math import fsum, log

import numpy as np
import pytest

from bayes_misalign.models.independent.concentration import (
    draw_index,
    log_concentrations,
    log_rising,
)
from bayes_misalign.models.independent.priors import SharePrior


@pytest.mark.parametrize("a", [1e-7, 0.3, 49.999, 50.0, 1e3, 1e6, 1e10, 1e15])
@pytest.mark.parametrize("n", [1, 7, 2_000])
def test_the_rising_factorial_is_a_sum_of_logarithms(a: float, n: int) -> None:
    expected = fsum(log(a + i) for i in range(n))
    assert log_rising(np.array([a]), n)[0] == pytest.approx(expected, rel=1e-13, abs=1e-12)


def test_the_rising_factorial_joins_smoothly_for_fractions() -> None:
    for n in (1e-3, 0.5, 1e6 + 0.25):
        below, above = log_rising(np.array([50 * (1 - 1e-9), 50.0]), n)
        assert below == pytest.approx(above, rel=1e-8)
        # Gamma(a + 1) = a Gamma(a), on either side of the join
        for a in (3.0, 60.0, 1e9):
            step = log_rising(np.array([a + n]), 1)[0]
            assert step == pytest.approx(log(a + n), rel=1e-13)


@pytest.mark.parametrize("answers", [1e4, 1e6, 1e7])
@pytest.mark.parametrize("k", [3, 8, 20])
def test_equal_answers_in_millions_leave_the_concentration_free(k: int, answers: float) -> None:
    counts = np.full(k, np.round(answers / k))
    drawn = SharePrior("index-uniform").draw(
        counts[None], tuple("abcdefghijklmnopqrst"[:k]), 50_000, np.random.default_rng(1)
    )
    found = drawn["proportion"][:, 0, 0].var()
    x = np.linspace(-15, 32, 200_001)
    a = np.exp(x)
    log_density = log_rising(a / k, counts[0]) * k - log_rising(a, counts.sum())
    log_density -= np.logaddexp(0, x) + np.logaddexp(0, -x)
    weight = np.exp(log_density - log_density.max())
    expected = (weight / (a + counts.sum() + 1)).sum() / weight.sum() * (1 / k) * (1 - 1 / k)
    assert found == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize("answers", [0.0, 0.5, 1e3, 1e9, 1e15])
def test_the_index_stays_inside_its_range(answers: float) -> None:
    grid = log_concentrations(answers)
    assert np.all(np.isfinite(1 / (1 - 1 / (1 + np.exp(-grid)))))
    index = draw_index(np.full(4, answers), np.random.default_rng(1).random(2000))
    assert np.all((index > 0) & (index < 1))
