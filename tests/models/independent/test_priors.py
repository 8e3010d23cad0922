"""The priors of shares, against quadrature, closed moments, and what the prior claims of itself."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, optimize, stats
from scipy.special import expit, gammaln

from bayes_misalign.errors import StudyError
from bayes_misalign.measure import dirichlet_moments, exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior, dirichlet

DRAWS = 200_000
WITHIN = 4.0  # Monte Carlo errors
CONFLICT = np.array([[0, 1, 0.3, 0], [1, 0, 0.6, 0], [0.3, 0.6, 0, 0], [0, 0, 0, 0]])
COUNTS = {
    "ordinary": [12, 30, 5, 8],
    "one goal only": [30, 0, 0, 0],
    "nobody asked": [0, 0, 0, 0],
    "fractional": [0.3, 0.0, 1.7, 0.25],
    "less than one answer": [0.0, 0.0, 0.001, 0.0],
    "millions": [1_500_000, 900_000, 40_000, 2_100_000],
    "millions, one empty": [3_000_000, 1, 0, 2_000_000],
    "equal": [25, 25, 25, 25],
}


def by_quadrature(counts: np.ndarray, quantity: Callable[[float], float]) -> float:
    """Integrate a function of A over the posterior of log A, without the package's grid."""
    k, n = len(counts), counts.sum()

    def log_density(x: float) -> float:
        a = np.exp(x)
        log_evidence = gammaln(a) - gammaln(a + n)
        log_evidence += np.sum(gammaln(a / k + counts) - gammaln(a / k))
        return float(log_evidence + np.log(expit(x)) + np.log(expit(-x)))

    scan = np.linspace(-20, 20, 801)
    start = scan[np.argmax([log_density(x) for x in scan])]
    peak = optimize.minimize_scalar(
        lambda x: -log_density(x), bounds=(start - 1, start + 1), method="bounded"
    ).x
    top = log_density(peak)
    edges = [-18.0, *np.clip(peak + np.array([-6.0, -2.0, 0.0, 2.0, 6.0]), -18, 18), 18.0]

    def integral(f: Callable[[float], float]) -> float:
        return sum(
            integrate.quad(f, a, b, epsabs=1e-12, epsrel=1e-9, limit=200)[0]
            for a, b in pairwise(edges)
            if b > a
        )

    weight = integral(lambda x: np.exp(log_density(x) - top))
    return integral(lambda x: quantity(np.exp(x)) * np.exp(log_density(x) - top)) / weight


@pytest.mark.parametrize("name", COUNTS)
def test_the_index_uniform_posterior_is_the_one_of_quadrature(name: str) -> None:
    counts = np.array(COUNTS[name], dtype=float)
    drawn = SharePrior("index-uniform").draw(
        counts[None], ("a", "b", "c", "d"), DRAWS, np.random.default_rng(7)
    )
    index, pma = drawn["index"][:, 0], misalignment(drawn["proportion"][:, 0], CONFLICT)
    assert np.all((index > 0) & (index < 1))

    def expected_pma(a: float) -> float:
        return float(dirichlet_moments(counts + a / 4, CONFLICT).mean)

    for values, quantity in ((index, lambda a: a / (1 + a)), (pma, expected_pma)):
        error = values.std() / np.sqrt(DRAWS)
        assert abs(values.mean() - by_quadrature(counts, quantity)) < WITHIN * error


@pytest.mark.parametrize("k", [2, 3, 9])
def test_the_index_is_uniform_before_any_data(k: int) -> None:
    labels = tuple("abcdefghi"[:k])
    rng = np.random.default_rng(1)
    index = SharePrior("index-uniform").draw(np.zeros((1, k)), labels, DRAWS, rng)["index"]
    assert stats.kstest(index[:, 0], "uniform").pvalue > 1e-3


@pytest.mark.parametrize(
    "conflict", [exclusive_conflict(4), exclusive_conflict(3, no_goal=True), CONFLICT]
)
def test_the_prior_favours_no_expected_misalignment(conflict: np.ndarray) -> None:
    labels, rng = ("a", "b", "c", "d"), np.random.default_rng(2)
    drawn = SharePrior("index-uniform").draw(np.zeros((1, 4)), labels, DRAWS, rng)
    index, pma = drawn["index"][:, 0], misalignment(drawn["proportion"][:, 0], conflict)
    of_equal_shares = float(misalignment(np.full(4, 0.25), conflict))
    # E[P(ma) | u] = u times what equal shares give, so the residual has mean 0 wherever u lies
    for low in np.linspace(0, 0.9, 10):
        inside = (index >= low) & (index < low + 0.1)
        left = pma[inside] - index[inside] * of_equal_shares
        assert abs(left.mean()) < WITHIN * left.std() / np.sqrt(inside.sum())


@pytest.mark.parametrize(
    "alpha",
    [[1e-9, 1e-9], [1e-6, 3e-6, 6e-6], [0.01, 5.0, 0.2], [1e-3, 1e5, 2e5], [1e-12, 1.0]],
)
def test_dirichlet_draws_have_their_moments_however_small_the_parameters(
    alpha: list[float],
) -> None:
    a = np.array(alpha)
    drawn = dirichlet(np.broadcast_to(a, (DRAWS, len(a))), np.random.default_rng(3))
    assert np.all(np.isfinite(drawn))
    np.testing.assert_allclose(drawn.sum(axis=1), 1, rtol=1e-12)
    mean = a / a.sum()
    square = mean * (a + 1) / (a.sum() + 1)
    floor = 1e-5  # a share that hardly ever shows has no observed spread
    for power, expected in ((1, mean), (2, square)):
        values = drawn**power
        error = values.std(axis=0) / np.sqrt(DRAWS) + floor
        assert np.all(np.abs(values.mean(axis=0) - expected) < WITHIN * error)


@pytest.mark.parametrize(
    ("prior", "alpha"),
    [
        (SharePrior("concentration", concentration=2.0), [0.5, 0.5, 0.5, 0.5]),
        (SharePrior("concentration", concentration=0.04), [0.01, 0.01, 0.01, 0.01]),
        (SharePrior("dirichlet", dirichlet=dict(zip("dcba", (4, 3, 2, 1), strict=True))), None),
    ],
)
@pytest.mark.parametrize("counts", [[0, 0, 0, 0], [12, 0, 5, 8]])
def test_fixed_priors_have_closed_moments(
    prior: SharePrior, alpha: list[float] | None, counts: list[int]
) -> None:
    drawn = prior.draw(
        np.array([counts], dtype=float), ("a", "b", "c", "d"), DRAWS, np.random.default_rng(4)
    )
    assert "index" not in drawn
    pma = misalignment(drawn["proportion"][:, 0], CONFLICT)
    expected = dirichlet_moments(np.array(alpha or [1, 2, 3, 4]) + counts, CONFLICT)
    error = pma.std() / np.sqrt(DRAWS)
    assert abs(pma.mean() - expected.mean) < WITHIN * error
    fourth = np.mean((pma - pma.mean()) ** 4)
    error = np.sqrt((fourth - pma.var() ** 2) / DRAWS)
    assert abs(pma.var() - expected.variance) < WITHIN * error


def test_populations_do_not_borrow_from_each_other() -> None:
    counts = np.array([[30.0, 0, 0], [1.0, 9, 80]])
    drawn = SharePrior("index-uniform").draw(
        counts, ("a", "b", "c"), 4000, np.random.default_rng(5)
    )
    assert drawn["proportion"].shape == (4000, 2, 3)
    assert drawn["proportion"][:, 0, 0].mean() > 0.9
    assert drawn["proportion"][:, 1, 2].mean() > 0.8
    assert abs(np.corrcoef(drawn["index"].T)[0, 1]) < 0.06


@pytest.mark.parametrize(
    ("value", "prior"),
    [
        (None, SharePrior()),
        ("matched", SharePrior()),
        ("index-uniform", SharePrior("index-uniform")),
        ("index-flat", SharePrior("index-uniform")),
        ({"kind": "index-flat"}, SharePrior("index-uniform")),
        ({"concentration": 2.0}, SharePrior("concentration", concentration=2.0)),
        ({"dirichlet": {"a": 1.0}}, SharePrior("dirichlet", dirichlet={"a": 1.0})),
        ({}, SharePrior()),
    ],
)
def test_what_a_user_may_write(value: object, prior: SharePrior) -> None:
    assert SharePrior.of(value) == prior
    assert SharePrior.of(prior) is prior


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("index-unifrom", "did you mean 'index-uniform'"),
        ("concentration", "needs 'concentration'"),
        ({"kind": "index-flat", "concentration": 1.0}, "does not take 'concentration'"),
        ({"concentratoin": 1.0}, "did you mean 'concentration'"),
        ({"concentration": 0.0}, "positive"),
        ({"concentration": float("inf")}, "positive"),
        ({"dirichlet": {"a": -1.0}}, "positive"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(value: object, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        SharePrior.of(value)


def test_a_dirichlet_vector_names_every_category_once() -> None:
    prior = SharePrior("dirichlet", dirichlet={"a": 1.0, "x": 2.0})
    with pytest.raises(StudyError, match="missing 'b' unknown 'x'"):
        prior.alpha(("a", "b"))
