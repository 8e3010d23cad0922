"""What ratings say beside the levels of conflict: raters, sides, and their raw means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kinds_section import KindsFound
from bayes_misalign.families.raters.severities import drawn, expected_severities
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.measure import misalignment
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.results_kinds import kinds_of
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.settings import EVERYONE
from bayes_misalign.study.joint import source_names
from bayes_misalign.study.lifted import whole_of_categories

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sides:
    """How holders of two goals rate each other."""

    pair: Pair
    population: str  # whose conflict was rated; empty where there is one for all
    first: Estimate  # level that holders of the first goal give to the other
    second: Estimate  # and holders of the second
    difference: Estimate  # the first less the second


@dataclass(frozen=True)
class RatingResults:
    """What one source of ratings says beside the levels of conflict."""

    source: RatedConflict
    # how much more conflict each rater sees than the average of those who were asked, in units of
    # the level, averaged over the pairs that were rated; where there are kinds of raters, than the
    # average of its own kind; None if nobody is named
    severity: Estimates | None
    ratings: Mapping[str, float]  # number of each rater
    sides: tuple[Sides, ...]  # empty unless holders of one goal rate another
    # standard deviation of the change of a latent level, first wave to last; None where none walks
    drift: Estimate | None = None
    kinds: KindsFound | None = None  # how kinds of raters see pairs; None where all are alike


def rating_results(result: Posterior) -> tuple[RatingResults, ...]:
    """Return what each source of ratings says beside the levels; empty where nobody rated."""
    conflict = result.study.conflict
    return tuple(
        results_of(source, name, result)
        for name, source in zip(source_names(conflict), conflict.sources, strict=True)
        if isinstance(source, RatedConflict) and source.pairs
    )


def results_of(source: RatedConflict, name: str, result: Posterior) -> RatingResults:
    """Return what one source of ratings, by its name in the study, says beside the levels."""
    given = np.bincount(np.maximum(source.rater, 0), source.sizes, len(source.raters))
    by_rater = dict(zip(source.raters, map(float, given), strict=False))
    kinds = kinds_of(result, source, name)
    return RatingResults(
        source,
        _severity(result, source, name) if kinds is None else kinds[1],
        by_rater,
        _sides(result, source, name),
        _drift(result, source, name),
        None if kinds is None else kinds[0],
    )


def _drift(result: Posterior, source: RatedConflict, name: str) -> Estimate | None:
    if source.over_time is None or not result.groups.has(POSTERIOR, f"drift_{name}"):
        return None
    return result.estimate("drift of conflict", drawn(result, f"drift_{name}"))


def _severity(result: Posterior, source: RatedConflict, name: str) -> Estimates | None:
    if len(source.raters) < 2 or not result.groups.has(POSTERIOR, f"severity_{name}"):
        return None
    return expected_severities(result, name, source.raters, np.asarray(source.values))


def _sides(result: Posterior, source: RatedConflict, name: str) -> tuple[Sides, ...]:
    if not source.directed or not result.groups.has(POSTERIOR, f"side_level_{name}"):
        return ()
    levels = drawn(result, f"side_level_{name}")
    levels = levels if source.populations else levels[:, None]
    found = []
    for s, population in enumerate(source.populations or ("",)):
        for p, pair in enumerate(source.pairs):
            one, other = levels[:, s, p, 0], levels[:, s, p, 1]
            of = f"{pair[0]} about {pair[1]}"
            found.append(
                Sides(
                    pair,
                    population,
                    result.estimate(of, one),
                    result.estimate(f"{pair[1]} about {pair[0]}", other),
                    result.estimate(f"{of}, less the other way round", one - other),
                )
            )
    return tuple(found)


def raw_mean_misalignment(result: Posterior) -> Estimates | None:
    """Return P(ma) by population with the raw mean of the ratings for each level that was rated.

    Notes
    -----
    It is uncertain by the goal shares alone. Pairs that nobody rated take the mean of those that
    were; levels from other sources are their posterior means. None where conflict was not rated;
    populations in which nobody rated have no raw mean, and are left out.
    """
    conflict = result.study.conflict
    categories = conflict.categories
    rated = [s for s in conflict.sources if isinstance(s, RatedConflict) and not s.silent]
    if not rated:
        return None
    populations = result.populations if conflict.by_population else (EVERYONE,)
    matrices: list[Array] = []
    silent: set[str] = set()
    for s, population in enumerate(populations):
        own = population if conflict.by_population else None
        matrix = np.array(result.goal_levels(population=own).mean(axis=0))
        for source in rated:
            raw = np.array(source.raw_level[s if source.populations else 0])
            if np.isnan(raw).all():  # there is no mean to put in the place of its levels
                silent.add(population)
                continue
            raw = np.where(np.isnan(raw), np.nanmean(raw), raw)
            for (a, b), level in zip(source.pairs, raw, strict=True):
                i, j = categories.index(a), categories.index(b)
                matrix[i, j] = matrix[j, i] = level
        matrices.append(matrix)
    shares = result.shares()
    matrix = np.array(matrices if conflict.by_population else matrices[0])
    lifted = whole_of_categories(result.study.goals, matrix)
    draws, within = np.asarray(misalignment(shares, lifted)), result.limits_under(lifted[None])
    every = result.by_name("P(ma) with raw mean ratings", draws, limits=within)
    return Estimates(every.title, {name: e for name, e in every.items() if name not in silent})
