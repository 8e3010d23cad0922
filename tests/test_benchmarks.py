"""The benchmarks use what the package has: they run too long to be run here."""

from __future__ import annotations

import ast
import importlib
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "benchmarks").glob("*.py"))


def imported(tree: ast.AST) -> list[tuple[str, str, str]]:
    """Every name that a script takes from the package: module, name, and what it is called."""
    return [
        (node.module, alias.name, alias.asname or alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bayes_misalign")
        for alias in node.names
    ]


def found(module: str, name: str) -> object:
    """What a name of a module is; None where it has none."""
    held = importlib.import_module(module)
    if not hasattr(held, name) and find_spec(f"{module}.{name}") is not None:
        return importlib.import_module(f"{module}.{name}")
    return getattr(held, name, None)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_benchmark_asks_for_nothing_that_is_gone(script: Path) -> None:
    tree = ast.parse(script.read_text(encoding="utf-8"))
    names = {called: found(module, name) for module, name, called in imported(tree)}
    gone = [called for called, what in names.items() if what is None]
    modules = {called: what for called, what in names.items() if isinstance(what, ModuleType)}
    gone += [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
        and not hasattr(modules[node.value.id], node.attr)
    ]
    assert gone == []
