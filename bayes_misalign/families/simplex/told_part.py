"""What part of rough counts is told, where it moves with the other parameters of a model.

Coordinates of shares are scaled by counts. Where reports say less of goals than the counts claim,
shares are freer, and coordinates that are as fine as the counts would have them are slow to walk.
A model of reports states the part while it declares the shares; models of shares whose coordinates
can take it multiply their counts by it. No posterior depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_PART: ContextVar[Any] = ContextVar("part of rough counts that is told", default=None)


@contextmanager
def told(part: Any) -> Iterator[None]:
    """State the part of counts that is told, a scalar tensor in (0, 1], while shares are added."""
    before = _PART.set(part)
    try:
        yield
    finally:
        _PART.reset(before)


def told_part() -> Any:
    """Return the part that was stated, or 1."""
    part = _PART.get()
    return 1.0 if part is None else part
