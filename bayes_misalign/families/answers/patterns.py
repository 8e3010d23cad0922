"""Answers in free text, and the patterns by which a study says what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.tables.labels import show, shown

_TRIED = 3  # texts that a message shows


class Patterns:
    """Regular expressions, each with the label of the answers that hold what it describes.

    Notes
    -----
    They are those of RE2 as PyArrow has it, which takes time in proportion to the text, whatever
    the pattern: it looks neither ahead nor behind.
    """

    def __init__(self, stated: Mapping[str, str]) -> None:
        self._stated = stated
        self._found: dict[str, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        """Whether any are stated."""
        return bool(self._stated)

    def labels(self, text: str) -> tuple[str, ...]:
        """Return the labels of all patterns that a text matches."""
        if not self._stated or not text:
            return ()
        if (found := self._found.get(text)) is None:
            found = self._found[text] = self._searched(text)
        return found

    def label(self, text: str) -> str | None:
        """Return the label of a text, None where it matches the patterns of none, or of several."""
        found = self.labels(text)
        return found[0] if len(found) == 1 else None

    def _searched(self, text: str) -> tuple[str, ...]:
        import pyarrow as pa
        import pyarrow.compute as pc

        cell = pa.array([text])
        found: dict[str, None] = {}
        for pattern, label in self._stated.items():
            if pc.match_substring_regex(cell, pattern=pattern)[0].as_py():
                found[label] = None
        return tuple(found)

    def check(self, known: Sequence[str], problems: Problems) -> None:
        """Note patterns that are none, or that stand for a label that is in no list."""
        if not self._stated:
            return
        import pyarrow as pa
        import pyarrow.compute as pc

        sound = {}
        for pattern, label in self._stated.items():
            try:
                pc.match_substring_regex(pa.array([""]), pattern=pattern)
            except pa.ArrowInvalid as trouble:
                problems.add(
                    f"the pattern {show(pattern)} cannot be read ({trouble})",
                    where="patterns",
                    valid="a regular expression of RE2, which looks neither ahead nor behind",
                    fix="write signs that stand for themselves in square brackets, as in [(]",
                )
                continue
            sound[pattern] = label
            if label not in known:
                problems.add(
                    f"the pattern {show(pattern)} stands for the unknown label {show(label)}",
                    where="patterns",
                    several="{n} patterns stand for labels that are unknown",
                    value=f"{show(pattern)} ({show(label)})",
                    valid=shown(known),
                    hint=did_you_mean(label, known),
                )
        self._stated = sound

    def note_several(
        self, texts: Mapping[str, tuple[int, int]], where: str, problems: Problems
    ) -> None:
        """Note texts that match patterns of several labels, all in one line.

        `texts` holds for each its number of rows and the first of them.
        """
        if not texts:
            return
        first = min(texts, key=lambda text: int(texts[text][1]))
        rows = sum(n for n, _ in texts.values())
        answers = f"{rows:,} answers match" if rows > 1 else "an answer matches"
        problems.add(
            f"{answers} the patterns of several labels, such as {show(first)} in row "
            f"{texts[first][1]}, which matches those of {shown(self.labels(first))}",
            where=where,
            valid="patterns of one label for each answer",
            fix="make the patterns narrower, as by (?i)^ for how an answer begins; or say in "
            "`codes` what such a text means",
        )

    def notes(self, by_label: Mapping[str, Mapping[str, float]]) -> list[str]:
        """Return how many answers count as each label by patterns, and which."""
        found = []
        for label, texts in by_label.items():
            n = sum(texts.values())
            answers = f"{n:,.0f} answers" if n != 1 else "One answer"
            verb = "count" if n != 1 else "counts"
            found.append(f"{answers} {verb} as {show(label)} by patterns: {shown(texts, _TRIED)}.")
        return found
