"""Draws of shares in place, a part of them at a time: the digits of the plain formula."""

import numpy as np
import pytest

from bayes_misalign.families.simplex import draws


@pytest.mark.parametrize("goals", [1, 2, 8, draws.SHORT, draws.SHORT + 1])
def test_parts_have_the_digits_of_the_whole(goals: int, monkeypatch: pytest.MonkeyPatch) -> None:
    alpha = np.random.default_rng(1).gamma(0.3, 2.0, (7, 5, goals))
    rng = np.random.default_rng(2)
    logs = np.log(rng.standard_gamma(alpha + 1.0)) - rng.standard_exponential(alpha.shape) / alpha
    shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    for at_once in (1, 3 * goals, draws.AT_ONCE):
        monkeypatch.setattr(draws, "AT_ONCE", at_once)
        found = draws.dirichlet(alpha, np.random.default_rng(2))
        np.testing.assert_array_equal(found, shares)


def test_places_that_are_left_out_are_zero() -> None:
    among = np.array([[True, False, True], [False, True, False]])
    found = draws.dirichlet_of(np.full((2, 3), 0.5), among, np.random.default_rng(1))
    np.testing.assert_array_equal(found > 0, among)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-15)
