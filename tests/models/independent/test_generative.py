"""The matched prior in PyMC: its density from the formulas, and its draws."""

from collections.abc import Callable

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from pytensor.graph.replace import graph_replace
from scipy import stats
from scipy.special import gammaln, logsumexp

from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.generative import declare_shares
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL

PLAIN = Mode(linker="py", optimizer="fast_compile")  # nothing to compile for a few evaluations
SHAPES = [(1, True), (2, False), (2, True), (3, False), (3, True), (5, False)]


def labels(goals: int, no_goal: bool) -> tuple[str, ...]:
    return tuple(f"g{i}" for i in range(goals)) + (NO_GOAL,) * no_goal


def open_model(categories: tuple[str, ...], counts: np.ndarray, order: np.ndarray) -> pm.Model:
    """Return the prior of shares of populations, places sorted by their counts."""
    coords = {"population": [f"p{i}" for i in range(len(counts))], "goal": categories}
    with pm.Model(coords=coords) as model:
        declare_shares(SharePrior(), categories, np.take_along_axis(counts, order, axis=1), order)
    return model


def dirichlet(share: np.ndarray, each: float) -> float:
    k = len(share)
    return float(gammaln(k * each) - k * gammaln(each) + (each - 1) * np.log(share).sum())


def capped(a: np.ndarray, answers: float) -> np.ndarray:
    """Return a concentration as the model takes it: 1 / A keeps a part."""
    return 1 / (1 / a + 1 / (100 * max(answers, 10.0)))


def summed_over_a(log_density: Callable[[float], float], answers: float) -> float:
    """Return the log of a density, log A summed over a fine grid."""
    x = np.linspace(-22, 28, 2_501)
    log_prior = -np.log1p(np.exp(-x)) - 0.5 * np.log1p(np.exp(x)) - np.log(2)
    each = np.array([log_density(a) for a in capped(np.exp(x), answers)])
    return float(logsumexp(log_prior + each) + np.log(x[1] - x[0]))


def integrated(share: np.ndarray, answers: float) -> float:
    """Return the log density of symmetric Dirichlet shares whose concentration is unknown."""
    return summed_over_a(lambda a: dirichlet(share, a / len(share)), answers)


def by_hand(
    shares: np.ndarray, no_goal: bool, log_a: float, reference: int, counts: np.ndarray
) -> float:
    """Return the log density of shares, `no goal` last, as a density of all but one of them."""
    found = 0.0
    if no_goal:
        found = stats.beta(0.5, 1).logpdf(shares[-1]) - (len(shares) - 2) * np.log1p(-shares[-1])
        shares, counts = shares[:-1] / (1 - shares[-1]), counts[:-1]
    k = len(shares)
    if k == 1:
        return float(found)
    given_a = dirichlet(shares, np.exp(log_a) / k) if k == 2 else integrated(shares, counts.sum())
    terms = [np.log(0.75) + given_a]
    left = counts.sum() - counts
    for j, own in enumerate(shares):
        others = np.delete(shares, j) / (1 - own)
        apart = integrated(others, left[j]) - (k - 2) * np.log1p(-own) if k > 2 else 0.0
        terms.append(np.log(0.25 / k) + apart)
    if k > 2:  # the helper given how even the others are
        others = np.delete(shares, reference) / (1 - shares[reference])
        uneven = -np.log((k - 1) * others).sum()
        uneven = uneven / (1 + uneven / (k - 1))

        def log_density(a: float) -> float:
            each = a / (k - 1)
            norm = gammaln(a) - (k - 1) * gammaln(each) - a * np.log(k - 1)
            return float(norm - each * uneven)

        a = capped(np.exp(log_a), left[reference])
        found += log_density(float(a)) - summed_over_a(log_density, left[reference])
    return float(found + logsumexp(terms))


@pytest.mark.parametrize(("goals", "no_goal"), SHAPES)
def test_the_density_is_that_of_the_formulas(goals: int, no_goal: bool) -> None:
    rng, categories = np.random.default_rng(1), labels(goals, no_goal)
    counts = rng.integers(0, 9, size=(4, len(categories))).astype(float)
    order = np.argsort(counts, axis=1, kind="stable")
    model = open_model(categories, counts, order)
    helper = model["log_evenness" if goals > 2 else "log_concentration"]
    log_a, log_share = pt.vector("a", dtype="float64"), pt.matrix("x", dtype="float64")
    parts = [pm.logp(helper, log_a), pm.logp(model["sorted_log_proportion"], log_share)]
    parts = graph_replace(parts, {helper: log_a}, strict=False)
    run = pytensor.function([log_a, log_share], parts, mode=PLAIN)
    at = rng.normal(1, 3, size=4)
    share = rng.dirichlet(np.full(len(categories), 0.9), size=4)
    of_a, of_shares = run(at, np.log(np.take_along_axis(share, order, axis=1)))
    # a Beta(1, 1/2) variate u, as its log odds
    u = 1 / (1 + np.exp(-at))
    expected = stats.beta(1, 0.5).logpdf(u) + np.log(u) - np.log1p(np.exp(at))
    np.testing.assert_allclose(of_a, expected, rtol=1e-9)
    # on log ratios a density gains one factor for each share
    each = [
        by_hand(s, no_goal, x, [i for i in o if i < goals][-1], n) + np.log(s).sum()
        for s, x, o, n in zip(share, at, order, counts, strict=True)
    ]
    np.testing.assert_allclose(of_shares, each, rtol=1e-6)


@pytest.mark.parametrize(("goals", "no_goal"), [(2, True), (4, False)])
def test_draws_from_the_prior_are_the_exact_ones(goals: int, no_goal: bool) -> None:
    categories, draws = labels(goals, no_goal), 20_000
    counts = np.zeros((draws, len(categories)))
    model = open_model(categories, counts, np.tile(np.arange(len(categories)), (draws, 1)))
    drawn = pm.draw(model["proportion"], random_seed=3, mode=PLAIN)
    exact = SharePrior().draw(counts, categories, 1, np.random.default_rng(4))["proportion"][0]
    conflict = exclusive_conflict(goals, no_goal=no_goal)
    for one, other in ((drawn[:, -1], exact[:, -1]), (drawn[:, 0], exact[:, 0])):
        assert stats.ks_2samp(one, other).pvalue > 1e-3
    found = [misalignment(x, conflict) for x in (drawn, exact)]
    assert stats.ks_2samp(*found).pvalue > 1e-3
