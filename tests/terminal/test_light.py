"""Commands take what typer takes, without pydantic where nothing is to be converted."""

from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from bayes_misalign.cli import app
from bayes_misalign.terminal.light import LightCommand, LightGroup, with_one

LINES = [
    ["place", "--number", "3"],
    ["place", "--to", "a b", "--text", "ü", "--each", "x", "--each", "y", "--flag"],
    ["--range", "0.1", "0.5", "place"],
    ["place", "--text", ""],
    ["."],
]
WRONG = [["place", "--number", "many"], ["place", "--number", "-1"], ["place", "--range", "1"], []]


def parsed(line: list[str], *, light: bool) -> Any:
    """Return what a command was called with, or what was said of its line."""
    app = typer.Typer(cls=LightGroup) if light else typer.Typer()
    seen: list[Any] = []

    def command(
        place: Path,
        to: Annotated[Path | None, typer.Option()] = None,
        text: Annotated[str | None, typer.Option()] = None,
        number: Annotated[int | None, typer.Option(min=0)] = None,
        each: Annotated[list[str] | None, typer.Option()] = None,
        ends: Annotated[tuple[float, float] | None, typer.Option("--range")] = None,
        flag: Annotated[bool, typer.Option("--flag")] = False,
    ) -> None:
        seen.append((place, to, text, number, each, ends, flag))

    app.command("go", cls=LightCommand if light else None)(command)
    app.callback()(lambda: None)
    try:
        app(["go", *line], standalone_mode=False)
    except Exception as error:
        return type(error).__name__, str(error)
    return seen, [list(map(type, row)) for row in seen]


@pytest.mark.parametrize("line", [*LINES, *WRONG], ids=" ".join)
def test_a_line_is_taken_as_typer_takes_it(line: list[str]) -> None:
    light = parsed(line, light=True)
    assert light == parsed(line, light=False)
    assert light[0] != []
    assert isinstance(light[0], str) == (line in WRONG)


def test_one_command_is_made_if_it_is_named() -> None:
    for words in (["fit", "--help"], ["app"]):
        found = with_one(app, words)
        assert list(typer.main.get_command(found).commands) == words[:1]
    every = list(typer.main.get_command(app).commands)
    assert len(every) > 9
    for words in ([], ["--help"], ["--version"], ["fits"], ["--force", "fit"]):
        assert with_one(app, words) is app
