"""Evidence to and from dictionaries that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import evidence_model, is_known, names_of
from bayes_misalign.errors import ResultError, did_you_mean, listed
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.contacts import Contacts
from bayes_misalign.reading.evidence import Evidence
from bayes_misalign.reading.left_out import LeftOut
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.sample_design import SampleDesign

_OF_THE_CORE: dict[str, type[Evidence] | type[ProblemArea]] = {
    kind.model: kind for kind in (ConflictEvidence, Contacts, LeftOut, ProblemArea, SampleDesign)
}


def _evidence_class(model: str) -> Any:
    if model in _OF_THE_CORE:
        return _OF_THE_CORE[model]
    if is_known(model):
        return evidence_model(model).evidence
    known = [*_OF_THE_CORE, *names_of("goals"), *names_of("conflict")]
    raise ResultError(
        f"evidence of unknown kind {model!r}: no model of this name is installed here; known: "
        f"{listed(known)}. {did_you_mean(model, known)}".rstrip()
        + " Fix: install the package that offers it"
    )


def to_plain(evidence: Evidence | ProblemArea) -> dict[str, Any]:
    """Return evidence as a dictionary of texts, numbers, lists and dictionaries."""
    figures = {f.name: _plain(getattr(evidence, f.name)) for f in fields(evidence)}
    return {"model": evidence.model, **figures}


def from_plain(plain: Mapping[str, Any]) -> Any:
    """Return the evidence that a dictionary of `to_plain` stands for."""
    model = str(plain.get("model"))
    kind = _evidence_class(model)
    figures = {name: value for name, value in plain.items() if name != "model"}
    if "sources" in figures:
        figures["sources"] = tuple(from_plain(source) for source in figures["sources"])
    for inner in ("design", "left_out"):
        if isinstance(figures.get(inner), Mapping):
            figures[inner] = from_plain(figures[inner])
    try:
        return kind(**figures)
    except (TypeError, ValueError) as trouble:
        raise ResultError(f"evidence of kind {model!r} is damaged: {trouble}") from trouble


def _plain(value: Any) -> Any:
    match value:
        case Evidence():
            return to_plain(value)
        case np.ndarray() if value.dtype.kind in "biu" or (
            value.dtype.kind == "f" and not np.isnan(value).any()
        ):
            return value.tolist()  # numbers all through, of which each is plain
        case np.ndarray():
            return _plain(value.tolist())
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case float() if value != value:
            return None
    return value
