"""Ctrl-C ends a command whenever it comes, and what was written by then is said."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import make_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bayes_misalign.errors import printable
from bayes_misalign.terminal.talk import INTERRUPTED

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_SOON = 0.05  # seconds after which a lost one comes again


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Let Ctrl-C come again where it came in a callback.

    An exception cannot leave a finalizer, a callback of a weak reference or one of a library in C:
    Python prints it and goes on, and what was interrupted would run to its end.
    """
    others = sys.unraisablehook

    def hook(lost: UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            again = threading.Timer(_SOON, _thread.interrupt_main)
            again.daemon = True
            again.start()
        else:
            others(lost)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = others


@contextmanager
def written_to(target: Path) -> Iterator[None]:
    """Tell of Ctrl-C that all was written: results are only printed inside."""
    try:
        yield
    except KeyboardInterrupt:
        end_interrupted(f"all was written to {printable(str(target))}")


def end_interrupted(then: str = "nothing was written, what was there before stays") -> NoReturn:
    """Say that Ctrl-C came and what is written, and end with the status of it."""
    print(f"Interrupted: {then}.", file=sys.stderr)
    # where it came while Python ran a text, as in the making of a dataclass, Python remembers it
    # and would end by the signal in place of the status; making another one lets it forget
    make_dataclass("Ended", ())
    sys.exit(INTERRUPTED)
