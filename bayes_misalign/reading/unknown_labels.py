"""Say of names that no list knows, or nobody can read, what is wrong and what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.several_goals import several_in
from bayes_misalign.reading.totals import is_total
from bayes_misalign.tables.labels import find_twins, show, shown, suspicious, twin_key

_WORDS_FOR_MISSING = frozenset({"na", "n/a", "none", "null", "nan", ".", "-", "missing"})


def place_of(rows: int, first: int) -> str:
    """Return where a text stands, as messages write it."""
    return f"in row {first}" if rows == 1 else f"in {rows} rows, the first of them {first}"


def note_unknown_label(
    text: str,
    place: str,
    where: str,
    labels: Sequence[str],
    problems: Problems,
    *,
    what: str = "label",
    unknown: str = "is in none of the study's lists",
    fix: str = "add it to goals, no_goal or not_answers",
    coded: bool = False,
) -> None:
    """Note a label that is in no list."""
    twins = [label for label in labels if twin_key(label) == twin_key(text)]
    if trouble := suspicious(text):
        problems.add(
            f"the {what} {show(text)} {place} {trouble}",
            where=where,
            fix=f"write {show(twins[0])}" if twins else "correct the cell, or leave it empty",
        )
    elif twins:
        problems.add(
            f"the {what} {show(text)} {place} differs from {show(twins[0])} only by case, "
            "white space or Unicode form",
            where=where,
            fix=f"write the {what} in the data and in the study in the same way",
        )
    else:
        fixes = [did_you_mean(text, labels), fix]
        if text.strip().casefold() in _WORDS_FOR_MISSING:
            fixes.append("or leave the cell empty if the agent was not asked")
        if coded:
            fixes.append("or to codes")
        problems.add(
            f"the {what} {show(text)} {place} {unknown}",
            where=where,
            valid=shown(labels),
            fix=" ".join(filter(None, fixes)),
        )


def is_doubtful(text: str, labels: Sequence[str]) -> bool:
    """Tell whether a text may be a misspelt label, several labels, a missing one, or a total."""
    if suspicious(text) or text.strip().casefold() in _WORDS_FOR_MISSING:
        return True
    if several_in(text, labels) or is_total(text):
        return True
    return any(twin_key(label) == twin_key(text) for label in labels)


def note_unlisted_other(other: str, labels: Sequence[str], problems: Problems) -> None:
    """Note that what all other answers count as is in no list."""
    problems.add(
        f"other is {show(other)}, which is in none of the study's lists",
        where="other",
        valid=shown(labels),
        fix="add it to goals, no_goal or not_answers",
    )


def note_unknown_code(code: str, label: str, labels: Sequence[str], problems: Problems) -> None:
    """Note a code that stands for a label that is in no list."""
    problems.add(
        f"the code {show(code)} stands for the unknown label {show(label)}",
        where="codes",
        valid=shown(labels),
        fix=did_you_mean(label, labels),
    )


def note_unreadable(
    what: str,
    names: Iterable[str],
    where: str,
    problems: Problems,
    *,
    valid: str = "",
    fix: str = "write each in one way",
) -> None:
    """Note names that nobody can read, or tell from another."""
    told = list(dict.fromkeys(names))
    for name in told:
        if trouble := suspicious(name):
            problems.add(f"the {what} {show(name)} {trouble}", where=where)
    for twins in find_twins(filter(None, told)):
        problems.add(
            f"{what}s differ only by case, white space or Unicode form: {shown(twins)}",
            where=where,
            valid=valid,
            fix=fix,
        )


def check_named(
    stated: Iterable[str],
    names: Sequence[str],
    what: str,
    figure: str,
    where: str,
    problems: Problems,
    *,
    valid: str = "",
    fix: str = "",
) -> bool:
    """Note names that a study states a figure of and are not there, and those that lack it."""
    before, given = len(problems), list(stated)
    for name in given:
        if name not in names:
            problems.add(
                f"there is no {what} {show(name)}",
                where=where,
                valid=shown(names),
                fix=did_you_mean(name, names),
            )
    if missing := [name for name in names if name not in given]:
        problems.add(f"there is no {figure} {shown(missing)}", where=where, valid=valid, fix=fix)
    return len(problems) == before
