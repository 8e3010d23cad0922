"""What a report says of kinds of raters: the bias and slope of each beside the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayes_misalign.page.blocks import Block, Paragraph, Picture, Table
from bayes_misalign.page.columns import CSV, JSON, PAGE, READERS, Count, Label, Mean, Pair, Text
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import count, estimate_text
from bayes_misalign.page.safe_text import few_of, named
from bayes_misalign.reading.evidence import Pair as TwoGoals
from bayes_misalign.report.compared import MOST_ROWS
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.findings import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"ratings": "rater_kinds", "judgements": "judge_kinds"}  # of figures and tables
_SHOWN = {"bias": READERS, "slope": READERS, "own": PAGE, "noise": PAGE}
EXPLAINED = (
    "Bias: how much more conflict the raters of a kind who were asked see than those of the first, "
    "averaged over pairs, in units of the conflict level. Slope: how they stretch differences "
    "between pairs; 1 is as the first kind does, and 0 takes no notice of them. Own: the standard "
    "deviation of what they see in single pairs beyond that, on the latent scale."
)


@dataclass(frozen=True)
class KindFound:
    """One kind of rater; what is None is not known of the first kind, or not in the model."""

    name: str
    raters: float
    given: float  # ratings or judgements
    bias: Estimate | None = None
    slope: Estimate | None = None
    own: Estimate | None = None  # scale of what it sees in single pairs
    noise: Estimate | None = None  # in units of that of the first kind


@dataclass(frozen=True)
class KindsFound:
    """All kinds of one source, first the one that defines the level."""

    origin: str
    what: str  # "ratings", "judgements"
    kinds: tuple[KindFound, ...]
    # what raters of each kind who were asked give to each pair on average
    levels: tuple[tuple[TwoGoals, tuple[Estimate, ...]], ...]
    alone: tuple[TwoGoals, ...]  # pairs of which no rater of the first kind said anything

    @property
    def file(self) -> str:
        """What the figure and the table of kinds are called."""
        return NAMES[self.what]

    @property
    def others(self) -> tuple[KindFound, ...]:
        """Kinds that do not define the level."""
        return self.kinds[1:]

    @property
    def words(self) -> str:
        """Return which kind defines the level, and of how many pairs it said nothing."""
        first = self.kinds[0]
        text = (
            f"The level of conflict is that of raters of kind {named(first.name)}, who gave "
            f"{count(first.given)} {self.what.removesuffix('s') if first.given == 1 else self.what}"
            f". {few_of([kind.name for kind in self.others])} "
            f"{'tell' if len(self.others) > 1 else 'tells'} which pairs conflict more, not how "
            "much pairs conflict on average."
        )
        if self.alone:
            number = len(self.alone)
            text += (
                f" {number} pair{'s have' if number > 1 else ' has'} no {self.what} of that kind, "
                f"and {'their levels rest' if number > 1 else 'its level rests'} on the others."
            )
        return text


def kinds_table(found: KindsFound) -> Table:
    """Return kinds, one a row."""
    known = {key: any(getattr(x, key) is not None for x in found.kinds) for key in _SHOWN}
    columns = [
        Label("kind", "kind of rater", "kind"),
        Count("raters"),
        Count(found.what),
        *(Mean(key, faces=(_SHOWN[key] if known[key] else frozenset()) | JSON) for key in _SHOWN),
    ]
    rows = [(x.name, x.raters, x.given, *(getattr(x, key) for key in _SHOWN)) for x in found.kinds]
    title = "Kinds of raters"
    return Table(columns, rows, title, READERS, most=MOST_ROWS, title=title)


def kinds_blocks(found: KindsFound, *, drawn: bool) -> list[Block]:
    """Return what is said of kinds, with the figure if it is drawn."""
    noise = f" Noise: how much {found.what} scatter, in units of the first kind's."
    explained = EXPLAINED + noise * any(kind.noise is not None for kind in found.kinds)
    columns = [
        Pair("goals", "pair of goals"),
        *(Mean(f"level_{k + 1}", named(kind.name)) for k, kind in enumerate(found.kinds)),
    ]
    levels = Table(
        columns,
        [(pair, *estimates) for pair, estimates in found.levels],
        "What raters of each kind who were asked see in each pair",
        most=MOST_ROWS,
    )
    picture: list[Block] = [Picture(found.file)] if drawn else []
    shown = [kinds_table(found), Paragraph(explained), *picture, levels]
    return [Paragraph(found.words), *shown, *_rows_of_csv(found)]


def _rows_of_csv(found: KindsFound) -> list[Block]:
    """Return the same, an estimate a row."""
    source, kind = Label("source"), Label("rater_kind")
    of_kinds = [
        (found.origin, x.name, x.raters, x.given, key, getattr(x, key))
        for x in found.kinds
        for key in _SHOWN
        if getattr(x, key) is not None
    ]
    counts = [Count("raters"), Count(found.what)]
    columns = [source, kind, *counts, Text("quantity"), Mean("estimate")]
    names = [x.name for x in found.kinds]
    of_pairs = [
        (found.origin, pair, name, estimate)
        for pair, estimates in found.levels
        for name, estimate in zip(names, estimates, strict=True)
    ]
    levels = [source, Pair("goals", "pair of goals"), kind, Mean("level")]
    return [
        Table(columns, of_kinds, faces=CSV, name=found.file),
        Table(levels, of_pairs, faces=CSV, name="levels_by_kind"),
    ]


def kinds_figure(found: Sequence[KindsFound], findings: Findings) -> canvas.Drawn | None:
    """Return bias and slope of every kind but the first."""
    rows = [kind for one in found for kind in one.others if kind.bias is not None]
    if findings.withheld or not rows:
        return None
    what = "Bias and slope of kinds of raters, beside the kind that defines the level"
    caption = (
        f"{what}. Posterior mean and {findings.interval.short}. Without bias a point lies on 0; "
        "with a slope of 1 differences between pairs are as large as for the first kind."
    )
    told = [
        (
            named(kind.name),
            " and ".join(
                f"{word} {estimate_text(x)}"
                for word, x in (("bias", kind.bias), ("slope", kind.slope))
                if x is not None
            ),
        )
        for kind in rows
    ]
    return canvas.Drawn(found[0].file, _draw(rows), f"{what}: {canvas.said(told)}.", caption)


def _draw(rows: Sequence[KindFound]) -> Figure:
    sloped = any(kind.slope is not None for kind in rows)
    figure = canvas.new_figure(1.1 + 0.35 * len(rows))
    every = figure.subplots(1, 2, sharey=True) if sloped else [figure.subplots()]
    parts = (("bias", 0.0, "bias (level of conflict)"), ("slope", 1.0, "slope"))
    for axes, (key, none, label) in zip(every, parts, strict=False):
        axes.axvline(none, color=canvas.PALE, lw=1, zorder=1)
        for y, kind in enumerate(rows):
            estimate = getattr(kind, key)
            if estimate is not None:
                canvas.point(axes, y, estimate)
        axes.set_xlabel(label)
        axes.locator_params(axis="x", nbins=5)
        axes.tick_params(axis="y", length=0)
    canvas.label_rows(every[0], [kind.name for kind in rows])
    return figure
