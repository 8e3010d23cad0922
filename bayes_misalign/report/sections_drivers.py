"""The sections of a report on conflict levels, what drives P(ma), and what is uncertain of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bayes_misalign.inference.pair_estimates import ByPair
from bayes_misalign.page.blocks import Block, LaterRows, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    CSV,
    JSON,
    MACHINES,
    PAGE,
    Column,
    Group,
    Label,
    Mean,
    Number,
    Pair,
    Part,
    Text,
)
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import WITHHELD
from bayes_misalign.report.findings import MOST_IN_SUMMARY, Findings, that_matter
from bayes_misalign.report.findings import Pair as PairOfGoals
from bayes_misalign.report.hooks import Place
from bayes_misalign.report.words import (
    attribution_sentence,
    drivers_sentence,
    of_group,
    source_text,
)

MOST_PAIRS = 10
MOST_LEVELS = 50  # pairs in tables of a page
MOST_SENTENCES = 6


def conflict(findings: Findings) -> Section:
    """Return the conflict level of every pair of goals, with its source."""
    apart = findings.by_population
    columns = [
        *([Label("population")] if apart else []),
        Pair("goals"),
        Text("from", "source", faces=PAGE),
        Mean("level", "conflict level"),
        Label("model", faces=MACHINES),
        Label("source", faces=MACHINES),
    ]

    def rows_of(pairs: Iterable[tuple[PairOfGoals, Mapping[Any, Any]]]) -> Iterator[list[Any]]:
        for pair, levels in pairs:
            source = findings.study.conflict.source_of(*pair)
            for group, level in levels.items():
                start, text = [group] if apart else [], source_text(findings, pair, group)
                yield [*start, pair, text, level, source.model, source.origin]

    def every() -> Iterator[list[Any]]:
        return rows_of(findings.conflict.worked_out())

    caption, k = "Conflict levels of pairs of goals", len(findings.conflict)
    rows = LaterRows(k * len(findings.conflict.by_group), every)
    whole = Table(columns, rows, caption, CSV, "conflict")
    if k > MOST_LEVELS:
        top = [(pair, findings.conflict[pair]) for pair in that_matter(findings)[:MOST_LEVELS]]
        caption += _largest(findings, len(top), k, "conflict")
        shown = list(rows_of(top))
    else:
        shown = list(rows)
    tables: list[Block] = [whole, *_without_zeros(Table(columns, shown, caption))]
    blocks = tables
    if rows:
        text = (
            "The conflict level of two goals is the probability that an agent who holds one and an "
            "agent who holds the other are in conflict."
        )
        text += " Both are of the same population." if apart else ""
        blocks = [Paragraph(text), Picture("conflict"), *tables]
    listed: Any = whole
    if k > MOST_IN_SUMMARY:
        pairs = that_matter(findings)[:MOST_IN_SUMMARY]
        chosen = list(rows_of((pair, findings.conflict[pair]) for pair in pairs))
        listed = replace(whole, rows=chosen)
    summary = {"conflict": listed}
    return Section("conflict", "Conflict between goals", blocks, Place.CONFLICT, summary=summary)


def _without_zeros(table: Table) -> list[Block]:
    """Return a table for a page without rows that are known to be zero, and what was left out."""
    rows = [
        row
        for row in table.rows
        if not any(isinstance(x, Estimate) and not x.withheld and _is_zero(x) for x in row)
    ]
    left = len(table.rows) - len(rows)
    if not rows or not left:
        return [table]
    what = "One row is" if left == 1 else f"{left} rows are"
    return [replace(table, rows=rows), Paragraph(f"{what} known to be zero, and left out.")]


def _is_zero(estimate: Estimate) -> bool:
    """Return whether a number is known to be zero."""
    return estimate.sd == 0 and estimate.mean == 0


def drivers(findings: Findings) -> Section:
    """Return which pairs of goals make up P(ma), and who is opposed by whom."""
    groups = list(findings.contributions)
    several: list[Column] = [Group("population", faces=PAGE | JSON if len(groups) > 1 else JSON)]
    pairs_of = _pairs(findings)

    def every() -> Iterator[tuple[Any, ...]]:
        for group, parts in findings.contributions.items():
            for pair, part in parts.items():
                yield group, pair, part

    machine = Table(
        [Group("population"), Pair("goals"), Mean("contribution")],
        LaterRows(len(groups) * pairs_of, every),
        faces=CSV,
        name="contributions",
    )
    listed = machine
    if pairs_of > MOST_IN_SUMMARY:
        some = [
            (group, pair, parts[pair])
            for group, parts in findings.contributions.items()
            for pair in _first(findings, parts, MOST_IN_SUMMARY)
        ]
        listed = replace(machine, rows=some)
    caption = f"Opposition{_of(groups)}: how likely a random agent is to conflict with a holder"
    opposition = Table(
        [*several, Label("goal", "holder of"), Mean("opposition", "P(conflict)")],
        [(g, goal, e) for g, found in findings.opposition.items() for goal, e in found.items()],
        caption,
    )
    blocks: list[Block] = [machine]
    if findings.conflict and groups:
        rows: list[Any] = []
        most = MOST_LEVELS if pairs_of > MOST_LEVELS else MOST_PAIRS
        for group, parts in findings.contributions.items():
            pairs = _first(findings, parts, most)
            rows += [(group, pair, parts[pair]) for pair in pairs]
        columns = [*several, Pair("goals", "pair of goals"), Mean("part of P(ma)")]
        caption = f"Parts of P(ma){_of(groups)}: 2 p_i p_j c_ij" + _cut(findings, most)
        blocks += [Paragraph(drivers_sentence(findings, g)) for g in groups[:MOST_SENTENCES]]
        blocks.append(Picture("contributions"))
        blocks += [*_without_zeros(Table(columns, rows, caption)), *_without_zeros(opposition)]
    summary = {"contributions": listed, "opposition": opposition}
    title = "Which pairs of goals drive P(ma)"
    return Section("drivers", title, blocks, Place.DRIVERS, summary=summary)


def _pairs(findings: Findings) -> int:
    """Return how many pairs make up P(ma), which need not be pairs of goals."""
    return max((len(parts) for parts in findings.contributions.values()), default=0)


def _of(groups: Sequence[str | None]) -> str:
    return of_group(groups[0]) if len(groups) == 1 else ""


def _first(findings: Findings, parts: ByPair, most: int) -> list[PairOfGoals]:
    """Return the pairs with the largest parts of P(ma), the first ones where these are withheld."""
    return list(parts.pairs[:most]) if findings.withheld else parts.largest(most)


def _cut(findings: Findings, most: int) -> str:
    if (pairs := _pairs(findings)) <= most:
        return ""
    if findings.withheld:
        return f" (the first {most} pairs of {pairs})"
    if most == MOST_PAIRS:
        return f" (the {most} largest of {pairs}; all in tables/)"
    return f" (the {most} largest of {pairs:,}; all in tables/contributions.csv)"


def _largest(findings: Findings, shown: int, every: int, name: str) -> str:
    which = f"the first {shown} of {every:,}"
    if not findings.withheld:
        which = f"the {shown} pairs of {every:,} with the largest parts of P(ma)"
    return f" ({which}; all in tables/{name}.csv)"


def uncertainty(findings: Findings) -> Section:
    """Return where the posterior variance comes from, and so what to measure next."""
    title = "Where the uncertainty comes from, and what to measure next"
    found, draws = findings.attribution, findings.draws
    groups = list(found)
    blocks: list[Block] = [_parts_of_variance(findings)]
    if findings.withheld:
        blocks.append(Paragraph(f"The attribution is {WITHHELD}."))
    elif not found:
        text = "Sources of the variance are shown for up to 12 populations, or for their union."
        blocks.append(Paragraph(text))
    else:
        sentences = groups[:1] if groups[0] is None else groups[:MOST_SENTENCES]
        blocks += [Paragraph(attribution_sentence(findings, group)) for group in sentences]
        estimated = findings.union_shares is not None
        columns = [
            Group("population"),
            Part("goal shares", draws=draws),
            Part("conflict levels", draws=draws),
            *([Part("shares of the populations", draws=draws)] if estimated else []),
            Part("both together", draws=draws),
            Number("posterior sd", form=".2g"),
        ]
        rows = [
            [
                group,
                a.shares,
                a.conflict,
                *([a.populations] if estimated else []),
                a.interaction,
                a.variance**0.5,
            ]
            for group, a in found.items()
        ]
        caption = "Parts of the posterior variance of P(ma)"
        if not findings.variance_of_one:
            blocks += [Picture("attribution"), Table(columns, rows, caption)]
    by_name = {str(group): a.as_dict() for group, a in found.items() if group is not None}
    overall = found[None].as_dict() if None in found else None
    summary = {"attribution": {"overall": overall, "by_population": by_name} if found else None}
    return Section("uncertainty", title, blocks, Place.UNCERTAINTY, summary=summary)


def _parts_of_variance(findings: Findings) -> Table:
    rows: list[list[Any]] = []
    for group, a in findings.attribution.items():
        rows.append([group, "goal shares", "", "", a.shares])
        rows.append([group, "conflict levels", "", "", a.conflict])
        if findings.union_shares is not None:
            rows.append([group, "shares of the populations", "", "", a.populations])
        rows.append([group, "both together", "", "", a.interaction])
        rows += [
            [group, "conflict level", one, other, a.pairs[f"{one} | {other}"]]
            for one, other in next(iter(findings.contributions.values()), findings.conflict)
            if f"{one} | {other}" in a.pairs
        ]
    columns = [Group("population"), Text("part"), Label("goal"), Label("goal_other")]
    return Table([*columns, Number("part_of_variance")], rows, faces=CSV, name="attribution")
