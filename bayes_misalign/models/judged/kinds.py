"""How kinds of raters, people and models for instance, judge the same pairs, in arrays.

The first kind defines the level: its average rater has log-odds eta_p of saying yes to pair p,
whose prior is that of judgements without kinds. Another kind k sees

    m_k + slope_k (eta_p - mean of eta) + delta_kp

with means over the pairs that were judged. Its location m_k is independent of eta, so that
judgements by other kinds say nothing of how much pairs conflict on average: they tell by which
pairs conflict more. How far delta_kp may go, whose mean over the same pairs is zero, is learnt, and
keeps ever more judgements from making up for those of the first kind. Half of its variance comes
from the two goals, for who is wrong about a goal is wrong about all its pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kind_effects import GOAL_PART, kinds_again, own_effects
from bayes_misalign.families.raters.rater_effects_pymc import draw_within_kinds
from bayes_misalign.families.raters.round_robin import FEWEST_FOR_PAIRS
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.priors import JudgedPriors
from bayes_misalign.reading.evidence import Pair

Array = NDArray[np.float64]


def goals_of(evidence: JudgedConflict) -> tuple[str, ...]:
    """Return the categories that the pairs are made of, by first appearance."""
    return tuple(dict.fromkeys(label for pair in evidence.pairs for label in pair))


def every_pair(evidence: JudgedConflict) -> tuple[Pair, ...]:
    """Return all pairs of these categories, judged or not."""
    return tuple(combinations(goals_of(evidence), 2))


def spoken(evidence: JudgedConflict) -> NDArray[np.int64]:
    """Return the place of each pair of the evidence among all pairs of its categories, (pair,)."""
    place = {frozenset(pair): n for n, pair in enumerate(every_pair(evidence))}
    return np.array([place[frozenset(pair)] for pair in evidence.pairs], np.int64)


def judged_evenly(evidence: JudgedConflict) -> Array:
    """Return weights that take the mean over the pairs that were judged, (pair,)."""
    seen = np.asarray(evidence.judgements > 0, float)
    return seen / max(float(seen.sum()), 1.0)


def has_slopes(evidence: JudgedConflict) -> bool:
    """Return whether there are pairs enough for kinds to stretch their differences."""
    return bool((evidence.judgements > 0).sum() > 1)


def again_by_kind(evidence: JudgedConflict) -> NDArray[np.bool_]:
    """Return in which kinds a rater may see in a pair what others do not, (kind,)."""
    kinds = len(evidence.kinds)
    found = kinds_again(evidence.kind_of_rater, evidence.kind, evidence.sizes, kinds)
    return np.asarray(found & evidence.repeated)


def again_cells(evidence: JudgedConflict) -> NDArray[np.int64]:
    """Return the cells of raters of such kinds."""
    return np.flatnonzero(again_by_kind(evidence)[evidence.kind]).astype(np.int64)


def draw_kinds(
    evidence: JudgedConflict, prior: JudgedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of how other kinds see pairs, and of how raters of each kind differ."""
    others, members = len(evidence.kinds) - 1, len(goals_of(evidence))

    def half(scale: float, number: int) -> Array:
        return np.abs(rng.normal(scale=scale, size=(draws, number)))

    found: dict[str, Array] = {
        "kind_location": rng.normal(scale=prior.location, size=(draws, others))
    }
    if has_slopes(evidence):
        found["slope"] = rng.normal(1.0, prior.slope, size=(draws, others))
        found["disagreement"] = half(prior.disagreement, others)
        goal = rng.normal(size=(draws, others, members))
        goal -= goal.mean(axis=-1, keepdims=True)
        pair: Any = 0.0
        if members >= FEWEST_FOR_PAIRS:
            pair = rng.normal(size=(draws, others, members * (members - 1) // 2))
        own = own_effects(found["disagreement"][..., None], GOAL_PART, goal, pair, members)
        found["kind_effect"] = of_judged(evidence, own)
    if prior.severity > 0:
        sd = half(prior.severity, others + 1)
        found["severity_sd"] = sd
        found["severity"] = draw_within_kinds(evidence.kind_of_rater, sd, rng)
        first = int(np.sum(evidence.kind_of_rater == 0))
        found["severity_shift"] = sd[:, 0] * rng.normal(size=draws) / np.sqrt(first)
    if again_by_kind(evidence).any():
        cells = again_cells(evidence)
        found["again_sd"] = half(prior.again, others + 1)
        own = rng.normal(size=(draws, len(cells)))
        found["again"] = own * found["again_sd"][:, evidence.kind[cells]]
    return found


def of_judged(evidence: JudgedConflict, own: Any) -> Any:
    """Return effects (..., every pair) of the pairs of the evidence, less the mean of those judged.

    They are arrays, or variables of PyMC.
    """
    found = own[..., spoken(evidence)]
    return found - (found @ judged_evenly(evidence))[..., None]


def seen_by_kinds(evidence: JudgedConflict, effects: Mapping[str, Array]) -> Array:
    """Return the log-odds of yes (..., kind, pair) of the average rater of each kind."""
    eta, location = effects["latent"], effects["kind_location"][..., None]
    other = location + np.zeros((*location.shape[:-1], eta.shape[-1]))
    if "slope" in effects:
        beyond = eta - (eta @ judged_evenly(evidence))[..., None]
        other = other + effects["slope"][..., None] * beyond[..., None, :] + effects["kind_effect"]
    return np.concatenate([eta[..., None, :], other], axis=-2)
