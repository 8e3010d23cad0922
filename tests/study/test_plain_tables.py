"""Tables that need no conversion become what pydantic makes of them; all others are left to it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import TypeAdapter

from bayes_misalign.contract.registry import declaration
from bayes_misalign.errors import StudyError
from bayes_misalign.study.load_toml import several_areas
from bayes_misalign.study.plain_tables import of_plain
from bayes_misalign.study.toml import StudyTables

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Inner:
    word: str


@dataclass(frozen=True)
class Shape:
    name: str
    number: float = 1.0
    whole: int | None = None
    words: tuple[str, ...] | str = ()
    pair: tuple[str, float] | None = None
    table: dict[str, float] | None = None
    either: int | float = 0
    kind: Literal["a", "b"] = "a"
    inner: Inner | None = None
    anything: Any = None

    def __post_init__(self) -> None:
        if self.name == "refused":
            raise StudyError("no such name")


def tables() -> Iterator[tuple[type[Any], dict[str, Any], str]]:
    for file in sorted(EXAMPLES.rglob("*.toml")):
        table = tomllib.loads(file.read_text("utf-8"))
        if "problem_area" not in table or several_areas(table):
            continue
        yield StudyTables, table, str(file)
        for kind in ("goals", "conflict"):
            sources = table[kind] if isinstance(table[kind], list) else [table[kind]]
            for source in sources:
                rest = {k: v for k, v in source.items() if k not in ("model", "prior")}
                yield declaration(source["model"]), rest, f"{file}, {kind}"


def differences(one: Any, other: Any, where: str) -> list[str]:
    if type(one) is not type(other):
        return [f"{where}: {type(one)} and {type(other)}"]
    if is_dataclass(one):
        return [
            said
            for field in fields(one)
            for said in differences(
                getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}"
            )
        ]
    if isinstance(one, dict):
        if list(one) != list(other):
            return [f"{where}: other keys"]
        return [said for k in one for said in differences(one[k], other[k], f"{where}.{k}")]
    if isinstance(one, list | tuple) and len(one) == len(other):
        return [said for a, b in zip(one, other, strict=True) for said in differences(a, b, where)]
    return [] if one == other else [f"{where}: {one!r} and {other!r}"]


def test_examples_are_plain_and_read_as_pydantic_reads_them() -> None:
    read = 0
    for shape, table, where in tables():
        plain = of_plain(shape, table)
        assert plain is not None, where
        usual = TypeAdapter(shape).validate_python(dict(table))
        assert differences(plain, usual, where) == []
        read += 1
    assert read >= 40


@pytest.mark.parametrize(
    "table",
    [
        {"name": "x", "number": 2, "whole": 3, "words": ["a", "b"], "pair": ["a", 1]},
        {"name": "x", "words": "one", "table": {"a": 1, "b": 2.5}, "kind": "b"},
        {"name": "x", "inner": {"word": "deep"}, "anything": [1, {"a": "b"}]},
    ],
)
def test_a_plain_table_is_what_pydantic_makes_of_it(table: dict[str, Any]) -> None:
    plain, usual = of_plain(Shape, table), TypeAdapter(Shape).validate_python(table)
    assert plain is not None
    assert differences(plain, usual, "") == []


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"name": 3},
        {"name": "x", "unknown": 1},
        {"name": "x", "number": "2.5"},
        {"name": "x", "number": True},
        {"name": "x", "number": 10**400},
        {"name": "x", "whole": 2.0},
        {"name": "x", "words": ["a", 2]},
        {"name": "x", "pair": ["a"]},
        {"name": "x", "table": {"a": "b"}},
        {"name": "x", "either": 2},
        {"name": "x", "kind": "c"},
        {"name": "x", "inner": {"other": "deep"}},
        {"name": "x", "inner": "deep"},
        {"name": "refused"},
    ],
)
def test_all_else_is_left_to_pydantic(table: dict[str, Any]) -> None:
    assert of_plain(Shape, table) is None
