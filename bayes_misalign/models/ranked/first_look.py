"""Whether a table looks as if its agents put goals in an order, and what a study says then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bayes_misalign.contract.first_look import FirstGoals, Seen, SeenTable
from bayes_misalign.families.answers.side_by_side import MOST, side_by_side
from bayes_misalign.tables.labels import show
from bayes_misalign.tables.remedies import is_written_missing

FEWEST = 3  # alternatives; two columns of 1 and 2 may be anything
FEWEST_ROWS = 4
TIES = 0.05  # of agents, beyond whom columns are no places
PLACES = "columns that each hold the place of a goal in an agent's order"
ORDERS = "a column of orders"
BEFORE, TIED = ">", "="


def first_goals(table: SeenTable) -> FirstGoals | None:
    """Return what a first study says of columns of places, or of a column of orders."""
    if len(table.columns) == 1:
        return _orders(table.columns[0])
    found = side_by_side(table, lambda column: _places(column, len(table.columns)) is not None)
    if found is None or len(found.columns) < FEWEST:
        return None
    names, most = [column.name for column in found.columns], len(found.columns)
    if any(max(_places(c, most) or [most + 1]) > most for c in found.columns if c.filled):
        return None
    rows = ties = several = partial = 0
    placed = Counter(dict.fromkeys(found.labels, 0))
    for cells in table.cells(names):
        told = [
            int(float(text)) if text.strip() and not is_written_missing(text) else 0
            for text in cells
        ]
        own = [place for place in told if place]
        rows += bool(own)
        ties += len(set(own)) < len(own)
        several += len(own) > 1
        partial += 0 < len(own) < len(told) - 1
        placed.update(label for label, at in zip(found.labels, told, strict=True) if at)
    if rows < FEWEST_ROWS or ties > TIES * rows or several < rows / 2:
        return None
    told_of = [f"{partial:,} agents left alternatives out, which stand below all that they placed"]
    return FirstGoals(
        dict(zip(names, found.labels, strict=True)),
        placed,
        PLACES,
        {"columns": dict(zip(names, found.labels, strict=True))},
        {"columns": "the place of each alternative, 1 for the first"},
        told_of if partial else (),
        special=4,
    )


def _places(column: Seen, most: int) -> list[int] | None:
    """Return the different places in a column; None if it holds something else."""
    found = []
    for text in column.values:
        if is_written_missing(text):
            continue
        if not text.strip().replace(".0", "").isdecimal():
            return None
        found.append(int(float(text)))
    return found if found and min(found) >= 1 and max(found) <= most else None


def _orders(column: Seen) -> FirstGoals | None:
    cells = {text: n for text, n in column.values.items() if text.strip()}
    ordered = {text: n for text, n in cells.items() if BEFORE in text}
    if len(ordered) < 2 or 2 * sum(ordered.values()) < sum(cells.values()):
        return None
    answers: Counter[str] = Counter()
    for text, n in cells.items():
        answers.update(dict.fromkeys(_alternatives(text), n))
    in_orders = {part for text in ordered for part in _alternatives(text)}
    if not 2 <= len(in_orders) <= MOST or column.distinct > len(column.values):
        return None
    return FirstGoals(
        {},
        answers,
        ORDERS,
        {"order": column.name, "before": BEFORE, "tied": TIED},
        {
            "order": "all alternatives that an agent placed, the first of them first",
            "before": "what stands between two of them",
            "tied": "what stands between two that are tied",
        },
        [f"A cell such as {show(next(iter(ordered)))} is an order"],
        special=5,
    )


def _alternatives(text: str) -> Iterator[str]:
    for group in text.split(BEFORE):
        yield from filter(None, (part.strip() for part in group.split(TIED)))
