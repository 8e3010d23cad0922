"""The sections of a report on what areas have to do with another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes_misalign.areas.joint import UNSEEN
from bayes_misalign.errors import StudyError
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import (
    EVERY,
    MACHINES,
    PAGE,
    READERS,
    Brief,
    Count,
    Label,
    Mean,
    Number,
)

if TYPE_CHECKING:
    from bayes_misalign.areas.posterior import AreasPosterior

MOST_PAIRS = 25  # of areas on a page


def bedfellows(result: AreasPosterior) -> Section:
    """Return who is opposed in one area and agrees in another."""
    choices = result.study.choices
    how = "more than both do among themselves, in the mean, by" if choices.relative else "above"
    words = (
        "Opposed: an agent of one population conflicts with one of the other with a probability "
        f"{how} {choices.opposed:g}. Agreed: with a probability below {choices.agreed:g}. P(both) "
        "is counted over the draws."
    )
    blocks: list[Block] = []
    found = result.bedfellows()
    goals = result.goal_bedfellows()
    columns = [
        Label("one", "of"),
        Label("other", "and"),
        Label("opposed", "opposed in"),
        Label("agreed", "agreed in"),
        Number("probability", "P(both)", form=".2f"),
        Number("p_opposed", "P(opposed)", form=".2f"),
        Number("p_agreed", "P(agreed)", form=".2f"),
    ]
    summary: dict[str, Any] = {"bedfellows": [], "goal_bedfellows": []}
    for name, every, who in (
        ("bedfellows", found, "Populations"),
        ("goal_bedfellows", goals, "Goals"),
    ):
        if not every:
            continue
        rows = [[getattr(one, c.key) for c in columns] for one in every]
        table = Table(
            columns,
            rows,
            caption=f"{who} that are opposed in one area and agree in another",
            faces=PAGE | MACHINES,
            name=name,
            most=MOST_PAIRS,
        )
        summary[name] = table
        blocks.append(table)
        if len(every) > MOST_PAIRS:
            blocks.append(
                Paragraph(f"The first {MOST_PAIRS} of {len(every):,}; all in tables/{name}.csv.")
            )
    if found or len(result.populations) > 1:
        blocks.append(Paragraph(words))
    if not found and len(result.populations) > 1:
        blocks.insert(0, Paragraph("No two populations are so with a probability above one half."))
    return Section("bedfellows", "Bedfellows", blocks, summary=summary, finding=True)


def together(result: AreasPosterior) -> list[Section]:
    """Return conflict in any area, and where conflicts go together; none without ids."""
    if result.study.answers is None:
        return []
    rows, pairs, missing = [], [], []
    for population in result.populations:
        try:
            found = result.together(population)
        except StudyError as error:
            missing.append(str(error).partition(". Fix")[0])
            continue
        rows.append([population, found.agents, found.any, found.apart])
        pairs += [
            [population, p.one, p.other, p.agents, p.both, p.correlation, p.positive]
            for p in found.rows()
        ]
    one = Table(
        [
            Label("population"),
            Count("agents"),
            Brief("any", "in any area"),
            Brief("apart", "if areas had nothing to do with another"),
        ],
        rows,
        caption="P(conflict in any area), of agents who answered in all of them",
        faces=EVERY,
        name="together",
        title="P(conflict in any area)",
    )
    two = Table(
        [
            Label("population"),
            Label("area"),
            Label("area_other", "other area"),
            Count("agents"),
            Brief("both", "P(conflict in both)"),
            Mean("correlation"),
            Number("p_positive", "P(correlation > 0)", form=".2f"),
        ],
        pairs,
        caption="Where conflicts go together, over pairs of agents who answered in both areas",
        faces=PAGE | MACHINES,
        name="pairs_of_areas",
        most=MOST_PAIRS,
    )
    words = Paragraph(
        "From the joint answers of the same agents, with a Dirichlet process whose base is the "
        f"product of the shares in the areas, worth {UNSEEN:g} answers. Given the goals of two "
        "agents, conflicts in different areas are independent."
    )
    blocks: list[Block] = [one, two, words, *(Paragraph(f"{text}.", READERS) for text in missing)]
    summary = {"together": one, "pairs_of_areas": two}
    title = "Conflict in any area"
    return [Section("together", title, blocks, summary=summary, finding=bool(rows))]
