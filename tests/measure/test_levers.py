"""Levers: changes of P(ma) against p'Cp itself, and smallest steps against a search of all."""

import numpy as np
import pytest

from bayes_misalign import measure
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.measure.levers import steps_of_level, steps_of_move

DRAWS, GOALS = 40, 4


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of shares and of symmetric conflict."""
    rng = np.random.default_rng(seed)
    levels = np.triu(rng.uniform(size=(DRAWS, GOALS, GOALS)), 1)
    return rng.dirichlet(np.full(GOALS, 0.7), size=DRAWS), levels + levels.swapaxes(1, 2)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.4, 1.0])
def test_a_move_is_what_the_shares_after_it_say(share: float) -> None:
    p, c = drawn(1)
    after = p.copy()
    step = np.minimum(share, p[:, 2])
    after[:, 2] -= step
    after[:, 0] += step
    expected = measure.misalignment(after, c) - measure.misalignment(p, c)
    np.testing.assert_allclose(measure.moving(p, c, 2, 0, share), expected, atol=1e-15)


@pytest.mark.parametrize("by", [0.0, 0.2, 1.0])
def test_lower_conflict_is_what_the_matrix_after_it_says(by: float) -> None:
    p, c = drawn(2)
    after = c.copy()
    after[:, 1, 3] = after[:, 3, 1] = np.maximum(c[:, 1, 3] - by, 0)
    expected = measure.misalignment(p, after) - measure.misalignment(p, c)
    np.testing.assert_allclose(measure.lowering(p, c, 3, 1, by), expected, atol=1e-15)


def test_levels_known_once_change_alike() -> None:
    p, c = drawn(3)
    known = np.full((GOALS, GOALS), 0.5)
    np.fill_diagonal(known, 0)
    known[0, 1] = known[1, 0] = np.nan
    partly = PartlyKnown(known, c[:, 0, 1][:, None])
    for one, other in ((0, 1), (1, 0), (2, 1)):
        for change in (measure.moving, measure.lowering):
            np.testing.assert_allclose(
                change(p, partly, one, other, 0.1), change(p, partly.whole(), one, other, 0.1)
            )


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("below", [0.05, 0.2, 0.3, 0.4, 0.6])
def test_the_smallest_step_is_the_first_of_a_fine_grid(below: float, probability: float) -> None:
    grid = np.linspace(0, 1, 1001)[:, None]
    reached = 0
    for seed in range(10):
        p, c = drawn(seed)
        now = measure.misalignment(p, c)
        for steps, change in (
            (steps_of_move(p, c, measure.opposition(p, c), 0, 1), measure.moving),
            (steps_of_level(p, c, 0, 1), measure.lowering),
        ):
            found = steps.smallest(now, below, probability)
            enough = (now + change(p, c, 0, 1, grid) < below).mean(axis=1) >= probability - 1e-12
            first = grid[np.argmax(enough), 0] if enough.any() else np.inf
            assert found <= first + 1e-12
            if np.isfinite(found):  # a little more does
                reached += 1
                more = now + change(p, c, 0, 1, min(found + 1e-9, 1.0))
                assert (more < below + 1e-8).mean() >= probability - 1e-12
    assert reached or below < 0.3 or probability == 1


def test_a_step_may_do_and_a_larger_one_not() -> None:
    # towards an even split P(ma) rises, and falls behind it
    p = np.tile([0.7, 0.3], (10, 1))
    c = np.array([[0.0, 1.0], [1.0, 0.0]])
    now, opposed = measure.misalignment(p, c), measure.opposition(p, c)
    to_smaller, to_larger = (steps_of_move(p, c, opposed, *pair) for pair in ((0, 1), (1, 0)))
    assert to_smaller.smallest(now, 0.43, 1.0) == 0
    assert to_smaller.smallest(now, 0.42, 1.0) == pytest.approx(0.4)
    assert to_larger.smallest(now, 0.32, 1.0) == pytest.approx(0.1)
    assert to_larger.smallest(now, 0.0, 1.0) == np.inf
    assert steps_of_level(p, c, 0, 1).smallest(now, 0.0, 1.0) == np.inf


def test_a_bend_of_rounding_is_none() -> None:
    assert measure.smallest_step([0.5], -1.0, 5e-324, 1.0, 0.25, 1.0) == 0.25


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda: measure.moving([0.5, 0.5], np.zeros((2, 2)), 0, 1, 1.5), "share must be in"),
        (lambda: measure.lowering([0.5, 0.5], np.zeros((2, 2)), 0, 1, -1), "by must be in"),
        (lambda: measure.smallest_step([0.5], 0, 0, 1, 0.4, 0.0), "probability must be in"),
        (lambda: measure.moving([0.5, 0.4], np.zeros((2, 2)), 0, 1, 0.1), "sum to 1"),
    ],
)
def test_what_is_no_share_is_refused(call, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        call()
