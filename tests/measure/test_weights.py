import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import (
    agents_misalignment,
    distinct_agents,
    group_weights,
    misalignment,
    pair_weight,
    weighted_misalignment,
    weights,
)
from tests.measure.strategies import conflict_of, populations, random_conflict

KINDS = ["geometric", "arithmetic", "harmonic", "min", "max"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("geometric", 0.4), ("arithmetic", 0.5), ("harmonic", 0.32), ("min", 0.2), ("max", 0.8)],
)
def test_pair_weight(kind, expected):
    join = pair_weight(kind)
    assert join(0.2, 0.8) == pytest.approx(expected)
    np.testing.assert_allclose(join([0.3, 0.0], [0.3, 0.0]), [0.3, 0.0])


@given(st.floats(0, 1), st.floats(0, 1))
def test_means_are_ordered(a, b):
    joined = [float(pair_weight(k)(a, b)) for k in ("min", "harmonic", "geometric", "arithmetic")]
    joined.append(float(pair_weight("max")(a, b)))
    assert np.all(np.diff(joined) >= -1e-15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("distinct", [True, False])
@given(data=st.data())
def test_groups_give_the_mean_over_pairs_of_agents(kind, distinct, data):
    k = data.draw(st.integers(1, 4))
    c = data.draw(conflict_of(k))
    n = data.draw(st.integers(2, 9))
    goals = np.array(data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n)))
    w = np.array(data.draw(st.lists(st.floats(0, 1), min_size=n, max_size=n)))
    total = sum(
        c[goals[a], goals[b]] * float(pair_weight(kind)(w[a], w[b]))
        for a in range(n)
        for b in range(n)
        if not distinct or a != b
    )
    value = agents_misalignment(goals, c, w, kind, distinct)
    assert value == pytest.approx(total / (n * (n - distinct)), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_agents_with_a_weight_each(kind, monkeypatch):
    rng = np.random.default_rng(13)
    n = 3000
    goals, w = rng.integers(0, 3, n), rng.random(n)
    c = np.array([[0, 1, 0.5], [1, 0, 0.25], [0.5, 0.25, 0]])
    all_pairs = (c[goals][:, goals] * pair_weight(kind)(w[:, None], w)).sum() / (n * (n - 1))
    assert agents_misalignment(goals, c, w, kind) == pytest.approx(all_pairs, rel=1e-12)
    monkeypatch.setattr(weights, "NUMBERS_AT_ONCE", 10_000)
    assert agents_misalignment(goals, c, w, kind) == pytest.approx(all_pairs, rel=1e-12)


def test_without_weights_it_is_plain_misalignment():
    goals = [0, 0, 0, 1, 1, 2]
    c = random_conflict(np.random.default_rng(14), 3, (5,))
    with_replacement = misalignment([3 / 6, 2 / 6, 1 / 6], c)
    np.testing.assert_allclose(agents_misalignment(goals, c, distinct=False), with_replacement)
    np.testing.assert_allclose(agents_misalignment(goals, c), distinct_agents(with_replacement, 6))


@pytest.mark.parametrize("kind", KINDS)
def test_mean_group_weights_are_the_expected_weights(kind):
    goals, w = np.array([0, 0, 1, 1, 1, 2]), np.array([0.2, 0.4, 0.1, 0.9, 1.0, 0.7])
    c = np.array([[0, 1, 0.5], [1, 0, 0.25], [0.5, 0.25, 0]])
    sizes = np.bincount(goals)
    expected = group_weights(goals, w, 3, kind) / np.outer(sizes, sizes)
    assert weighted_misalignment(sizes / 6, c, expected) == pytest.approx(
        agents_misalignment(goals, c, w, kind, distinct=False)
    )


@given(populations())
def test_weights_of_one_change_nothing(population):
    p, c = population
    assert weighted_misalignment(p, c, np.ones_like(c)) == misalignment(p, c)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pair_weight("median"), "kind must be one of.*geometric.*not 'median'"),
        (lambda: agents_misalignment([0, 0], [[0.0]], kind="sum"), "kind must be one of"),
        (lambda: agents_misalignment([0], [[0.0]]), "at least 2 agents are needed, not 1"),
        (lambda: agents_misalignment([], [[0.0]], distinct=False), "at least 1 agents"),
        (lambda: agents_misalignment([0.0, 1.0], 1 - np.eye(2)), "whole numbers"),
        (lambda: agents_misalignment([0, -1], 1 - np.eye(2)), "between 0 and 1"),
        (lambda: agents_misalignment([0, 1], 1 - np.eye(2), [1.0, np.nan]), "non-negative"),
        (lambda: weighted_misalignment([1.0], [[0.0]], 1 - np.eye(2)), "like conflict"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
