"""What all figures share: colours, texts that are never formulas, and the way to SVG."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.page.estimate import Estimate, extended_to
from bayes_misalign.page.safe_text import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

# Okabe and Ito, Color Universal Design (2008): told apart by colour-blind readers
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)
INK, GREY, PALE = "#222222", "#767676", "#c9c9c9"
BETWEEN_TAGS = re.compile(r">\s+<")
GEOMETRY = re.compile(r' (?:d|x|y|width|height|transform|points)="[^"]*"')
LONG_NUMBERS = re.compile(r"-?\d+\.\d{3,}")
STYLES = re.compile(r' style="[^"]*"')
UNUSED = re.compile(
    r'<metadata>.*?</metadata>|(?<=<g) id="[^"]*"| transform="rotate\(-?0 [^"]*\)"', re.S
)
EMPTY = re.compile(r"<g/>|<g></g>")
FONT = "DejaVu Sans"
FAMILY = f"font-family:'{FONT}';"
WIDTH = 7.0  # inches
PNG_DPI = 200
NARROW_WIDTH = 3.7
MOST_ROWS = 120
_DENSITY = "_density"  # where an estimate keeps it

STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: it can be searched, copied and read aloud
    "svg.hashsalt": "bayes-misalign",
    "text.parse_math": False,
    "text.usetex": False,
    "font.family": [FONT],
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.0,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.use_mathtext": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "path.simplify": True,
}


@dataclass(frozen=True)
class Drawn:
    """A figure."""

    name: str  # in files
    figure: Figure = field(repr=False, compare=False)
    alt: str  # the drawing in words
    caption: str  # how to read it
    narrow: str = ""  # the same as SVG for a narrow page
    narrow_caption: str = ""  # and how to read that, where it differs

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG."""
        with style():
            return to_svg(self.figure)

    @cached_property
    def png(self) -> bytes:
        """The drawing as PNG, for programs that draw no SVG."""
        file = io.BytesIO()
        with style():
            self.figure.savefig(file, format="png", dpi=PNG_DPI, metadata={"Software": None})
        return file.getvalue()


class Place(NamedTuple):
    """Where a figure is drawn: on one that is there, or on a new one of a class and a size."""

    on: Figure | SubFigure | None = None
    size: tuple[float, float] | None = None  # inches; by default what the figure needs
    kind: type[Figure] | None = None
    narrow: bool = False  # whether for a narrow page


_PLACE: ContextVar[Place] = ContextVar("place", default=Place())  # noqa: B039  # it is frozen


def place() -> Place:
    """Return where figures are drawn now."""
    return _PLACE.get()


@contextmanager
def placed(at: Place) -> Iterator[None]:
    """Let figures be drawn at another place than on a new one of their own size."""
    before = _PLACE.set(at)
    try:
        yield
    finally:
        _PLACE.reset(before)


@contextmanager
def style() -> Iterator[None]:
    """Hold the figures' settings, and restore the user's afterwards."""
    import matplotlib

    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        # readers' fonts draw what the measuring font lacks, such as emoji
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure of a size in inches, or the one that `placed` names."""
    from matplotlib.figure import Figure

    at = place()
    if at.on is not None:
        return cast("Figure", at.on)  # a part of a figure draws as a figure does
    width = min(width, NARROW_WIDTH) if at.narrow else width
    return (at.kind or Figure)(figsize=at.size or (width, height), layout="constrained")


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG; the same figure gives the same text."""
    file = io.BytesIO()
    with _laid_out(figure):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue().decode("utf-8")
    return shorter(text[text.index("<svg") :])


def shorter(svg: str) -> str:
    """Return the same drawing in fewer characters: two decimals of a point, no unused names."""
    svg = BETWEEN_TAGS.sub("><", svg)
    svg = UNUSED.sub("", svg)
    svg = GEOMETRY.sub(lambda found: _rounded(found[0]), svg)
    svg = STYLES.sub(lambda found: found[0].replace("; ", ";").replace(": ", ":"), svg)
    while (shorter := EMPTY.sub("", svg)) != svg:
        svg = shorter
    # said once for all texts, which inherit it
    return svg.replace(FAMILY, "").replace("<svg ", f'<svg font-family="{FONT}" ', 1)


def _rounded(geometry: str) -> str:
    return " " + " ".join(LONG_NUMBERS.sub(lambda x: f"{float(x[0]):.2f}", geometry).split())


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """Lay a figure out as `savefig` does, which draws all of it once more for that.

    What is placed is measured in the texts of SVG, and at its resolution.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    engine, canvas, dpi = figure.get_layout_engine(), figure.canvas, figure.dpi
    if engine is None:
        yield
        return
    try:
        FigureCanvasSVG(figure)
        figure.dpi = FigureCanvasSVG.fixed_dpi
        engine.execute(figure)
        figure.set_layout_engine("none")
        yield
    finally:
        figure.set_layout_engine(engine)
        figure.dpi = dpi
        figure.set_canvas(canvas)


def label_rows(axes: Axes, labels: Sequence[str], width: int = 24) -> None:
    """Put labels on the rows of an axes, first row on top."""
    axes.tick_params(axis="y", length=0)  # before there are ticks that it would be told to
    axes.set_yticks(range(len(labels)), [wrapped(label, width) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.8)


def point(axes: Axes, y: float, estimate: Estimate, colour: str = BLUE, size: float = 5) -> None:
    """Draw a mean and its interval on a row, with a stroke where it is extended to a limit."""
    low, high = estimate.interval
    axes.plot([low, high], [y, y], color=colour, lw=2, solid_capstyle="butt", zorder=3)
    for limit in estimate.extended:
        axes.plot([high if limit.upper else low], [y], "|", color=colour, ms=9, mew=2, zorder=3)
    axes.plot([estimate.mean], [y], "o", color=colour, ms=size, mec="white", mew=0.6, zorder=4)


def strokes(estimates: Iterable[Estimate]) -> str:
    """Return what strokes at the ends of intervals mean, for a caption; nothing without any."""
    ends = extended_to(estimates)
    return f" A stroke ends an interval that is extended to the {ends}." if ends else ""


def upper_end(estimates: Sequence[Estimate]) -> float:
    """Return where an axis of probabilities ends: above all that is drawn, at most 1."""
    top = max((estimate.interval[1] for estimate in estimates), default=1.0)
    return min(1.0, max(0.02, math.ceil(top * 1.08 * 20) / 20)) + 0.005


def density(draws: NDArray[np.float64], points: int = 160) -> tuple[Any, Any] | None:
    """Return a density of draws scaled to the height 1, or None where they do not vary.

    Notes
    -----
    Gaussian kernel with Silverman's bandwidth, on a fine histogram, reflected at the ends of the
    draws so that nothing leaks over a bound such as 0.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman & Hall.
    """
    flat = np.ravel(draws)
    low, high = float(flat.min()), float(flat.max())
    if high - low <= 1e-12:
        return None
    quarter, three_quarters = np.quantile(flat, [0.25, 0.75])
    spread = min(float(flat.std()), float(three_quarters - quarter) / 1.34) or float(flat.std())
    width = 0.9 * spread * flat.size**-0.2
    heights, edges = np.histogram(flat, bins=points, range=(low, high))
    x = (edges[:-1] + edges[1:]) / 2
    far = (x[:, None] - x) / width
    back_low = (x[:, None] + x - 2 * low) / width
    back_high = (x[:, None] + x - 2 * high) / width
    kernel = sum(np.exp(-(d**2) / 2) for d in (far, back_low, back_high))
    smooth = kernel @ heights
    return x, smooth / smooth.max()


def density_of(estimate: Estimate) -> tuple[Any, Any] | None:
    """Return the density of an estimate, worked out once for a wide page and a narrow one."""
    kept = vars(estimate)
    if _DENSITY not in kept:
        kept[_DENSITY] = density(estimate.draws)
    found: tuple[Any, Any] | None = kept[_DENSITY]
    return found


def said(rows: Sequence[tuple[str, str]], most: int = 12) -> str:
    """Return labels and values as text for readers who do not see the figure."""
    shown = "; ".join(f"{label} {value}" for label, value in rows[:most])
    left = len(rows) - most
    return f"{shown}; and {left} more, see the table" if left > 0 else shown
