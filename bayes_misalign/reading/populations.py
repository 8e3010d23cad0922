"""Which populations there are, in which order, and how large they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.ordered import in_order
from bayes_misalign.reading.parse_numbers import noted, parse_count
from bayes_misalign.reading.unknown_labels import check_named, note_unreadable
from bayes_misalign.tables import remedies
from bayes_misalign.tables.labels import show, shown


def settle_populations(
    found: Sequence[str], asked: Sequence[str] | None, where: str, problems: Problems
) -> tuple[str, ...]:
    """Return populations in the order of the study, else of time or numbers, else as found."""
    names = [name for name in found if name]
    note_unreadable("population", [*(asked or ()), *names], where, problems)
    if asked is None:
        for name in filter(remedies.is_written_missing, names):
            problems.add(
                "a population is called as a missing cell",
                where=where,
                value=show(name),
                valid="the name of a population in every row",
                fix=f"{remedies.missing(name)}; list it in `populations` if it is one",
            )
        return in_order(names)
    for name in dict.fromkeys(name for name in asked if list(asked).count(name) > 1):
        problems.add("a population is listed twice", where="populations", value=show(name))
    for name in names:
        if name not in asked:
            hint = did_you_mean(name, asked)
            missing = remedies.missing(name) if remedies.is_missing(name) else ""
            problems.add(
                f"the population {show(name)} is not among those of the study",
                where=where,
                several="{n} populations are not among those of the study",
                value=f"{show(name)} ({hint})" if hint else show(name),
                valid=shown(asked),
                hint="" if missing else hint,
                fix=missing or "add it to `populations`, or remove its rows",
            )
    return tuple(asked)


def settle_sizes(
    size: int | Mapping[str, int] | None,
    populations: Sequence[str],
    n: FloatArray,
    problems: Problems,
) -> NDArray[np.int64] | None:
    """Return the size of each whole population."""
    if size is None:
        return None
    before, where = len(problems), "population_size"
    if not isinstance(size, Mapping):
        if len(populations) > 1:
            problems.add(
                f"one size is stated for {len(populations)} populations",
                where=where,
                valid="a size for each population by its name: " + shown(populations),
            )
            return None
        size = dict.fromkeys(populations, size)
    fix = "state the size of every population, or of none"
    check_named(size, populations, "population", "size for", where, problems, fix=fix)
    for name, answered in zip(populations, n, strict=True):
        place = f"{where}, {show(name)}"
        stated = noted(parse_count, size.get(name, answered), "size", place, problems)
        if stated is not None and stated < max(answered, 1):
            problems.add(
                f"the population has {stated:g} agents, but {answered:g} of them answered",
                where=place,
                several="{n} populations have fewer agents than answered",
                value=f"{show(name)}: {stated:g} of whom {answered:g} answered",
                valid="at least one agent, and at least as many as answered",
            )
    if len(problems) > before:
        return None
    return np.array([float(size[name]) for name in populations]).astype(np.int64)


def settle_deff(
    deff: float | Mapping[str, float] | None, populations: Sequence[str], problems: Problems
) -> FloatArray | None:
    """Return the design effect that a study states of each population, NaN where it states none."""
    if deff is None:
        return None
    before, where = len(problems), "deff"
    stated = deff if isinstance(deff, Mapping) else dict.fromkeys(populations, deff)
    for name, value in stated.items():
        place = f"{where}, {show(name)}" if isinstance(deff, Mapping) else where
        if name not in populations:
            problems.add(
                "there is no such population",
                where=where,
                value=show(name),
                valid=shown(populations),
                hint=did_you_mean(name, populations),
            )
        elif isinstance(value, bool) or not (is_number(value) and 0 < value < math.inf):
            problems.add(
                f"a design effect is a positive number, not {value!r}",
                where=place,
                valid="the variance of an estimate over that of a simple random sample of as many "
                "agents; 1 for such a sample",
            )
            break
    if len(problems) > before:
        return None
    return np.array([float(stated.get(name, math.nan)) for name in populations])


def stated_of_populations(goals: GoalEvidence) -> dict[str, dict[str, float]]:
    """Return sizes and design effects that a study states, as a table of study.toml has them.

    A design, whose clusters evidence does not hold, is stated as what it makes of the counts.
    """
    deff = goals.stated_deff
    if goals.design is not None:
        left = goals.effective.counts.sum(axis=1)
        by_design = np.divide(goals.n, left, out=np.full_like(left, np.nan), where=goals.designed)
        deff = by_design if deff is None else np.where(goals.stated, deff, by_design)
    figures = {"population_size": goals.population_size, "deff": deff}
    return {
        key: {
            name: value.item()
            for name, value in zip(goals.populations, values, strict=True)
            if not math.isnan(value)
        }
        for key, values in figures.items()
        if values is not None
    }


def is_number(value: Any) -> bool:
    """Tell whether a value is a number that can be compared."""
    return isinstance(value, int | float | np.integer | np.floating)
