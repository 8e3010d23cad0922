"""The section of a report on goals that were placed on scales."""

from __future__ import annotations

from bayes_misalign.models.spatial.results import SpatialResults
from bayes_misalign.page.blocks import Block, Grid, Paragraph, Picture, Section
from bayes_misalign.page.number_text import count, interval_text, mean_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words_spatial import length_sentence, placed_sentence

MOST_ROWS = 200


def positions(findings: Findings) -> Section | None:
    """Return where goals are, how far conflict reaches, and which ratings say so."""
    if not findings.spatial:
        return None
    blocks: list[Block] = []
    for found in findings.spatial:
        blocks += _of_source(findings, found)
        if found is findings.spatial[0]:
            blocks.insert(2, Picture("positions"))
    return Section("positions", "The positions of goals", blocks)


def _of_source(findings: Findings, found: SpatialResults) -> list[Block]:
    source, interval = found.source, str(findings.interval)
    blocks: list[Block] = [Paragraph(placed_sentence(found)), Paragraph(length_sentence(found))]
    rows = [
        [
            *(named(dimension), named(goal)),
            *([count(number)] if source.learns_noise else []),
            *(mean_text(e), interval_text(e)),
        ]
        for d, (dimension, estimates) in enumerate(found.positions.items())
        for (goal, e), number in zip(estimates.items(), source.number[:, d], strict=True)
    ]
    counted = ["placements"] if source.learns_noise else []
    columns = ["scale", "goal", *counted, "position", interval]
    caption = f"Positions of goals: {_scales(found)}"
    if len(rows) > MOST_ROWS:
        caption += f" (the first {MOST_ROWS} of {len(rows)}; all are in tables/positions.csv)"
    blocks.append(Grid(caption, columns, rows[:MOST_ROWS], labels=2))
    if found.noise:
        rows = [[named(name), mean_text(e), interval_text(e)] for name, e in found.noise.items()]
        columns = ["scale", "sd of a placement", interval]
        blocks.append(Grid("How much single placements of a goal scatter", columns, rows))
    if source.has_ratings:
        worth = [k / (len(source.levels) - 1) for k in range(len(source.levels))]
        rows = [
            [named(a), named(b), count(float(n.sum())), f"{float(n @ worth) / n.sum():.2f}"]
            for (a, b), n in zip(source.rated_pairs, source.counts, strict=True)
            if n.sum() > 0
        ]
        columns = ["goal", "other goal", "ratings", "their mean, from 0 to 1"]
        caption = "Ratings that the length was learnt from"
        blocks.append(Grid(caption, columns, rows[:MOST_ROWS], labels=2))
    return blocks


def _scales(found: SpatialResults) -> str:
    source = found.source
    weighted = len(set(source.weights.round(12).tolist())) > 1
    return "; ".join(
        f"{named(name)} from {source.ends[d, 0]:g} to {source.ends[d, 1]:g}"
        + (f", weight {source.weights[d]:.3g}" if weighted else "")
        for d, name in enumerate(source.dimensions)
    )
