"""A model's card, its defaults, and its priors."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, cast

from bayes_misalign.contract.base import EvidenceModel, Model
from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.registry import shares_model
from bayes_misalign.errors import StudyError
from bayes_misalign.testing.cases import answers

KEYS = ("name", "kind", "question", "priors")
NO_PRIOR = "no such prior"


def assets_problems(model: Model) -> Iterator[str]:
    """Find what is wrong with card and defaults."""
    folder = model.assets()
    card, defaults = folder / "README.md", folder / "model.toml"
    if not card.is_file() or not card.read_text(encoding="utf-8").strip():
        yield f"it has no card: {card} is missing or empty"
    if not defaults.is_file():
        yield f"it has no defaults: {defaults} is missing"
        return
    stated = tomllib.loads(defaults.read_text(encoding="utf-8"))
    if lacking := [key for key in KEYS if key not in stated]:
        yield f"model.toml lacks {', '.join(lacking)}"
    for key, own in (("name", model.name), ("kind", model.traits.kind)):
        if stated.get(key, own) != own:
            yield f"model.toml says {key} = {stated[key]!r}, the model {own!r}"
    if not str(stated.get("question", "?")).strip():
        yield "the question in model.toml is empty"


def priors_problems(model: Model) -> Iterator[str]:
    """Find what is wrong with priors, and with how they are varied."""
    priors = model.priors()
    if priors != model.priors():
        yield "priors do not compare by value"
    frozen = is_dataclass(priors) and cast(Any, priors).__dataclass_params__.frozen
    if priors is not None and not frozen:
        yield f"priors are {type(priors).__name__}, not a frozen dataclass or None"
    try:
        model.priors({NO_PRIOR: 1.0})
        yield "priors takes names that the model has no prior of. Fix: raise a StudyError"
    except StudyError:
        pass
    if frozen and model.priors(json.loads(json.dumps(asdict(cast(Any, priors))))) != priors:
        yield "priors that were stored as a dictionary are not the same when they are read back"
    if isinstance(model, GoalsModel) and model.shares_prior(priors) is not None:
        of_shares = shares_model()
        other = next(iter(of_shares.alternatives(of_shares.priors(), answers()).values()))
        if model.shares_prior(model.priors(model.with_shares(None, other))) != other:
            yield "priors of shares that a study states under [shares] do not reach its own"
    yield from _varied(model, priors)


def _designs(model: Model) -> dict[str, Any]:
    """Return what alternatives are asked of: the model's own designs, or answers about goals."""
    if not isinstance(model, EvidenceModel):
        return {"answers": answers()}
    return {name: x for name, x in model.designs().items() if model.for_design(x) is model}


def _varied(model: Model, priors: Any) -> Iterator[str]:
    stated = tomllib.loads((model.assets() / "model.toml").read_text(encoding="utf-8"))
    numbers = {
        key
        for key, value in flat(stated.get("priors", {})).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    if isinstance(model, GoalsModel) and model.shares_prior(priors) is priors:
        numbers = {key.removeprefix("shares.") for key in numbers}  # there are no other priors
    before, varied = flat(_plain(priors)), set[str]()
    for design, evidence in _designs(model).items():
        for name, other in model.alternatives(priors, evidence).items():
            after = flat(_plain(other))
            moved = {key for key in before | after if before.get(key) != after.get(key)}
            if not moved:
                yield f"alternatives: {name!r} is no other prior (design {design!r})"
            varied |= moved
    for key in sorted(numbers - varied - set(model.not_varied)):
        yield (
            f"the prior {key!r} of model.toml is varied by no alternative of any design, and "
            "not_varied gives no reason"
        )
    for key, reason in model.not_varied.items():
        if key not in numbers:
            yield f"not_varied names {key!r}, which is no number of model.toml"
        elif key in varied:
            yield f"not_varied names {key!r}, which alternatives vary"
        elif not reason.strip():
            yield f"not_varied gives no reason for {key!r}"


def _plain(priors: Any) -> dict[str, Any]:
    return asdict(priors) if is_dataclass(priors) and not isinstance(priors, type) else {}


def flat(table: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """Return a nested table with dotted keys.

    Examples
    --------
    >>> flat({"a": {"b": 1}})
    {'a.b': 1}
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        inside = flat(value, f"{under}{key}.") if isinstance(value, Mapping) else None
        found |= {f"{under}{key}": value} if inside is None else inside
    return found
