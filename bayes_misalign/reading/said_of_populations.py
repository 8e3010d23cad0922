"""A column that says one thing of each population, such as the country that a region is in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.reading.columns import Column, population_column
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import quoted

ROLE = "group"
WHERE = "[shares] within"


def said_of_populations(
    declared: Any,
    column: str,
    populations: Sequence[str],
    problems: Problems,
    base: str | Path | None = None,
) -> dict[str, str] | None:
    """Return what a column says of each population, in their order, or note why it cannot be told.

    Parameters
    ----------
    declared : declaration
        Evidence about goals that is read from a table.
    column : str
        Name of a column of that table.
    populations : sequence of str
        The populations of the study; rows of others are left out.
    problems : Problems
        Where to note what is wrong.
    base : path, optional
        Folder that relative file names start from.

    Returns
    -------
    dict of str to str, or None

    Examples
    --------
    >>> from bayes_misalign.models.single_choice.declaration import SingleChoice
    >>> rows = {"vote": ["a", "b"], "region": ["north", "south"], "country": ["x", "x"]}
    >>> answers = SingleChoice(rows, goal="vote", population="region")
    >>> said_of_populations(answers, "country", ["north", "south"], Problems())
    {'north': 'x', 'south': 'x'}
    """
    roles = declared.roles("population") if isinstance(declared, TableDeclared) else {}
    if not roles or declared.data is None:
        problems.add(
            f"within names the column {show(column)}, and no table of goals has a column of "
            "populations beside it",
            where=WHERE,
            valid="a table that says of each population where it is, as in "
            f'`within = {{ {quoted(populations[0])} = "north" }}`',
            fix="name the column of populations, or state such a table",
        )
        return None
    roles[ROLE] = column
    columns = (population_column(), Column(ROLE, "groups", what="group of a population"))
    table = declared.open(roles, problems, base, "responses", columns=columns)
    if table is None:
        return None
    found = DistinctRows(table, roles, columns, problems)
    if not found.read():
        return None
    said: dict[str, list[str]] = {name: [] for name in populations}
    for name, text in zip(found.cells("population"), found.cells(ROLE), strict=True):
        if text not in said.setdefault(name, []):
            said[name].append(text)
    told = {name: said[name] for name in populations}
    names = column, roles["population"]
    return _settled(told, table.source, names, problems)


def _settled(
    said: dict[str, list[str]], source: str, columns: tuple[str, str], problems: Problems
) -> dict[str, str] | None:
    where = f"{source}, column {show(columns[0])}"
    several = {name: texts for name, texts in said.items() if len(texts) > 1}
    silent = [name for name, texts in said.items() if texts in ([], [""])]
    if several:
        name, texts = next(iter(several.items()))
        others = f", and so {_are(len(several) - 1)}" if len(several) > 1 else ""
        problems.add(
            f"the population {show(name)} is in {_groups(texts)}{others}",
            where=where,
            valid="the same group in all rows of a population",
            fix="correct the cells; or, if two populations have one name, state "
            f"`population = [{', '.join(map(quoted, columns))}]`, so that each has its own",
        )
    if silent:
        problems.add(
            f"no row says in which group {shown(silent)} {'is' if len(silent) == 1 else 'are'}",
            where=where,
            valid="a group for each population",
            fix="fill the column, or state a table in place of its name, as in "
            f'`within = {{ {quoted(silent[0])} = "north" }}` with all populations',
        )
    return None if several or silent else {name: texts[0] for name, texts in said.items()}


def _groups(texts: Sequence[str]) -> str:
    named = [text for text in texts if text]
    empty = " in some rows, and in others the cell is empty" if len(named) < len(texts) else ""
    return shown(named) + empty


def _are(number: int) -> str:
    return "is 1 other" if number == 1 else f"are {number:,} others"
