"""Weights that sum to known margins."""

import numpy as np
import pytest

from bayes_misalign.measure import NotRaked, rake

RNG = np.random.default_rng(2)


def test_sums_are_the_margins_and_weights_are_products_of_factors() -> None:
    first, second = RNG.integers(0, 2, 60), RNG.integers(0, 3, 60)
    start = RNG.gamma(2, 1, (4, 60))
    margins = [np.array([0.3, 0.7]), np.array([0.2, 0.5, 0.3])]
    found = rake(start, [first, second], margins)
    for category, margin in zip((first, second), margins, strict=True):
        for replicate in found:
            np.testing.assert_allclose(np.bincount(category, replicate), margin, rtol=1e-11)
    factor = found / start
    for replicate in factor:
        cell = np.array(
            [[replicate[(first == i) & (second == j)] for j in range(3)] for i in (0, 1)],
            dtype=object,
        )
        means = np.array([[x.mean() for x in row] for row in cell])
        assert max(np.ptp(x) for row in cell for x in row) < 1e-12
        # a product of one factor for each category has no interaction on the scale of logarithms
        logs = np.log(means)
        assert np.abs(logs[0] - logs[1] - (logs[0] - logs[1])[0]).max() < 1e-10
    np.testing.assert_allclose(found[2], rake(start[2], [first, second], margins), rtol=1e-10)


def test_one_margin_is_poststratification() -> None:
    found = rake([1.0, 1.0, 2.0], [[0, 0, 1]], [[6.0, 4.0]])
    np.testing.assert_allclose(found, [3, 3, 4])


def test_what_cannot_be_raked_says_where() -> None:
    with pytest.raises(NotRaked, match="nobody has a weight in category 1 of margin 0") as empty:
        rake([1.0, 0.0], [[0, 1]], [[0.5, 0.5]])
    assert empty.value.empty
    with pytest.raises(NotRaked, match="do not settle"):
        rake([1.0, 1.0], [[0, 1], [0, 1]], [[0.5, 0.5], [0.4, 0.6]])
    with pytest.raises(ValueError, match="one sum"):
        rake([1.0, 1.0], [[0, 1], [0, 1]], [[0.5, 0.5], [0.4, 0.7]])
    with pytest.raises(ValueError, match="not negative"):
        rake([1.0, 1.0], [[0, 1]], [[1.5, -0.5]])
    with pytest.raises(ValueError, match="categories of a margin"):
        rake([1.0, 1.0], [[0, 1, 1]], [[0.5, 0.5]])
