from fractions import Fraction
from itertools import product
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bayes_misalign.measure import (
    dirichlet_moments,
    misalignment,
    unbiased,
    weighted_unbiased,
    weighted_unbiased_from_sums,
)
from tests.measure.strategies import conflict_of

GRADED = np.array([[0, 1, 0.25], [1, 0, 0.5], [0.25, 0.5, 0]])
EXCLUSIVE = 1 - np.eye(3)
MATRICES = pytest.mark.parametrize("conflict", [GRADED, EXCLUSIVE], ids=["graded", "exclusive"])


def exact_moments(a, conflict):
    """Mean and variance of p'Cp in rational arithmetic, one product of shares at a time."""
    a = [Fraction(x) for x in a]
    c = [[Fraction(float(x)) for x in row] for row in conflict]
    k, total = range(len(a)), sum(a)

    def expected_product(*goals):
        top = bottom = Fraction(1)
        seen = [0] * len(a)
        for step, i in enumerate(goals):
            top *= a[i] + seen[i]
            seen[i] += 1
            bottom *= total + step
        return top / bottom

    mean = sum(c[i][j] * expected_product(i, j) for i, j in product(k, k))
    square = sum(
        c[i][j] * c[m][n] * expected_product(i, j, m, n) for i, j, m, n in product(k, k, k, k)
    )
    return mean, square - mean**2


@MATRICES
@pytest.mark.parametrize("a", [(1, 1, 1), (5, 2, 9), (1, 0, 3), (10**9, 2 * 10**9, 1)])
def test_dirichlet_moments_are_exact_and_do_not_cancel(a, conflict):
    mean, variance = exact_moments(a, conflict)
    got = dirichlet_moments(a, conflict)
    assert got.mean == pytest.approx(float(mean), rel=1e-13)
    assert got.variance == pytest.approx(float(variance), rel=1e-12)


@MATRICES
def test_dirichlet_moments_agree_with_simulation(conflict):
    a = np.array([0.5, 1.5, 3.0])
    n = 200_000
    p = np.random.default_rng(11).dirichlet(a, n)
    draws = misalignment(p, conflict)
    mean, variance = dirichlet_moments(a, conflict)
    error_of_mean = draws.std() / np.sqrt(n)
    centred = (draws - draws.mean()) ** 2
    error_of_variance = centred.std() / np.sqrt(n)
    assert abs(draws.mean() - mean) < 4 * error_of_mean
    assert abs(centred.mean() - variance) < 4 * error_of_variance


@given(
    st.integers(1, 5).flatmap(
        lambda k: st.tuples(hnp.arrays(float, k, elements=st.floats(0.01, 50)), conflict_of(k))
    )
)
def test_uncentred_form_of_the_second_moment(case):
    a, c = case
    total, q = a.sum(), a @ c @ a
    s, r = (a * (c @ a) ** 2).sum(), a @ (c * c) @ a
    second = (q**2 + 4 * s + 2 * r) / (total * (total + 1) * (total + 2) * (total + 3))
    mean, variance = dirichlet_moments(a, c)
    assert mean == pytest.approx(q / (total * (total + 1)), rel=1e-12, abs=1e-300)
    assert variance + mean**2 == pytest.approx(second, rel=1e-11, abs=1e-300)


def samples(size, shares):
    """Every possible sample as counts, with its probability."""
    k = len(shares)
    for counts in product(range(size + 1), repeat=k):
        if sum(counts) == size:
            chance = factorial(size) * np.prod(np.array(shares) ** counts)
            yield counts, chance / np.prod([factorial(n) for n in counts])


@MATRICES
@pytest.mark.parametrize("size", [4, 5, 8])
@pytest.mark.parametrize("shares", [(0.2, 0.3, 0.5), (0.0, 0.9, 0.1)])
def test_estimate_and_its_variance_are_unbiased_over_all_samples(size, shares, conflict):
    counts, chance = map(np.array, zip(*samples(size, shares), strict=True))
    value, variance = unbiased(counts, conflict)
    truth = misalignment(shares, conflict)
    assert chance.sum() == pytest.approx(1)
    assert chance @ value == pytest.approx(truth, rel=1e-12)
    assert chance @ variance == pytest.approx(chance @ (value - truth) ** 2, rel=1e-11)


@pytest.mark.parametrize("size", [2, 3])
def test_two_or_three_agents_give_an_estimate_without_a_variance(size):
    counts, chance = map(np.array, zip(*samples(size, (0.2, 0.3, 0.5)), strict=True))
    value, variance = unbiased(counts, GRADED)
    assert chance @ value == pytest.approx(misalignment((0.2, 0.3, 0.5), GRADED))
    assert np.isnan(variance).all()


def test_nobody_and_one_agent_give_nothing_beside_a_population_that_does():
    value, variance = unbiased([[0, 0, 0], [1, 0, 0], [2, 1, 1]], GRADED)
    assert np.isnan(value).tolist() == [True, True, False]
    assert np.isnan(variance).tolist() == [True, True, False]


@given(
    st.integers(1, 4).flatmap(
        lambda k: st.tuples(
            hnp.arrays(np.int64, k, elements=st.integers(0, 30)).filter(lambda n: n.sum() > 3),
            conflict_of(k),
        )
    )
)
def test_uncentred_form_of_the_unbiased_variance(case):
    counts, c = case
    n = counts.astype(float)
    size, t = n.sum(), n @ c @ n
    pairs = size * (size - 1)
    four = t**2 - 4 * (n * (c @ n) ** 2).sum() + 2 * n @ (c * c) @ n
    value, variance = unbiased(counts, c)
    assert value == pytest.approx(t / pairs, rel=1e-12)
    expected = value**2 - four / (pairs * (size - 2) * (size - 3))
    assert variance == pytest.approx(expected, abs=1e-12)


@given(st.data())
def test_weighted_estimate_is_the_weighted_mean_over_pairs_of_agents(data):
    k = data.draw(st.integers(1, 4))
    c = data.draw(conflict_of(k))
    n = data.draw(st.integers(2, 8))
    goals = np.array(data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n)))
    weights = np.array(data.draw(st.lists(st.floats(0.1, 10), min_size=n, max_size=n)))
    joint = np.outer(weights, weights) * (1 - np.eye(n))
    expected = (joint * c[np.ix_(goals, goals)]).sum() / joint.sum()
    assert weighted_unbiased(weights, goals, c) == pytest.approx(expected, rel=1e-11, abs=1e-13)
    counts = np.bincount(goals, minlength=k)
    equal = weighted_unbiased(np.full(n, 2.5), goals, c)
    assert equal == pytest.approx(unbiased(counts, c).value, rel=1e-12, abs=1e-14)


def test_sums_of_weights_for_several_populations_and_draws():
    sums = np.array([[2.0, 2.0, 0.0], [3.0, 0.0, 0.0], [1.0, 2.0, 3.0]])
    squares = np.array([[2.0, 4.0, 0.0], [9.0, 0.0, 0.0], [1.0, 2.0, 5.0]])
    got = weighted_unbiased_from_sums(sums, squares, np.stack([GRADED, GRADED / 2])[:, None])
    assert got.shape == (2, 3)
    np.testing.assert_allclose(got[0], [0.8, np.nan, (4 + 1.5 + 6) / 28])
    np.testing.assert_allclose(got[1], got[0] / 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dirichlet_moments([0.0, 0.0], 1 - np.eye(2)), "positive sum"),
        (lambda: dirichlet_moments([-1.0, 2.0], 1 - np.eye(2)), "non-negative"),
        (lambda: unbiased([-1, 2], 1 - np.eye(2)), "counts must not be negative"),
        (lambda: unbiased([1, 2, 3], 1 - np.eye(2)), "of 3 goals"),
        (
            lambda: weighted_unbiased([1.0, 0.0], [0, 0], [[0.0]]),
            "two agents need a positive",
        ),
        (lambda: weighted_unbiased([1.0], [0, 0], [[0.0]]), "one for each agent"),
        (lambda: weighted_unbiased([1.0, -1.0], [0, 0], [[0.0]]), "non-negative"),
        (lambda: weighted_unbiased([1.0, 1.0], [0, 1], [[0.0]]), "between 0 and 0"),
        (lambda: weighted_unbiased_from_sums([1.0], [1.0, 1.0], [[0.0]]), "one shape"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
