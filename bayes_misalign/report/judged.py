"""What a report says of judgements by named raters: who judged, and what if all were alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bayes_misalign.inference.result import Result
from bayes_misalign.models.judged.results import (
    JudgementResults,
    alike_misalignment,
    judgement_results,
)
from bayes_misalign.page.estimate import Estimates


@dataclass(frozen=True)
class Judged:
    """Estimates that only judgements by named raters give rise to.

    Parameters
    ----------
    sources : tuple of JudgementResults
        One for each source of judgements.
    alike : Estimates or None
        P(ma) by population with every judgement taken for that of another rater.
    """

    sources: tuple[JudgementResults, ...]
    alike: Estimates | None


def gather_judged(result: Result) -> Judged | None:
    """Return what named raters add to a report; None where no judge is named.

    Parameters
    ----------
    result : Result
        A posterior.

    Returns
    -------
    Judged or None
    """
    sources = judgement_results(result)
    return Judged(sources, alike_misalignment(result)) if sources else None


def judged_plain(judged: Judged) -> dict[str, Any]:
    """Return the findings as dictionaries, lists, texts and numbers."""
    return {
        "misalignment_if_raters_were_alike": None
        if judged.alike is None
        else {population: e.as_dict() for population, e in judged.alike.items()},
        "sources": [_source(one) for one in judged.sources],
    }


def _source(found: JudgementResults) -> dict[str, Any]:
    source = found.source
    severity: Mapping[str, Any] = found.severity or {}
    lapse: Mapping[str, Any] = found.lapse or {}
    return {
        "origin": source.origin,
        "judgements": float(source.judgements.sum()),
        "repeated": source.repeated,
        "pairs": [
            {"goals": list(pair), "yes": float(yes), "no": float(no), "raters": int(raters)}
            for pair, yes, no, raters in zip(
                source.pairs, source.yes, source.no, source.raters_of_pair, strict=True
            )
        ],
        "raters": [
            {
                "name": rater,
                "yes": yes,
                "no": no,
                "severity": None if rater not in severity else severity[rater].as_dict(),
                "lapse": None if rater not in lapse else lapse[rater].as_dict(),
            }
            for rater, (yes, no) in found.judgements.items()
        ],
    }
