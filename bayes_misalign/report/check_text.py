"""What a terminal shows of a study that is not fitted yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.page.blocks import Table
from bayes_misalign.page.safe_text import named, plain, short
from bayes_misalign.report.hooks import report_of
from bayes_misalign.report.in_words import World, say_block, world_of
from bayes_misalign.report.methods import listed_words
from bayes_misalign.report.render_terminal import print_line, rich_table
from bayes_misalign.study.agents_again import (
    design_cautions,
    design_sentence,
    pairs_sentence,
)
from bayes_misalign.study.described import counts_table, prior_name
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    from rich.console import Console


def _said(table: Table, world: World) -> Table:
    said = say_block(table, world)
    return said if isinstance(said, Table) else table


def print_study(study: Study, console: Console) -> None:
    """Print what a study is about and what its evidence is; nothing is fitted."""
    goals, area, world = study.goals, study.area, world_of(study)

    def line(text: str) -> None:
        print_line(console, world.say(text))

    cautions = [one for source in (goals, *study.conflict.sources) for one in source.cautions]
    number = f"{len(cautions)} caution{'s' * (len(cautions) > 1)}"
    state = f"can be fitted, with {number}" if cautions else "is sound"
    line(f"{plain(study.title or area.name)}: the study {state}, nothing was fitted.")
    for caution in cautions:
        line(f"caution: {plain(caution.what)}: {plain(caution.remedy)}")
    line(f"problem area: {plain(area.name)}")
    line(f"goals: {', '.join(named(goal) for goal in listed_words(area.goals, 20))}")
    if area.has_no_goal:
        line(f"no goal: {', '.join(map(named, listed_words(area.no_goal)))}")
    line(f"goal shares: {goals.model}, prior {prior_name(study)}, from {plain(goals.source)}")
    console.print()
    table = counts_table(study)
    console.print(rich_table(_said(table, world)))
    if (left := len(goals.populations) - len(table.rows)) > 0:
        line(f"and {left:,} populations more, with fewer answers")
    console.print()
    lines = report_of(goals.model).study_lines(study)
    for text in lines:
        line(text)
    if lines:
        console.print()
    for source in study.conflict.sources:
        if source.pairs:
            pairs = f"{len(source.pairs)} pair" + ("s" if len(source.pairs) > 1 else "")
            where = len(source.measured_in)
            pairs += f" in each of {where} populations" if where > 1 else ""
            line(f"conflict: {source.model}, {pairs}, {plain(source.origin)}")
    if (met := study.contact) is not None:
        known = met.known and not met.agents
        number = "shares" if known else f"{met.contacts:,.0f} contacts"
        line(f"contact: {number} between {met.between}, {plain(met.origin)}")
    union = "not stated" if study.union is None else plain(study.union.origin)
    if len(goals.populations) > 1:
        line(f"shares in the union: {union}")
    fitting = study.fitting
    line(
        f"fit: {fitting.method}, {fitting.chains} × {fitting.draws} draws, seed {fitting.seed}; "
        f"{study.reporting.interval}"
    )
    if pairs := pairs_sentence(study):
        line(f"pairs: {plain(pairs)}")
    if said := design_sentence(goals):
        line(f"design: {plain(said)}")
    for what, remedy in design_cautions(study):
        line(f"caution: {plain(what)}: {plain(remedy)}")
    for note in (*goals.notes, *study.conflict.notes, *(met.notes if met else ())):
        line(f"note: {short(note, 500)}")
