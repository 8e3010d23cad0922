"""The section of a report on populations beside people, such as language models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    CSV,
    PAGE,
    READERS,
    TERMINAL,
    Brief,
    Column,
    Label,
    Mean,
    Number,
    Shown,
    Text,
)
from bayes_misalign.page.number_text import NOTHING, WITHHELD, estimate_text, probability
from bayes_misalign.page.safe_text import few_of, named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import Place

if TYPE_CHECKING:
    from bayes_misalign.inference.beside_people import Beside, BesidePeople

TITLE = "Beside people, and among them"
MOST_SAID = 3  # sentences of a page on which population is nearest to which
EXCESS = (
    "The excess is P(ma) between the two, minus the mean of P(ma) within them: zero where goal "
    "shares are the same. Draws of it lie above zero there too, since both are estimated. Its "
    "answers are worth as many people as a simple random sample needs for the same expected "
    "squared error, measured in conflict, however often it is asked."
)
SHARE = (
    "P(ma) of people and the other population together, as the share of the latter grows from 0 to "
    "1. Both are held as they are: people who live with others may come to want other things."
)
COPIES = "All agents of {names} are taken to hold one goal, so that two of them never conflict."
MANY = (
    "Of so many populations it is not worked out here how near each is to people; "
    "`posterior.nearest` and `posterior.mixing` tell it of those that are named."
)


def beside_people(findings: Findings) -> Section:
    """Return how near other populations are to people, and P(ma) along their shares."""
    found, place = findings.beside_people, Place.COMPARISONS + 0.125
    if found is None:
        many = findings.study.populations.of_people and not findings.by_population
        return Section("people", TITLE, [Paragraph(MANY)] if many else [], place)
    level = findings.study.reporting.threshold
    several = len(found.people) > 1
    start: list[Column] = [Label("other", "population"), *_host(several)]
    near: list[Column] = [
        *start,
        Mean("excess"),
        Brief("between", "P(ma) between"),
        *([Shown("nearest", "P(nearest)")] if _compares(found) else []),
        Shown("worth", "people its answers are worth", "worth in people"),
    ]
    along: list[Column] = [
        *start,
        Mean("peak", "share with the largest P(ma)"),
        Brief("height", "largest P(ma)"),
        Shown("inner", "P(share is between 0 and 1)"),
    ]
    if asked := any(row.mixing.threshold is not None for row in found.rows):
        along += [
            Shown("rises", f"rises above {level:g} at"),
            Shown("chance", f"P(rises above {level:g})"),
        ]
    blocks: list[Block] = [Paragraph(text, READERS) for text in sentences(findings, found)]
    blocks += [
        Table(
            near,
            [_near(row, found, several) for row in found.rows],
            "How near other populations are to people",
            PAGE | TERMINAL,
            title="Beside people",
            width=30,
        ),
        Paragraph(_explained(found)),
        Picture("people"),
        Table(
            along,
            [_along(row, several, asked) for row in found.rows],
            "P(ma) as the share of a population among people grows",
            PAGE,
        ),
        Paragraph(" ".join([SHARE, *_copies(findings)])),
        Table(
            [Label("other"), Label("people"), Text("quantity"), Mean("value"), *_PLAIN],
            [line for row in found.rows for line in _lines(row)],
            faces=CSV,
            name="beside_people",
        ),
    ]
    summary = {"beside_people": [_summary(row, findings.withheld) for row in found.rows]}
    return Section("people", TITLE, blocks, place, summary=summary, finding=True)


_PLAIN = tuple(map(Number, ("probability", "sample_median", "sample_lower", "sample_upper")))


def sentences(findings: Findings, found: BesidePeople) -> list[str]:
    """Return which population is nearest to which, in words."""
    if findings.withheld:
        return [f"How near other populations are to people is {WITHHELD}."]
    nearest: dict[str, Beside] = {}
    for row in found.rows:  # the nearest come first
        nearest.setdefault(row.people if len(found.people) == 1 else row.other, row)
    said = []
    for key, row in list(nearest.items())[:MOST_SAID]:
        excess = f"their excess is {estimate_text(row.excess)}"
        if not _compares(found):
            text = f"P(ma) between {named(row.other)} and {named(row.people)} is "
            said.append(f"{text}{estimate_text(row.between)}; {excess}.")
            continue
        near, far = (row.other, key) if len(found.people) == 1 else (row.people, row.other)
        of = f"Of {len(found.others) if len(found.people) == 1 else len(found.people)} populations"
        chance = _chance(row, row.nearest)
        said.append(
            f"{of}{' of people' if len(found.people) > 1 else ''}, {named(near)} is nearest to "
            f"{named(far)}, with probability {chance}; {excess}."
        )
    return said


def _compares(found: BesidePeople) -> bool:
    return len(found.people) > 1 or len(found.others) > 1


def _host(several: bool) -> list[Column]:
    return [Label("people")] if several else []


def _chance(row: Beside, value: float) -> str:
    if row.excess.withheld:
        return WITHHELD
    if row.excess.sd == 0:
        return f"{value:.3g}"
    return probability(value, row.excess.draws.size)


def _start(row: Beside, several: bool) -> list[Any]:
    return [row.other, *([row.people] if several else [])]


def _near(row: Beside, found: BesidePeople, several: bool) -> list[Any]:
    chance = [_chance(row, row.nearest)] if _compares(found) else []
    return [*_start(row, several), row.excess, row.between, *chance, row.sample.text()]


def _along(row: Beside, several: bool, asked: bool) -> list[Any]:
    along = row.mixing
    line = [*_start(row, several), along.peak, along.height, _chance(row, along.inner)]
    if asked:
        rises = NOTHING if along.rises is None else estimate_text(along.rises)
        line += [rises, _chance(row, along.chance_to_rise)]
    return line


def _explained(found: BesidePeople) -> str:
    if found.is_distance:
        return EXCESS
    from bayes_misalign.inference.stand_in import NOT_A_DISTANCE

    return f"{EXCESS} {NOT_A_DISTANCE}"


def _copies(findings: Findings) -> list[str]:
    copies = findings.study.populations.of_copies
    return [COPIES.format(names=few_of([named(name) for name in copies]))] if copies else []


def _lines(row: Beside) -> list[list[Any]]:
    """Return the lines of a table for machines: a quantity each, and probabilities beside it."""
    start, hidden = [row.other, row.people], row.excess.withheld
    none = [None] * 3
    sizes = none if hidden else [row.sample.median, *row.sample.interval]
    quantities = {"excess": row.excess, "P(ma) between": row.between, **row.mixing.quantities()}
    chances = {} if hidden else {"P(nearest)": row.nearest, **row.mixing.probabilities()}
    return [
        *([*start, what, estimate, None, *none] for what, estimate in quantities.items()),
        *([*start, what, None, value, *none] for what, value in chances.items()),
        [*start, "people its answers are worth", None, None, *sizes],
    ]


def _summary(row: Beside, withheld: bool) -> dict[str, Any]:
    along = row.mixing
    # JSON knows no infinity: a number of people without an end is null
    low, high = (None, None) if withheld else row.sample.interval
    sizes = {"median": None if withheld else row.sample.median, "lower": low, "upper": high}
    return {
        "population": row.other,
        "people": row.people,
        "excess": row.excess,
        "between": row.between,
        "probability_nearest": None if withheld else row.nearest,
        "equivalent_sample": {
            name: None if size is None or size == float("inf") else size
            for name, size in sizes.items()
        },
        "one_goal": along.one_goal,
        "peak": along.peak,
        "height": along.height,
        "probability_inner_peak": None if withheld else along.inner,
    }
