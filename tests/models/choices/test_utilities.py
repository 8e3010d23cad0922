"""Payoffs as utilities, and their softmax."""

import numpy as np
import pytest
from scipy import special

from bayes_misalign.models.choices.calibration import choices, goals_that_differ
from bayes_misalign.models.choices.utilities import log_softmax, ruled_by, utilities

SPANS = (slice(0, 3), slice(3, 5))
PAYOFFS = np.array([[10.0, 5.0, 0.0, 2.0, 0.0], [-1.0, 0.0, -1.0, 7.0, 7.0], [3.0] * 5])


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("goal", [[0, -0.5, -1, 0, -0.2], [-1, 0, -1, 0, 0], [0] * 5]),
        ("situation", [[0, -0.5, -1, 0, -1], [-1, 0, -1, 0, 0], [0] * 5]),
        ("all", [[0, -0.5, -1, 0, -0.2], [-0.1, 0, -0.1, 0, 0], [0] * 5]),
    ],
)
def test_the_range_is_one(scale: str, expected: list[list[float]]) -> None:
    np.testing.assert_allclose(utilities(PAYOFFS, SPANS, scale), expected, atol=1e-12)


@pytest.mark.parametrize("scale", ["goal", "situation", "all"])
def test_a_constant_and_a_common_factor_change_nothing(scale: str) -> None:
    moved = 3e4 * PAYOFFS + np.array([5.0, 5.0, 5.0, -8.0, -8.0])
    np.testing.assert_allclose(
        utilities(moved, SPANS, scale), utilities(PAYOFFS, SPANS, scale), atol=1e-9
    )


def test_goals_and_situations_without_a_preference_have_no_rationality() -> None:
    found = utilities(PAYOFFS, SPANS, "goal")
    assert ruled_by(found, SPANS, "shared")[0] is None
    numbers, rules = ruled_by(found, SPANS, "goal")
    assert numbers == ("0", "1")
    np.testing.assert_array_equal(rules, [[0, 0], [1, 1], [0, 0]])
    numbers, rules = ruled_by(found, SPANS, "situation")
    assert numbers == ("0", "1")
    np.testing.assert_array_equal(rules, [[0, 1]] * 3)
    numbers, _ = ruled_by(np.where(np.arange(5) < 3, found, 0.0), SPANS, "situation")
    assert numbers == ("0",)


def test_the_softmax_is_that_of_scipy_and_stands_any_rationality() -> None:
    found = utilities(PAYOFFS, SPANS, "goal")
    _, rules = ruled_by(found, SPANS, "situation")
    beta = np.array([[0.0, 3.0], [1e-9, 1e4]])
    got = log_softmax(beta, found, SPANS, rules)
    for i, q in np.ndindex(2, 2):
        span = SPANS[q]
        expected = special.log_softmax(beta[i, q] * found[:, span], axis=-1)
        np.testing.assert_allclose(got[i, :, span], expected, rtol=1e-12, atol=1e-12)
    assert np.isfinite(got).all()


def test_designs_say_what_has_a_rationality() -> None:
    assert choices().ruled == ("all choices",)
    assert goals_that_differ().ruled == ("a", "b")
    log_odds = np.diff(choices().log_action(np.array([2.0]))[0, 2:5:2])
    assert log_odds == pytest.approx([-2.0])  # of the worst against the best
