"""Goal shares of several populations, in the open PyMC model."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.models.independent.given_shares import name_of
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL


def declare_shares(
    prior: SharePrior,
    categories: tuple[str, ...],
    counts: Any,
    order: Any,
    name: str = "proportion",
    told: Any = 1.0,
) -> tuple[Any, Any]:
    """Add the shares of every population to the open model, see `SharesModel.declare`."""
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.simplex.log_dirichlet_pymc import log_dirichlet, put_back

    fixed = isinstance(order, np.ndarray)
    shape = order.shape if fixed else order.type.shape
    if prior.merging is not None:
        from bayes_misalign.models.independent.generative_classes import declare_in_classes

        own = put_back(counts, order)
        log_share = declare_in_classes(
            prior.merging, categories, own, order, name, uncertain=not fixed, told=told
        )
        return log_share, pm.Deterministic(name, pt.exp(log_share), dims=("population", "goal"))
    pm.modelcontext(None).add_coord("place", [f"place {i + 1}" for i in range(shape[1])])
    dims, sorted_name = ("population", "place"), f"sorted_log_{name}"
    if prior.kind == "matched":
        from bayes_misalign.models.independent import generative_matched as matched

        goals = len(categories) - (NO_GOAL in categories)
        log_a = matched.log_concentration(name_of(goals))
        is_none = np.equal if fixed else pt.eq  # no category has the place -1
        none = is_none(order, categories.index(NO_GOAL) if NO_GOAL in categories else -1)
        sorted_log_share = matched.matched_log_shares(
            sorted_name, log_a, none, goals, counts, uncertain=not fixed, told=told
        )
    else:
        if prior.kind == "index-uniform":
            index = pm.Uniform("index", 0.0, 1.0, dims="population")
            per_category = index / (1 - index) / shape[1]
            alpha = per_category[:, None] * pt.ones(shape)
        else:
            each = np.broadcast_to(prior.alpha(categories), shape)
            sort = np.take_along_axis if fixed else pt.take_along_axis
            alpha = pt.as_tensor(sort(each, order, axis=-1))
        shown = counts if fixed else counts * told
        sorted_log_share = log_dirichlet(sorted_name, alpha, shown, dims, uncertain=not fixed)
    log_share = put_back(sorted_log_share, order)
    return log_share, pm.Deterministic(name, pt.exp(log_share), dims=("population", "goal"))
