"""SPSS, Stata and SAS files: codes that stand for labels, and codes that mean a missing answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Literal

from bayes_misalign.errors import Problems
from bayes_misalign.tables import remedies
from bayes_misalign.tables.cells import cell_text
from bayes_misalign.tables.columnar import BATCH
from bayes_misalign.tables.form import LeftOut, Wanted
from bayes_misalign.tables.labels import show, shown
from bayes_misalign.tables.table import Damaged, Row, Table, check_columns

LabelledKind = Literal["spss", "spss portable", "stata", "sas", "sas transport"]
_PROGRAM: dict[LabelledKind, tuple[str, str]] = {
    "spss": ("SPSS", "read_sav"),
    "spss portable": ("SPSS portable", "read_por"),
    "stata": ("Stata", "read_dta"),
    "sas": ("SAS", "read_sas7bdat"),
    "sas transport": ("SAS transport", "read_xport"),
}
_TAGS: dict[LabelledKind, str] = {"stata": ascii_lowercase, "sas": f"{ascii_uppercase}_"}


def open_labelled(
    path: Path,
    kind: LabelledKind,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    wanted: Mapping[str, Wanted],
    what: str = "rows",
) -> Table | None:
    """Open a file of SPSS, Stata or SAS, and check its variables."""
    program, function = _PROGRAM[kind]
    try:
        import pyreadstat
    except ImportError:
        problems.add(
            f"{program} files are read by pyreadstat, which is not installed",
            where=path.name,
            fix='pip install "bayes-misalign[spss]", or save the table as CSV or Parquet',
        )
        return None
    read = getattr(pyreadstat, function)
    try:
        meta = read(path, metadataonly=True, **_user_missing(kind))[1]
    except (pyreadstat.ReadstatError, ValueError, OSError) as trouble:
        problems.add(f"the file cannot be read ({trouble})", where=path.name)
        return None
    names = tuple(meta.column_names if columns is None else columns)
    if _note_sets(meta, names, path.name, problems):
        return None
    if not check_columns(meta.column_names, names, path.name, problems):
        return None
    variables = {
        name: _Variable.of(name, meta, kind, wanted.get(name, Wanted(name)))
        for name in dict.fromkeys(names)
    }
    left_out = LeftOut()
    return Table(
        path.name,
        names,
        lambda: _rows(path, read, kind, [variables[name] for name in names], left_out),
        problems,
        what,
        codes={name: variable.codes_by_label for name, variable in variables.items()},
        left_out=left_out,
        described={n: text for n, text in meta.column_names_to_labels.items() if text},
    )


def _user_missing(kind: LabelledKind) -> dict[str, bool]:
    """Return the argument by which codes that are declared missing are told, if a reader has it."""
    return {"user_missing": True} if kind in ("spss", "stata", "sas") else {}


def _note_sets(meta: Any, names: Sequence[str], source: str, problems: Problems) -> bool:
    """Note columns that are no variables, but sets of several answers; tell whether there are."""
    sets = getattr(meta, "mr_sets", None) or {}
    known = dict(sets)
    known |= {name.removeprefix("$"): one for name, one in sets.items()}
    found = [name for name in names if name in known and name not in meta.column_names]
    for name in found:
        variables = list(known[name].get("variable_list", []))
        problems.add(
            f"{show(name)} is a multiple-response set of the variables {shown(variables)}: an "
            "agent may name several of them",
            where=source,
            valid="a variable with one answer of each agent; only the model multi-select takes "
            "several goals of one agent",
            fix='state `model = "multi-select"`, and the goal of each variable in `columns`; or '
            "name a variable with one answer, such as the most important one",
        )
    return bool(found)


@dataclass(eq=False)
class _Variable:
    """A variable of such a file: its labels, and which of its codes are declared missing."""

    name: str
    labels: Mapping[Any, str]
    is_declared: Callable[[Any], bool]
    tags: frozenset[str]
    wanted: Wanted
    twice: frozenset[str] = frozenset()  # labels that several codes have
    codes_by_label: dict[str, set[str]] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)  # the code of each label
    _meant: dict[Any, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, meta: Any, kind: LabelledKind, wanted: Wanted) -> _Variable:
        """Return what a file says of one of its variables."""
        labels = meta.variable_value_labels.get(name, {})
        # in a column of numbers, letters are what Stata writes .a to .z and SAS .A to .Z and ._
        numbers = meta.readstat_variable_types.get(name) != "string"
        tags = frozenset(_TAGS.get(kind, "") if numbers else "")
        ranges = [(r["lo"], r["hi"]) for r in (meta.missing_ranges or {}).get(name, ())]

        def is_declared(value: Any) -> bool:
            for low, high in ranges:
                if type(low) is type(value) or not isinstance(low, str) | isinstance(value, str):
                    text = value.rstrip() if isinstance(value, str) else value
                    if low <= text <= high:
                        return True
            return False

        made = cls(name, labels, is_declared, tags, wanted)
        times = Counter(labels.values())
        made.twice = frozenset(label for label, n in times.items() if n > 1)
        for value in labels:
            code = made._code(value)
            made.codes_by_label.setdefault(made._label(value, code), set()).add(code)
        return made

    def _label(self, value: Any, code: str) -> str:
        """Return the label of a code, with the code where no study says which of two is meant."""
        label = self.labels.get(value, code)
        apart = label in self.twice and not self.wanted.codes and not self.wanted.number
        return f"{label} ({code})" if apart else label

    def _code(self, value: Any) -> str:
        return f".{value}" if isinstance(value, str) and value in self.tags else cell_text(value)

    def meaning(self, value: Any) -> tuple[str, str]:
        """Return the text of a value; of one that is declared missing none, and its name."""
        if value is None or value != value:
            return "", ""
        if (found := self._meant.get(value)) is None:
            found = self._meant[value] = self._meaning(value)
        return found

    def _meaning(self, value: Any) -> tuple[str, str]:
        code = self._code(value)
        missing = code != cell_text(value) or self.is_declared(value)
        label = self._label(value, code)
        if code in self.wanted.coded:
            return code, ""
        if self.wanted.number and not missing:
            return code, ""
        known = label if self.wanted.keeps(label) or not self.wanted.keeps(code) else code
        if missing and not self.wanted.keeps(known):
            return "", label
        if known == label and (other := self._seen.setdefault(label, code)) != code:
            raise _SameLabel(label, other, code)
        return known, ""


class _SameLabel(Exception):
    """Two codes that are both in the data have one label."""

    def __init__(self, label: str, one: str, other: str) -> None:
        super().__init__(label)
        self.label, self.codes = label, (one, other)


def _rows(
    path: Path, read: Any, kind: LabelledKind, variables: Sequence[_Variable], left_out: LeftOut
) -> Iterator[Row]:
    from pyreadstat import ReadstatError

    left_out.begin()
    done = 0
    while True:
        try:
            data, _ = read(
                path,
                usecols=list(dict.fromkeys(variable.name for variable in variables)),
                output_format="dict",
                row_offset=done,
                row_limit=BATCH,
                **_user_missing(kind),
            )
        except (ReadstatError, ValueError) as trouble:
            raise Damaged(0, f"the file is damaged after row {done} ({trouble})") from None
        batch = [data[variable.name] for variable in variables]
        n = len(batch[0]) if batch else 0
        if not n:
            return
        for row, values in enumerate(zip(*batch, strict=True), start=done + 1):
            cells = []
            for variable, value in zip(variables, values, strict=True):
                try:
                    text, missing = variable.meaning(value)
                except _SameLabel as trouble:
                    raise _two_codes(row, variable.name, trouble) from None
                if missing:
                    left_out.declared[variable.name, missing] += 1
                cells.append(text)
            yield row, tuple(cells)
        done += n


def _two_codes(row: int, column: str, trouble: _SameLabel) -> Damaged:
    one, other = trouble.codes
    label = trouble.label
    return Damaged(
        row,
        f"the codes {one} and {other} of column {show(column)} have the same label, {show(label)}",
        valid="one label a code, or a study that says that they mean the same",
        fix=f"say that they are one, as in {remedies.codes({one: label, other: label})}; or other "
        "labels",
    )
