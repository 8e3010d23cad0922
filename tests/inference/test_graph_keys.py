"""Graphs have the same key exactly where they compute the same."""

import subprocess
import sys
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest

from bayes_misalign.inference.graph_keys import Unkeyed, graph_key

X = np.arange(3.0)


def key(make: Any, shape: tuple[int | None, ...] = (3,), more: Any = ()) -> str:
    x = pt.tensor("x", shape=shape)
    return graph_key([make(x)], [x], more)


def shared(values: Any, name: str | None = "data") -> Any:
    return pytensor.shared(np.asarray(values), name=name, shape=np.shape(values))


# functions of a vector of three numbers, all different, though some only just
DIFFERENT: dict[str, Any] = {
    "sum": lambda x: x.sum(),
    "product": lambda x: x.prod(),
    "sum of an axis": lambda x: x.sum(axis=-1, keepdims=True),
    "sum of exponentials": lambda x: pt.exp(x).sum(),
    "difference": lambda x: x[0] - x[1],
    "difference turned round": lambda x: x[1] - x[0],
    "last number": lambda x: x[-1],
    "slice": lambda x: x[0:2],
    "slice by steps": lambda x: x[0:2:2],
    "times two": lambda x: x * 2.0,
    "times nearly two": lambda x: x * np.nextafter(2.0, 3.0),
    "times two as an integer": lambda x: x * 2,
    "times data": lambda x: x * shared(X),
    "times other data": lambda x: x * shared(X, "other"),
    "times data of one number": lambda x: x * shared(X[:1]),
    "times whole numbers": lambda x: x * shared([1, 2, 3]),
    "times constants": lambda x: x * X,
    "times constants in another order": lambda x: x * X[::-1].copy(),
    "as whole numbers": lambda x: x.astype("int64"),
    "as short whole numbers": lambda x: x.astype("int32"),
    "larger": lambda x: x > 1,
    "at least": lambda x: x >= 1,
    "set": lambda x: pt.set_subtensor(x[0], 1.0),
    "increased": lambda x: pt.inc_subtensor(x[0], 1.0),
    "set elsewhere": lambda x: pt.set_subtensor(x[1], 1.0),
    "gathered": lambda x: x[np.array([0, 1])],
    "gathered in another order": lambda x: x[np.array([1, 0])],
    "gathered by data": lambda x: x[shared([0, 1])],
    "log of a gamma function": lambda x: pt.gammaln(x),
    "its slope": lambda x: pt.digamma(x),
    "dot": lambda x: pt.dot(x, X),
    "largest": lambda x: x.max(),
    "place of the largest": lambda x: x.argmax(),
    "switch": lambda x: pt.switch(x > 0, x, 0.0),
    "switch turned round": lambda x: pt.switch(x > 0, 0.0, x),
    "two axes": lambda x: x[None, :],
    "two axes turned round": lambda x: x[:, None],
    "joined": lambda x: pt.concatenate([x, X]),
    "joined turned round": lambda x: pt.concatenate([X, x]),
    "gradient": lambda x: pt.grad((x**3).sum(), x),
}


def test_what_computes_something_else_has_another_key() -> None:
    found = {name: key(make) for name, make in DIFFERENT.items()}
    assert len(set(found.values())) == len(found)


def test_what_computes_the_same_has_the_same_key() -> None:
    for make in DIFFERENT.values():
        assert key(make) == key(make)


def test_values_of_data_do_not_count_and_types_do() -> None:
    assert key(lambda x: x * shared(X)) == key(lambda x: x * shared(X + 1))
    dynamic = pytensor.shared(X, name="data")
    assert key(lambda x: x * shared(X)) != key(lambda x: x * dynamic)
    assert key(lambda x: x.sum()) != key(lambda x: x.sum(), shape=(4,))
    assert key(lambda x: x.sum()) != key(lambda x: x.sum(), shape=(None,))


def test_which_input_is_which_counts() -> None:
    x, y = pt.vectors("x", "y")
    assert graph_key([x - y], [x, y]) != graph_key([x - y], [y, x])
    assert graph_key([x - y, x], [x, y]) != graph_key([x, x - y], [x, y])


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (1, True), ("1", 1), ("ab", b"ab"), ([1], (1,)), (None, "None"), (0.0, -0.0)],
)
def test_other_versions_or_settings_have_another_key(one: Any, other: Any) -> None:
    keys = [key(lambda x: x.sum(), more={"version": value}) for value in (one, other)]
    assert keys[0] != keys[1]


def test_what_is_not_understood_has_no_key() -> None:
    class Unknown:
        pass

    with pytest.raises(Unkeyed, match="Unknown"):
        key(lambda x: x.sum(), more=Unknown())
    with pytest.raises(Unkeyed, match="nothing computes"):
        key(lambda x: x * shared(X, None))
    with pytest.raises(Unkeyed, match="nothing computes"):
        key(lambda x: x * pt.vector("another"))
    with pytest.raises(Unkeyed, match=r"Random|RNG"):
        key(lambda x: x + pm.Normal.dist())
    with pytest.raises(Unkeyed, match="Nonzero"):
        key(lambda x: pt.nonzero(x)[0])


def test_a_key_is_the_same_in_every_process() -> None:
    code = (
        "import pytensor.tensor as pt; from bayes_misalign.inference.graph_keys import graph_key;"
        "x = pt.vector('x', shape=(3,)); "
        "print(graph_key([pt.switch(x > 0, pt.gammaln(x), 2.0).sum()], [x], {'a': {'b', 'c'}}))"
    )
    done = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert done[0].stdout == done[1].stdout
    assert len(done[0].stdout.strip()) == 64


def test_numbers_of_a_prior_count() -> None:
    def of(scale: float) -> str:
        with pm.Model() as model:
            x = pm.HalfNormal("x", scale)
            pm.Normal("y", 0.0, x, observed=1.0)
        return graph_key([model.logp()], model.value_vars)

    assert of(1.0) == of(1.0)
    assert of(1.0) != of(1.0 + 1e-15)
