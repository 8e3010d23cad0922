"""Matplotlib for a command, which draws and ends.

While it is imported it writes a page of a manual for each of a hundred classes, which takes a third
of importing it. A command shows them to nobody. While it draws, it looks up the font of each text
and the height of its lines in each pass of a layout, and measures each text anew for each drawing.
A command draws all in the same fonts. Whoever imports matplotlib in Python has it as ever.
"""

from __future__ import annotations

import sys
from functools import lru_cache, partial
from typing import Any

_WRITES = "_update_set_signature_and_docstring"  # of each class, as it is made
TESTED = (3, 11)  # version of matplotlib whose texts ask a renderer for heights as here
_HEIGHTS = "_get_font_height_metrics"  # what a text asks a renderer for, if that has it
# where a font says how high its lines are: the table, and ascent, descent and gap in it
_TABLES = (
    ("OS/2", "sTypoAscender", "sTypoDescender", "sTypoLineGap"),
    ("hhea", "ascent", "descent", "lineGap"),
)
MOST = 8192  # texts that are kept
_DPI = 72  # of SVG, whatever a figure has


def import_matplotlib() -> None:
    """Import what figures need, its classes without their manual, and keep what is measured."""
    if "matplotlib.figure" in sys.modules:
        return
    from matplotlib import artist
    from matplotlib.artist import Artist

    before, kwdoc = vars(Artist).get(_WRITES), artist.kwdoc
    if before is not None:  # else it is another version
        setattr(Artist, _WRITES, classmethod(_nothing))
    artist.kwdoc = _no_manual
    try:
        import matplotlib.backends.backend_svg
        import matplotlib.figure  # noqa: F401
    finally:
        artist.kwdoc = kwdoc
        if before is not None:
            setattr(Artist, _WRITES, before)
    _keep_measures()


def _nothing(cls: type) -> None:
    del cls


def _no_manual(artist: object) -> str:
    del artist
    return ""


def _keep_measures() -> None:
    """Measure each text once, and the lines of each font."""
    import matplotlib
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.textpath import TextToPath

    usual: Any = TextToPath.get_text_width_height_descent
    sizes, heights = lru_cache(MOST)(partial(usual, TextToPath())), lru_cache(MOST)(_heights)

    # who holds properties of a font may change them: kept are those of a copy
    def size(own: Any, s: str, prop: Any, ismath: Any) -> Any:
        del own
        return sizes(s, prop.copy(), ismath)

    def height(own: Any, prop: Any) -> Any:
        del own
        return heights(prop.copy())

    measured: Any = TextToPath
    measured.get_text_width_height_descent = size
    # another version may ask for it otherwise
    if matplotlib.__version_info__[:2] == TESTED and not hasattr(RendererSVG, _HEIGHTS):
        setattr(RendererSVG, _HEIGHTS, height)


def _heights(properties: Any) -> tuple[float | None, ...]:
    """Return ascent, descent and gap of lines in points, as a text works them out for itself."""
    from matplotlib.font_manager import findfont, get_font

    font: Any = get_font(findfont(properties))
    for name, *keys in _TABLES:
        if (table := font.get_sfnt_table(name)) is not None:
            size = properties.get_size_in_points()
            scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * size * _DPI / 72
            ascent, descent, gap = (table[key] * scale for key in keys)
            return ascent, -descent, gap
    return None, None, None
