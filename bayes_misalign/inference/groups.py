"""Draws as named groups, and their way to ArviZ and to disk.

This is the only file that knows group names, dims and attributes. Groups are plain arrays with
dims, so that an exact fit needs neither xarray nor ArviZ; `to_datatree` makes the tree that ArviZ
takes, and netCDF is written and read through h5netcdf.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError

if TYPE_CHECKING:
    import xarray as xr

POSTERIOR, PRIOR, STATS = "posterior", "prior", "sample_stats"
OBSERVED, CONSTANT = "observed_data", "constant_data"
SAMPLE_DIMS = ("chain", "draw")
UNION_SHARE = "union_share"  # share of each population in the union, where it was estimated
SCHEMA = 1  # of the saved result; raised when its meaning changes
METADATA = "bayes_misalign"  # the one attribute: a JSON text

Variable = tuple[tuple[str, ...], NDArray[Any]]


@dataclass(frozen=True)
class Groups:
    """Named groups of variables with dims, coordinates, and metadata.

    Parameters
    ----------
    groups : mapping of str to mapping of str to (dims, array)
        For example ``{"posterior": {"misalignment": (("chain", "draw", "population"), x)}}``.
    coords : mapping of str to sequence of str
        Labels of the dims that have them; `chain` and `draw` are counted.
    metadata : mapping
        Anything that JSON can hold.
    """

    groups: Mapping[str, Mapping[str, Variable]]
    coords: Mapping[str, tuple[str, ...]]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def values(self, group: str, name: str) -> NDArray[Any]:
        """Return one variable's array."""
        try:
            return self.groups[group][name][1]
        except KeyError as error:
            raise ResultError(f"the result has no variable {name!r} in group {group!r}") from error

    def has(self, group: str, name: str) -> bool:
        """Say whether a group holds a variable."""
        return name in self.groups.get(group, {})


def _coordinate(dim: str, size: int, coords: Mapping[str, tuple[str, ...]]) -> NDArray[Any]:
    if dim in coords and len(coords[dim]) == size:
        return np.array(coords[dim], dtype=object)
    return np.arange(size)


def to_datatree(groups: Groups) -> xr.DataTree:
    """Return the groups as an `xarray.DataTree`, which every ArviZ function takes."""
    import xarray as xr

    datasets: dict[str, xr.Dataset] = {}
    for group, variables in groups.groups.items():
        sizes = {d: n for dims, a in variables.values() for d, n in zip(dims, a.shape, strict=True)}
        coords = {d: (d, _coordinate(d, n, groups.coords)) for d, n in sizes.items()}
        datasets[f"/{group}"] = xr.Dataset(dict(variables), coords=coords)
    tree = xr.DataTree.from_dict(datasets)
    tree.attrs[METADATA] = json.dumps(groups.metadata, ensure_ascii=False, allow_nan=False)
    return tree


def labels_of(tree: xr.DataTree, group: str = POSTERIOR) -> dict[str, tuple[str, ...]]:
    """Return the text labels of a group's dims."""
    return {
        str(dim): tuple(map(str, coordinate.values))
        for dim, coordinate in tree[group].coords.items()
        if coordinate.dtype.kind in "OUT"
    }


def from_datatree(
    tree: xr.DataTree, names: tuple[str, ...] = (POSTERIOR, STATS)
) -> dict[str, dict[str, Variable]]:
    """Return chosen groups of a tree as plain arrays with dims."""
    return {
        name: {
            str(variable): (tuple(map(str, data.dims)), data.values)
            for variable, data in tree[name].data_vars.items()
            if data.dtype.kind in "biuf"  # texts of single transitions are not kept
        }
        for name in names
        if name in tree.children
    }


def write_netcdf(groups: Groups, path: str | Path) -> None:
    """Write the groups to one netCDF file."""
    import h5netcdf
    import h5py

    text = h5py.string_dtype()
    with h5netcdf.File(path, "w") as file:
        file.attrs[METADATA] = json.dumps(groups.metadata, ensure_ascii=False, allow_nan=False)
        for group, variables in groups.groups.items():
            node = file.create_group(group)
            for name, (dims, array) in variables.items():
                for dim, size in zip(dims, array.shape, strict=True):
                    if dim not in node.dimensions:
                        node.dimensions[dim] = size
                        labels = _coordinate(dim, size, groups.coords)
                        kind = text if labels.dtype == object else labels.dtype
                        node.create_variable(dim, (dim,), kind, data=labels)
                flag = array.dtype == bool
                data = array.astype("i1") if flag else array
                variable = node.create_variable(name, dims, data.dtype, data=data)
                if flag:
                    variable.attrs["dtype"] = "bool"  # xarray's own mark of a truth value


def read_netcdf(path: str | Path) -> Groups:
    """Read groups back from a netCDF file that `write_netcdf` wrote."""
    import h5netcdf

    path = Path(path)
    if not path.is_file():
        raise ResultError(f"there is no result {path}")
    try:
        with h5netcdf.File(path, "r", decode_vlen_strings=True) as file:
            metadata = json.loads(str(file.attrs[METADATA]))
            coords: dict[str, tuple[str, ...]] = {}
            groups: dict[str, dict[str, Variable]] = {}
            for name, node in file.groups.items():
                groups[name] = {}
                for key, variable in node.variables.items():
                    data = np.asarray(variable[...])
                    if key in node.dimensions:
                        if data.dtype.kind == "O":
                            coords[key] = tuple(map(str, data))
                        continue
                    if variable.attrs.get("dtype") == "bool":
                        data = data.astype(bool)
                    groups[name][key] = (tuple(variable.dimensions), data)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise ResultError(
            f"{path.name} is not a posterior saved by this package, or it is damaged ({error})"
        ) from error
    return Groups(groups, coords, metadata)


def save(groups: Groups, path: Path) -> Path:
    """Write the groups to a netCDF file, under a temporary name first."""
    partial = path.with_name(path.name + ".part")
    try:
        write_netcdf(groups, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def load(path: Path) -> Groups:
    """Read groups back, unless a newer version wrote them."""
    groups = read_netcdf(path)
    if groups.metadata.get("schema", 0) > SCHEMA:
        wrote = groups.metadata.get("versions", {}).get("bayes-misalign", "?")
        raise ResultError(f"{path.name} was written by version {wrote}. Fix: upgrade")
    return groups
