"""What a study file could have said: the models that there are, and the words of TOML."""

from __future__ import annotations

from typing import Any

from bayes_misalign.contract.registry import defaults, names_of
from bayes_misalign.contract.traits import Kind
from bayes_misalign.errors import Problem

# what pydantic says of Python, in the words of TOML, by its type of error
_WORDS = {
    "tuple_type": "an array",
    "list_type": "an array",
    "dict_type": "a table",
    "dataclass_type": "a table",
    "dataclass_exact_type": "a table",
    "mapping_type": "a table",
    "string_type": "a text between quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "none_required": "left out",
}


def choice_of(kind: Kind) -> Problem:
    """Return a problem whose remedy is to choose a model of a kind, with a line for each."""
    names = names_of(kind)
    return Problem(
        "",
        fix=f'state one of them under [{kind}]; the simplest is `model = "{names[0]}"`',
        valid=f"a model of {kind}",
        lines=tuple(f"{name}: {defaults(name).get('question', '')}" for name in names),
    )


def in_words(trouble: Any) -> str:
    """Return what a value is to be, as TOML calls it."""
    kind, context = trouble["type"], trouble.get("ctx") or {}
    if kind == "literal_error":
        return str(context["expected"])
    if kind in ("too_long", "too_short"):
        number = context.get("max_length", context.get("min_length"))
        return f"an array of {number}"
    if kind in _WORDS:
        return _WORDS[kind]
    text = str(trouble["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return text[:1].lower() + text[1:]
