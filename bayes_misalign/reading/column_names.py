"""What names of columns that stand side by side tell: goals, pairs of them, and populations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product

from bayes_misalign.tables.labels import twin_key

POPULATION = "population"  # the one role that a name may tell by any text
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NO_LETTER = re.compile(r"[\W_]+")
_BETWEEN = ("vs", "versus", "and", "to", "x", "v")


def words_of(name: str) -> str:
    """Return the words of a name, whatever their case and what is between them."""
    return _NO_LETTER.sub("_", twin_key(name)).strip("_")


def ways_of(
    words: Sequence[str], known: Mapping[str, Sequence[str]], number: int
) -> list[tuple[str, ...]]:
    """Return the goals, or the pairs of goals side by side, that the words of a name hold."""
    spans = [
        (start, end, label)
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        for label in known.get("_".join(words[start:end]), ())
    ]
    if number == 1:
        return list(dict.fromkeys((label,) for _, _, label in spans))
    return list(
        dict.fromkeys(
            (one, other)
            for _, end, one in spans
            for start, _, other in spans
            if start == end or (start == end + 1 and words[end] in _BETWEEN)
        )
    )


def with_populations(
    pattern: str, keys: Sequence[str], labels: Sequence[str], header: Sequence[str]
) -> dict[str, list[tuple[str, ...]]]:
    """Return the columns that fit a pattern whose names tell a population, and what each may tell.

    Goals are labels, in any case; the population is any text.
    """
    order = PLACEHOLDER.findall(pattern)
    literal = PLACEHOLDER.split(pattern)[::2]
    found: dict[str, list[tuple[str, ...]]] = {}
    goals = [key for key in keys if key != POPULATION]
    for told in product(labels, repeat=len(goals)):
        known = dict(zip(goals, told, strict=True))
        parts = [f"(?i:{re.escape(known[key])})" if key in known else "(.+)" for key in order]
        way = re.compile(
            "".join(re.escape(a) + b for a, b in zip(literal, [*parts, ""], strict=True))
        )
        for name in header:
            if match := way.fullmatch(name):
                all_told = known | {POPULATION: match[1].strip()}
                found.setdefault(name, []).append(tuple(all_told[key] for key in keys))
    return found
