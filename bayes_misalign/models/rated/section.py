"""What a report says of conflict that was rated: raters, sides, and what raw means would say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bayes_misalign.families.raters.kinds_section import (
    kinds_blocks,
    kinds_figure,
    kinds_table,
)
from bayes_misalign.inference.draw_blocks import draw_goals
from bayes_misalign.models.rated.results import (
    RatingResults,
    Sides,
    rating_results,
    raw_mean_misalignment,
)
from bayes_misalign.page.blocks import Block, Bullets, Paragraph, Section, Table
from bayes_misalign.page.columns import CSV, PAGE, READERS, TERMINAL, Count, Label, Mean, Pair, Text
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import few_of, named, pair_name
from bayes_misalign.report.compared import MOST_ROWS, SEVERITY, in_a_line, simpler_reading
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.study import Study

MOST_PAIRS = 12
MOST_RATERS = 12  # on a terminal
MOST_SIDES = 6
SIDES = "How holders of two goals rate each other"
DRIFT = "sd of the change of a latent level, first to last wave"
RAW = (
    "Raw means: what P(ma) would be if the mean rating of each pair were its level. Pairs that "
    "nobody rated get the mean of the others. The interval covers the uncertainty of the goal "
    "shares only."
)


@dataclass(frozen=True)
class Rated:
    """What each source of ratings says, and P(ma) with raw means of the ratings for levels."""

    sources: tuple[RatingResults, ...]
    raw: Estimates | None


class RatedReport(ModelReport):
    """What a report says of ratings."""

    def results(self, result: Posterior) -> Rated | None:
        """Return what ratings add to a report; None where conflict was not rated."""
        sources, raw = rating_results(result), raw_mean_misalignment(result)
        if not sources:
            return None
        if raw is not None and _exact_shares(result.study):
            # they rest on no chain, whatever the state of the ratings
            free = {n: replace(e, withheld=False, independent=True) for n, e in raw.items()}
            raw = Estimates(raw.title, free)
        return Rated(sources, raw)

    def sections(self, found: Rated, findings: Findings) -> Sequence[Section]:
        """Return who rated, how raters and sides differ, and what raw means would have said."""
        alone = found.raw if len(findings.populations) == 1 else None
        blocks = in_a_line("With raw means of the ratings", alone)
        sources = []
        for one in found.sources:
            of_source, summary = _of_source(one, drawn=not findings.withheld)
            blocks += of_source
            sources.append(summary)
        raw, how = "raw means of the ratings", "raw means of ratings"
        first = {named(one.kinds.kinds[0].name) for one in found.sources if one.kinds is not None}
        text = RAW + "".join(f" Only ratings by raters of kind {kind} count." for kind in first)
        blocks += simpler_reading(findings, "raw_means", text, found.raw, how, raw)
        summary = {"ratings": {"misalignment_of_raw_means": found.raw, "sources": sources}}
        title = "The ratings of conflict"
        return [Section("ratings", title, blocks, Place.CONFLICT_MODELS, summary=summary)]

    def figures(self, found: Rated, findings: Findings) -> Sequence[Drawn | None]:
        """Return bias and slope of kinds of raters, where there are any."""
        kinds = [one.kinds for one in found.sources if one.kinds is not None]
        return [kinds_figure(kinds, findings)] if kinds else []


def _exact_shares(study: Study) -> bool:
    apart = study.fitting.method != "nuts" and not study.conflict.joint
    return apart and draw_goals(study, 1) is not None


def _of_source(found: RatingResults, *, drawn: bool) -> tuple[list[Block], dict[str, Any]]:
    """Return the blocks of one source, and what the summary says of it."""
    source, severity = found.source, found.severity
    total = float(source.counts.sum())
    who = f"{len(source.raters)} raters" if source.raters else "raters who are not named"
    every = len(source.pairs)
    pairs = f"{every - len(source.unrated)} of {every} pairs" if every > 1 else "1 pair"
    blocks: list[Block] = [
        Paragraph(
            f"{count(total)} ratings of {pairs} of goals, by {who} ({named(source.origin)}), on "
            f"{len(source.levels)} levels from {named(source.levels[0])} (no conflict) to "
            f"{named(source.levels[-1])} (full conflict)."
        )
    ]
    kinds = found.kinds
    if kinds is not None:
        blocks += kinds_blocks(kinds, drawn=drawn)
    blocks += _unrated(found)
    blocks += _over_time(found)
    raters = Table(
        [
            Label("source", faces=CSV),
            Label("rater", plain="name"),
            *([] if kinds is None else [Label("rater_kind", "kind", "kind")]),
            Count("ratings"),
            Mean("severity"),
        ],
        [
            (
                source.origin,
                rater,
                *([] if kinds is None else [source.kinds[source.kind_of_rater[place]]]),
                number,
                None if severity is None or rater not in severity else severity[rater],
            )
            for place, (rater, number) in enumerate(found.ratings.items())
        ],
        "Raters",
        READERS | CSV,
        "severity",
        most=MOST_ROWS,
        title="Raters: how much more conflict each sees than the average rater"
        + " of its kind" * (kinds is not None),
        terminal_most=MOST_RATERS,
    )
    sides = _sides(found.sides)
    of_kind = " Here it is the average of raters of the same kind." if kinds else ""
    blocks += [Paragraph(SEVERITY + of_kind), raters] if severity is not None else []
    if found.sides:
        text = "Holders of each goal rated the other. The conflict level is the mean of both sides."
        blocks += [Paragraph(text), sides, *_by_side(found.sides)]
    return blocks, {
        "origin": source.origin,
        "levels": source.levels,
        "values": source.values,
        "ratings": total,
        "never_rated": source.unrated,
        "raters": raters,
        "sides": sides,
        **({} if found.drift is None else {"drift": found.drift}),
        **({} if kinds is None else {"kinds": kinds_table(kinds)}),
    }


def _over_time(found: RatingResults) -> list[Block]:
    """Return how far levels went from the first wave to the last."""
    places = found.source.places
    if found.drift is None or places is None:
        return []
    first, last, series = named(places.waves[0]), named(places.waves[-1]), len(places.series)
    rated = found.source.ratings_in.any(axis=1)
    silent = [x for x, there in zip(found.source.populations, rated, strict=True) if not there]
    text = (
        f"The conflict of each pair in {count(len(places.waves))} waves, {first} to {last}"
        + (f", of {count(series)} series" if series > 1 else "")
        + ", is related by a random walk. The standard deviation of how far a latent level went "
        f"from the first wave to the last, on the logistic scale, is {found.drift.text()}."
    )
    if silent:
        text += f" Nobody rated in {few_of(silent)}: levels there are borrowed from other waves."
    table = Table(
        [Label("source", faces=CSV), Text("quantity"), Mean("estimate")],
        [(found.source.origin, DRIFT, found.drift)],
        faces=CSV,
        name="conflict_over_time",
    )
    return [Paragraph(text), table]


def _unrated(found: RatingResults) -> list[Block]:
    unrated, every = found.source.unrated, len(found.source.pairs)
    if not unrated:
        return []
    were = "was never rated, and borrows" if len(unrated) == 1 else "were never rated, and borrow"
    shown = [pair_name(pair) for pair in unrated[:MOST_PAIRS]]
    more = len(unrated) - len(shown)
    text = "These pairs were never rated. Ratings of other pairs with the same goals tell of them:"
    return [
        Paragraph(f"{len(unrated)} of {every} pairs {were} from the others.", TERMINAL),
        Paragraph(text),
        Bullets([*shown, *([f"and {more} more pairs"] if more > 0 else [])]),
    ]


def _sides(sides: tuple[Sides, ...]) -> Table:
    """Return how holders of two goals rate each other, a pair a row."""
    several = any(side.population for side in sides)
    columns = [
        *([Label("population")] if several else []),
        Pair("goals", apart=("first goal", "second goal")),
        Mean("first_about_second", "first about second"),
        Mean("second_about_first", "second about first"),
        Mean("difference"),
    ]
    rows = [
        [*([s.population] if several else []), s.pair, s.first, s.second, s.difference]
        for s in sides
    ]
    return Table(columns, rows, SIDES, PAGE, most=MOST_ROWS)


def _by_side(sides: tuple[Sides, ...]) -> list[Block]:
    """Return the same, a side a row."""
    rows: list[Any] = []
    for side in sides:
        (one, other), start = side.pair, side.population
        rows.append((start, one, other, "level", side.first))
        rows.append((start, other, one, "level", side.second))
        rows.append((start, one, other, "difference to the other way round", side.difference))
    columns = [
        Label("population", short=""),
        Label("holders_of", short="holders of"),
        Label("about"),
        Text("quantity", faces=CSV),
        Mean("level"),
    ]
    levels = [row for row in rows if row[3] == "level"]
    shown = Table(columns, levels, faces=TERMINAL, title=SIDES, width=20)
    every = Table(columns, rows, faces=CSV, name="sides")
    return [every, shown] if len(sides) <= MOST_SIDES else [every]


REPORT = RatedReport()
