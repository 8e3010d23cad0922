"""Ctrl-C while another library works, which may catch it and go on with what there is."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ending_with_interrupts() -> Iterator[None]:
    """Raise `KeyboardInterrupt` at the end of a block in which Ctrl-C came, whatever became of it.

    nutpie catches it, and gives what each chain has: the shorter ones filled with NaN, and as if
    nothing had happened; or fails where there is no draw yet.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield  # Ctrl-C does not come here
        return
    came = False

    def noted(number: int, frame: FrameType | None) -> None:
        nonlocal came
        came = True
        before(number, frame)

    signal.signal(signal.SIGINT, noted)
    try:
        yield
    except Exception:
        if not came:
            raise
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
