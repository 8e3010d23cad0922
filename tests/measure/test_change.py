"""What a difference of two misalignments is due to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import change, distinct_agents, misalignment
from tests.measure.strategies import conflict_of, shares_of

CLOSE = {"rtol": 0, "atol": 1e-14}


@st.composite
def two_populations(draw):
    """Shares and conflict of two populations over draws: (D, K) and (D, K, K)."""
    k, lead = draw(st.integers(1, 5)), (draw(st.integers(1, 3)),)
    shares = [draw(shares_of(k, lead)) for _ in range(2)]
    conflict = [draw(conflict_of(k, lead)) for _ in range(2)]
    return shares[0], conflict[0], shares[1], conflict[1]


sizes = st.one_of(st.none(), st.tuples(st.integers(2, 9), st.integers(2, 9)))


@given(two_populations(), sizes)
def test_the_parts_sum_to_the_difference(populations, population_sizes):
    p, c, q, d = populations
    parts = change(p, c, q, d, population_sizes)
    one, other = misalignment(p, c), misalignment(q, d)
    if population_sizes is not None:
        one = distinct_agents(one, population_sizes[0])
        other = distinct_agents(other, population_sizes[1])
    np.testing.assert_allclose(parts.difference, one - other, **CLOSE)
    total = parts.due_to_conflict + parts.due_to_shares
    np.testing.assert_allclose(total, parts.difference, **CLOSE)


@given(two_populations())
def test_the_conflict_part_is_the_mean_over_both_shares(populations):
    p, c, q, d = populations
    apart = c - d
    mean = (np.einsum("di,dij,dj->d", p, apart, p) + np.einsum("di,dij,dj->d", q, apart, q)) / 2
    np.testing.assert_allclose(change(p, c, q, d).due_to_conflict, mean, **CLOSE)


@given(two_populations(), sizes)
def test_nothing_is_due_to_what_is_the_same(populations, population_sizes):
    p, c, q, d = populations
    assert (change(p, c, q, c, population_sizes).due_to_conflict == 0).all()
    same = None if population_sizes is None else (population_sizes[0],) * 2
    assert (change(p, c, p, d, same).due_to_shares == 0).all()


@given(two_populations(), sizes)
def test_the_other_way_round_the_parts_change_sign(populations, population_sizes):
    p, c, q, d = populations
    back = None if population_sizes is None else population_sizes[::-1]
    there, again = change(p, c, q, d, population_sizes), change(q, d, p, c, back)
    for one, other in zip(there, again, strict=True):
        np.testing.assert_allclose(one, -other, **CLOSE)


@given(two_populations())
def test_draws_are_split_one_by_one(populations):
    p, c, q, d = populations
    whole = change(p, c, q, d)
    for i in range(len(p)):
        for part, alone in zip(whole, change(p[i], c[i], q[i], d[i]), strict=True):
            assert part[i] == pytest.approx(float(alone), abs=1e-14)
    known = change(p, c[:1], q, d[:1])
    np.testing.assert_allclose(known.difference, misalignment(p, c[0]) - misalignment(q, d[0]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: change([0.5, 0.5], 1 - np.eye(2), [1.0], [[0.0]]),
            "shares has 2, shares_other has 1",
        ),
        (lambda: change([0.5, 0.5], 1 - np.eye(2), [0.5, 0.5], 1 - np.eye(3)), "between 3 goals"),
        (lambda: change([1.0], [[0.0]], [1.0], [[0.0]], (1, 5)), "at least 2"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
