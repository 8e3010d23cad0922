"""What the page shows of a result: as a report says it, and what each level of conflict moves."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bayes_misalign.app.levels import Start
from bayes_misalign.app.result import Result
from bayes_misalign.app.work import Work
from bayes_misalign.page.blocks import Block, Paragraph, Table
from bayes_misalign.page.columns import Mean, Pair
from bayes_misalign.page.safe_text import sentence
from bayes_misalign.page.templates import templates_in
from bayes_misalign.report.figures import misalignment
from bayes_misalign.report.figures.canvas import Place, placed, style
from bayes_misalign.report.findings import Findings, Group, that_matter
from bayes_misalign.report.sections import document
from bayes_misalign.report.sections import sections as every_section
from bayes_misalign.report.words import attribution_sentence, group_name

TEMPLATES = Path(__file__).parent / "templates"
STEP = 0.1  # of a level, whose effect on P(ma) is shown
MOST_LEVERS = 10
MOST_GROUPS = 3  # tables of levers
MOST_SLIDERS = 30
LABEL = 60  # characters of a label beside a control


def rendered(template: str, **values: Any) -> str:
    """Return a template with every value in it escaped."""
    return templates_in(TEMPLATES).get_template(template).render(**values)


def label(text: str) -> str:
    """Return a label from the data for a control."""
    return sentence(text, LABEL)


def number_html(result: Result) -> str:
    """Return P(ma) with its interval, or the sentence that stands in its place."""
    return rendered("number.html.j2", report=document(result.findings))


def state_html(result: Result) -> str:
    """Return the state of the fit, and what the result rests on."""
    return rendered("state.html.j2", report=document(result.findings))


def tables_html(result: Result) -> str:
    """Return P(ma) by population, what moves it most, and where its uncertainty comes from."""
    findings = result.findings
    drivers = next(s for s in every_section(findings) if s.key == "drivers")
    parts: list[tuple[str, Sequence[Any]]] = [
        ("By population", _by_population(findings)),
        ("What moves it most", _grids(levers(findings))),
        ("Who is opposed by whom", _grids(_opposition(drivers.of("page")))),
        ("Where its uncertainty comes from", _grids(_uncertainty(findings))),
    ]
    return rendered("tables.html.j2", parts=[part for part in parts if part[1]])


def _grids(blocks: Sequence[Block]) -> list[Any]:
    """Return blocks as a page shows them, tables as texts."""
    return [
        block.grid() if isinstance(block, Table) else block
        for block in blocks
        if isinstance(block, Table | Paragraph)
    ]


def _by_population(findings: Findings) -> list[Any]:
    """Return P(ma) by population with as many columns as a narrow page has room for."""
    section = next(s for s in every_section(findings) if s.key == "misalignment")
    found: list[Any] = []
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


@dataclass(frozen=True)
class Figure:
    """A figure as a page holds it."""

    source: str
    alt: str
    caption: str


def figure_of(result: Result, *, narrow: bool) -> Figure | None:
    """Draw P(ma) by population; None where a report would not draw it."""
    findings = result.findings
    if findings.prior_only:
        return None
    with style(), placed(Place(narrow=narrow)):
        drawn = misalignment.draw(findings)
        svg = drawn.svg
    source = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
    return Figure(source, drawn.alt, drawn.caption)


def figure_html(figure: Figure | None) -> str:
    """Return a figure with what it says in words."""
    return "" if figure is None else rendered("figure.html.j2", figure=figure)


@dataclass(frozen=True)
class Slider:
    """A pair of goals whose level may be moved: where it starts, and where it is now."""

    number: int
    goals: tuple[int, ...]  # their places among the goals of the study
    name: str
    low: float
    high: float
    now: tuple[float, float]
    moved: bool
    without_goal: bool


def with_sliders(starts: Sequence[Start], findings: Findings | None) -> list[int]:
    """Return the pairs of which a page begins with sliders, by number.

    Of many pairs they are those with the largest parts of P(ma), in the order of the goals.
    """
    pairs = [start.pair for start in starts]
    if len(pairs) <= MOST_SLIDERS:
        return list(range(len(pairs)))
    order = pairs if findings is None else that_matter(findings)
    chosen = set(order[:MOST_SLIDERS])
    return [i for i, pair in enumerate(pairs) if pair in chosen]


def sliders_of(work: Work, numbers: Sequence[int]) -> list[Slider]:
    """Return the sliders of pairs as they are now."""
    assert work.base is not None
    place = {goal: i for i, goal in enumerate(work.base.study.conflict.categories)}
    found = []
    for number in numbers:
        start, level = work.starts[number], work.sent.level
        low, high = round(start.low, 4), round(start.high, 4)
        now = (low, high) if level is None or start.without_goal else (level, level)
        now = work.sent.pairs.get(number, now)
        found.append(
            Slider(
                number,
                tuple(place[goal] for goal in start.pair),
                f"{label(start.pair[0])} | {label(start.pair[1])}",
                low,
                high,
                now,
                now != (low, high),
                start.without_goal,
            )
        )
    return found


def levels_html(work: Work) -> str:
    """Return sliders of pairs; those of measured levels rest until somebody asks."""
    assert work.base is not None
    findings = None if work.first is None else work.first.findings
    numbers = with_sliders(work.starts, findings)
    left = len(work.starts) - len(numbers)
    return rendered(
        "levels.html.j2",
        key=work.key,
        sliders=sliders_of(work, numbers),
        left=left,
        names=[label(goal) for goal in work.base.study.conflict.categories] if left else [],
        stated=work.stated,
        own=work.sent.own,
        level=work.sent.level,
        fitted=findings is not None,
    )


def added_html(work: Work) -> str:
    """Return sliders of pairs that somebody asked for, the newest first."""
    findings = None if work.first is None else work.first.findings
    there = set(with_sliders(work.starts, findings))
    numbers = [number for number in work.added if number not in there]
    return rendered("rows.html.j2", sliders=sliders_of(work, numbers) if numbers else [])
