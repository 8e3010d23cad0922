"""What all declarations of evidence have in common, whatever model they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_origin, get_type_hints

from bayes_misalign.errors import Problems
from bayes_misalign.reading.typed_fields import check_types
from bayes_misalign.tables import Table, open_table
from bayes_misalign.tables.remedies import quoted

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
    """

    model: ClassVar[str]
    WORDS: ClassVar[tuple[str, ...]] = ()
    TUPLES: ClassVar[tuple[str, ...]] = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    if TYPE_CHECKING:  # each declaration has them at a place of its own
        data: Any
        encoding: str
        separator: str | None

    def __post_init__(self) -> None:
        """Settle lists as tuples, and names and codes as text."""
        for name, hint in self._hints().items():
            value = getattr(self, name)
            if name in self.WORDS:
                settled: Any = (value,) if isinstance(value, str) else _texts(value)
            elif name in self.TUPLES:
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
        return {role: str(column) for role, column in stated.items() if column is not None}

    def open(
        self,
        roles: Mapping[str, str] | None,
        problems: Problems,
        base: str | Path | None,
        what: str,
        data: Any = None,
    ) -> Table | None:
        """Open the table, or another one that is written in the same way; None if it cannot be."""
        return open_table(
            self.data if data is None else data,
            None if roles is None else tuple(roles.values()),
            problems,
            base=base,
            encoding=self.encoding,
            separator=self.separator,
            what=what,
        )


@cache
def _hints_of(kind: type[Declared]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _kinds(hint: Any) -> tuple[Any, ...]:
    return (hint,) if get_origin(hint) in (tuple, dict) else get_args(hint)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(hint: Any) -> bool:
    return any(get_origin(kind) is tuple for kind in _kinds(hint))


def _settled(value: Any, hint: Any) -> Any:
    of_table = [get_args(kind)[1] for kind in _kinds(hint) if get_origin(kind) is dict]
    if isinstance(value, Mapping):
        return {str(k): _settled(v, of_table[0]) for k, v in value.items()} if of_table else value
    if hint is str and value is not None:
        return str(value)
    if hint == str | None and isinstance(value, int | float):  # columns may have numbers for names
        return str(value)
    if value is None or isinstance(value, str) or not _is_list(hint):
        return value
    return _texts(value)


def _texts(value: Any) -> Any:
    """Return a list of names or codes as texts; what is none is left for the check of types."""
    plain = isinstance(value, Iterable) and not isinstance(value, Mapping)
    return tuple(map(str, value)) if plain else value
