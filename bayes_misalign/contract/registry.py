"""The models there are, by name: the one place where a new model is registered."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from bayes_misalign.contract.model import (
    GenerativeModel,
    GoalsModel,
    Kind,
    LatentGoalsModel,
    MeetingModel,
)
from bayes_misalign.errors import StudyError, did_you_mean, listed


@dataclass(frozen=True)
class Entry:
    """One registered model.

    Parameters
    ----------
    name : str
        What a study calls it; also the name of its folder.
    kind : {"goals", "conflict"}
        Which of the two latent quantities it is about.
    module : str
        Module that fulfils the contract of `bayes_misalign.contract.model`.
    declaration : str
        `module:class` of what a user writes to choose the model.
    """

    name: str
    kind: Kind
    module: str
    declaration: str

    @property
    def declared(self) -> str:
        """Name of the class that a user writes."""
        return self.declaration.partition(":")[2]

    @property
    def folder(self) -> Path:
        """Folder that holds the model's card, defaults and reference."""
        return models_root() / self.name


_E = "bayes_misalign.evidence."
_G = "bayes_misalign.generative."
CATALOGUE: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "single-choice", "goals", _G + "goals.single_choice", _E + "single_choice:SingleChoice"
        ),
        Entry("noisy-labels", "goals", _G + "goals.noisy_labels", _E + "noisy_labels:NoisyLabels"),
        Entry("behaviour", "goals", _G + "goals.behaviour", _E + "behaviour:Behaviour"),
        Entry(
            "mutually-exclusive",
            "conflict",
            _G + "conflict.mutually_exclusive",
            _E + "mutually_exclusive:MutuallyExclusive",
        ),
        Entry("fixed", "conflict", _G + "conflict.fixed", _E + "fixed:Fixed"),
        Entry("elicited", "conflict", _G + "conflict.elicited", _E + "elicited:Elicited"),
        Entry("experts", "conflict", _G + "conflict.experts", _E + "experts:Experts"),
        Entry("encounters", "conflict", _G + "conflict.encounters", _E + "encounters:Encounters"),
        Entry("judged", "conflict", _G + "conflict.judged", _E + "judged:Judged"),
        Entry("rated", "conflict", _G + "conflict.rated", _E + "rated:Rated"),
        Entry("spatial", "conflict", _G + "conflict.spatial", _E + "spatial:Spatial"),
    )
}


def models_root() -> Path:
    """Return the folder of model folders: inside an installed wheel, else in the source tree."""
    package = Path(__file__).parents[1]
    installed = package / "_models"
    return installed if installed.is_dir() else package.parent / "models"


def entry(name: str, kind: Kind | None = None) -> Entry:
    """Return a registered model's entry.

    Raises
    ------
    StudyError
        When no model has this name; the message lists those that exist.

    Examples
    --------
    >>> entry("judged").kind
    'conflict'
    """
    names = [e.name for e in CATALOGUE.values() if kind is None or e.kind == kind]
    if name not in names:
        of_kind = f" of {kind}" if kind else ""
        raise StudyError(
            f"there is no model{of_kind} called {name!r}; there are {listed(names)}. "
            + did_you_mean(name, names)
        )
    return CATALOGUE[name]


@cache
def generative_model(name: str) -> GenerativeModel:
    """Return the module of a registered model."""
    return cast(GenerativeModel, import_module(entry(name).module))


def goals_model(name: str) -> GoalsModel:
    """Return the module of a registered model of goals."""
    return cast(GoalsModel, generative_model(entry(name, "goals").name))


def latent_goals_model(name: str) -> LatentGoalsModel:
    """Return the module of a model of goals that are seen through reports.

    Raises
    ------
    StudyError
        When the model takes answers as goals.

    Examples
    --------
    >>> latent_goals_model("behaviour").DIMS["action"]
    ('goal', 'choice')
    """
    model: Any = goals_model(name)
    if not hasattr(model, "declare_with_holders"):
        raise StudyError(f"in {name!r} nobody's goal is uncertain")
    return cast(LatentGoalsModel, model)


def meeting_model(name: str) -> MeetingModel | None:
    """Return the module of a model whose evidence takes the levels of all pairs, or None.

    Examples
    --------
    >>> meeting_model("fixed") is None
    True
    """
    model: Any = generative_model(name)
    return cast(MeetingModel, model) if hasattr(model, "observe") else None


def declaration(name: str) -> type[Any]:
    """Return the class that a user's declaration of this model is an instance of."""
    module, _, attribute = entry(name).declaration.partition(":")
    return cast(type[Any], getattr(import_module(module), attribute))


@cache
def defaults(name: str) -> dict[str, Any]:
    """Return the contents of a model's `model.toml`."""
    return tomllib.loads((entry(name).folder / "model.toml").read_text(encoding="utf-8"))


def with_overrides(name: str, overrides: Mapping[str, Any] | None) -> dict[str, float]:
    """Return a model's default priors with a study's numbers put over them.

    Raises
    ------
    StudyError
        When the study names a prior that the model does not have, or gives no number for it.

    Examples
    --------
    >>> with_overrides("judged", {"yes": 1.0})["yes"]
    1.0
    """
    stated: dict[str, float] = dict(defaults(name)["priors"])
    for key, value in (overrides or {}).items():
        if key not in stated:
            raise StudyError(
                f"the priors of {name!r} have no key {key!r}; they have {listed(stated)}. "
                + did_you_mean(key, stated)
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise StudyError(f"the prior {key!r} of {name!r} is a number, not {value!r}")
        stated[key] = float(value)
    return stated


def card(name: str) -> str:
    """Return a model's card, the Markdown page that says what it assumes and when not to use it."""
    return (entry(name).folder / "README.md").read_text(encoding="utf-8")
