"""The core knows no model by name: neither its name as text, nor what belongs to it."""

import ast
from pathlib import Path

import pytest

import bayes_misalign as bm
from bayes_misalign.contract import registry

PACKAGE = Path(bm.__file__).parent
CORE = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).parts[0] not in ("families", "models", "_models")
)
NAMES = set(registry.BUILT_IN)
CLASSES = {entry.public for entry in registry.BUILT_IN.values()} | {
    registry.evidence_model(entry.name).evidence.__name__
    for entry in registry.BUILT_IN.values()
    if entry.kind != "shares"
}
OF_OTHERS = {"tables/inspect_log.py": {"'choices'"}}  # keys of what others write
MODULES = {f"bayes_misalign.{room}" for room in ("families", "models")}


def docstrings(tree: ast.AST) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told, found = docstrings(tree), set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in told and text in NAMES:
                found.add(repr(text))
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in CLASSES:
                found.add(name)
            case ast.Import(names=names):
                found |= {a.name for a in names if a.name.startswith(tuple(MODULES))}
            case ast.ImportFrom(module=str() as module, names=names):
                found |= {a.name for a in names if a.name in CLASSES}
                whole = {f"{module}.{a.name}" for a in names}
                found |= {name for name in whole if name.startswith(tuple(MODULES))}
    return found


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_model_is_named_in_the_core(path: Path) -> None:
    others = OF_OTHERS.get(path.relative_to(PACKAGE).as_posix(), set())
    assert named_in(path) == others


def test_a_model_has_two_folders_and_one_line() -> None:
    card_folders = {path.parent.name for path in PACKAGE.parent.glob("models/*/model.toml")}
    code_folders = {path.parent.name for path in PACKAGE.glob("models/*/model.py")}
    assert card_folders == NAMES
    assert {name.replace("_", "-") for name in code_folders} == NAMES


def test_types_at_the_door_are_those_of_the_models() -> None:
    tree = ast.parse((PACKAGE / "models" / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        (node.module, alias.asname)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if str(node.module).startswith("bayes_misalign.models.")
    }
    lived = {
        (registry.public_class(entry.public).__module__, entry.public)
        for entry in registry.BUILT_IN.values()
    }
    assert typed == lived


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_line_of_the_registry_says_what_the_model_says(name: str) -> None:
    model, entry = registry.model(name), registry.BUILT_IN[name]
    assert (model.name, model.traits.kind) == (name, entry.kind)
    assert registry.defaults(name)["name"] == name
    assert registry.defaults(name)["kind"] == entry.kind
