"""The sections of a report on what areas have to do with another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes_misalign.areas.draws import Scope
from bayes_misalign.areas.joint import UNSEEN
from bayes_misalign.errors import StudyError
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import (
    MACHINES,
    PAGE,
    READERS,
    Brief,
    Count,
    Label,
    Mean,
    Number,
    Text,
)

if TYPE_CHECKING:
    from bayes_misalign.areas.posterior import AreasPosterior
    from bayes_misalign.areas.together import Together

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
    found, missing = [], []
    for scope in result.scopes:
        try:
            found.append(result.together(scope.one, scope.other))
        except StudyError as error:
            missing.append(str(error).partition(". Fix")[0])
    agents = Table(
        [
            Text("scope", "agents drawn"),
            Text("agents", "n_eff"),
            Brief("any", "in any area"),
            Brief("apart", "if areas were unrelated"),
        ],
        [[_drawn(x, result), _numbers(x.agents, x.agents_other), x.any, x.apart] for x in found],
        caption="P(conflict in any area), of agents who answered in all of them",
        faces=READERS,
        title="P(conflict in any area)",
    )
    machines = Table(
        [
            Text("population"),
            Text("population_other"),
            Count("agents"),
            Count("agents_other"),
            Mean("any"),
            Brief("apart"),
        ],
        [
            [x.population or "", x.other or "", x.agents, x.agents_other, x.any, x.apart]
            for x in found
        ],
        faces=MACHINES,
        name="together",
    )
    pairs = [(x, p) for x in found for p in x.rows()]
    two = Table(
        [
            Text("scope", "agents drawn"),
            Label("area", "problem area"),
            Label("area_other", "other area"),
            Text("agents", "n_eff"),
            Brief("both", "P(conflict in both)"),
            Mean("correlation"),
            Number("p_positive", "P(correlation > 0)", form=".2f"),
        ],
        [
            [
                _drawn(x, result),
                p.one,
                p.other,
                _numbers(p.agents, p.agents_other),
                p.both,
                p.correlation,
                p.positive,
            ]
            for x, p in pairs
        ],
        caption="Where conflicts go together, over pairs of agents who answered in both areas",
        faces=PAGE,
        most=MOST_PAIRS,
    )
    two_machines = Table(
        [
            Text("population"),
            Text("population_other"),
            Label("area"),
            Label("area_other"),
            Count("agents"),
            Count("agents_other"),
            Brief("both"),
            Mean("correlation"),
            Number("p_positive"),
        ],
        [
            [
                x.population or "",
                x.other or "",
                p.one,
                p.other,
                p.agents,
                p.agents_other,
                p.both,
                p.correlation,
                p.positive,
            ]
            for x, p in pairs
        ],
        faces=MACHINES,
        name="pairs_of_areas",
    )
    words = Paragraph(
        "From the joint answers of the same agents, n_eff of them (answers without weights that "
        "would tell as much), with a Dirichlet process whose base is the "
        f"product of the shares in the areas, worth {UNSEEN:g} answers. Two agents of one "
        "population are different ones. Given the goals of two agents, conflicts in different "
        "areas are independent."
    )
    tables: list[Block] = [agents, machines, two, two_machines]
    blocks = [*tables, words, *(Paragraph(f"{text}.", READERS) for text in missing)]
    summary = {"together": machines, "pairs_of_areas": two_machines}
    title = "Conflict in any area"
    return [Section("together", title, blocks, summary=summary, finding=bool(found))]


def _drawn(found: Together, result: AreasPosterior) -> str:
    """Return whom two agents are drawn from, in words."""
    return result.name_of(Scope(found.population, found.other)) or "all agents"


def _numbers(one: float, other: float | None) -> str:
    shown = [f"{n:,.0f}" for n in (one, other) if n is not None]
    return " and ".join(shown)
