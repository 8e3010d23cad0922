"""Draws as named groups, and their way to ArviZ and to disk.

This is the only file that knows group names, dims and attributes. Groups are plain arrays with
dims, so that an exact fit needs neither xarray nor ArviZ; `to_datatree` makes the tree that ArviZ
takes, and netCDF is written and read through h5netcdf.
"""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import CannotWrite, ResultError
from bayes_misalign.inference import checksums, netcdf
from bayes_misalign.inference.later import Later
from bayes_misalign.reading.typed_fields import as_path

if TYPE_CHECKING:
    import xarray as xr

POSTERIOR, PRIOR, STATS = "posterior", "prior", "sample_stats"
OBSERVED, CONSTANT = "observed_data", "constant_data"
SAMPLE_DIMS = ("chain", "draw")
UNION_SHARE = "union_share"  # share of each population in the union, where it was estimated
POSTERIOR_FILE = "posterior.nc"  # the draws, in a folder of results
AREAS_FILE = "areas.json"  # what several problem areas are, in a folder of their results
SCHEMA = 2  # of the saved result; raised when its meaning changes
SCHEMA_IN_BLOCKS = 3  # of results that keep no draws of shares
IN_BLOCKS = "in_blocks"  # in the metadata of these: how they were drawn
WITHOUT_SHARES = (POSTERIOR, "misalignment")  # of these: draws that are read when asked for
TOGETHER = 16  # populations whose draws of P(ma) are read together
METADATA = "bayes_misalign"  # the one attribute: a JSON text
_LARGEST_RATIO = 10_000  # numbers to bytes, were they compressed by somebody

Variable = tuple[tuple[str, ...], NDArray[Any]]


@dataclass(frozen=True, eq=False)
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
    checked : bool
        Whether checksums vouch for what was read; false for a file that has none.
    """

    groups: Mapping[str, Mapping[str, Variable]]
    coords: Mapping[str, tuple[str, ...]]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    checked: bool = True

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
    """Write the groups to one netCDF file, made in memory: HDF5 may crash on a full disk."""
    write_whole(Path(path), to_bytes(groups))


def to_bytes(groups: Groups) -> bytes:
    """Return the groups as the bytes of a netCDF file, with checksums of all that it holds."""
    groups = _stored(groups)
    kept: dict[str, tuple[str, ...]] = {}

    def labels(dim: str, size: int) -> NDArray[Any]:
        found = _coordinate(dim, size, groups.coords)
        if found.dtype == object:
            kept[dim] = tuple(groups.coords[dim])
        return found

    def attributes() -> dict[str, str]:
        found = {**groups.metadata, checksums.CHECKSUMS: checksums.digests(groups.groups, kept)}
        said = json.dumps(found, allow_nan=False)  # half characters of file names too
        return {METADATA: said, checksums.OF_METADATA: checksums.of_text(said)}

    def filters(group: str, name: str) -> dict[str, Any]:
        if (group, name) != WITHOUT_SHARES or IN_BLOCKS not in groups.metadata:
            return {"fletcher32": True}  # HDF5's own checksum
        shape = groups.values(group, name).shape
        chunks = (*shape[:-1], min(shape[-1], TOGETHER))
        return {"shuffle": True, "compression": 1, "chunks": chunks}

    return checksums.sealed(netcdf.to_bytes(groups.groups, labels, attributes, filters))


def _stored(groups: Groups) -> Groups:
    """Return what is written: draws of P(ma) of very many populations as single precision.

    That is 6e-8 of a draw; the numbers worked out from them are kept as they are.
    """
    if IN_BLOCKS not in groups.metadata:
        return groups
    group, name = WITHOUT_SHARES
    dims, values = groups.groups[group][name]
    small = np.asarray(values).astype(np.float32, copy=False)
    return replace(
        groups, groups={**groups.groups, group: {**groups.groups[group], name: (dims, small)}}
    )


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes to a file, down to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_netcdf(path: str | Path) -> Groups:
    """Read groups back from a netCDF file that `write_netcdf` wrote, if it is undamaged."""
    path = Path(path)
    try:
        if not path.is_file():
            raise ResultError(f"there is no result {path}")
        groups = from_bytes(path.read_bytes())
    except ResultError:
        raise
    except Exception as error:  # whatever HDF5 and its wrappers make of damaged bytes
        why = getattr(error, "strerror", None) or error or type(error).__name__
        raise ResultError(
            f"{path} is not a posterior saved by this package, or it is damaged ({why})"
        ) from error
    checksums.check_values(groups, path.name)
    return groups


def from_bytes(content: bytes) -> Groups:
    """Return the groups in the bytes of a netCDF file, whose checksums must hold if it has them."""
    import h5netcdf
    import h5py

    whole = len(content)
    content = checksums.unsealed(content)
    is_sealed = len(content) < whole
    coords: dict[str, tuple[str, ...]] = {}
    groups: dict[str, dict[str, Variable]] = {}
    opened = h5py.File(io.BytesIO(content), "r")
    with ExitStack() as stack:
        stack.enter_context(opened)
        # before h5netcdf, which prints a traceback when it stumbles over damaged attributes
        said = dict(opened.attrs)
        metadata, stated = checksums.checked_metadata(
            str(said[METADATA]), said.get(checksums.OF_METADATA)
        )
        file = h5netcdf.File(opened, "r", decode_vlen_strings=True)
        # the checksum of the whole file vouches for what is not read now
        later = WITHOUT_SHARES if is_sealed and IN_BLOCKS in metadata else None
        for name, node in file.groups.items():
            groups[name] = {}
            for key, variable in node.variables.items():
                if math.prod(variable.shape) > _LARGEST_RATIO * len(content):
                    raise ValueError(f"{name}/{key} is said to be larger than it can be")
                if (name, key) == later:
                    data: Any = Later(opened, f"{name}/{key}")
                    groups[name][key] = (tuple(variable.dimensions), data)
                    continue
                data = np.asarray(variable[...])
                if key in node.dimensions:
                    labels = tuple(map(str, data))
                    if data.dtype.kind == "O" and coords.setdefault(key, labels) != labels:
                        raise ValueError(f"its groups label {key} differently")
                    continue
                if variable.attrs.get("dtype") == "bool":
                    data = data.astype(bool)
                groups[name][key] = (tuple(variable.dimensions), data)
        if later is not None:
            stack.pop_all()  # the file stays open
    found = Groups(groups, coords, metadata, checked=stated is not None)
    if stated is not None:
        checksums.check_digests(stated, found)
    return found


def save(groups: Groups, path: str | Path) -> Path:
    """Write the groups to a netCDF file, under a temporary name first."""
    path = as_path(path, "a result")
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            write_netcdf(groups, partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written ({error.strerror or error})") from error
    return path


def load(path: str | Path) -> Groups:
    """Read groups back, unless a newer version wrote them."""
    path = as_path(path, "a result")
    with suppress(OSError):  # of a path that cannot be, which reading it says
        if (path / AREAS_FILE).is_file():
            raise ResultError(
                f"{path} holds several problem areas. Fix: AreasPosterior.load, in Python"
            )
        if path.is_dir():  # a folder of results, which is what was written
            path /= POSTERIOR_FILE
    groups = read_netcdf(path)
    schema = groups.metadata.get("schema", 0)
    if not isinstance(schema, int):
        raise ResultError(f"{path.name} is damaged: its schema is {schema!r}")
    if schema > (SCHEMA_IN_BLOCKS if IN_BLOCKS in groups.metadata else SCHEMA):
        wrote = groups.metadata.get("versions", {}).get("bayes-misalign", "?")
        raise ResultError(f"{path.name} was written by version {wrote}. Fix: upgrade")
    return groups
