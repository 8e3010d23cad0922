"""The figure of ranks in a card: small multiples, a row a quantity, a column a posterior."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.calibrate import Calibration
from bayes_misalign.inference.uniformity import ALPHA, RANKS, bounds, simultaneous_level

ROWS = 6  # quantities shown; the others are in calibration.json
CUT = 3.0  # the vertical axis ends at this many half-widths of the band


def draw_ranks(shown: Mapping[str, Calibration], path: Path) -> None:
    """Draw how far the distribution of ranks strays from the uniform one.

    Parameters
    ----------
    shown : mapping of str to Calibration
        By the heading of its column; the same model and number of simulations in each.
    path : Path
        SVG file to write.
    """
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    first = next(iter(shown.values()))
    names = chosen(list(first.ranks))
    low, high = band(first.simulations)
    style = {"svg.fonttype": "none", "svg.hashsalt": "ranks", "font.size": 8}
    with plt.rc_context(style):
        figure, axes = plt.subplots(
            len(names),
            len(shown),
            figsize=(2.6 * len(shown), 1.15 * len(names) + 0.6),
            sharex=True,
            sharey=True,
            squeeze=False,
            layout="constrained",
        )
        places = np.arange(1, RANKS)
        for column, (heading, found) in enumerate(shown.items()):
            axes[0, column].set_title(heading)
            for row, name in enumerate(names):
                axis = axes[row, column]
                axis.fill_between(places, low, high, color="0.85", linewidth=0)
                axis.plot(places, difference(found.ranks[name]), color="#1f4e79", linewidth=1.0)
                axis.axhline(0.0, color="0.5", linewidth=0.5)
                if column == 0:
                    axis.set_ylabel(name.replace("[", "\n["), rotation=0, ha="right", va="center")
        axes[0, 0].set_ylim(CUT * low.min(), CUT * high.max())
        axes[0, 0].set_xlim(0, RANKS)
        figure.supxlabel("rank of the truth among 99 posterior draws")
        figure.savefig(path, metadata={"Date": None, "Creator": None})
        plt.close(figure)


def chosen(names: list[str]) -> list[str]:
    """Return the quantities to show: the data-dependent ones, and the first of each kind."""
    kinds: dict[str, str] = {}
    for name in names:
        kinds.setdefault(name.split("[")[0], name)
    return list(kinds.values())[:ROWS]


def difference(ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the empirical distribution function of ranks minus the uniform one."""
    counts = np.bincount(ranks, minlength=RANKS)
    return np.cumsum(counts)[:-1] / counts.sum() - np.arange(1, RANKS) / RANKS


def band(simulations: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edges that uniform ranks leave once in a thousand times."""
    low, high = bounds(simultaneous_level(simulations, 1 - ALPHA), simulations)
    expected = np.arange(1, RANKS) / RANKS
    return low / simulations - expected, high / simulations - expected
