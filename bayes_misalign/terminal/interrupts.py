"""Ctrl-C ends a command whenever it comes, and what was written by then is said."""

from __future__ import annotations

import _thread
import os
import signal
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
    from types import FrameType

NOTHING = "nothing was written, what was there before stays"
_SOON = 0.05  # seconds after which a lost one comes again
_MAKING_CODE = ("llvmlite.", "numba.core.codegen", "numba.core.caching")


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Let Ctrl-C end a command wherever it comes.

    An exception cannot leave a finalizer, a callback of a weak reference or one of a library in C:
    Python prints it and goes on, and what was interrupted would run to its end. Such a one comes
    again. While LLVM makes machine code, whose callbacks leave it half made, the process ends.
    """
    others, before = sys.unraisablehook, signal.getsignal(signal.SIGINT)

    def hook(lost: UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            again = threading.Timer(_SOON, _thread.interrupt_main)
            again.daemon = True
            again.start()
        else:
            others(lost)

    # it is ignored in the background, and comes to the main thread only
    heard = before is signal.default_int_handler
    heard = heard and threading.current_thread() is threading.main_thread()
    sys.unraisablehook = hook
    if heard:
        signal.signal(signal.SIGINT, _end_or_raise)
    try:
        yield
    finally:
        sys.unraisablehook = others
        if heard:
            signal.signal(signal.SIGINT, before)


def _end_or_raise(number: int, frame: FrameType | None) -> None:
    """End the process where machine code is made, before anything is written; else raise."""
    place = frame
    while place is not None:
        if place.f_globals.get("__name__", "").startswith(_MAKING_CODE):
            # nothing that may be in use just now is asked to print it
            os.write(2, f"\nInterrupted: {NOTHING}.\n".encode())
            os._exit(INTERRUPTED)
        place = place.f_back
    signal.default_int_handler(number, frame)


@contextmanager
def written_to(target: Path) -> Iterator[None]:
    """Tell of Ctrl-C that all was written: results are only printed inside."""
    try:
        yield
    except KeyboardInterrupt:
        end_interrupted(f"all was written to {printable(str(target))}")


def end_interrupted(then: str = NOTHING) -> NoReturn:
    """Say that Ctrl-C came and what is written, and end with the status of it."""
    print(f"Interrupted: {then}.", file=sys.stderr)
    # where it came while Python ran a text, as in the making of a dataclass, Python remembers it
    # and would end by the signal in place of the status; making another one lets it forget
    make_dataclass("Ended", ())
    sys.exit(INTERRUPTED)
