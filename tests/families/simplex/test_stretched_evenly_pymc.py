"""Coordinates that treat all categories alike, against numerical derivatives and integrals."""

from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from scipy import integrate

from bayes_misalign.families.simplex.stretched_evenly_pymc import (
    StretchedEvenly,
    even_log_dirichlet,
    zero_sum_basis,
)

PLAIN = Mode(linker="py", optimizer="fast_compile")  # nothing to compile for a few evaluations
COUNTS = np.array([[0.0, 30, 0], [4, 0, 9], [0, 0, 0], [7, 7.5, 7]])
ALPHA = np.array([[1e-3, 1e-3, 1e-3], [0.5, 0.2, 3], [0.1, 1, 0.1], [1e5, 2, 2]])


@cache
def compiled(firm: bool = False) -> Callable[[np.ndarray], list[np.ndarray]]:
    """Return what gives log shares, the coordinates got back from them, and the log Jacobian."""
    transform, inputs = StretchedEvenly(3, firm), (pt.as_tensor(ALPHA), pt.as_tensor(COUNTS))
    y = pt.matrix("y", dtype="float64")
    log_share = transform.backward(y, *inputs)
    back = transform.forward(log_share, *inputs)
    outputs = [log_share, back, transform.log_jac_det(y, *inputs)]
    found: Callable[[np.ndarray], list[np.ndarray]]
    found = pytensor.function([y], outputs, mode=Mode(linker="py", optimizer=None))
    return found


@pytest.mark.parametrize("size", [2, 3, 8])
def test_the_basis_is_orthonormal_and_sums_to_zero(size: int) -> None:
    basis = zero_sum_basis(size)
    np.testing.assert_allclose(basis @ basis.T, np.eye(size - 1), atol=1e-15)
    np.testing.assert_allclose(basis.sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("firm", [False, True])
@pytest.mark.parametrize("spread", [0.1, 3.0])
def test_coordinates_round_trip(spread: float, firm: bool) -> None:
    y = np.random.default_rng(1).normal(scale=spread, size=(4, 2))
    log_share, back, _ = compiled(firm)(y)
    np.testing.assert_allclose(np.exp(log_share).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(back, y, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("firm", [False, True])
def test_the_log_jacobian_is_the_numerical_one(firm: bool) -> None:
    y, step = np.random.default_rng(2).normal(scale=2, size=(4, 2)), 1e-5

    def ratios(value: np.ndarray) -> np.ndarray:
        log_share = compiled(firm)(value)[0]
        return np.asarray(log_share[:, :-1] - log_share[:, -1:])

    jacobian = np.empty((4, 2, 2))
    for j in range(2):
        moved = np.zeros_like(y)
        moved[:, j] = step
        jacobian[:, :, j] = (ratios(y + moved) - ratios(y - moved)) / (2 * step)
    np.testing.assert_allclose(compiled(firm)(y)[2], np.linalg.slogdet(jacobian)[1], atol=1e-6)


def test_a_share_that_is_held_keeps_its_place_where_coordinates_are_firm() -> None:
    y = zero_sum_basis(3) @ np.array([0.5, 0.5, -1.0])
    found = {}
    for firm in (False, True):
        transform, a = StretchedEvenly(3, firm), pt.vector("a", dtype="float64")
        logs = transform.backward(pt.as_tensor(y), a, pt.as_tensor([9.0, 0, 9]))
        place = pytensor.function([a], logs, mode=PLAIN)
        found[firm] = [place([1.0, small, 1.0])[1] for small in (1.0, 0.05)]
    # the second category, of nobody's reports, at a coordinate where it is held
    assert abs(found[True][1] - found[True][0]) < 2.5
    assert found[False][1] - found[False][0] < -6


@pytest.mark.parametrize("firm", [False, True])
def test_the_density_integrates_to_one(firm: bool) -> None:
    # unlike those of log ratios, tails are as long on both sides whatever the parameters are
    y = 150 * np.sinh(np.linspace(-6, 6, 40_001)) / np.sinh(6)
    with pm.Model() as model:
        alpha, counts = (pm.Data(name, np.ones(2), shape=(2,)) for name in ("alpha", "n"))
        ones = pt.ones((len(y), 1))
        even_log_dirichlet("log_share", alpha * ones, counts, 2, None, firm=firm)
    (density,) = model.logp(sum=False)
    log_density = pytensor.function(model.value_vars, density, mode=PLAIN)
    for a, n in product(
        ([0.02, 0.02], [0.3, 2.0], [1e-4, 1.0], [4.0, 1.0]), ([30.0, 0.0], [5.0, 3.0], [0.0, 0.0])
    ):
        alpha.set_value(np.array(a))
        counts.set_value(np.array(n))
        total = integrate.trapezoid(np.exp(log_density(y[:, None])), y)
        assert total == pytest.approx(1, abs=1e-5)
