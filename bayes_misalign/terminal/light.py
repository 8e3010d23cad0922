"""Commands that are made when they are named, and need no pydantic for what is plain.

typer converts every value with pydantic, also one that nobody stated, and importing it takes
longer than reading a small study. Absent values, texts and paths without conditions are what they
are; all else is converted by typer as ever. Versions of typer that have no such converters are left
as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

from typer import Typer
from typer.core import TyperCommand, TyperGroup

_CONVERTER = "get_runtime_param"  # what gives a parameter its converter
_PLAIN = {
    "exists": (False, None),
    "resolve_path": (False, None),
    "allow_dash": (False, None),
    "writable": (False, None),
    "path_type": (None,),
    "parser": (None,),
}


def with_one(app: Typer, words: Sequence[str]) -> Typer:
    """Return the app with the one command that a command line names; the whole if it names none.

    typer makes every command of an app, the others from a hundred options that nobody asked for.
    """
    named = [one for one in app.registered_commands if _name(one) in words[:1]]
    if not named:
        return app
    found = copy(app)
    found.registered_commands = named
    return found


def _name(command: Any) -> str:
    return str(command.name or getattr(command.callback, "__name__", ""))


class LightCommand(TyperCommand):
    """A command that asks pydantic for numbers, choices and tuples only."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, `--help` among them."""
        return _light(super().get_params(ctx))


class LightGroup(TyperGroup):
    """A group of commands that does so."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, `--help` among them."""
        return _light(super().get_params(ctx))


def _light(params: list[Any]) -> list[Any]:
    for param in params:
        if not isinstance(getattr(param, _CONVERTER, None), partial | None):
            setattr(param, _CONVERTER, partial(_Converter, getattr(param, _CONVERTER)))
    return params


class _Converter:
    """Converts what is plain, and leaves the rest to typer."""

    def __init__(self, usual: Callable[[], Any]) -> None:
        self.usual = usual

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return a value as the type of its parameter."""
        one = not param.multiple and param.nargs == 1
        if value is None:  # as typer has it
            return () if param.multiple or param.nargs == -1 else None
        about = getattr(param, "type_descriptor", None)
        kind = getattr(about, "annotation", None)
        if type(value) is str and one:
            if kind is str:
                return value
            if kind is Path and _as_it_is(getattr(about, "parameter_info", None)):
                return Path(value)
        return self.usual().coerce(value, param=param, ctx=ctx)


def _as_it_is(info: Any) -> bool:
    """Return whether a path is taken as it is, whatever is there."""
    return info is not None and all(getattr(info, k, None) in v for k, v in _PLAIN.items())
