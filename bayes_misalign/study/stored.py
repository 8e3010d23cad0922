"""Evidence to and from dictionaries that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from bayes_misalign.errors import ResultError, did_you_mean, listed
from bayes_misalign.models.behaviour.evidence import ActionPatterns
from bayes_misalign.models.elicited.declaration import ElicitedConflict
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.experts.declaration import ExpertConflict
from bayes_misalign.models.fixed.declaration import FixedConflict
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.mutually_exclusive.declaration import ExclusiveConflict
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.evidence import Evidence
from bayes_misalign.reading.problem_area import ProblemArea

_KINDS: dict[str, type[Evidence] | type[ProblemArea]] = {
    kind.model: kind
    for kind in (
        ActionPatterns,
        ChoiceCounts,
        ConflictEvidence,
        ElicitedConflict,
        EncounterConflict,
        ExclusiveConflict,
        ExpertConflict,
        FixedConflict,
        JudgedConflict,
        LabelPatterns,
        ProblemArea,
        RatedConflict,
        SpatialConflict,
    )
}


def to_plain(evidence: Evidence | ProblemArea) -> dict[str, Any]:
    """Return evidence as a dictionary of texts, numbers, lists and dictionaries."""
    figures = {f.name: _plain(getattr(evidence, f.name)) for f in fields(evidence)}
    return {"model": evidence.model, **figures}


def from_plain(plain: Mapping[str, Any]) -> Any:
    """Return the evidence that a dictionary of `to_plain` stands for."""
    model = str(plain.get("model"))
    if (kind := _KINDS.get(model)) is None:
        hint = did_you_mean(model, _KINDS)
        raise ResultError(f"evidence of unknown kind {model!r}; known: {listed(_KINDS)} {hint}")
    figures = {name: value for name, value in plain.items() if name != "model"}
    if "sources" in figures:
        figures["sources"] = tuple(from_plain(source) for source in figures["sources"])
    try:
        return kind(**figures)
    except (TypeError, ValueError) as trouble:
        raise ResultError(f"evidence of kind {model!r} is damaged: {trouble}") from trouble


def _plain(value: Any) -> Any:
    match value:
        case Evidence():
            return to_plain(value)
        case np.ndarray():
            return _plain(value.tolist())
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case float() if value != value:
            return None
    return value
