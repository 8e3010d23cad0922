"""Labels from data, made safe to print: they may hold anything at all."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence

from bayes_misalign.errors import printable

MOST_OF_LABEL, MOST_OF_SENTENCE = 200, 2000  # characters that readers see
ISOLATE, POP = "\u2068", "\u2069"  # keep text that runs right to left from turning its neighbours
_UNPRINTABLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_LONE = re.compile("[\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|$~#])")
_LINE_START = re.compile(r"^(\s*)([-+](?=\s|$)|=|\d+(?=[.)](?:\s|$)))")


def plain(label: str) -> str:
    r"""Return a label on one line, without control characters."""
    visible = _LONE.sub("\ufffd", _UNPRINTABLE.sub(" ", label))
    return " ".join(visible.split()) or "(blank)"


def named(label: str) -> str:
    """Return a label for use inside a sentence; one that runs right to left is isolated.

    A very long one is cut: tables for machines hold the whole of it.
    """
    return sentence(label, MOST_OF_LABEL)


def sentence(words: str, most: int = MOST_OF_SENTENCE) -> str:
    """Return a text that may hold labels, as `named` returns a label, but for its length."""
    text = short(words, most)
    turned = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return f"{ISOLATE}{text}{POP}" if turned else text


def on_terminal(text: str) -> str:
    """Return a line that no terminal obeys; isolates, which `named` puts there, stay."""
    parts = re.split(f"([{ISOLATE}{POP}])", text)
    return "".join(part if part in (ISOLATE, POP) else printable(part) for part in parts)


def short(label: str, width: int = 24) -> str:
    """Return a label cut to a width."""
    text = plain(label)
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def wrapped(label: str, width: int = 22, lines: int = 2) -> str:
    """Return a label broken over a few lines, cut where they are full."""
    text = short(label, width * lines * 2)
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder="…")) or text[:width]


def pair_name(pair: tuple[str, str]) -> str:
    """Return the name of a pair of goals for a sentence."""
    return f"{named(pair[0])} | {named(pair[1])}"


def few_of(labels: Sequence[str], most: int = 3) -> str:
    """Return labels for a sentence, the first few of many.

    Examples
    --------
    >>> few_of(["a", "b", "c", "d", "e"])
    'a, b, c and 2 others'
    """
    names = [named(label) for label in labels]
    if len(names) == most + 1:
        most += 1  # one label is as short as "1 other"
    rest = len(names) - most
    shown, last = (names[:most], f"{rest} others") if rest > 0 else (names[:-1], names[-1])
    return f"{', '.join(shown)} and {last}" if shown else last


def cell(label: str) -> str:
    """Return a label that no spreadsheet takes for a formula.

    References
    ----------
    OWASP, CSV Injection.
    """
    return f"'{label}" if label.startswith(_FORMULA) else label


def markdown_text(text: str) -> str:
    r"""Return text that Markdown shows as it is."""
    escaped = _MARKDOWN.sub(r"\\\1", text.replace("&", "&amp;"))
    return _LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"
