"""Priors of models with several of them: the defaults, with what a study states put over them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.reading.typed_fields import is_number, shown_value, stated_table


def stated_priors(model: str, shape: type[Any], overrides: Any) -> dict[str, Any]:
    """Return the fields of a model's priors: its defaults, and what a study states in their place.

    What it states is the prior of the shares alone, or any of the fields by name.
    """
    if isinstance(overrides, str) or hasattr(overrides, "model"):
        overrides = {"shares": overrides}
    stated: dict[str, Any] = dict(defaults(model)["priors"])
    known = [f.name for f in fields(shape)]
    for key, value in stated_table(overrides, f"the prior of {model!r}").items():
        if key not in known:
            raise StudyError(
                f"the priors of {model!r} have no key {key!r}; they have {listed(known)}. "
                + did_you_mean(str(key), known)
            )
        stated[key] = value
    stated["shares"] = shares_prior(stated["shares"])
    return stated


def check_number(model: str, name: str, value: Any, *, probability: bool = False) -> None:
    """Refuse a prior's number that is not above zero, or no probability where it should be one."""
    if not (is_number(value) and 0 < value < (1.0 if probability else np.inf)):
        valid = "between 0 and 1" if probability else "above 0"
        raise StudyError(
            f"the prior {name!r} of {model!r} is a number {valid}, not {shown_value(value)}"
        )
