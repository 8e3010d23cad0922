"""Strengths in a table with a goal of an agent a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted_rows import Alike
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.families.reports.agents import settle_agents
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.endorsement.reading import Agents, Cell, CellReader, Told
from bayes_misalign.models.endorsement.scale import StrengthScale
from bayes_misalign.reading.coded_table import CodedTable
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Column,
    id_column,
    number_column,
    population_column,
)
from bayes_misalign.reading.row_ids import note_repeated
from bayes_misalign.reading.unknown_labels import note_unknown_labels

_ROLES = ("agent", "goal", "strength", "population", "weight")


def read_long(
    declared: Any,
    lists: AnswerLists,
    scale: StrengthScale,
    problems: Problems,
    base: str | Path | None,
) -> Agents | None:
    """Return the agents of a table; None if it cannot be read."""
    roles, area = declared.roles(*_ROLES), lists.area

    def is_goal(text: str) -> bool:
        return lists.is_answer(text) is not None

    def is_strength(text: str) -> bool:
        return not text or text in scale.points or text in area.not_answers

    described = [
        id_column("agent", what="agent's id", valid="an id of the agent in every row"),
        Column("goal", "labels", MOST_UNKNOWN_LABELS, is_goal, coded=lists.codes),
        Column("strength", "strengths", is_known=is_strength, as_code=not scale.points),
        population_column(),
        number_column("weight", needed=False),
    ]
    table = declared.open(roles, problems, base, "strengths", columns=described)
    if table is None:
        return None
    coded = CodedTable(table, roles, described, problems)
    if not coded.read():
        return None
    before, where = len(problems), coded.where("goal")
    unknown = {text: at for text, at in coded.seen("goal").items() if not is_goal(text)}
    note_unknown_labels(
        unknown, where, lists.labels, problems, coded=bool(lists.codes), stands=table.stands
    )
    agent = coded.digests.pop("agent").numbers()
    places = {goal: i for i, goal in enumerate(area.goals)}
    nobody, nothing = len(places), -1

    def place(text: str) -> int:
        label = lists.label(text) if text else ""
        if label in area.not_answers or not label:
            return nothing
        return places.get(label, nobody)

    goal = coded.columns["goal"].translated(place)
    named = np.flatnonzero(goal != nothing)
    note_repeated(
        agent[named] * (nobody + 1) + goal[named],
        coded.rows[named],
        (
            "are about the same goal of the same agent",
            "{n} rows repeat the goal of an agent of a row before",
            "one row for each goal of an agent",
            "keep one row of each",
        ),
        where,
        problems,
        table.row,
    )
    n = len(coded.rows)
    settled = settle_agents(
        coded, agent, np.full(n, UNKNOWN), goal != nothing, declared.populations, (), where
    )
    cells, reader = coded.cells("strength"), CellReader(scale, lists)
    labels = [lists.label(text) if text else "" for text in coded.cells("goal")]
    at_strength = coded.where("strength")
    number = int(agent.max()) + 1 if agent.size else 0
    # a goal of which an agent has a row, though no strength in it
    found: list[list[Cell]] = [[0.0] * len(places) for _ in range(number)]
    first, holds_none, says = [0] * number, [False] * number, [False] * number
    refused: list[str] = [""] * number
    for i in reversed(range(n)):
        who, row = int(agent[i]), table.row(coded.rows[i])
        first[who] = i
        cell = reader.cell(cells[i], at_strength, str(row))
        if goal[i] == nothing:
            refused[who] = labels[i] or refused[who]
        elif goal[i] == nobody:
            holds_none[who] = says[who] = True
        else:
            found[who][goal[i]] = cell
            says[who] = True
    reader.note(problems)
    if settled is None or len(problems) > before:
        return None
    told = []
    for who in range(number):
        row = str(table.row(coded.rows[first[who]]))
        own: list[Cell] = found[who] if says[who] else [refused[who] or None] * len(places)
        told.append(Told(own, row, 1.0, nobody=holds_none[who]))
    names = [settled.populations[s] for s in settled.population]
    weight = np.array(settled.weight, float)
    squares, ones = weight**2, np.ones(number)
    figures = np.array([ones, weight, squares, weight == 0]) if settled.weighted else None
    alike = Alike(
        names,
        np.array([ones, ones, ones, 0 * ones]) if figures is None else figures,
        settled.weighted,
    )
    place_of = coded.where("population") if "population" in roles else table.source
    notes = tuple(table.notes)
    return Agents(told, alike, table.source, at_strength, place_of, notes)
