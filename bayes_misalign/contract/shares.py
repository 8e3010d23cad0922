"""The prior of goal shares, as the model that it belongs to takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.contract.model import GoalsModel, SharesModel
from bayes_misalign.contract.registry import shares_model


def shares_of(prior: Any) -> SharesModel:
    """Return the model of shares that priors belong to."""
    return shares_model(prior.model)


def shares_prior(stated: Any = None) -> Any:
    """Return the priors of a model of shares: what a study states, with the model's own name."""
    if not isinstance(stated, str | Mapping) and hasattr(stated, "model"):
        return stated
    if isinstance(stated, Mapping) and "model" in stated:
        rest = {key: value for key, value in stated.items() if key != "model"}
        return shares_model(str(stated["model"])).priors(rest)
    return shares_model().priors(stated)


def in_classes(model: GoalsModel, priors: Any, classes: GoalClasses | None) -> Any:
    """Return priors of goals whose prior of the shares knows which goals conflict alike.

    See `SharesModel.with_classes`.
    """
    shares = model.shares_prior(priors)
    if shares is None:
        return priors
    changed = shares_of(shares).with_classes(shares, classes)
    return priors if changed is shares else model.with_shares_prior(priors, changed)


def prior_table(priors: Any) -> dict[str, Any]:
    """Return priors as a table of study.toml, which leaves out what is None.

    A model of shares is named where it is not the default one.
    """
    named = getattr(priors, "model", shares_model().name)
    table: dict[str, Any] = {} if named == shares_model().name else {"model": named}
    for field in fields(priors):
        value = getattr(priors, field.name)
        # classes of goals are found again from the conflict
        found_again = isinstance(value, GoalClasses) and value.same
        if value is not None and not found_again:
            table[field.name] = prior_table(value) if is_dataclass(value) else value
    return table
