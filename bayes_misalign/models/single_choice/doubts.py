"""Tables that can be read and are probably not what they are read as.

Percentages given as numbers of agents; numbers of agents in a column that nobody named, so that
each row counts as one agent; and rows that are there more than once, as a total repeated for each
part.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import factorial, gcd

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Caution
from bayes_misalign.reading.parse_numbers import (
    NOT_WHOLE,
    PLAIN,
    NotANumber,
    parse_count,
    parse_number,
    with_point,
)
from bayes_misalign.reading.survey_notes import codes_among
from bayes_misalign.reading.totals import total_goal
from bayes_misalign.tables import Table
from bayes_misalign.tables.chosen import with_points
from bayes_misalign.tables.labels import show, shown

_WITH = (
    "percent, the column of the percentages (or columns, where each goal has one), and n, the "
    "number of agents asked"
)
PERCENT = f'`model = "published"` with {_WITH}'
_PUBLISHED = f'use the model "published" with {_WITH}'  # a report does not know who reads it
MOST_ROWS = 200_000  # a longer table is not gone through again
_ROUNDED = 1.0  # points by which rounded percentages may miss 100
_SHARES = 0.011  # and shares 1
_LARGE = 20  # smaller numbers of agents are equal by chance
_BY_CHANCE = 1e-3
_NAMED = 3  # populations
_MANY, _MOSTLY = 50, 0.8  # populations, and the share of them that may be agents
_APART = 2.0  # times the sum of the weights, of a replicate
# columns of whole numbers that say who or when, not how many
_GROUPS = re.compile(r"\d{1,3}(,\d{3})+")
_OTHER = re.compile(r"(.*[_ .-])?(id|index|row|year|wave|age|code|zip|rank|no|nr)", re.IGNORECASE)

Numbers = NDArray[np.float64]


def percentages(
    totals: Numbers, of_answers: Numbers, zeros: int, how: str, *, counted: bool = True
) -> Iterator[Caution]:
    """Yield that sums of figures (S,) by population look like those of percentages or shares.

    Either of all rows, or of answers alone; `zeros` is how many rows have the figure zero, and
    `how` what the figures are taken for; `counted` says that this is numbers of agents.
    """
    if not len(totals):
        return
    remedy = f"if they are percentages or shares, {_PUBLISHED}"
    if counted:
        stated = f"n as {totals[0]:.0f}" if len(totals) == 1 else "n, by population"
        remedy += f"; if so many agents answered, state {stated}"
    where = "" if len(totals) == 1 else " in every population"
    for sums in (totals, of_answers):
        if (np.abs(sums - 100) <= _ROUNDED).all():
            found = "100" if (sums == 100).all() else "about 100"
            yield Caution(f"{how} sum to {found}{where}, as percentages do", remedy)
            return
    # agents one by one would have no rows of zero
    if zeros >= len(totals) and (np.abs(totals - 1) <= _SHARES).all():
        yield Caution(f"{how} sum to 1{where}, as shares do", remedy)


def codes_as_weights(weights: Sequence[float]) -> Iterator[Caution]:
    """Yield that a weight is a code for a missing one, far above all others."""
    if odd := codes_among([f"{weight:.10g}" for weight in weights if weight == weight]):
        stated = shown(odd)
        yield Caution(
            f"weights of {stated} are far above all others, as codes for a missing weight are",
            f"if they are, state {stated} in missing, and leave the rows out by where, as weight "
            'not ""',
        )


def replicates_unlike_weights(
    replicates: Numbers, weights: float, *, factors: bool
) -> Iterator[Caution]:
    """Yield that sums of replicate weights (R,) are not about that of the weights."""
    times = float(np.median(replicates)) / weights if len(replicates) and weights > 0 else 1.0
    if 1 / _APART <= times <= _APART:
        return
    what = f"replicate weights sum to {times:.3g} times the weights"
    if factors:
        yield Caution(
            f"{what} once they are multiplied by the weight, as where they are whole weights",
            "if they are, leave combined out of replicates",
        )
    else:
        yield Caution(
            f"{what}, as where a file holds factors by which the weight is multiplied",
            "if they are factors, state combined = false in replicates",
        )


def answer_as_header(name: str, header: int, labels: Sequence[str]) -> Iterator[Caution]:
    """Yield that a column of a file is called as one of the answers, which then is not counted."""
    if header and name in labels:
        yield Caution(
            f"the column of the answers is called {show(name)}, as one of the answers is, and row "
            f"{header} is not counted",
            "if it is an answer, write a row with names of the columns above it",
        )


def ids_as_populations(n: Numbers) -> Iterator[Caution]:
    """Yield that hardly a population (S,) has two agents, as where each is an agent."""
    if len(n) >= _MANY and (n <= 1).mean() > _MOSTLY:
        yield Caution(
            f"{int((n <= 1).sum()):,} of {len(n):,} populations have one agent or none, as where "
            "the column of the population holds ids",
            "name a column of groups as population, or leave it out where all agents are one "
            "population",
        )


def names_above(populations: int, rows: float, left_out: int) -> Iterator[Caution]:
    """Yield that rows without a population were left out that may belong to the one above."""
    if 1 < populations == rows <= left_out:
        yield Caution(
            "each population is named in one row, and the rows without a name, which are left "
            "out, may be those of the name above, as below merged cells",
            "write the name in every row if they are",
        )


def totals_among(categories: Sequence[str], counts: Numbers) -> Iterator[Caution]:
    """Yield that a goal counts all agents again, by its numbers (S, K)."""
    if (label := total_goal(categories, counts)) is not None:
        yield Caution(
            f"as many agents have the goal {show(label)} as all others together, as a row of "
            "totals has",
            "leave it out if it counts them again; leave it if they are other agents",
        )


def parse_agents(cell: object, name: str = "count") -> float:
    """Return a whole number of agents, or say what to do if it is a percentage."""
    try:
        return parse_count(cell, name)
    except NotANumber as trouble:
        fix = trouble.fix
        if NOT_WHOLE in fix:
            fix = f"for percentages or shares write {PERCENT}; {fix}"
        raise NotANumber(trouble.what, trouble.valid, fix, trouble.value) from None


PLAIN[parse_agents] = PLAIN[parse_count]


def unnamed_numbers(
    whole: Table | None, used: Sequence[str], population: str | None
) -> Iterator[Caution]:
    """Yield that a table with a row for each answer has numbers in a column that nobody named.

    `whole` is the table with all its columns.
    """
    if whole is None:
        return
    rows = [cells for _, cells in whole]
    if not rows:  # all columns together cannot be read
        return
    groups = ["" for _ in rows]
    if population in whole.columns:
        groups = [cells[whole.columns.index(population)] for cells in rows]
    for place, name in enumerate(whole.columns):
        cells = [row[place].strip() for row in rows]
        if name in used or _OTHER.fullmatch(name) or 2 * sum(map(bool, cells)) < len(cells):
            continue
        try:
            numbers = [_figure(cell, name, whole.decimal) if cell else 0.0 for cell in cells]
        except NotANumber:
            continue
        by_group: dict[str, float] = defaultdict(float)
        for group, number in zip(groups, numbers, strict=True):
            by_group[group] += number
        sums = np.array(list(by_group.values()))
        says = f"each row counts as one agent, and the column {show(name)}, which the study does "
        says += "not name, holds"
        if min(numbers) < 0 or max(numbers) <= 0:
            continue
        if (np.abs(sums - 100) <= _ROUNDED).all() or (
            (np.abs(sums - 1) <= _SHARES).all() and not all(n.is_integer() for n in numbers)
        ):
            what = "percentages" if sums.min() > 2 else "shares"
            yield Caution(f"{says} what look like {what}", f"if they are, {_PUBLISHED}")
            return  # another column is then not of agents by goal
        if all(n.is_integer() for n in numbers) and max(numbers) > 1 and not _in_order(numbers):
            yield Caution(
                f"{says} whole numbers",
                f"name the column {show(name)} as count if they are numbers of agents; leave it "
                "out of the table if each row is one agent",
            )


def unnamed_clusters(rows: Iterable[tuple[str, ...]], name: str) -> Iterator[Caution]:
    """Yield that several rows have the same label in a column of clusters that nobody named.

    `rows` hold the cells of this column, and of that of populations if there is one.
    """
    cells = [row for row in rows if row[0]]
    runs, prompts = len(cells), len({label for label, *_ in cells})
    if runs > len(set(cells)):
        yield Caution(
            f"each of {runs:,} rows counts as one agent, and they are runs of {prompts:,} "
            f"prompt{'s' * (prompts != 1)}, which the column {show(name)} tells",
            f"name the column {show(name)} as cluster, as runs of one prompt are alike",
        )


def _figure(cell: str, name: str, decimal: str) -> float:
    """Return the number that a person sees in a cell, whose column nobody asked for."""
    text = cell.removesuffix("%").rstrip()
    if _GROUPS.fullmatch(text):
        text = text.replace(",", "")
    return parse_number(with_point(text, decimal, name), name, "")


def _in_order(numbers: Sequence[float]) -> bool:
    """Tell numbers of rows from numbers of agents."""
    return len(numbers) > 1 and all(after - before == 1 for before, after in pairwise(numbers))


@dataclass(frozen=True, eq=False)
class Repeated:
    """Rows of one population and goal with the same figures."""

    goal: str
    count: float
    rows: tuple[int, ...]

    @property
    def times(self) -> int:
        """How many rows there are."""
        return len(self.rows)


def repeated_rows(found: DistinctRows) -> tuple[list[Caution], list[str]]:
    """Return cautions and notes on rows that are there more than once in counted data.

    Notes
    -----
    Rows of a population and goal with the same numbers of agents are noted where so many would not
    be the same by chance, given how close the other rows come. They are a caution where the same
    number of rows agree for two goals, as where a total is given again for each of its parts, or
    where without them each goal has one row.
    """
    by_cell = _by_cell(found)
    if by_cell is None:
        return [], []
    repeated: dict[str, list[Repeated]] = defaultdict(list)
    once = all(len(counts) == 1 for counts in by_cell.values())
    for (population, goal), counts in by_cell.items():
        for count, rows in counts.items():
            if len(rows) > 1 and count[0] >= _LARGE and (once or not _by_chance(count, counts)):
                repeated[population].append(Repeated(goal, count[0], tuple(rows)))
    doubtful: dict[str, list[Repeated]] = {}
    several = sum(len(rows) > 1 for counts in by_cell.values() for rows in counts.values())
    for population, rows_of in repeated.items():
        block = _block(rows_of)
        if block or (once and 2 * several <= len(by_cell)):
            doubtful[population] = block or rows_of
    cautions = [_caution(doubtful)] if doubtful else []
    notes = [
        f"{one.times} rows{_of(population)} have the same number of agents for {show(one.goal)} "
        f"({one.count:,.0f}), first rows {one.rows[0]} and {one.rows[1]}."
        for population, rows_of in repeated.items()
        if population not in doubtful
        for one in rows_of
    ]
    return cautions, notes[:_NAMED]


def _by_cell(
    found: DistinctRows,
) -> Mapping[tuple[str, str], dict[tuple[float, ...], list[int]]] | None:
    """Return the rows with each figure, by population and goal; None where no row can be double."""
    rows = found.sum("rows").sum()
    if "count" not in found.roles or found.table.lazy is not None:
        return None
    if rows == len(found) or rows > MOST_ROWS:
        return None
    place = {role: number for number, role in enumerate(found.roles)}
    figures = [place[r] for r in ("count", "weight", "weight_sum", "weight_sq_sum") if r in place]
    at = place.get("population")
    by_cell: dict[tuple[str, str], dict[tuple[float, ...], list[int]]] = {}
    for row, cells in with_points(found.table):
        count = parse_count(cells[figures[0]])
        if count > 0 and cells[place["goal"]]:
            key = ("" if at is None else cells[at], cells[place["goal"]])
            rest = tuple(float(cells[i] or 0) for i in figures[1:])
            by_cell.setdefault(key, {}).setdefault((count, *rest), []).append(row)
    return by_cell


def _by_chance(count: tuple[float, ...], counts: Mapping[tuple[float, ...], list[int]]) -> bool:
    """Tell whether so many rows may well have the same figure.

    The others that come close say how many would meet in one value; rounded figures have few.
    """
    unit = gcd(*(int(one[0]) for one in counts))
    value, times = count[0] / unit, len(counts[count])
    if unit == count[0]:  # no other value tells how fine the figures are
        unit, value = 1, count[0]
    if value < _LARGE:
        return True
    width = 0.1 * value + 10
    near = [len(r) for o, r in counts.items() if o != count and abs(o[0] / unit - value) <= width]
    rate = (sum(near) + 1) / (2 * width)
    in_all = sum(map(len, counts.values()))
    chance = rate ** (times - 1) / factorial(min(times - 1, 100))
    return bool(chance * in_all > _BY_CHANCE)


def _block(repeated: Sequence[Repeated]) -> list[Repeated]:
    """Return what is there equally often for two goals, with different numbers of agents."""
    for times in sorted({one.times for one in repeated}, reverse=True):
        alike = [one for one in repeated if one.times == times]
        if len({one.goal for one in alike}) > 1 and len({one.count for one in alike}) > 1:
            return alike
    return []


def _of(population: str) -> str:
    return f" of population {show(population)}" if population else ""


def _caution(doubtful: Mapping[str, list[Repeated]]) -> Caution:
    said = []
    for population, block in list(doubtful.items())[:_NAMED]:
        goals = list(dict.fromkeys(one.goal for one in block))
        each = "for " + (shown(goals) if len(goals) < _NAMED else f"each of {len(goals)} goals")
        first = block[0]
        said.append(
            f"{first.times} rows{_of(population)} have the same number of agents {each}, first "
            f"rows {first.rows[0]} and {first.rows[1]}"
        )
    more = len(doubtful) - len(said)
    also = f"; and so in {more} more populations" if more > 0 else ""
    remedy = (
        "if a total is given again for each of its parts, or rows were pasted twice, keep them "
        "once; if they are different agents, leave them"
    )
    return Caution("; ".join(said) + also, remedy)
