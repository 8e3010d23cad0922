"""The sections of a report that say what was found."""

from __future__ import annotations

from collections.abc import Sequence

from bayes_misalign.page.blocks import Block, Grid, Paragraph, Picture, Section
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import (
    NOTHING,
    WITHHELD,
    count,
    effective,
    estimate_text,
    exceeding,
    interval_text,
    mean_text,
    part,
    ratio,
)
from bayes_misalign.page.safe_text import named, pair_name
from bayes_misalign.report.findings import Findings, Group
from bayes_misalign.report.words import (
    attribution_sentence,
    contrast_sentence,
    drivers_sentence,
    group_name,
    largest_pairs,
    parts_sentence,
    source_text,
    union_sentence,
)

MOST_PAIRS = 10
MOST_SENTENCES = 6
SPLIT = (
    "The part due to conflict levels is how far P(ma) would differ with the same goal shares, the "
    "mean over the shares of both populations; the rest is due to goal shares (Kitagawa, 1955). "
    "The parts say how the difference is made up, not what caused it."
)


def interval_columns(findings: Findings, of: str = "P(ma)") -> tuple[str, str]:
    """Return the headings of a mean and its interval."""
    return of, str(findings.interval)


def cells(estimate: Estimate) -> list[str]:
    """Return a mean and its interval as two cells."""
    return [mean_text(estimate), interval_text(estimate)]


def by_population(findings: Findings) -> Section:
    """Return P(ma) of every population, with the size of the evidence behind it."""
    goals, threshold = findings.study.goals, findings.study.reporting.threshold
    columns = ["population", *interval_columns(findings), "normalised"]
    if threshold is not None:
        columns.append(f"probability above {threshold:g}")
    columns += ["n", "n effective", "design effect"]
    rows = []
    for i, (name, estimate) in enumerate(findings.misalignment.items()):
        row = [named(name), *cells(estimate), estimate_text(findings.normalised[name])]
        if threshold is not None:
            row.append(exceeding(estimate, threshold))
        row += [count(goals.n[i]), effective(goals.n_effective[i]), ratio(goals.design_effect[i])]
        rows.append(row)
    if findings.overall is not None:
        row = [group_name(None), *cells(findings.overall), NOTHING]
        row += [exceeding(findings.overall, threshold)] if threshold is not None else []
        n, n_effective = goals.n.sum(), findings.study.union_effective
        deff = n / n_effective if n_effective > 0 else float("nan")
        rows.append([*row, count(n), effective(n_effective), ratio(deff)])
    blocks: list[Block] = [Picture("misalignment"), Grid("P(ma) by population", columns, rows)]
    blocks.append(
        Paragraph(
            f"Normalised: {findings.normalised.title}, the part of the largest P(ma) that any goal "
            "shares would reach with these conflict levels."
        )
    )
    return Section("misalignment", "Misalignment by population", blocks)


def union(findings: Findings) -> Section | None:
    """Return the union: its shares, where they come from, and its P(ma) taken apart."""
    if len(findings.populations) == 1 or findings.by_population:
        return None
    blocks: list[Block] = [Paragraph(union_sentence(findings))]
    if (shares := findings.study.union) is not None:
        if findings.parts is not None:
            blocks.append(Paragraph(parts_sentence(findings)))
        rows = [
            [named(name), f"{share:.3f}"]
            for name, share in zip(findings.populations, shares.shares, strict=True)
        ]
        caption = f"Share of each population in the union, from {named(shares.origin)}"
        blocks.append(Grid(caption, ["population", "share (taken as known)"], rows))
    if findings.mixture is not None:
        blocks.append(Picture("mixture"))
    return Section("union", "The populations together", blocks)


def comparisons(findings: Findings) -> Section | None:
    """Return contrasts of P(ma), and P(ma) between populations."""
    blocks: list[Block] = []
    if findings.contrasts:
        columns = ["first", "second", "difference", str(findings.interval), "probability > 0"]
        columns.append("ratio")
        if findings.by_population:
            columns += ["due to conflict levels", "due to goal shares", "part from conflict"]
        rows = []
        for c in findings.contrasts:
            above = exceeding(c.difference, 0)
            quotient = NOTHING if c.ratio is None else estimate_text(c.ratio)
            row = [named(c.one), named(c.other), *cells(c.difference), above, quotient]
            if c.parts:
                row += [estimate_text(part) for part in c.parts.values()]
                row.append(NOTHING if c.conflict_share is None else estimate_text(c.conflict_share))
            rows.append(row)
        if len(findings.contrasts) <= MOST_SENTENCES:
            blocks += [Paragraph(contrast_sentence(c)) for c in findings.contrasts]
        caption = "P(ma) of the first population minus that of the second"
        blocks.append(Grid(caption, columns, rows, labels=2))
        if findings.by_population:
            blocks.append(Paragraph(SPLIT))
    if findings.between:
        blocks += [
            Paragraph(
                "Between two populations: how likely one agent of each are to hold conflicting "
                "goals."
            ),
            Picture("between"),
            Grid(
                "P(ma) between populations",
                ["one agent from", "one from", *interval_columns(findings, "P(conflict)")],
                [[named(a), named(b), *cells(e)] for (a, b), e in findings.between.items()],
                labels=2,
            ),
        ]
    return Section("comparisons", "Populations compared", blocks) if blocks else None


def goal_shares(findings: Findings) -> Section:
    """Return the share of every goal in every population."""
    rows = [
        [named(population), named(goal), *cells(estimate)]
        for population, estimates in findings.proportions.items()
        for goal, estimate in estimates.items()
    ]
    columns = ["population", "goal", *interval_columns(findings, "share")]
    grid = Grid("Goal shares by population", columns, rows, labels=2)
    return Section("shares", "Goal shares", [Picture("shares"), grid])


def conflict(findings: Findings) -> Section | None:
    """Return the conflict level of every pair of goals, with its source."""
    if not findings.conflict:
        return None
    rows = [
        [
            *([] if group is None else [group_name(group)]),
            *(named(a), named(b), source_text(findings, (a, b))),
            *cells(e),
        ]
        for (a, b), levels in findings.conflict.items()
        for group, e in levels.items()
    ]
    columns = ["goal", "other goal", "source", *interval_columns(findings, "conflict level")]
    columns = ["population", *columns] if findings.by_population else columns
    text = Paragraph(
        "The conflict level of two goals is the probability that an agent who holds one and an "
        "agent who holds the other are in conflict."
        + (" Both are of the same population." if findings.by_population else "")
    )
    labels = 4 if findings.by_population else 3
    grid = Grid("Conflict levels of pairs of goals", columns, rows, labels=labels)
    return Section("conflict", "Conflict between goals", [text, Picture("conflict"), grid])


def drivers(findings: Findings) -> Section | None:
    """Return which pairs of goals make up P(ma), and who is opposed by whom."""
    if not findings.conflict or not findings.contributions:
        return None
    groups = list(findings.contributions)
    blocks: list[Block] = [
        Paragraph(drivers_sentence(findings, group)) for group in groups[:MOST_SENTENCES]
    ]
    blocks.append(Picture("contributions"))
    columns, rows = ["pair of goals", *interval_columns(findings, "part of P(ma)")], []
    several = len(groups) > 1
    for group in groups:
        parts = findings.contributions[group]
        pairs = list(parts) if findings.withheld else largest_pairs(parts)
        for pair in pairs[:MOST_PAIRS]:
            start = [group_name(group)] if several else []
            rows.append([*start, pair_name(pair), *cells(parts[pair])])
    caption = f"Parts of P(ma){_of(groups)}: 2 p_i p_j c_ij" + _cut(findings)
    columns = ["population", *columns] if several else columns
    blocks.append(Grid(caption, columns, rows, labels=2 if several else 1))
    columns = ["holder of", *interval_columns(findings, "P(conflict)")]
    rows = [
        [*([group_name(group)] if several else []), named(goal), *cells(estimate)]
        for group in groups
        for goal, estimate in findings.opposition[group].items()
    ]
    caption = f"Opposition{_of(groups)}: how likely a random agent conflicts with a holder"
    columns = ["population", *columns] if several else columns
    blocks.append(Grid(caption, columns, rows, labels=2 if several else 1))
    return Section("drivers", "Which pairs of goals drive P(ma)", blocks)


def _of(groups: Sequence[Group]) -> str:
    return f" of {group_name(groups[0])}" if len(groups) == 1 else ""


def _cut(findings: Findings) -> str:
    if len(findings.conflict) <= MOST_PAIRS:
        return ""
    if findings.withheld:
        return f" (the first {MOST_PAIRS} pairs of {len(findings.conflict)})"
    return f" (the {MOST_PAIRS} largest of {len(findings.conflict)}; all in tables/)"


def uncertainty(findings: Findings) -> Section:
    """Return where the posterior variance comes from, and so what to measure next."""
    title = "Where the uncertainty comes from, and what to measure next"
    if findings.withheld:
        return Section("uncertainty", title, [Paragraph(f"The attribution is {WITHHELD}.")])
    if not findings.attribution:
        text = "The variance of P(ma) is taken apart for up to 12 populations, or for their union."
        return Section("uncertainty", title, [Paragraph(text)])
    groups = list(findings.attribution)
    sentences = groups[:1] if groups[0] is None else groups[:MOST_SENTENCES]
    blocks: list[Block] = [Paragraph(attribution_sentence(findings, group)) for group in sentences]
    blocks.append(Picture("attribution"))
    draws = findings.draws
    rows = [
        [
            group_name(group),
            part(found.shares, draws),
            part(found.conflict, draws),
            part(found.interaction, draws),
            f"{found.variance**0.5:.2g}",
        ]
        for group, found in findings.attribution.items()
    ]
    columns = ["population", "goal shares", "conflict levels", "both together", "posterior sd"]
    blocks.append(Grid("Parts of the posterior variance of P(ma)", columns, rows))
    return Section("uncertainty", title, blocks)
