"""The sections of a report that say what was found of populations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    CSV,
    JSON,
    PAGE,
    READERS,
    TERMINAL,
    Above,
    Brief,
    Column,
    Count,
    Effective,
    Group,
    Label,
    Mean,
    Number,
    Pair,
    Shown,
    Text,
)
from bayes_misalign.page.estimate import MOST_DECIMALS, Estimate, Estimates
from bayes_misalign.page.number_text import NOTHING
from bayes_misalign.page.safe_text import named, plain
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.headlines import asked_for
from bayes_misalign.report.hooks import Place
from bayes_misalign.report.words import (
    contrast_sentence,
    parts_sentence,
    union_sentence,
    unobserved_sentence,
)
from bayes_misalign.study.agents_again import in_common, pairs_sentence, uses_pairs
from bayes_misalign.study.union import UnionShares

MOST_SENTENCES = 6
MOST_CONTRASTS = 12  # on a terminal
MOST_SHARES = 24
MOST_POPULATIONS, SHOWN_POPULATIONS = 40, 20  # more than that, and a terminal shows so many
MOST_ROWS = 1000  # of goal shares on a page
UNBIASED = (
    "Unbiased: an estimate without a prior, from all pairs of different agents in the sample. Its "
    "standard error is given where answers are not weighted. It may exceed the largest P(ma) that "
    "is possible."
)
SPLIT = (
    "The part due to conflict levels is how far P(ma) would differ with the same goal shares, the "
    "mean over the shares of both populations; the rest is due to goal shares (Kitagawa, 1955). "
    "The parts say how the difference is made up, not what caused it."
)


def by_population(findings: Findings) -> Section:
    """Return P(ma) of every population, with the size of the evidence behind it."""
    of_goals = findings.goals_headline
    instead = [] if of_goals is None or findings.withheld else list(of_goals.instead)
    columns, rows = _misalignment_columns(findings), _misalignment_rows(findings)
    many = len(findings.populations) > MOST_POPULATIONS
    faces = PAGE | CSV if instead or many else READERS | CSV
    blocks: list[Block] = [
        Picture("misalignment"),
        Table(columns, rows, f"P(ma){findings.each}", faces, "misalignment"),
        *(_few_rows(findings, columns, rows) if many and not instead else []),
        *instead,
        *([Paragraph(said, READERS)] if (said := findings.result.selection) else []),
        *([Paragraph(UNBIASED)] if findings.unbiased else []),
        *([Paragraph(text, READERS)] if (text := unobserved_sentence(findings)) else []),
        Paragraph(
            f"Normalised: {findings.normalised.title}, that is, divided by the largest P(ma) that "
            "any goal shares could reach with these conflict levels."
        ),
    ]
    union, overall = findings.study.union, findings.overall
    if overall is not None and union is not None:
        how = "are estimated" if union.estimated else "are taken as known"
        text = f"Shares in the union come from {plain(union.origin)}, and {how}."
        blocks.append(Paragraph(text, TERMINAL, apart=False))
    asked = asked_for(findings)
    summary: dict[str, Any] = {
        "populations": _populations(findings),
        "overall": None
        if overall is None
        else {"misalignment": overall, **_above(findings, overall)},
    }
    if asked is not None:
        of = findings.study.reporting.headline
        summary["headline"] = {"of": of, "misalignment": asked.estimate}
    title = f"Misalignment{findings.each}"
    return Section("misalignment", title, blocks, Place.MISALIGNMENT, summary=summary, finding=True)


def _few_rows(findings: Findings, columns: list[Column], rows: list[list[Any]]) -> list[Block]:
    """Return what a terminal shows of many populations."""
    names = findings.populations
    means = findings.result.misalignment_draws().mean(axis=0)
    order = range(len(names)) if findings.withheld else np.argsort(-means, kind="stable")
    shown = [rows[i] for i in order[:SHOWN_POPULATIONS]] + rows[len(names) :]
    which = "first" if findings.withheld else "populations with the largest P(ma)"
    text = f"The {SHOWN_POPULATIONS} {which} of {len(names):,}; all are in tables/misalignment.csv."
    return [Table(columns, shown, faces=TERMINAL), Paragraph(text, TERMINAL, apart=False)]


def _misalignment_columns(findings: Findings) -> list[Column]:
    threshold = findings.study.reporting.threshold
    above, shown = "probability_above", JSON if threshold is None else READERS
    long, short = f"probability above {threshold or 0:g}", f"P(> {threshold or 0:g})"
    return [
        Group("population"),
        Mean("misalignment", "P(ma)"),
        *([Shown("unbiased", faces=PAGE)] if findings.unbiased else []),
        Brief("normalised", faces=PAGE),
        Above(above, long, short, faces=shown, level=threshold),
        Count("n"),
        Effective("n_effective", "n effective", "n_eff"),
        Number("design_effect", "design effect", "deff", faces=READERS, form=".2f"),
        Number("design_effect", faces=CSV),
        Number("population_size", faces=CSV),
        Number("prior_mean", faces=CSV),
        Number("threshold", faces=CSV),
        Above(above, faces=CSV, level=threshold),
        Brief("normalised_mean", faces=CSV),
        Number("unbiased", faces=CSV),
        Number("unbiased_se", faces=CSV),
    ]


def _misalignment_rows(findings: Findings) -> list[list[Any]]:
    goals, sizes = findings.study.goals, findings.study.goals.population_size
    threshold, nan = findings.study.reporting.threshold, float("nan")

    def row(
        name: str | None,
        estimate: Estimate,
        normalised: Estimate | None,
        n: list[float],
        rest: list[Any],
    ) -> list[Any]:
        deff = n[0] / n[1] if n[1] > 0 else nan
        alone, error = findings.unbiased.get(name or "", (nan, nan))
        beside = [_unbiased_text(alone, error)] if findings.unbiased else []
        start = [name, estimate, *beside, normalised, estimate, *n, deff, *rest]
        return [*start, threshold, estimate, normalised, alone, error]

    result = findings.result
    rows, numbers = [], np.stack([goals.n, result.n_effective], axis=1)
    design_effect = result.design_effect
    for i, (name, estimate) in enumerate(findings.misalignment.items()):
        size = None if sizes is None else sizes[i]
        rest = [design_effect[i], size, findings.prior[name].mean if findings.prior else None]
        n = list(numbers[i])
        rows.append(row(name, estimate, findings.normalised[name], n, rest))
    if findings.overall is not None:
        before = None if findings.overall_prior is None else findings.overall_prior.mean
        rest = [None, None if sizes is None else sizes.sum(), before]
        n = [goals.n.sum(), result.union_effective]
        rows.append(row(None, findings.overall, None, n, rest))
    return rows


def _unbiased_text(value: float, error: float) -> str:
    """Return an estimate with its standard error, and no more digits than that supports."""
    if not math.isfinite(value):
        return NOTHING
    if not math.isfinite(error):
        return f"{value:.3f}"
    digits = int(np.clip(1 - math.floor(math.log10(error)), 2, MOST_DECIMALS))
    return f"{value:.{digits}f} (se {error:.{digits}f})"


def _above(findings: Findings, estimate: Estimate) -> dict[str, Any]:
    threshold = findings.study.reporting.threshold
    if threshold is None:
        return {}
    value = None if findings.withheld else estimate.probability_above(threshold)
    return {"probability_above": {"threshold": threshold, "probability": value}}


def _populations(findings: Findings) -> list[dict[str, Any]]:
    """Return what the summary says of each population."""
    goals, sizes = findings.study.goals, findings.study.goals.population_size
    n, stated = goals.n, goals.stated
    effective, deff = findings.result.n_effective, findings.result.design_effect
    return [
        {
            "name": name,
            "n": int(n[i]) if float(n[i]).is_integer() else float(n[i]),
            "n_effective": effective[i],
            "design_effect": deff[i],
            "design_effect_stated": bool(stated[i]),
            "unseen": goals.completed[i],
            "population_size": None if sizes is None else int(sizes[i]),
            "not_answers": {label: values[i] for label, values in goals.not_answers.items()},
            "not_asked": goals.not_asked[i],
            "counts": dict(zip(goals.categories, goals.counts[i], strict=True)),
            "unobserved": findings.unobserved.get(name),
            "misalignment": estimate,
            "prior_misalignment": findings.prior[name] if findings.prior else None,
            "normalised_misalignment": {
                **findings.normalised[name].as_dict(),
                "by": findings.normalised.title,
            },
            **_above(findings, estimate),
            "unbiased_estimate": _unbiased(findings, name),
            "proportions": findings.proportions[name],
        }
        for i, (name, estimate) in enumerate(findings.misalignment.items())
    ]


def _unbiased(findings: Findings, name: str) -> dict[str, float] | None:
    if name not in findings.unbiased:
        return None
    return dict(zip(("value", "standard_error"), findings.unbiased[name], strict=True))


def union(findings: Findings) -> Section:
    """Return the union: its shares, where they come from, and its P(ma) taken apart."""
    shares, parts, mixture = findings.study.union, findings.parts, findings.mixture
    blocks: list[Block] = []
    if len(findings.populations) > 1 and not findings.by_population:
        blocks.append(Paragraph(union_sentence(findings)))
        if shares is not None:
            if parts is not None:
                blocks.append(Paragraph(parts_sentence(findings)))
            blocks.append(_union_shares(findings, shares))
        if mixture is not None:
            blocks.append(Picture("mixture"))
    by_name = None
    if shares is not None:
        by_name = dict(zip(findings.populations, shares.shares, strict=True))
    summary = {
        "union": None
        if shares is None
        else {
            "shares": by_name,
            "origin": shares.origin,
            "estimated": findings.union_shares,
        },
        "decomposition": None
        if parts is None
        else dict(zip(("within", "between"), parts.values(), strict=True)),
        "mixture": _mixture(findings),
    }
    return Section("union", "The populations together", blocks, Place.UNION, summary=summary)


def _union_shares(findings: Findings, shares: UnionShares) -> Table:
    caption = f"Share of each population, from {named(shares.origin)}"
    if (drawn := findings.union_shares) is None:
        columns: list[Column] = [Label("population"), Number("share", "share (taken as known)")]
        return Table(columns, list(zip(findings.populations, shares.shares, strict=True)), caption)
    return Table(
        [Label("population"), Mean("share", "share (estimated)")], list(drawn.items()), caption
    )


def _mixture(findings: Findings) -> dict[str, Any] | None:
    mix = findings.study.populations.mix
    if mix is None or findings.mixture is None:
        return None
    points = [
        {"share": share, "misalignment": estimate}
        for share, estimate in zip(*findings.mixture, strict=True)
    ]
    return {"host": mix[0], "guest": mix[1], "points": points}


def comparisons(findings: Findings) -> Section:
    """Return contrasts of P(ma), and P(ma) between populations."""
    few = len(findings.contrasts) <= MOST_SENTENCES
    blocks: list[Block] = [Paragraph(contrast_sentence(c)) for c in findings.contrasts if few]
    if pairs := pairs_sentence(findings.study):
        blocks.append(Paragraph(pairs, READERS))
    blocks += _contrasts(findings)
    between = Table(
        [
            Pair(
                "populations",
                apart=("one agent from", "one from"),
                keys=("population", "population_other"),
            ),
            Mean("misalignment", "P(conflict)"),
        ],
        list(findings.between.items()),
        "P(ma) between populations",
        PAGE | CSV,
        "between",
    )
    if findings.contrasts or findings.changes:
        blocks.append(Picture("change"))
    if findings.changes:
        blocks.append(_changes(findings))
    if (findings.contrasts or findings.changes) and findings.by_population:
        blocks.append(Paragraph(SPLIT))
    if findings.between:
        text = "How likely two agents are to hold conflicting goals, one of each population:"
        blocks += [Paragraph(text), Picture("between")]
    summary: dict[str, Any] = {
        "between": between,
        "contrasts": [c.as_dict() for c in findings.contrasts],
    }
    if pairs:
        used = uses_pairs(findings.study)
        summary["agents_in_common"] = [
            {"populations": list(pair), "agents": round(n), "used": used}
            for pair, n in in_common(findings.study.goals)
        ]
    title = "Populations compared"
    return Section(
        "comparisons", title, [*blocks, between], Place.COMPARISONS, summary=summary, finding=True
    )


def _contrasts(findings: Findings) -> list[Block]:
    """Return contrasts: one a row on a page, a quantity a row elsewhere."""
    wide: list[Column] = [Label("first"), Label("second"), Mean("difference")]
    wide += [Above("probability > 0"), Brief("ratio")]
    if findings.by_population:
        wide += map(Brief, ("due to conflict levels", "due to goal shares", "part from conflict"))
    rows, lines, long = [], [], []
    for c in findings.contrasts:
        parts = [*c.parts.values(), c.conflict_share] if c.parts else []
        rows.append([c.one, c.other, c.difference, c.difference, c.ratio, *parts])
        lines.append([c.one, c.other, c.difference, c.difference])
        lines += [["of it due to", cause, part, part] for cause, part in c.parts.items()]
        found: list[tuple[str, Estimate | None, Estimate | None]] = [
            ("difference", c.difference, c.difference),
            ("ratio", c.ratio, None),
            *((f"difference due to {cause}", part, part) for cause, part in c.parts.items()),
            ("part of the difference due to conflict levels", c.conflict_share, None),
        ]
        long += [[(c.one, c.other), *row] for row in found if row[1] is not None]
    caption = "P(ma) of the first population minus that of the second"
    title = "P(ma) of the first minus that of the second"
    short = [*wide[:3], Above("P(> 0)")]
    pair = Pair("populations", keys=("population", "population_other"))
    csv = [pair, Text("quantity"), Mean("estimate"), Above("probability_above_0")]
    blocks: list[Block] = [Table(wide, rows, caption), Table(csv, long, "", CSV, "contrasts")]
    if len(findings.contrasts) <= MOST_CONTRASTS:
        blocks.append(Table(short, lines, "", TERMINAL, title=title, width=20))
    return blocks


def goal_shares(findings: Findings) -> Section:
    """Return the share of every goal in every population."""
    rows = _flat(findings.proportions)
    few = len(rows) <= MOST_SHARES
    columns = [Label("population"), Label("goal"), Mean("share")]
    faces = READERS | CSV if few else PAGE | CSV
    caption = f"Goal shares{findings.each}"
    if len(rows) > MOST_ROWS:
        caption += f" (the first {MOST_ROWS:,} of {len(rows):,}; all in tables/proportions.csv)"
    table = Table(columns, rows, caption, faces, "proportions", most=MOST_ROWS)
    blocks: list[Block] = [Picture("shares"), table]
    if not few:
        text = "Goal shares: see tables/proportions.csv or `proportions()`."
        blocks.append(Paragraph(text, TERMINAL))
    last = Place.PROVENANCE  # on a terminal
    return Section("shares", "Goal shares", blocks, Place.SHARES, last, finding=few)


def _changes(findings: Findings) -> Table:
    """Return how populations that stand in an order differ from the first of them."""
    first = findings.changes[0].other
    columns = [
        Label("population"),
        Mean("difference"),
        Above("probability > 0"),
        Brief("due to conflict levels"),
        Brief("due to goal shares"),
    ]
    rows = [(c.one, c.difference, c.difference, *c.parts.values()) for c in findings.changes]
    return Table(columns, rows, f"P(ma) of each population minus that of {named(first)}", PAGE)


def _flat(by_population: Any) -> list[tuple[str, str, Estimate]]:
    found: dict[str, Estimates] = dict(by_population)
    return [(name, goal, e) for name, estimates in found.items() for goal, e in estimates.items()]
