"""Draws in a tree of ArviZ, in a data set or array of xarray, or in a netCDF file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.families.draws.given import Axis, Given, in_order
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.sources import find_file

if TYPE_CHECKING:
    import xarray as xr

AxesOf = Callable[[Sequence[str]], Sequence[Axis]]


def is_tree(data: Any) -> bool:
    """Tell whether data are a tree, a data set or an array of xarray, without loading it."""
    return type(data).__module__.split(".")[0] == "xarray"


def netcdf_path(data: Any, base: str | Path | None) -> Path | None:
    """Return the path of a netCDF file; None of anything else, or where there is no file."""
    if not isinstance(data, str | Path) or not str(data) or "\0" in str(data):
        return None
    path = find_file(data, base, Problems())
    if path is None:
        return None
    with path.open("rb") as file:
        head = file.read(4)
    return path if head in (b"\x89HDF", b"CDF\x01", b"CDF\x02", b"CDF\x05") else None


def from_netcdf(
    path: Path,
    variable: str,
    group: str,
    sample: tuple[str, str],
    axes_of: AxesOf,
    problems: Problems,
) -> Given | None:
    """Return the draws of a variable in a netCDF 4 file."""
    import h5netcdf
    import xarray as xr

    try:
        with h5netcdf.File(path, "r") as file:
            inside = group if group in file.groups else None
        with xr.open_dataset(path, group=inside, engine="h5netcdf") as dataset:
            return from_dataset(dataset, variable, path.name, sample, axes_of, problems)
    except (OSError, ValueError, KeyError, RuntimeError) as trouble:
        first = (str(trouble).splitlines() or [type(trouble).__name__])[0]
        problems.add(
            f"the netCDF file cannot be read ({first})",
            where=path.name,
            valid="netCDF 4, as ArviZ and PyMC write it",
        )
        return None


def from_tree(
    data: Any,
    variable: str,
    group: str,
    sample: tuple[str, str],
    axes_of: AxesOf,
    problems: Problems,
) -> Given | None:
    """Return the draws of a variable in a tree, a data set, or an array on its own."""
    if hasattr(data, "children"):
        data = (data[group] if group in data.children else data).to_dataset()
    if not hasattr(data, "data_vars"):
        variable = str(data.name or variable)
        data = data.rename(variable).to_dataset()
    return from_dataset(data, variable, "data tree", sample, axes_of, problems)


def from_dataset(
    data: xr.Dataset,
    variable: str,
    source: str,
    sample: tuple[str, str],
    axes_of: AxesOf,
    problems: Problems,
) -> Given | None:
    """Return the draws of a variable in a data set."""
    if variable not in data.data_vars and f"{variable}_level" in data.data_vars:
        variable = f"{variable}_level"  # of pairs, as results of this package hold what is drawn
    if variable not in data.data_vars:
        there = [str(name) for name in data.data_vars]
        problems.add(
            f"there is no variable {variable!r}",
            where=source,
            valid=shown(there),
            fix=did_you_mean(variable, there),
        )
        return None
    array = data[variable]
    chain, draw = sample
    rest = [str(dim) for dim in array.dims if dim not in sample]
    axes = axes_of(rest)
    if draw not in array.dims or {axis.dim for axis in axes} != set(rest):
        problems.add(
            f"the variable {variable!r} has the dims {shown(map(str, array.dims))}",
            where=source,
            valid=shown([chain, draw, *(axis.dim for axis in axes)]),
            fix="name its dims, or take another variable",
        )
        return None
    if array.dtype.kind not in "biuf":
        problems.add(f"the variable {variable!r} does not hold numbers", where=source)
        return None
    array = array if chain in array.dims else array.expand_dims(chain)
    array = array.transpose(chain, draw, *(axis.dim for axis in axes))
    known = [_labels(array, axis) for axis in axes]
    return in_order(np.asarray(array.values, dtype=float), axes, known, source, problems)


def _labels(array: xr.DataArray, axis: Axis) -> tuple[str, ...] | None:
    """Return the coordinates of a dim; mere numbers only where the study states no labels."""
    if axis.dim not in array.coords:
        return None
    values = array.coords[axis.dim].values
    if values.dtype.kind in "iuf" and (axis.stated or axis.default):
        return None
    return tuple(map(str, values))
