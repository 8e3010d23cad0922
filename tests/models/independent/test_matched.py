"""The matched prior: exact values, brute force in two and three dimensions, and calibration."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.matched import (
    Grid,
    draw_matched,
    log_prior,
    symmetric_probability,
)
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL
from tests.models.independent import oracle

DRAWS = 200_000
WITHIN = 4.0  # Monte Carlo errors
# counts of goals, of agents without one (None: no such answer), and E[P(ma)] of exclusive goals
EXACT = [
    ((3, 7), None, 0.43707),
    ((10, 0), None, 0.07451),
    ((12, 5, 3), None, 0.58275),
    ((20, 0, 0), None, 0.03031),
    ((9, 4, 3, 2, 1, 1, 0, 0), None, 0.75637),
    ((4.6, 9.3, 2.1), None, 0.59202),
    ((6, 4), 5, 0.21352),
    ((25, 10, 5, 0), 10, 0.34428),
    ((0, 0), None, 1 / 3),
    ((0, 0, 0), None, 4 / 9),
    ((0, 0), 0, 8 / 45),
    ((0, 0, 0), 0, 32 / 135),
]


def drawn(
    counts: tuple[float, ...], no_goal: float | None, draws: int = DRAWS
) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of P(ma) for exclusive goals, and of log A."""
    every = np.array([*counts, *([] if no_goal is None else [no_goal])], dtype=float)
    labels = tuple(f"g{i}" for i in range(len(counts))) + (NO_GOAL,) * (no_goal is not None)
    found = SharePrior().draw(every[None], labels, draws, np.random.default_rng(7))
    conflict = exclusive_conflict(len(counts), no_goal=no_goal is not None)
    return misalignment(found["proportion"][:, 0], conflict), found["log_concentration"][:, 0]


@pytest.mark.parametrize(("counts", "no_goal", "mean"), EXACT)
def test_exact_means(counts: tuple[float, ...], no_goal: float | None, mean: float) -> None:
    among = np.array(counts, dtype=float)
    assert oracle.mean_misalignment(among, no_goal) == pytest.approx(mean, abs=1e-5)
    pma, log_a = drawn(counts, no_goal)
    error = pma.std() / np.sqrt(DRAWS)
    assert abs(pma.mean() - mean) < WITHIN * error + 1e-5
    for quantity in (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.clip(x, -10, 20)):
        values = quantity(log_a)
        error = values.std() / np.sqrt(DRAWS)
        assert abs(values.mean() - oracle.mean_of(among, quantity)) < WITHIN * error


@pytest.mark.parametrize(
    ("counts", "no_goal", "quantiles"),
    [((12, 5, 3), None, (0.4440, 0.5985, 0.6645)), ((6, 4), 5, (0.0980, 0.2108, 0.3383))],
)
def test_exact_quantiles(
    counts: tuple[float, ...], no_goal: float | None, quantiles: tuple[float, ...]
) -> None:
    pma, _ = drawn(counts, no_goal)
    for level, expected in zip((0.05, 0.5, 0.95), quantiles, strict=True):
        error = np.sqrt(level * (1 - level) / DRAWS)
        # the value is between the draws' quantiles a few errors of the level away
        low, high = np.quantile(pma, [level - WITHIN * error, level + WITHIN * error])
        assert low - 1e-4 < expected < high + 1e-4


def test_how_likely_it_is_that_no_goal_stands_apart() -> None:
    found = symmetric_probability(np.array([[12.0, 5, 3], [3, 12, 5], [0, 0, 0]]))
    np.testing.assert_allclose(found, [0.7273, 0.7273, 0.75], atol=5e-5)


@cache
def prior_draws(k: int, draws: int) -> np.ndarray:
    """Return shares among k goals from the prior, drawn as its words say."""
    rng = np.random.default_rng(11)
    a = 1 / rng.random(draws) ** 2 - 1  # A / (1 + A) ~ Beta(1, 1/2)
    shares = np.empty((draws, k))
    for i in range(draws):
        if rng.random() < 0.75:
            shares[i] = rng.dirichlet(np.full(k, max(a[i] / k, 1e-3)))
            continue
        j, own = rng.integers(k), rng.random()
        others = rng.dirichlet(np.full(k - 1, max(a[i] / (k - 1), 1e-3))) if k > 2 else np.ones(1)
        shares[i] = np.insert((1 - own) * others, j, own)
    return shares


@pytest.mark.parametrize("counts", [(3, 7), (5, 1), (4, 2, 1), (3, 3, 3)])
def test_weighted_draws_from_the_prior_are_the_posterior(counts: tuple[float, ...]) -> None:
    shares, n = prior_draws(len(counts), 40_000), np.array(counts)
    log_weight = n @ np.log(np.maximum(shares, 1e-300)).T
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    values = 1 - (shares**2).sum(axis=1)
    pma, _ = drawn(counts, None)
    expected, effective = weight @ values, 1 / (weight**2).sum()
    assert effective > 1500
    assert abs(pma.mean() - expected) < WITHIN * pma.std() / np.sqrt(effective)
    at_most = weight[values <= np.median(pma)].sum()
    assert at_most == pytest.approx(0.5, abs=WITHIN * 0.5 / np.sqrt(effective))


@pytest.mark.parametrize(("goals", "no_goal"), [(2, False), (4, True), (20, False)])
def test_draws_are_calibrated(goals: int, no_goal: bool) -> None:
    """The true P(ma) takes every rank among posterior draws alike, and so does the likelihood."""
    sets, draws, agents = 1000, 19, 30
    labels = tuple(f"g{i}" for i in range(goals)) + (NO_GOAL,) * no_goal
    rng, prior = np.random.default_rng(5), SharePrior()
    truth = prior.draw(np.zeros((sets, len(labels))), labels, 1, rng)["proportion"][0]
    counts = rng.multinomial(agents, truth).astype(float)
    found = prior.draw(counts, labels, draws, rng)["proportion"]
    conflict = exclusive_conflict(goals, no_goal=no_goal)
    for quantity in (
        lambda p: misalignment(p, conflict),
        lambda p: (counts * np.log(np.maximum(p, 1e-300))).sum(axis=-1),
        lambda p: p[..., -1],
    ):
        here, there = quantity(truth), quantity(found)
        rank = (there < here).sum(axis=0)
        rank = rank + rng.integers((there == here).sum(axis=0) + 1)
        seen = np.bincount(rank, minlength=draws + 1)
        assert stats.chisquare(seen).pvalue > 1e-4


def test_goals_alike_are_alike() -> None:
    counts = np.array([[7.0, 2, 2, 0]])
    found = draw_matched(counts, None, DRAWS, np.random.default_rng(3))["proportion"][:, 0]
    error = found.std(axis=0) / np.sqrt(DRAWS)
    assert abs(found[:, 1].mean() - found[:, 2].mean()) < WITHIN * np.hypot(error[1], error[2])
    assert (np.diff(found.mean(axis=0)[[0, 1, 3]]) < 0).all()


def test_populations_with_the_same_counts_differ_only_in_their_draws() -> None:
    rows = np.array([[9.0, 1, 4], [4, 9, 1], [30, 0, 0], [9, 1, 4]])
    found = draw_matched(rows, None, 40_000, np.random.default_rng(3))["proportion"]
    assert not np.array_equal(found[:, 0], found[:, 3])
    mean, error = found.mean(axis=0), found.std(axis=0) / np.sqrt(len(found))
    for s, order in ((1, [1, 2, 0]), (3, [0, 1, 2])):
        assert np.all(np.abs(mean[0] - mean[s][order]) < WITHIN * np.sqrt(2) * error[0])
    assert abs(np.corrcoef(found[:, :2, 0].T)[0, 1]) < WITHIN / np.sqrt(len(found))


@pytest.mark.parametrize(
    ("counts", "no_goal"),
    [
        ([5.0], None),
        ([5.0, 7.0], 1),
        ([0.0] * 200, None),
        ([1e6] * 3 + [0.0], 3),
        ([0.3, 0.0], None),
    ],
)
def test_any_number_of_goals_and_answers(counts: list[float], no_goal: int | None) -> None:
    found = draw_matched(np.array([counts]), no_goal, 500, np.random.default_rng(1))
    shares = found["proportion"]
    assert np.isfinite(found["log_concentration"]).all()
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=-1), 1, rtol=1e-12)
    if len(counts) == 1:
        assert (shares == 1).all()


def test_the_share_without_a_goal_has_its_own_beta() -> None:
    counts = np.array([[6.0, 5, 4]])  # the second place holds none
    found = draw_matched(counts, 1, DRAWS, np.random.default_rng(1))["proportion"][:, 0]
    assert stats.kstest(found[:, 1], stats.beta(5.5, 11).cdf).pvalue > 1e-3
    among = found[:, 0] / (1 - found[:, 1])
    assert abs(np.corrcoef(among, found[:, 1])[0, 1]) < WITHIN / np.sqrt(DRAWS)


@pytest.mark.parametrize("answers", [0.0, 1e2, 1e6])
def test_the_grid_holds_the_prior(answers: float) -> None:
    grid = Grid.of(answers, 3)
    density = np.exp(log_prior(grid.log_a))
    assert grid.step * density.sum() == pytest.approx(1, abs=1e-6)
    # beyond the answers the evidence no longer changes: what is left out there is the prior's tail
    left_out = np.exp(-0.5 * (grid.log_a[-1] - np.log(max(answers, 1))))
    assert left_out < 1e-6
