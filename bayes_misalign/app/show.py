"""What the page shows of a result: as a report says it, and what each level of conflict moves."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bayes_misalign.app.areas import STAY
from bayes_misalign.app.levels import Start
from bayes_misalign.app.result import Result, Shown
from bayes_misalign.app.work import Work
from bayes_misalign.areas.study import AreasStudy
from bayes_misalign.page.blocks import Block, Grid, Paragraph, Table
from bayes_misalign.page.safe_text import sentence
from bayes_misalign.page.templates import templates_in
from bayes_misalign.report.figures.canvas import Place, placed, style
from bayes_misalign.report.findings import Findings, that_matter
from bayes_misalign.study.study import Study

TEMPLATES = Path(__file__).parent / "templates"
MOST_SLIDERS = 30
LABEL = 60  # characters of a label beside a control


def rendered(template: str, **values: Any) -> str:
    """Return a template with every value in it escaped."""
    return templates_in(TEMPLATES).get_template(template).render(**values)


def label(text: str) -> str:
    """Return a label from the data for a control."""
    return sentence(text, LABEL)


def number_html(result: Shown) -> str:
    """Return P(ma) with its interval, or the sentence that stands in its place."""
    return rendered("number.html.j2", report=result.page)


def state_html(result: Shown) -> str:
    """Return the state of the fit, and what the result rests on."""
    return rendered("state.html.j2", report=result.page)


def tables_html(result: Shown) -> str:
    """Return what a result says below its number, as tables."""
    parts = [(title, _grids(blocks)) for title, blocks in result.parts()]
    return rendered("tables.html.j2", parts=[part for part in parts if part[1]])


def _grids(blocks: Sequence[Block | Grid]) -> list[Any]:
    """Return blocks as a page shows them, tables as texts."""
    return [
        block.grid() if isinstance(block, Table) else block
        for block in blocks
        if isinstance(block, Table | Paragraph | Grid)
    ]


@dataclass(frozen=True)
class Figure:
    """A figure as a page holds it."""

    source: str
    alt: str
    caption: str


def figure_of(result: Shown, *, narrow: bool) -> Figure | None:
    """Draw P(ma); None where a report would not draw it."""
    with style(), placed(Place(narrow=narrow)):
        drawn = result.draw()
        if drawn is None:
            return None
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
    assert isinstance(work.base.study, Study)
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


def _first(work: Work) -> Findings | None:
    """Return what was found before any level was moved."""
    return work.first.findings if isinstance(work.first, Result) else None


def levels_html(work: Work) -> str:
    """Return sliders of pairs; those of measured levels rest until somebody asks."""
    assert work.base is not None
    if isinstance(work.base.study, AreasStudy):
        return rendered("stay.html.j2", text=STAY)
    findings = _first(work)
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
    findings = _first(work)
    there = set(with_sliders(work.starts, findings))
    numbers = [number for number in work.added if number not in there]
    return rendered("rows.html.j2", sliders=sliders_of(work, numbers) if numbers else [])
