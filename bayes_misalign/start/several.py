"""Columns that are about goals of which an agent may hold several, by the models that take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import islice

from bayes_misalign.contract import registry
from bayes_misalign.contract.first_look import FirstGoals, Seen, SeenTable
from bayes_misalign.errors import Problems, StudyError
from bayes_misalign.start.look import LOOKED_AT, Looked
from bayes_misalign.tables.labels import shown

SURE = 2  # a table of such a form is hardly of another one
Found = tuple[str, FirstGoals]  # name of a model, and what a study of it says


def first_goals_of(
    looked: Looked, columns: Iterable[Seen], *, chosen: bool = False
) -> Found | None:
    """Return the model that takes some columns about goals, and what a first study says of them."""
    names = [column.name for column in looked.columns]
    every = [column for column in columns if names.count(column.name) == 1]

    def cells(wanted: Sequence[str]) -> Iterable[tuple[str, ...]]:
        table = looked.opened(wanted, Problems())
        return () if table is None else (tuple(x) for _, x in islice(table, LOOKED_AT))

    found = []
    for name in registry.names_of("goals"):
        told = registry.goals_model(name).first_goals(SeenTable(every, cells, chosen))
        if told is not None:
            found.append((name, told))
    best = max((told.special for _, told in found), default=0)
    first = [one for one in found if one[1].special == best]
    return first[0] if len(first) == 1 else None


def first_of_each(looked: Looked, columns: Iterable[Seen]) -> tuple[str, Found] | None:
    """Return the first column that alone holds all the goals of an agent."""
    for column in columns:
        if (found := first_goals_of(looked, [column])) is not None:
            return column.name, found
    return None


def chosen_goals(looked: Looked, names: Sequence[str]) -> Found:
    """Return what a first study says of columns that are said to be about goals."""
    columns = [column for column in looked.columns if column.name in names]
    found = first_goals_of(looked, columns, chosen=True)
    if found is None:
        raise StudyError(
            f"the columns {shown(names)} hold neither ticks, places nor strengths of two goals or "
            "more. Fix: name a column with one answer of each agent, as in --goal vote; or leave "
            "out columns that are about something else"
        )
    return found


def columns_named(stated: Sequence[str], looked: Looked) -> tuple[str, ...]:
    """Return columns by their names, or by patterns such as "q5_*"."""
    names = [column.name for column in looked.columns if column.name.strip()]
    found: dict[str, None] = {}
    for text in stated:
        fitting = [text] if text in names else [n for n in names if fnmatchcase(n, text)]
        found |= dict.fromkeys(fitting or [text])
    return tuple(found)
