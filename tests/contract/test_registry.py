"""The registry: names, kinds, defaults, and numbers that a study puts over them."""

import pytest

from bayes_misalign.contract import registry
from bayes_misalign.errors import StudyError


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("judgd", None, "did you mean 'judged'"),
        ("single-choice", "conflict", "no model of conflict called 'single-choice'"),
        ("", None, "there are 'independent', 'pooled', 'waves'"),
    ],
)
def test_unknown_names_are_refused_with_those_that_exist(
    name: str, kind: str | None, said: str
) -> None:
    with pytest.raises(StudyError, match=said):
        registry.model(name) if kind is None else registry.model_of(name, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"yess": 1}, "did you mean 'yes'"),
        ({"yes": "many"}, "is a number, not 'many'"),
        ({"yes": True}, "is a number, not True"),
    ],
)
def test_overrides_are_known_numbers(overrides: dict[str, object], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        registry.with_overrides("judged", overrides)


def test_overrides_leave_the_defaults_alone() -> None:
    stated = registry.defaults("judged")["priors"]
    assert registry.with_overrides("judged", {"yes": 3}) == {**stated, "yes": 3.0}
    assert registry.with_overrides("judged", None) == stated
    assert (stated["yes"], stated["no"]) == (1.0, 1.0)


def test_a_declaration_is_the_class_that_a_user_writes() -> None:
    for name, entry in registry.BUILT_IN.items():
        assert registry.public_class(entry.public).model == name
        assert (registry.model(name).assets() / "model.toml").is_file()


def test_some_models_stand_in_the_order_of_all() -> None:
    some = {"judged", "fixed", "single-choice"}
    assert registry.in_order(some) == [name for name in registry.names_of() if name in some]
    assert registry.in_order({*some, "of a plugin that is not installed"}) == registry.in_order(
        some
    )
