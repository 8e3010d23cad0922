"""How commands talk: every name and value is shown, not obeyed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from bayes_misalign.errors import SHOWN_PROBLEMS, BayesMisalignError, printable
from bayes_misalign.inference.progress import show

if TYPE_CHECKING:
    from rich.console import Console

BAD_INPUT, NOT_CONVERGED, CANNOT_WRITE, BUSY, INTERRUPTED = 2, 3, 4, 5, 130


def examples(*lines: str) -> str:
    """Return command lines as the end of a help text, each on a line of its own."""
    return "\n".join(("\b", "Examples:", *(f"  bayes-misalign {line}" for line in lines)))


def complain(error: BayesMisalignError, then: str = "nothing was written") -> None:
    """Print all that is wrong, and what came of it."""
    problems = error.in_toml().problems
    if len(problems) == 1:
        print(f"Error: {problems[0]}", file=sys.stderr)
        return
    print(f"Error: {error.counted}, {then}.", file=sys.stderr)
    for number, problem in enumerate(problems[:SHOWN_PROBLEMS], 1):
        print(f"{number:>3}. {problem}", file=sys.stderr)
    if (left := len(problems) - SHOWN_PROBLEMS) > 0:
        print(f"     ... and {left} more.", file=sys.stderr)


def shown_line(console: Console, text: str) -> None:
    """Print one line, however long: paths and names in it are shown, not obeyed."""
    console.print(printable(text), markup=False, soft_wrap=True)


def console() -> Console:
    """Return where results are printed."""
    from rich.console import Console

    return Console(highlight=False, emoji=False)


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show in the one line what goes on, on a terminal; a log gets nothing."""
    if not sys.stderr.isatty():
        yield
        return
    show(f"{text} ...")
    try:
        yield
    finally:
        show("")


def ask(question: str, proposal: str) -> str:
    """Ask a question on the terminal; Enter takes the proposal."""
    text = printable(question)
    if proposal:
        text += f" [{printable(proposal)}]"
    typed: str = typer.prompt(text, default=proposal, show_default=False)
    return typed
