"""Keys of a study file that the model it names does not have, and other models have."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from bayes_misalign.contract.registry import declaration, is_of, names_of
from bayes_misalign.contract.traits import Kind
from bayes_misalign.errors import listed

MOST = 3  # models in a message
NEAR = 0.85  # how like another key one is that is misspelt, though other models have it
OF_SAMPLES = ("weight", "cluster", "strata", "fpc", "replicates")  # of which a design effect tells
KINDS: tuple[Kind, ...] = ("goals", "conflict")


def taken_by(key: str, shape: type[Any]) -> str:
    """Return what to do with a key of the table of a model that other models take."""
    name = getattr(shape, "model", None)
    kind = next((kind for kind in KINDS if isinstance(name, str) and is_of(name, kind)), None)
    if kind is None:
        return ""
    others = [declaration(other) for other in names_of(kind) if other != name]
    found = [x.model for x in others if key in {field.name for field in fields(x)}]
    own = [field.name for field in fields(shape)]
    if not found or get_close_matches(key, own, n=1, cutoff=NEAR):
        return ""
    text = (
        f"leave it out, or state a model that takes it: {listed(found)}"
        if len(found) <= MOST
        else f"leave it out, or state a model that takes it, such as {found[0]!r}"
    )
    if key in OF_SAMPLES and "deff" in own:
        text += "; what it does to the variance of P(ma) may be stated as `deff = 1.5`"
    return text
