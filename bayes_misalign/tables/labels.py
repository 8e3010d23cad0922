"""Labels: which of them look the same, and how to show those that do not show themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Characters that take no room on the screen, or turn the text around them: two labels that
# differ by one of them cannot be told apart by eye.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef"
)
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPREADSHEET = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE
)
_PICTURE = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
# Emoji are joined by U+200D and shaped by U+FE0F and by tags; Arabic and the Indic scripts
# need the joiners U+200C and U+200D to be written correctly.
_WELL_PLACED = (
    f"(?<=[{_PICTURE}\ufe0f])\u200d(?=[{_PICTURE}])"
    f"|(?<=[{_PICTURE}#*0-9])[\ufe0e\ufe0f]"
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007f]+"
    "|(?<=[\u0620-\u08ff\u0900-\u0dff])[\u200c\u200d](?=[\u0620-\u08ff\u0900-\u0dff])"
)


def twin_key(label: str) -> str:
    """Return what a label has in common with those that look the same to a reader.

    Notes
    -----
    Normal form C of Unicode, case folding, runs of white space made one space.
    """
    bare = _HIDDEN.sub("", label)
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", bare).casefold())
    return " ".join(folded.split())


def find_twins(labels: Iterable[str]) -> list[tuple[str, ...]]:
    """Return groups of different labels that differ only by case, white space or Unicode form."""
    groups: dict[str, dict[str, None]] = {}
    for label in labels:
        groups.setdefault(twin_key(label), {})[label] = None
    return [tuple(group) for group in groups.values() if len(group) > 1]


def show(label: str) -> str:
    r"""Return a label quoted, on one line, with what is invisible in it escaped."""
    cut = label if len(label) <= 80 else label[:77] + "..."
    # A decomposed letter prints exactly like its composed twin, so only its escape tells.
    if unicodedata.normalize("NFC", cut) != cut:
        return ascii(cut)
    return _HIDDEN.sub(lambda hidden: ascii(hidden[0])[1:-1], repr(cut))


def shown(labels: Iterable[str], limit: int = 12) -> str:
    """Return labels as printable, comma-separated text, cut after `limit` of them."""
    names = [show(label) for label in labels]
    rest = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + rest


def suspicious(label: str) -> str | None:
    """Tell what makes a label untrustworthy, if anything does."""
    if _SPREADSHEET.fullmatch(label.strip()):
        return "is an error value of a spreadsheet"
    if label and not label.strip():
        return "is white space only"
    if found := _CONTROL.search(label):
        return f"holds the control character {ascii(found[0])[1:-1]}"
    if not label.isascii() and (found := _HIDDEN.search(re.sub(_WELL_PLACED, "", label))):
        return f"holds the invisible character {ascii(found[0])[1:-1]}"
    return None
