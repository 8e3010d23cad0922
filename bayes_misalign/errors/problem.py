"""One thing that is wrong with an input, or several of one kind, and how a message says it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

KEPT_PLACES = 1_000  # of problems of one kind, for programs
_FIRST = 3  # places of a kind that a message names
_VALUES = 8  # values of a kind that a message names
_LONGEST = 1_200  # characters of a part of a message: values that users write may be of any length
# tables of a study file, and where Python takes what they hold
_ARGUMENTS = {
    "goals": "the declaration of goals",
    "conflict": "the declaration of conflict",
    "populations": "populations",
    "report": "reporting",
    "fit": "fitting",
    "shares": "shares",
}
CLASSES: dict[str, str] = {}  # what Python calls a model, where not after its name; models say it
_WHERE = re.compile(rf"^\[({'|'.join(_ARGUMENTS)})\](?: (\w+))?")
_UNDER = re.compile(rf" under \[({'|'.join(_ARGUMENTS)})\]")
# not what stands in quotes, as labels do
_SNIPPET = re.compile("(?<!['\"])`([^`]+)`(?!['\"])")
_ROW = re.compile("row ([0-9]+)")
# what a terminal obeys instead of showing it: controls, line and paragraph ends, marks and
# isolates of writing direction; and halves of characters, which cannot be encoded
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Return text on one line that no terminal takes for an order: such characters escaped.

    Examples
    --------
    >>> print(printable("results\x1b[2J"))
    results\x1b[2J
    """
    return _OBEYED.sub(lambda found: ascii(found[0])[1:-1], text)


def snippets(fix: str) -> list[str]:
    """Return what a remedy tells to state, as a study file has it.

    Examples
    --------
    >>> snippets('state `separator = ";"`')
    ['separator = ";"']
    """
    return _SNIPPET.findall(fix)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input, or several of one kind.

    Parameters
    ----------
    what : str
        What is wrong: the whole sentence where `several` is stated, else without the value.
    where : str
        File, row, column or label, in that order, as far as they are known.
    valid : str
        What would be valid.
    fix : str
        What to do about it. What goes into a study stands between backquotes, as TOML has it.
    hint : str
        A remedy for this one alone, before the `fix` for all of a kind.
    lines : tuple of str
        What there is to choose from, each on a line of its own below.
    value : str
        The offending value, as a message shows it.
    several : str
        How to say it of several; ``{n}`` is their number, ``{rows}`` that of their rows.
    number : int
        How many problems of this kind there are.
    rows : int
        In how many rows they stand, where that is another number.
    places, values : tuple of str
        Of several: where the first of them are, and their different values.
    at_least : bool
        Whether there may be more, because reading stopped.
    toml : bool
        Whether the words are those of study.toml; by default they are those of Python.

    Examples
    --------
    >>> print(Problem("weight is negative: -2", where="a.csv, row 3", valid="a number >= 0"))
    a.csv, row 3: weight is negative: -2. Valid: a number >= 0.
    >>> print(Problem("no unit is stated", fix="state it, as in `units = {a = true}`"))
    no unit is stated. Fix: state it, as in units={'a': True}.
    """

    what: str
    where: str = ""
    valid: str = ""
    fix: str = ""
    value: str = ""
    several: str = ""
    number: int = 1
    rows: int = 0
    places: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    at_least: bool = False
    toml: bool = False
    hint: str = ""
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the problem as one line of text, and what it lists below."""
        both = " " if self.hint.endswith("?") else "; or "
        said = [self.hint, self.fix] if self.number == 1 else [self.fix]
        remedy = both.join(filter(None, said))
        place = self.where if self.toml else _WHERE.sub(_python_place, self.where)
        words = self._said(), place, self._worded(self.valid), self._worded(remedy)
        what, where, valid, fix = map(_cut, words)
        text = _sentence(f"{where}: {what}" if where else what)
        if valid:
            text += _sentence(f" Valid: {valid}")
        if fix:
            text += _sentence(f" Fix: {fix}")
        return "\n    ".join(map(printable, (text, *self.lines)))

    def _worded(self, text: str) -> str:
        if self.toml:
            return _SNIPPET.sub(r"\1", text)
        text = _UNDER.sub(lambda found: f" in {_ARGUMENTS[found[1]]}", text)
        return _SNIPPET.sub(lambda found: _in_python(found[1]), text)

    def _said(self) -> str:
        if self.number == 1:
            return f"{self.what}: {self.value}" if self.value and not self.several else self.what
        number = f"at least {self.number:,}" if self.at_least else f"{self.number:,}"
        inside = [_inside(place, self.where) for place in self.places]
        named, in_rows, in_pairs = _named_places(list(filter(None, inside)))
        told = self.number == len(inside) <= (1 if in_pairs else _FIRST)
        if self.several:
            rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
            text = self.several.replace("{n}", number).replace("{rows}", rows)
            text += f", {'in' if told else 'first'} {named}" if named else ""
        elif told and named:
            text = f"{self.what} in {named}"
        elif named:
            text = f"{self.what} in {number} {'rows' if in_rows else 'places'}, first {named}"
        else:
            text = f"{self.what}, {number} times"
        if self.values:
            more = len(self.values) - _VALUES
            kept = f"{more:,} " if len(self.values) < KEPT_PLACES else ""
            text += f": {'; '.join(self.values[:_VALUES])}"
            text += f"; and {kept}more" if more > 0 else ""
        return text


def _python_place(found: re.Match[str]) -> str:
    table, key = found[1], found[2] or ""
    if table in ("goals", "conflict"):
        return f"{'conflict_' if table == 'conflict' and key == 'prior' else ''}{key or table}"
    return f"{_ARGUMENTS[table]}{'.' * bool(key)}{key}"


def _in_python(snippet: str) -> str:
    """Return what a study file states as an argument of Python states it."""
    try:
        stated = tomllib.loads(snippet)
    except ValueError:
        return snippet
    return ", ".join(
        # models are classes there, called as the models are
        f"{_class_of(value)}(...)" if key == "model" else f"{key}={value!r}"
        for key, value in stated.items()
    )


def _class_of(model: str) -> str:
    return CLASSES.get(model) or "".join(part.capitalize() for part in model.split("-"))


def _inside(place: str, where: str) -> str:
    """Return what a place says beside what it has in common with others."""
    parts, common = place.split(", "), where.split(", ") if where else []
    lead = 0
    while lead < min(len(parts), len(common)) and parts[lead] == common[lead]:
        lead += 1
    end = len(parts) - (len(common) - lead)
    return ", ".join(parts[lead:end]) if parts[end:] == common[lead:] else place


def in_common(places: Sequence[str]) -> str:
    """Return what all places have in common, in the front and at the end."""
    split = [place.split(", ") for place in places]
    least = min(map(len, split))
    lead = 0
    while lead < least and len({parts[lead] for parts in split}) == 1:
        lead += 1
    trail = 0
    while trail < least - lead and len({parts[-1 - trail] for parts in split}) == 1:
        trail += 1
    return ", ".join([*split[0][:lead], *split[0][len(split[0]) - trail :]])


def _named_places(inside: Sequence[str]) -> tuple[str, bool, bool]:
    """Return the first places in words, and whether all of them are rows, or pairs of rows."""
    rows = [_ROW.fullmatch(place) for place in inside]
    if inside and all(rows):
        first = [row[1] for row in rows[:_FIRST] if row]
        if len(first) == 1:
            return f"row {first[0]}", True, False
        return f"rows {', '.join(first[:-1])} and {first[-1]}", True, False
    pairs = all(place.startswith("rows ") for place in inside)
    return "; ".join(inside[: 1 if pairs else _FIRST]), False, pairs


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _sentence(text: str) -> str:
    text = text.rstrip()
    return text if text.endswith((".", "?", "!")) else f"{text}."
