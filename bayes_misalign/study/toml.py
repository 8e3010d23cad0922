"""study.toml to `Study`: every problem in one pass, each with its key and the nearest valid one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from bayes_misalign.contract.registry import declaration, is_of, model_of
from bayes_misalign.contract.traits import Kind
from bayes_misalign.errors import BayesMisalignError, Problems, StudyError, did_you_mean, listed
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.typed_fields import as_path, shown_value
from bayes_misalign.study.choices import choice_of, in_words
from bayes_misalign.study.contact import Contact
from bayes_misalign.study.load_toml import load_table, several_areas
from bayes_misalign.study.options import Fitting, Populations, Reporting
from bayes_misalign.study.other_models import taken_by
from bayes_misalign.study.plain_tables import of_plain
from bayes_misalign.study.refusals import Refusals
from bayes_misalign.study.study import Study
from bayes_misalign.study.under_shares import in_one_table

if TYPE_CHECKING:
    from pydantic import TypeAdapter


_BRANCH = re.compile(r".*[])]|str|list|dict|int|float|bool|none|tuple")
_TABLES = (
    "problem_area",
    "goals",
    "conflict",
    "shares",
    "populations",
    "refusals",
    "contact",
    "report",
    "fit",
)
_UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")
WEIGHTS = (
    *("weight", "rake", "replicates", "deff"),
    *("cluster", "strata", "fpc", "cluster2", "fpc2", "nest", "lonely"),
)


@dataclass(frozen=True, eq=False)
class StudyTables:
    """The tables of a study file; those of models are validated by their models."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    problem_area: ProblemArea
    goals: dict[str, Any]
    conflict: dict[str, Any] | list[dict[str, Any]]
    name: str = ""
    title: str = ""
    shares: dict[str, Any] = field(default_factory=dict)
    weights: dict[str, Any] = field(default_factory=dict)
    populations: Populations = field(default_factory=Populations)
    refusals: Refusals | None = None
    contact: Contact | None = None
    report: Reporting = field(default_factory=Reporting)
    fit: Fitting = field(default_factory=Fitting)


def read_study(path: str | Path) -> Study:
    """Read a study file and the evidence that it names.

    Parameters
    ----------
    path : path
        A TOML file. Paths inside it are relative to its folder.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        When the file is missing, is no TOML, or a key, a type or a label in it is wrong.
    DataError
        When the evidence it names is.
    """
    path = as_path(path, "a study file")
    try:
        return _read(path)
    except BayesMisalignError as error:
        raise error.in_toml() from error.__cause__


def _read(path: Path) -> Study:
    table = load_table(path)
    if several_areas(table):
        raise StudyError(
            f"{path.name} has several problem areas, and one is asked for. Fix: take the commands "
            "check, fit and report, or read_areas in Python; for all else write a study of one of "
            "the areas"
        )
    study = study_of_table(table, path)
    there = path.is_file()
    return replace(study, text=path.read_text(encoding="utf-8-sig") if there else "")


def study_of_text(text: str, path: str | Path, known: Study | None = None) -> Study:
    """Return the study that a text describes, as if it were the study file of this path.

    `known` is the study that was read before, where its goals and contacts are the same.
    """
    try:
        return replace(study_of_table(tomllib.loads(text), Path(path), known), text=text)
    except BayesMisalignError as error:
        raise error.in_toml() from error.__cause__


def study_of_table(table: dict[str, Any], path: Path, known: Study | None = None) -> Study:
    """Return the study that the tables of a file describe.

    Of one that is known the goals and contacts are taken as they were read.
    """
    area, goals, conflict, more, problems = declared_of_table(table, path)
    more["declared_goals"] = goals
    if known is not None:
        goals, more = known.goals, {**more, "contact": known.contact}
    return Study.of(area, goals, conflict, **more, base=path.parent, problems=problems)


def declared_of_table(
    table: dict[str, Any], path: Path
) -> tuple[ProblemArea, Any, list[Any], dict[str, Any], Problems]:
    """Return what the tables of a study file declare, as `Study.of` takes it; nothing is read."""
    problems = Problems()
    table = in_one_table(table, path.name, problems)
    tables = validated(StudyTables, table, path.name, problems)
    raw_goals, raw_conflict = table.get("goals"), table.get("conflict")
    raw_goals = _with_weights(raw_goals, table.get("weights"), path.name, problems)
    goals = goal_prior = None
    if isinstance(raw_goals, Mapping):
        goals, goal_prior = _declared("goals", raw_goals, f"{path.name}, [goals]", problems)
    conflict: list[Any] = []
    conflict_prior: dict[str, Any] = {}
    for source, where in _conflict_tables(raw_conflict, path.name):
        declared, prior = _declared("conflict", source, where, problems)
        conflict.append(declared)
        if prior is not None:
            conflict_prior[str(source.get("model"))] = prior
    if isinstance(raw := table.get("shares"), Mapping) and "model" in raw:
        _known_model("shares", raw["model"], f"{path.name}, [shares]", problems)
    if tables is None or goals is None or None in conflict:
        problems.raise_if_any(StudyError)
        raise StudyError(f"{path.name} could not be read")
    more: dict[str, Any] = {
        "prior": goal_prior,
        "shares": _shares(tables.shares),
        "conflict_prior": conflict_prior,
        "populations": tables.populations,
        "reporting": tables.report,
        "fitting": tables.fit,
        "refusals": tables.refusals,
        "contact": tables.contact,
        "name": tables.name or (path.parent.name if path.stem == "study" else path.stem),
        "title": tables.title,
    }
    return tables.problem_area, goals, conflict, more, problems


def _with_weights(goals: Any, weights: Any, file: str, problems: Problems) -> Any:
    """Return the table [goals] with the keys of [weights], which may stand in either."""
    if not isinstance(goals, Mapping) or not isinstance(weights, Mapping) or not weights:
        return goals
    name = goals.get("model")
    if not isinstance(name, str) or not is_of(name, "goals"):
        return goals  # which is said of [goals]
    known = [key for key in WEIGHTS if key in {f.name for f in fields(declaration(name))}]
    where, kept = f"{file}, [weights]", {}
    for key, value in weights.items():
        if key not in known:
            problems.add(
                f"unknown key {key!r}",
                where=where,
                valid=listed(known) if known else f"no weights, which {name} does not take",
                fix=did_you_mean(key, known) or "leave it out",
            )
        elif key in goals:
            problems.add(
                f"{key} is stated here and in [goals]",
                where=where,
                valid="one of the two places",
                fix="state it once",
            )
        else:
            kept[key] = value
    return {**goals, **kept}


def read_declared_goals(path: str | Path) -> Any:
    """Return what a study file declares about goals, without reading any table."""
    path, problems = Path(path), Problems()
    whole = in_one_table(load_table(path), path.name, problems)
    table = _with_weights(whole.get("goals", {}), whole.get("weights"), path.name, problems)
    declared, _ = _declared("goals", table, f"{path.name}, [goals]", problems)
    problems.raise_if_any(StudyError)
    return declared


def _conflict_tables(raw: Any, file: str) -> list[tuple[Mapping[str, Any], str]]:
    if isinstance(raw, Mapping):
        return [(raw, f"{file}, [conflict]")]
    if isinstance(raw, list):
        return [
            (source, f"{file}, [[conflict]] number {i}")
            for i, source in enumerate(raw, 1)
            if isinstance(source, Mapping)
        ]
    return []


def _known_model(kind: Kind, name: Any, where: str, problems: Problems) -> bool:
    """Tell whether there is a model of this kind and name, or note that there is none."""
    if not isinstance(name, str):
        problems.extend([replace(choice_of(kind), what="no model is named", where=where)])
        return False
    try:
        model_of(name, kind)
    except StudyError as error:
        problems.add(str(error).removesuffix("."), where=where)
        return False
    return True


def _shares(table: Mapping[str, Any]) -> Any:
    """Return what [shares] states, the name of its model among the keys of its prior."""
    if not table:
        return None
    prior = table.get("prior")
    if isinstance(prior, str):
        prior = {"kind": prior}
    if prior is not None and not isinstance(prior, Mapping):
        return prior  # which is no prior, as its model says
    rest = {key: value for key, value in table.items() if key != "prior"}
    return {**rest, **(prior or {})}


def _declared(
    kind: Kind, table: Mapping[str, Any], where: str, problems: Problems
) -> tuple[Any, Any]:
    name = table.get("model")
    if not _known_model(kind, name, where, problems):
        return None, None
    rest = {key: value for key, value in table.items() if key not in ("model", "prior")}
    return validated(declaration(str(name)), rest, where, problems), table.get("prior")


def validated[T](
    shape: type[T], table: Mapping[str, Any], where: str, problems: Problems
) -> T | None:
    """Return a table of a study as an instance of a declaration, or note all that is wrong."""
    if (plain := of_plain(shape, table)) is not None:
        return cast(T, plain)
    from pydantic import ValidationError

    made: T | None = None
    try:
        declared: Any = shape
        made = _adapter(declared).validate_python(dict(table))
    except BayesMisalignError as error:
        problems.extend(error.problems)
    except ValidationError as error:
        by_place: dict[tuple[Any, ...], list[Any]] = {}
        for trouble in error.errors(include_url=False):
            by_place.setdefault(tuple(_written(trouble["loc"])), []).append(trouble)
        misspelt = {
            (*loc[:-1], near)
            for loc, found in by_place.items()
            if found[0]["type"] in _UNKNOWN
            and (near := _near(str(loc[-1]), _keys(shape, list(loc[:-1]))))
        }
        for loc, troubles in by_place.items():
            # of several types the one that fits best tells more, inside of it; and what is there
            # under another name is not missing too
            deeper = any(other[: len(loc)] == loc != other for other in by_place)
            if loc not in misspelt and not deeper:
                _note(troubles, shape, where, problems)
    return made


@cache
def _adapter(shape: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(shape)


def _note(troubles: Sequence[Any], shape: type[Any], where: str, problems: Problems) -> None:
    """Note what is wrong with the value in one place, which may be so in several ways."""
    trouble = troubles[0]
    loc = _written(trouble["loc"])
    key = str(loc[-1]) if loc else ""
    match trouble["type"]:
        case kind if kind in _UNKNOWN:
            known = sorted(_keys(shape, loc[:-1]))
            other = taken_by(key, shape) if len(loc) == 1 else ""
            problems.add(
                f"unknown key {key!r}",
                where=_place(where, loc[:-1]),
                valid=listed(known, 30),
                fix=other or did_you_mean(key, known),
            )
        case "missing" | "missing_argument":
            _note_missing(loc, shape, where, problems)
        case "value_error" if isinstance(said := trouble["ctx"]["error"], BayesMisalignError):
            # what a declaration says of itself is a whole sentence
            problems.extend(replace(one, where=_place(where, loc)) for one in said.problems)
        case _:
            words = dict.fromkeys(map(in_words, troubles))
            given = trouble.get("input")
            given = str(given).lower() if isinstance(given, bool) else shown_value(given)
            problems.add(f"takes {' or '.join(words)}, not {given}", where=_place(where, loc))


def _note_missing(loc: list[Any], shape: type[Any], where: str, problems: Problems) -> None:
    key = str(loc[-1])
    if isinstance(loc[-1], int):
        problems.add(f"takes an array of {loc[-1] + 1}", where=_place(where, loc[:-1]))
        return
    if shape is not StudyTables or len(loc) > 1 or key not in ("goals", "conflict"):
        fix = f"state `{key}`"
        if key in _TABLES:
            fix = 'write it, as in `name = "vote"` and `goals = ["yes", "no"]` under [problem_area]'
        problems.add(f"the key {key!r} is missing", where=_place(where, loc[:-1]), fix=fix)
        return
    kind: Kind = "goals" if key == "goals" else "conflict"
    problems.extend([replace(choice_of(kind), what=f"there is no table [{key}]", where=where)])


def _near(key: str, known: Sequence[str]) -> str:
    """Return the key that was meant, if one is near."""
    return did_you_mean(key, known).removeprefix("did you mean '").removesuffix("'?")


def _place(where: str, loc: list[Any]) -> str:
    """Return where in the file something stands, as in `study.toml, [report] kind`."""
    at_top = "[" not in where
    for depth, part in enumerate(loc):
        if isinstance(part, int):
            where += f" number {part + 1}"
        else:
            top = at_top and depth == 0
            where += (f", [{part}]" if part in _TABLES else f", {part}") if top else f" {part}"
    return where


def _written(loc: Sequence[Any]) -> list[Any]:
    """Return a place without the branches of unions, which pydantic names and no user wrote."""
    return [part for part in loc if not (isinstance(part, str) and _BRANCH.fullmatch(part))]


def _keys(shape: type[Any], loc: list[Any]) -> list[str]:
    from typing import get_type_hints

    for part in loc:
        hints = get_type_hints(shape)
        if not isinstance(part, str) or part not in hints or not hasattr(hints[part], "__mro__"):
            return []
        shape = hints[part]
    return [f.name for f in fields(shape)] if hasattr(shape, "__dataclass_fields__") else []
