"""Whether a table looks as if it told how strongly agents hold each goal, and what to say then."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bayes_misalign.contract.first_look import FirstGoals, Seen, SeenTable
from bayes_misalign.families.answers.side_by_side import SideBySide, side_by_side
from bayes_misalign.tables.labels import twin_key
from bayes_misalign.tables.remedies import is_written_missing

FEWEST_ROWS = 3
MOST_POINTS = 11
NEAR = 0.6  # of the largest number of all columns, which each of them has to reach
STRENGTHS = "columns that each tell how strongly an agent holds a goal"
# Points of usual scales, from "does not hold it" upwards.
SCALES = tuple(
    tuple(points.split(", "))
    for points in (
        "not at all, slightly, moderately, very, extremely",
        "not at all, a little, somewhat, very much",
        "not at all, a little, somewhat, a lot",
        "not at all, a little, much, very much",
        "not at all, not very much, quite a lot, a great deal",
        "none, a little, some, a lot",
        "never, rarely, sometimes, often, always",
        "none, low, medium, high",
        "low, medium, high",
        "not a priority, low priority, medium priority, high priority, essential",
    )
)
_OF = re.compile(r"\s+(important|interested|likely|concerned|worried|relevant|urgent)$")
# Who is against a goal holds another one, so that the lower half of such a scale is no strength.
BIPOLAR = (
    *(("disagree", "agree"), ("oppose", "support"), ("against", "in favour")),
    *(
        ("against", "in favor"),
        ("oppose", "favor"),
        ("oppose", "favour"),
        ("disapprove", "approve"),
    ),
)
STEPS = {
    "strongly": 1.0,
    "completely": 1.0,
    "fully": 1.0,
    "totally": 1.0,
    "": 2 / 3,
    "tend to": 1 / 3,
    "rather": 1 / 3,
    "somewhat": 1 / 3,
    "slightly": 1 / 3,
    "mostly": 2 / 3,
}
MIDDLE = frozenset(
    {"neutral", "neither", "neither agree nor disagree", "undecided", "neither nor", "mixed"}
    | {"neither support nor oppose", "neither favour nor oppose", "neither favor nor oppose"}
)
NO_ANSWER = re.compile(
    r"(do ?n.?t|do not) know|dk|refused|no answer|n/?a|not applicable|prefer not to (say|answer)"
    r"|not asked|no opinion|unsure|can.?t say"
)


class Points(NamedTuple):
    """What cells mean: keys of a study, and what is to be said of it."""

    keys: Mapping[str, Any]
    remark: str
    told: str = ""


def first_goals(table: SeenTable) -> FirstGoals | None:
    """Return what a first study says of columns of strengths."""
    if len(table.columns) == 1:
        return None
    found = side_by_side(table, lambda column: points_of([column], 1) is not None)
    if found is None or (points := points_of(found.columns)) is None:
        return None
    if not table.chosen and not _all_of_a_form(found, table):
        return None
    if not table.chosen and not found.named_alike and not _on_one_scale(found, points):
        return None
    return _strengths(found, points, table)


def points_of(columns: Sequence[Seen], fewest: int = 3) -> Points | None:
    """Return what the cells of some columns mean as strengths; None if they are none.

    `fewest` is the number of different ones that are wanted.
    """
    texts = {text.strip() for c in columns for text in c.values if not is_written_missing(text)}
    if any(c.distinct > len(c.values) for c in columns):
        return None
    texts = {text for text in texts if not NO_ANSWER.fullmatch(text.lower())}
    if len(texts) < fewest:
        return None
    try:
        numbers = sorted(map(float, texts))
    except ValueError:
        return _of_words(texts, fewest)
    return _of_numbers(numbers)


def _of_numbers(numbers: Sequence[float]) -> Points | None:
    low, high = numbers[0], numbers[-1]
    whole = all(x == int(x) for x in numbers)
    if low < 0 or high > 100:
        return None
    if high <= 1:
        return Points({}, "how strongly an agent holds each goal, from 0 to 1")
    if whole and high < MOST_POINTS and low <= 1:
        points = [str(x) for x in range(int(low), int(high) + 1)]
        return Points(
            {"scale": points},
            "points from not holding the goal upwards",
            f"Point {points[0]} is taken as not holding the goal and {points[-1]} as strength 1, "
            "at equal steps; if low points mean being against a goal, that is another goal, and "
            "scale states what each point is worth",
        )
    if high > MOST_POINTS:
        most = 10 if high <= 10 else 100
        return Points(
            {"largest": most},
            "the number that means strength 1",
            f"0 is taken as not holding the goal and {most} as strength 1; if low numbers mean "
            "being against a goal, that is another goal",
        )
    return None


def _of_words(texts: set[str], fewest: int) -> Points | None:
    plain = {_OF.sub("", twin_key(text)): text for text in texts}
    if len(plain) < len(texts):
        return None
    for scale in SCALES:
        if set(plain) <= set(scale):
            return Points(
                {"scale": [plain.get(x, x) for x in scale if x in plain or x == scale[0]]},
                "points from not holding the goal upwards, at equal steps",
                "Points of the scale are taken to stand at equal steps, from 0 to 1; else scale "
                "states what each is worth",
            )
    return _of_sides(texts, fewest)


def _of_sides(texts: set[str], fewest: int) -> Points | None:
    """Return strengths of a scale from against to for: who is not for a goal does not hold it."""
    for against, favour in BIPOLAR:
        found: dict[str, float] = {}
        for text in texts:
            key = twin_key(text)
            if key in MIDDLE:
                found[text] = 0.0
                continue
            side = next((s for s in (against, favour) if key == s or key.endswith(f" {s}")), None)
            step = None if side is None else STEPS.get(key.removesuffix(side).strip())
            if side is None or step is None:
                break
            found[text] = round(step, 2) if side == favour else 0.0
        else:
            if len(set(found.values())) >= fewest:
                ordered = dict(sorted(found.items(), key=lambda one: (one[1], one[0])))
                top = max(found.values()) or 1.0
                return Points(
                    {"scale": {text: round(x / top, 2) for text, x in ordered.items()}},
                    "the strength of each point",
                    "Who does not agree is taken not to hold the goal: to be against it is another "
                    "goal",
                )
    return None


def _all_of_a_form(found: SideBySide, table: SeenTable) -> bool:
    """Tell whether no other column looks as if it belonged to these; else nobody knows which do."""
    own = {column.name for column in found.columns}
    texts = {text for column in found.columns for text in column.values}
    others = [c for c in table.columns if c.name not in own and c.filled]
    return not any(len(set(c.values) & texts) > 2 for c in others)


def _on_one_scale(found: SideBySide, points: Points) -> bool:
    """Tell whether columns that are named differently go about as far, on a scale of one kind."""
    each = [points_of([column], 1) for column in found.columns]
    if any(one is None or one.keys.keys() != points.keys.keys() for one in each):
        return False
    if not all(column.numbers for column in found.columns):
        return True
    most = [max(map(float, column.values)) for column in found.columns]
    return min(most) >= NEAR * max(most)


def _strengths(found: SideBySide, points: Points, table: SeenTable) -> FirstGoals | None:
    names = [column.name for column in found.columns]
    scale = points.keys.get("scale")
    nothing = {"0", "0.0"}
    if isinstance(scale, list):
        nothing = {scale[0]}
    elif isinstance(scale, Mapping):
        nothing = {text for text, x in scale.items() if not x}
    held = Counter(dict.fromkeys(found.labels, 0))
    refused: set[str] = set()
    rows = partly = none = 0
    for cells in table.cells(names):
        told = []
        for label, text in zip(found.labels, map(str.strip, cells), strict=True):
            if not text or is_written_missing(text):
                continue
            if NO_ANSWER.fullmatch(text.lower()):
                refused.add(text)
                continue
            told.append(text)
            held[label] += text not in nothing
        rows += bool(told)
        partly += 0 < len(told) < len(names)
        none += len(told) == len(names) and all(text in nothing for text in told)
    if rows < FEWEST_ROWS or sum(n > 0 for n in held.values()) < 2:
        return None
    labels = dict(zip(names, found.labels, strict=True))
    keys: dict[str, Any] = {"columns": labels, **points.keys}
    remarks = {"columns": "how strongly an agent holds each goal, a column each"}
    remarks |= dict.fromkeys(points.keys, points.remark)
    said = [points.told] if points.told else []
    if partly:
        keys["empty_cell"] = "left out"
        remarks["empty_cell"] = 'agents with an empty cell of some goal; else "not held"'
        said.append(
            f"{partly:,} agents without a strength of every goal are left out; state empty_cell = "
            '"not held" if an empty cell means that'
        )
    return FirstGoals(
        labels,
        held,
        STRENGTHS,
        keys,
        remarks,
        said,
        holds_none=bool(none),
        not_answers=tuple(sorted(refused)),
        special=1,
    )
