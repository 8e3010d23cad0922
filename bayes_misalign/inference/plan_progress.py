"""How far simulated studies of a plan have come, and how long the others will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from bayes_misalign.inference import progress

Say = Callable[[str], None]


def followed[T](studies: Iterator[T], text: str, number: int, tell: Say) -> Iterator[T]:
    """Yield the same; a terminal shows how far it is, and about how long the others take.

    The first one may have to be compiled, so that time is told from the second on.
    """
    terminal = sys.stderr.isatty() and tell is progress.say
    tell(text)
    start = time.monotonic()
    for done, each in enumerate(studies, 1):
        if done == 1:
            start = time.monotonic()
        if terminal and done < number:
            progress.show(f"{text}: {done} of {number}{left(done, number, start)}")
        yield each


def left(done: int, number: int, start: float) -> str:
    """Return about how long the others take, if the first one was done at the start."""
    if done < 2:
        return ""
    each = (time.monotonic() - start) / (done - 1)
    return f", about {progress.duration(each * (number - done))} left"


def said_of(number: int, what: str, heading: str, average: float, start: float) -> str:
    """Return what studies of one size came to, begun at a start, for who waits for the next."""
    after = progress.duration(time.monotonic() - start)
    return f"{progress.NOTE}{number:,} {what}: {heading} {average:.3f}, after {after}"
