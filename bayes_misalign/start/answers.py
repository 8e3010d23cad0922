"""What the answers in the column of the goals stand for: a goal, no goal, or no answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bayes_misalign.errors import StudyError, fix_by_spelling
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.labels import find_twins, show, shown
from bayes_misalign.tables.remedies import is_figure, is_missing

MOST_ANSWERS = 200
MOST_NUMBERS = 30  # of numbers: more are a measurement
_NO_GOAL = re.compile(
    r"(do(es)? ?n[o']?t|do not) (know|care|mind)|dk|unsure|not sure|undecided|no (opinion|goal|"
    r"preference|choice|position|view)|none( of (these|them|the above))?|neither|nobody|no one|"
    r"can'?t (say|choose|decide)|wei(ss|ß) nicht|(did ?n[o']?t|did not) vote|pass(ed)?|"
    r"abstain(ed)?|abstentions?"
)
_NO_ANSWER = re.compile(
    r"refused?( to answer)?|refusal|no answer|not asked|not applicable|n/?a|skip(ped)?|declined|"
    r"missing|prefer not to (say|answer)|rather not say|inap(plicable)?|keine angabe|blank|"
    r"not ascertained|\[?invalid\]?( votes?| papers?)?|rejected( papers?)?|spoil(ed|t)( papers?)?"
)
_CODES_OF_NO_ANSWER = {"97", "98", "99", "997", "998", "999", "9999"}


@dataclass(frozen=True)
class Answers:
    """The answers of a column by what they stand for.

    Parameters
    ----------
    goals, no_goal, not_answers : tuple of str
    codes : mapping of str to str
        Answers that are another way to write a goal, and that goal.
    missing : tuple of str
        What a program wrote where there is nothing.
    unseen : str
        A goal that no answer is; empty where all are.
    """

    goals: tuple[str, ...]
    no_goal: tuple[str, ...] = ()
    not_answers: tuple[str, ...] = ()
    codes: Mapping[str, str] | None = None
    missing: tuple[str, ...] = ()
    unseen: str = ""


def sort_answers(
    found: Counter[str],
    column: str,
    no_goal: Sequence[str] | None = None,
    not_answers: Sequence[str] | None = None,
) -> Answers:
    """Return answers sorted by their words, but for those that are stated."""
    most = MOST_NUMBERS if all(map(is_figure, found)) else MOST_ANSWERS
    if len(found) > most:
        raise StudyError(
            f"the column {show(column)} has {len(found):,} different values, too many for goals. "
            "Fix: name a column in which agents chose between a few answers"
        )
    codes = _other_spellings(found)
    answers = list(dict.fromkeys(same_code(text) for text in found if text not in codes))
    for stated in (*(no_goal or ()), *(not_answers or ())):
        if stated not in answers and stated not in codes:
            raise StudyError(
                f"nobody answered {show(stated)} in the column {show(column)}; answers are "
                f"{shown(answers, 20)}{fix_by_spelling(stated, answers)}"
            )
    missing = tuple(text for text in answers if text in ("NA", "NaN", "nan", "NULL", "<NA>"))
    rest = [text for text in answers if text not in missing]
    numbers = all(map(is_figure, rest))
    refused = [
        text
        for text in rest
        if (text in not_answers if not_answers is not None else _is_no_answer(text, rest, numbers))
        and text not in (no_goal or ())
    ]
    without = [
        text
        for text in rest
        if text not in refused
        and (text in no_goal if no_goal is not None else bool(_NO_GOAL.fullmatch(_said(text))))
    ]
    goals = [text for text in rest if text not in refused and text not in without]
    goals.sort(key=(lambda text: float(text)) if numbers else (lambda text: -found[text]))
    return Answers(tuple(goals), tuple(without), tuple(refused), codes or None, missing)


def _other_spellings(found: Counter[str]) -> dict[str, str]:
    """Return answers that differ from a more frequent one by case or spaces only."""
    codes: dict[str, str] = {}
    for group in find_twins(found):
        usual = max(group, key=lambda text: found[text])
        codes |= {text: usual for text in group if text != usual}
    return codes


def _said(text: str) -> str:
    return re.sub(r"[\s_.’`()*-]+", " ", text.replace("’", "'")).strip().casefold()


def _is_no_answer(text: str, answers: Sequence[str], numbers: bool) -> bool:
    if numbers:
        others = [float(other) for other in answers if float(other) >= 0]
        largest = max((x for x in others if str(int(x)) not in _CODES_OF_NO_ANSWER), default=0)
        code = text in _CODES_OF_NO_ANSWER and largest <= 50
        return float(text) < 0 or code
    return bool(_NO_ANSWER.fullmatch(_said(text))) or (is_missing(text) and text != "None")
