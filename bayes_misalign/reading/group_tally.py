"""Count rows into groups of the same population and label, keeping no row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bayes_misalign.errors import Problems
from bayes_misalign.reading.column_problems import ROWS_NAMED, note_empty, note_too_many
from bayes_misalign.reading.parse_numbers import noted, parse_count, parse_weight
from bayes_misalign.reading.row_ids import RowIds
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables import Table

MOST_UNKNOWN_LABELS = 200
MOST_POPULATIONS = 10_000
_REMEMBERED_WEIGHTS = 100_000
_ROUNDING = 0.01  # published sums of weights are rounded


@dataclass
class Group:
    """The rows of one population with one label.

    Parameters
    ----------
    first_row : int
        Number of the first of them.
    answer : bool
        Whether the label is an answer, or unknown; only then a weight must be there.
    rows : int
        Number of rows.
    n, weight_sum, weight_sq_sum : float
        Number of agents, and sums of their weights and squared weights.
    zero_weights : float
        Agents whose weight is 0.
    """

    first_row: int
    answer: bool
    rows: int = 0
    n: float = 0.0
    weight_sum: float = 0.0
    weight_sq_sum: float = 0.0
    zero_weights: float = 0.0


class Tally:
    """Groups of rows, growing while a table is read.

    Parameters
    ----------
    table : Table
        Whose columns are those of `roles`.
    roles : mapping of str to str
        Column of each role: goal, and any of population, weight, count, weight_sum,
        weight_sq_sum and respondent.
    is_answer : callable
        Tells of a label whether it is an answer (True), something known but no answer (False),
        or unknown (None).
    problems : Problems
        Where to note what is wrong.

    Examples
    --------
    >>> from bayes_misalign.tables import open_table
    >>> problems = Problems()
    >>> table = open_table({"goal": ["a", "b", "a"]}, ["goal"], problems)
    >>> tally = Tally(table, {"goal": "goal"}, lambda label: True, problems)
    >>> tally.read()
    >>> {key: group.n for key, group in tally.groups.items()}
    {('all', 'a'): 2.0, ('all', 'b'): 1.0}
    """

    def __init__(
        self,
        table: Table,
        roles: Mapping[str, str],
        is_answer: Callable[[str], bool | None],
        problems: Problems,
    ) -> None:
        self.table, self.roles, self.is_answer, self.problems = table, roles, is_answer, problems
        self.groups: dict[tuple[str, str], Group] = {}
        self.complete = False
        self._places = {role: place for place, role in enumerate(roles)}
        self._unknown: set[str] = set()
        self._populations: set[str] = set()
        self._nameless: list[int] = []
        self._ids = RowIds()
        self._weights: dict[str, float] = {}

    def read(self) -> None:
        """Read the whole table, and note what is wrong with its cells.

        Examples
        --------
        >>> from bayes_misalign.tables import open_table
        >>> problems = Problems()
        >>> table = open_table({"goal": ["a"], "w": ["-1"]}, ["goal", "w"], problems)
        >>> Tally(table, {"goal": "goal", "weight": "w"}, lambda label: True, problems).read()
        >>> len(problems)
        1
        """
        goal = self._places["goal"]
        population = self._places.get("population")
        add = self._adder()
        for row, cells in self.table:
            name = EVERYONE if population is None else cells[population]
            group = self.groups.get((name, cells[goal]))
            if group is None:
                group = self._new_group(row, name, cells[goal])
                if len(self._unknown) > MOST_UNKNOWN_LABELS:
                    return self._too_many("goal", "labels", MOST_UNKNOWN_LABELS)
                if len(self._populations) > MOST_POPULATIONS:
                    return self._too_many("population", "populations", MOST_POPULATIONS)
            if not name and len(self._nameless) < ROWS_NAMED:
                self._nameless.append(row)
            group.rows += 1
            add(row, cells, group)
        self.complete = True
        self._note_empty_populations()
        self._note_repeated_respondents()
        return None

    def _new_group(self, row: int, population: str, label: str) -> Group:
        known = self.is_answer(label) if label else False
        if known is None:
            self._unknown.add(label)
        self._populations.add(population)
        group = Group(row, answer=known is not False)
        self.groups[population, label] = group
        return group

    def _adder(self) -> Callable[[int, tuple[str, ...], Group], None]:
        if "count" in self.roles:
            return self._add_count
        weight, respondent = self._places.get("weight"), self._places.get("respondent")

        def add(row: int, cells: tuple[str, ...], group: Group) -> None:
            group.n += 1
            if respondent is not None:
                self._add_id(row, cells[respondent])
            if weight is not None:
                value = self._weight(row, cells[weight], group)
                group.weight_sum += value
                group.weight_sq_sum += value * value
                group.zero_weights += value == 0

        return add

    def _weight(self, row: int, cell: str, group: Group) -> float:
        if (value := self._weights.get(cell)) is not None:
            return value
        if not group.answer and not cell.strip():
            return 0.0
        column = self.roles["weight"]
        value = noted(parse_weight, cell, "weight", self.table.where(row, column), self.problems)
        if value is None:
            return 0.0
        if len(self._weights) < _REMEMBERED_WEIGHTS:
            self._weights[cell] = value
        return value

    def _add_id(self, row: int, cell: str) -> None:
        if cell:
            self._ids.add(row, cell)
        else:
            where = self.table.where(row, self.roles["respondent"])
            self.problems.add("the respondent's id is empty", where=where)

    def _add_count(self, row: int, cells: tuple[str, ...], group: Group) -> None:
        count = self._number(parse_count, "count", row, cells)
        if count is None:
            return
        group.n += count
        if "weight" in self.roles:
            weight = self._weight(row, cells[self._places["weight"]], group) if count else 0.0
            group.weight_sum += count * weight
            group.weight_sq_sum += count * weight * weight
            group.zero_weights += count if weight == 0 else 0
        if "weight_sum" in self.roles:
            total = self._number(parse_weight, "weight_sum", row, cells)
            squares = self._number(parse_weight, "weight_sq_sum", row, cells)
            if total is None or squares is None:
                return
            self._check_sums(row, count, total, squares)
            group.weight_sum += total
            group.weight_sq_sum += squares
            group.zero_weights += count if total == 0 else 0

    def _number(
        self,
        parse: Callable[[object, str], float],
        role: str,
        row: int,
        cells: tuple[str, ...],
    ) -> float | None:
        where = self.table.where(row, self.roles[role])
        name = role.replace("_", " ")
        return noted(parse, cells[self._places[role]], name, where, self.problems)

    def _check_sums(self, row: int, count: float, total: float, squares: float) -> None:
        # (sum w)^2 / n <= sum w^2 <= (sum w)^2 for any n weights that are not negative.
        too_small = total**2 > count * squares * (1 + _ROUNDING) + _ROUNDING
        too_large = squares > total**2 * (1 + _ROUNDING) + _ROUNDING
        if too_small or too_large:
            self.problems.add(
                f"no {count:g} weights have the sum {total:g} and the sum of squares {squares:g}",
                where=self.table.where(row),
                valid="(sum of weights)^2 / count <= sum of squares <= (sum of weights)^2",
            )

    def _too_many(self, role: str, what: str, most: int) -> None:
        where = f"{self.table.source}, column {self.roles[role]!r}"
        note_too_many(role, what, most, where, self.problems)

    def _note_empty_populations(self) -> None:
        if self._nameless:
            number = sum(g.rows for (name, _), g in self.groups.items() if not name)
            where = f"{self.table.source}, column {self.roles['population']!r}"
            valid = "the name of a population in every row"
            note_empty("population", number, self._nameless, where, self.problems, valid)

    def _note_repeated_respondents(self) -> None:
        for first, again in self._ids.repeated()[:50] if "respondent" in self.roles else []:
            self.problems.add(
                f"rows {first} and {again} have the same respondent id",
                where=f"{self.table.source}, column {self.roles['respondent']!r}",
                valid="each respondent once",
                fix="remove the repeated row; answers of several raters are judgements instead",
            )
