"""Goal shares behind weighted answers, tilted to the population, in the open PyMC model."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.contract.shares import shares_of


def declare_tilted(
    prior: Any,
    categories: tuple[str, ...],
    counts: Any,
    order: Any,
    name: str,
    scale: Any,
    told: Any = 1.0,
) -> tuple[Any, Any]:
    """Add shares; return the logarithm of those among the sampled, and those of the population.

    Parameters
    ----------
    prior, categories, counts, order, name, told : object
        As in `SharesModel.declare`.
    scale : ndarray or tensor, shape (population, goal), or None
        What one effective answer weighs, `GoalEvidence.tilt`; None where both shares are the same.
    """
    import pymc as pm
    import pytensor.tensor as pt

    if scale is None:
        return shares_of(prior).declare(prior, categories, counts, order, name, told)
    if shares_of(prior).of_population:
        sort = np.take_along_axis if isinstance(order, np.ndarray) else pt.take_along_axis
        whole = counts * sort(scale, order, axis=-1)
        log_whole, shares = shares_of(prior).declare(prior, categories, whole, order, name, told)
        log_share = pt.special.log_softmax(log_whole - pt.log(pt.as_tensor(scale)), axis=-1)
        pm.Deterministic(f"sampled_{name}", pt.exp(log_share), dims=("population", "goal"))
        return log_share, shares
    log_share, sampled = shares_of(prior).declare(
        prior, categories, counts, order, f"sampled_{name}", told
    )
    tilted = sampled * pt.as_tensor(scale)
    shares = tilted / tilted.sum(axis=-1, keepdims=True)
    return log_share, pm.Deterministic(name, shares, dims=("population", "goal"))
