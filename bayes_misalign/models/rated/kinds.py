"""How kinds of raters, people and models for instance, see the same pairs, in arrays.

The first kind defines the level: its latent levels are m + theta_p of pair p. Another kind k sees

    m_k + slope_k theta_p + delta_kp,    delta_kp = g_ki + g_kj + e_kp of the goals i, j of pair p

and its ratings have noise of its own, exp(noise_k) times that of the first. Its location m_k has
the same prior as m and is independent of it, so that ratings by other kinds say nothing of how much
pairs conflict on average: they tell by which pairs conflict more. How far delta_kp, which sums to
zero over pairs, may go is learnt, and keeps ever more ratings from making up for those of the
first kind. Half of its variance comes from the two goals, for who is wrong about a goal is wrong
about all its pairs. Severities of raters, widths, and what each sees again have a scale of their
own in each kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kind_effects import GOAL_PART, of_first_kind, own_effects
from bayes_misalign.families.raters.rater_effects_pymc import draw_within_kinds

if TYPE_CHECKING:
    from bayes_misalign.models.rated.generative_cells import RatedCells

Array = NDArray[np.float64]


def draw_kinds(cells: RatedCells, draws: int, rng: np.random.Generator) -> dict[str, Array]:
    """Return prior draws of how other kinds see pairs, and of how raters of each kind differ."""
    prior, evidence = cells.prior, cells.evidence
    others, members = len(evidence.kinds) - 1, len(cells.members)

    def half(scale: float, number: int = others) -> Array:
        return np.abs(rng.normal(scale=scale, size=(draws, number)))

    found: dict[str, Array] = {
        "kind_location": rng.normal(scale=prior.location, size=(draws, others))
    }
    if cells.has_member_effects:
        found["slope"] = rng.normal(1.0, prior.slope, size=(draws, others))
        found["disagreement"] = half(prior.disagreement)
        goal = rng.normal(size=(draws, others, members))
        goal -= goal.mean(axis=-1, keepdims=True)
        pair = rng.normal(size=(draws, others, cells.shape[1])) if cells.has_pair_effects else 0.0
        found["kind_effect"] = own_effects(
            found["disagreement"][..., None], GOAL_PART, goal, pair, members
        )
    if cells.levels > 2:
        found["noise"] = rng.normal(scale=prior.noise, size=(draws, others))
    every = others + 1
    found["severity_sd"] = half(prior.severity, every)
    found["severity"] = draw_within_kinds(evidence.kind_of_rater, found["severity_sd"], rng)
    first = int(np.sum(evidence.kind_of_rater == 0))
    found["severity_shift"] = found["severity_sd"][:, 0] * rng.normal(size=draws) / np.sqrt(first)
    if cells.has_widths:
        found["width_sd"] = half(prior.scale_use, every)
        found["width"] = draw_within_kinds(evidence.kind_of_rater, found["width_sd"], rng)
    if cells.kinds_again.any():
        found["again_sd"] = half(prior.again, every)
        own = rng.normal(size=(draws, len(cells.again_cells)))
        found["again"] = own * found["again_sd"][:, evidence.kind[cells.again_cells]]
    return found


def seen_by_kinds(eta: Array, effects: Mapping[str, Array]) -> Array:
    """Return latent levels (draw, kind, population, pair, side) as each kind sees them."""
    location = effects["location"][:, None, None, None]
    other = effects["kind_location"][:, :, None, None, None]
    if "slope" in effects:
        slope = effects["slope"][:, :, None, None, None]
        other = other + slope * (eta - location)[:, None]
        other = other + effects["kind_effect"][:, :, None, :, None]
    other = other + np.zeros((*effects["kind_location"].shape, *eta.shape[1:]))
    return np.concatenate([eta[:, None], other], axis=1)


def sharpness(effects: Mapping[str, Array]) -> Array:
    """Return how many times as sharp as that of the first kind the eye of each is, (draw, kind)."""
    first = np.ones((len(effects["location"]), 1))
    if "noise" not in effects:
        return np.repeat(first, effects["kind_location"].shape[1] + 1, axis=1)
    return np.concatenate([first, np.exp(-effects["noise"])], axis=1)


def of_reference(cells: RatedCells, effects: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same effects, with scales of how raters differ of the first kind only."""
    return of_first_kind(effects, again=bool(cells.kinds_again[0]))
