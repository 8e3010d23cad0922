"""Words for what a study states of how a table is written: one place for all messages."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from bayes_misalign.errors import Problem
from bayes_misalign.tables.dates import iso_day

# how programs write a missing cell: whose way it is
_MISSING = {
    "NA": "R",
    "<NA>": "pandas",
    "NaN": "Python",
    "nan": "Python",
    "None": "Python",
    "NULL": "a database",
    "null": "a database",
    "NaT": "pandas",
    "#N/A": "a spreadsheet",
    ".": "SAS or Stata",
}
_WORDS_FOR_MISSING = frozenset({"n/a", "none", "missing", "-", "--", "?", "na", "n.a.", "null"})
# patterns of what is wrong somewhere: most tables need none of them compiled
_MISSING_CODES = r"-([1-9]|9?9[0-9]|999)|-?(77|88|9[6-9]|777|888|99[6-9]|9999)"
_DECIMAL = r"\s*[-+]?[0-9]+,[0-9]+\s*"
_GROUPS = "[-+]?[0-9]{1,3}([ .'\u2019\u00a0\u202f][0-9]{3})+"
_THOUSANDS = r"\s*[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\s*"

GROUPED = "write numbers without a separator of thousands, as in 1234"
DECIMAL = 'state `decimal = ","` if the comma is the decimal mark'
OTHER = 'state `other = "Other"` if all of these are one goal, and list it among the goals'
MERGED = (
    "write the name in every row, if a cell holds for the rows below it, as merged cells do; else "
    'state `empty_population = "leave out"`'
)
FORMULA = "open the workbook in a spreadsheet program and save it: the formula was never worked out"
TOTALS = "remove the row: a total would count its agents again"


SEPARATED = "the header is separated by "  # how a message begins


def among_others(problem: Problem) -> Problem:
    """Return what is said of a file that has another separator than one before it."""
    if not problem.what.startswith(SEPARATED):
        return problem
    return replace(problem, fix="write all files of the study with one separator")


def quoted(text: str) -> str:
    """Return a text as TOML and Python both write it, to stand between backquotes."""
    return json.dumps(text, ensure_ascii=False).replace("`", "\\u0060")


def is_grouped(text: str) -> bool:
    """Tell whether digits stand in groups of three, apart by something else than a comma."""
    return bool(re.fullmatch(_GROUPS, text))


def is_figure(text: str) -> bool:
    """Tell whether a text is a number."""
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def is_missing_code(text: str) -> bool:
    """Tell whether a text is a number that surveys write where an answer is missing."""
    return bool(re.fullmatch(_MISSING_CODES, text.strip()))


def is_missing(text: str) -> bool:
    """Tell whether a cell holds what some program writes where there is nothing."""
    word = text.strip()
    return word in _MISSING or word.casefold() in _WORDS_FOR_MISSING


def is_written_missing(text: str) -> bool:
    """Tell whether no person would write this, but a program where there is nothing."""
    word = text.strip()
    return word in _MISSING and word != "None"


def missing(text: str) -> str:
    """Return how to say that such a cell is missing."""
    word = text.strip()
    stated = f"state `missing = [{quoted(word)}]`"
    if whose := _MISSING.get(word):
        return f"{word} is how {whose} writes a missing cell: {stated}"
    return f"{stated} if it stands for a missing cell"


def where_told(column: str) -> str:
    """Return how to leave out rows whose cell in a column is empty, or declared missing."""
    return (
        f'`where = {{ {quoted(column)} = {{ not = "" }} }}` leaves such rows out, and the result '
        "says how many"
    )


def in_no_range(column: str, texts: Sequence[str], *, dates: bool) -> str:
    """Return what to do about cells that are in no range, as they are no numbers, or no dates."""
    stated = f"`missing = {{ {quoted(column)} = [{', '.join(map(quoted, texts))}] }}`"
    gaps = f"state {stated} if they stand for missing cells"
    if dates:
        return f"write the dates of the column as 2020-01-31; or {gaps}"
    if (day := next(filter(None, map(iso_day, texts)), None)) is None:
        return gaps
    limit = f"`where = {{ {quoted(column)} = {{ at_least = {quoted(day)} }} }}`"
    return f"compare dates with a date, as in {limit}; or {gaps}"


def comma(text: str, *, whole: bool = False) -> str:
    """Return what to do about a comma in a number, which can be one of two things."""
    if re.fullmatch(_THOUSANDS, text):
        return GROUPED if whole or "." in text else f"{GROUPED}; or {DECIMAL}"
    return DECIMAL if re.fullmatch(_DECIMAL, text) else GROUPED


def skip_rows(header: int) -> str:
    """Return how to say that the names of columns stand in a later row."""
    return f"state `skip_rows = {header - 1}`"


def codes(of: dict[str, str]) -> str:
    """Return how to say what codes stand for."""
    inside = ", ".join(f"{quoted(code)} = {quoted(label)}" for code, label in of.items())
    return f"`codes = {{{inside}}}`"


def skip_rows_by_number(rows: Sequence[int]) -> str:
    """Return how to say that these rows hold no data."""
    return f"`skip_rows = {list(rows)}`"


FINISHED_ONLY = '`where = { "status" = "success" }`'


def of_unfinished(status: str) -> str:
    """Return what to do about a run that did not finish."""
    counted = f'`where = {{ "status" = ["success", {quoted(status)}] }}`'
    return (
        f"finish it, as inspect eval-retry does, and state {FINISHED_ONLY} where both files are in "
        f"`data`; or state {counted} to count the samples that it has, if which of them are there "
        "does not depend on their answers"
    )


def of_scorer(column: str) -> str:
    """Return how to name the column of one of several scorers."""
    return f"name the scorer too, as in {quoted(column)}"


def encoding(name: str) -> str:
    """Return how to say in which encoding a file is, where a label of it was read in another."""
    stated = f"state `encoding = {quoted(name)}`"
    return f"{stated}, or correct the file if it says so itself" if name == "utf-8" else stated


def patterns(label: str) -> str:
    """Return how to say what answers that are free texts mean."""
    stated = f"`patterns = {{ {quoted(f'(?i)answer is {label}')} = {quoted(label)} }}`"
    return f"for answers in free text state what marks each, as in {stated}"
