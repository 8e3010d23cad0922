"""The section of a report on who is aligned with people, and on what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes_misalign.areas.aligned import OVER_ALL, NearestByArea
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import (
    MACHINES,
    PAGE,
    READERS,
    TERMINAL,
    Brief,
    Label,
    Mean,
    Number,
    Text,
)
from bayes_misalign.page.number_text import estimate_text, probability
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.beside_people import MOST_SAID

if TYPE_CHECKING:
    from bayes_misalign.areas.posterior import AreasPosterior

MOST = 6  # populations in the columns of a table
MOST_ROWS = 60
TITLE = "Aligned with whom, and on what"
WORDS = (
    "The excess is P(ma) between two populations, minus the mean of P(ma) within them: zero where "
    "goal shares are the same. Draws of it lie above zero there too, since both are estimated. "
    "P(nearest) is the part of the draws in which it is the smallest."
)


def aligned(result: AreasPosterior) -> list[Section]:
    """Return how near others are to people in each area; none where the study names no people."""
    people = result.study.people
    if not people:
        return []
    others = [name for name in result.populations if name not in people]
    of, among = (list(people), others) if len(people) == 1 else (others, list(people))
    found = [result.nearest(name, among) for name in of]
    blocks: list[Block] = [Paragraph(_said(one), READERS) for one in found[:MOST_SAID]]
    for one in found:
        blocks.append(_wide(one, among))
    long = Table(
        [
            Label("of"),
            Label("area"),
            Label("population"),
            Mean("excess"),
            Number("probability_nearest"),
        ],
        [[one.of, area, *rest] for one in found for area, *rest in one.rows()],
        faces=MACHINES,
        name="aligned",
    )
    blocks += [Paragraph(WORDS), long]
    return [Section("aligned", TITLE, blocks, summary={"aligned": long}, finding=True)]


def _said(found: NearestByArea) -> str:
    name, chance = found.nearest()
    over = found.over[name]
    text = (
        f"Over {len(found.excess)} areas, {named(name)} is nearest to {named(found.of)} with "
        f"probability {_chance(found, chance)}: the mean of its excess is {estimate_text(over)}."
    )
    elsewhere = [area for area in found.excess if found.nearest(area)[0] != name]
    if not elsewhere or len(found.over) == 1:
        return text
    return f"{text} Another one is the nearest in {len(elsewhere)} of them."


def _chance(found: NearestByArea, value: float) -> str:
    known = all(estimate.sd == 0 for *_, estimate, _ in found.rows())
    draws = next(iter(found.over.values())).draws.size
    return f"{value:.3g}" if known else probability(value, draws)


def _wide(found: NearestByArea, among: list[str]) -> Table:
    """Return the excess of each population by area, and which is the nearest."""
    shown = among[:MOST]
    every = {**found.excess, OVER_ALL: found.over}
    rows: list[list[Any]] = []
    for area, by in every.items():
        name, chance = found.nearest(None if area == OVER_ALL else area)
        nearest = f"{named(name)} ({_chance(found, chance)})"
        rows.append([area, nearest, *(by[one] for one in shown)])
    rows = [*rows[: MOST_ROWS - 1], *rows[-1:]] if len(rows) > MOST_ROWS else rows
    what = f"Excess of others and {named(found.of)} by area"
    return Table(
        [
            Label("area", "problem area"),
            *([Text("nearest", "nearest (P)")] if len(among) > 1 else []),
            *(Brief(f"population {i}", named(one)) for i, one in enumerate(shown)),
        ],
        rows if len(among) > 1 else [[area, *rest] for area, _, *rest in rows],
        caption=what,
        faces=PAGE | TERMINAL if len(shown) <= 2 else PAGE,
        title=what,
        width=30,
    )
