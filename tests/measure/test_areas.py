import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from bayes_misalign.measure import (
    across_areas,
    any_area,
    exclusive_conflict,
    holders_misalignment,
    misalignment,
)
from tests.measure.strategies import conflict_of, populations, random_conflict, shares_of

MEANS = {"arithmetic": np.average, "geometric": stats.gmean, "harmonic": stats.hmean}
values = hnp.arrays(float, (2, 3), elements=st.floats(1e-6, 1))


@pytest.mark.parametrize("how", MEANS)
@given(x=values, w=hnp.arrays(float, 3, elements=st.floats(0.01, 5)))
def test_means_agree_with_scipy(how, x, w):
    np.testing.assert_allclose(
        across_areas(x, how, w), [MEANS[how](row, weights=w) for row in x], rtol=1e-12
    )
    np.testing.assert_allclose(across_areas(x.T, how, w, axis=0), across_areas(x, how, w))


@given(values)
def test_means_are_ordered(x):
    order = ["min", "harmonic", "geometric", "arithmetic", "max"]
    means = np.array([across_areas(x, how) for how in order])
    assert np.all(np.diff(means, axis=0) >= -1e-14)


@pytest.mark.parametrize("how", ["geometric", "harmonic", "min"])
def test_one_area_without_misalignment(how):
    np.testing.assert_array_equal(across_areas([[0.0, 0.5], [0.5, 0.5]], how), [0, 0.5])


@pytest.mark.parametrize("how", MEANS)
def test_an_area_without_weight_is_left_out(how):
    assert across_areas([0.0, 0.25], how, [0, 2]) == pytest.approx(0.25)


@given(populations(n_populations=2))
def test_one_area_is_plain_misalignment(population):
    p, c = population
    np.testing.assert_allclose(
        any_area(p, np.arange(len(c))[:, None], [c]), misalignment(p, c), rtol=1e-12, atol=1e-15
    )


@given(conflict_of(2), conflict_of(3), shares_of(6))
def test_any_area_is_a_noisy_or_over_the_goals_of_all_areas(first, second, p):
    profiles = [(i, j) for i in range(2) for j in range(3)]
    both = np.zeros((5, 5))
    both[:2, :2], both[2:, 2:] = first, second
    patterns = np.zeros((6, 5))
    for row, (i, j) in enumerate(profiles):
        patterns[row, [i, 2 + j]] = 1
    assert any_area(p, profiles, [first, second]) == pytest.approx(
        holders_misalignment(p, patterns, both), rel=1e-12, abs=1e-14
    )


@given(shares_of(2), shares_of(3), conflict_of(2), conflict_of(3))
def test_independent_goals_multiply_the_chances_of_peace(p, q, first, second):
    profiles = [(i, j) for i in range(2) for j in range(3)]
    # Peace is a mean over goals, so it factorises with the shares, not only with the conflict.
    peace = (1 - misalignment(p, first)) * (1 - misalignment(q, second))
    value = any_area(np.outer(p, q).ravel(), profiles, [first, second])
    assert value == pytest.approx(1 - peace, rel=1e-12, abs=1e-14)


def test_draws_of_shares_and_of_one_area():
    rng = np.random.default_rng(16)
    p = rng.dirichlet(np.ones(4), (3, 2))
    graded = random_conflict(rng, 2, (3, 1))
    profiles = [[0, 0], [0, 1], [1, 0], [1, 1]]
    got = any_area(p, profiles, [exclusive_conflict(2), graded])
    expected = [
        [any_area(p[d, s], profiles, [exclusive_conflict(2), graded[d, 0]]) for s in (0, 1)]
        for d in range(3)
    ]
    np.testing.assert_allclose(got, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: across_areas([0.5], "median"), "how must be one of.*harmonic.*not 'median'"),
        (lambda: across_areas(0.5), "axis of problem areas"),
        (lambda: across_areas([0.5], "max", [1.0]), "weights mean nothing"),
        (lambda: across_areas([0.5], weights=[1.0, 1.0]), "each of 1 areas"),
        (lambda: across_areas([0.5], weights=[0.0]), "positive sum"),
        (lambda: any_area([1.0], [[0, 0]], [[[0.0]]]), r"\(profiles, areas\) = \(1, 1\)"),
        (lambda: any_area([1.0], [[0.0]], [[[0.0]]]), "whole numbers"),
        (lambda: any_area([1.0], [[0]], [[[0.0]]], other=[0.5, 0.5]), "shares of 2 profiles"),
        (lambda: any_area([1.0], [[1]], [[[0.0]]]), "profiles of area 0"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
