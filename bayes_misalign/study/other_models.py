"""Keys of a study file that the model it names does not have, and other models have."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from bayes_misalign.contract.registry import declaration, is_of, names_of
from bayes_misalign.contract.traits import Kind
from bayes_misalign.errors import listed

MOST = 3  # models in a message
KINDS: tuple[Kind, ...] = ("goals", "conflict")


def taken_by(key: str, shape: type[Any]) -> str:
    """Return what to do with a key of the table of a model that other models take, if few do."""
    name = getattr(shape, "model", None)
    kind = next((kind for kind in KINDS if isinstance(name, str) and is_of(name, kind)), None)
    if kind is None:
        return ""
    others = [declaration(other) for other in names_of(kind) if other != name]
    found = [x.model for x in others if key in {field.name for field in fields(x)}]
    if not 0 < len(found) <= MOST:
        return ""
    return f"leave it out, or state a model that takes it: {listed(found)}"
