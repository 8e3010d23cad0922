"""What all declarations of evidence have in common, whatever model they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_origin, get_type_hints

from bayes_misalign.errors import Problems
from bayes_misalign.reading.columns import Column
from bayes_misalign.reading.typed_fields import check_types, shown_value
from bayes_misalign.tables import Table, open_table
from bayes_misalign.tables.chosen import JOINT
from bayes_misalign.tables.conditions import CONDITIONS, is_condition
from bayes_misalign.tables.form import TableForm, Wanted
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.remedies import among_others, quoted

# columns that may be none of a declaration's `OUTCOMES` too
_OTHERS = ("population", "weight", "count", "respondent", "agent", "rater", "raters", "goal_other")

# whether something is stated that contradicts something else; what it is; what would be valid;
# and perhaps a remedy
Contradiction = tuple[bool, str, str] | tuple[bool, str, str, str]


class Declared:
    """Base of declarations: settles what they state, notes contradictions, and opens tables.

    Notes
    -----
    Fields are settled by their type: lists of names become tuples of texts, and keys of tables
    become texts. A single text stays one where a list is meant, and is noted by `check`; it is a
    list of one word in the fields of `WORDS`. Lists in the fields of `TUPLES` become tuples.
    Columns of `OUTCOMES` are what is learnt from: each is another one, and none says who answered.
    """

    model: ClassVar[str]
    OUTCOMES: ClassVar[tuple[str, ...]] = ("goal",)
    WORDS: ClassVar[tuple[str, ...]] = ()
    TUPLES: ClassVar[tuple[str, ...]] = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        """Settle lists as tuples, and names and codes as text."""
        for name, hint in self._hints().items():
            value = getattr(self, name)
            if name in self._named("WORDS"):
                settled: Any = (value,) if isinstance(value, str) else _settled(value, hint)
            elif name in self._named("TUPLES"):
                settled = tuple(value) if isinstance(value, list) else value
            else:
                settled = _settled(value, hint)
            object.__setattr__(self, name, settled)
        # a single text in place of a list is noted later, with the list that it should be
        single = [n for n, h in self._hints().items() if _is_list(h) and _is_text(getattr(self, n))]
        check_types(self, self.model, but=single, outside_only=True)

    def _hints(self) -> dict[str, Any]:
        kind: Any = type(self)
        return _hints_of(kind)

    def _named(self, which: str) -> set[str]:
        """Return the fields that a class and its bases name in a list of theirs."""
        return {name for kind in type(self).__mro__ for name in vars(kind).get(which, ())}

    def contradictions(self) -> Iterable[Contradiction]:
        """Return what is stated together and must not be, or alone and must not be."""
        return ()

    def check(self, problems: Problems) -> bool:
        """Note what contradicts itself or has the wrong form, and tell whether all is well."""
        before = len(problems)
        for wrong, what, valid, *fix in self.contradictions():
            if wrong:
                problems.add(what, where=self.model, valid=valid, fix=fix[0] if fix else "")
        for name, hint in self._hints().items():
            if isinstance(text := getattr(self, name), str) and _is_list(hint):
                more = "; the column is named by population" if name == "populations" else ""
                problems.add(
                    f"{name} is the single text {text!r}",
                    where=self.model,
                    valid=f"a list, as in `{name} = [{quoted(text)}]`{more}",
                )
        if getattr(self, "populations", None) is not None and self.roles("population") == {}:
            problems.add(
                "populations are listed, but no column says who belongs to which",
                where=self.model,
                valid='the name of the column too, as in `population = "group"`',
            )
        return len(problems) == before

    def roles(self, *names: str, **others: str | None) -> dict[str, str]:
        """Return the columns that are stated, by the names of their fields or by other roles."""
        stated = {name: getattr(self, name) for name in names} | others
        return {
            role: JOINT.join(map(str, column)) if isinstance(column, tuple) else str(column)
            for role, column in stated.items()
            if column is not None
        }


def both_forms(declared: Any, *fields: str) -> Iterator[Contradiction]:
    """Return which columns of a table with rows are stated beside those of a wide one."""
    kind: Any = type(declared)
    stated = [name for name in fields if getattr(declared, name) != getattr(kind, name)]
    yield (
        declared.columns is not None and bool(stated),
        f"columns and {' and '.join(stated)} are both stated",
        "columns where the table has columns side by side, the others where it has rows",
    )


@dataclass(frozen=True, kw_only=True)
class TableDeclared(Declared):
    """Base of declarations that read a table: how it is written, and which of its rows count.

    Parameters
    ----------
    encoding : str
        Encoding of a text file without a byte order mark.
    separator : str, optional
        Separator of a text file; by default a tab for .tsv and .tab, else a comma.
    decimal : {".", ","}
        Decimal mark of the numbers in a text file.
    skip_rows : int or sequence of int
        How many rows stand above the header; or the numbers of all rows that are no data, counted
        from 1, such as ``[2, 3]`` for texts of questions below the header.
    sheet : str or int, optional
        Sheet of a workbook, by its name or its number from 1; or a range of cells, as in
        ``"Data!B4:F200"``, or ``"B4:F200"`` where there is one sheet.
    missing : sequence of str, or mapping of str to sequence of str
        Texts and codes that mean a missing cell, in every column or by column, such as ``["NA"]``.
        What a file of SPSS, Stata or SAS declares missing is missing without it.
    where : mapping of str to value
        Which rows count, by the cells of each of these columns: those that have the value, or one
        of a list of values; all others, by ``{"not": ...}``, where an empty text is an empty cell;
        or those whose number is in a range, as ``{"at_least": 18, "below": 65}``, also with
        ``"at_most"`` and ``"above"``; or whose date is, as ``{"at_least": "2020-01-31"}``, or
        ``{"at_most": "2020-01"}`` for whole months.
    empty_population : str, optional
        Name of the population of rows whose population is empty; "leave out" leaves them out.

    Notes
    -----
    Their order and meaning is the same whatever the table is for.
    """

    WORDS: ClassVar[tuple[str, ...]] = ("missing",)
    TUPLES: ClassVar[tuple[str, ...]] = ("skip_rows",)
    OTHER_COLUMNS: ClassVar[tuple[str, ...]] = ()  # of further tables, whose names are fixed

    if TYPE_CHECKING:  # at a place of its own in each declaration
        data: Any

    encoding: str = "utf-8"
    separator: str | None = None
    decimal: str = "."
    skip_rows: int | tuple[int, ...] = 0
    sheet: str | int | None = None
    missing: tuple[str, ...] | dict[str, tuple[str, ...]] = ()
    where: dict[str, Any] | None = None
    empty_population: str | None = None

    def check(self, problems: Problems) -> bool:
        """Note what contradicts itself or has the wrong form, and tell whether all is well."""
        before = len(problems)
        if self.decimal not in (".", ","):
            problems.add(f"decimal is {show(self.decimal)}", where=self.model, valid='"." or ","')
        elif self.decimal == self.separator:
            problems.add(
                f"{show(self.decimal)} is the separator and the decimal mark",
                where=self.model,
                valid="two different ones",
            )
        rows = self.skip_rows if isinstance(self.skip_rows, tuple) else (self.skip_rows,)
        least = 1 if isinstance(self.skip_rows, tuple) else 0
        if not all(_is_whole(row) and row >= least for row in rows):
            problems.add(
                f"skip_rows is {shown_value(self.skip_rows)}",
                where=self.model,
                valid="how many rows stand above the header, or a list of numbers of rows from 1",
            )
        for column, stated in (self.where or {}).items():
            if not is_condition(stated):
                problems.add(
                    f"where asks for {shown_value(stated)} in the column {show(column)}",
                    where=self.model,
                    valid=CONDITIONS,
                )
        self._note_twice(problems)
        return super().check(problems) and len(problems) == before

    @property
    def replaced(self) -> tuple[str, ...]:
        """Fields that are not looked at, for others are stated in their place."""
        return ()

    def _note_twice(self, problems: Problems) -> None:
        """Note a column that is stated for what is learnt from, and for something else."""
        for i, one in enumerate(self.OUTCOMES):
            name = None if one in self.replaced else getattr(self, one, None)
            for other in (*_OTHERS, *self.OUTCOMES[:i]):
                stated = getattr(self, other, None)
                if isinstance(name, str) and name in (
                    stated if isinstance(stated, tuple) else [stated]
                ):
                    problems.add(
                        f"the column {show(name)} is stated as {one} and as {other}",
                        where=self.model,
                        valid="a column of its own for each",
                        fix=f"name the right column, or take {show(name)} out of `{other}`",
                    )

    @property
    def table_form(self) -> TableForm:
        """How the table is written, and which of its rows count."""
        return TableForm(
            self.encoding,
            self.separator,
            self.decimal,
            self.skip_rows,
            self.sheet,
            self.missing,
            {c: stated for c, stated in (self.where or {}).items() if is_condition(stated)},
        )

    def open(
        self,
        roles: Mapping[str, str] | None,
        problems: Problems,
        base: str | Path | None,
        what: str,
        data: Any = None,
        columns: Iterable[Column] = (),
    ) -> Table | None:
        """Open the table, or another one that is written in the same way; None if it cannot be.

        `columns` say of roles how cells are meant.
        """
        form = self.table_form
        if data is not None:  # another table, of which the study says no more than its form
            form = replace(form, where={}, sheet=None)
        # a file beside the one of the study, which is written alike
        own = Problems() if isinstance(data, str | Path) else problems
        table = open_table(
            self.data if data is None else data,
            None if roles is None else self._wanted(roles, columns),
            own,
            base=base,
            form=form,
            what=what,
        )
        if own is not problems:
            problems.extend(map(among_others, own))
            if table is not None:
                table.problems = problems
        if table is not None and data is None:
            table.filtered = True
            self._note_unread(table, problems)
        return table

    def _note_unread(self, table: Table, problems: Problems) -> None:
        """Note columns of which the study says what is missing, and which nothing reads."""
        if not isinstance(self.missing, Mapping):
            return
        values = [getattr(self, field.name) for field in fields(self)]
        lists = [value if isinstance(value, tuple) else (value,) for value in values]
        stated = {name for names in lists for name in names if isinstance(name, str)}
        known = {*table.columns, *self.OTHER_COLUMNS, *stated, *(self.where or {})}
        for name in self.missing:
            if name not in known:
                problems.add(
                    f"missing names the column {show(name)}, which is not read",
                    where=table.source,
                    valid=shown(table.columns),
                )

    def _wanted(self, roles: Mapping[str, str], columns: Iterable[Column]) -> list[Wanted]:
        described = {column.role: column for column in columns}
        wanted = []
        for role, name in roles.items():
            stated = getattr(self, role, None)
            parts = stated if isinstance(stated, tuple) and JOINT.join(stated) == name else ()
            empty = self.empty_population if role == "population" else None
            wanted.append(described.get(role, Column(role)).wanted(name, parts, empty))
        return wanted


@cache
def _hints_of(kind: type[Declared]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _kinds(hint: Any) -> tuple[Any, ...]:
    return (hint,) if get_origin(hint) in (tuple, dict) else get_args(hint)


def _is_series(value: Any) -> bool:
    """Tell whether something is a series of pandas, such as value_counts() gives."""
    return hasattr(value, "to_dict") and hasattr(value, "index") and not hasattr(value, "columns")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(hint: Any) -> bool:
    """Tell whether a list is meant, and a single text is none."""
    return _may_be_list(hint) and str not in _kinds(hint)


def _may_be_list(hint: Any) -> bool:
    return any(get_origin(kind) is tuple for kind in _kinds(hint))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _settled(value: Any, hint: Any) -> Any:
    of_table = [get_args(kind)[1] for kind in _kinds(hint) if get_origin(kind) is dict]
    if of_table and not isinstance(value, str | Mapping) and _is_series(value):
        value = value.to_dict()
    if isinstance(value, Mapping):
        return {str(k): _settled(v, of_table[0]) for k, v in value.items()} if of_table else value
    if hint is str and value is not None:
        return str(value)
    kinds = {str} if hint is str else set(_kinds(hint))
    if str in kinds and not kinds & {int, float} and isinstance(value, int | float):
        # columns may have numbers for names
        return str(value)
    if value is None or isinstance(value, str) or not _may_be_list(hint):
        return value
    return _texts(value)


def _texts(value: Any) -> Any:
    """Return a list of names or codes as texts; what is none is left for the check of types."""
    plain = isinstance(value, Iterable) and not isinstance(value, Mapping)
    return tuple(map(str, value)) if plain else value
