"""What is compiled of every model is PyMC's log density, with the data at hand and with others."""

from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode

from bayes_misalign.contract.registry import evidence_model, names_of
from bayes_misalign.inference import nuts, upstream
from bayes_misalign.inference.ahead import Ahead
from bayes_misalign.inference.machine_code import points
from bayes_misalign.study.joint import build_alone
from bayes_misalign.testing.cases import Case, case_of, designs_of

CASES = [
    (name, design)
    for name in names_of()
    if evidence_model(name).traits.kind != "shares" and any(evidence_model(name).designs())
    for design in designs_of(evidence_model(name))
]
pytestmark = pytest.mark.skipif(bool(upstream.supported()), reason="nothing is kept here")


def case(name: str, design: str) -> Case:
    model = evidence_model(name)
    return case_of(model, design, designs_of(model)[design])


def built(one: Case, evidence: Any) -> Any:
    return build_alone(one.model, evidence, one.priors)


def key(model: Any) -> str:
    own = upstream.own_data(model, static=True)
    return nuts._key_of(Ahead(own), nuts._kept(own), nuts._Start(own).shapes())


def data(model: Any) -> list[bytes]:
    """What is handed to the code of a model, in its order."""
    given = Ahead(upstream.own_data(model, static=True)).data_vars
    return [np.asarray(one.get_value()).tobytes() for one in given]


def by_pymc(model: Any, names: list[str], at: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Log density, its gradient and the named variables as Python evaluates PyMC's own graph."""
    own = upstream.own_data(model, static=True)
    values = own.value_vars
    logp = own.logp()
    named = {x.name: x for x in own.unobserved_value_vars}
    wide = [
        named[name] if name in named else next(x for x in values if x.name == name)
        for name in names
    ]
    outputs = [logp, *pt.grad(logp, values), *wide]
    shapes = nuts._Start(own).shapes()
    function = pytensor.function(
        values, outputs, mode=Mode(linker="py", optimizer=None), on_unused_input="ignore"
    )
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    given = [x.reshape(s) for x, s in zip(np.split(at, ends), shapes, strict=True)]
    found = function(*given)
    slope = np.concatenate([np.ravel(x) for x in found[1 : 1 + len(values)]])
    return float(found[0]), slope, np.concatenate([np.ravel(x) for x in found[1 + len(values) :]])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "design"), CASES)
def test_the_same_model_has_the_same_key_and_another_prior_another_or_other_data(
    name: str, design: str
) -> None:
    one = case(name, design)
    model = built(one, one.evidence)
    if not model.free_RVs:
        pytest.skip("nothing is uncertain")
    first = key(model)
    assert key(built(one, one.evidence)) == first
    for prior in one.model.alternatives(one.priors, one.evidence).values():
        changed = build_alone(one.model, one.evidence, prior)
        # a prior that enters with data alone is worked out ahead, and handed over as data
        assert key(changed) != first or data(changed) != data(model)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "design"), CASES)
def test_other_data_have_the_same_key_wherever_data_are_data(name: str, design: str) -> None:
    one = case(name, design)
    first = built(one, one.design)
    if not first.free_RVs or not first.data_vars:
        pytest.skip("nothing is uncertain, or the model has no data containers")
    assert key(built(one, one.evidence)) == key(first)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "design"), CASES)
def test_machine_code_is_the_log_density_of_pymc(name: str, design: str) -> None:
    one = case(name, design)
    first = built(one, one.design)
    if not first.free_RVs:
        pytest.skip("nothing is uncertain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nuts, "_IN_MEMORY", {})
        for evidence in (one.design, one.evidence):
            model = built(one, evidence)
            code = nuts._Code(model, static=True, kind="", say=None)
            assert code._loaded is not None
            machine = code._loaded.machine
            values = {name: code._data[name].get_value() for name, _, _ in machine.data}
            for at, found in zip(points(machine.n_dim), code._loaded.outcomes(values), strict=True):
                logp, slope, wide = by_pymc(model, list(machine.names), at)
                codes, *numbers = (np.frombuffer(part, float) for part in found)
                if np.isfinite(logp):
                    np.testing.assert_array_equal(codes.view(np.int64), 0)
                np.testing.assert_allclose(numbers[0][0], logp, rtol=1e-9, atol=1e-9)
                np.testing.assert_allclose(numbers[1], slope, rtol=1e-6, atol=1e-7)
                np.testing.assert_allclose(numbers[2], wide, rtol=1e-9, atol=1e-9)
        # one code for both data where their graphs are the same
        assert len(nuts._IN_MEMORY) == len({key(built(one, x)) for x in (one.design, one.evidence)})
