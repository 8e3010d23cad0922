"""What is done just now, in one line that is written over: on a terminal only."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any

from bayes_misalign.errors import printable

NOTE = "note: "  # begins what stays on the terminal, and goes into a log
_standing = 0  # characters of the line that stands there now


def show(text: str) -> None:
    """Write the line in place of the one that stands there; an empty text clears it."""
    global _standing
    if not text and not _standing:
        return
    width = shutil.get_terminal_size().columns - 1  # a longer one could not be written over
    shown = printable(text)[: max(width, 20)]
    sys.stderr.write("\r" + shown.ljust(_standing) + ("" if shown else "\r"))
    sys.stderr.flush()
    _standing = len(shown)


def say(text: str) -> None:
    """Tell what is done next: in the line of a terminal, or as a line of a log."""
    if text.startswith(NOTE):
        if sys.stderr.isatty():
            show("")
        print(f"N{printable(text)[1:]}.", file=sys.stderr, flush=True)
    elif sys.stderr.isatty():
        show(f"{text} ...")
    else:
        print(f"{printable(text)} ...", file=sys.stderr, flush=True)


def in_words(finished: int, total: int, seconds: float) -> str:
    """Return how many draws there are, and about how long the others will take.

    Examples
    --------
    >>> in_words(2000, 8000, 10.0)
    'sampling: 2,000 of 8,000 draws, about 30 s left'
    """
    said = f"sampling: {finished:,} of {total:,} draws"
    if not finished:
        return said
    return f"{said}, about {duration(seconds * (total - finished) / finished)} left"


def duration(seconds: float) -> str:
    """Return how long something takes, in words.

    Examples
    --------
    >>> duration(31.2), duration(200.0)
    ('31 s', '3 min')
    """
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


class OneLine:
    """How far the chains of a sampler have come; nothing where it is not wanted."""

    def __init__(self, wanted: bool = True) -> None:
        self._wanted = wanted
        self._start = time.monotonic()

    def __enter__(self) -> OneLine:
        self._start = time.monotonic()
        return self

    def __exit__(self, *trouble: object) -> None:
        if self._wanted:
            show("")

    def update(self, chains: Sequence[Any]) -> None:
        """Write the line again; `chains` tell their finished and total draws, warm-up included."""
        if not self._wanted:
            return
        finished = sum(int(chain.finished_draws) for chain in chains)
        total = sum(int(chain.total_draws) for chain in chains)
        show(in_words(finished, total, time.monotonic() - self._start))
