"""How kinds of raters, people and models for instance, see the same pairs, in arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.round_robin import (
    FEWEST_FOR_PAIRS,
    incidence,
    member_sd,
    what_is_left,
)

Array = NDArray[np.float64]
GOAL_PART = 0.5  # of the variance of what a kind sees in a pair, from both its goals
OF_KINDS = ("severity_sd", "width_sd", "again_sd")  # scales, one for each kind


def own_effects(sd: Any, part: Any, goal: Any, pair: Any, members: int) -> Any:
    """Return what kinds see in single pairs (..., pair), of standard variates of goals and pairs.

    `part` of the variance comes from the two goals, whose variates sum to zero over the goals. Of
    three goals variates of pairs make no difference.
    """
    of_goal, of_pair = (part / 2) ** 0.5 * sd, (1 - part) ** 0.5 * sd
    found = (goal * member_sd(of_goal, of_pair, members)) @ incidence(members).T
    if members < FEWEST_FOR_PAIRS:
        return found
    return found + what_is_left(pair * of_pair, members)


def kinds_again(
    kind_of_rater: NDArray[np.int64], kind: NDArray[np.int64], sizes: Array, kinds: int
) -> NDArray[np.bool_]:
    """Return of which kinds it can be told what a rater sees in a pair and others do not, (kind,).

    `kind` and `sizes` (cell,) are those of who said something of a pair how often. What a kind's
    only rater sees is what the kind sees.
    """
    several = np.bincount(kind_of_rater, minlength=kinds) > 1
    several[:1] = True  # of those who define the level, others might have been asked
    return np.asarray(several & (np.bincount(kind, sizes > 1, kinds) > 0))


def of_first_kind(effects: Mapping[str, Any], *, again: bool) -> dict[str, Any]:
    """Return the same effects, with scales of how raters differ of the first kind only.

    `again` tells whether its raters see in a pair what others do not.
    """
    found = dict(effects)
    for key in OF_KINDS:
        if key in found:
            found[key] = found[key][..., 0]
    if not again:
        found.pop("again_sd", None)
    return found
