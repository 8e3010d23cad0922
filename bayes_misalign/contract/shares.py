"""The prior of goal shares, as the model that it belongs to takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.model import SharesModel
from bayes_misalign.contract.registry import shares_model


def shares_of(prior: Any) -> SharesModel:
    """Return the model of shares that priors belong to."""
    return shares_model(prior.model)


def shares_prior(stated: Any = None) -> Any:
    """Return the priors of a model of shares: what a study states, with the model's own name.

    Parameters
    ----------
    stated : str, mapping or object, optional
        A name or table of the default model's; a mapping with the key `model` for another; or what
        a model of shares returned already.
    """
    if not isinstance(stated, str | Mapping) and hasattr(stated, "model"):
        return stated
    if isinstance(stated, Mapping) and "model" in stated:
        rest = {key: value for key, value in stated.items() if key != "model"}
        return shares_model(str(stated["model"])).priors(rest)
    return shares_model().priors(stated)
