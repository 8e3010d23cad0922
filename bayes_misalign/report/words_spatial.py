"""Sentences about goals that were placed on scales."""

from __future__ import annotations

from bayes_misalign.models.spatial.results import SpatialResults
from bayes_misalign.page.number_text import count, estimate_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.spatial import FORMS


def placed_sentence(found: SpatialResults) -> str:
    """Return how many goals were placed on what, and how their errors are known."""
    source = found.source
    several = len(source.dimensions) > 1
    scales = f"{len(source.dimensions)} scales" if several else "one scale"
    text = f"{len(source.goals)} goals were placed on {scales} ({named(source.origin)})"
    if source.is_exact:
        return f"{text}, at positions that are taken as exact."
    if not source.learns_noise:
        return f"{text}, with stated errors."
    by = f" by {source.people} people" if source.people else ""
    number = count(float(source.number.sum()))
    return f"{text}, in {number} placements{by}; their error is learnt from how they scatter."


def length_sentence(found: SpatialResults) -> str:
    """Return how far conflict reaches, and what is known of that."""
    source = found.source
    text = f"Two goals at distance d conflict with the level {FORMS[source.form]}"
    if found.length is None:
        return f"{text}; the length l is taken as known, {source.length:g} of the scale's length."
    length = estimate_text(found.length, named=True)
    how = f"{text}; the length l, as a share of the scale's length, is {length}"
    if not source.has_ratings:
        return (
            f"{how}. No rating of a pair taught it: this is the prior, and P(ma) rests on it. "
            "Ratings of a few pairs would replace it by data."
        )
    pairs = len(source.rated)
    return (
        f"{how}, learnt from {count(float(source.counts.sum()))} ratings of {pairs} "
        f"pair{'s' * (pairs > 1)} ({named(source.rated_in)})."
    )
