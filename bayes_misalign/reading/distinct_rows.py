"""Read a table into its distinct rows with their numbers and sums, keeping no row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.reading.column_problems import note_empty
from bayes_misalign.reading.columns import Check, Column, Reader, count_column
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.parse_numbers import NotANumber
from bayes_misalign.reading.replicate_sketch import Sketch
from bayes_misalign.reading.row_ids import note_repeated
from bayes_misalign.tables import Table
from bayes_misalign.tables.blocks import first_seen
from bayes_misalign.tables.distinct_texts import is_repeated, joined
from bayes_misalign.tables.lazy import TIMES

T = TypeVar("T")
_LARGEST_KEY = 2**62
REPLICATE = "replicate "  # begins the roles of replicate weights
_WEIGHED = ("weight_sum", "weight_sq_sum", "zero_weights")


class _Groups(dict[tuple[int, ...], int]):
    def __missing__(self, codes: tuple[int, ...]) -> int:
        group = self[codes] = len(self)
        return group


class _Rows:
    """What an id needs of each row: its distinct row, and numbers of its own."""

    def __init__(self) -> None:
        self._group: list[NDArray[np.int32]] = []
        self._numbers: dict[str, list[FloatArray]] = {}

    def extend(self, group: NDArray[np.intp], numbers: Mapping[str, FloatArray]) -> None:
        """Remember some rows."""
        self._group.append(group.astype(np.int32))
        for role, values in numbers.items():
            self._numbers.setdefault(role, []).append(values)

    @property
    def group(self) -> NDArray[np.int32]:
        """The distinct row of each."""
        if len(self._group) != 1:
            self._group = [joined(self._group, np.int32)]
        return self._group[0]

    def number(self, role: str) -> FloatArray | None:
        """Return a number of each row, if there is such a column; 0 where it is not told."""
        if role not in self._numbers:
            return None
        if len(self._numbers[role]) != 1:
            self._numbers[role] = [joined(self._numbers[role], np.float64)]
        values = self._numbers[role][0]
        return np.nan_to_num(values) if np.isnan(values).any() else values


class DistinctRows(Reader):
    """Distinct rows of a table: their texts, how often they are there, and sums of their numbers.

    Notes
    -----
    Sums are taken in the order of the rows, so that the same table gives the same digits. Texts,
    numbers of rows, sums and first rows are all that is read from it, so that another way of
    grouping a table can fill them; its rows are gone through again only to say where one is wrong.
    """

    def __init__(
        self,
        table: Table,
        roles: Mapping[str, str],
        columns: Sequence[Column],
        problems: Problems,
        checks: Sequence[Check] = (),
        *,
        factors: bool = False,
    ) -> None:
        self._factors = factors  # replicates hold what weights are multiplied by
        self._lazy = table.lazy
        if table.lazy is not None:
            apart = {column.role for column in columns if column.kind == "id"}
            whole, roles = roles, {r: name for r, name in roles.items() if r not in apart}
            table = table.lazy.distinct(tuple(roles.values()), table.what)
            roles, columns = {**roles, "rows": TIMES}, [*columns, count_column("rows")]
            super().__init__(table, roles, columns, problems, checks)
            self.roles = {**whole, "rows": TIMES}
        else:
            super().__init__(table, roles, columns, problems, checks)

    def _begin(self) -> None:
        super()._begin()
        self._groups, self.first = _Groups(), list[int]()  # first row of each
        self._rows, self._ids = _Rows(), dict[str, tuple[IntArray, NDArray[np.bool_]]]()
        named = (role for role in self._numbers if role not in ("count", "weight"))
        self._sums = {role: np.zeros(0) for role in ("rows", "n", *named)}
        replicates = [role for role in self._numbers if role.startswith(REPLICATE)]
        self._sketch = Sketch(len(replicates)) if replicates else None
        if "weight" in self._numbers or "weight_sum" in self._numbers:
            self._sums |= {role: np.zeros(0) for role in _WEIGHED}

    def __len__(self) -> int:
        """Return how many distinct rows there are."""
        return len(self._groups)

    @property
    def rows(self) -> _Rows:
        """The rows, one by one, of a table whose ids were read."""
        return self._rows

    @property
    def lazy(self) -> Any:
        """The lazy frame that the table is, if it is one."""
        return self._lazy

    def sum(self, role: str) -> FloatArray:
        """Return a sum over the rows that are alike: their number, agents, weights, and so on."""
        return self._sums[role][: len(self)]

    @property
    def replicate_rank(self) -> int:
        """How many columns of replicate weights are no combinations of the others."""
        return 0 if self._sketch is None else self._sketch.rank

    def give_weights(self, sums: FloatArray, squares: FloatArray, zero: FloatArray) -> None:
        """Give the rows other sums of weights than were read, as of raked ones; for a copy."""
        own = dict(zip(_WEIGHED, (sums, squares, zero), strict=True))
        self._sums, self.roles = {**self._sums, **own}, {**self.roles, "weight_sum": "raked"}

    def different(self, role: str) -> list[float]:
        """Return the different numbers in a column, as far as they were remembered."""
        return list(self._numbers[role].values()) if role in self._numbers else []

    def cells(self, role: str) -> list[str]:
        """Return the text of each distinct row in a column; blank if there is no such column."""
        if role not in self.texts:
            return [""] * len(self)
        texts, at = list(self.texts[role]), list(self.texts).index(role)
        return [texts[codes[at]] for codes in self._groups]

    def meanings(self, role: str, meaning: Callable[[str], T], fix: str = "") -> list[T | None]:
        """Return what each cell of a column means; a text that means nothing is noted once."""
        known = dict[str, T | None]()
        found = [text.strip() for text in self.cells(role)]
        for text, row in zip(found, self.first, strict=True):
            if text not in known:
                try:
                    known[text] = meaning(text)
                except NotANumber as trouble:
                    known[text] = None
                    remedy = "; or ".join(filter(None, (trouble.fix, fix)))
                    self.problems.add(
                        trouble.what,
                        where=self.where(role, row),
                        valid=trouble.valid,
                        fix=remedy,
                        value=trouble.value,
                    )
        return [known[text] for text in found]

    def named(
        self, role: str, counts: Sequence[bool] | None = None
    ) -> tuple[tuple[str, ...], list[int]]:
        """Return the names in a column by first appearance, and that of each row; -1 for none."""
        found = [text.strip() for text in self.cells(role)]
        told = found if counts is None else [t for t, yes in zip(found, counts, strict=True) if yes]
        names = tuple(dict.fromkeys(filter(None, told)))
        place = {name: number for number, name in enumerate(names)}
        return names, [place.get(name, -1) for name in found]

    def ids(self, role: str) -> tuple[IntArray, NDArray[np.bool_]]:
        """Return the number of each row's id, (N,), and whether it is not blank; read once."""
        if role not in self._ids:
            self._ids[role] = self.digests[role].numbers(), self.digests[role].told
        return self._ids[role]

    def forget_ids(self, role: str) -> None:
        """Forget ids, of which nobody will ask again."""
        del self._ids[role], self.digests[role]

    def note_empty(self, role: str, number: int) -> None:
        """Note so many rows without a cell that must not be empty, nobody knows which."""
        column = self._described[role]
        where = self.where(role)
        note_empty(column.noun, number, (), where, self.problems, column.valid, column.fix)

    def note_repeated_ids(
        self, role: str, what: str, several: str, valid: str, fix: str, *, within: str = ""
    ) -> None:
        """Note ids that are in more than one row, or in several with the same text of `within`."""
        where, problems = self.where(role), self.problems
        inside = within if within in self.roles else ""
        if self._lazy is None:
            keys, told = self.ids(role)
            if inside:
                at = list(self.texts).index(inside)
                codes = np.array([group[at] for group in self._groups], np.int64)
                keys = keys * len(self.texts[inside]) + codes[self._rows.group]
            if is_repeated(keys if told.all() else keys[told]):
                keys, rows = keys[told], self.digests[role].rows[told]
                note_repeated(
                    keys, rows, (what, several, valid, fix), where, problems, self.table.row
                )
            return
        repeated, blank = self._lazy.repeated(self.roles[role], self.roles.get(inside))
        if self._described[role].needed:
            self.note_empty(role, blank)
        if repeated:
            problems.add(
                f"1 id is in more than one row{' of a population' * bool(inside)}",
                where=where,
                several=f"{{n}} ids are in more than one row{' of a population' * bool(inside)}",
                number=repeated,
                valid=valid,
                fix=fix,
            )

    def note_repeats(
        self,
        keys: Sequence[Hashable],
        role: str,
        say: Callable[[Any], str],
        several: str,
        valid: str,
        fix: str,
    ) -> None:
        """Note rows whose key, one for each distinct row, is there before or counts several."""
        n = self.sum("n")
        single = ((self.sum("rows") == 1) & (n <= 1)).tolist()
        told = [key for key, times in zip(keys, n.tolist(), strict=True) if times]
        told = [key for key in told if key is not None]
        alone = all(one or key is None for one, key in zip(single, keys, strict=True))
        if alone and len(set(told)) == len(told):
            return
        first, count = dict[Hashable, int](), self.place.get("count")
        for row, cells in self.table:
            codes = (texts[cells[self.place[role]]] for role, texts in self.texts.items())
            key = keys[self._groups[tuple(codes)]]
            times = 1.0 if count is None else self._numbers["count"][cells[count]]
            times *= self._alike(cells)
            if key is None or not times:
                continue
            before = first.setdefault(key, row)
            if before == row and times == 1:
                continue
            self.problems.add(
                say(key) + ("" if before == row else f", before in row {before}"),
                where=self.where(role, row),
                several=several,
                valid=valid,
                fix=fix,
            )

    def _keep(
        self, rows: list[int], codes: dict[str, list[int]], numbers: dict[str, FloatArray]
    ) -> None:
        find, before = self._groups.__getitem__, len(self)
        keys = zip(*codes.values(), strict=True) if codes else iter([()] * len(rows))
        group = list(map(find, keys))
        if len(self) > before:
            for row, number in zip(rows, group, strict=True):
                if number == len(self.first):
                    self.first.append(row)
        self._remember(np.array(group, np.intp), numbers)

    def _keep_block(
        self,
        rows: IntArray,
        codes: Mapping[str, NDArray[np.int32]],
        numbers: Mapping[str, FloatArray],
    ) -> None:
        columns = list(codes.values())
        key = np.zeros(len(rows), np.int64)
        for number, column in enumerate(columns):
            size = int(column.max()) + 1
            if number and int(key.max()) >= _LARGEST_KEY // size:
                key = first_seen(key)[1].astype(np.int64)
            key = key * size + column
        first, place = first_seen(key)
        texts = [column[first].tolist() for column in columns]
        group = np.empty(len(first), np.intp)
        for number, distinct in enumerate(zip(*texts, strict=True) if texts else [()]):
            group[number] = self._groups[distinct]
            if len(self._groups) > len(self.first):
                self.first.append(self.table.row(rows[first[number]]))
        self._remember(group[place], numbers)

    def _remember(self, group: NDArray[np.intp], numbers: Mapping[str, FloatArray]) -> None:
        if self.digests:
            # of replicate weights there may be hundreds, and nobody asks for those of one row
            own = {role: x for role, x in numbers.items() if not role.startswith(REPLICATE)}
            self._rows.extend(group, own)
        self._add(group, numbers)

    def _add(self, group: NDArray[np.intp], numbers: Mapping[str, FloatArray]) -> None:
        """Add the numbers of some rows to the sums of their groups, in the order of the rows."""
        rows = len(group)
        values = {role: np.nan_to_num(number) for role, number in numbers.items()}
        if (alike := values.pop("rows", None)) is not None:
            values = {role: v * (1 if role == "weight" else alike) for role, v in values.items()}
        else:
            alike = np.ones(rows)
        times = values.pop("count", alike)
        if self._sketch is not None:
            # replicate weights are those of one of the agents of a row
            each = np.nan_to_num(numbers["count"]) if "count" in numbers else np.ones(rows)
            each = each * values["weight"] if self._factors else each
            values = {r: v * each if r.startswith(REPLICATE) else v for r, v in values.items()}
            whole = [v for r, v in values.items() if r.startswith(REPLICATE)]
            self._sketch.add(np.stack(whole, axis=1))
        added = {"rows": alike, "n": times, **values}
        if (weight := added.pop("weight", None)) is not None:
            added["weight_sum"] = times * weight
            added["weight_sq_sum"] = times * weight * weight
        if (weight := added.get("weight_sum")) is not None:
            added["zero_weights"] = np.where(weight == 0, times, 0.0)
        for role, amounts in added.items():
            total = self._sums[role]
            if len(total) < len(self):
                total = np.concatenate([total, np.zeros(2 * len(self) - len(total))])
                self._sums[role] = total
            np.add.at(total, group, amounts)
