"""What rounding leaves possible: against going through all counts one by one."""

from itertools import product

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import multinomial

from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.published import generative, sample_counts
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.published.rounding import Ranges, ranges_of, tables
from bayes_misalign.settings import NO_GOAL


def all_counts(n: int, categories: int) -> np.ndarray:
    return np.array([c for c in product(range(n + 1), repeat=categories) if sum(c) == n])


def chance(counts: np.ndarray, percent: list[float], rounding: float) -> np.ndarray:
    """How likely each count is to be rounded to the percentages."""
    away = np.abs(100 * counts / counts.sum(axis=1, keepdims=True) - percent) / rounding
    each = np.where(away < 0.5 - 1e-9, 1.0, np.where(away < 0.5 + 1e-9, 0.5, 0.0))
    return np.asarray(each.prod(axis=1))


def ranges(percent: list[float], n: int, rounding: float) -> Ranges:
    part = np.arange(len(percent))
    found = ranges_of(np.array(percent, float), rounding, part, len(percent), n, None)
    assert isinstance(found, Ranges)
    return found


CASES = [
    ([60, 30, 10], 40, 10.0),
    ([33, 33, 33], 30, 1.0),
    ([90, 10, 0], 30, 10.0),
    ([52, 48], 90, 1),
]


@pytest.mark.parametrize(("percent", "n", "rounding"), CASES)
def test_the_likelihood_is_that_of_all_counts_that_round_so(
    percent: list[float], n: int, rounding: float
) -> None:
    counts = all_counts(n, len(percent))
    ways = chance(counts, percent, rounding)
    counts, ways = counts[ways > 0], ways[ways > 0]
    one = ranges(percent, n, rounding)
    assert one.number == pytest.approx(len(counts))
    vectors = one.vectors()
    assert {tuple(v[:-1]) for v in vectors.tolist()} == {tuple(c) for c in counts.tolist()}
    p = np.random.default_rng(1).dirichlet(np.ones(len(percent)), 50)
    expected = sum(w * multinomial.pmf(c, n, p) for c, w in zip(counts, ways, strict=True))
    found = one.log_likelihood(np.log(p))
    assert isinstance(expected, np.ndarray)
    np.testing.assert_allclose(found, np.log(expected), rtol=0, atol=1e-9)


def test_counts_given_shares_are_drawn_as_often_as_they_are_likely() -> None:
    percent, n, rounding = [60, 30, 10], 40, 10.0
    counts = all_counts(n, 3)
    p = np.array([0.6, 0.25, 0.15])
    weight = chance(counts, percent, rounding) * multinomial.pmf(counts, n, p)
    one, draws = ranges(percent, n, rounding), 20_000
    found = one.draw(one.with_shares(np.log(p)[None]), draws, np.random.default_rng(2))
    mean = (weight / weight.sum()) @ counts
    sd = np.sqrt((weight / weight.sum()) @ counts**2 - mean**2)
    np.testing.assert_array_less(abs(found[:, :3].mean(axis=0) - mean), 4 * sd / np.sqrt(draws))
    np.testing.assert_allclose(found[:, :3].std(axis=0), sd, rtol=0.03)


@pytest.mark.parametrize("weighed", [True, False])
@pytest.mark.parametrize(("percent", "n", "rounding"), [CASES[0], CASES[2]])
def test_exact_draws_are_those_of_dirichlet_shares(
    percent: list[float], n: int, rounding: float, weighed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a mixture of Dirichlet distributions, one for each vector of counts, in closed form
    if not weighed:
        monkeypatch.setattr(sample_counts, "MOST_WEIGHED", 0)
    counts = all_counts(n, 3)
    ways = chance(counts, percent, rounding)
    counts, ways = counts[ways > 0], ways[ways > 0]
    alpha = np.array([0.5, 1.0, 0.25])
    log_weight = np.log(ways) + (gammaln(alpha + counts) - gammaln(counts + 1)).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    total = n + alpha.sum()
    mean = weight @ (alpha + counts) / total
    second = weight @ ((alpha + counts) * (alpha + counts + 1)) / (total * (total + 1))
    evidence = PublishedShares.of("abc", ["all"], [percent], n, rounding=rounding)
    prior = SharePrior("dirichlet", dirichlet=dict(zip("abc", alpha.tolist(), strict=True)))
    draws = 20_000
    drawn = generative.draw(evidence, prior, draws, np.random.default_rng(3))
    assert drawn is not None
    found = drawn["proportion"][:, 0]
    sd = np.sqrt(second - mean**2)
    np.testing.assert_array_less(abs(found.mean(axis=0) - mean), 4 * sd / np.sqrt(draws))
    # the standard error of an sd follows from the fourth moment, which is large for rare goals
    fourth = (((found - mean) / sd) ** 4).mean(axis=0)
    error = np.sqrt((fourth - 1) / (4 * draws))
    np.testing.assert_array_less(abs(found.std(axis=0) / sd - 1), 4 * error)


def test_exact_draws_are_those_of_the_matched_prior() -> None:
    # draws from the prior, weighted by the likelihood of all counts that round so
    percent, n, rounding = [60.0, 30.0, 10.0], 20, 10.0
    categories, rng = ("a", "b", NO_GOAL), np.random.default_rng(4)
    prior = SharePrior()
    p = prior.draw(np.zeros((1, 3)), categories, 200_000, rng)["proportion"][:, 0]
    counts = all_counts(n, 3)
    ways = chance(counts, percent, rounding)
    weight = np.zeros(len(p))
    for c, w in zip(counts[ways > 0], ways[ways > 0], strict=True):
        weight += w * multinomial.pmf(c, n, p)
    size = weight.sum() ** 2 / (weight**2).sum()
    weight /= weight.sum()
    evidence = PublishedShares.of(categories, ["all"], [percent], n, rounding=rounding)
    drawn = generative.draw(evidence, prior, 4_000, rng)
    assert drawn is not None
    for statistic in (lambda x: x[:, 0], lambda x: 2 * x[:, 0] * x[:, 1]):
        expected = weight @ statistic(p)
        sd = np.sqrt(weight @ (statistic(p) - expected) ** 2)
        found = statistic(drawn["proportion"][:, 0])
        assert abs(found.mean() - expected) < 4 * sd * np.sqrt(1 / 4_000 + 1 / size)
        assert found.std() == pytest.approx(sd, rel=0.06)


def test_fine_parts_stand_for_agents_where_there_are_many() -> None:
    # 5,000,000 agents: whole ones are too many to go through, and make no difference
    few = generative.draw(
        PublishedShares.of("ab", ["all"], [[52, 48]], 5_000_000),
        SharePrior("concentration", concentration=2.0),
        4_000,
        np.random.default_rng(5),
    )
    assert few is not None
    share = few["proportion"][:, 0, 0]
    assert share.mean() == pytest.approx(0.52, abs=2e-4)
    assert share.std() == pytest.approx(0.01 / np.sqrt(12), rel=0.05)  # the cell alone


def test_labels_rounded_apart_are_one_category_and_others_are_left_out() -> None:
    # a, and two labels of no goal; who refused is no part of the shares
    part = np.array([0, 1, 1, 2])
    percent = np.array([50.0, 20.0, 20.0, 10.0])
    one = ranges_of(percent, 10.0, part, 2, 20, None)
    assert isinstance(one, Ranges)
    n = 20
    p = np.array([[0.4, 0.6], [0.7, 0.3]])
    expected = np.zeros(2)
    for c in all_counts(n, 4):
        ways = chance(c[None], percent.tolist(), 10.0)[0]
        # the split of no goal is uniform, and so is how many refused
        none, answered = c[1] + c[2], n - c[3]
        pmf = np.array([multinomial.pmf([c[0], none], answered, q) for q in p])
        expected += ways * pmf / (none + 1)
    np.testing.assert_allclose(one.log_likelihood(np.log(p)), np.log(expected), atol=1e-9)


def test_the_likelihood_in_pytensor_is_the_same() -> None:
    import pytensor.tensor as pt

    from bayes_misalign.models.published.generative_rounding import log_likelihood

    evidence = PublishedShares.of(
        "abc", ["p", "q", "r"], [[47, 15, 38], [90, 10, 0], [33, 33, 33]], [300, 40, 60]
    )
    logs = np.log(np.random.default_rng(6).dirichlet(np.ones(3), (4, 3)))
    expected = np.stack([one.log_likelihood(logs[:, s]) for s, one in enumerate(evidence.ranges)])
    share = pt.dmatrix("share")
    given = {name: pt.as_tensor(x) for name, x in tables(evidence.ranges).items()}
    compiled = log_likelihood(given, share, 3)
    found = [compiled.eval({share: one}, mode="FAST_COMPILE") for one in logs]
    np.testing.assert_allclose(np.transpose(found), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("percent", "n"), [([43.5, 56.5], 50), ([50, 40], 50), ([70, 60], 500), ([33, 33, 32], 90)]
)
def test_what_no_sample_rounds_to_is_not_possible(percent: list[float], n: int) -> None:
    part = np.arange(len(percent))
    rounding = 0.1 if 43.5 in percent else 1.0
    found = ranges_of(np.array(percent, float), rounding, part, len(percent), n, None)
    assert isinstance(found, list) or not found.possible


@pytest.mark.parametrize(("n", "deff"), [(1013, 1.6), (80, 2.5), (40_000, 1.2)])
def test_the_likelihood_of_weighted_percentages_is_that_of_all_shares_in_their_cells(
    n: int, deff: float
) -> None:
    percent, answers = np.array([47.0, 38.0, 15.0]), n / deff
    one = ranges_of(percent, 1.0, np.arange(3), 3, n, deff)
    assert isinstance(one, Ranges)
    assert one.answers == pytest.approx(answers)
    fine = (np.arange(200) + 0.5) / 200 - 0.5
    a, b = (x.ravel() for x in np.meshgrid(47 + fine, 38 + fine))
    shares = np.stack([a, b, 100 - a - b], axis=1) / 100
    shares = shares[abs(100 * shares[:, 2] - 15) <= 0.5]
    p = np.random.default_rng(7).dirichlet(answers * percent / 100, 30)
    own = answers * shares
    logs = own @ np.log(p.T) + gammaln(answers + 1) - gammaln(own + 1).sum(axis=1)[:, None]
    top = logs.max(axis=0)
    expected = top + np.log(np.exp(logs - top).mean(axis=0))
    found = one.log_likelihood(np.log(p))
    # up to a constant, which no posterior has
    np.testing.assert_allclose(found - found.mean(), expected - expected.mean(), atol=0.03)
