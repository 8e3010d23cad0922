"""Joint answers against brute force, and whether intervals hold the truth."""

from itertools import product

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.areas.answers import JointAnswers
from bayes_misalign.areas.joint import draw_answers, joint_draws
from bayes_misalign.areas.together import correlation
from tests.areas.studies import panel

EXCLUSIVE = measure.exclusive_conflict(2, no_goal=True)
GRADED = np.array([[0, 0.3, 0.8], [0.3, 0, 0.5], [0.8, 0.5, 0]])
YES_NO = bm.ProblemArea("plans", goals=["yes", "no"])


def seen(seed: int = 3) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    patterns = np.array([[0, 0, 1], [0, 1, 1], [1, 1, 0], [2, 0, 0], [1, 1, 1]])
    agents = np.array([5.0, 3.0, 7.0, 1.0, 4.0])
    margins = [rng.dirichlet([2, 3, 1], 4), rng.dirichlet([3, 2], 4), rng.dirichlet([2, 2], 4)]
    return patterns, agents, margins


@pytest.mark.parametrize("uncertain", [False, True])
def test_joint_draws_agree_with_all_pairs_of_cells(uncertain: bool) -> None:
    patterns, agents, margins = seen()
    two = measure.exclusive_conflict(2)
    conflicts = [GRADED[None], two[None], 0.4 * two[None]]
    if uncertain:
        scale = np.random.default_rng(0).random((4, 1, 1))
        conflicts = [scale * GRADED, two[None], 0.4 * two[None]]
    drawn = draw_answers(patterns, agents, margins, np.random.default_rng(5), unseen=2)
    found = joint_draws(drawn, drawn, conflicts)
    rng = np.random.default_rng(5)
    gammas = rng.standard_gamma(np.broadcast_to(agents, (4, 5)))
    rest = rng.standard_gamma(2, 4)
    cells = list(product(range(3), range(2), range(2)))
    for d in range(4):
        levels = [c[min(d, len(c) - 1)] for c in conflicts]
        base = np.array(
            [np.prod([m[d][k] for m, k in zip(margins, x, strict=True)]) for x in cells]
        )
        v, w = gammas[d] / gammas[d].sum(), rest[d] / (rest[d] + gammas[d].sum())
        own = np.zeros(len(cells))
        for pattern, share in zip(patterns.tolist(), v, strict=True):
            own[cells.index(tuple(pattern))] += share
        alone = 1 - (v**2 * 2 / (agents + 1)).sum()
        at = np.array(
            [[[c[x[a], y[a]] for y in cells] for x in cells] for a, c in enumerate(levels)]
        )

        # pairs of cells, by whether both, one or none of the two agents were seen
        pairs = (1 - w) ** 2 / alone * np.outer(own, own) + w**2 * np.outer(base, base)
        pairs += w * (1 - w) * (np.outer(own, base) + np.outer(base, own))
        in_any = (pairs * (1 - np.prod(1 - at, axis=0))).sum()
        assert found.any[d] == pytest.approx(in_any, rel=1e-10)
        for a in range(3):
            assert found.each[d, a] == pytest.approx((pairs * at[a]).sum(), rel=1e-10)
            for b in range(a):
                both = (pairs * at[a] * at[b]).sum()
                assert found.both[d, a, b] == pytest.approx(both, rel=1e-10)
                assert found.both[d, a, b] == found.both[d, b, a]


def test_the_mean_is_that_over_pairs_of_different_agents() -> None:
    rng = np.random.default_rng(2)
    agents = rng.integers(0, 2, (25, 3))
    patterns, counts = np.unique(agents, axis=0, return_counts=True)
    margins = [np.full((40_000, 2), 0.5)] * 3
    two = measure.exclusive_conflict(2)[None]
    drawn = draw_answers(patterns, counts.astype(float), margins, rng, unseen=0)
    found = joint_draws(drawn, drawn, [two] * 3)
    differ = (agents[:, None] != agents[None]).any(axis=2)
    assert found.any.mean() == pytest.approx(differ.sum() / (25 * 24), abs=0.004)
    shares = counts / 25
    plain = measure.any_area(shares, patterns, [two[0]] * 3)
    assert found.any.mean() > plain + 0.02  # which counts each agent with itself


def test_correlation_of_the_same_conflict_is_one() -> None:
    p = np.array([0.3, 0.0, 0.4])
    np.testing.assert_allclose(correlation(p, p, p), [1, 0, 1])
    np.testing.assert_allclose(correlation(p * 0.5, p, np.full(3, 0.5)), 0, atol=1e-15)


def test_conflict_in_any_area_of_the_same_agents() -> None:
    answers = bm.SingleChoice(panel(), population="group")
    posterior = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), areas="q_{area}", draws=300)
    assert posterior.areas == ("0", "1", "2", "3")
    found = posterior.together("men")
    draws, each = found.any.draws, [one.draws for one in found.each.values()]
    assert (draws >= np.max(each, axis=0) - 1e-12).all()
    assert (draws <= np.sum(each, axis=0) + 1e-12).all()
    assert found.any.mean < found.apart.mean  # conflicts go together: fewer pairs have any
    assert all(pair.correlation.mean > 0 for pair in found.pairs.values())
    table = panel()
    complete = [
        all(table[f"q_{a}"][i] for a in range(4)) for i in range(120) if table["group"][i] == "men"
    ]
    assert found.agents == sum(complete)
    assert found.to_frame("polars").shape == (6, 8)


def test_long_tables_tell_the_same_agents_by_their_ids() -> None:
    wide = panel()
    rows = [
        (f"id {i}", wide["group"][i], str(a), wide[f"q_{a}"][i])
        for i in range(120)
        for a in range(4)
    ]
    names = ("id", "group", "area", "vote")
    table = {name: list(x) for name, x in zip(names, zip(*rows, strict=True), strict=True)}
    answers = bm.SingleChoice(table, goal="vote", population="group", respondent="id")
    stated = {"area": "area", "draws": 100}
    long = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), **stated)
    wider = bm.fit_areas(
        YES_NO,
        bm.SingleChoice(wide, population="group"),
        bm.MutuallyExclusive(),
        areas=[f"q_{a}" for a in range(4)],
        draws=100,
    )
    for population in ("men", "women"):
        one, other = long.together(population), wider.together(population)
        assert one.agents == other.agents
        assert one.any.mean == pytest.approx(other.any.mean, abs=0.02)


def test_joint_answers_are_counted_once() -> None:
    answers = JointAnswers(
        np.array([0, 0, 0, 1]),
        np.array([[0, 1, -1], [0, 1, 1], [0, -1, 1], [0, 1, 1]], np.int16),
        np.array([2.0, 3.0, 4.0, 9.0]),
    )
    patterns, agents = answers.of_all(0, [0, 1])
    assert patterns.tolist() == [[0, 1]]
    assert agents.tolist() == [5.0]
    assert answers.of_all(0, [0, 1, 2])[1].tolist() == [3.0]
    assert answers.of_all(1, [1, 2])[1].tolist() == [9.0]


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
