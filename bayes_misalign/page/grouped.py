"""Results by group, such as a population, and estimates of every pair of groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError, did_you_mean, listed
from bayes_misalign.page.estimate import (
    MOST_SHOWN,
    NUMBERS,
    Estimate,
    Estimates,
    cells_of_rows,
    columns_of,
)
from bayes_misalign.page.frames import Backend, Framed, frame
from bayes_misalign.page.notebook import Cells, Line, as_html
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named

Array = NDArray[np.float64]
MOST_GROUPS = 20  # that print themselves
MOST_ACROSS = 12  # columns of a matrix that prints itself


class ByGroup[Result: Framed](dict[str, Result], Framed):
    """Results of the same kind by group: a dictionary that prints itself and becomes a frame.

    Parameters
    ----------
    title : str
        What the results are.
    results : mapping of str to result
        Group to result.
    of : str
        What the groups are: the name of their column.

    Examples
    --------
    >>> half = Estimates("goal shares", {"a": Estimate("a", np.full((1, 4), 0.5))}, of="goal")
    >>> ByGroup("goal shares", {"all": half}).to_frame("polars").columns[:3]
    ['population', 'goal', 'mean']
    """

    def __init__(self, title: str, results: Mapping[str, Result], of: str = "population") -> None:
        super().__init__(results)
        self.title, self.of = title, of

    def __missing__(self, group: str) -> Result:
        """Say which groups there are."""
        raise ResultError(
            f"{self.title} has no {group!r}; there are {listed(self)}. "
            + did_you_mean(str(group), self)
        )

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame: the group, then those of its results."""
        columns: dict[str, list[Any]] = {self.of: []}
        for group, result in self.items():
            own = result.columns_of_frame()
            length = len(next(iter(own.values()), []))
            columns[self.of] += [group] * length
            for name, values in own.items():
                columns.setdefault(name, []).extend(values)
        return columns

    def __str__(self) -> str:
        """Return the results one after the other."""
        if not self:
            return f"{self.title}, by {self.of}: none"
        lines = [f"{self.title}, by {self.of}"]
        for group, result in list(self.items())[:MOST_GROUPS]:
            first, *rest = str(result).splitlines() or [""]
            own = isinstance(result, Estimates)
            lines += [f"{named(group)}:" if own else f"{named(group)}: {first}", *rest]
        return "\n".join([*lines, *self._more()])

    __repr__ = __str__

    def _more(self) -> list[str]:
        left = len(self) - MOST_GROUPS
        return [f"... and {left:,} more; to_frame() has all"] if left > 0 else []

    def _repr_html_(self) -> str:
        blocks: list[Any] = [] if self else [Line(str(self))]
        for group, result in list(self.items())[:MOST_GROUPS]:
            if isinstance(result, Estimates):
                cells = result.cells()
                caption = f"{self.title}, {named(group)}"
                blocks.append(Cells(cells.columns, cells.rows, caption, cells.labels, cells.note))
            else:
                blocks.append(Line(str(result), named(group)))
        return as_html(*blocks, *map(Line, self._more()))


class EstimateMatrix(Mapping[tuple[str, str], Estimate], Framed):
    """Estimates of every pair of labels, as a symmetric matrix; made when they are asked for.

    Parameters
    ----------
    title : str
        What the estimates are.
    labels : sequence of str
        Labels of rows and columns.
    make : callable
        Returns the estimate of a row and a column, the row not after the column.
    of : str
        What the labels are.

    Attributes
    ----------
    labels : tuple of str
        Labels of rows and columns.
    """

    def __init__(
        self,
        title: str,
        labels: Sequence[str],
        make: Callable[[str, str], Estimate],
        of: str = "population",
    ) -> None:
        self.title, self.labels, self.of = title, tuple(labels), of
        self._make, self._made = make, dict[tuple[str, str], Estimate]()
        self._place = {label: i for i, label in enumerate(self.labels)}

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return len(self.labels), len(self.labels)

    def __getitem__(self, pair: tuple[str, str]) -> Estimate:
        """Return the estimate of a row and a column."""
        try:
            one, other = pair
            places = sorted((self._place[one], self._place[other]))
        except (KeyError, TypeError, ValueError):
            raise ResultError(
                f"{self.title} has no {pair!r}. Fix: two of {listed(self.labels)}, as in "
                f"matrix[{self.labels[0]!r}, {self.labels[-1]!r}]"
            ) from None
        first, second = (self.labels[place] for place in places)
        if (first, second) not in self._made:
            self._made[first, second] = self._make(first, second)
        return self._made[first, second]

    def __contains__(self, pair: object) -> bool:
        """Tell whether both are labels."""
        return isinstance(pair, tuple) and len(pair) == 2 and all(x in self._place for x in pair)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Iterate over rows and columns, a row after the other."""
        return ((one, other) for one in self.labels for other in self.labels)

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.labels) ** 2

    @cached_property
    def means(self) -> Array:
        """Posterior means, (label, label)."""
        return self._values("mean")

    @cached_property
    def lower(self) -> Array:
        """Lower ends of the intervals, (label, label)."""
        return self._values("lower")

    @cached_property
    def upper(self) -> Array:
        """Upper ends of the intervals, (label, label)."""
        return self._values("upper")

    def _values(self, name: str) -> Array:
        found = [self[pair].numbers()[name] for pair in self]
        return np.array(found, dtype=float).reshape(self.shape)  # NaN where it is withheld

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a cell of the matrix a row."""
        return columns_of((self.of, f"{self.of}_other"), ((pair, self[pair]) for pair in self))

    @overload
    def to_frame(self, backend: Backend | None = None) -> Any: ...
    @overload
    def to_frame(self, backend: Backend | None = None, *, values: str) -> Any: ...
    def to_frame(self, backend: Backend | None = None, *, values: str | None = None) -> Any:
        """Return the matrix as a data frame: a cell a row, or as wide as the matrix.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
            Which library's frame. By default pandas, or polars where pandas is not installed.
        values : {"mean", "sd", "median", "lower", "upper", "mcse"}, optional
            The number that fills a square frame, whose first column holds the labels of its rows.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table

        Raises
        ------
        ResultError
            When the library is not installed, or there is no such number.
        """
        if values is None:
            return super().to_frame(backend)
        numbers = [name for name in NUMBERS if name not in ("mass", "kind")]
        if values not in numbers:
            raise ResultError(f"values is one of {listed(numbers)}, not {values!r}")
        filled = self._values(values)
        columns: dict[str, list[Any]] = {self.of: list(self.labels)}
        for label, column in zip(self.labels, filled.T, strict=True):
            # a label may be the name of the first column
            name = label if label not in columns else f"{label} (column)"
            columns[name] = [None if np.isnan(value) else float(value) for value in column]
        return frame(columns, backend)

    def _cells(self) -> Cells:
        shown = self.labels[:MOST_ACROSS]
        left = len(self.labels) - len(shown)
        estimates = [self[one, other] for one in shown for other in shown]
        kind = f" ({estimates[0].interval_kind})" if estimates else ""
        rows = [
            [named(one), *(estimate_text(self[one, other], marked=True) for other in shown)]
            for one in shown
        ]
        note = f"... and {left:,} more; to_frame() has all" if left > 0 else ""
        return Cells([self.of, *map(named, shown)], rows, f"{self.title}{kind}", note=note)

    def __str__(self) -> str:
        """Return the matrix as text, a row after the other."""
        cells = self._cells()
        widths = [max(map(len, column)) for column in zip(cells.columns, *cells.rows, strict=True)]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in (cells.columns, *cells.rows)
        ]
        return "\n".join(filter(None, [cells.caption, *lines, cells.note]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self._cells())


class Mixture(Sequence[Estimate], Framed):
    """P(ma) of mixtures of two populations, for each share of the second.

    Parameters
    ----------
    host, guest : str
        The populations.
    shares : ndarray, shape (m,)
        Shares of the guest.
    estimates : sequence of Estimate
        P(ma) for each share.
    """

    def __init__(self, host: str, guest: str, shares: Array, estimates: Sequence[Estimate]) -> None:
        self.host, self.guest = host, guest
        self.shares, self.estimates = np.asarray(shares, dtype=float), tuple(estimates)

    @overload
    def __getitem__(self, place: int) -> Estimate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Estimate]: ...
    def __getitem__(self, place: int | slice) -> Estimate | Sequence[Estimate]:
        """Return the estimate at a place, or several."""
        return self.estimates[place]

    def __len__(self) -> int:
        """Return the number of shares."""
        return len(self.estimates)

    @property
    def title(self) -> str:
        """What the estimates are."""
        return f"P(ma) of {named(self.host)} with a share of {named(self.guest)}"

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a share a row."""
        columns = columns_of((), (((), estimate) for estimate in self.estimates))
        return {
            "host": [self.host] * len(self),
            "guest": [self.guest] * len(self),
            "share": list(self.shares),
            **columns,
        }

    def _table(self) -> Estimates:
        rows = zip(self.shares, self.estimates, strict=True)
        return Estimates(self.title, {f"{share:g}": estimate for share, estimate in rows}, "share")

    def __str__(self) -> str:
        """Return a table as text."""
        return str(self._table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [((f"{s:g}",), e) for s, e in zip(self.shares, self.estimates, strict=True)]
        return as_html(cells_of_rows(("share",), rows[:MOST_SHOWN], self.title, len(rows)))
