"""The figure that a notebook shows with its words, once."""

from __future__ import annotations

import base64
import sys

import matplotlib
from matplotlib.figure import Figure

from bayes_misalign.page.notebook import Image, as_html
from bayes_misalign.report.figures import canvas

PIXELS = 96  # of CSS, an inch


class ResultFigure(Figure):
    """A figure of matplotlib that a notebook shows with its caption, and with a text for readers.

    Attributes
    ----------
    alt : str
        What the figure shows, in words.
    caption : str
        How to read it.
    """

    alt: str = ""
    caption: str = ""

    def _repr_html_(self) -> str:
        if self.canvas.manager is not None and "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(self)  # or the end of the cell shows it again
        with canvas.style():
            data = base64.b64encode(canvas.to_svg(self).encode()).decode("ascii")
        width = round(self.get_figwidth() * PIXELS)
        return as_html(Image(f"data:image/svg+xml;base64,{data}", self.alt, self.caption, width))


def finished(drawn: canvas.Drawn) -> Figure:
    """Return a figure with its words; what it draws later is settled under our own settings."""
    figure = drawn.figure
    if isinstance(figure, ResultFigure):
        figure.alt, figure.caption = drawn.alt, drawn.caption
        figure.draw_without_rendering()
    return figure


def let_notebook_show(figure: Figure) -> None:
    """Hand a figure to pyplot in a notebook, where the end of a cell shows and closes its figures.

    Not while our own settings hold: pyplot, once it is loaded, changes settings to stay.
    """
    shell = sys.modules.get("IPython")
    backend = str(matplotlib.get_backend(auto_select=False))
    if shell is not None and shell.get_ipython() is not None and "inline" in backend:
        from matplotlib import pyplot

        pyplot.figure(figure)
