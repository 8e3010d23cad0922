"""Tables with a column for each pair of goals, or for each goal, read as rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.reading.column_names import (
    PLACEHOLDER,
    POPULATION,
    ways_of,
    with_populations,
    words_of,
)
from bayes_misalign.reading.columns import Column
from bayes_misalign.reading.declared import TableDeclared
from bayes_misalign.reading.typed_fields import shown_value
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.melted import ROW, Layout, melted
from bayes_misalign.tables.remedies import quoted

_NAMED_ONE_BY_ONE = 6  # columns that a proposal lists, before it looks for a pattern


def _told(told: Mapping[str, str], key: re.Match[str]) -> str:
    return told[key[1]]


@dataclass(frozen=True, eq=False)
class Wide:
    """What the names of columns tell that stand side by side, and what is in their cells.

    Parameters
    ----------
    keys : tuple of str
        Roles that the name of a column tells, such as goal and goal_other; a population is any
        text.
    value : str
        Role of its cells.
    labels : tuple of str
        What the name of a column can tell in each of `keys`.
    long : str
        What a row of the table would else be, as messages say it.
    instead : str
        What `columns` are stated in place of, as a proposal says it.
    """

    keys: tuple[str, ...]
    value: str
    labels: tuple[str, ...]
    long: str
    instead: str = ""

    def with_population(self, stated: Any) -> Wide:
        """Return what names tell where the study says that they tell the population too."""
        told = tells_population(stated)
        return replace(self, keys=(*self.keys, POPULATION)) if told else self

    def open(
        self,
        declared: TableDeclared,
        roles: Mapping[str, str],
        columns: Sequence[Column],
        problems: Problems,
        base: str | Path | None,
        what: str,
    ) -> Table | None:
        """Open a table as rows, whether it has rows or columns; a wide one must be stated."""
        if (stated := getattr(declared, "columns", None)) is not None:
            return self._open_wide(declared, stated, roles, columns, problems, base, what)
        own = Problems()
        table = declared.open(roles, own, base, what, columns=columns)
        if table is None:
            if not self.note_wide(declared, roles, problems, base, what):
                problems.extend(own)
            return None
        if table.lazy is not None:  # which keeps the list of problems that it was opened with
            return declared.open(roles, problems, base, what, columns=columns)
        problems.extend(own)
        table.problems = problems
        return table

    def _open_wide(
        self,
        declared: TableDeclared,
        stated: Any,
        roles: Mapping[str, str],
        columns: Sequence[Column],
        problems: Problems,
        base: str | Path | None,
        what: str,
    ) -> Table | None:
        made = (*self.keys, self.value)
        fixed = {r: name for r, name in roles.items() if r not in made and name != ROW}
        taken = {part for r, name in fixed.items() for part in _parts(declared, r, name)}
        header = header_of(declared, base, what)
        if header is None:  # which is said with the columns that are surely there
            declared.open(fixed, problems, base, what, columns=columns)
            return None
        told = self.settle(stated, [n for n in header if n not in taken], problems)
        if told is None:
            return None
        described = {column.role: column for column in columns}
        cell = described.get(self.value, Column(self.value))
        own = {f"{self.value} {number}": name for number, name in enumerate(told)}
        wanted = [*columns, *(replace(cell, role=role) for role in own)]
        table = declared.open({**fixed, **own}, problems, base, what, columns=wanted)
        if table is None:
            return None
        if table.lazy is not None and "respondent" in roles:
            problems.add(
                "a lazy frame has a column for each wave, and its agents cannot be told apart",
                where=table.source,
                valid="a lazy frame with a row for each answer, or one with such columns in memory",
                fix="collect it first, or unpivot it",
            )
            return None
        places = {role: place for place, role in enumerate(fixed)}
        made_of: list[int | str] = [
            ""
            if r == self.value
            else str(self.keys.index(r))
            if r in self.keys
            else ROW
            if name == ROW
            else places[r]
            for r, name in roles.items()
        ]
        wide = tuple(range(len(fixed), len(fixed) + len(own)))
        return melted(table, tuple(roles.values()), Layout(wide, tuple(told.values()), (*made_of,)))

    def settle(
        self, stated: Any, header: Sequence[str], problems: Problems
    ) -> dict[str, tuple[str, ...]] | None:
        """Return what each column tells, or note what is wrong with how that is stated."""
        before = len(problems)
        if isinstance(stated, str):
            found = self._by_pattern(stated, header, problems)
        elif isinstance(stated, Mapping) and stated:
            found = self._by_name(stated, header, problems)
        else:
            found = {}
            problems.add(
                f"columns is {shown_value(stated)}", where="columns", valid=self._example()
            )
        return None if len(problems) > before else found

    def _example(self) -> str:
        goals = iter([*self.labels, "a", "b"])
        labels = ["2019" if key == POPULATION else next(goals) for key in self.keys]
        return (
            "what each column is about, as in `columns = "
            f"{self._line({'_'.join(labels): labels})}`, or a pattern of their names, as in "
            f'`columns = "{self._pattern()}"`'
        )

    def _pattern(self) -> str:
        return "_".join(f"{{{key}}}" for key in self.keys)

    def _line(self, told: Mapping[str, Sequence[str]]) -> str:
        """Return what columns tell, as a study writes it."""
        parts = [
            f"{quoted(name)} = {quoted(labels[0])}"
            if len(self.keys) == 1
            else f"{quoted(name)} = [{', '.join(map(quoted, labels))}]"
            for name, labels in told.items()
        ]
        return "{ " + ", ".join(parts) + " }"

    def _by_name(
        self, stated: Mapping[Any, Any], header: Sequence[str], problems: Problems
    ) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, labels in stated.items():
            listed = [labels] if len(self.keys) == 1 and isinstance(labels, str) else labels
            where = f"columns, {show(str(name))}"
            if isinstance(listed, str) or not _are_texts(listed) or len(listed) != len(self.keys):
                valid = f"{' and '.join(self.keys)}, as in {self._example()}"
                problems.add(f"it is {shown_value(labels)}", where=where, valid=valid)
                continue
            for key, label in zip(self.keys, listed, strict=True):
                if key != POPULATION and label not in self.labels:
                    problems.add(
                        f"there is no goal {show(label)}",
                        where=where,
                        valid=shown(self.labels),
                        fix=did_you_mean(label, self.labels),
                    )
            if str(name) not in header:
                problems.add(
                    f"there is no column {show(str(name))}",
                    where="columns",
                    valid=f"one of {shown(header)}",
                    fix=did_you_mean(str(name), header),
                )
            found[str(name)] = tuple(listed)
        return found

    def _by_pattern(
        self, pattern: str, header: Sequence[str], problems: Problems
    ) -> dict[str, tuple[str, ...]]:
        before, keys = len(problems), PLACEHOLDER.findall(pattern)
        if sorted(keys) != sorted(self.keys):
            problems.add(
                f"columns is {show(pattern)}",
                where="columns",
                valid=f"each of {' and '.join(f'{{{key}}}' for key in self.keys)} once, as in "
                f'"{self._pattern()}"',
            )
            return {}
        if POPULATION in keys:
            found = with_populations(pattern, self.keys, self.labels, header)
            names = found or self._named_by(pattern)
        else:
            names = self._named_by(pattern)
        alike: dict[str, list[tuple[str, ...]]] = {}  # by case and by what is no letter or digit
        for name, ways in names.items():
            alike.setdefault(words_of(name), []).extend(ways)
        if POPULATION not in keys:
            found = {h: names.get(h) or alike[words_of(h)] for h in header if words_of(h) in alike}
        for name, ways in found.items():
            if len(ways) > 1:
                said = " or ".join(" and ".join(map(show, labels)) for labels in ways)
                problems.add(
                    f"the column {show(name)} may be about {said}",
                    where="columns",
                    valid="one way to read each column",
                    fix=f"say it for each column, as in `columns = {self._line({name: ways[0]})}`",
                )
        if POPULATION not in keys:
            self._note_half_known(pattern, header, found, problems)
        if not found and len(problems) == before:
            near = did_you_mean(next(iter(names), ""), header)
            problems.add(
                f"no column is called as the pattern {show(pattern)} says",
                where="columns",
                valid=f"names such as {shown(names, 3)}; the table has {shown(header)}",
                fix=near
                or "say it for each column, as in `columns = "
                + self._line({name: self.labels[: len(self.keys)] for name in header[:1]})
                + "`",
            )
        return {name: ways[0] for name, ways in found.items()}

    def _named_by(self, pattern: str) -> dict[str, list[tuple[str, ...]]]:
        """Return the names that a pattern gives, with all that each may be about."""
        found: dict[str, list[tuple[str, ...]]] = {}
        known = [("1", "2") if key == POPULATION else self.labels for key in self.keys]
        for labels in product(*known):
            told = dict(zip(self.keys, labels, strict=True))
            name = PLACEHOLDER.sub(partial(_told, told), pattern)
            found.setdefault(name, []).append(labels)
        return found

    def _note_half_known(
        self,
        pattern: str,
        header: Sequence[str],
        found: Mapping[str, Sequence[tuple[str, ...]]],
        problems: Problems,
    ) -> None:
        """Note columns that fit a pattern with one goal, and with a text that is no goal."""
        known = "|".join(sorted(map(re.escape, self.labels), key=len, reverse=True))
        literal = PLACEHOLDER.split(pattern)[::2]
        if len(self.keys) == 1:
            one = f"{re.escape(literal[0])}(.+){re.escape(literal[-1])}"
            ways = [one] if any(map(str.strip, literal)) else []
        else:
            ways = [
                "".join(
                    re.escape(text) + (f"(?:{known})" if key == told else "(.+)")
                    for text, key in zip(literal, (0, 1), strict=False)
                )
                + re.escape(literal[-1])
                for told in (0, 1)
            ]
        odd = {
            name: match[1]
            for name in header
            if name not in found
            for way in ways
            if (match := re.fullmatch(way, name))
        }
        if odd:
            several = len(odd) > 1
            line = self._line({name: labels[0] for name, labels in found.items()})
            problems.add(
                f"{shown(odd)} fit{'' if several else 's'} the pattern {show(pattern)}, but "
                f"{shown(odd.values())} {'are no goals' if several else 'is no goal'}",
                where="columns",
                valid=shown(self.labels),
                fix=f"name the columns that count one by one, as in `columns = {line}`"
                if found
                else "",
            )

    def note_wide(
        self,
        declared: TableDeclared,
        roles: Mapping[str, str],
        problems: Problems,
        base: str | Path | None,
        what: str,
    ) -> bool:
        """Note that a table has columns where rows are wanted, if it looks so; tell whether."""
        table = declared.open(None, Problems(), base, what)
        needed = [roles[role] for role in (*self.keys, self.value) if role in roles]
        if table is None or set(needed) <= set(table.columns):
            return False
        others = {part for r, name in roles.items() for part in _parts(declared, r, name)}
        free = [name for name in table.columns if name not in others]
        told = self.recognised(free)
        if len(told) < 2 and not (told and len(self.keys) > 1 and len(self.labels) == 2):
            return False
        problems.add(
            f"{self.long} is wanted in each row, in columns {shown(needed)}; this table has a "
            f"column for each {'pair of goals' if len(self.keys) > 1 else 'goal'}: {shown(told)}",
            where=table.source,
            valid="either form",
            fix=f"state `columns = {self._proposal(told, free)}`"
            + f" {self.instead}" * bool(self.instead)
            + (
                f"; it leaves out {shown(rest)}"
                if (rest := [n for n in free if n not in told])
                else ""
            ),
        )
        return True

    def recognised(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return columns whose names hold one goal, or a pair of goals, and no others."""
        known = dict[str, list[str]]()
        for label in self.labels:
            known.setdefault(words_of(label), []).append(label)
        found: dict[str, tuple[str, ...]] = {}
        for name in names:
            ways = ways_of(words_of(name).split("_"), known, len(self.keys))
            longest = max((sum(map(len, way)) for way in ways), default=0)
            best = [way for way in ways if sum(map(len, way)) == longest]
            if len(best) == 1:
                found[name] = best[0]
        if len(self.keys) == 1:  # a goal that several columns hold may be about anything
            times = Counter(labels for labels in found.values())
            exact = {name: labels for name, labels in found.items() if name == labels[0]}
            found = exact if len(exact) > 1 else {n: x for n, x in found.items() if times[x] == 1}
        return found

    def _proposal(self, told: Mapping[str, tuple[str, ...]], header: Sequence[str]) -> str:
        if len(told) > _NAMED_ONE_BY_ONE:
            for pattern in self._patterns(told):
                unheard = Problems()
                if self._by_pattern(pattern, header, unheard) == told and not unheard:
                    return quoted(pattern)
        return self._line(told)

    def _patterns(self, told: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
        name, labels = next(iter(told.items()))
        texts = "(.*)".join(map(re.escape, labels))
        if (match := re.fullmatch(f"(.*){texts}(.*)", name)) is not None:
            keys = [f"{{{key}}}" for key in self.keys]
            parts = [
                part for pair in zip(match.groups(), [*keys, ""], strict=True) for part in pair
            ]
            yield "".join(parts)


def tells_population(stated: Any) -> bool:
    """Tell whether names of columns are said to tell a pair of goals and a population."""
    if isinstance(stated, str):
        return POPULATION in PLACEHOLDER.findall(stated)
    told = list(stated.values()) if isinstance(stated, Mapping) else []
    return bool(told) and all(isinstance(one, list | tuple) and len(one) == 3 for one in told)


def header_of(
    declared: TableDeclared, base: str | Path | None, what: str
) -> tuple[str, ...] | None:
    """Return the names of the columns of a table; None where it cannot be opened."""
    table = declared.open(None, Problems(), base, what)
    return None if table is None else table.columns


def _parts(declared: TableDeclared, role: str, name: str) -> tuple[str, ...]:
    stated = getattr(declared, role, None)
    return stated if isinstance(stated, tuple) else (name,)


def _are_texts(listed: Any) -> bool:
    return isinstance(listed, Sequence) and all(isinstance(label, str) for label in listed)
