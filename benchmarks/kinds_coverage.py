"""How intervals do where people and models say how much goals conflict, and models are wrong.

What the coverage of ratings and of judgements shares: fits of simulated data in three ways, and the
table of how often intervals held.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import arviz_stats as azs
import numpy as np
from common import RESULTS, publish, table
from numpy.typing import NDArray

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.measure import misalignment
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]
MASS = 0.9
ENDS = np.array([(1 - MASS) / 2, (1 + MASS) / 2])
POOR = 1.05  # R-hat of P(ma)
FITS = ("by kind", "all alike", "people alone")
COLUMNS = (
    *(f"P(ma), {fit}" for fit in FITS),
    *(f"levels, {fit}" for fit in FITS),
    "levels, by kind, of pairs without people",
    *(f"width, {fit}" for fit in FITS),
    *(f"error, {fit}" for fit in FITS),
)


class Row(Protocol):
    """How models see pairs."""

    @property
    def lead(self) -> tuple[str, ...]:
        """Cells that a line begins with, the first of which and its unit name the row."""

    @property
    def titled(self) -> str:
        """What the row is called on the command line."""

    @property
    def alike(self) -> bool:
        """Whether the fit without kinds is made too."""

    @property
    def samples(self) -> int:
        """Number of simulated data sets."""

    @property
    def heard(self) -> Sequence[int]:
        """Pairs of which people say something."""

    @property
    def people_said(self) -> Hashable:
        """What tells rows from others of which people say something else."""


def of_levels(pairs: Sequence[tuple[str, str]], levels: Array) -> Array:
    """Return P(ma) of known unequal shares, (...) of levels (..., pair)."""
    goals = tuple(dict.fromkeys(goal for pair in pairs for goal in pair))
    shares = 1 / np.arange(1, len(goals) + 1)
    matrix = assemble(goals, [(tuple(pairs), levels.reshape(-1, levels.shape[-1]))])
    return np.asarray(misalignment(shares / shares.sum(), matrix)).reshape(levels.shape[:-1])


def plain(values: list[float], digits: int, *, root: bool = False) -> str:
    """Return a mean over data sets, or its root."""
    mean = float(np.mean(values))
    return f"{mean**0.5 if root else mean:.{digits}f}"


def with_error(values: list[float], digits: int, *, root: bool = False) -> str:
    """Return the same with the standard error in brackets."""
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5
    error /= 2 * float(np.mean(values)) ** 0.5 if root else 1
    return f"{plain(values, digits, root=root)} ({error:.{digits}f})"


@dataclass(frozen=True)
class Coverage:
    """Simulated data sets of several rows, and how they are fitted.

    Parameters
    ----------
    name : str
        Name of the benchmark.
    model : module
        The model of conflict, with `priors`, `build` and `data`.
    source : str
        What ends the names of its variables.
    rows : sequence of Row
        Ways in which models see pairs.
    head : tuple of str
        Titles of the cells that a line begins with.
    drawn : callable
        Takes a row and the number of a data set; returns true levels (pair,), and what was said.
    evidence : callable
        Takes a row, what was said, and one of `FITS`.
    fitting : Fitting
        Chains, draws and warm-up; the seed is that of the data set.
    first : int
        Number of the first data set.
    cell : callable
        Takes values of data sets, digits, and whether the root of their mean is meant.
    """

    name: str
    model: Any
    source: str
    rows: Sequence[Row]
    head: tuple[str, ...]
    drawn: Callable[[Any, int], tuple[Array, Array]]
    evidence: Callable[[Any, Array, str], Any]
    fitting: Callable[[int], Fitting]
    first: int = 0
    cell: Callable[..., str] = plain
    _compiled: dict[Any, Compiled] = field(default_factory=dict)

    def run(self, row: Row, fit: str) -> dict[str, list[float]]:
        """Fit simulated data in one of three ways, and return how intervals did."""
        prior, taken = self.model.priors(), 0.0
        rows: dict[str, list[float]] = {}
        for turn in range(self.first, self.first + row.samples):
            level, said = self.drawn(row, turn)
            found = self.evidence(row, said, fit)
            if (row.people_said, fit) not in self._compiled:  # takes as long as many fits
                built = Compiled(self.model.build(found, prior))
                self._compiled[row.people_said, fit] = built
            compiled = self._compiled[row.people_said, fit]
            start = time.perf_counter()
            tree = compiled.sample(self.model.data(found, prior), self.fitting(turn + 1))
            taken += time.perf_counter() - start
            for key, value in self._held(row, level, tree, found.pairs).items():
                rows.setdefault(key, []).append(float(value))
        means = {key: np.mean(values) for key, values in rows.items()}
        print(
            f"{row.titled}, {fit}: {taken / row.samples:.2f} s a fit, P(ma) "
            f"{means['covered']:.3f} ({means['too high']:.3f} too high), levels "
            f"{means['levels']:.3f}, R-hat above {POOR}: {means['rhat']:.2f}, divergences "
            f"{means['divergences']:.2f}, width {means['width']:.3f}",
            flush=True,
        )
        return rows

    def _held(self, row: Row, level: Array, tree: Any, pairs: Any) -> dict[str, float]:
        """Return how the intervals of one fit did."""
        levels = tree["posterior"][f"conflict_{self.source}"].values
        truth, pma = float(of_levels(pairs, level)), of_levels(pairs, levels)
        low, high = np.quantile(pma, ENDS)
        bottom, top = np.quantile(levels, ENDS, axis=(0, 1))
        held = (bottom <= level) & (level <= top)
        by_models = np.setdiff1d(np.arange(len(level)), row.heard)
        return {
            "covered": low <= truth <= high,
            "too high": low > truth,
            "width": high - low,
            "square": (pma.mean() - truth) ** 2,
            "levels": held.mean(),
            "levels of models": held[by_models].mean() if len(by_models) else np.nan,
            "rhat": float(azs.rhat(pma, chain_axis=0, draw_axis=1)) > POOR,
            "divergences": int(tree["sample_stats"]["diverging"].values.sum()),
        }

    def line(self, row: Row, by_fit: dict[str, dict[str, list[float]]]) -> list[str]:
        """Return the line of the table for one row; what was not fitted is empty."""

        def three(key: str, digits: int, *, root: bool = False) -> list[str]:
            return [
                self.cell(by_fit[fit][key], digits, root=root) if fit in by_fit else ""
                for fit in FITS
            ]

        alone = by_fit["by kind"]["levels of models"]
        return [
            *row.lead,
            *three("covered", 2),
            *three("levels", 2),
            "" if np.isnan(alone).any() else self.cell(alone, 2),
            *three("width", 3),
            *three("square", 3, root=True),
        ]

    def earlier(self) -> dict[str, list[str]]:
        """Return the lines of the table that was written last, by row."""
        file = RESULTS / f"{self.name}.md"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        cells = [text.strip("|").split("|") for text in lines if text.startswith("| ")]
        found = [[cell.strip() for cell in one] for one in cells]
        starts = {row.lead: row.titled for row in self.rows}
        size = len(self.head)
        return {starts[tuple(x[:size])]: x for x in found if tuple(x[:size]) in starts}

    def main(self, before: str, after: str) -> None:
        """Run the rows that the command names, or all, and publish them with the others."""
        wanted, by_name = sys.argv[1:], {row.titled: row for row in self.rows}
        if unknown := set(wanted) - set(by_name):
            raise SystemExit(f"no row is called {', '.join(sorted(unknown))}")
        alone: dict[Hashable, dict[str, list[float]]] = {}
        for row in (by_name[name] for name in wanted or by_name):
            found = {fit: self.run(row, fit) for fit in (FITS[:2] if row.alike else FITS[:1])}
            if len(alone.get(row.people_said, {}).get("covered", ())) < row.samples:
                alone[row.people_said] = self.run(row, FITS[2])
            same = alone[row.people_said]
            found[FITS[2]] = {key: values[: row.samples] for key, values in same.items()}
            done = self.earlier() | {row.titled: self.line(row, found)}
            lines = [done[one.titled] for one in self.rows if one.titled in done]
            publish(self.name, before, table([*self.head, *COLUMNS], lines), after)
