"""What data alone decide is worked out once, and the model stays what it was."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.traversal import ancestors

from bayes_misalign.inference import nuts, upstream
from bayes_misalign.inference.ahead import NAME, Ahead, _parts

COUNTS, ROWS = np.array([3.0, 0.0]), np.array([0.4, 1.2, -0.3])


def model(counts: Any = COUNTS, rows: Any = ROWS) -> Any:
    coords = {"who": ["a", "b"], "row": range(len(rows))}
    with pm.Model(coords=coords) as made:
        held = pm.Data("counts", counts, dims="who")
        seen = pm.Data("rows", rows, dims="row")
        mean = pm.Normal("mean", pm.math.log(held + 1).sum(), 1.0, dims="who")
        pm.Deterministic("shifted", mean - pm.math.log(held + 1).sum(), dims="who")
        pm.Potential("like", -((pm.math.exp(seen)[:, None] - mean) ** 2).sum())
    return upstream.own_data(made, static=True)


def at(found: Any, point: Any) -> list[np.ndarray]:
    """Log density and named variables, as Python evaluates them."""
    outputs = [found.logp(), *found.unobserved_value_vars]
    given = found.value_vars
    return [
        np.asarray(x)
        for x in pytensor.function(given, outputs, mode=Mode(linker="py", optimizer=None))(point)
    ]


def key(own: Any) -> str:
    return nuts._key_of(Ahead(own), nuts._kept(own), nuts._Start(own).shapes())


def test_log_density_and_named_variables_are_those_of_the_model() -> None:
    for own in (model(), model(COUNTS + 2, np.array([1.0, 2.0]))):
        point = np.array([0.3, -0.8])
        ahead = Ahead(own)
        assert [x.name for x in ahead.unobserved_value_vars] == ["mean", "shifted"]
        for found, expected in zip(at(ahead, point), at(own, point), strict=True):
            np.testing.assert_array_equal(found, expected)
        assert ahead.named_vars is own.named_vars  # all else is the model's


def test_a_free_variable_meets_what_was_worked_out_and_not_the_data() -> None:
    ahead = Ahead(model())
    met = {x.name for x in ancestors([ahead.logp(), *ahead.unobserved_value_vars])}
    assert not met & {"counts", "rows"}
    made = {x.name: x for x in ahead.data_vars if x.name.startswith(NAME)}
    assert set(made) <= met
    assert any(np.ravel(x.get_value()).tolist() == [np.log(4.0)] for x in made.values())
    lengths = {x.type.shape for x in made.values() if x.get_value().size == len(ROWS)}
    assert lengths == {(None, 1)}  # other data have other numbers of rows


def test_what_is_there_twice_is_worked_out_once() -> None:
    free, data = pt.vector("free"), pytensor.shared(ROWS, name="rows", shape=(3,))
    once, again, other = pt.exp(data), pt.exp(data), pt.exp(-data)
    found = _parts([free * once, free + again, free - other], {free})
    assert set(found) == {once, again, other}
    assert found[once] is found[again]
    assert found[other] is other


def test_other_data_are_the_same_graph_and_another_number_is_another() -> None:
    first = key(model())
    assert key(model(COUNTS[::-1] * 7, np.linspace(0, 1, 9))) == first
    with pm.Model(coords={"who": ["a", "b", "c"]}) as other:
        pm.Normal("mean", pm.Data("counts", np.ones(3), dims="who"), 1.0, dims="who")
    assert key(upstream.own_data(other, static=True)) != first


def test_constants_are_left_alone() -> None:
    with pm.Model() as plain:
        pm.Normal("mean", np.log(2.0), 1.0)
    ahead = Ahead(plain)
    assert ahead.data_vars == []
    assert not any(isinstance(x, SharedVariable) for x in ancestors([ahead.logp()]))
    with pytest.raises(AttributeError):
        getattr(ahead, "nothing_of_the_kind")  # noqa: B009
