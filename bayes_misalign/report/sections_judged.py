"""The section of a report on judgements by named raters."""

from __future__ import annotations

from bayes_misalign.models.judged.results import JudgementResults
from bayes_misalign.page.blocks import Block, Grid, Paragraph, Section
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.number_text import count, interval_text, mean_text
from bayes_misalign.page.safe_text import named, pair_name
from bayes_misalign.report.findings import Findings

MOST_ROWS = 60


def _cells(estimate: Estimate) -> list[str]:
    return [mean_text(estimate), interval_text(estimate)]


def judgements(findings: Findings) -> Section | None:
    """Return who judged what, how raters differ, and what if they were alike."""
    judged = findings.judged
    if judged is None:
        return None
    blocks: list[Block] = []
    for found in judged.sources:
        blocks += _of_source(findings, found)
    if judged.alike is not None:
        blocks += _alike(findings, judged.alike)
    return Section("judgements", "The judgements of conflict", blocks)


def _alike(findings: Findings, alike: Estimates) -> list[Block]:
    rows = []
    for s in findings.populations:
        rows.append([named(s), "as fitted", *_cells(findings.misalignment[s])])
        rows.append([named(s), "raters alike", *_cells(alike[s])])
    text = (
        "Raters alike takes every judgement for that of another rater, who never lapses: each "
        "level is then known by its own yes and no alone. Where few raters judged many pairs this "
        "interval is too narrow."
    )
    columns = ["population", "how", "P(ma)", str(findings.interval)]
    caption = "P(ma) as fitted, beside raters alike"
    return [Paragraph(text), Grid(caption, columns, rows[:MOST_ROWS], labels=2)]


def _of_source(findings: Findings, found: JudgementResults) -> list[Block]:
    source, interval = found.source, str(findings.interval)
    number = len(source.raters)
    who = f"{number} named rater{'s' * (number != 1)}"
    text = (
        f"{count(float(source.judgements.sum()))} yes or no judgements by {who} of "
        f"{len(source.pairs)} pairs of goals ({named(source.origin)})."
    )
    if number == 1:
        text += (
            " How far this rater is from others is not known from one rater; the levels are as "
            "uncertain as raters are believed to differ."
        )
    every = zip(source.pairs, source.yes, source.no, source.raters_of_pair, strict=True)
    rows = [
        [pair_name(pair), count(yes), count(no), count(float(raters))]
        for pair, yes, no, raters in every
    ]
    columns = ["pair of goals", "yes", "no", "raters"]
    blocks: list[Block] = [
        Paragraph(text),
        Grid("Who judged which pair", columns, rows[:MOST_ROWS]),
    ]
    parts, columns = [], ["rater", "yes", "no"]
    explained = []
    if found.severity is not None:
        parts.append(found.severity)
        columns += ["severity", interval]
        explained.append(
            "Severity: how much more conflict a rater sees than the average of those who were "
            "asked, in units of the conflict level."
        )
    if found.lapse is not None:
        parts.append(found.lapse)
        columns += ["lapses", interval]
        explained.append(
            "Lapses: the part of a rater's judgements that are coin flips; of few judgements it is "
            "known by the prior alone."
        )
    if parts:
        rows = [
            [
                named(rater),
                *map(count, found.judgements[rater]),
                *(cell for estimates in parts for cell in _cells(estimates[rater])),
            ]
            for rater in source.raters
        ]
        blocks += [Paragraph(" ".join(explained)), Grid("Raters", columns, rows[:MOST_ROWS])]
    return blocks
