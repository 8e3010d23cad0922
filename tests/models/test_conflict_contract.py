"""What every model of conflict of this package offers."""

import numpy as np
import pytest

from bayes_misalign.contract.registry import conflict_model, defaults, names_of, stating_model

NAMES = names_of("conflict")


@pytest.mark.parametrize("name", NAMES)
def test_it_calls_itself_what_its_folder_and_evidence_are_called(name: str) -> None:
    model = conflict_model(name)
    assert model.name == model.evidence.model == model.declaration.model == name
    assert model.assets().name == name
    assert (model.assets() / "model.toml").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_every_prior_is_varied_or_said_not_to_be(name: str) -> None:
    model, varied = conflict_model(name), set(conflict_model(name).not_varied)
    for design in model.designs().values():
        priors = model.for_design(design).priors()
        for other in model.for_design(design).alternatives(priors, design).values():
            assert type(other) is type(priors)
            assert other != priors
            varied |= {key for key, value in vars(other).items() if value != vars(priors)[key]}
    assert varied == set(defaults(name)["priors"])


@pytest.mark.parametrize("name", NAMES)
def test_what_a_calibration_looks_at_is_a_number_for_each_draw(name: str) -> None:
    designs = conflict_model(name).designs()
    assert bool(designs) == (conflict_model(name).traits.drawn in ("exact", "sampled"))
    for design in designs.values():
        model = conflict_model(name).for_design(design)
        drawn = model.draw_prior(design, model.priors(), 3, np.random.default_rng(1))
        with_data = model.with_data(design, drawn)
        if model.observes(design):
            assert set(with_data) >= {"log_likelihood", "residual"}
        else:
            assert not with_data
        found = {**model.quantities(design, drawn), **with_data}
        assert {values.shape for values in found.values()} == {(3,)}
        assert all(np.isfinite(values).all() for values in found.values())


@pytest.mark.parametrize("name", NAMES)
def test_only_models_that_may_be_exact_draw(name: str) -> None:
    model = conflict_model(name)
    for design in model.designs().values():
        model = model.for_design(design)
        drawn = model.draw(design, model.priors(), 2, np.random.default_rng(1))
        assert drawn is None or model.traits.drawn == "exact"


def test_one_model_takes_levels_as_known() -> None:
    stated = stating_model().stated([("a", "b")], 0.25, "said so")
    assert (stated.model, stated.pairs, stated.origin) == ("fixed", (("a", "b"),), "said so")
    np.testing.assert_array_equal(stated.conflict, [0.25])
    assert [name for name in NAMES if conflict_model(name).traits.states_levels] == ["fixed"]


def test_levels_hang_together_where_raters_are_named() -> None:
    judged = conflict_model("judged")
    nobody, raters, *_ = judged.designs().values()
    assert not judged.hang_together(nobody)
    assert judged.hang_together(raters)
    assert conflict_model("spatial").hang_together(nobody)
