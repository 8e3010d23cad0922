"""Priors of models with several of them: the defaults, with what a study states put over them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import defaults
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.models.independent.priors import SharePrior


def stated_priors(model: str, shape: type[Any], overrides: Any) -> dict[str, Any]:
    """Return the fields of a model's priors: its defaults, and what a study states in their place.

    Parameters
    ----------
    model : str
        Name of the model.
    shape : type
        Dataclass of its priors, with a field `shares`.
    overrides : str, SharePrior or mapping, optional
        The prior of the shares alone, or any of the fields by name.

    Returns
    -------
    dict of str to object

    Raises
    ------
    StudyError
        When the study names a prior that the model does not have.
    """
    if isinstance(overrides, str | SharePrior):
        overrides = {"shares": overrides}
    stated: dict[str, Any] = dict(defaults(model)["priors"])
    known = [f.name for f in fields(shape)]
    for key, value in (overrides or {}).items():
        if key not in known:
            raise StudyError(
                f"the priors of {model!r} have no key {key!r}; they have {listed(known)}. "
                + did_you_mean(str(key), known)
            )
        stated[key] = value
    stated["shares"] = SharePrior.of(stated["shares"])
    return stated


def check_number(model: str, name: str, value: Any, *, probability: bool = False) -> None:
    """Refuse a prior's number that is not above zero, or no probability where it should be one.

    Parameters
    ----------
    model, name : str
        Names of the model and of its prior, for the message.
    value : object
        What was stated.
    probability : bool
        Whether it must lie below one too.

    Raises
    ------
    StudyError
        When it is something else.

    Examples
    --------
    >>> check_number("behaviour", "strength", 20)
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and 0 < value < (1.0 if probability else np.inf)):
        valid = "between 0 and 1" if probability else "above 0"
        raise StudyError(f"the prior {name!r} of {model!r} is a number {valid}, not {value!r}")
