"""Draws of joint answers against brute force and closed forms, and whether intervals hold truth."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.areas.joint import Answers, draw_answers, joint_draws

Array = NDArray[np.float64]
TWO = measure.exclusive_conflict(2)
EXCLUSIVE = measure.exclusive_conflict(2, no_goal=True)
GRADED = np.array([[0, 0.3, 0.8], [0.3, 0, 0.5], [0.8, 0.5, 0]])
CELLS = list(product(range(3), range(2), range(2)))
PATTERNS = [[0, 0, 1], [0, 1, 1], [1, 1, 0], [2, 0, 0], [1, 1, 1]]


def seen(seed: int, patterns: list[list[int]], agents: list[float], draws: int = 4) -> Answers:
    """Return answers in an area of three categories and two of two."""
    rng = np.random.default_rng(seed)
    sizes = ([2, 3, 1], [3, 2], [2, 2])
    margins = [rng.dirichlet(size, draws) for size in sizes]
    return draw_answers(np.array(patterns), np.array(agents), margins, rng, unseen=2)


ONE = seen(3, PATTERNS, [5.0, 3.0, 7.0, 1.0, 4.0])
OTHER = seen(4, [[2, 1, 0], [0, 1, 1], [1, 0, 1]], [2.0, 6.0, 1.0])


def cells_of(answers: Answers, d: int) -> tuple[Array, Array]:
    """Return the share of every joint answer, of those seen and of the base, in a draw."""
    base = [np.prod([m[d][k] for m, k in zip(answers.margins, x, strict=True)]) for x in CELLS]
    own = np.zeros(len(CELLS))
    for pattern, share in zip(answers.patterns.tolist(), answers.seen[d], strict=True):
        own[CELLS.index(tuple(pattern))] += share
    return own, np.array(base)


@pytest.mark.parametrize("uncertain", [False, True])
@pytest.mark.parametrize("other", [ONE, OTHER], ids=["within", "between"])
def test_joint_draws_agree_with_all_pairs_of_cells(uncertain: bool, other: Answers) -> None:
    conflicts = [GRADED[None], TWO[None], 0.4 * TWO[None]]
    if uncertain:
        conflicts[0] = np.random.default_rng(0).random((4, 1, 1)) * GRADED
    found = joint_draws(ONE, other, conflicts)
    for d in range(4):
        (v, p), (u, q) = cells_of(ONE, d), cells_of(other, d)
        w, z = ONE.unseen[d], other.unseen[d]
        # two agents of one population are different ones
        alone = 1 - (ONE.seen[d] ** 2 * 2 / (ONE.agents + 1)).sum() if other is ONE else 1
        pairs = (1 - w) * (1 - z) / alone * np.outer(v, u) + w * z * np.outer(p, q)
        pairs += (1 - w) * z * np.outer(v, q) + w * (1 - z) * np.outer(p, u)
        at = np.array(
            [
                [[c[min(d, len(c) - 1)][x[a], y[a]] for y in CELLS] for x in CELLS]
                for a, c in enumerate(conflicts)
            ]
        )
        in_any = (pairs * (1 - np.prod(1 - at, axis=0))).sum()
        assert found.any[d] == pytest.approx(in_any, rel=1e-10)
        assert found.each[d] == pytest.approx([(pairs * c).sum() for c in at], rel=1e-10)


@pytest.mark.parametrize("other", [ONE, OTHER], ids=["within", "between"])
def test_conflict_in_both_of_two_areas(other: Answers) -> None:
    two = [
        Answers(x.patterns[:, :2], x.agents, x.seen, x.unseen, x.margins[:2]) for x in (ONE, other)
    ]
    one, second = two[0], two[0] if other is ONE else two[1]
    found = joint_draws(one, second, [GRADED[None], TWO[None]])
    # a single area in which two agents conflict where they do so in both
    lifted = np.kron(GRADED, TWO)
    of = [
        Answers(
            (x.patterns[:, :1] * 2 + x.patterns[:, 1:]),
            x.agents,
            x.seen,
            x.unseen,
            [np.einsum("da,db->dab", *x.margins).reshape(4, 6)],
        )
        for x in (one, second)
    ]
    same = joint_draws(of[0], of[0] if second is one else of[1], [lifted[None]])
    np.testing.assert_allclose(found.both, same.any, rtol=1e-10)
    with pytest.raises(ValueError, match="of two areas, not of 3"):
        _ = joint_draws(ONE, ONE, [GRADED[None], TWO[None], TWO[None]]).both


def test_the_mean_within_is_that_over_pairs_of_different_agents() -> None:
    rng = np.random.default_rng(2)
    agents = rng.integers(0, 2, (25, 3))
    patterns, counts = np.unique(agents, axis=0, return_counts=True)
    margins = [np.full((40_000, 2), 0.5)] * 3
    drawn = draw_answers(patterns, counts.astype(float), margins, rng, unseen=0)
    found = joint_draws(drawn, drawn, [TWO[None]] * 3)
    differ = (agents[:, None] != agents[None]).any(axis=2)
    assert found.any.mean() == pytest.approx(differ.sum() / (25 * 24), abs=0.004)
    plain = measure.any_area(counts / 25, patterns, [TWO] * 3)
    assert found.any.mean() > plain + 0.02  # which counts each agent with itself


def test_the_mean_between_is_that_over_all_pairs_of_agents() -> None:
    """E v = n_j/n and E w = a/(a + n), and the draws of both populations are independent."""
    rng = np.random.default_rng(7)
    (a, b), margins = (np.array([12.0, 5, 3]), np.array([2.0, 9, 4])), [np.full((60_000, 2), 0.5)]
    patterns = np.array([[0, 0], [1, 0], [1, 1]])
    one, other = (draw_answers(patterns, n, margins * 2, rng, unseen=1.0) for n in (a, b))
    found = joint_draws(one, other, [TWO[None]] * 2)
    every = np.array(list(product(range(2), repeat=2)))
    shares = [np.array([n[0], 0, n[1], n[2]]) + 0.25 for n in (a, b)]
    p, q = (x / x.sum() for x in shares)
    expected = measure.any_area(p, every, [TWO] * 2, other=q)
    error = found.any.std() / np.sqrt(len(found.any))
    assert found.any.mean() == pytest.approx(expected, abs=4.5 * error)
    # two agents who answered alike conflict by what is unseen alone
    alike = draw_answers(patterns[:1], np.array([30.0]), margins * 2, rng)
    assert joint_draws(alike, alike, [TWO[None]] * 2).any.mean() < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("areas", "n"), [(2, 40), (4, 15), (6, 60)])
def test_intervals_of_conflict_in_any_area_hold_the_truth(areas: int, n: int) -> None:
    """Agents of three kinds, the answers of a kind independent: shapes not used in choosing."""
    rng = np.random.default_rng(areas * n)
    hits, rounds, d = 0, 300, 500
    for _ in range(rounds):
        kinds = rng.dirichlet([3, 1.5, 1], (3, areas))
        weights = rng.dirichlet([3, 3, 3])
        facing = kinds @ EXCLUSIVE
        conflict = np.einsum("sak,tak->sta", facing, kinds)
        truth = weights @ (1 - np.prod(1 - conflict, axis=2)) @ weights
        kind = rng.choice(3, n, p=weights)
        each = (rng.random((n, areas, 1)) > np.cumsum(kinds[kind], axis=-1)).sum(axis=-1)
        each = each.clip(0, 2)
        patterns, counts = np.unique(each, axis=0, return_counts=True)
        margins = [
            rng.dirichlet(np.bincount(each[:, a], minlength=3) + 0.5, d) for a in range(areas)
        ]
        drawn = draw_answers(patterns, counts.astype(float), margins, rng)
        found = joint_draws(drawn, drawn, [EXCLUSIVE[None]] * areas)
        low, high = np.quantile(found.any, [0.05, 0.95])
        hits += low <= truth <= high
    assert 0.83 <= hits / rounds <= 0.96
