"""Log densities at draws are those of PyMC, whichever way they are found."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytest
from pymc.model.transform.conditioning import remove_value_transforms
from pytensor.compile.mode import Mode
from scipy.stats import halfnorm, norm

from bayes_misalign.contract.registry import evidence_model, names_of
from bayes_misalign.inference.densities import densities, free_names
from bayes_misalign.inference.unsampled import untransformed
from bayes_misalign.study.joint import build_alone
from bayes_misalign.testing.cases import case_of, designs_of

CASES = [
    (name, design)
    for name in names_of()
    if evidence_model(name).traits.kind != "shares" and any(evidence_model(name).designs())
    for design in designs_of(evidence_model(name))
]


def draws_of(model: Any, number: int) -> dict[str, np.ndarray]:
    """Values of the free variables in their support, leading axis draw."""
    own = model.initial_point()
    plain = [model.rvs_to_values[rv] for rv in model.free_RVs]
    found = model.replace_rvs_by_values(model.free_RVs)
    function = pytensor.function(
        plain, found, mode=Mode(linker="py", optimizer=None), on_unused_input="ignore"
    )
    rng = np.random.default_rng(20261130)
    steps = rng.uniform(-0.3, 0.3, number)
    made = [function(*(own[x.name] + step for x in plain)) for step in steps]
    return {rv.name: np.stack([one[i] for one in made]) for i, rv in enumerate(model.free_RVs)}


def by_pymc(model: Any, draws: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Log densities (draw,) of free variables, and of all together, of PyMC's own whole graph."""
    plain = remove_value_transforms(model)
    values = [plain.rvs_to_values[rv] for rv in plain.free_RVs]
    function = pytensor.function(
        values,
        [x.sum() for x in plain.logp(sum=False, jacobian=False)],
        mode=Mode(linker="py", optimizer=None),
        on_unused_input="ignore",
    )
    names = [rv.name for rv in plain.free_RVs]
    number = len(draws[names[0]])
    found = np.array([function(*(draws[name][i] for name in names)) for i in range(number)]).T
    return dict(zip(names, found, strict=False)), found.sum(axis=0)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "design"), CASES)
def test_densities_of_every_model_are_those_of_pymc(name: str, design: str) -> None:
    one = case_of(evidence_model(name), design, designs_of(evidence_model(name))[design])
    model = build_alone(one.model, one.evidence, one.priors)
    if not model.free_RVs or any(x.dtype.startswith("int") for x in model.free_RVs):
        pytest.skip("nothing is uncertain")
    draws = draws_of(model, 3)
    with untransformed():  # as other priors are
        bare = build_alone(one.model, one.evidence, one.priors)
    (priors, joint), found = by_pymc(model, draws), densities(bare, draws)
    np.testing.assert_allclose(found.log_joint, joint, rtol=1e-9, atol=1e-9)
    assert found.log_prior.keys() == priors.keys()
    for key, prior in priors.items():
        np.testing.assert_allclose(found.log_prior[key], prior, rtol=1e-9, atol=1e-9)
    assert free_names(bare) == {key: x.shape[1:] for key, x in draws.items()}


def test_what_is_made_of_random_variables_has_the_density_that_pymc_derives() -> None:
    with pm.Model() as model:
        scale = pm.HalfNormal("scale", 2.0)
        place = pm.Normal("place", 0.0, scale, shape=2)
        # no density of its own: PyMC derives that of a sum
        pm.CustomDist(
            "seen",
            place,
            dist=lambda at, size: pm.Normal.dist(at, 1.0, size=size) + 3.0,
            observed=np.array([2.0, 4.5]),
        )
        pm.Deterministic("twice", 2 * place)
    rng = np.random.default_rng(1)
    draws = {"scale": rng.uniform(0.5, 2, 5), "place": rng.normal(size=(5, 2))}
    found = densities(model, draws, ["twice"])
    prior = halfnorm.logpdf(draws["scale"], scale=2)
    of_place = norm.logpdf(draws["place"], scale=draws["scale"][:, None]).sum(axis=1)
    seen = norm.logpdf(np.array([2.0, 4.5]) - 3, loc=draws["place"]).sum(axis=1)
    # PyMC takes constants such as log 2 in single precision
    np.testing.assert_allclose(found.log_prior["scale"], prior, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.log_prior["place"], of_place, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.log_joint, prior + of_place + seen, rtol=0, atol=1e-8)
    np.testing.assert_array_equal(found.outputs["twice"], 2 * draws["place"])


def test_a_shape_that_neither_type_nor_dims_tell_is_worked_out() -> None:
    with pm.Model(coords={"item": range(4)}) as model:
        pm.Normal("by_dims", dims="item")
        pm.Normal("by_type", shape=(2, 3))
        pm.Normal("by_graph", shape=pm.Data("number", np.int64(5)) + 1)
    assert free_names(model) == {"by_dims": (4,), "by_type": (2, 3), "by_graph": (6,)}
