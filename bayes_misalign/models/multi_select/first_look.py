"""Whether a table looks as if its agents named several goals, and what a first study says then."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bayes_misalign.contract.first_look import FirstGoals, Seen, SeenTable
from bayes_misalign.families.answers.side_by_side import MOST, SideBySide, side_by_side
from bayes_misalign.models.multi_select.options import TICKED, UNTICKED
from bayes_misalign.tables.conditions import same_code
from bayes_misalign.tables.labels import show, shown, twin_key
from bayes_misalign.tables.remedies import is_written_missing

SPLITS = (";", "|", ", ", ",")
FEWEST_ROWS = 3
TICKS = "columns that each say whether an agent holds a goal"
CELLS = "a column whose cells name several goals"
AGREE = (
    'state same_goals = "agree" if agents who name the same goals do not conflict, though these '
    "goals conflict"
)


def first_goals(table: SeenTable) -> FirstGoals | None:
    """Return what a first study says of ticks, or of cells that name several goals."""
    if len(table.columns) == 1:
        return _cells(table.columns[0])
    found = side_by_side(table, _has_ticks)
    return None if found is None else _ticks(found, table)


def _key(text: str) -> str:
    return twin_key(same_code(text.strip()))


def _marks(column: Seen) -> list[str]:
    return [text for text in column.values if not is_written_missing(text)]


def _has_ticks(column: Seen) -> bool:
    marks = _marks(column)
    keys = {_key(text) for text in marks}
    if not keys or column.distinct > len(column.values):
        return False
    if keys <= TICKED | UNTICKED:
        return len(keys) <= 2
    # where options are chosen from a list, a cell may say the option itself, or nothing
    return len(keys) == 1 and column.filled > 0 and not column.numbers


def _ticks(found: SideBySide, table: SeenTable) -> FirstGoals | None:
    labels, told = list(found.labels), []
    options = [_marks(c)[0] if _says_itself(c) else "" for c in found.columns]
    names = [column.name for column in found.columns]
    if sum(map(bool, options)) < len(names) / 2:  # ticks, beside what some wrote in
        kept = [i for i, option in enumerate(options) if not option]
        names, labels = [names[i] for i in kept], [labels[i] for i in kept]
    else:
        labels = [o or label for o, label in zip(options, labels, strict=True)]
        marked = [c.filled for c, o in zip(found.columns, options, strict=True) if not o]
        if any(marked) or len(set(labels)) < len(labels):
            return None
    ticked = Counter(dict.fromkeys(labels, 0))
    blank = none = rows = 0
    for cells in table.cells(names):
        rows += 1
        held = [
            label
            for text, label in zip(cells, labels, strict=True)
            if _key(text) in TICKED or (text.strip() and text.strip() == label)
        ]
        ticked.update(held)
        said = any(text.strip() and not is_written_missing(text) for text in cells)
        blank += not said
        none += said and not held
    chosen_by_all = any(
        option and column.filled == rows
        for option, column in zip(options, found.columns, strict=True)
    )  # who does not choose an option leaves its cell empty
    if chosen_by_all or rows < FEWEST_ROWS or sum(n > 0 for n in ticked.values()) < 2:
        return None
    if blank:
        told.append(
            f"Agents without any mark, {blank:,} of {rows:,}, are taken as not asked; if they were "
            'asked and chose nothing, state empty_row = "no goal" and a label in no_goal'
        )
    return FirstGoals(
        dict(zip(names, labels, strict=True)),
        ticked,
        TICKS,
        {"columns": dict(zip(names, labels, strict=True))},
        {"columns": f"whether an agent holds a goal, a column each; {AGREE}"},
        told,
        holds_none=bool(none),
        special=2 + found.named_alike,
    )


def _says_itself(column: Seen) -> bool:
    return column.filled > 0 and not {_key(text) for text in _marks(column)} <= TICKED | UNTICKED


def _cells(column: Seen) -> FirstGoals | None:
    cells = {text: n for text, n in column.values.items() if text.strip()}
    if column.distinct > len(column.values):
        return None
    for split in SPLITS:
        parts = {text: _parts(text, split) for text in cells}
        several = [text for text, own in parts.items() if len(own) > 1]
        answers: Counter[str] = Counter()
        texts: Counter[str] = Counter()
        for text, own in parts.items():
            answers.update(dict.fromkeys(own, cells[text]))
            texts.update(set(own))
        among = {part for text in several for part in parts[text]}
        alone = {own[0] for own in parts.values() if len(own) == 1}
        again = [part for part in among if texts[part] > 1]
        if (
            len(several) > 1
            and 2 <= len(answers) <= MOST
            and 2 * len(again) >= len(among)
            and len(alone & among) > 1
        ):
            return FirstGoals(
                {},
                answers,
                CELLS,
                {"goal": column.name, "split": split},
                {"goal": f"all the goals of an agent; {AGREE}", "split": "what stands between two"},
                [_example(several, split)],
                special=3,
            )
    return None


def _parts(text: str, split: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(split)))))


def _example(several: Sequence[str], split: str) -> str:
    first = min(several, key=lambda text: (len(re.findall(re.escape(split), text)), text))
    return f"A cell such as {show(first)} names {shown(_parts(first, split))}"
