"""What the page says of a result below its number, as tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bayes_misalign.page.blocks import Block, Grid, Paragraph, Table
from bayes_misalign.page.columns import Mean, Pair
from bayes_misalign.report.findings import Findings, Group, that_matter
from bayes_misalign.report.sections import sections as every_section
from bayes_misalign.report.words import attribution_sentence, group_name

STEP = 0.1  # of a level, whose effect on P(ma) is shown
MOST_LEVERS = 10
MOST_GROUPS = 3  # tables of levers
Parts = list[tuple[str, Sequence[Block | Grid]]]


def parts_of(findings: Findings) -> Parts:
    """Return P(ma) by population, what moves it most, and where its uncertainty comes from."""
    drivers = next(s for s in every_section(findings) if s.key == "drivers")
    return [
        ("By population", by_population(findings)),
        ("What moves it most", levers(findings)),
        ("Who is opposed by whom", _opposition(drivers.of("page"))),
        ("Where its uncertainty comes from", _uncertainty(findings)),
    ]


def by_population(findings: Findings) -> list[Grid | Block]:
    """Return P(ma) by population with as many columns as a narrow page has room for."""
    section = next(s for s in every_section(findings) if s.key == "misalignment")
    found: list[Grid | Block] = []
    for block in section.of("terminal"):
        if isinstance(block, Table):
            grid = block.grid("terminal")
            short = f"{100 * block.interval.mass:g} % {block.interval.kind}"
            names = [block.interval.short if name == short else name for name in grid.columns]
            found.append(replace(grid, columns=names))
        elif isinstance(block, Paragraph):
            found.append(block)
    return found


def levers(findings: Findings) -> list[Block]:
    """Return the pairs of goals with the largest parts of P(ma), and what their levels move.

    Notes
    -----
    P(ma) = p'Cp is linear in each level c_ij, with slope 2 p_i p_j: a level that is higher by 0.1
    adds 0.2 p_i p_j, whatever the other levels are.
    """
    if findings.withheld:
        return []
    pairs = that_matter(findings)
    groups: list[Group] = list(findings.contributions)[:MOST_GROUPS]
    columns = [
        Pair("goals", "pair of goals"),
        Mean("part of P(ma)"),
        Mean(f"{STEP:g} more conflict adds"),
    ]
    blocks: list[Block] = []
    for group in groups:
        parts, slopes = findings.contributions[group], _slopes(findings, group)
        rows = [(pair, parts[pair], slopes[pair]) for pair in pairs[:MOST_LEVERS]]
        of = "" if findings.nameless else f" of {group_name(group)}"
        cut = "" if len(pairs) <= MOST_LEVERS else f" ({MOST_LEVERS} of {len(pairs):,} pairs)"
        blocks.append(Table(columns, rows, f"P(ma){of}: which pairs move it{cut}"))
    return blocks


def _slopes(findings: Findings, group: Group) -> Mapping[Any, Any]:
    result = findings.result
    shares = result.shares_of(group)
    place = {goal: i for i, goal in enumerate(result.categories)}
    found = {}
    for pair in that_matter(findings)[:MOST_LEVERS]:
        one, other = (place[goal] for goal in pair)
        draws = 2 * STEP * shares[:, one] * shares[:, other]
        found[pair] = result.estimate(f"what {STEP:g} more conflict adds", draws)
    return found


def _opposition(blocks: Sequence[Block]) -> list[Block]:
    return [b for b in blocks if isinstance(b, Table) and b.caption.startswith("Opposition")]


def _uncertainty(findings: Findings) -> list[Block]:
    groups: list[Group] = list(findings.attribution)
    groups = groups[:1] if None in groups[:1] else groups[:MOST_GROUPS]
    return [Paragraph(attribution_sentence(findings, group)) for group in groups]
