"""The section of a report on what P(ma) would be under another composition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bayes_misalign.inference.levers import (
    LEVEL,
    LOWER,
    MOVE,
    NOT_CAUSES,
    PROBABILITY,
    SHARE,
    SHIFT,
    Lever,
)
from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import CSV, PAGE, Column, Group, Label, Mean, Number, Text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.findings import Group as GroupOf
from bayes_misalign.report.hooks import Place
from bayes_misalign.report.words import of_group

SHOWN = {MOVE: 4, LOWER: 4, SHIFT: 2}  # levers of a group that a page shows, by kind


def what_if(findings: Findings) -> Section:
    """Return how P(ma) would change with each share and each level, the strongest first."""
    title, place = "What if shares or levels were others", Place.DRIVERS + 0.5
    found = findings.levers
    if not found or findings.prior_only:
        return Section("what-if", title, [], place)
    threshold = findings.study.reporting.threshold
    columns: list[Column] = [
        Group("population"),
        Text("what", "what changes"),
        Text("which", faces=PAGE),
        Label("one", faces=CSV),
        Label("other", faces=CSV),
        Number("size", "by", form="g"),
        Mean("change", "change of P(ma)"),
    ]
    asked = threshold is not None and any(x.enough is not None for _, x in _every(findings))
    if asked:
        columns.append(Number("enough", f"enough for P(ma) < {threshold:g}", form=".3g"))

    def row(group: GroupOf, lever: Lever) -> list[Any]:
        start = [group, lever.kind, lever.between, lever.one, lever.other, lever.size]
        return [*start, lever.change, *([lever.enough] if asked else [])]

    every = [row(group, lever) for group, lever in _every(findings)]
    few = [row(g, lever) for g, levers in found.items() for lever in shown(levers)]
    caption = f"Changes{whose(findings)} that lower it most"
    changes = ", or ".join(_changes(findings))
    text = f"If {changes}, P(ma) would change as follows. {NOT_CAUSES}"
    blocks: list[Block] = [Paragraph(text)]
    if asked:
        blocks += [Paragraph(sentence) for sentence in _smallest(findings)]
    blocks += [
        Picture("levers"),
        Table(columns, few, caption, PAGE),
        Table(columns, every, faces=CSV, name="levers"),
    ]
    return Section("what-if", title, blocks, place)


def shown(levers: Any) -> list[Lever]:
    """Return the levers that a page shows: of each kind some that lower P(ma) most."""
    return [
        lever
        for kind, most in SHOWN.items()
        for lever in levers.of_kind(kind)[:most]
        if lever.change.mean < 0
    ]


def whose(findings: Findings) -> str:
    """Return of what changes are, for a caption."""
    one = len(findings.levers) == 1 and not findings.nameless
    return " of P(ma)" + (of_group(next(iter(findings.levers))) if one else "")


def _every(findings: Findings) -> Iterator[tuple[GroupOf, Lever]]:
    return ((group, lever) for group, levers in findings.levers.items() for lever in levers)


def _changes(findings: Findings) -> Iterator[str]:
    """Yield what is changed, in words."""
    kinds = {lever.kind for _, lever in _every(findings)}
    agents = {MOVE: "had another goal", SHIFT: "were of another population"}
    if found := [text for kind, text in agents.items() if kind in kinds]:
        yield f"{100 * SHARE:g} of 100 agents {' or '.join(found)}"
    if LOWER in kinds:
        yield f"two goals conflicted by {LEVEL:g} less"


def _smallest(findings: Findings) -> Iterator[str]:
    """Yield the smallest single changes that bring P(ma) below the threshold of the study."""
    threshold = findings.study.reporting.threshold
    for group, levers in findings.levers.items():
        found = levers.smallest
        aim = f"below {threshold:g} with probability {PROBABILITY:g}"
        whose = "" if findings.nameless else of_group(group)
        if all(lever.enough == 0 for lever in found.values()) and found:
            yield f"P(ma){whose} is {aim} as it is."
            continue
        ways = []
        if MOVE in found:
            x = found[MOVE]
            ways.append(
                f"{100 * (x.enough or 0):.2g} of 100 agents going from {named(x.one)} to "
                f"{named(x.other)}"
            )
        if LOWER in found:
            x = found[LOWER]
            ways.append(
                f"a level between {named(x.one)} and {named(x.other)} smaller by {x.enough:.2g}"
            )
        if SHIFT in found:
            x = found[SHIFT]
            ways.append(
                f"{100 * (x.enough or 0):.2g} of 100 agents being of {named(x.other)} in place of "
                f"{named(x.one)}"
            )
        if ways:
            start = f"The smallest single changes that bring P(ma){whose} {aim}"
            yield f"{start}: {'; or '.join(ways)}."
        else:
            yield f"No single change brings P(ma){whose} {aim}."
