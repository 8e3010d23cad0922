"""The likelihood of clusters against scipy's Dirichlet-multinomial, and what a cluster is worth."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.inference.densities import densities
from bayes_misalign.inference.fit_findings import FitView
from bayes_misalign.measure import misalignment
from bayes_misalign.models.clustered.calibration import clusters
from bayes_misalign.models.clustered.checks import check_clusters, is_away
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.clustered.factors import log_likelihood, log_patterns

MODEL = evidence_model("clustered")
RNG = np.random.default_rng(3)
SHARES = RNG.dirichlet(np.ones(3), (4, 2))
RHO = np.array([[0.01, 0.3], [0.2, 0.2], [0.7, 0.05], [0.99, 0.5]])
SEEN = [
    np.array([RNG.multinomial(m, [0.5, 0.3, 0.2]) for m in (1, 2, 7, 30, 5, 5, 5)]),
    np.array([[4, 0, 0], [4, 0, 0], [0, 0, 9], [1, 1, 0]]),
]
EVIDENCE = ClusterCounts.of(("a", "b", "c"), ("one", "other"), SEEN)


def orders(counts: np.ndarray) -> float:
    """Return the logarithm of the number of orders in which answers can come."""
    return float(gammaln(counts.sum() + 1) - gammaln(counts + 1).sum())


def by_scipy(draw: int) -> float:
    """Return the log probability of all clusters in their order, one after the other."""
    found = 0.0
    for s, answers in enumerate(SEEN):
        alpha = SHARES[draw, s] * (1 - RHO[draw, s]) / RHO[draw, s]
        for n in answers:
            found += stats.dirichlet_multinomial.logpmf(n, alpha, n.sum()) - orders(n)
    return found


def test_clusters_are_dirichlet_multinomial() -> None:
    found = log_likelihood(EVIDENCE.factors, np.log(SHARES), RHO)
    np.testing.assert_allclose(found, [by_scipy(i) for i in range(4)], rtol=1e-9)


def test_patterns_add_up_to_the_same() -> None:
    total = np.zeros(4)
    for s in range(2):
        own = EVIDENCE.population == s
        each = log_patterns(EVIDENCE.patterns[own], np.log(SHARES[:, s]), RHO[:, s])
        total += each @ EVIDENCE.number[own]
    np.testing.assert_allclose(total, [by_scipy(i) for i in range(4)], rtol=1e-9)


@pytest.mark.parametrize("rho", [0.0, 1e-12, 1e-8])
def test_without_correlation_they_are_multinomial(rho: float) -> None:
    found = log_likelihood(EVIDENCE.factors, np.log(SHARES), np.full((4, 2), rho))
    expected = (EVIDENCE.counts * np.log(SHARES)).sum(axis=(1, 2))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-8 + 1e5 * rho)


def test_wholly_correlated_answers_are_one_answer() -> None:
    same = ClusterCounts.of(("a", "b"), ("all",), [[[40, 0], [40, 0], [0, 7]]])
    log_share = np.log([[[0.3, 0.7]]])
    found = log_likelihood(same.factors, log_share, np.array([[1 - 1e-10]]))
    assert found[0] == pytest.approx(2 * np.log(0.3) + np.log(0.7), abs=1e-7)


def test_factors_are_counted_by_hand() -> None:
    found = ClusterCounts.of(("a", "b"), ("all",), [[[3, 1], [1, 0], [3, 1]]]).factors
    np.testing.assert_array_equal(found.first, [[3, 2]])
    np.testing.assert_array_equal(found.spare, [2])
    again = (found.again_goal.tolist(), found.again_before.tolist(), found.again_times.tolist())
    assert again == ([0, 0], [1, 2], [2, 2])
    assert (found.size_before.tolist(), found.size_times.tolist()) == ([1, 2, 3], [2, 2, 2])


@pytest.mark.parametrize("own", [False, True])
def test_the_density_of_pymc_is_that_of_scipy(own: bool) -> None:
    priors = MODEL.priors({"by_population": own, "shares": "index-uniform"})
    drawn = {"proportion": SHARES, "index": np.full((4, 2), 0.5)}
    key = "population_correlation" if own else "correlation"
    drawn[key] = RHO if own else RHO[:, 0]
    free = MODEL.free_variables(EVIDENCE, priors, "proportion", drawn).variables
    values = {name: values for name, (_, values) in free.items()} | {key: drawn[key]}
    built = MODEL.build(EVIDENCE, priors)
    assert built is not None
    found = densities(built, values, ["proportion"])
    np.testing.assert_allclose(found.outputs["proportion"], SHARES, atol=1e-12)
    likelihood = found.log_joint - sum(found.log_prior.values())
    rho = RHO if own else np.repeat(RHO[:, :1], 2, axis=1)
    expected = log_likelihood(EVIDENCE.factors, np.log(SHARES), rho)
    np.testing.assert_allclose(likelihood, expected, rtol=1e-9)
    np.testing.assert_allclose(MODEL.with_data(EVIDENCE, drawn)["log_likelihood"], expected)
    if own:
        np.testing.assert_allclose(likelihood, [by_scipy(i) for i in range(4)], rtol=1e-9)


def test_agents_of_one_cluster_conflict_less_by_the_correlation() -> None:
    rng = np.random.default_rng(5)
    p, conflict = np.array([0.5, 0.3, 0.2]), np.array([[0, 0.9, 0.2], [0.9, 0, 0.5], [0.2, 0.5, 0]])
    for rho in (0.05, 0.4, 0.9):
        q = rng.dirichlet(p * (1 - rho) / rho, 200_000)
        within = np.asarray(misalignment(q, conflict))
        error = within.std() / np.sqrt(len(within))
        assert within.mean() == pytest.approx((1 - rho) * misalignment(p, conflict), abs=4 * error)


def test_what_answers_are_worth() -> None:
    design = clusters([[30] * 20])
    worth = design.answers_worth(np.array([0.0, 0.2, 1.0]))
    np.testing.assert_allclose(worth[:, 0], [600, 600 / (1 + 29 * 0.2), 20])
    assert design.answers_worth(np.asarray(0.2)).shape == (1,)


def test_a_cluster_tells_as_much_of_shares_as_answers_of_its_worth() -> None:
    rng, rho, m = np.random.default_rng(6), 0.3, 12
    q = rng.dirichlet(np.array([0.6, 0.4]) * (1 - rho) / rho, 200_000)
    share = rng.binomial(m, q[:, 0]) / m
    worth = clusters([[m]]).answers_worth(np.asarray(rho))[0]
    assert share.var() == pytest.approx(0.24 / worth, rel=0.02)


def test_the_rough_correlation_is_near_the_true_one() -> None:
    for rho in (0.05, 0.4, 0.9):
        truth = {"proportion": np.array([[0.5, 0.3, 0.2]]), "correlation": np.asarray(rho)}
        found = MODEL.simulate(truth, clusters([[20] * 150]), np.random.default_rng(7))
        assert found.rough_correlation == pytest.approx(rho, abs=0.06)
        deff = 1 + 19 * found.rough_correlation
        np.testing.assert_allclose(found.design_effect, [deff])
        np.testing.assert_allclose(found.effective_counts, found.counts / deff)


def test_pairs_of_clusters_are_counted_one_by_one() -> None:
    conflict = np.array([[0, 0.9, 0.2], [0.9, 0, 0.5], [0.2, 0.5, 0]])
    found, error = EVIDENCE.counted_between(conflict), EVIDENCE.error_between(conflict)

    def counted(shares: np.ndarray) -> float:
        pairs = shares @ conflict @ shares.T
        np.fill_diagonal(pairs, 0)
        return float(pairs.sum() / (len(shares) * (len(shares) - 1)))

    for s, answers in enumerate(SEEN):
        q = answers / answers.sum(axis=1, keepdims=True)
        assert found[s] == pytest.approx(counted(q))
        left = np.array([counted(np.delete(q, j, axis=0)) for j in range(len(q))])
        spread = (len(q) - 1) / len(q) * ((left - left.mean()) ** 2).sum()
        assert error[s] == pytest.approx(np.sqrt(spread))


@pytest.mark.parametrize(("certain", "cautioned"), [(False, False), (True, True)])
def test_clusters_that_are_not_dirichlet_are_a_caution(certain: bool, cautioned: bool) -> None:
    rng, p, rho = np.random.default_rng(8), np.array([0.6, 0.3, 0.1]), 0.3
    q = rng.dirichlet(p * (1 - rho) / rho, 60)
    if certain:  # three in ten always answered alike, the others by chance
        q = np.where(rng.random((60, 1)) < rho, np.eye(3)[rng.choice(3, 60, p=p)], p)
    evidence = ClusterCounts.of(("a", "b", "c"), ("all",), [rng.multinomial(30, q)])
    # draws near the maximum of the likelihood stand for the posterior
    shares = rng.dirichlet(100 * p, 20_000)
    log = log_likelihood(evidence.factors, np.log(shares)[:, None], np.full((20_000, 1), rho))
    kept = rng.choice(20_000, 4_000, p=np.exp(log - log.max()) / np.exp(log - log.max()).sum())
    posterior = {"proportion": (("chain", "draw"), shares[kept][None, :, None, :])}
    study = SimpleNamespace(goals=evidence)
    view = FitView(study, posterior, {}, {})  # type: ignore[arg-type]
    reasons = check_clusters(view).reasons
    assert bool(reasons) == cautioned
    assert all("may not differ as a Dirichlet" in one.what for one in reasons)


def test_counted_pairs_beyond_the_largest_p_ma_are_no_reason() -> None:
    assert not is_away(0.486, 0.021, 0.508, 0.019, 0.5)
    assert is_away(0.440, 0.021, 0.508, 0.019, 0.5)
    assert is_away(0.486, 0.021, 0.508, 0.030, 0.5)  # wider than the posterior
