"""The log density of Dirichlet log shares, against SciPy and the limit of huge parameters."""

from functools import cache
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats

from bayes_misalign.families.simplex.density_pymc import (
    HUGE,
    log_density,
    log_density_of_huge,
)
from tests.noisy_studies import PLAIN


@cache
def compiled() -> Any:
    """Return the density, its slope in values and parameters, and that of huge parameters."""
    x, a = pt.dmatrix("x"), pt.dmatrix("a")
    found = log_density(x, a)
    slopes = pt.grad(found.sum(), [x, a])
    outputs = [found, *slopes, log_density_of_huge(x, a, a.sum(-1))]
    return pytensor.function([x, a], outputs, mode=PLAIN)


def densities(value: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return their values."""
    return tuple(compiled()(value, alpha))


@pytest.mark.parametrize("total", [60.0, 1e3, 1e6])
def test_the_density_of_huge_parameters_is_that_of_scipy_where_both_have_digits(
    total: float,
) -> None:
    mean = np.array([[1e-9, 0.2, 0.8 - 1e-9]])
    rng = np.random.default_rng(1)
    for share in [mean, [[0.5, 0.2, 0.3]], [[1e-30, 0.3, 0.7]], *rng.dirichlet([3, 3, 3], (5, 1))]:
        p, a = np.asarray(share), total * mean
        expected = stats.dirichlet.logpdf(p[0] / p.sum(), a[0]) + np.log(p).sum()
        plain, _, _, huge = densities(np.log(p), a)
        assert plain == pytest.approx(expected, rel=1e-9)
        assert huge == pytest.approx(expected, rel=1e-9, abs=1e-9 * total)


@pytest.mark.parametrize("total", [1e9, 1e12, 1e16])
def test_log_ratios_are_normal_where_parameters_are_huge(total: float) -> None:
    mean, sd = 0.3, 1 / np.sqrt(total * 0.3 * 0.7)
    z = np.array([-3.0, -1.0, 0.0, 0.5, 2.0])
    ratio = np.log(0.3 / 0.7) + sd * z
    value = np.column_stack([-np.logaddexp(0, -ratio), -np.logaddexp(0, ratio)])
    found, slope, in_alpha, _ = densities(value, np.tile(total * np.array([mean, 0.7]), (5, 1)))
    expected = stats.norm.logpdf(z) - np.log(sd)
    # the third moment of a log Gamma variate is left out of the limit
    np.testing.assert_allclose(found, expected, atol=20 / np.sqrt(total) + 1e-5)
    # in the ratio the slope of the first log share is 1 - p, and of the second -p
    in_ratio = slope[:, 0] * np.exp(value[:, 1]) - slope[:, 1] * np.exp(value[:, 0])
    np.testing.assert_allclose(in_ratio * sd, -z, atol=20 / np.sqrt(total) + 1e-5)
    in_total = in_alpha @ [total * mean, total * 0.7]
    np.testing.assert_allclose(in_total, (1 - z**2) / 2, atol=20 / np.sqrt(total) + 1e-5)


def test_the_two_formulas_meet() -> None:
    alpha = HUGE * np.array([[0.25, 0.75], [1e-12, 1 - 1e-12]])
    value = np.log(alpha / HUGE) + np.array([[2e-6, 0.0], [0.5, 0.0]])
    value -= np.logaddexp.reduce(value, axis=1, keepdims=True)
    below, _, _, huge = densities(value, alpha * (1 - 1e-12))
    np.testing.assert_allclose(below, huge, atol=2e-4)


def test_slopes_are_finite_where_a_parameter_is_nearly_none() -> None:
    alpha = np.array([[1e-300, 1e16], [1e-300, 1e-300], [1e-100, 3.0], [1e16, 1e16]])
    value = np.log([[1e-300, 1.0], [0.5, 0.5], [1e-200, 1.0], [0.5, 0.5]])
    found, in_value, in_alpha, _ = densities(value, alpha)
    assert np.isfinite(found).all()
    assert np.isfinite(in_value).all()
    assert np.isfinite(in_alpha).all()
