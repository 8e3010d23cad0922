"""Every function that takes shares or conflict says what is wrong with them."""

import numpy as np
import pytest

from bayes_misalign import measure as m

C = 1 - np.eye(2)
P, ROWS = [0.5, 0.5], [[0.5, 0.5], [0.25, 0.75]]
ONE_WAY = np.array([[0.0, 1.0], [0.5, 0.0]])
OWN = np.array([[0.0, 1.0], [1.0, 0.25]])

# each with conflict, and shares where it takes any
CALLS = {
    "misalignment": lambda c, p, **k: m.misalignment(p, c, **k),
    "alignment": lambda c, p, **k: m.alignment(p, c, **k),
    "between": lambda c, p, **k: m.between(P, p, c, **k),
    "between_matrix": lambda c, p, **k: m.between_matrix([P, p], c, **k),
    "excess": lambda c, p, **k: m.excess(P, p, c, **k),
    "equivalent_sample_size": lambda c, p, **k: m.equivalent_sample_size([1, 0], p, c, **k),
    "mixing": lambda c, p, **k: m.mixing(P, p, c, **k).height,
    "opposition": lambda c, p, **k: m.opposition(p, c, **k),
    "goal_contributions": lambda c, p, **k: m.goal_contributions(p, c, **k),
    "pair_contributions": lambda c, p, **k: m.pair_contributions(p, c, **k),
    "decompose": lambda c, p, **k: m.decompose([P, p], c, P, **k).total,
    "normalised": lambda c, p, **k: m.normalised(p, c, **k),
    "change": lambda c, p, **k: m.change(P, C, p, c, **k).difference,
    "weighted_misalignment": lambda c, p, **k: m.weighted_misalignment(p, c, 0.5 + 0 * C, **k),
    "holders_misalignment": lambda c, p, **k: m.holders_misalignment(p, np.eye(2), c, **k),
    "any_area": lambda c, p, **k: m.any_area(p, [[0], [1]], [c], **k),
}
WITHOUT_SHARES = {
    "attainable_maximum": lambda c, _, **k: m.attainable_maximum(c, **k).value,
    "pattern_conflict": lambda c, _, **k: m.pattern_conflict(np.eye(2), c, **k),
    "dirichlet_moments": lambda c, _, **k: m.dirichlet_moments([1.0, 2.0], c, **k).mean,
    "unbiased": lambda c, _, **k: m.unbiased([3, 2], c, **k).value,
    "weighted_unbiased": lambda c, _, **k: m.weighted_unbiased([1, 2], [0, 1], c, **k),
    "weighted_unbiased_from_sums": lambda c, _, **k: m.weighted_unbiased_from_sums(
        [2.0, 2.0], [2.0, 4.0], c, **k
    ),
    "agents_misalignment": lambda c, _, **k: m.agents_misalignment([0, 1, 1], c, **k),
    "contact_misalignment": lambda c, _, **k: m.contact_misalignment(np.full((2, 2), 0.25), c, **k),
}
EVERY = CALLS | WITHOUT_SHARES


@pytest.mark.parametrize("name", EVERY)
def test_asymmetric_conflict_is_refused_and_its_mean_taken_by_name(name):
    call = EVERY[name]
    with pytest.raises(ValueError, match=r"goals 0 and 1 is 1 one way and 0\.5 the other; .*dir"):
        call(ONE_WAY, P)
    np.testing.assert_array_equal(call(ONE_WAY, P, directed=True), call(0.75 * C, P))
    call(C * np.array([[1, 1 + 1e-12], [1, 1]]), P)  # rounding is no direction


@pytest.mark.parametrize("name", EVERY)
def test_a_goal_in_conflict_with_itself_is_refused(name):
    for directed in (False, True):
        with pytest.raises(
            ValueError, match=r"conflict of goal 1 with itself must be 0, not 0\.25"
        ):
            EVERY[name](OWN, P, directed=directed)


@pytest.mark.parametrize("name", EVERY)
def test_conflict_that_is_no_number_is_refused(name):
    with pytest.raises(ValueError, match=r"conflict of goals 0 and 1 is not a number"):
        EVERY[name](np.array([[0.0, np.nan], [np.nan, 0.0]]), P)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("shares", [[0.5, 0.4], [50.0, 50.0], [0.5, np.nan]])
def test_shares_that_do_not_sum_to_one_are_refused(name, shares):
    with pytest.raises(ValueError, match=r"must sum to 1 over the goals, but those.* sum to"):
        CALLS[name](C, shares)


@pytest.mark.parametrize("name", CALLS)
def test_negative_shares_are_refused(name):
    with pytest.raises(ValueError, match="must not be negative"):
        CALLS[name](C, [1.5, -0.5])


def test_the_draw_that_is_wrong_is_named():
    shares = np.full((3, 2, 2), 0.5)
    shares[2, 1, 0] = 0.4
    with pytest.raises(
        ValueError, match=r"those at \(2, 1\) sum to 0\.9; divide them by their sum"
    ):
        m.misalignment(shares, C)


def test_conditional_definiteness_is_of_symmetric_conflict():
    with pytest.raises(ValueError, match="one way"):
        m.conditionally_negative_definite(ONE_WAY)


def test_equal_levels_have_their_maximum_in_closed_form_for_any_number_of_goals():
    levels = np.array([0.3, 1.0])[:, None, None]
    top = m.attainable_maximum(levels * m.exclusive_conflict(40, no_goal=True))
    assert top.exact
    np.testing.assert_allclose(top.value, [0.3 * 39 / 40, 39 / 40], rtol=1e-14)
