"""What models have in common is one term, and what differs in anything is not taken for it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from scipy.stats import norm

from bayes_misalign.inference import terms as module
from bayes_misalign.inference.densities import densities
from bayes_misalign.inference.terms import Terms

X = np.linspace(-2, 2, 30)


def power(value: Any, scale: Any, *, exponent: float) -> Any:
    return -(pt.abs(value) ** exponent) / scale


def lopsided(value: Any, scale: Any) -> Any:
    return -pt.abs(value) / scale + pt.switch(value > 0, 1.0, 0.0)


def closed_over(exponent: Any) -> Callable[..., Any]:
    return lambda value, scale: -(pt.abs(value) ** exponent) / scale


class Exponent:
    """Something that nobody can describe."""

    def __rpow__(self, value: Any) -> Any:
        return value**2.0


def model(logp: Any, scale: float = 1.0) -> pm.Model:
    with pm.Model() as made:
        pm.CustomDist("x", scale, logp=logp)
    return made


@pytest.mark.parametrize(
    ("logp", "expected"),
    [
        (closed_over(2.0), -(X**2)),
        (closed_over(3.0), -(np.abs(X) ** 3)),
        (partial(power, exponent=2.0), -(X**2)),
        (partial(power, exponent=3.0), -(np.abs(X) ** 3)),
        (lopsided, (X > 0) - np.abs(X)),
        (closed_over(Exponent()), -(X**2)),
    ],
)
def test_densities_are_told_apart_by_their_code_and_what_it_was_given(
    logp: Any, expected: Any
) -> None:
    terms = Terms()
    for other in (closed_over(2.5), partial(power, exponent=2.5), closed_over(Exponent())):
        densities(model(other), {"x": X}, terms=terms)
    found = densities(model(logp), {"x": X}, terms=terms)
    np.testing.assert_allclose(found.log_joint, expected, rtol=1e-12, atol=1e-12)


def test_pymc_is_asked_once_for_densities_of_the_same_code(monkeypatch: Any) -> None:
    asked = []
    monkeypatch.setattr(
        pm,
        "logp",
        lambda rv, *given, of=pm.logp, **more: (asked.append(rv.name), of(rv, *given, **more))[1],
    )
    terms = Terms()
    for exponent, scale in [(2.0, 1.0), (2.0, 1.0), (3.0, 1.0), (2.0, 4.0)]:
        found = densities(model(closed_over(exponent), scale), {"x": X}, terms=terms)
        np.testing.assert_allclose(found.log_joint, -(np.abs(X) ** exponent) / scale, rtol=1e-12)
    assert len(asked) == 3
    for _ in range(2):  # nobody can tell that they are the same
        densities(model(closed_over(Exponent())), {"x": X}, terms=terms)
    assert len(asked) == 5


def test_variables_of_several_parts_are_told_apart() -> None:
    def of(sd: float, seen: float) -> pm.Model:
        with pm.Model(coords={"rater": range(3)}) as made:
            effect = pm.ZeroSumNormal("effect", sd, dims="rater")
            pm.Normal("seen", effect.sum(), 1.0, observed=seen)
        return made

    rng = np.random.default_rng(0)
    effect = rng.normal(size=(7, 3))
    effect -= effect.mean(axis=1, keepdims=True)
    terms = Terms()
    for sd, seen in [(1.0, 0.5), (2.0, 0.5), (1.0, 1.5)]:
        found = densities(of(sd, seen), {"effect": effect}, terms=terms)
        prior = norm.logpdf(effect, scale=sd).sum(axis=1) + np.log(sd * np.sqrt(2 * np.pi))
        np.testing.assert_allclose(found.log_prior["effect"], prior, rtol=0, atol=1e-8)
        likelihood = found.log_joint - found.log_prior["effect"]
        np.testing.assert_allclose(likelihood, norm.logpdf(seen), rtol=0, atol=1e-8)


def test_draws_are_taken_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with pm.Model() as made:
        x = pm.Normal("x", shape=3)
        pm.Deterministic("alike", pt.arange(8.0))
        pm.Deterministic("table", x[:, None] * pt.arange(4.0))
        pm.Deterministic("length", pt.zeros(x.shape[0] + 2))
    draws = np.random.default_rng(0).normal(size=(21, 3))
    for most, numbers in [(1000, 10**6), (8, 10**6), (1000, 100)]:
        monkeypatch.setattr(module, "MOST", most)
        monkeypatch.setattr(module, "NUMBERS", numbers)
        found = densities(made, {"x": draws}, ["table", "alike", "length"])
        np.testing.assert_array_equal(found.outputs["table"], draws[..., None] * np.arange(4.0))
        np.testing.assert_array_equal(found.outputs["alike"], np.tile(np.arange(8.0), (21, 1)))
        np.testing.assert_array_equal(found.outputs["length"], np.zeros((21, 5)))
        np.testing.assert_allclose(found.log_joint, norm.logpdf(draws).sum(axis=1), rtol=1e-6)


def test_what_depends_on_no_draws_can_be_all_that_is_asked() -> None:
    def of(value: float) -> pm.Model:
        with pm.Model() as made:
            pm.Normal("x")
            pm.Deterministic("alike", pt.constant(value) * 2)
        return made

    terms = Terms()
    for value in (1.0, 3.0):
        found = densities(of(value), {"x": X}, ["alike"], terms)
        np.testing.assert_array_equal(found.outputs["alike"], np.full(len(X), 2 * value))
