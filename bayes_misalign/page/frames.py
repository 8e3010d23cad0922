"""Results as data frames, of whichever library is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Literal

from bayes_misalign.errors import ResultError, printable

Backend = Literal["pandas", "polars", "pyarrow"]
BACKENDS: tuple[Backend, ...] = ("pandas", "polars", "pyarrow")
BY_DEFAULT = BACKENDS[:2]


class Framed:
    """A result that becomes a data frame."""

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame: words first, then numbers; None for what is withheld."""
        raise NotImplementedError

    def to_frame(self, backend: Backend | None = None) -> Any:
        """Return the result as a data frame, tidy: labels are columns, not an index.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
            Which library's frame. By default pandas, or polars where pandas is not installed.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table
            Estimates have the columns mean, sd, median, lower, upper, mass, kind and mcse after
            their labels. Numbers that are withheld are missing.

        Raises
        ------
        ResultError
            When the library is not installed.
        """
        return frame(self.columns_of_frame(), backend)


class FramedDict[Key, Value](dict[Key, Value], Framed):
    """A dictionary that becomes a frame, whose columns are made when they are asked for.

    Examples
    --------
    >>> found = FramedDict({"a": 0.5}, lambda d: {"population": list(d), "p": list(d.values())})
    >>> found["a"], found.to_frame("polars").columns
    (0.5, ['population', 'p'])
    """

    def __init__(
        self,
        values: Mapping[Key, Value],
        columns: Callable[[Mapping[Key, Value]], dict[str, list[Any]]],
    ) -> None:
        super().__init__(values)
        self._columns = columns

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame."""
        return self._columns(self)


class FramedList[Item](list[Item], Framed):
    """A list that becomes a frame, whose columns are made when they are asked for."""

    def __init__(
        self, items: Iterable[Item], columns: Callable[[Sequence[Item]], dict[str, list[Any]]]
    ) -> None:
        super().__init__(items)
        self._columns = columns

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame."""
        return self._columns(self)


def columns_of_nested(
    of: str, names: str, value: str, found: Mapping[str, Mapping[str, float]]
) -> dict[str, list[Any]]:
    """Return numbers by two labels as the columns of a frame, a number a row."""
    rows = [(one, other, x) for one, inner in found.items() for other, x in inner.items()]
    return {of: [r[0] for r in rows], names: [r[1] for r in rows], value: [r[2] for r in rows]}


def chosen(backend: Backend | None) -> Backend:
    """Return the library to make frames of, if it is installed."""
    if backend is not None and backend not in BACKENDS:
        names = ", ".join(map(repr, BACKENDS))
        raise ResultError(f"to_frame makes frames of {names}, not {printable(repr(backend))}")
    found = [name for name in ([backend] if backend else BY_DEFAULT) if find_spec(name)]
    if found:
        return found[0]
    if backend is not None:
        raise ResultError(f"{backend} is not installed. Fix: pip install {backend}")
    raise ResultError(
        "a data frame needs pandas or polars, and neither is installed. Fix: pip install pandas, "
        'or pip install polars; to_frame("pyarrow") needs nothing more'
    )


def frame(columns: Mapping[str, Sequence[Any]], backend: Backend | None = None) -> Any:
    """Return columns of texts and numbers as a data frame.

    Examples
    --------
    >>> frame({"goal": ["a", "b"], "mean": [0.25, None]}, "polars")["mean"].to_list()
    [0.25, None]
    """
    import narwhals as nw

    library = chosen(backend)
    schema = {
        name: nw.String() if any(isinstance(value, str) for value in values) else nw.Float64()
        for name, values in columns.items()
    }
    plain = {
        name: list(values)
        if isinstance(schema[name], nw.String)
        else [None if value is None else float(value) for value in values]
        for name, values in columns.items()
    }
    return nw.from_dict(plain, schema=schema, backend=library).to_native()
