"""Every number that a sampler moved, and what each is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.page.safe_text import named

if TYPE_CHECKING:
    import xarray as xr


def moving(posterior: xr.Dataset) -> tuple[NDArray[np.float64], Callable[[int], str]]:
    """Return draws (chain, draw, number) of all that is not constant, and what names each."""
    columns = [variable.values.reshape(*variable.shape[:2], -1) for variable in posterior.values()]
    every = np.concatenate(columns, axis=-1)
    moving = np.flatnonzero(np.ptp(every, axis=(0, 1)) > 0)  # a zero diagonal is constant
    variables = list(posterior.values())
    ends = np.cumsum([column.shape[-1] for column in columns])

    def name(place: int) -> str:
        at = int(moving[place])
        which = int(np.searchsorted(ends, at, side="right"))
        start = int(ends[which - 1]) if which else 0
        return _quantity_name(variables[which], at - start)

    return every[..., moving], name


def _quantity_name(variable: xr.DataArray, place: int) -> str:
    """Return one number of a variable by its labels, as in "`severity_rated` of rater Ann".

    Dims of one source end in its name, which the variable's own name shows already.
    """
    dims, shape = variable.dims[2:], variable.shape[2:]
    labels = []
    for dim, i in zip(dims, np.unravel_index(place, shape), strict=True):
        label = variable.coords[dim].values[i] if dim in variable.coords else i
        said = str(label) if isinstance(label, str) else f"number {int(i) + 1}"
        labels.append(f"{_without_source(str(dim), str(variable.name))} {named(said)}")
    return f"`{variable.name}`" + f" of {', '.join(labels)}" * bool(labels)


def _without_source(dim: str, variable: str) -> str:
    words, ending = dim.split("_"), variable.split("_")
    while len(words) > 1 and ending and words[-1] == ending[-1]:
        words.pop()
        ending.pop()
    return " ".join(words)
