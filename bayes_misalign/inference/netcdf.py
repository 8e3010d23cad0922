"""Groups as the bytes of a netCDF file, by h5py alone.

A netCDF-4 file is an HDF5 file whose dims are dimension scales that variables refer to. h5netcdf
makes these too, but looks up each scale again for each variable; here they are made once.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import h5py

DIMID, COORDINATES = "_Netcdf4Dimid", "_Netcdf4Coordinates"  # attributes of netCDF's own
PROPERTIES = "_NCProperties"
Variable = tuple[tuple[str, ...], NDArray[Any]]


def to_bytes(
    groups: Mapping[str, Mapping[str, Variable]],
    labels: Callable[[str, int], NDArray[Any]],
    attributes: Callable[[], Mapping[str, str]],
    filters: Callable[[str, str], Mapping[str, Any]],
) -> bytes:
    """Return groups as the bytes of a file.

    `labels` are the labels of a dim of a size, `filters` what h5py does with the variable of a
    group and a name, if it has dims and elements; `attributes` are asked for last.
    """
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w", track_order=True) as file:
        numbered = 0
        for name, variables in groups.items():
            node = file.create_group(name, track_order=True)
            numbered = _write_group(node, variables, labels, partial(filters, name), numbered)
        for key, text in attributes().items():
            file.attrs[key] = text
        made_by = f"version=2,h5py={h5py.__version__},hdf5={h5py.version.hdf5_version}"
        kind = h5py.string_dtype("ascii", len(made_by))
        file.attrs[PROPERTIES] = np.array(made_by, dtype=kind)
    return buffer.getvalue()


def _write_group(
    node: h5py.Group,
    variables: Mapping[str, Variable],
    labels: Callable[[str, int], NDArray[Any]],
    filters: Callable[[str], Mapping[str, Any]],
    numbered: int,
) -> int:
    """Write the variables of a group with their dims; return how many dims there are so far."""
    scales: dict[str, tuple[h5py.Dataset, int]] = {}
    for name, (dims, array) in variables.items():
        for dim, size in zip(dims, array.shape, strict=True):
            if dim not in scales:
                scales[dim] = _scale(node, dim, labels(dim, size), numbered), numbered
                numbered += 1
        flag = array.dtype == bool
        data = array.astype("i1") if flag else array
        # HDF5's filters take no array without elements, and no unlimited dim that is not in chunks
        chosen = dict(filters(name)) if dims and data.size else {}
        if dims and not data.size:
            chosen = {"maxshape": tuple(n or None for n in data.shape), "chunks": True}
        if chosen.get("compression"):
            made = node.create_dataset(name, data.shape, data.dtype, track_order=True, **chosen)
            _pack(made, data)
        else:
            made = node.create_dataset(name, data=data, track_order=True, **chosen)
        for axis, dim in enumerate(dims):
            made.dims[axis].attach_scale(scales[dim][0])
        if dims:
            made.attrs[COORDINATES] = np.array([scales[dim][1] for dim in dims], "i4")
        if dims and data.size:
            made.attrs[DIMID] = np.int32(scales[dims[0]][1])
        if flag:
            made.attrs["dtype"] = "bool"  # xarray's own mark of a truth value
    return numbered


def _pack(into: h5py.Dataset, data: NDArray[Any]) -> None:
    """Write chunks that all cores pack, as HDF5's filters `shuffle` and `compression` read them.

    Digits of draws are noise but for the first, which shuffled bytes hold in runs: to look for
    runs alone takes less than half the time, and leaves no more bytes.
    """

    def packed(place: tuple[slice, ...]) -> bytes:
        part = data[place]
        whole = np.zeros(into.chunks, dtype=data.dtype)  # the last ones go beyond the data
        whole[tuple(slice(n) for n in part.shape)] = part
        shuffled = whole.reshape(-1).view(np.uint8).reshape(-1, data.dtype.itemsize).T.tobytes()
        packer = zlib.compressobj(1, strategy=zlib.Z_RLE)
        return packer.compress(shuffled) + packer.flush()

    from concurrent.futures import ThreadPoolExecutor  # few studies need it

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        places = list(into.iter_chunks())
        for place, content in zip(places, pool.map(packed, places), strict=True):
            into.id.write_direct_chunk(tuple(x.start for x in place), content)


def _scale(node: h5py.Group, dim: str, labels: NDArray[Any], number: int) -> h5py.Dataset:
    """Write the labels of a dim as the scale that variables refer to."""
    import h5py

    kind = h5py.string_dtype() if labels.dtype == object else labels.dtype
    size = {} if labels.size else {"maxshape": (None,), "chunks": True}
    made = node.create_dataset(dim, data=labels, dtype=kind, track_order=True, **size)
    made.make_scale(dim)
    made.attrs[DIMID] = np.int32(number)
    made.attrs[COORDINATES] = np.array([number], "i4")
    return made
