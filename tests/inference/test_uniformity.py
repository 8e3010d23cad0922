"""The gate itself: its p-value against enumeration, its level, and its power."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from bayes_misalign.inference.uniformity import (
    bounds,
    holm,
    inside_probability,
    rank_among,
    simultaneous_level,
    uniform_p_value,
)


def smallest_p(ranks: np.ndarray, places: int) -> float:
    below = np.array([(ranks < j).sum() for j in range(1, places)])
    expected = np.arange(1, places) / places
    cdf = binom.cdf(below, len(ranks), expected)
    sf = binom.sf(below - 1, len(ranks), expected)
    return 2 * float(np.minimum(cdf, sf).min())


@pytest.mark.parametrize(("total", "places"), [(6, 4), (5, 5), (9, 3)])
def test_the_p_value_is_that_of_enumeration(total: int, places: int) -> None:
    every = [np.array(ranks) for ranks in product(range(places), repeat=total)]
    smallest = np.array([smallest_p(ranks, places) for ranks in every])
    for i in range(0, len(every), max(1, len(every) // 40)):
        expected = np.mean(smallest <= smallest[i] * (1 + 1e-12))
        assert uniform_p_value(every[i], places) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("total", [100, 2_000])
def test_uniform_ranks_fail_as_often_as_the_level_says(total: int) -> None:
    rng = np.random.default_rng(1)
    p = np.array([uniform_p_value(rng.integers(0, 100, total)) for _ in range(1_000)])
    # binomial errors of 1,000 trials; a discrete test may fall short of its level, not exceed it
    assert np.mean(p < 0.05) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 1_000)
    assert np.mean(p < 0.05) > 0.02
    assert abs(p.mean() - 0.5) < 0.06


@pytest.mark.parametrize(
    ("total", "power", "found"), [(250, 1.6, True), (1_000, 1.3, True), (1_000, 1.0, False)]
)
def test_ranks_that_lean_are_found(total: int, power: float, found: bool) -> None:
    ranks = np.floor(100 * np.random.default_rng(2).random(total) ** power).astype(int)
    assert (uniform_p_value(ranks) < 1e-3) == found


def test_hopeless_ranks_have_a_small_p_value() -> None:
    assert 0 <= uniform_p_value(np.zeros(5_000, dtype=int)) < 1e-100


def test_bounds_hold_what_they_promise() -> None:
    level = simultaneous_level(400, 0.9)
    low, high = bounds(level, 400)
    assert inside_probability(level, 400) >= 0.9
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(2_000):
        below = np.cumsum(np.bincount(rng.integers(0, 100, 400), minlength=100))[:-1]
        inside.append(np.all((below >= low) & (below <= high)))
    expected = inside_probability(level, 400)
    assert np.mean(inside) == pytest.approx(expected, abs=4 * np.sqrt(0.09 / 2_000))
    assert inside_probability(1.0, 400) < 1e-6


def test_ranks_count_what_lies_below_and_break_ties_at_random() -> None:
    rng = np.random.default_rng(4)
    draws = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    ranks = np.array([rank_among([2.5, 5.0], draws, rng) for _ in range(4_000)])
    assert np.all(ranks[:, 0] == 2)
    frequency = np.bincount(ranks[:, 1], minlength=4) / 4_000
    np.testing.assert_allclose(frequency, 0.25, atol=4 * np.sqrt(0.1875 / 4_000))


def test_holm_keeps_the_order_and_never_falls() -> None:
    corrected = holm({"c": 0.03, "a": 0.01, "d": 0.9, "b": 0.011})
    assert list(corrected) == ["c", "a", "d", "b"]
    assert corrected == pytest.approx({"a": 0.04, "b": 0.04, "c": 0.06, "d": 0.9})
    assert holm({"a": 0.7, "b": 0.8}) == {"a": 1.0, "b": 1.0}
