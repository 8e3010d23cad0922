"""Files made by h5py alone are those that h5netcdf makes, and others read them."""

import io
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
import xarray as xr

from bayes_misalign.inference import netcdf

RNG = np.random.default_rng(3)
GROUPS: dict[str, dict[str, netcdf.Variable]] = {
    "posterior": {
        "shares": (("draw", "population", "goal"), RNG.random((7, 2, 3))),
        "share": (("draw", "population"), RNG.random((7, 2))),
    },
    "data": {
        "whole": (("population",), np.array([3, 4])),
        "flag": (("population",), np.array([True, False])),
        "number": ((), np.array(2.5)),
        "nothing": (("empty", "goal"), np.zeros((0, 3))),
    },
}
LABELS = {"population": ("old", "jüng"), "goal": ("a", "b", "c")}


def labels(dim: str, size: int) -> Any:
    return np.array(LABELS[dim], object) if dim in LABELS else np.arange(size)


def made() -> bytes:
    return netcdf.to_bytes(GROUPS, labels, lambda: {"said": "ü"}, lambda *_: {"fletcher32": True})


def by_h5netcdf() -> bytes:
    buffer = io.BytesIO()
    with h5netcdf.File(buffer, "w") as file:
        for group, variables in GROUPS.items():
            node = file.create_group(group)
            for name, (dims, array) in variables.items():
                for dim, size in zip(dims, array.shape, strict=True):
                    if dim not in node.dimensions:
                        node.dimensions[dim] = size
                        named = labels(dim, size)
                        kind = h5py.string_dtype() if dim in LABELS else named.dtype
                        node.create_variable(dim, (dim,), kind, data=named)
                data = array.astype("i1") if array.dtype == bool else array
                some = bool(dims) and data.size > 0
                variable = node.create_variable(name, dims, data.dtype, data=data, fletcher32=some)
                if array.dtype == bool:
                    variable.attrs["dtype"] = "bool"
        file.attrs["said"] = "ü"
    return buffer.getvalue()


def described(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with h5py.File(io.BytesIO(content), "r") as file:

        def see(name: str, node: Any) -> None:
            attributes = {
                key: str(value) if "LIST" in key else np.asarray(value).tolist()
                for key, value in node.attrs.items()
                if key not in ("_NCProperties", "NAME")
            }
            data = (
                (node.shape, node.dtype, node.maxshape, node.fletcher32, node[()].tolist())
                if isinstance(node, h5py.Dataset)
                else ()
            )
            found[name] = (attributes, data)

        file.visititems(see)
        see("/", file)
    return found


def test_the_file_is_that_of_h5netcdf() -> None:
    ours, theirs = described(made()), described(by_h5netcdf())
    assert ours.keys() == theirs.keys()
    for name in ours:
        assert ours[name] == theirs[name], name


def test_xarray_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.nc"
    path.write_bytes(made())
    tree = xr.load_datatree(path, engine="h5netcdf")
    for group, variables in GROUPS.items():
        for name, (dims, array) in variables.items():
            assert tree[group][name].dims == dims
            np.testing.assert_array_equal(tree[group][name].values, array)
    assert tree["data"]["population"].values.tolist() == list(LABELS["population"])
    assert tree.attrs["said"] == "ü"
