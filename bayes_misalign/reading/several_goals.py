"""Several goals of one agent: in one cell, or in a column for each option."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from bayes_misalign.errors import Problems
from bayes_misalign.tables.labels import show, shown, twin_key

NO_MODEL = "only the model multi-select takes several goals of one agent"
ONE_ANSWER = (
    'state `model = "multi-select"`, where agents hold all that they name; or name a '
    "column with one answer of each agent, such as the most important one"
)
_SEPARATORS = (
    *(r";", r"\|", r",", r"/", r"\n", r"\t", r"&", r"\+"),
    *(r"\s+and\s+", r"\s+or\s+", r"\s+und\s+", r"\s+et\s+", r"\s+y\s+"),
)
_TICKED = frozenset({"selected", "not selected", "checked", "unchecked", "ticked", "not ticked"})
_MARKS = frozenset(
    {"x", "✓", "✔", "yes", "no", "true", "false", "y", "n", "ja", "nein", "oui", "non"}
)
_TICKED |= {"quoted", "not quoted", "mentioned", "not mentioned", "genannt", "nicht genannt"}


def several_in(text: str, labels: Collection[str]) -> tuple[str, ...]:
    """Return the labels that a cell names, if it names two or more; else none."""
    known: dict[str, str] = {}
    for label in labels:
        known.setdefault(twin_key(label), label)
    if twin_key(text) in known:
        return ()
    bare = text.strip().strip("[](){}")
    for separator in _SEPARATORS:
        parts = [part.strip().strip("'\"") for part in re.split(separator, bare)]
        found = dict.fromkeys(known[key] for part in parts if (key := twin_key(part)) in known)
        if len(found) > 1:
            return tuple(found)
    alone = [known.get(twin_key(part)) for part in bare.split()]  # as ODK and KoBo write them
    return tuple(dict.fromkeys(filter(None, alone))) if len(alone) > 1 and all(alone) else ()


def apart_from_several(
    unknown: Mapping[str, tuple[int, int]],
    labels: Sequence[str],
    where: str,
    problems: Problems,
    what: str = "goals",
) -> dict[str, tuple[int, int]]:
    """Note cells that name several labels, all in one line, and return the other texts.

    `unknown` holds for each text its number of rows and the first of them.
    """
    several = {text: named for text in unknown if (named := several_in(text, labels))}
    if several:
        rows = sum(unknown[one][0] for one in several)
        first = min((unknown[one][1] for one in several), key=int)
        first_text = min(several, key=lambda one: int(unknown[one][1]))
        counted = f"{rows:,} cells name" if rows > 1 else "a cell names"
        problems.add(
            f"{counted} several {what}, such as {show(first_text)} in row {first}, which names "
            f"{shown(several[first_text])}",
            where=where,
            valid=f"one of them in each cell: {NO_MODEL}",
            fix=ONE_ANSWER,
        )
    ticked = [text for text in unknown if text.strip().casefold() in _TICKED]
    if ticked:
        problems.add(
            f"the column says {shown(ticked)}: it seems to be one option of a question of which "
            "several may be chosen",
            where=where,
            valid=f"a column with one answer of each agent; {NO_MODEL}",
            fix=ONE_ANSWER,
        )
    return {text: at for text, at in unknown.items() if text not in several and text not in ticked}


def note_marks(
    cells: Iterable[str], labels: Collection[str], where: str, problems: Problems
) -> bool:
    """Note columns for numbers of agents whose cells mark options instead, and tell whether.

    Marks are a cross, a word for yes and no, or the label of the option.
    """
    told = {text.strip() for text in cells} - {""}
    plain = {twin_key(text) for text in told}
    known = {twin_key(label) for label in labels} | _TICKED
    if not told or not plain <= _MARKS | known:
        return False
    problems.add(
        f"cells hold {shown(sorted(told), 5)} in place of numbers of agents: the columns seem to "
        "be options of which agents chose several",
        where=where,
        valid=f"numbers of agents who gave each answer; {NO_MODEL}",
        fix=ONE_ANSWER,
    )
    return True


def note_options_as_counts(
    numbers: Sequence[float], rows: Sequence[float], width: int, source: str, problems: Problems
) -> None:
    """Note columns of counts whose cells seem to be options that single agents ticked.

    Parameters
    ----------
    numbers, rows : sequence of float
        Sum of the counts, and number of cells, of each distinct row.
    width : int
        Number of columns of counts.
    """
    ticks = all(n <= cells for n, cells in zip(numbers, rows, strict=True))
    agents = sum(rows) / width
    if width > 1 and ticks and sum(numbers) > agents > 1:
        problems.add(
            f"no cell of the columns counts more than one agent, and there are {sum(numbers):,.0f} "
            f"ones in {agents:,.0f} rows: they seem to be options of which agents chose several",
            where=source,
            valid=f"numbers of agents who gave each answer; {NO_MODEL}",
            fix=f"{ONE_ANSWER}; if cells are numbers of agents, give them in rows, with `count`",
        )
