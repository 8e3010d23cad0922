"""A study file of several problem areas: `area` in [goals], or tables [[area]]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bayes_misalign.areas.choices import AreaChoices
from bayes_misalign.areas.study import AreasStudy
from bayes_misalign.errors import BayesMisalignError, Problems, StudyError, did_you_mean, listed
from bayes_misalign.reading.typed_fields import as_path, shown_value
from bayes_misalign.study.load_toml import load_table, several_areas
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import (
    declared_of_table,
    study_of_table,
    validated,
)

SHARED = ("problem_area", "conflict", "populations", "report", "fit", "shares", "refusals", "goals")
OF_FILE = ("name", "title", "areas", "area")


def read_areas(path: str | Path) -> AreasStudy:
    """Read a study file of several problem areas, and the evidence that it names.

    Parameters
    ----------
    path : path
        A TOML file with `area` or `areas` in [goals], or with tables [[area]].

    Returns
    -------
    AreasStudy

    Raises
    ------
    StudyError
        When the file is missing, is no TOML, has one problem area, or something in it is wrong.
    DataError
        When the evidence it names is.
    """
    path = as_path(path, "a study file")
    try:
        table = load_table(path)
        if not several_areas(table):
            raise StudyError(
                f"{path.name} has one problem area. Fix: read it by read_study, or name the column "
                'of the problem area under [goals], as in `area = "statement"`'
            )
        several = isinstance(table.get("area"), list)
        study = _of_tables(table, path) if several else _of_column(table, path)
        return replace(study, text=path.read_text(encoding="utf-8-sig"))
    except BayesMisalignError as error:
        raise error.in_toml() from error.__cause__


def _name(table: Mapping[str, Any], path: Path) -> dict[str, str]:
    short = path.parent.name if path.stem == "study" else path.stem
    return {"name": str(table.get("name") or short), "title": str(table.get("title") or "")}


def _choices(table: Mapping[str, Any], path: Path) -> AreaChoices:
    problems = Problems()
    made = validated(AreaChoices, table.get("areas", {}), f"{path.name}, [areas]", problems)
    problems.raise_if_any(StudyError)
    return made or AreaChoices()


def _of_column(table: dict[str, Any], path: Path) -> AreasStudy:
    """Return a study whose areas stand in one table, and share their goals."""
    goals = dict(table.get("goals", {}))
    stated = {key: goals.pop(key) for key in ("area", "areas") if key in goals}
    if not stated:
        raise StudyError(
            f"{path.name} has a table [areas], and no areas. Fix: name the column of the problem "
            'area under [goals], as in `area = "statement"`'
        )
    if not isinstance(stated.get("area", ""), str):
        raise StudyError(f"area is the name of a column, not {shown_value(stated['area'])}")
    sources = table.get("conflict")
    every = [sources] if isinstance(sources, Mapping) else list(sources or [])
    shared: list[Any] = []
    of_areas: dict[str, list[Any]] = {}
    for source in every:
        if isinstance(source, Mapping) and "areas" in source:
            rest = {key: value for key, value in source.items() if key != "areas"}
            for area in map(str, source["areas"]):
                of_areas.setdefault(area, []).append(rest)
        else:
            shared.append(source)
    rest = {k: v for k, v in table.items() if k != "areas"}

    def declared(own: list[Any]) -> tuple[Any, ...]:
        problem_area, told, conflict, more, problems = declared_of_table(
            {**rest, "goals": goals, "conflict": own}, path
        )
        problems.raise_if_any(StudyError)
        return problem_area, told, conflict, more

    conflict_of = {area: declared(own)[2] for area, own in of_areas.items()}
    # where each area has its own, the others are read with one of them, and none is left
    problem_area, told, conflict, more = declared(shared or next(iter(of_areas.values()), []))
    return AreasStudy.of(
        problem_area,
        told,
        conflict if shared or not of_areas else None,
        conflict_of=conflict_of or None,
        choices=_choices(table, path),
        base=path.parent,
        **{**more, **_name(table, path)},
        **stated,
    )


def _of_tables(table: dict[str, Any], path: Path) -> AreasStudy:
    """Return a study with a table for each area; what they share stands outside of these."""
    tables = table["area"]
    if not all(isinstance(one, Mapping) for one in tables):
        raise StudyError("problem areas are tables [[area]], with two brackets on each side")
    known = (*SHARED, "name", "title", "weights")
    outside = {key: value for key, value in table.items() if key not in OF_FILE}
    studies: dict[str, Study] = {}
    for number, one in enumerate(tables, 1):
        where = f"{path.name}, [[area]] number {number}"
        if unknown := [key for key in one if key not in known]:
            hint = did_you_mean(unknown[0], known)
            raise StudyError(
                f"{where}: unknown key {unknown[0]!r}; there are {listed(known)}. {hint}"
            )
        name = one.get("name") or one.get("problem_area", {}).get("name")
        if not isinstance(name, str):
            raise StudyError(f"{where} has no name. Fix: state `name`")
        if name in studies:
            raise StudyError(f"{where}: the area {name!r} is there twice. Fix: name each area once")
        own = {k: v for k, v in one.items() if k != "name"}
        try:
            studies[name] = study_of_table({**outside, **own, "name": name}, path)
        except BayesMisalignError as error:
            said = [replace(p, where=f"[[area]] {name!r}: {p.where}") for p in error.problems]
            raise type(error)(*said) from error
    named = _name(table, path)
    return AreasStudy.of_studies(
        studies, choices=_choices(table, path), name=named["name"], title=named["title"]
    )
