"""The equivalent sample size is that of samples that were drawn."""

import numpy as np
import pytest

from bayes_misalign.measure import equivalent_sample_size, excess, exclusive_conflict, misalignment

LINE = np.array([[0, 0.5, 1], [0.5, 0, 0.5], [1, 0.5, 0]])
P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.35, 0.3, 0.35])
SAMPLES = 40_000


def errors(shares, n, about, conflict, rng):
    """Return errors of the shares of samples of n about others."""
    return excess(rng.multinomial(n, shares, SAMPLES) / n, about, conflict)


def near(drawn, expected):
    return drawn.mean() == pytest.approx(expected, abs=4 * drawn.std() / np.sqrt(SAMPLES))


@pytest.mark.parametrize("conflict", [exclusive_conflict(3), LINE], ids=["exclusive", "line"])
def test_a_sample_of_that_many_people_has_the_same_error(conflict):
    rng = np.random.default_rng(8)
    for n in (7, 40):
        assert near(errors(P, n, P, conflict, rng), misalignment(P, conflict) / (2 * n))
    worth = equivalent_sample_size(P, Q, conflict)
    for n, closer in ((int(worth), False), (int(worth) + 1, True)):
        sampled = misalignment(P, conflict) / (2 * n)
        assert (sampled <= excess(Q, P, conflict)) == closer
    # of few answers of the stand-in, whose own error comes on top
    answers = 20
    few = equivalent_sample_size(P, Q, conflict, answers=answers)
    assert few < worth
    assert near(errors(Q, answers, P, conflict, rng), misalignment(P, conflict) / (2 * few))


def test_answers_of_people_are_worth_themselves():
    assert equivalent_sample_size(P, P, LINE, answers=30) == pytest.approx(30)


def test_without_an_error_it_is_infinite():
    found = equivalent_sample_size([P, P, [1, 0, 0]], [P, Q, Q], LINE)
    assert found[0] == np.inf
    assert 0 < found[1] < np.inf
    assert found[2] == 0  # people of one mind: one of them tells all


def test_a_number_of_answers_is_positive():
    with pytest.raises(ValueError, match="positive number, not 0"):
        equivalent_sample_size(P, Q, LINE, answers=0)
