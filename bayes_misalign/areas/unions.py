"""How large a part of their union each population is, in each of several problem areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.areas.split import Table
from bayes_misalign.errors import Problems, StudyError
from bayes_misalign.inference.draw_blocks import UNION, stream
from bayes_misalign.measure import population_shares
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.study.union import (
    ANSWERS,
    WEIGHTS,
    UnionShares,
    estimated_shares,
    stated_shares,
)

if TYPE_CHECKING:
    from bayes_misalign.areas.study import AreasStudy

Array = NDArray[np.float64]
STATE = "Fix: state the share of each population, as in `shares = { a = 0.5, b = 0.5 }`"


def stated_of(
    stated: Mapping[str, float] | str | None, names: Sequence[str]
) -> dict[str, float] | None:
    """Return shares that a study states, of all populations; None where it states none."""
    if not isinstance(stated, Mapping):
        return None
    problems = Problems()
    found = stated_shares(stated, tuple(names), problems)
    problems.raise_if_any(StudyError)
    assert found is not None
    return dict(zip(names, found.shares, strict=True))


def unions_of(
    goals: GoalEvidence, found: Table, stated: Mapping[str, float] | str | None
) -> dict[str, UnionShares]:
    """Return the shares of the populations in each area, as a study of that area has them.

    By default they are estimated from sums of weights, where there are some. Areas in which some
    population gave no answer are left out: nobody knows of the union of all.
    """
    if isinstance(stated, Mapping) or len(found.populations) < 2:
        return {}
    if stated == "sizes":
        raise StudyError(
            "shares = 'sizes' are those of one problem area, since sizes of populations are. "
            + STATE
        )
    if stated == "weights" and not goals.weighted:
        raise StudyError("shares = 'weights', and answers have no weights. " + STATE)
    if stated is None and not goals.weighted:
        return {}
    if goals.design is not None and goals.design.union_covariance is None:
        if stated is None:
            return {}
        raise StudyError(
            f"shares = {stated!r} under the design of a sample are not worked out of "
            f"{len(goals.populations):,} areas by populations. {STATE}, or fewer areas at a time"
        )
    origin = ANSWERS if stated == "answers" else WEIGHTS
    parts = goals.n if origin == ANSWERS else goals.weight_total
    return {
        area: estimated_shares(goals, origin, places)
        for area, places in zip(found.areas, found.places, strict=True)
        if (places >= 0).all() and (parts[places] > 0).all()
    }


def draw_unions(study: AreasStudy, draws: int) -> dict[str, Array]:
    """Return draws (draw, population) of the shares of populations by area.

    Notes
    -----
    Gamma variates by their quantiles. Where the same agents answered in several areas, those of
    one population have the same uniform variates in all of them: its share is the same agents'.
    """
    if study.shares is not None:
        known = np.array([study.shares[name] for name in study.populations])
        return dict.fromkeys(study.areas, np.broadcast_to(known, (draws, len(known))))
    made, common = {}, study.answers is not None
    for number, (area, union) in enumerate(study.unions.items()):
        rng = stream(study.fitting.seed, UNION, 0 if common else number)
        made[area] = _drawn(union, draws, rng)
    return made


def _drawn(union: UnionShares, draws: int, rng: np.random.Generator) -> Array:
    from scipy.special import gammaincinv

    assert union.counts is not None
    gammas = gammaincinv(np.array(union.counts), rng.random((draws, len(union.counts))))
    found = np.asarray(gammas / gammas.sum(axis=1, keepdims=True))
    return found if union.scale is None else population_shares(found, np.array(union.scale))
