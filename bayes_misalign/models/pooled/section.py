"""What a report says of populations that are partially pooled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bayes_misalign.models.pooled.group_results import GroupResults
from bayes_misalign.models.pooled.results import PooledResults
from bayes_misalign.page.blocks import Block, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import READERS, Brief, Column, Count, Effective, Label, Mean
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import few_of, named
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ROWS = 200
SPREAD = (
    "The spread is the root of the part of all differences between agents that is between "
    "populations: 0 where all populations have the same goal shares, 1 where each has one goal."
)
OWN = (
    "The part of own answers says what the mean shares of a population are made of: its own "
    "answers, and for the rest the mean of all populations."
)


class PooledReport(ModelReport):
    """What a report says of partial pooling."""

    def results(self, result: Posterior) -> PooledResults:
        """Return spread, mean shares, and what each population takes from the others."""
        found: PooledResults = result.results("shares")
        return found

    def sections(self, found: PooledResults, findings: Findings) -> Sequence[Section]:
        """Return how far populations differ, and how far each is drawn towards the mean."""
        del findings
        groups = found.groups
        spread = estimate_text(groups.within if groups else found.spread, named=True)
        about = "the mean shares of their group" if groups else "mean shares of the goals"
        text = f"Populations scatter about {about} with a spread of {spread}."
        means = Table([Label("goal"), Mean("mean share")], list(found.mean_shares.items()), MEANS)
        summary: dict[str, Any] = {"spread": found.spread, "mean_shares": means}
        blocks: list[Block] = [Paragraph(f"{text} {IN_GROUP if groups else SPREAD}", READERS)]
        if groups:
            blocks += _of_groups(groups, summary)
        blocks.append(means)
        if found.own_part:
            columns: list[Column]
            columns = [Label("population"), Effective("answers"), Mean("part of own answers")]
            rows: list[tuple[Any, ...]]
            order = _ordered(found) if groups else list(found.own_part)
            rows = [(s, found.answers[s], found.own_part[s]) for s in order]
            if found.apart:
                columns.append(Brief("P(ma) taken alone"))
                rows = [(*row, found.apart[row[0]]) for row in rows]
            caption = "What each population is made of"
            blocks += [Paragraph(OWN_IN_GROUP if groups else OWN, READERS), Picture("shrinkage")]
            own_parts = Table(columns, rows, caption, most=MOST_ROWS)
            blocks.append(own_parts)
            summary["populations"] = own_parts
        title, place = "How the populations are related", Place.SHARES + 0.1
        return [Section("pooling", title, blocks, place, summary={"pooling": summary})]

    def figures(self, found: PooledResults, findings: Findings) -> Sequence[canvas.Drawn | None]:
        """Return P(ma) of each population taken alone, and partially pooled."""
        if findings.withheld or not found.apart:
            return [None]
        order, groups = _ordered(found), found.groups
        what = "P(ma) of each population, the fewest answers on top"
        common = "all have in common"
        if groups:
            what += " of each group"
            common = "its group has in common. Orange: P(ma) at the mean shares of a group"
        caption = (
            f"{what}. Grey: the population taken alone; blue: partially pooled, posterior mean and "
            f"{findings.interval.short}. The fewer answers, the nearer to what {common}."
        )
        rows = [
            (
                named(name),
                f"{estimate_text(found.apart[name])} alone, "
                f"{estimate_text(findings.misalignment[name])} pooled",
            )
            for name in order
        ]
        if groups:
            rows += [
                (named(group), f"{estimate_text(one)} at the mean shares of the group")
                for group, one in groups.at_mean.items()
            ]
        figure = _draw(found, findings, order)
        return [canvas.Drawn("shrinkage", figure, f"{what}: {canvas.said(rows)}.", caption)]


def _draw(found: PooledResults, findings: Findings, order: Sequence[str]) -> Figure:
    labels: list[str] = []
    rows = _rows(found.groups, order)
    figure = canvas.new_figure(0.9 + 0.3 * len(rows))
    axes = figure.subplots()
    shown = [*found.apart.values(), *findings.misalignment.values()]
    for y, (group, name) in enumerate(rows):
        if name is None and found.groups is not None:
            labels.append(f"{group}:")
            if group in found.groups.at_mean:
                canvas.point(axes, y, found.groups.at_mean[group], canvas.ORANGE)
                shown.append(found.groups.at_mean[group])
        elif name is not None:
            labels.append(f"{name} ({found.answers[name]:,.0f})")
            canvas.point(axes, y - 0.15, found.apart[name], canvas.PALE, 4)
            canvas.point(axes, y + 0.15, findings.misalignment[name])
    canvas.label_rows(axes, labels)
    axes.set_xlim(0, canvas.upper_end(shown))
    axes.set_xlabel("P(ma)")
    return figure


def _ordered(found: PooledResults) -> list[str]:
    """Return the populations, those of the fewest answers first; group by group, if in groups."""
    order = sorted(found.answers, key=found.answers.__getitem__)
    if found.groups is None:
        return order
    return [s for names in found.groups.members.values() for s in order if s in names]


def _rows(groups: GroupResults | None, order: Sequence[str]) -> list[tuple[str, str | None]]:
    """Return what stands on each row of the figure: a population, or None for a group itself."""
    if groups is None:
        return [("", name) for name in order]
    return [
        row
        for group, names in groups.members.items()
        for row in [(group, None), *((group, s) for s in order if s in names)]
    ]


def _of_groups(found: GroupResults, summary: dict[str, Any]) -> list[Block]:
    """Return what is said of groups, and put its numbers into the summary."""
    spread = estimate_text(found.spread, named=True)
    part = estimate_text(found.part, named=True)
    text = (
        f"The groups scatter about mean shares of all with a spread of {spread}. Of the "
        f"differences between populations the part {part} is between groups. {GROUPS}"
    )
    if found.alone:
        text += f" {few_of(found.alone)} {ALONE[len(found.alone) > 1]}"
    parts = Table(
        [Label("part"), Mean("part of all differences")], list(found.parts.items()), PARTS
    )
    columns: list[Column] = [Label("group"), Count("populations")]
    rows: list[tuple[Any, ...]] = [(g, len(names)) for g, names in found.members.items()]
    for heading, of in (("P(ma) at mean shares", found.at_mean), (TOGETHER, found.together)):
        if len(of) == len(rows):
            columns.append(Mean(heading))
            rows = [(*row, of[row[0]]) for row in rows]
    groups = Table(columns, rows, "P(ma) of groups", most=MOST_ROWS)
    shares = Table(
        [Label("group"), Label("goal"), Mean("mean share")],
        [(g, goal, x) for g, own in found.mean_shares.items() for goal, x in own.items()],
        "Mean shares of the goals in each group",
        most=MOST_ROWS,
    )
    summary |= {
        "group_spread": found.spread,
        "part_between_groups": found.part,
        "parts": parts,
        "groups": groups,
    }
    summary["mean_shares_of_groups"] = shares
    return [Paragraph(text, READERS), parts, groups, shares]


TOGETHER = "P(ma) of its populations together"
PARTS = "Where agents differ"
IN_GROUP = "The spread is 0 where all populations of a group have the same goal shares."
GROUPS = (
    "P(ma) at the mean shares of a group is that of two agents from any of very many populations "
    "of it."
)
ALONE = (
    "has one population, whose shares tell the mean of the group by what is known of the others.",
    "have one population each, whose shares tell the mean of the group by what is known of the "
    "others.",
)
OWN_IN_GROUP = (
    "The part of own answers says what the mean shares of a population are made of: its own "
    "answers, and for the rest the mean of its group."
)
MEANS = "Mean shares of the goals over populations"
REPORT = PooledReport()
