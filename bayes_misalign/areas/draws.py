"""Draws of P(ma) in every problem area, within populations and between them, area by area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.areas.study import AreaPart, AreasStudy
from bayes_misalign.areas.unions import draw_unions
from bayes_misalign.errors import StudyError
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scope:
    """Whose agents two are drawn from: one population, two, or the union of all (none)."""

    one: str | None = None
    other: str | None = None

    @property
    def within(self) -> bool:
        """Whether both agents are of one population."""
        return self.one is not None and self.other is None


def within(parts: Sequence[tuple[AreaPart, Posterior]], population: str) -> dict[str, Array]:
    """Return draws (draw,) of P(ma) of a population by area, where somebody was asked."""
    found: dict[str, Array] = {}
    for part, posterior in parts:
        if population not in part.populations:
            continue
        draws = posterior.misalignment_draws()
        column = part.places[:, part.populations.index(population)]
        found |= {a: draws[:, at] for a, at in zip(part.areas, column, strict=True) if at >= 0}
    return found


def between(parts: Sequence[tuple[AreaPart, Posterior]], one: str, other: str) -> dict[str, Array]:
    """Return draws (draw,) of the probability of conflict between two populations, by area.

    Areas whose conflict was measured within populations only are left out.
    """
    found: dict[str, Array] = {}
    for part, posterior in parts:
        if not {one, other} <= set(part.populations) or posterior.by_population:
            continue
        first, second = (part.places[:, part.populations.index(name)] for name in (one, other))
        there = np.flatnonzero((first >= 0) & (second >= 0))
        shares, matrix = posterior.shares(), posterior.across()
        values = measure.between(shares[:, first[there]], shares[:, second[there]], matrix)
        found |= {part.areas[a]: values[:, i] for i, a in enumerate(there)}
    return found


def union(study: AreasStudy, parts: Sequence[tuple[AreaPart, Posterior]]) -> dict[str, Array]:
    """Return draws (draw,) of P(ma) of the union of all populations, by area.

    Areas in which some of these populations were not asked are left out, and so are those whose
    union nobody knows.
    """
    found: dict[str, Array] = {}
    if len(study.populations) < 2:
        return found
    weights = draw_unions(study, parts[0][1].shares().shape[0])
    for part, posterior in parts:
        if posterior.by_population:
            continue
        if study.shares is None and not study.unions:
            whole = posterior.overall() if len(part.areas) == 1 else None
            if whole is not None and set(part.populations) == set(study.populations):
                found[part.areas[0]] = whole.draws.reshape(-1)
            continue
        conflict = posterior.across()
        level = conflict if conflict.ndim == 2 else conflict[:, 0]
        for area in set(part.areas) & set(weights):
            # a population that has no part in the union need not have been asked
            there = np.flatnonzero(weights[area].any(axis=0))
            places = part.places_of(area, [study.populations[s] for s in there])
            if (places >= 0).all():
                mixed = measure.union_shares(posterior.shares()[:, places], weights[area][:, there])
                found[area] = measure.misalignment(mixed, level)
    return found


def of_scope(
    study: AreasStudy, parts: Sequence[tuple[AreaPart, Posterior]], scope: Scope
) -> dict[str, Array]:
    """Return draws (draw,) by area, in the order of the study."""
    if scope.one is None:
        found = union(study, parts)
    elif scope.other is None:
        found = within(parts, scope.one)
    else:
        found = between(parts, scope.one, scope.other)
    return {area: found[area] for area in study.areas if area in found}


def stacked(found: dict[str, Array], what: str) -> Array:
    """Return draws by area as one array (draw, area), of at least two areas."""
    if len(found) < 2:
        raise StudyError(
            f"{what} is known in {len(found)} problem areas; at least two are compared"
        )
    return np.stack(list(found.values()), axis=1)
