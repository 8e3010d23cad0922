"""How far sampling has come, in one line that is written over."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any


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
    left = seconds * (total - finished) / finished
    return f"{said}, about {f'{left:.0f} s' if left < 120 else f'{left / 60:.0f} min'} left"


class OneLine:
    """How far the chains of a sampler have come; nothing where it is not wanted."""

    def __init__(self, wanted: bool = True) -> None:
        self._wanted = wanted
        self._start = time.monotonic()
        self._length = 0

    def __enter__(self) -> OneLine:
        self._start = time.monotonic()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._write("")
        self._write("")

    def update(self, chains: Sequence[Any]) -> None:
        """Write the line again; `chains` tell their finished and total draws, warm-up included."""
        finished = sum(int(chain.finished_draws) for chain in chains)
        total = sum(int(chain.total_draws) for chain in chains)
        self._write(in_words(finished, total, time.monotonic() - self._start))

    def _write(self, text: str) -> None:
        if not self._wanted:
            return
        sys.stderr.write("\r" + text.ljust(self._length))
        sys.stderr.flush()
        self._length = len(text)
