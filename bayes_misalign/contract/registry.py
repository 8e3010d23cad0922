"""The models there are, by name: those of this package, a line each, and those of plugins.

A plugin is an installed distribution with an entry point in the group `bayes_misalign.models`,
whose name is the model's and whose value is the place of its object, as in ``"package:MODEL"``.
"""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import EvidenceModel, Model
from bayes_misalign.contract.model import ConflictModel, GoalsModel
from bayes_misalign.contract.shares_model import SharesModel
from bayes_misalign.contract.traits import Kind, Traits
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.errors.problem import CLASSES
from bayes_misalign.reading.typed_fields import is_number, shown_value, stated_table

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "bayes_misalign.models"
_KINDS: dict[Kind, Any] = {
    "goals": GoalsModel,
    "shares": SharesModel,
    "conflict": ConflictModel,
}


@dataclass(frozen=True)
class Entry:
    """One model of this package: its name and kind, what a user writes, and its folder."""

    name: str
    kind: Kind
    public: str

    @property
    def package(self) -> str:
        """The package that holds the model."""
        return f"bayes_misalign.models.{self.name.replace('-', '_')}"


BUILT_IN: dict[str, Entry] = {
    line[0]: Entry(*line) for line in import_module("bayes_misalign.models").BUILT_IN
}
PUBLIC = {entry.public: entry for entry in BUILT_IN.values()}
CLASSES.update({entry.name: entry.public for entry in BUILT_IN.values()})
_on_trial: dict[str, Model] = {}


@cache
def plugins() -> dict[str, EntryPoint]:
    """Return the entry points of models that other distributions offer, by the model's name."""
    from importlib.metadata import entry_points  # which imports the package for e-mail

    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        taken = "of this package" if point.name in BUILT_IN else ""
        if point.name in found:
            taken = f"of {_distribution(found[point.name])}"
        if taken:
            warnings.warn(
                f"the model {point.name!r} of {_distribution(point)} is not used: the name is that "
                f"of a model {taken}",
                stacklevel=2,
            )
        else:
            found[point.name] = point
    return found


def _distribution(point: EntryPoint) -> str:
    return "an unknown distribution" if point.dist is None else f"{point.dist.name}"


@contextmanager
def on_trial(one: Model) -> Iterator[None]:
    """Let a model be found under its name, installed or not, until it has been looked at."""
    before = dict(_on_trial)
    _on_trial[one.name] = one
    defaults.cache_clear()
    try:
        yield
    finally:
        _on_trial.clear()
        _on_trial.update(before)
        defaults.cache_clear()


def forget() -> None:
    """Look for installed models anew."""
    for found in (plugins, _installed, defaults):
        found.cache_clear()


def is_known(name: str) -> bool:
    """Return whether there is a model of this name, be it a plugin that is broken."""
    return name in _on_trial or name in BUILT_IN or name in plugins()


def is_of(name: str, kind: Kind) -> bool:
    """Return whether this is the name of a model of a kind; no other model is loaded."""
    own = BUILT_IN.get(name)
    return own.kind == kind if own else is_known(name) and model(name).traits.kind == kind


def model(name: str) -> Model:
    """Return a model by its name."""
    return _on_trial[name] if name in _on_trial else _installed(name)


@cache
def _installed(name: str) -> Model:
    if name in BUILT_IN:
        return cast(Model, import_module(f"{BUILT_IN[name].package}.model").MODEL)
    if name not in plugins():
        raise StudyError(_unknown(name, None))
    point = plugins()[name]
    whose = f"the model {name!r} of {_distribution(point)}"
    try:
        found = point.load()
    except Exception as error:  # whatever a stranger's module does
        raise StudyError(
            f"{whose} cannot be loaded ({type(error).__name__}: {error}). Fix: mend, upgrade or "
            "uninstall that distribution"
        ) from error
    traits = getattr(found, "traits", None)
    if not isinstance(traits, Traits) or not isinstance(found, _KINDS[traits.kind]):
        raise StudyError(
            f"{whose} is no model: it is {type(found).__name__}, see docs/extending.md"
        )
    if (own := getattr(found, "name", None)) != name:
        raise StudyError(f"{whose} calls itself {own!r}. Fix: one name in both places")
    return cast(Model, found)


def _unknown(name: str, kind: Kind | None) -> str:
    names = names_of(kind)
    of_kind = f" of {kind}" if kind else ""
    return (
        f"there is no model{of_kind} called {name!r}{_of_another(name, kind)}; there are "
        f"{listed(names)}. " + did_you_mean(name, names)
    )


def _of_another(name: str, kind: Kind | None) -> str:
    """Return of which kind a model of this name is, if it is of another one."""
    own = BUILT_IN.get(name)
    return f", which is a model of {own.kind}" if kind and own and own.kind != kind else ""


def names_of(kind: Kind | None = None) -> list[str]:
    """Return the names of all models, or of those of a kind; plugins that are broken left out."""
    found = [entry.name for entry in BUILT_IN.values() if kind in (None, entry.kind)]
    for name in dict.fromkeys([*_on_trial, *plugins()]):
        if name in BUILT_IN:
            continue
        try:
            if kind in (None, model(name).traits.kind):
                found.append(name)
        except StudyError:
            continue  # it is named, with its distribution, as soon as a study asks for it
    return found


def in_order(names: Collection[str]) -> list[str]:
    """Return these names in the order of all; plugins are looked for only if one is among them."""
    own = [name for name in BUILT_IN if name in names]
    if len(own) == len(set(names)):
        return own
    return [*own, *(name for name in names_of() if name in names and name not in BUILT_IN)]


def model_of(name: str, kind: Kind) -> Model:
    """Return a model of a kind by its name."""
    if not is_of(name, kind):
        raise StudyError(_unknown(name, kind))
    return model(name)


def evidence_model(name: str) -> EvidenceModel:
    """Return a model of goals or of conflict."""
    return cast(EvidenceModel, model(name))


def goals_model(name: str) -> GoalsModel:
    """Return a model of goals."""
    return cast(GoalsModel, model_of(name, "goals"))


def conflict_model(name: str) -> ConflictModel:
    """Return a model of conflict."""
    return cast(ConflictModel, model_of(name, "conflict"))


def shares_model(name: str | None = None) -> SharesModel:
    """Return a model of shares, by default the first."""
    first = next(entry.name for entry in BUILT_IN.values() if entry.kind == "shares")
    return cast(SharesModel, model_of(name or first, "shares"))


def stating_model() -> ConflictModel:
    """Return the model of conflict that takes levels as known."""
    found = (conflict_model(e.name) for e in BUILT_IN.values() if e.kind == "conflict")
    return next(one for one in found if one.traits.states_levels)


def declaration(name: str) -> type[Any]:
    """Return the class that a user's declaration of this model is an instance of."""
    return evidence_model(name).declaration


def public_class(name: str) -> type[Any]:
    """Return what a user writes to choose a model, by the name of the class."""
    if name in PUBLIC:
        entry = PUBLIC[name]
        home = "priors" if entry.kind == "shares" else "declaration"
        return cast(type[Any], getattr(import_module(f"{entry.package}.{home}"), name))
    broken = []
    for plugin in plugins():
        try:
            declared = getattr(model(plugin), "declaration", None)
        except StudyError as error:
            broken.append(f"; {error}")
            continue
        if declared is not None and declared.__name__ == name:
            return cast(type[Any], declared)
    raise AttributeError("".join(broken))


def _asset(name: str, file: str) -> str:
    own = name in BUILT_IN and name not in _on_trial
    folder = models_root() / name if own else model(name).assets()
    try:
        return (folder / file).read_text(encoding="utf-8")
    except OSError as error:
        raise StudyError(f"the model {name!r} lacks its {file} ({error})") from error


@cache
def defaults(name: str) -> dict[str, Any]:
    """Return the contents of a model's `model.toml`."""
    return tomllib.loads(_asset(name, "model.toml"))


def with_overrides(name: str, overrides: Any) -> dict[str, float]:
    """Return a model's default priors with a study's numbers put over them."""
    stated: dict[str, float] = dict(defaults(name)["priors"])
    for key, value in stated_table(overrides, f"the prior of {name!r}").items():
        if key not in stated:
            raise StudyError(
                f"the priors of {name!r} have no key {key!r}; they have {listed(stated)}. "
                + did_you_mean(key, stated)
            )
        if not is_number(value):
            raise StudyError(f"the prior {key!r} of {name!r} is a number, not {shown_value(value)}")
        stated[key] = float(value)
    return stated


def card(name: str) -> str:
    """Return a model's card, the Markdown page that says what it assumes and when not to use it."""
    return _asset(name, "README.md")
