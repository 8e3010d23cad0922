"""One noun in singular and plural: what a study calls its agents, or their goals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bayes_misalign.errors import StudyError

Noun = tuple[str, str]  # singular and plural
AGENTS: Noun = ("agent", "agents")
GOALS: Noun = ("goal", "goals")
LONGEST = 40
_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "diagnoses": "diagnosis",
    "analyses": "analysis",
    "hypotheses": "hypothesis",
    "theses": "thesis",
    "prognoses": "prognosis",
    "crises": "crisis",
    "bases": "basis",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "movies": "movie",
    "lives": "life",
    "wives": "wife",
    "wolves": "wolf",
    "species": "species",
    "series": "series",
    "sheep": "sheep",
    "fish": "fish",
}
_ENDINGS = (
    (re.compile(r"(?<=[^aeiou])ies$"), "y"),
    (re.compile(r"(?<=ss|sh|ch|zz)es$|(?<=x)es$"), ""),
    (re.compile(r"(?<![su])s$"), ""),
)
_NOUN = re.compile(r"[^\W\d_]+(?:[ '’\-][^\W\d_]+)*")


def noun(stated: str | Sequence[str], key: str) -> Noun:
    """Return singular and plural of a noun that is stated as its plural, or as both.

    Raises
    ------
    StudyError
        When it is no noun in a few words, or its singular is not plain from its plural.

    Examples
    --------
    >>> noun("AI models", "noun"), noun("diagnoses", "goal_noun")
    (('AI model', 'AI models'), ('diagnosis', 'diagnoses'))
    """
    words = [stated] if isinstance(stated, str) else list(stated)
    for word in words:
        if not _NOUN.fullmatch(word) or len(word) > LONGEST:
            raise StudyError(
                f"{key} is a noun in the plural, of letters and at most {LONGEST} characters, as "
                f'in {key} = "patients", not {word[: 2 * LONGEST]!r}'
            )
    if len(words) == 2:
        return words[0], words[1]
    plural = words[0]
    singular = _singular(plural)
    if singular is None:
        raise StudyError(
            f"the singular of {plural!r} is not plain. Fix: state singular and plural, as in "
            f'{key} = ["mouse", "mice"]'
        )
    return singular, plural


def _singular(plural: str) -> str | None:
    before, space, last = plural.rpartition(" ")
    if last.lower() in _IRREGULAR:
        return before + space + _IRREGULAR[last.lower()]
    for ending, instead in _ENDINGS:
        if ending.search(last):
            return before + space + ending.sub(instead, last)
    return None
