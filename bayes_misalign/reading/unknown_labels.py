"""Say of names that no list knows, or nobody can read, what is wrong and what was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.near_labels import misread_label, near_label, says_no_answer
from bayes_misalign.reading.several_goals import several_in
from bayes_misalign.reading.totals import is_total
from bayes_misalign.tables import remedies
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.labels import find_twins, show, shown, suspicious, twin_key
from bayes_misalign.tables.table import place_of

_FREE_TEXT = 3  # unknown labels, from which on they may be write-ins
_MOST_CODES = 21  # more different numbers are no codes
_SHORT = 2  # characters of a text to which no other is near


def note_unknown_labels(
    unknown: Mapping[str, tuple[int, int]],
    where: str,
    labels: Sequence[str],
    problems: Problems,
    *,
    what: str = "label",
    unknown_is: str = "is in none of the study's lists",
    fix: str = "add it to `goals`, `no_goal` or `not_answers`",
    coded: bool | None = None,
    other: bool = False,
    stands: Callable[[int, int], str] = place_of,
    below_header: int = 0,
) -> None:
    """Note the labels of a column that are in no list, each with its number of rows and the first.

    `coded` tells whether codes are stated, None where a reader takes none; `other` whether it takes
    all other labels for one; `stands` where a text stands, by these numbers; `below_header`
    is the first row of a file below its header, 0 where there is none.
    """
    codes = [text for text in unknown if remedies.is_figure(text)]
    if coded is False and codes and not any(map(remedies.is_figure, labels)):
        _note_codes({code: unknown[code] for code in codes}, where, labels, problems, stands)
        unknown = {text: place for text, place in unknown.items() if text not in codes}
    if coded:
        fix += " or to `codes`"
    free = [text for text in unknown if not (_near(text, labels) or remedies.is_missing(text))]
    gaps = [text for text in unknown if coded and remedies.is_missing_code(text)]
    write_ins = f"{fix}; or {remedies.OTHER}" if other and len(free) >= _FREE_TEXT else fix
    for text, (rows, first) in unknown.items():
        own = write_ins if text in free else fix
        own = remedies.FORMULA if text.startswith("=") else own
        if gaps:  # one remedy for all, so that they stay one problem
            stated = ", ".join(map(remedies.quoted, gaps))
            own += f"; or state `missing = [{stated}]` if it means a missing answer"
        if rows == 1 and first == below_header and text in free and len(free) < _FREE_TEXT:
            texts = [*range(1, below_header - 1), below_header]
            own += f"; or state {remedies.skip_rows_by_number(texts)} if that row holds no answers"
        note_unknown_label(
            text,
            stands(rows, first),
            where,
            labels,
            problems,
            rows=rows,
            what=what,
            unknown=unknown_is,
            fix=own,
        )


def note_unknown_label(
    text: str,
    place: str,
    where: str,
    labels: Sequence[str],
    problems: Problems,
    *,
    rows: int = 1,
    what: str = "label",
    unknown: str = "is in none of the study's lists",
    fix: str = "add it to `goals`, `no_goal` or `not_answers`",
) -> None:
    """Note a label that is in no list."""
    twins = [label for label in labels if twin_key(label) == twin_key(text)]
    value = f"{show(text)} {place}".rstrip()
    said, several = f"the {what} {value}", f"{{n}} {what}s{' in {rows}' * place.startswith('in')}"
    found: dict[str, Any] = {"where": where, "rows": rows, "value": value}
    if trouble := suspicious(text):
        problems.add(
            f"{said} {trouble}",
            several=f"{several} hold what cannot be read",
            fix=f"write {show(twins[0])}" if twins else "correct the cell, or leave it empty",
            **found,
        )
    elif twins:
        found["value"] += f" ({show(twins[0])})"
        problems.add(
            f"{said} differs from {show(twins[0])} only by case, white space or Unicode form",
            several=f"{several} differ from those of the study only by case, white space or "
            "Unicode form",
            fix=f"write the {what} in the data and in the study in the same way",
            **found,
        )
    elif remedies.is_missing(text):
        problems.add(
            f"{said} {unknown}",
            several=f"{several} seem to mean that there is none",
            valid=shown(labels),
            fix=f"{remedies.missing(text)}; {fix} if it is an answer",
            **found,
        )
    elif is_total(text):
        problems.add(
            f"{said} seems to be a total",
            several=f"{several} seem to be totals",
            valid=shown(labels),
            fix=remedies.TOTALS,
            **found,
        )
    else:
        hint = _near(text, labels)
        near = ", near one that is" if hint else ""
        found["value"] += f" ({hint})" if hint else ""
        problems.add(
            f"{said} {unknown}",
            several=f"{several} {_of_several(unknown)}{near}",
            valid=shown(labels),
            fix=fix,
            hint=hint,
            **found,
        )


def is_doubtful(text: str, labels: Sequence[str]) -> bool:
    """Tell whether a text may be a misspelt label, several labels, no answer, or a total."""
    if suspicious(text) or remedies.is_missing(text) or says_no_answer(text):
        return True
    if several_in(text, labels) or is_total(text):
        return True
    return near_label(text, labels) is not None


class WriteIns:
    """Tells which texts that no list knows count as another one, the catch-all of a study."""

    def __init__(self, other: str | None, labels: Iterable[str], codes: Iterable[str] = ()) -> None:
        self.other, self._labels = other, (*labels, *codes)
        self._known = frozenset(self._labels)
        self._figures = {float(code) for code in codes if remedies.is_figure(code)}

    def knows(self, text: str) -> bool:
        """Tell whether a list holds a text."""
        return text in self._known

    def take(self, text: str) -> bool:
        """Tell whether a text that is in no list is one of its own, none misspelt, nor missing."""
        if self.other is None or is_doubtful(text, self._labels):
            return False
        # "01" is not the code 1, and nobody wrote it in
        return not (remedies.is_figure(text) and float(text) in self._figures)

    def label(self, text: str) -> str:
        """Return what a text that is in no list counts as: the catch-all, or itself."""
        return self.other if self.other is not None and self.take(text) else text

    def notes(self, texts: Mapping[str, float], what: str) -> list[str]:
        """Return how many texts count as the catch-all, and which."""
        if not texts:
            return []
        other, n = show(self.other or ""), sum(texts.values())
        if n == 1:
            return [f"One {what} in none of the lists counts as {other}: {shown(texts)}."]
        different = f"{len(texts):,} different ones" if len(texts) > 1 else "one"
        return [
            f"{n:,.0f} {what}s in none of the lists ({different}) count as {other}: "
            f"{shown(texts, 5)}."
        ]


def note_unlisted_other(
    other: str,
    labels: Sequence[str],
    problems: Problems,
    fix: str = "add it to `goals`, `no_goal` or `not_answers`",
) -> None:
    """Note that what all other answers count as is in no list."""
    problems.add(
        f"other is {show(other)}, which is in none of the study's lists",
        where="other",
        valid=shown(labels),
        fix=fix,
    )


def _near(text: str, labels: Sequence[str]) -> str:
    if (found := misread_label(text, labels)) is not None:
        label, _, meant = found
        return f"{show(label)} looks so in another encoding: {remedies.encoding(meant)}"
    if (near := near_label(text, labels)) is not None:
        return f"did you mean {show(near)}?"
    return did_you_mean(text, labels) if len(text) > _SHORT else ""


def _note_codes(
    codes: Mapping[str, tuple[int, int]],
    where: str,
    labels: Sequence[str],
    problems: Problems,
    stands: Callable[[int, int], str],
) -> None:
    few = sorted(codes, key=float)
    place = stands(1, min(first for _, first in codes.values()))
    fix = "name the column that holds the labels"
    if len(few) <= _MOST_CODES:
        fix = f"state what the codes stand for: {remedies.codes(dict.fromkeys(few, '...'))}"
    problems.add(
        "numbers stand where labels should be",
        where=where,
        rows=sum(number for number, _ in codes.values()),
        value=f"{shown(few)}, the first {place}" if place else shown(few),
        valid=shown(labels),
        fix=fix,
    )


def _of_several(unknown: str) -> str:
    verb, rest = unknown.split(" ", 1)
    return f"{ {'is': 'are', 'differs': 'differ'}.get(verb, verb) } {rest}"


def note_codes_twice(codes: Mapping[str, str], problems: Problems) -> None:
    """Note codes that are one, as 1 and 1.0 are, and stand for different labels."""
    last = {same_code(code): label for code, label in codes.items()}
    for code, label in codes.items():
        if (other := last[same_code(code)]) != label:
            problems.add(
                f"the code {show(same_code(code))} stands for {show(label)} and {show(other)}",
                where="codes",
                valid="one label for each code; 1 and 1.0 are the same one",
                fix="remove one of the two",
            )


def note_unknown_code(code: str, label: str, labels: Sequence[str], problems: Problems) -> None:
    """Note a code that stands for a label that is in no list."""
    problems.add(
        f"the code {show(code)} stands for the unknown label {show(label)}",
        where="codes",
        several="{n} codes stand for labels that are unknown",
        value=f"{show(code)} ({show(label)})",
        valid=shown(labels),
        hint=did_you_mean(label, labels),
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
            problems.add(
                f"the {what} {show(name)} {trouble}",
                where=where,
                several=f"{{n}} {what}s hold what cannot be read",
                value=show(name),
            )
    numbers: dict[str, list[str]] = {}
    for name in told:
        numbers.setdefault(same_code(name), []).append(name)
    for same in (names for names in numbers.values() if len(names) > 1):
        problems.add(
            f"{what}s are one number, written in two ways",
            where=where,
            value=shown(same),
            valid=valid,
            fix=fix,
        )
    for twins in find_twins(filter(None, told)):
        problems.add(
            f"{what}s differ only by case, white space or Unicode form",
            where=where,
            value=shown(twins),
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
                several=f"{{n}} names are those of no {what}",
                value=show(name),
                valid=shown(names),
                hint=did_you_mean(name, names),
            )
    if missing := [name for name in names if name not in given]:
        problems.add(f"there is no {figure} {shown(missing)}", where=where, valid=valid, fix=fix)
    return len(problems) == before
