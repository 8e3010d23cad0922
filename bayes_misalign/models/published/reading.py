"""From published tables to percentages by population and label, with their rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.families.answers.inline import InlineTable
from bayes_misalign.families.answers.lists import AnswerLists
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.published.margins import Margin
from bayes_misalign.reading.columns import Column, number_column, population_column
from bayes_misalign.reading.evidence import FloatArray, frozen_array
from bayes_misalign.reading.parse_numbers import (
    NOT_WHOLE,
    POINTS,
    NotANumber,
    has_point_groups,
    noted,
    parse_count,
    parse_number,
    with_point,
)
from bayes_misalign.reading.populations import settle_populations, settle_sizes
from bayes_misalign.reading.survey_notes import label_notes
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.reading.unknown_labels import check_named, note_unknown_label
from bayes_misalign.settings import EVERYONE, NO_GOAL
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown

MOST_DIGITS = 6
ABOUT = "Numbers of agents by answer were worked out from rounded percentages, and are about right."
_PERCENT, _SHARE = (90.0, 110.0), (0.9, 1.1)  # sums of figures of either kind
_LESS = {"*", "-", "–", "—"}  # as pollsters print what rounds to nothing
_VALID = "a percentage from 0 to 100, as in 43.5"
_POINTS = "a number of points above 0, as in 3.1"
_DEFF = "a number above 0, as in 1.4"
_WAVES = 'name the column of the population, as in `population = "wave"`'


@dataclass(eq=False)
class Percentages:
    """What a table says: figures by population and label, their digits, and n."""

    table: Table
    problems: Problems
    figures: dict[str, dict[str, float]] = field(default_factory=dict)
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    digits: dict[str, int] = field(default_factory=dict)
    stated: dict[str, dict[str, float]] = field(default_factory=dict)  # by role and population
    looked_at: set[tuple[str, str, int]] = field(default_factory=set)


def percent_columns(lists: AnswerLists) -> tuple[Column, ...]:
    """Return what the columns of a table of percentages hold."""
    return (
        Column(
            "goal",
            is_known=lambda text: lists.is_answer(text) is not None,
            coded=lists.codes,
        ),
        population_column(),
        *(number_column(role) for role in ("percent", "n", "margin_of_error", "deff")),
    )


def read_percentages(
    table: Table, roles: Mapping[str, str], lists: AnswerLists, problems: Problems
) -> Percentages | None:
    """Return the figures of a table; None if it breaks off."""
    found, before = Percentages(table, problems), len(problems)
    place = {role: number for number, role in enumerate(roles)}
    stated = [role for role in _STATED if role in place]
    unknown, empty = set[str](), set[tuple[str, int]]()
    several = "" if "population" in place or isinstance(table, InlineTable) else _WAVES
    for row, cells in table:
        population = cells[place["population"]].strip() if "population" in place else EVERYONE
        label = lists.label(cells[place["goal"]])
        if not population or not label:
            role = "goal" if population else "population"
            if (at := (role, table.cell(row, roles[role]))) not in empty:
                problems.add(
                    f"the {role} is empty",
                    where=table.where(row, roles[role]),
                    several=f"in {{n}} rows the {role} is empty",
                    valid="a label in every row",
                    fix="" if population else population_column().fix,
                )
            empty.add(at)
            continue
        if not lists.is_answer(cells[place["goal"]]) and label not in lists.area.not_answers:
            if label not in unknown:
                where = table.where(0, roles["goal"])
                at_row = table.stands(1, row)
                note_unknown_label(label, at_row, where, lists.labels, problems)
            unknown.add(label)
            continue
        cell = cells[place["percent"]]
        _take(found, population, label, row, cell, roles["percent"], several)
        for role in stated:
            _take_stated(found, population, role, row, cells[place[role]], roles[role])
    return found if len(problems) == before else None


def _take(
    found: Percentages,
    population: str,
    label: str,
    row: int,
    cell: str,
    column: str,
    fix: str,
) -> None:
    where = found.table.where(row, column)
    figures = found.figures.setdefault(population, {})
    if (first := found.places.setdefault((population, label), row)) != row:
        named = isinstance(found.table, InlineTable)
        before = "under another name" if named else f"in row {first}"
        found.problems.add(
            f"{show(label)} is there twice, before {before}",
            where=where,
            several="{n} percentages are of a label that their population has before",
            value=show(label),
            valid="each label of a population once",
            fix=fix,
        )
        return
    text = cell.strip().removesuffix("%").rstrip()
    if not text:
        return
    try:
        text = with_point(text, found.table.decimal, "percentage")
        number = parse_number(text, "percentage", _VALID)
        if number < 0 or number > 100:
            raise NotANumber(f"the percentage is not from 0 to 100: {show(text)}", _VALID)
    except NotANumber as trouble:
        less = text.startswith("<") or text in _LESS
        fix = "write 0: what is less than half the rounding rounds to it" if less else trouble.fix
        found.problems.add(trouble.what, where=where, valid=trouble.valid, fix=fix)
        return
    figures[label] = number
    digits = len(text.partition(".")[2]) if "e" not in text.lower() else MOST_DIGITS
    found.digits[population] = max(found.digits.get(population, 0), min(digits, MOST_DIGITS))


_ASKED = "a whole number, 1 or more"


def parse_asked(cell: object, name: str) -> float:
    """Return a number of agents behind percentages."""
    try:
        found = parse_count(cell, name)
    except NotANumber as trouble:
        fix = POINTS if has_point_groups(cell) else trouble.fix.removesuffix(NOT_WHOLE)
        raise NotANumber(trouble.what, _ASKED, fix, trouble.value) from None
    if has_point_groups(cell):  # nobody publishes percentages of so few
        raise NotANumber(f"the {name} is {found:g}", _ASKED, POINTS, show(str(cell)))
    return found


def _parse_points(cell: object, name: str) -> float:
    text = str(cell).removeprefix("±").removeprefix("+/-").strip().removesuffix("%").rstrip()
    number = parse_number(text, name, _POINTS)
    if not 0 < number < 100:
        raise NotANumber(f"the {name} is {number:g}", _POINTS)
    return number


def _parse_deff(cell: object, name: str) -> float:
    number = parse_number(cell, name, _DEFF)
    if number <= 0:
        raise NotANumber(f"the {name} is {number:g}", _DEFF)
    return number


_STATED: dict[str, tuple[Callable[[object, str], float], str]] = {
    "n": (parse_asked, "number of agents"),
    "margin_of_error": (_parse_points, "margin of error"),
    "deff": (_parse_deff, "design effect"),
}


def _take_stated(
    found: Percentages, population: str, role: str, row: int, cell: str, column: str
) -> None:
    """Take a figure of a population, which all rows of it say alike."""
    key = (role, population, found.table.cell(row, column))
    if not cell.strip() or key in found.looked_at:
        return
    found.looked_at.add(key)
    (parse, noun), where = _STATED[role], found.table.where(row, column)

    def pointed(text: object, name: str) -> float:
        return parse(with_point(str(text).strip(), found.table.decimal, name), name)

    number = noted(pointed, cell, noun, where, found.problems)
    known = found.stated.setdefault(role, {})
    if number is not None and known.setdefault(population, number) != number:
        found.problems.add(
            f"{role} of {show(population)} is {number:,.10g} here and {known[population]:,.10g} "
            "before",
            where=where,
            valid=f"one {noun} for all percentages of a population",
        )


def to_evidence(
    found: Percentages,
    lists: AnswerLists,
    n: int | Mapping[str, int] | None,
    rounding: float | Mapping[str, float] | None,
    asked_for: Sequence[str] | None,
    size: int | Mapping[str, int] | None,
    margin: Margin,
) -> PublishedShares | None:
    """Return percentages as evidence; None after noting what cannot be."""
    problems, before = found.problems, len(found.problems)
    place = found.table.source
    populations = settle_populations(list(found.figures), asked_for, place, problems)
    if len(problems) > before:
        return None
    shares = _are_shares(found)
    asked = _asked(found, n, populations)
    points = _rounding(found, rounding, populations, shares=shares)
    if len(problems) > before:
        return None
    deff = margin.of_columns(found.stated).settle(populations, asked)
    labels, part_of, names = _labels(found, lists)
    percent = np.full((len(populations), len(labels)), np.nan)
    for s, population in enumerate(populations):
        for label, number in found.figures.get(population, {}).items():
            percent[s, labels.index(names[label])] = number * (100 if shares else 1)
    percent = np.round(percent, 10)
    if len(problems) > before:
        return None
    evidence = PublishedShares(
        lists.area.categories,
        populations,
        labels,
        part_of,
        frozen_array(percent),
        frozen_array(points),
        frozen_array(asked),
        source=found.table.source,
        stated_deff=deff,
    )
    _check_possible(evidence, {value: key for key, value in names.items()}, problems)
    if len(problems) > before:
        return None
    sizes = settle_sizes(size, populations, evidence.n, problems)
    return replace(evidence, population_size=sizes, notes=tuple(_notes(found, evidence, lists)))


def _are_shares(found: Percentages) -> bool:
    sums = [sum(figures.values()) for figures in found.figures.values() if figures]
    return bool(sums) and all(_SHARE[0] <= one <= _SHARE[1] for one in sums)


def _asked(
    found: Percentages, n: int | Mapping[str, int] | None, populations: Sequence[str]
) -> FloatArray:
    problems = found.problems
    told = [name for name in populations if found.figures.get(name)]
    if isinstance(n, Mapping):
        check_named(n, told, "population", "n of", "n", problems)
        stated: dict[str, Any] = dict(n)
    elif n is not None:
        stated = dict.fromkeys(told, n)
    else:
        stated = dict(found.stated.get("n", {}))
        if missing := [name for name in told if name not in stated]:
            problems.add(
                f"there is no n of {shown(missing)}",
                where=found.table.source,
                valid="the number of agents behind the percentages of each population",
                fix="correct the cells, or leave rows that are no population, such as averages, "
                "out by `where`",
            )
    numbers = np.zeros(len(populations))
    for s, name in enumerate(populations):
        if name not in stated or name not in told:
            continue
        where = f"n, {show(name)}" if isinstance(n, Mapping) else "n"
        number = noted(parse_asked, stated[name], "number of agents", where, problems)
        if number is not None and number < 1:
            problems.add(
                f"the percentages of {show(name)} are of {number:g} agents",
                where=where,
                valid="the number of agents asked, 1 or more",
            )
        numbers[s] = number or 0.0
    return numbers


def _rounding(
    found: Percentages, rounding: Any, populations: Sequence[str], *, shares: bool
) -> FloatArray:
    problems, scale = found.problems, 100.0 if shares else 1.0
    written = {name: scale * 10.0 ** -found.digits.get(name, 0) for name in populations}
    if rounding is None:
        if shares and any(found.digits.get(name, 2) < 2 for name in populations):
            # 0.5 and 0.4 are shares to two digits whose last is zero, as frames hold them
            written = {name: min(points, 1.0) for name, points in written.items()}
        return np.array([written[name] for name in populations])
    stated = rounding if isinstance(rounding, Mapping) else dict.fromkeys(populations, rounding)
    for name, value in stated.items():
        if name not in populations:
            problems.add(
                f"there is no population {show(name)}",
                where="rounding",
                valid=shown(populations),
                fix=did_you_mean(name, populations),
            )
        elif not (is_number(value) and 1e-6 <= value <= 50):
            problems.add(
                f"rounding is {shown_value(value)}",
                where="rounding",
                valid="points between two percentages, as in 1 or 0.1",
            )
            break
    if any(name not in populations or not is_number(v) for name, v in stated.items()):
        return np.ones(len(populations))
    return np.array([float(stated.get(name, written[name])) for name in populations])


def _labels(
    found: Percentages, lists: AnswerLists
) -> tuple[tuple[str, ...], np.ndarray[Any, np.dtype[np.int64]], dict[str, str]]:
    """Return labels of evidence, the category of each, and what the labels found are called there.

    The first label of no goal that is there stands for the category.
    """
    area, seen = lists.area, {label for one in found.figures.values() for label in one}
    none = [label for label in area.no_goal if label in seen]
    none += [label for label in seen if area.category_of(label) == NO_GOAL and label not in none]
    more, left_out = none[1:], [label for label in area.not_answers if label in seen]
    names = {label: label for label in seen}
    if none:
        names[none[0]] = NO_GOAL
    categories = area.categories
    labels = (*categories, *more, *left_out)
    part_of = [*range(len(categories)), *[len(categories) - 1] * len(more)]
    part_of += [len(categories)] * len(left_out)
    return labels, np.array(part_of, np.int64), names


def _check_possible(
    evidence: PublishedShares, names: Mapping[str, str], problems: Problems
) -> None:
    """Note percentages to which no sample rounds."""
    for s, population in enumerate(evidence.populations):
        found, where = evidence.range_of(s), f"{evidence.source}, population {show(population)}"
        number = f"{evidence.asked[s]:,.0f}"
        if isinstance(found, list):
            for i in found:
                label = names.get(evidence.labels[i], evidence.labels[i])
                problems.add(
                    f"{evidence.percent[s, i]:g} % of {show(label)} is no number of agents out of "
                    f"{number}, rounded to {evidence.rounding[s]:g} points",
                    where=where,
                    valid="percentages of whole agents",
                    fix="correct `n` or the rounding; where the percentages are weighted, state "
                    "`deff` or `margin_of_error`",
                )
            continue
        if found.possible:
            continue
        total = np.nansum(evidence.percent[s])
        add = "add the rest as a label of `no_goal` or `not_answers`; " if total < 100 else ""
        problems.add(
            f"the percentages sum to {total:.10g}, and no shares of {number} agents that round to "
            f"them, to {evidence.rounding[s]:g} points, sum to 100",
            where=where,
            valid="percentages of all labels that sum to 100 but for their rounding",
            fix=f"{add}correct the percentages, or state `rounding` in points",
        )


def _notes(found: Percentages, evidence: PublishedShares, lists: AnswerLists) -> list[str]:
    notes = [*found.table.remarks(), ABOUT]
    names = [p for p, n in zip(evidence.populations, evidence.asked, strict=True) if not n]
    if names:
        notes.append(
            f"Nothing was published of population {shown(names)}; it is known by the prior alone."
        )
    of = evidence.part_of
    for i, name in enumerate(evidence.categories):
        if np.isnan(evidence.percent[:, of == i]).all():
            notes.append(
                f"No percentage of {show(name)} was published; it was taken that nobody named it."
            )
    notes += label_notes([*lists.labels], coded=bool(lists.codes))
    return notes
