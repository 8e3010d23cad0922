"""Texts that are a label of the study but for what people and programs do to texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bayes_misalign.tables.labels import twin_key

_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic letters alone
_QUOTES = str.maketrans(
    "\u2018\u2019\u00b4`\u201c\u201d\u2010\u2011\u2012\u2013\u2014", "''''\"\"-----"
)
_AROUND = " .,:;!?*\"'()[]"
# pairs of encodings that are often taken for each other: what was read, and what was meant
_MISREAD = (
    *(("cp1252", "utf-8"), ("latin-1", "utf-8"), ("cp1252", "mac-roman"), ("cp1252", "cp1250")),
    *(("cp1252", "cp1251"), ("cp1252", "cp850"), ("latin-1", "cp1250"), ("latin-1", "cp1251")),
)
# how people and programs say, in a word, that there is no answer
_NO_ANSWER = (  # a pattern that few tables need
    r"(i )?(would )?(prefer|rather|choose|chose|declined?|refused?|wish)s?( not)?( to)? ?"
    r"(say|answer|disclose|respond|state|tell|share)?"
    r"|i'd (prefer|rather) not( to)? ?(say|answer|disclose|respond|state|tell|share)?"
    r"|(i )?(do not|don't|dont) know( */ *(no answer|refused|na|n/a))?|dk( */ *(na|nr|ref))?"
    r"|not sure|no answer|no response|no reply|not answered|not applicable|not asked|not stated"
    r"|refusal|skipped|blank|unanswered|missing|web blank"
    r"|keine angaben?|k\. ?a|weiss nicht|keine antwort|verweigert|trifft nicht zu"
    r"|ne sait pas|nsp|sans reponse|refus|no sabe|no contesta|ns ?/ ?nc|nao sabe|nao respondeu"
    r"|non so|non risponde|weet niet|geen antwoord|wil niet zeggen"
)


def near_key(text: str) -> str:
    """Return what a text has in common with those that differ by accents, width or punctuation."""
    if "&" in text:
        import html  # two thousand names of characters

        text = html.unescape(text)
    plain = unicodedata.normalize("NFKD", text).translate(_QUOTES)
    return twin_key(_ACCENTS.sub("", plain)).strip(_AROUND)


def near_label(text: str, labels: Iterable[str]) -> str | None:
    """Return the label that a text is but for accents, punctuation or a wrong encoding, if any."""
    listed, key = list(labels), near_key(text)
    for label in listed:
        if key and near_key(label) == key:
            return label
    found = misread_label(text, listed)
    return found[0] if found else None


def misread_label(text: str, labels: Iterable[str]) -> tuple[str, str, str] | None:
    """Return the label that a text is in another encoding, the one it was read in, and its own."""
    if text.isascii():
        return None
    known = set(labels)
    for read, meant in _MISREAD:
        try:
            other = text.encode(read).decode(meant)
        except UnicodeError:
            continue
        if other in known:
            return other, read, meant
    return None


def says_no_answer(text: str) -> bool:
    """Tell whether a text says that there is no answer."""
    return bool(re.fullmatch(_NO_ANSWER, near_key(text)))
