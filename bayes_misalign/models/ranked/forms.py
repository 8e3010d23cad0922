"""The forms that orders come in, each turned into a column of orders where it is not one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.models.ranked.places import as_place
from bayes_misalign.models.ranked.preflib import is_preflib, read_preflib
from bayes_misalign.reading.columns import Column, number_column, population_column
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.labels import show, shown

GOAL = "{goal}"
MARKS = (">", "=", "|", "/", "~", "^", "#")
ROW = "row"


def marks_for(labels: Sequence[str]) -> tuple[str, str]:
    """Return two texts to stand between alternatives, which are in no label."""
    every = (mark * times for times in count(1) for mark in MARKS)
    free = (mark for mark in every if not any(mark in label for label in labels))
    before = next(free)
    return before, next(mark for mark in free if mark not in before and before not in mark)


def in_one_cell(
    declared: Any, lists: AnswerLists, problems: Problems, base: str | Path | None
) -> Any:
    """Return a declaration whose orders stand in one column; None after noting what is wrong."""
    if is_preflib(declared.data):
        found = read_preflib(declared.data, base, problems)
        if found is None:
            return None
        names = [name for order, _ in found for group in order for name in group]
        made = _joined(declared, [order for order, _ in found], [*names, *lists.labels])
        made.data["count"] = [number for _, number in found]
        return replace(made, count="count")
    if declared.rank is not None:
        return _from_long(declared, lists, problems, base)
    return _from_lists(declared, lists)


def _joined(declared: Any, orders: Sequence[Any], labels: Sequence[str]) -> Any:
    before, tied = marks_for(labels)
    cells = [before.join(tied.join(group) for group in order) for order in orders]
    return replace(declared, data={"order": cells}, order="order", before=before, tied=tied)


def _from_lists(declared: Any, lists: AnswerLists) -> Any:
    """Return a declaration in which lists in cells of a frame are texts."""
    data, name = declared.data, declared.order
    if isinstance(data, str | Path | list | tuple):
        return declared
    if isinstance(data, Mapping):
        columns = {str(key): values for key, values in data.items()}
        cells = columns.get(name)
        if cells is None or isinstance(cells, str | bytes | Mapping):
            return declared
    else:
        import narwhals as nw

        frame: Any = nw.from_native(data, pass_through=True)
        if not isinstance(frame, nw.DataFrame) or name not in frame.columns:
            return declared
        cells = frame.get_column(name).to_list()
        if not any(map(_is_list, cells)):
            return declared
        columns = {str(c): frame.get_column(c).to_list() for c in frame.columns}
    cells = list(cells)
    if not any(map(_is_list, cells)):
        return declared
    grouped = [
        [list(map(cell_text, x)) if _is_list(x) else [cell_text(x)] for x in cell]
        if _is_list(cell)
        else cell
        for cell in cells
    ]
    named = [x for cell in grouped if isinstance(cell, list) for group in cell for x in group]
    before, tied = marks_for([*named, *lists.labels])
    texts = [
        before.join(map(tied.join, cell)) if isinstance(cell, list) else cell for cell in grouped
    ]
    return replace(declared, data={**columns, name: texts}, before=before, tied=tied)


def _is_list(cell: Any) -> bool:
    return isinstance(cell, list | tuple) or (isinstance(cell, np.ndarray) and cell.ndim == 1)


def _from_long(
    declared: Any, lists: AnswerLists, problems: Problems, base: str | Path | None
) -> Any:
    """Return a declaration with one order of each agent, whose places stand in rows."""
    before = len(problems)
    roles = declared.roles("agent", "alternative", "rank", "population", "weight")
    columns = [
        Column("agent", what="agent's id", needed=True, valid="an id of the agent in every row"),
        Column("alternative", needed=True, valid="an alternative in every row"),
        Column("rank"),
        population_column(),
        number_column("weight"),
    ]
    table = declared.open(roles, problems, base, "places", columns=columns)
    if table is None:
        return None
    found = DistinctRows(table, roles, columns, problems)
    if not found.read() or len(problems) > before:
        return None
    places = found.meanings("rank", as_place)
    if len(problems) > before:
        return None
    people: dict[tuple[str, str], dict[str, int]] = {}
    weights: dict[tuple[str, str], float] = {}
    weighted = "weight" in roles
    each = found.sum("weight_sum") / found.sum("rows") if weighted else np.ones(len(found))
    several = found.sum("rows").tolist()
    cells = zip(
        zip(found.cells("population"), found.cells("agent"), strict=True),
        found.cells("alternative"),
        places,
        each.tolist(),
        several,
        found.first,
        strict=True,
    )
    for who, name, place, weight, rows, at in cells:
        own = people.setdefault(who, {})
        if rows > 1 or name in own:
            problems.add(
                f"agent {show(who[1])} places {show(name)} twice",
                where=found.where("alternative", at),
                several="{n} times an agent places an alternative twice",
                valid="each alternative once for each agent",
                fix="keep one of these rows",
            )
        own[name] = place or 0
        if not np.isclose(weights.setdefault(who, weight), weight):
            problems.add(
                f"the weights of agent {show(who[1])} differ",
                where=found.where("weight", at),
                several="{n} rows have another weight than the first of their agent",
                valid="one weight for each agent, the same in all of its rows",
            )
    if len(problems) > before:
        return None
    orders = [list(_grouped(own)) for own in people.values()]
    labels = [name for own in people.values() for name in own]
    made = _joined(declared, orders, [*labels, *lists.labels])
    if "population" in roles:
        made.data["population"] = [population for population, _ in people]
    if weighted:
        made.data["weight"] = list(weights.values())
    return replace(
        made,
        agent=None,
        alternative=None,
        rank=None,
        where=None,
        missing=(),
        population="population" if "population" in roles else None,
        weight="weight" if weighted else None,
    )


def _grouped(places: Mapping[str, int]) -> Iterator[list[str]]:
    """Yield the alternatives of each place, the first place first."""
    for place in sorted(set(places.values()) - {0}):
        yield [name for name, at in places.items() if at == place]


def settle_columns(
    declared: Any, header: Sequence[str], lists: AnswerLists, problems: Problems
) -> dict[str, str]:
    """Return what alternative each column is about, or note what is wrong with how it is stated."""
    stated, goals = declared.columns, lists.area.goals
    if isinstance(stated, str) and stated.count(GOAL) == 1:
        named = {stated.replace(GOAL, label): label for label in goals}
        for name, label in named.items():
            if name not in header:
                problems.add(
                    f"there is no column {show(name)} for the alternative {show(label)}",
                    where="columns",
                    valid=shown(header),
                    hint=did_you_mean(name, header),
                    fix='name each column, as in `columns = { "q1_car" = "car" }`',
                )
        return named
    if not isinstance(stated, Mapping) or not stated:
        problems.add(
            f"columns is {stated!r}",
            where="columns",
            valid='the alternative of each column, as in `columns = { "q1_car" = "car" }`, or a '
            'pattern of their names, as in `columns = "q1_{goal}"`',
        )
        return {}
    found = {str(name): lists.label(str(label)) for name, label in stated.items()}
    for name, label in found.items():
        if label not in goals and label not in declared.left_out:
            problems.add(
                f"the column {show(name)} is about {show(label)}, which is no goal",
                where="columns",
                valid=shown(goals),
                hint=did_you_mean(label, goals),
                fix="add it to `goals`, or to `left_out`",
            )
    for goal in goals:
        if (times := list(found.values()).count(goal)) != 1:
            problems.add(
                f"{'no column is' if not times else f'{times} columns are'} about the goal "
                f"{show(goal)}",
                where="columns",
                valid="one column for every goal",
                fix="name one column for it, or leave the goal out of the problem area",
            )
    return {name: label for name, label in found.items() if label in goals}


def settle_pairs(stated: Any, goals: Sequence[str], problems: Problems) -> tuple[Pair, ...]:
    """Return the pairs of alternatives that count; none where all do."""
    if stated is None:
        return ()
    example = 'pairs of goals, as in `pairs = [["a", "b"], ["a", "c"]]`'
    if not isinstance(stated, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in stated
    ):
        problems.add(f"pairs is {stated!r}", where="pairs", valid=example)
        return ()
    if not stated:
        problems.add("pairs is empty", where="pairs", valid=f"{example}; all without it")
    found: dict[frozenset[str], Pair] = {}
    for one, other in stated:
        for label in (one, other):
            if label not in goals:
                problems.add(
                    f"a pair names {show(str(label))}, which is no goal",
                    where="pairs",
                    valid=shown(goals),
                    hint=did_you_mean(str(label), goals),
                )
        if one == other or frozenset((one, other)) in found:
            what = "names one goal twice" if one == other else "is there twice"
            problems.add(
                f"the pair {show(str(one))} and {show(str(other))} {what}",
                where="pairs",
                valid="each pair of two goals once",
                fix="leave it out",
            )
        found[frozenset((one, other))] = (str(one), str(other))
    return tuple(found.values())
