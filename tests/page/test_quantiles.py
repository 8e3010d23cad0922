"""Quantiles of draws in order."""

import numpy as np
import pytest

from bayes_misalign.page.quantiles import central, median_of, quantile_of


@pytest.mark.parametrize("n", [1, 2, 7, 250, 4000])
def test_they_are_those_of_numpy_to_the_bit(n: int) -> None:
    draws = np.random.default_rng(n).normal(size=(n, 3)) ** 3
    ordered = np.sort(draws, axis=0)
    for q in (0.0, 0.025, 0.1, 0.5, 0.9, 0.975, 1.0):
        np.testing.assert_array_equal(quantile_of(ordered, q), np.quantile(draws, q, axis=0))
    np.testing.assert_array_equal(median_of(ordered), np.median(draws, axis=0))
    for mass in (0.5, 0.89, 0.95):
        expected = np.quantile(draws[:, 0], [(1 - mass) / 2, (1 + mass) / 2])
        np.testing.assert_array_equal(central(ordered[:, 0], mass), expected)


def test_what_is_not_known_has_none() -> None:
    draws = np.array([[0.1, np.nan], [0.2, 0.3], [0.3, 0.1]])
    found = quantile_of(np.sort(draws, axis=0), 0.5)
    np.testing.assert_array_equal(found, [0.2, np.nan])
    np.testing.assert_array_equal(median_of(np.sort(draws, axis=0)), [0.2, np.nan])
