"""Words for yes and no, as studies state them and tables hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayes_misalign.errors import Problems
from bayes_misalign.reading.parse_numbers import NotANumber
from bayes_misalign.tables import remedies
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.labels import show, shown

YES, NO = 0, 1


@dataclass(frozen=True)
class YesNo:
    """Words for both, and what to say of another word and of an empty cell."""

    yes: Sequence[str]
    no: Sequence[str]
    what: str
    neither: str
    empty: str

    def meaning(self, text: str) -> int | None:
        """Return `YES`, `NO`, or None if the cell is empty."""
        word = same_code(text.strip().casefold())
        for kind, words in ((YES, self.yes), (NO, self.no)):
            if word in {other.casefold() for other in words}:
                return kind
        if not word:
            return None
        fix = 'name the words, as in `yes = ["ja"]` and `no = ["nein"]`'
        if remedies.is_figure(text) and float(text) not in (0, 1):
            fix = "choose a model that takes levels or ratings; `bayes-misalign models` lists them"
            if float(text) == 2:  # as questionnaires number two answers
                fix = 'if 1 is yes and 2 is no, state `yes = ["1"]` and `no = ["2"]`; else ' + fix
        raise NotANumber(
            f"the {self.what} is neither {self.neither}",
            f"{shown(self.yes)}, {shown(self.no)}, or empty if {self.empty}",
            remedies.missing(text) if remedies.is_missing(text) else fix,
            show(text),
        )


def check_words(yes: Sequence[str], no: Sequence[str], where: str, problems: Problems) -> None:
    """Note words that mean both."""
    if both := sorted({w.casefold() for w in yes} & {w.casefold() for w in no}):
        what = f"{', '.join(map(repr, both))} means both yes and no"
        problems.add(what, where=where, fix="state both `yes` and `no`, with different words")
