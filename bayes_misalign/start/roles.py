"""Which column of a table may be what: proposals, for a person to look at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bayes_misalign.errors import StudyError, fix_by_spelling
from bayes_misalign.start import sample_design
from bayes_misalign.start.column_names import plain_name, words
from bayes_misalign.start.look import Looked, Seen
from bayes_misalign.start.several import SURE, first_goals_of, first_of_each
from bayes_misalign.start.shape import (
    Shape,
    apart,
    are_percentages,
    balanced,
    counted_goals,
    is_one_of_each,
)
from bayes_misalign.start.table_roles import Roles as Roles
from bayes_misalign.tables.labels import show, shown

MOST_GOALS = 40  # different answers of a column that is proposed for the goal
MOST_POPULATIONS = 60
MOST_WAVES = 24
_FEW = 12  # so many answers, most questions have
_MANY_ROWS = 20  # in so many groups, not all numbers of agents are as few as points of a scale
_LONGEST = 40  # characters of an answer that is no free text
_FOR_FEW = 1  # what few different answers add to the score of a column

_GOAL = words(
    *("goal", "vote", "voted", "choice", "candidate", "answer", "response", "label", "preference"),
    *("prefer", "opinion", "stance", "intent", "intention", "position", "wish", "want", "wants"),
    *("decision", "option", "diagnosis", "cand", "party", "caucus"),
)
_POPULATION = words(
    *("population", "group", "region", "segment", "state", "country", "category", "type", "kind"),
    *("gender", "sex", "model", "agent type", "stratum", "subgroup", "district", "party", "class"),
)
_WEIGHT = words(
    *("weight", "weights", "wt", "wgt", "w", "pweight", "pw", "poids", "gewicht", "peso"),
    *("wtss", "wtssps", "wtssnrps", "wtssall"),
)
_ENDS_OF_WEIGHT = ("weight", "wght", "wgt")
_ID = words(
    *("id", "ids", "uuid", "respondent", "respid", "caseid", "serial", "participant", "subject"),
    *("agent", "item", "patient", "unit", "person", "case", "senator"),
)
_WAVE = words("wave", "year", "round", "date", "month", "period", "occasion", "time", "visit")
_LASTED = re.compile(r"\d{1,3}\.\d+(e-?\d+)?")  # seconds that something took; no year, no date
_RATER = words(
    *("rater", "coder", "annotator", "labeler", "labeller", "labeled by", "reviewer", "worker"),
    *("judge", "anaesthetist", "expert"),
)
_COUNT = words("n", "count", "counts", "freq", "frequency", "number", "votes", "cases")
_PERCENT = words("percent", "percentage", "pct", "share", "proportion", "per cent", "prozent")
_ASKED = words("n", "base", "sample", "sample size", "asked", "respondents", "interviews")
_SQUARES = re.compile(r"(sq|squared|squares|2)$")


@dataclass(frozen=True)
class Proposed:
    """Roles that a table seems to have, and what was not proposed and why.

    Parameters
    ----------
    roles : Roles
    left_out : mapping of str to str
        Why a column has no role, by its name.
    together : tuple of str
        Columns in which rows differ that are counted together.
    doubt : str
        Why the column of the goals may be another one, or none at all; a clause.
    several : str
        What the columns look like of which each agent may name several; empty without such.
    """

    roles: Roles
    left_out: dict[str, str]
    together: tuple[str, ...] = ()
    doubt: str = ""
    several: str = ""


def propose(
    looked: Looked,
    stated: Roles | None = None,
    asked: Iterable[str] = (),
    shape: Shape | None = None,
) -> Proposed:
    """Return roles that the columns of a table may have; those in `asked` are settled already."""
    roles, settled = stated or Roles(), set(asked)
    shape = shape or Shape((), ())
    left: dict[str, str] = {}
    taken = set(roles.columns())
    replicates = {c for names in sample_design.replicates(looked.columns) for c in names}

    def free() -> list[Seen]:
        named = [c for c in looked.columns if c.name.strip() and c.filled]
        return [c for c in named if c.name not in taken and c.name not in replicates]

    def take(role: str, found: Seen | None) -> None:
        nonlocal roles
        if found is None or role in settled or getattr(roles, role):
            return
        roles = roles.given(role, found.name)
        taken.add(found.name)

    for column in looked.columns:
        if not column.filled:
            left[column.name] = "it is empty"
    texts = ""  # a column that holds answers in free text
    for role, name in looked.told.items():
        column = looked.column(name)
        if role == "goal" and not _of_goals(column) and "goal" not in settled:
            texts = name
        elif column.filled and (role != "cluster" or column.distinct < column.filled):
            take(role, column if column.name not in taken else None)
    sums = [c for c in free() if _weighty(c) and re.search("sum|total", plain_name(c.name))]
    squares = [c for c in sums if _SQUARES.search(plain_name(c.name))]
    take("count", next((c for c in free() if _counts(c)), None))
    if roles.count and len(sums) == 2 and len(squares) == 1:
        take("weight_sum", next(c for c in sums if c not in squares))
        take("weight_sq_sum", squares[0])
    if not roles.count:
        take("weight", next((c for c in free() if _weighty(c)), None))
    take("rater", next((c for c in free() if _RATER.search(plain_name(c.name)) and _few(c)), None))
    if not roles.rater:
        take("cluster", sample_design.clusters(free()))
    if roles.cluster or roles.weight:
        take("strata", sample_design.strata(free()))
    if roles.cluster or roles.strata:
        take("fpc", sample_design.correction(free()))
    waves = [c for c in free() if _WAVE.search(plain_name(c.name)) and 1 < c.distinct <= MOST_WAVES]
    waves = [c for c in waves if not any(map(_LASTED.fullmatch, c.values))]
    take("wave", next((c for c in waves if "birth" not in plain_name(c.name)), None))
    if not roles.count:
        take("id", _id(free(), looked, bool(roles.rater or roles.wave)))
    goals = [] if texts or roles.goal else sorted(free(), key=_goal_score, reverse=True)
    open_goal = not {"goal", "count"} & settled and not roles.goal and not texts
    clear = bool(goals) and _goal_score(goals[0]) > _FOR_FEW
    several = ""
    if open_goal and "several" not in settled:
        may_be = [c for c in free() if not _is_other(c)]
        roles, several = _several(roles, looked, may_be, None if not clear else goals[0], SURE)
    if open_goal and not clear and not roles.several:
        roles = replace(roles, counts=_counted(free(), roles, shape))
        if not roles.counts and "several" not in settled:
            roles, several = _several(roles, looked, may_be, None)
    taken.update((*roles.counts, *roles.several))
    if not roles.counts and not roles.several:
        take("goal", goals[0] if goals and _goal_score(goals[0]) > 0 else None)
    groups = [c for c in free() if 1 < c.distinct <= MOST_POPULATIONS and not _many(c)]
    named = [c for c in groups if _POPULATION.search(plain_name(c.name))]
    # a column named as ids are, whose values come again: kinds of agents
    kinds = [c for c in groups if _ID.search(plain_name(c.name)) and not c.numbers]
    take("population", next(iter([*named, *kinds]), None))
    roles = _published(roles, looked, settled, shape)
    together: list[str] = []
    if shape.rows and (roles.counts or roles.count or roles.percent):
        own = [roles.goal] if roles.goal else []
        rest = [c for c in free() if c.name not in roles.columns() and not _measured(c)]
        by = [*own, *roles.population, *([roles.wave] if roles.wave else [])]
        more, together = apart(shape, by, [c.name for c in rest if not c.numbers])
        kept = [*by, *more, *together]
        figures, others = apart(shape, kept, [c.name for c in rest if c.numbers])
        together = [*together, *figures, *others]
        if "population" in settled:
            together = [*more, *together]
        else:
            roles = replace(roles, population=(*roles.population, *more))
    taken.update(roles.columns())
    for column in free():
        if column.name not in together:
            left[column.name] = _why_left(column, looked)
    doubt = "" if "goal" in settled else _doubt(roles, goals, looked, shape)
    if texts:
        n = looked.column(texts).distinct
        several = f"{n:,} different answers" if n != 1 else "one answer, a text"
        doubt = f"{show(texts)} has {several}; free text is sorted by patterns in a study file"
        if not n:
            doubt = f"{show(texts)} is empty: no run has an answer that counts"
    return Proposed(roles, left, tuple(together), doubt, several)


def _is_other(column: Seen) -> bool:
    """Tell whether a column is called as one that is about no goal."""
    others = (_POPULATION, _WAVE, _WEIGHT, _ID, _PERCENT, _RATER, _COUNT)
    return any(pattern.fullmatch(plain_name(column.name)) for pattern in others)


def _several(
    roles: Roles, looked: Looked, may_be: list[Seen], goal: Seen | None, least: int = 0
) -> tuple[Roles, str]:
    """Return roles with columns of which each agent may name several, and what these look like.

    Where a column is clearly the one of the goals, it alone is looked at.
    """
    one = first_of_each(looked, may_be if goal is None else [goal])
    if one is not None:
        name, (_, found) = one
        return replace(roles, several=(name,)), found.what
    beside = [c for c in may_be if c.numbers or not _many(c)]
    side = None if goal is not None else first_goals_of(looked, beside)
    if side is None or side[1].special < least:
        return roles, ""
    return replace(roles, several=tuple(side[1].columns)), side[1].what


def _counted(columns: list[Seen], roles: Roles, shape: Shape) -> tuple[str, ...]:
    """Return the columns with the number of agents of each goal, if the table has such."""
    if roles.count or roles.rater or not shape.rows:
        return ()
    other = (_POPULATION, _WAVE, _WEIGHT, _ID, _PERCENT)
    may_be = [c for c in columns if not any(p.search(plain_name(c.name)) for p in other)]
    numbers = [c.name for c in may_be if shape.whole(c.name) is not None]
    if len(shape.rows) >= _MANY_ROWS and all(_rates(c) for c in may_be if c.name in numbers):
        return ()
    keys = [name for name in shape.names if name not in numbers]
    ids = [key for key in keys if _ID.search(plain_name(key)) and not shape.repeats([key])]
    return () if ids or roles.id else counted_goals(shape, numbers, keys)


def _rates(column: Seen) -> bool:
    """Tell whether numbers are as small, and as few, as those of a scale."""
    return column.distinct <= _FEW and all(float(text) < _FEW for text in column.values)


def _published(roles: Roles, looked: Looked, settled: set[str], shape: Shape) -> Roles:
    """Return roles of published percentages, where the figures of each population sum to 100."""
    percent = next((c for c in looked.columns if _PERCENT.search(plain_name(c.name))), None)
    if percent is None or not shape.rows or roles.goal is None or {"count", "weight"} & settled:
        return roles
    others = [*roles.population, *([roles.wave] if roles.wave else [])]
    if len(others) > 1 or not are_percentages(shape, percent.name, others):
        return roles
    behind = roles.count or next(
        (c.name for c in looked.columns if _ASKED.fullmatch(plain_name(c.name))), None
    )
    if behind and not is_one_of_each(shape, behind, others):
        return roles  # numbers of agents for each goal, and their percentages beside
    return replace(roles, count=None, id=None, percent=percent.name, asked=behind)


def _measured(column: Seen) -> bool:
    """Tell whether a column is one of figures, and not of what figures are about."""
    figures = column.numbers and (column.distinct > MOST_POPULATIONS or _many(column))
    return figures and not _ID.search(plain_name(column.name))


def _doubt(roles: Roles, goals: list[Seen], looked: Looked, shape: Shape) -> str:
    """Return why the proposed column of the goals may be none; empty where nothing speaks so."""
    if roles.goal is None:
        return ""
    figures = [c.name for c in looked.columns if _PERCENT.search(plain_name(c.name))]
    by = [*roles.population, *([roles.wave] if roles.wave else [])]
    if (
        (figures and not roles.percent and shape.rows)
        and are_percentages(shape, figures[0], by)
        and (not roles.count or is_one_of_each(shape, roles.count, by))
    ):
        return (
            f"{show(figures[0])} holds percentages by {shown(by)} together: join them in one "
            "column, for the model published"
        )
    others = [c.name for c in looked.columns if c.name.strip() and c.name != roles.goal]
    if not roles.count and not roles.percent and shape.rows and not roles.rater:
        texts = [c for c in others if not looked.column(c).numbers]
        if balanced(shape, roles.goal, texts):
            rows = next(iter(looked.column(roles.goal).values.values()))
            return (
                f"each value of {show(roles.goal)} stands in exactly {rows:,} rows, as in a table "
                "of figures; answers of agents are never spread so evenly"
            )
    weak = [c.name for c in goals if 0 < _goal_score(c) <= _FOR_FEW]
    if roles.goal in weak and len(weak) > 1:
        return f"{shown(weak, 30)} are equally likely to hold them"
    return ""


def check_roles(roles: Roles, looked: Looked) -> None:
    """Refuse columns that are not there, or that have two roles."""
    names = [column.name for column in looked.columns]
    for column in roles.columns():
        if column not in names:
            raise StudyError(
                f"{looked.data} has no column {show(column)}; it has {shown(names, 30)}"
                + fix_by_spelling(column, names)
            )
        if (times := roles.columns().count(column)) > 1:
            raise StudyError(
                f"the column {show(column)} is to be {times} things at once. Fix: name another "
                "column for one of them"
            )
    if roles.rater and not roles.id:
        raise StudyError(
            "a column of raters was named, and none that tells which agent they labelled. Fix: "
            "name it with --id"
        )


def _few(column: Seen) -> bool:
    return 1 < column.distinct <= max(50, column.filled // 4)


def _many(column: Seen) -> bool:
    """Tell whether nearly every row has a value of its own, as ids and measurements have."""
    return column.distinct > 20 and column.distinct > 0.5 * column.filled


def _weighty(column: Seen) -> bool:
    name = plain_name(column.name)
    named = _WEIGHT.search(name) or name.endswith(_ENDS_OF_WEIGHT)
    return bool(named) and _positive(column)


def _positive(column: Seen) -> bool:
    texts = [text.replace(",", ".") for text in column.values]
    try:
        return all(float(text) >= 0 for text in texts if text.upper() not in ("NA", "NAN"))
    except ValueError:
        return False


def _counts(column: Seen) -> bool:
    return (
        bool(_COUNT.fullmatch(plain_name(column.name)))
        and column.numbers
        and all(float(text).is_integer() and float(text) >= 0 for text in column.values)
    )


def _id(columns: list[Seen], looked: Looked, repeated: bool) -> Seen | None:
    named = [c for c in columns if _ID.search(plain_name(c.name)) and c.filled == looked.rows]
    for column in named:
        once = column.distinct == column.filled
        if column.distinct > 1 and (once or (repeated and column.distinct > 0.05 * column.filled)):
            return column
    return None


def _sorts(column: Seen) -> bool:
    """Tell whether a column has few enough different values for answers to be sorted by hand."""
    return 1 < column.distinct <= MOST_GOALS and not _many(column)


def _of_goals(column: Seen) -> bool:
    """Tell whether a column of which a program says that it holds answers can be sorted by hand."""
    few = column.filled <= _FEW and column.distinct <= _FEW
    short = all(len(text) <= _LONGEST for text in column.values)
    return _sorts(column) or (column.filled > 0 and short and (few or column.distinct == 1))


def _goal_score(column: Seen) -> int:
    """Return how much speaks for a column as the one of the goals; 0 is too little."""
    if not _sorts(column):
        return 0
    if column.numbers and column.distinct > 0.5 * column.filled:  # a measurement, or counts
        return 0
    name = plain_name(column.name)
    score = 4 * bool(_GOAL.search(name)) + _FOR_FEW * (column.distinct <= _FEW)
    if column.numbers:
        score -= 1
    other = (_POPULATION, _WAVE, _WEIGHT, _ID)
    return score - 2 * any(pattern.search(name) for pattern in other)


def _why_left(column: Seen, looked: Looked) -> str:
    if column.distinct == 1:
        return "every row says the same"
    if _ID.search(plain_name(column.name)) and column.distinct < column.filled:
        return "its values come several times, so that it tells no row from the others"
    if column.distinct == column.filled == looked.rows:
        return "every row has a value of its own"
    return f"{column.distinct:,} different values, and none of the roles was found for it"
