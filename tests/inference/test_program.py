"""Operations one by one make what PyTensor makes of them."""

from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode

from bayes_misalign.inference import program
from bayes_misalign.inference.terms import Terms

WIDE = np.concatenate([np.linspace(-800, 800, 101), [-1e-9, 0.0, 1e-9, np.inf, -np.inf]])
# number by number in PyTensor
SCALAR: dict[str, Any] = {
    "Cast": lambda x: (x / 10).clip(-5, 5).astype("int32").astype("float64"),
    "Clip": lambda x: x.clip(-3.0, 2.0),
    "Clip, the other way round": lambda x: x.clip(2.0, -3.0),
    "Log1mexp": lambda x: pt.log1mexp(-abs(x)),
    "Softplus": pt.softplus,
}


@pytest.mark.parametrize("name", SCALAR)
def test_numpy_makes_what_pytensor_makes_number_by_number(name: str) -> None:
    x = pt.vector()
    graph = SCALAR[name](x)
    (found,) = program.Program([graph], [x]).run([WIDE])
    expected = pytensor.function([x], graph, mode=Mode(linker="py", optimizer=None))(WIDE)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=0)
    assert found.dtype == expected.dtype
    assert name.split(",")[0] in program.BY_NUMPY


@pytest.mark.parametrize("name", SCALAR)
def test_what_is_asked_exactly_is_the_same_to_the_bit(name: str) -> None:
    x = pytensor.shared(np.random.default_rng(4).normal(scale=3, size=500))
    graph = SCALAR[name](x)
    mode = Mode(linker="py", optimizer=None)
    for _ in range(2):  # other data are looked at anew
        (found,) = program.Program([graph], exactly=True).run()
        np.testing.assert_array_equal(found, pytensor.function([], graph, mode=mode)())
        x.set_value(x.get_value()[::-1] / 2)


@pytest.mark.parametrize("of_goals", [(), (3,), (3, 2)])
@pytest.mark.parametrize("repeated", [True, False])
def test_rows_are_added_up(of_goals: tuple[int, ...], repeated: bool) -> None:
    rows = np.array([0, 2, 2, -1, 4, 0] if repeated else [3, 1, 0, 4, 5, -4])
    base = pt.tensor("base", shape=(6, *of_goals))
    added = pt.tensor("added", shape=(6, *of_goals))
    rng, terms = np.random.default_rng(0), Terms()
    draws = {x: rng.normal(size=(9, 6, *of_goals)) for x in (base, added)}
    at = {x: terms.drawn(x, x.name, draws[x]) for x in draws}
    (found,) = terms.at_draws(terms.places([base[rows].inc(added)], at))
    expected = draws[base].copy()
    for one, more in zip(expected, draws[added], strict=True):
        np.add.at(one, rows, more)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-15)
