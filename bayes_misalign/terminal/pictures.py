"""Matplotlib for a command, which draws and ends.

While it is imported it writes a page of a manual for each of a hundred classes, which takes a third
of importing it. A command shows them to nobody. Whoever imports it in Python has them as ever.
"""

from __future__ import annotations

import sys

_WRITES = "_update_set_signature_and_docstring"  # of each class, as it is made


def import_matplotlib() -> None:
    """Import what figures need, its classes without their manual."""
    if "matplotlib.figure" in sys.modules:
        return
    from matplotlib.artist import Artist

    before = vars(Artist).get(_WRITES)
    if before is not None:  # else it is another version
        setattr(Artist, _WRITES, classmethod(_nothing))
    try:
        import matplotlib.backends.backend_svg
        import matplotlib.figure  # noqa: F401
    finally:
        if before is not None:
            setattr(Artist, _WRITES, before)


def _nothing(cls: type) -> None:
    del cls
