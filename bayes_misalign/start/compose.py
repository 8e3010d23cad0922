"""From roles and answers to the text of a study file that says what each line means."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from bayes_misalign.contract import registry
from bayes_misalign.contract.first_look import FirstGoals
from bayes_misalign.errors import BayesMisalignError, StudyError, printable
from bayes_misalign.start.answers import Answers
from bayes_misalign.start.look import Looked, remedies_of_form
from bayes_misalign.start.roles import Roles
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import study_of_text
from bayes_misalign.tables.labels import show, shown

_UNSEEN = "all answers are alike: name the others that could have been given"
_MEANING = {
    "goal": "the answer of an agent: its goal",
    "population": "who belongs to which population",
    "weight": "the survey weight",
    "id": "who it is",
    "wave": "when",
    "rater": "who gave the label",
    "count": "how many agents a row stands for",
    "weight_sum": "the sum of their weights",
    "weight_sq_sum": "the sum of their squared weights",
    "percent": "the published percentage",
    "asked": "how many agents are behind the percentages",
    "counts": "how many agents have each goal",
    "several": "what goal each column is about",
    "cluster": "what was drawn first: agents of one are alike",
    "strata": "groups in which clusters, or agents, were drawn apart",
    "fpc": "how many there are in the whole stratum, or the part of them that was drawn",
}
_CONFLICT = {
    True: "any two different goals conflict for certain: that is an assumption",
    False: "a range that the level of every pair is said to lie in: state it pair by pair if known",
}
_TRIES = 5
_BARE = re.compile("[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Draft:
    """All that a first study file says.

    Parameters
    ----------
    looked : Looked
    roles : Roles
    answers : Answers
    bounds : (float, float), optional
        The range of every level of conflict; None where goals exclude each other.
    area : str
        Name of the problem area.
    form : mapping of str to object
        How the table is written.
    said : tuple of str
        Why the form is stated so.
    fitting : mapping of str to object
        Settings of the fit that were chosen.
    left_out : mapping of str to str
        Why a column is not used, by its name.
    together : tuple of str
        Columns in which rows differ that are counted together.
    nest : bool
        Whether every stratum numbers its clusters anew.
    first : (str, FirstGoals), optional
        The model of goals and what is said of its columns, where an agent may hold several.
    """

    looked: Looked
    roles: Roles
    answers: Answers
    bounds: tuple[float, float] | None
    area: str
    form: Mapping[str, Any]
    said: tuple[str, ...] = ()
    fitting: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    together: tuple[str, ...] = ()
    nest: bool = False
    first: tuple[str, FirstGoals] | None = None

    @property
    def counted_together(self) -> str:
        """What is to be said of columns in which rows differ that are counted together."""
        return (
            f"rows that differ in {shown(self.together)} are counted together; to keep them apart, "
            "add the column to population, or take one value with where"
        )


def settled(draft: Draft, folder: Path) -> tuple[Draft, Study | None, BayesMisalignError | None]:
    """Return a draft with the form that its table needs, and its study, or what is wrong with it.

    What a remedy says of the form of the table, such as how a missing cell is written, is done.
    """
    error: BayesMisalignError | None = None
    for _ in range(_TRIES):
        try:
            return draft, study_of_text(compose(draft, folder), folder / "study.toml"), None
        except BayesMisalignError as found:
            error = found
            stated = remedies_of_form(found.problems, draft.form)
            if not stated:
                break
            told = [f"{p.what} ({p.where})" for p in found.problems if p.fix]
            draft = replace(draft, form={**draft.form, **stated}, said=(*draft.said, *told))
    return draft, None, error


def compose(draft: Draft, folder: Path, name: str = "") -> str:
    """Return the text of a study file that is to stand in a folder."""
    looked, roles, answers = draft.looked, draft.roles, draft.answers
    stem = Path(looked.data).stem or "study"
    if set(stem) & set("*?["):  # of several files, their folder has a name
        stem = Path(looked.data).absolute().parent.name
    lines = [
        f"# {_remark(stem)}: a first study of {_remark(show(Path(looked.data).name))}, "
        f"{looked.rows:,}{'' if looked.whole else ' or more'} rows.",
        "# Read every line: what a column means, only you know. Then: bayes-misalign check",
        "",
        toml_line("name", name or stem),
        toml_line("title", f"{draft.area}: {stem}"),
        "",
        "[problem_area]",
        toml_line("name", draft.area),
        toml_line("goals", list(answers.goals), _UNSEEN if answers.unseen else ""),
    ]
    if answers.no_goal:
        lines.append(toml_line("no_goal", list(answers.no_goal), "real answers: no goal yet"))
    if answers.not_answers:
        lines.append(toml_line("not_answers", list(answers.not_answers), "left out of all shares"))
    lines += ["", "[goals]", *_goals(draft, folder), "", "[conflict]", *_conflict(draft)]
    if roles.population or roles.wave:
        lines += ["", *_union(roles)]
    if draft.fitting:
        lines += ["", "[fit]", *(toml_line(key, value) for key, value in draft.fitting.items())]
    if draft.left_out:
        lines += ["", "# Columns that this study does not use:"]
        lines += [f"#   {_remark(show(c))}: {_remark(why)}" for c, why in draft.left_out.items()]
    text = "\n".join(lines) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        raise StudyError(
            "a name or a value of the table holds half of a character, which no file can hold. "
            "Fix: write the table again as UTF-8"
        ) from None
    return text


def goals_model_for(roles: Roles, among: Sequence[str] | None = None) -> str:
    """Return the name of the model of goals, of some or all, that takes columns of these roles."""
    stated = {role for role in roles.named() if role != "wave"}
    found = [
        (len(model.needed_roles), name)
        for name in (registry.names_of("goals") if among is None else among)
        if (model := registry.goals_model(name)).table_roles
        and stated <= set(model.table_roles)
        and model.needed_roles <= stated
    ]
    if not found:
        together = ", ".join(sorted(stated))
        raise StudyError(f"no model takes a table with these columns together: {together}")
    return max(found)[1]


def _goals(draft: Draft, folder: Path) -> list[str]:
    roles = draft.roles
    name = goals_model_for(roles, None if draft.first is None else draft.first[:1])
    keys = registry.goals_model(name).table_roles
    if roles.wave and "wave" not in keys:  # each wave is a population, or part of one
        roles = replace(roles, population=(*roles.population, roles.wave), wave=None)
    lines = [toml_line("model", name), toml_line("data", path_from(folder, draft.looked.data))]
    if draft.first is not None:
        said = draft.first[1]
        lines += [toml_line(key, x, said.remarks.get(key, "")) for key, x in said.keys.items()]
    for role, value in roles.named().items():
        if role == "several":
            continue
        column: Any = value
        if role == "counts":  # each column by the goal, or other label, that it is of
            column = {name: name for name in value}
        elif not isinstance(value, str):
            column = list(value) if len(value) > 1 else value[0]
        lines.append(toml_line(keys[role], column, _MEANING[role]))
    if draft.nest:
        lines.append(toml_line("nest", True, "every stratum numbers its clusters anew"))
    if draft.together:
        lines.append(f"# {_remark(draft.counted_together)}")
    if draft.answers.codes:
        lines.append(toml_line("codes", dict(draft.answers.codes), "other ways to write an answer"))
    form = dict(draft.form)
    if draft.answers.missing:
        form["missing"] = list(dict.fromkeys([*form.get("missing", []), *draft.answers.missing]))
    lines += [toml_line(key, value, "how the table is written") for key, value in form.items()]
    return lines


def _conflict(draft: Draft) -> list[str]:
    pairs = list(combinations(draft.answers.goals, 2))
    for name in registry.names_of("conflict"):
        found = registry.conflict_model(name).started(pairs, draft.bounds)
        if found is not None:
            lines = [toml_line("model", name, _CONFLICT[draft.bounds is None])]
            return lines + [toml_line(key, value) for key, value in found.items()]
    raise StudyError("no model of conflict takes one statement for all pairs")


def _union(roles: Roles) -> list[str]:
    """Return what may be said of the union of populations, as a remark."""
    if roles.weight or roles.weight_sum:
        said = "# The share of each population in the union is its sum of weights, unless stated:"
    else:
        said = "# Nothing is said of all populations together, unless their shares are stated:"
    return [
        said,
        "# [populations]",
        '# shares = "answers"  # or numbers that sum to 1, as in { "north" = 0.4, "south" = 0.6 }',
    ]


def path_from(folder: Path, data: str) -> str:
    """Return how a study in a folder names a table that is named from here."""
    if Path(data).is_absolute():
        return data
    try:
        path = os.path.relpath(os.path.abspath(data), os.path.abspath(folder))
    except ValueError:  # on another drive
        return os.path.abspath(data)
    path = Path(path).as_posix()
    return f"./{path}" if path.startswith("~") else path


def toml_line(key: str, value: Any, remark: str = "") -> str:
    """Return a key and its value as TOML, whatever characters are in it."""
    line = f"{key} = {_value(value)}"
    return f"{line}  # {remark}" if remark else line


def _value(value: Any) -> str:
    import tomli_w

    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        items: Sequence[str] = [_value(item) for item in value]
        if sum(map(len, items)) <= 80:
            return f"[{', '.join(items)}]"
        return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").rstrip("\n")


def _key(key: str) -> str:
    """Return a key as TOML, between quotes where it needs them."""
    return key if _BARE.fullmatch(key) else _value(key)


def _remark(text: str) -> str:
    """Return text that a comment of one line may hold, and that no terminal obeys."""
    return printable(text)
