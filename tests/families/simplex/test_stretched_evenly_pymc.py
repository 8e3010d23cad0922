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
def compiled() -> Callable[[np.ndarray], list[np.ndarray]]:
    """Return what gives log shares, the coordinates got back from them, and the log Jacobian."""
    transform, inputs = StretchedEvenly(3), (pt.as_tensor(ALPHA), pt.as_tensor(COUNTS))
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


@pytest.mark.parametrize("spread", [0.1, 3.0])
def test_coordinates_round_trip(spread: float) -> None:
    y = np.random.default_rng(1).normal(scale=spread, size=(4, 2))
    log_share, back, _ = compiled()(y)
    np.testing.assert_allclose(np.exp(log_share).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(back, y, rtol=1e-9, atol=1e-9)


def test_the_log_jacobian_is_the_numerical_one() -> None:
    y, step = np.random.default_rng(2).normal(scale=2, size=(4, 2)), 1e-5

    def ratios(value: np.ndarray) -> np.ndarray:
        log_share = compiled()(value)[0]
        return np.asarray(log_share[:, :-1] - log_share[:, -1:])

    jacobian = np.empty((4, 2, 2))
    for j in range(2):
        moved = np.zeros_like(y)
        moved[:, j] = step
        jacobian[:, :, j] = (ratios(y + moved) - ratios(y - moved)) / (2 * step)
    np.testing.assert_allclose(compiled()(y)[2], np.linalg.slogdet(jacobian)[1], atol=1e-6)


def test_the_density_integrates_to_one() -> None:
    # unlike those of log ratios, tails are as long on both sides whatever the parameters are
    y = 150 * np.sinh(np.linspace(-6, 6, 40_001)) / np.sinh(6)
    with pm.Model() as model:
        alpha, counts = (pm.Data(name, np.ones(2), shape=(2,)) for name in ("alpha", "n"))
        even_log_dirichlet("log_share", alpha * pt.ones((len(y), 1)), counts, 2, None)
    (density,) = model.logp(sum=False)
    log_density = pytensor.function(model.value_vars, density, mode=PLAIN)
    for a, n in product(
        ([0.02, 0.02], [0.3, 2.0], [1e-4, 1.0], [4.0, 1.0]), ([30.0, 0.0], [5.0, 3.0], [0.0, 0.0])
    ):
        alpha.set_value(np.array(a))
        counts.set_value(np.array(n))
        total = integrate.trapezoid(np.exp(log_density(y[:, None])), y)
        assert total == pytest.approx(1, abs=1e-5)
