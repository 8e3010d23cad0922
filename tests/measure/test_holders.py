from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import holders_misalignment, misalignment, pattern_conflict
from tests.measure.strategies import conflict_of, populations

RULES = {
    "noisy-or": lambda levels: 1 - np.prod(1 - levels),
    "max": np.max,
    "mean": np.mean,
}
ALL_PATTERNS = np.array(list(product([0, 1], repeat=3)))


@pytest.mark.parametrize("how", RULES)
@given(c=conflict_of(3))
def test_every_two_patterns_by_definition(how, c):
    got = pattern_conflict(ALL_PATTERNS, c, how)
    for a, b in product(range(8), repeat=2):
        levels = c[np.ix_(ALL_PATTERNS[a] == 1, ALL_PATTERNS[b] == 1)]
        expected = RULES[how](levels) if levels.size else 0.0
        assert got[a, b] == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("how", RULES)
@given(population=populations())
def test_holders_of_one_goal_are_goal_groups(how, population):
    p, c = population
    assert holders_misalignment(p, np.eye(len(p)), c, how) == pytest.approx(
        misalignment(p, c), rel=1e-12, abs=1e-14
    )


@given(conflict_of(4), st.integers(0, 99))
def test_rules_are_ordered_and_stay_probabilities(c, seed):
    patterns = np.random.default_rng(seed).integers(0, 2, (5, 4))
    mean, worst, any_pair = (pattern_conflict(patterns, c, h) for h in ("mean", "max", "noisy-or"))
    assert np.all((mean >= 0) & (any_pair <= 1))
    assert np.all(mean <= worst + 1e-15)
    assert np.all(worst <= any_pair + 1e-15)


@pytest.mark.parametrize("how", RULES)
def test_draws_and_populations(how):
    rng = np.random.default_rng(15)
    c = np.triu(rng.random((4, 1, 3, 3)), 1)
    c += c.swapaxes(-1, -2)
    p = rng.dirichlet(np.ones(8), (4, 2))
    got = holders_misalignment(p, ALL_PATTERNS, c, how)
    expected = [
        [holders_misalignment(p[d, s], ALL_PATTERNS, c[d, 0], how) for s in (0, 1)]
        for d in range(4)
    ]
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_certain_conflict_is_certain():
    conflict = np.array([[0, 1.0], [1.0, 0]])
    np.testing.assert_array_equal(pattern_conflict([[1, 1], [1, 0]], conflict), [[1, 1], [1, 0]])


@pytest.mark.parametrize(
    ("patterns", "how", "message"),
    [
        ([[1, 0]], "product", "how must be one of.*noisy-or.*not 'product'"),
        ([1, 0], "max", r"\(patterns, 2 goals\), not \(2,\)"),
        ([[1, 0, 1]], "max", r"\(patterns, 2 goals\), not \(1, 3\)"),
        ([[0.5, 0]], "max", "must be 0 or 1"),
    ],
)
def test_what_does_not_fit_is_named(patterns, how, message):
    with pytest.raises(ValueError, match=message):
        pattern_conflict(patterns, 1 - np.eye(2), how)
