"""What a report says of goals that were placed on scales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayes_misalign.models.spatial import figures as spatial_figures
from bayes_misalign.models.spatial.results import SpatialResults, spatial_results
from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    CSV,
    JSON,
    PAGE,
    READERS,
    Count,
    Label,
    Mean,
    Number,
    Pair,
    Text,
)
from bayes_misalign.page.number_text import count, estimate_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

MOST_ROWS = 200
FORMS = {
    "gaussian": "1 - exp(-(d/l)^2)",
    "exponential": "1 - exp(-d/l)",
    "linear": "min(1, d/l)",
}


class SpatialReport(ModelReport):
    """What a report says of positions."""

    def results(self, result: Posterior) -> tuple[SpatialResults, ...] | None:
        """Return what each source of positions says; None where no goal was placed."""
        return spatial_results(result) or None

    def sections(self, found: tuple[SpatialResults, ...], findings: Findings) -> Sequence[Section]:
        """Return where goals are, how far conflict reaches, and which ratings say so."""
        blocks: list[Block] = []
        for one in found:
            blocks += _sentences(one)
            blocks += [Picture("positions")] if one is found[0] else []
            blocks += _tables(one)
        summary = {"positions": [_summary(one) for one in found]}
        title, place = "The positions of goals", Place.CONFLICT_MODELS + 0.3
        return [Section("positions", title, blocks, place, summary=summary)]

    def figures(
        self, found: tuple[SpatialResults, ...], findings: Findings
    ) -> Sequence[Drawn | None]:
        """Return the positions of the first source."""
        return [None if findings.withheld else spatial_figures.draw(found[0], findings.interval)]


def _sentences(found: SpatialResults) -> list[Block]:
    return [
        Paragraph(placed_sentence(found), READERS),
        Paragraph(length_sentence(found), READERS, apart=False),
    ]


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
            f"{how}. No pair was rated, so this is the prior of the length, and P(ma) rests on it. "
            "Ratings of a few pairs would put data in its place."
        )
    pairs = len(source.rated)
    return (
        f"{how}, learnt from {count(float(source.counts.sum()))} ratings of {pairs} "
        f"pair{'s' * (pairs > 1)} ({named(source.rated_in)})."
    )


def _tables(found: SpatialResults) -> list[Block]:
    source = found.source
    rows = [
        (dimension, goal, number, estimate)
        for d, (dimension, estimates) in enumerate(found.positions.items())
        for (goal, estimate), number in zip(estimates.items(), source.number[:, d], strict=True)
    ]
    counted = PAGE if source.learns_noise else JSON
    columns = [Label("scale"), Label("goal"), Count("placements", faces=counted), Mean("position")]
    caption = f"Positions of goals: {_scales(found)}"
    if len(rows) > MOST_ROWS:
        caption += f" (the first {MOST_ROWS} of {len(rows)}; all are in tables/positions.csv)"
    blocks: list[Block] = [Table(columns, rows, caption, most=MOST_ROWS), _by_quantity(found)]
    if found.noise:
        columns = [Label("scale"), Mean("sd of a placement")]
        caption = "How much single placements of a goal scatter"
        blocks.append(Table(columns, list(found.noise.items()), caption))
    if source.has_ratings:
        worth = [k / (len(source.levels) - 1) for k in range(len(source.levels))]
        given = zip(source.rated_pairs, source.counts, strict=True)
        means = [
            (pair, float(n.sum()), float(n @ worth) / n.sum()) for pair, n in given if n.sum() > 0
        ]
        columns = [Pair("goals"), Count("ratings")]
        columns.append(Number("their mean, from 0 to 1", form=".2f"))
        caption = "Ratings that the length was learnt from"
        blocks.append(Table(columns, means, caption, most=MOST_ROWS))
    return blocks


def _by_quantity(found: SpatialResults) -> Table:
    """Return every number as a row of quantity, dimension and goal."""
    rows = [
        ("position", dimension, goal, estimate)
        for dimension, positions in found.positions.items()
        for goal, estimate in positions.items()
    ]
    rows += [("sd of a placement", dimension, "", e) for dimension, e in found.noise.items()]
    if found.length is not None:
        rows.append(("length", "", "", found.length))
    if found.precision is not None:
        rows.append(("precision of ratings", "", "", found.precision))
    columns = [Label("source"), Text("quantity"), Label("dimension"), Label("goal"), Mean("number")]
    every = [(found.source.origin, *row) for row in rows]
    return Table(columns, every, faces=CSV, name="positions")


def _scales(found: SpatialResults) -> str:
    source = found.source
    weighted = len(set(source.weights.round(12).tolist())) > 1
    return "; ".join(
        f"{named(name)} from {source.ends[d, 0]:g} to {source.ends[d, 1]:g}"
        + (f", weight {source.weights[d]:.3g}" if weighted else "")
        for d, name in enumerate(source.dimensions)
    )


def _summary(found: SpatialResults) -> dict[str, Any]:
    source = found.source
    return {
        "origin": source.origin,
        "form": source.form,
        "known_length": source.length,
        "length": found.length,
        "ratings_origin": source.rated_in or None,
        "ratings": [
            {"goals": pair, "ratings": float(counts.sum())}
            for pair, counts in zip(source.rated_pairs, source.counts, strict=True)
        ],
        "precision": found.precision,
        "dimensions": [
            {
                "name": dimension,
                "ends": source.ends[d],
                "weight": source.weights[d],
                "noise": found.noise[dimension] if found.noise else None,
                "positions": positions,
            }
            for d, (dimension, positions) in enumerate(found.positions.items())
        ],
    }


REPORT = SpatialReport()
