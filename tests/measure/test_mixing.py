"""P(ma) along the share of one population: closed forms against a grid, and by hand."""

import numpy as np
import pytest

from bayes_misalign.measure import decompose, exclusive_conflict, misalignment, mixing
from tests.measure.strategies import random_conflict

GRID = np.linspace(0, 1, 2001)
TWO = exclusive_conflict(2)


def drawn(seed, draws=200, goals=4):
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.full(goals, 0.6), (2, draws))
    return p, q, random_conflict(rng, goals, (draws,))


@pytest.mark.parametrize("share", [0, 0.2, 0.9, 1])
def test_a_share_gives_p_ma_of_the_union(share):
    p, q, c = drawn(3)
    union = decompose(np.stack([p, q], axis=1), c[:, None], [1 - share, share])
    np.testing.assert_allclose(mixing(p, q, c).at(share), union.total, atol=1e-12)


@pytest.mark.parametrize("one_goal", [False, True])
def test_peak_and_crossings_against_a_grid(one_goal):
    found = mixing(*drawn(1), one_goal=one_goal)
    curve = found.at(GRID[:, None])
    best = GRID[curve.argmax(axis=0)]
    np.testing.assert_allclose(found.height, curve.max(axis=0), atol=1e-6)
    np.testing.assert_allclose(found.at(best), found.height, atol=1e-6)
    inside = (best > 0) & (best < 1)
    assert (inside == found.inner).mean() > 0.99
    assert 0.05 < found.inner.mean() < 0.95
    seen = {"rises": 0, "falls": 0}
    for threshold in (0.2, 0.35, 0.5):
        above = curve > threshold
        for how, turns in (
            ("rises", ~above[:-1] & above[1:]),
            ("falls", above[:-1] & ~above[1:]),
        ):
            share = getattr(found, how)(threshold)
            crosses = turns.any(axis=0)
            assert (np.isfinite(share) == crosses).mean() > 0.99
            both = crosses & np.isfinite(share)
            seen[how] += both.sum()
            at = GRID[turns.argmax(axis=0)[both]]
            np.testing.assert_allclose(share[both], at, atol=1 / 2000 + 1e-12)
            np.testing.assert_allclose(found.at(share)[both], threshold, atol=1e-12)
    assert min(seen.values()) > 20


def test_one_goal_is_the_mean_over_goals_held_by_all_copies():
    p, q, c = drawn(2, draws=5)
    share, found = 0.3, mixing(*drawn(2, draws=5), one_goal=True)
    held = [misalignment((1 - share) * p + share * np.eye(4)[g], c) for g in range(4)]
    np.testing.assert_allclose(found.at(share), (q.T * held).sum(axis=0), atol=1e-12)
    each = mixing(p, q, c)
    np.testing.assert_allclose(
        each.at(share) - found.at(share), share**2 * misalignment(q, c), atol=1e-12
    )
    np.testing.assert_allclose(found.at(1.0), 0, atol=1e-12)


def test_by_hand():
    # p of the first goal falls from 3/4 to 0: even at one third of the guest
    found = mixing([0.75, 0.25], [0.0, 1.0], TWO)
    assert found.peak == pytest.approx(1 / 3)
    assert found.height == pytest.approx(0.5)
    assert found.inner
    # 2 x (1 - x) = 0.42 at x = 0.7 and 0.3
    assert found.rises(0.42) == pytest.approx(1 - 0.7 / 0.75)
    assert found.falls(0.42) == pytest.approx(1 - 0.3 / 0.75)
    assert np.isnan(found.rises(0.6))
    # P(ma) is largest in the population of the guest, and crosses once
    towards = mixing([1.0, 0.0], [0.6, 0.4], TWO)
    assert (towards.peak, towards.inner) == (1, False)
    assert towards.rises(0.32) == pytest.approx(0.5)
    assert np.isnan(towards.falls(0.32))
    away = mixing([0.6, 0.4], [1.0, 0.0], TWO)
    assert (away.peak, away.inner) == (0, False)
    assert away.falls(0.32) == pytest.approx(0.5)


def test_straight_flat_and_hollow_curves():
    same = mixing([0.5, 0.5], [0.5, 0.5], TWO)
    assert (same.peak, same.height, same.inner) == (0, 0.5, False)
    assert np.isnan([same.rises(0.5), same.falls(0.5), same.rises(0.4)]).all()
    # agents without a goal: P(ma) falls and is not concave; straight where the bend is 0
    free = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0.0]])
    hollow = mixing([0.5, 0.5, 0.0], [0.0, 0.0, 1.0], free)
    assert hollow.bend > 0
    assert hollow.falls(0.125) == pytest.approx(0.5)
    assert (hollow.peak, hollow.inner) == (0, False)
    straight = mixing([0.5, 0.5, 0.0], [0.0, 0.5, 0.5], free)
    assert straight.bend == 0
    assert straight.falls(0.25) == pytest.approx(0.5)
    assert np.isnan(straight.rises(0.25))
    assert (straight.peak, straight.height) == (0, 0.5)
