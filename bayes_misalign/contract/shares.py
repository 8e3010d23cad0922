"""The prior of goal shares, as the model that it belongs to takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from bayes_misalign.contract.base import Dims
from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.registry import is_of, shares_model
from bayes_misalign.contract.shares_model import SharesModel
from bayes_misalign.errors import StudyError


def shares_of(prior: Any) -> SharesModel:
    """Return the model of shares that priors belong to."""
    return shares_model(prior.model)


def shares_prior(stated: Any = None) -> Any:
    """Return the priors of a model of shares: what a study states, with the model's own name."""
    if isinstance(stated, type):
        raise StudyError(
            f"shares is the class {stated.__name__}, not an object of it. Fix: write "
            f"{stated.__name__}()"
        )
    if isinstance(stated, str) and is_of(stated, "shares"):
        return shares_model(stated).priors()
    if not isinstance(stated, str | Mapping) and hasattr(stated, "model"):
        return stated
    if isinstance(stated, Mapping) and "model" in stated:
        rest = {key: value for key, value in stated.items() if key != "model"}
        return shares_model(str(stated["model"])).priors(rest)
    return shares_model().priors(stated)


def kept_dims(model: GoalsModel, priors: Any) -> Dims:
    """Return dimensions of quantities of goals that are kept in a result, by name."""
    shares = model.shares_prior(priors)
    return model.dims if shares is None else {**model.dims, **shares_of(shares).dims_of(shares)}


def independent(model: GoalsModel, priors: Any) -> bool:
    """Return whether the goal shares of populations are independent in a study."""
    shares = model.shares_prior(priors)
    return shares is None or shares_of(shares).draws_apart


def in_study(
    model: GoalsModel, priors: Any, classes: GoalClasses | None, populations: Sequence[str]
) -> Any:
    """Return priors of goals whose prior of the shares knows the study that it is used in.

    See `SharesModel.with_classes` and `SharesModel.with_populations`.
    """
    shares = model.shares_prior(priors)
    if shares is None:
        return priors
    shares_of(shares).check_populations(shares, populations)
    changed = shares_of(shares).with_classes(shares, classes)
    changed = shares_of(shares).with_populations(changed, populations)
    return priors if changed is shares else model.with_shares_prior(priors, changed)


def of_some(model: GoalsModel, priors: Any, populations: Sequence[str]) -> Any:
    """Return priors of goals for some populations of a study."""
    shares = model.shares_prior(priors)
    if shares is None:
        return priors
    changed = shares_of(shares).with_populations(shares, populations)
    return priors if changed is shares else model.with_shares_prior(priors, changed)


def plain_priors(priors: Any) -> dict[str, Any]:
    """Return priors as a dictionary to be stored, a model of shares named as in `prior_table`."""
    plain = asdict(priors)
    for field in fields(priors):
        if is_dataclass(value := getattr(priors, field.name)):
            plain[field.name] = plain_priors(value)
    named = getattr(priors, "model", None)
    other = isinstance(named, str) and is_of(named, "shares") and named != shares_model().name
    return {"model": named, **plain} if other else plain


def prior_table(priors: Any) -> dict[str, Any]:
    """Return priors as a table of study.toml, which leaves out what is None.

    A model of shares is named where it is not the default one. Fields that a study finds by itself
    have the metadata `found`.
    """
    named = getattr(priors, "model", shares_model().name)
    table: dict[str, Any] = {} if named == shares_model().name else {"model": named}
    for field in fields(priors):
        value = getattr(priors, field.name)
        # classes of goals are found again from the conflict
        found_again = isinstance(value, GoalClasses) and value.same
        found_again = found_again or field.metadata.get("found", False)
        if value is not None and not found_again:
            table[field.name] = prior_table(value) if is_dataclass(value) else value
    return table
