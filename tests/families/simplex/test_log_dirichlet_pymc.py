"""Coordinates and log density of the PyMC model, against scipy and numerical derivatives."""

from itertools import pairwise

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from scipy import integrate, stats
from scipy.special import expit

from bayes_misalign.families.simplex.draws import order_of_shares
from bayes_misalign.families.simplex.log_dirichlet_pymc import StretchedLogRatio, log_dirichlet
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL as single_choice

PLAIN = Mode(linker="py", optimizer="fast_compile")  # nothing to compile for a few evaluations
COUNTS = np.array([[0.0, 30, 0], [4, 0, 9], [0, 0, 0], [7, 7, 7]])
ALPHA = np.array([[1e-3, 1e-3, 1e-3], [0.5, 0.2, 3], [0.1, 1, 0.1], [2, 2, 2]])


def transformed(value: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log shares, the coordinates got back from them, and the log Jacobian."""
    transform, inputs = StretchedLogRatio(), (pt.as_tensor(ALPHA), pt.as_tensor(COUNTS))
    y = pt.matrix("y", dtype="float64")
    log_share = transform.backward(y, *inputs)
    back = transform.forward(log_share, *inputs)
    outputs = [log_share, back, transform.log_jac_det(y, *inputs)]
    run = pytensor.function([y], outputs, mode=PLAIN)
    return tuple(run(value))  # type: ignore[return-value]


@pytest.mark.parametrize("spread", [0.1, 3.0, 30.0])
def test_coordinates_round_trip(spread: float) -> None:
    y = np.random.default_rng(1).normal(scale=spread, size=(4, 2))
    log_share, back, _ = transformed(y)
    np.testing.assert_allclose(np.exp(log_share).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(back, y, rtol=1e-9, atol=1e-9)


def test_the_log_jacobian_is_the_numerical_one() -> None:
    y, step = np.random.default_rng(2).normal(scale=2, size=(4, 2)), 1e-5

    def ratios(value: np.ndarray) -> np.ndarray:
        log_share = transformed(value)[0]
        return np.asarray(log_share[:, :-1] - log_share[:, -1:])

    jacobian = np.empty((4, 2, 2))
    for j in range(2):
        moved = np.zeros_like(y)
        moved[:, j] = step
        jacobian[:, :, j] = (ratios(y + moved) - ratios(y - moved)) / (2 * step)
    np.testing.assert_allclose(transformed(y)[2], np.linalg.slogdet(jacobian)[1], atol=1e-6)


@pytest.mark.parametrize("alpha", [[0.02, 0.02], [0.3, 2.0], [4.0, 1.0]])
@pytest.mark.parametrize("counts", [[0.0, 30.0], [5.0, 3.0], [0.0, 0.0]])
def test_the_density_integrates_to_one(alpha: list[float], counts: list[float]) -> None:
    with pm.Model(coords={"population": ["all"], "goal": ["a", "b"]}) as model:
        log_dirichlet("log_share", np.array([alpha]), np.array([counts]), ("population", "goal"))
    (value,) = model.value_vars
    log_density = pytensor.function([value], model.logp(), mode=PLAIN)

    def density(y: float) -> float:
        return float(np.exp(log_density(np.array([[y]]))))

    # for tiny parameters the tails are exponential with rate alpha
    reach = 40 / min(1.0, *alpha)
    edges = [-reach, -reach / 20, -5, 5, reach / 20, reach]
    total = sum(integrate.quad(density, a, b, limit=300)[0] for a, b in pairwise(edges))
    assert total == pytest.approx(1, abs=1e-5)


PRIORS = {
    "index-uniform": SharePrior("index-uniform"),
    "concentration": SharePrior("concentration", concentration=2.5),
    "dirichlet": SharePrior("dirichlet", dirichlet={"a": 0.5, "b": 2.0, "c": 1.0}),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", PRIORS)
def test_the_models_log_density_is_that_of_scipy(kind: str, weighted: bool) -> None:
    weights = {"weight_sum": 0.8 * COUNTS, "weight_sq_sum": 0.9 * COUNTS} if weighted else {}
    evidence = ChoiceCounts.from_counts(("a", "b", "c"), ("p", "q", "r", "s"), COUNTS, **weights)
    model = single_choice.build(evidence, PRIORS[kind])
    values = {value.name: value for value in model.value_vars}
    log_density = pytensor.function(list(values.values()), model.logp(), mode=PLAIN)
    log_share = model.rvs_to_transforms[model["sorted_log_proportion"]]
    order = order_of_shares(evidence.effective_counts, evidence.categories)
    ordered = pt.as_tensor(np.take_along_axis(evidence.effective_counts, order, axis=1))
    rng = np.random.default_rng(3)
    for _ in range(5):
        point = {name: rng.normal(size=(4,)) for name in values if name.startswith("index")}
        index = expit(next(iter(point.values()))) if point else None
        if index is None:
            alpha = np.broadcast_to(PRIORS[kind].alpha(evidence.categories), COUNTS.shape)
        else:
            alpha = np.repeat((index / (1 - index) / 3)[:, None], 3, axis=1)
        y = rng.normal(scale=1.5, size=(4, 2))
        point["sorted_log_proportion_stretched_log_ratio__"] = y
        inputs = pt.as_tensor(np.take_along_axis(alpha, order, axis=1)), ordered
        logs = log_share.backward(pt.as_tensor(y), *inputs).eval(mode=PLAIN)
        stretch = log_share.log_jac_det(pt.as_tensor(y), *inputs).eval(mode=PLAIN)
        shares = np.exp(np.take_along_axis(logs, np.argsort(order, axis=1), axis=1))
        # the log-ratio Jacobian of shares is their product; that of the index is u (1 - u)
        expected = stretch.sum() + logs.sum()
        expected += 0.0 if index is None else np.sum(np.log(index * (1 - index)))
        for share, a, n, tempered in zip(
            shares, alpha, COUNTS, evidence.effective_counts, strict=True
        ):
            expected += stats.dirichlet.logpdf(share / share.sum(), a)
            if weighted:
                expected += tempered @ np.log(share)
            else:
                expected += stats.multinomial.logpmf(n, int(n.sum()), share / share.sum())
        assert log_density(*(point[name] for name in values)) == pytest.approx(expected, rel=1e-8)


def test_random_draws_of_the_model_are_dirichlet() -> None:
    with pm.Model(coords={"population": ["x", "y"], "goal": ["a", "b", "c"]}):
        log_share = log_dirichlet(
            "log_share",
            np.array([[0.2, 1, 3], [2, 2, 1e-4]]),
            np.ones((2, 3)),
            ("population", "goal"),
        )
    drawn = np.exp(pm.draw(log_share, draws=20_000, random_seed=1, mode=PLAIN))
    assert np.all(np.isfinite(drawn))
    for s, alpha in enumerate(([0.2, 1, 3], [2, 2, 1e-4])):
        expected = stats.dirichlet(alpha)
        error = np.sqrt(expected.var() / len(drawn)) + 1e-6
        assert np.all(np.abs(drawn[:, s].mean(axis=0) - expected.mean()) < 4 * error)
        assert drawn[:, s].var(axis=0) == pytest.approx(expected.var(), rel=0.05, abs=1e-4)
