"""What a report says of judgements by named raters: who judged, and what if all were alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bayes_misalign.families.raters.kinds_section import (
    kinds_blocks,
    kinds_figure,
    kinds_table,
)
from bayes_misalign.models.judged.results import (
    JudgementResults,
    alike_misalignment,
    judgement_results,
)
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import CSV, JSON, PAGE, READERS, Count, Label, Mean, Pair, Text
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.compared import MOST_ROWS, SEVERITY, in_a_line, simpler_reading
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

MOST_RATERS = 12  # on a terminal
ALIKE = (
    "Raters alike: what P(ma) would be if each judgement came from a different rater, and nobody "
    "lapsed. Each level then rests on its own yes and no alone. Where few raters judged many "
    "pairs, this interval is too narrow."
)
LAPSES = (
    "Lapses: the part of a rater's judgements that are coin flips. Where a rater judged few pairs, "
    "it comes from the prior alone."
)
ONE_RATER = (
    " How far this rater is from others is not known from one rater; the levels are as uncertain "
    "as raters are believed to differ."
)


@dataclass(frozen=True)
class Judged:
    """What each source of judgements says, and P(ma) if all raters were alike."""

    sources: tuple[JudgementResults, ...]
    alike: Estimates | None


class JudgedReport(ModelReport):
    """What a report says of judgements."""

    def results(self, result: Posterior) -> Judged | None:
        """Return what named raters add to a report; None where no judge is named."""
        sources = judgement_results(result)
        return Judged(sources, alike_misalignment(result)) if sources else None

    def sections(self, found: Judged, findings: Findings) -> Sequence[Section]:
        """Return who judged what, how raters differ, and what if they were alike."""
        blocks = in_a_line("Were all raters alike,", found.alike)
        sources = []
        for one in found.sources:
            of_source, summary = _of_source(one, drawn=not findings.withheld)
            blocks += of_source
            sources.append(summary)
        how = "raters alike"
        first = {named(one.kinds.kinds[0].name) for one in found.sources if one.kinds is not None}
        only = "".join(f" Only judgements by raters of kind {kind} count." for kind in first)
        blocks += simpler_reading(findings, "raters_alike", ALIKE + only, found.alike, how, how)
        summary = {"misalignment_if_raters_were_alike": found.alike, "sources": sources}
        title, place = "The judgements of conflict", Place.CONFLICT_MODELS + 0.1
        return [Section("judgements", title, blocks, place, summary={"judgements": summary})]

    def figures(self, found: Judged, findings: Findings) -> Sequence[Drawn | None]:
        """Return bias and slope of kinds of raters, where there are any."""
        kinds = [one.kinds for one in found.sources if one.kinds is not None]
        return [kinds_figure(kinds, findings)] if kinds else []


def _of_source(found: JudgementResults, *, drawn: bool) -> tuple[list[Block], dict[str, Any]]:
    """Return the blocks of one source, and what the summary says of it."""
    source, number = found.source, len(found.source.raters)
    total = float(source.judgements.sum())
    text = (
        f"{count(total)} yes or no judgements by {number} named rater{'s' * (number != 1)} of "
        f"{len(source.pairs)} pairs of goals ({named(source.origin)})."
    )
    pairs = Table(
        [
            Label("source", faces=CSV),
            Pair("goals", "pair of goals"),
            Count("yes"),
            Count("no"),
            Count("raters"),
        ],
        [
            (source.origin, pair, float(yes), float(no), int(raters))
            for pair, yes, no, raters in zip(
                source.pairs, source.yes, source.no, source.raters_of_pair, strict=True
            )
        ],
        "Who judged which pair",
        PAGE | CSV,
        "judgements",
        most=MOST_ROWS,
    )
    raters = _raters(found)
    kinds = found.kinds
    of_kind = " Here it is the average of raters of the same kind." if kinds else ""
    parts = ((SEVERITY + of_kind, found.severity), (LAPSES, found.lapse))
    explained = [words for words, estimates in parts if estimates is not None]
    blocks: list[Block] = [Paragraph(text + ONE_RATER * (number == 1)), pairs, _by_quantity(found)]
    if kinds is not None:
        blocks += kinds_blocks(kinds, drawn=drawn)
    if explained:
        blocks += [Paragraph(" ".join(explained)), raters]
    return blocks, {
        "origin": source.origin,
        "judgements": total,
        "repeated": source.repeated,
        "pairs": pairs,
        "raters": raters,
        **({} if kinds is None else {"kinds": kinds_table(kinds)}),
    }


def _raters(found: JudgementResults) -> Table:
    """Return how raters differ, a rater a row."""
    parts = severity, lapse = found.severity, found.lapse
    source = found.source
    columns = [
        Label("rater", plain="name"),
        *([Label("rater_kind", "kind", "kind")] if source.kinds else []),
        Count("yes"),
        Count("no"),
        Mean("severity", faces=JSON if severity is None else READERS | JSON),
        Mean("lapse", "lapses", faces=JSON if lapse is None else READERS | JSON),
    ]
    rows = [
        (
            rater,
            *([source.kinds[source.kind_of_rater[place]]] if source.kinds else []),
            *given,
            *(None if part is None or rater not in part else part[rater] for part in parts),
        )
        for place, (rater, given) in enumerate(found.judgements.items())
    ]
    title = "Raters: severity and lapses"
    return Table(
        columns, rows, "Raters", READERS, most=MOST_ROWS, title=title, terminal_most=MOST_RATERS
    )


def _by_quantity(found: JudgementResults) -> Table:
    """Return how raters differ, a quantity a row."""
    rows = [
        (found.source.origin, rater, *found.judgements[rater], what, estimates[rater])
        for what, estimates in (("severity", found.severity), ("lapse", found.lapse))
        if estimates is not None
        for rater in found.source.raters
        if rater in estimates  # one alone is the average of its kind
    ]
    columns = [Label("source"), Label("rater"), Count("yes"), Count("no"), Text("quantity")]
    return Table([*columns, Mean("estimate")], rows, faces=CSV, name="judges")


REPORT = JudgedReport()
