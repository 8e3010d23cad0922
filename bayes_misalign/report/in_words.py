"""The words of a study's world: where they come from, and blocks and figures that use them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bayes_misalign.page.blocks import Block, Bullets, Formulas, Paragraph, Table
from bayes_misalign.page.columns import Column, Text
from bayes_misalign.page.nouns import noun
from bayes_misalign.page.world import World
from bayes_misalign.settings import NO_GOAL

if TYPE_CHECKING:
    from bayes_misalign.report.figures.canvas import Drawn
    from bayes_misalign.study.study import Study

__all__ = ["World", "say_block", "say_figure", "world_of"]


def world_of(study: Study) -> World:
    """Return what a study calls agents and goals, and which texts are its data's own."""
    said, area, goals = study.reporting, study.area, study.goals
    labels = {study.title, study.name, area.name, goals.source, NO_GOAL}
    labels |= {*area.goals, *area.no_goal, *goals.categories, *goals.populations}
    labels |= {*goals.not_answers}
    met = () if study.contact is None else (study.contact,)
    for evidence in (goals, *study.conflict.sources, *met):
        labels.add(str(getattr(evidence, "origin", "")))
        for held in vars(evidence).values():  # raters and the like, whatever a model calls them
            if isinstance(held, tuple) and all(isinstance(label, str) for label in held):
                labels |= set(held)
    agents, of_goals = noun(said.noun, "noun"), noun(said.goal_noun, "goal_noun")
    return World(agents, of_goals, frozenset(labels))


def say_block(block: Block, world: World) -> Block:
    """Return a block in the words of the study; commands and data stay."""
    if world.plain:
        return block
    if isinstance(block, Paragraph):
        return replace(block, text=world.say(block.text))
    if isinstance(block, Bullets):
        return replace(block, items=world.say_all(block.items))
    if isinstance(block, Formulas):
        return replace(block, lines=world.say_all(block.lines))
    return _say_table(block, world) if isinstance(block, Table) else block


def _say_table(table: Table, world: World) -> Table:
    words = [i for i, column in enumerate(table.columns) if type(column) is Text]
    rows: Any = table.rows
    if words:
        rows = [_said_row(row, words, world) for row in table.rows]
    return replace(
        table,
        columns=[_say_column(column, world) for column in table.columns],
        rows=rows,
        caption=world.say(table.caption),
        title=world.say(table.title),
    )


def _said_row(row: Any, words: list[int], world: World) -> list[Any]:
    return [world.say(str(value)) if i in words else value for i, value in enumerate(row)]


def _say_column(column: Column, world: World) -> Column:
    """Return a column with its headings for readers in the words of the study."""
    heading = column.heading if column.heading is not None else column.key
    said: dict[str, Any] = {"short": None if column.short is None else world.say(column.short)}
    apart = getattr(column, "apart", None)
    if apart is not None:
        said["apart"] = tuple(world.say_all(apart))
    if apart is None or column.heading is not None:
        said["heading"] = world.say(heading)
    return replace(column, **said)


def say_figure(drawn: Drawn, world: World) -> Drawn:
    """Return a figure with its axes, legends, caption and words in those of the study."""
    if world.plain:
        return drawn
    figure: Any = drawn.figure
    texts = [text for text in (getattr(figure, "_supxlabel", None),) if text is not None]
    for axes in figure.axes:
        texts += [axes.xaxis.label, axes.yaxis.label]
        texts += axes.get_legend().get_texts() if axes.get_legend() is not None else []
    for legend in figure.legends:
        texts += legend.get_texts()
    for text in texts:
        text.set_text(world.say(text.get_text()))
    return replace(drawn, alt=world.say(drawn.alt), caption=world.say(drawn.caption))
