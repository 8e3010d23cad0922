"""What a report says of conflict that was rated: raters, sides, and what raw means would say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bayes_misalign.inference.result import Result
from bayes_misalign.models.rated.results import (
    RatingResults,
    rating_results,
    raw_mean_misalignment,
)
from bayes_misalign.page.estimate import Estimates


@dataclass(frozen=True)
class Rated:
    """Estimates that only ratings of conflict give rise to.

    Parameters
    ----------
    sources : tuple of RatingResults
        One for each source of ratings.
    raw : Estimates or None
        P(ma) by population with the raw mean of the ratings for each level.
    """

    sources: tuple[RatingResults, ...]
    raw: Estimates | None


def gather_rated(result: Result) -> Rated | None:
    """Return what ratings add to a report; None where conflict was not rated.

    Parameters
    ----------
    result : Result
        A posterior.

    Returns
    -------
    Rated or None
    """
    sources = rating_results(result)
    if not sources:
        return None
    raw = raw_mean_misalignment(result)
    exact = result.study.goals.model == "single-choice"
    if raw is not None and exact:
        # goal shares that are drawn exactly rest on no chain, whatever the state of the ratings
        raw = Estimates(
            raw.title,
            {n: replace(e, withheld=False, independent=True) for n, e in raw.items()},
        )
    return Rated(sources, raw)


def rated_plain(rated: Rated) -> dict[str, Any]:
    """Return the findings as dictionaries, lists, texts and numbers."""
    return {
        "misalignment_of_raw_means": None
        if rated.raw is None
        else {population: e.as_dict() for population, e in rated.raw.items()},
        "sources": [_source(one) for one in rated.sources],
    }


def _source(found: RatingResults) -> dict[str, Any]:
    source = found.source
    severity: Mapping[str, Any] = found.severity or {}
    return {
        "origin": source.origin,
        "levels": list(source.levels),
        "values": source.values.tolist(),
        "ratings": float(source.counts.sum()),
        "never_rated": [list(pair) for pair in source.unrated],
        "raters": [
            {
                "name": rater,
                "ratings": number,
                "severity": None if rater not in severity else severity[rater].as_dict(),
            }
            for rater, number in found.ratings.items()
        ],
        "sides": [
            {
                **({"population": side.population} if side.population else {}),
                "goals": list(side.pair),
                "first_about_second": side.first.as_dict(),
                "second_about_first": side.second.as_dict(),
                "difference": side.difference.as_dict(),
            }
            for side in found.sides
        ],
    }
