"""How much raters differ in severity, in models that share it: ratings, and yes or no judgements.

The raters who were asked are a sample of those who might have been. Their severities sum to zero,
so that they never trade off with what they say of pairs; how far their mean lies from that of the
others is a variable of its own, which no data inform beyond its scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.rating_levels import SEVERITY_NODES, normal_nodes

Array = NDArray[np.float64]
# Information about an effect, in units of one over its prior scale squared, from which on it is
# known so much better from ratings than from its scale that it is sampled as it is. Few effects do
# not tell whether their scale is close to zero, where that would go wrong, so they take more.
MUCH, MUCH_OF_FEW, SEVERAL = 8.0, 200.0, 10


def enough(told: Array, scale: float) -> NDArray[np.bool_]:
    """Return which effects are known better from ratings than from their scale."""
    found = told >= MUCH / scale**2
    return np.asarray(found if found.sum() >= SEVERAL else told >= MUCH_OF_FEW / scale**2)


def zero_sum(name: str, sd: Any, centred: bool, dims: tuple[str, ...]) -> Any:
    """Add effects that sum to zero over their last dimension to the open model."""
    import pymc as pm

    if centred:
        return pm.ZeroSumNormal(name, sigma=sd, dims=dims)
    return pm.Deterministic(name, sd * pm.ZeroSumNormal(f"{name}_z", dims=dims), dims=dims)


def declare_severity(
    raters: tuple[str, ...], scale: float, centred: bool, name: str
) -> dict[str, Any]:
    """Add severities of raters to the open model, with a coord for their names."""
    import pymc as pm

    pm.modelcontext(None).add_coord(f"rater_{name}", raters)
    sd = pm.HalfNormal(f"severity_sd_{name}", scale)
    found = {"severity_sd": sd}
    if len(raters) > 1:
        found["severity"] = zero_sum(f"severity_{name}", sd, centred, (f"rater_{name}",))
    unseen = pm.Normal(f"severity_unseen_{name}", 0.0, 1.0)
    found["severity_shift"] = pm.Deterministic(
        f"severity_shift_{name}", sd * unseen / np.sqrt(len(raters))
    )
    return found


def declare_within_kinds(
    what: str,
    raters: tuple[str, ...],
    kind: NDArray[np.int64],
    sd: Any,
    known: NDArray[np.bool_],
    name: str,
) -> Any:
    """Add effects of raters to the open model that sum to zero over those of each kind.

    `sd` (kind,) are their scales; `known` (rater,) tells whose effect data tell better than that.
    """
    import pymc as pm
    import pytensor.tensor as pt

    model, every = pm.modelcontext(None), pt.zeros(len(raters))
    for k in np.unique(kind):
        own = np.flatnonzero(kind == k)
        if len(own) < 2:
            continue  # of a single rater nothing is left beside what the kind sees
        dim = f"rater_of_{k + 1}_{name}"
        if dim not in model.coords:
            model.add_coord(dim, [raters[r] for r in own])
        many = bool(np.median(known[own]))
        effect = zero_sum(f"{what}_of_{k + 1}_{name}", sd[int(k)], many, (dim,))
        every = pt.set_subtensor(every[own], effect)
    return pm.Deterministic(f"{what}_{name}", every, dims=f"rater_{name}")


def draw_within_kinds(kind: NDArray[np.int64], sd: Array, rng: np.random.Generator) -> Array:
    """Return effects (draw, rater) that sum to zero within kinds, of scales (draw, kind)."""
    values = rng.normal(size=(len(sd), len(kind)))
    for k in np.unique(kind):
        values[:, kind == k] -= values[:, kind == k].mean(axis=1, keepdims=True)
    return np.asarray(values * sd[:, kind])


def draw_severity(
    raters: int, scale: float, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of what `declare_severity` adds to a model."""
    sd = np.asarray(np.abs(rng.normal(scale=scale, size=draws)))
    found: dict[str, Array] = {"severity_sd": sd}
    if raters > 1:
        values = rng.normal(size=(draws, raters))
        values -= values.mean(axis=1, keepdims=True)
        found["severity"] = values * sd[:, None]
    found["severity_shift"] = sd * rng.normal(size=draws) / np.sqrt(raters)
    return found


def severity_places(
    effects: Mapping[str, Any], sqrt: Callable[[Any], Any], number: int = SEVERITY_NODES
) -> tuple[Any, NDArray[np.float64]]:
    """Return where severities of the raters' population lie, to average over it."""
    nodes, weights = normal_nodes(number)
    spread = effects["severity_sd"]
    if "again_sd" in effects:
        spread = sqrt(spread**2 + effects["again_sd"] ** 2)
    return effects["severity_shift"][..., None] + spread[..., None] * nodes, weights
