"""The section of a report on conflict that was rated."""

from __future__ import annotations

from bayes_misalign.models.rated.results import RatingResults
from bayes_misalign.page.blocks import Block, Bullets, Grid, Paragraph, Section
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import count, interval_text, mean_text
from bayes_misalign.page.safe_text import named, pair_name
from bayes_misalign.report.findings import Findings

MOST_ROWS = 60
MOST_PAIRS = 12


def _cells(estimate: Estimate) -> list[str]:
    return [mean_text(estimate), interval_text(estimate)]


def ratings(findings: Findings) -> Section | None:
    """Return who rated, how raters and sides differ, and what raw means would have said."""
    rated = findings.rated
    if rated is None:
        return None
    blocks: list[Block] = []
    for found in rated.sources:
        blocks += _of_source(findings, found)
    if rated.raw is not None:
        columns = ["population", "how", "P(ma)", str(findings.interval)]
        rows = []
        for s in findings.populations:
            rows.append([named(s), "as fitted", *_cells(findings.misalignment[s])])
            rows.append([named(s), "raw means of ratings", *_cells(rated.raw[s])])
        blocks.append(
            Paragraph(
                "Raw means take the mean of the ratings of a pair for its level, as if it were "
                "known, and the mean of the others for pairs that nobody rated. Their interval "
                "knows of the goal shares only."
            )
        )
        caption = "P(ma) as fitted, beside raw means of the ratings"
        blocks.append(Grid(caption, columns, rows[:MOST_ROWS], labels=2))
    return Section("ratings", "The ratings of conflict", blocks)


def _of_source(findings: Findings, found: RatingResults) -> list[Block]:
    source = found.source
    seen = len(source.pairs) - len(source.unrated)
    who = f"{len(source.raters)} raters" if source.raters else "raters who are not named"
    text = (
        f"{count(float(source.counts.sum()))} ratings by {who} of {seen} of {len(source.pairs)} "
        f"pairs of goals ({named(source.origin)}), on {len(source.levels)} levels from "
        f"{named(source.levels[0])} (no conflict) to {named(source.levels[-1])} (full conflict)."
    )
    blocks: list[Block] = [Paragraph(text)]
    if source.unrated:
        blocks.append(
            Paragraph(
                "Never rated, and known only by what their goals bring to the pairs that were:"
            )
        )
        shown = [pair_name(pair) for pair in source.unrated[:MOST_PAIRS]]
        more = len(source.unrated) - len(shown)
        blocks.append(Bullets([*shown, *([f"and {more} more pairs"] if more > 0 else [])]))
    if found.severity is not None:
        blocks.append(
            Paragraph(
                "Severity: how much more conflict a rater sees than the average of those who were "
                "asked, in units of the conflict level."
            )
        )
        rows = [
            [named(rater), count(found.ratings[rater]), *_cells(estimate)]
            for rater, estimate in found.severity.items()
        ]
        columns = ["rater", "ratings", "severity", str(findings.interval)]
        blocks.append(Grid("Raters", columns, rows[:MOST_ROWS]))
    if found.sides:
        several = any(side.population for side in found.sides)
        rows = [
            [
                *([named(side.population)] if several else []),
                named(side.pair[0]),
                named(side.pair[1]),
                *_cells(side.first),
                *_cells(side.second),
                *_cells(side.difference),
            ]
            for side in found.sides
        ]
        interval = str(findings.interval)
        columns = ["first goal", "second goal", "first about second", interval]
        columns += ["second about first", interval, "difference", interval]
        blocks.append(
            Paragraph(
                "Holders of each goal rated the other. The conflict level is the mean of both "
                "sides."
            )
        )
        columns = ["population", *columns] if several else columns
        caption = "How holders of two goals rate each other"
        blocks.append(Grid(caption, columns, rows[:MOST_ROWS], labels=3 if several else 2))
    return blocks
