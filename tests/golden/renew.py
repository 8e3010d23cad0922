"""Write the golden files again: `python -m tests.golden.renew`, see the README beside this file."""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import h5netcdf
import h5py
import numpy as np

from bayes_misalign.inference.checksums import CHECKSUMS
from tests.golden.draws import write_draws
from tests.golden.faces import GOLDEN, STORED, faces, posterior_of, studies
from tests.noisy_studies import PRIOR_ONLY, fitted_prior_only

KEPT = 25  # draws of a chain
BITS = 16  # of each number, five decimal digits
METADATA = "bayes_misalign"


def renew_faces(name: str) -> None:
    """Write report, summary, tables and terminal text of an example study."""
    folder = GOLDEN / name
    with tempfile.TemporaryDirectory() as scratch:
        found = faces(posterior_of(name), Path(scratch))
    for old in folder.glob("*"):
        if old.name != STORED:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for face, text in found.items():
        path = folder / face
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def thin(name: str, fitted: Path) -> None:
    """Store a few of the draws of a fitted study, rounded and compressed, without its sampler's.

    The file is copied as a file, so that this does not depend on how the package reads it.
    """
    target = GOLDEN / name / STORED
    target.parent.mkdir(exist_ok=True)
    store(fitted, target)


def store(fitted: Path, target: Path, kept: int = KEPT, bits: int = BITS) -> None:
    """Store some of the draws of a fit under another name, with so many binary digits."""
    with (
        h5netcdf.File(fitted, "r", decode_vlen_strings=True) as old,
        h5netcdf.File(target, "w", libver="latest") as new,  # smaller than the earliest
    ):
        metadata = json.loads(str(old.attrs[METADATA]))
        metadata["study"]["fitting"]["draws"] = kept
        metadata.pop(CHECKSUMS, None)  # of all draws, of which few are kept
        new.attrs[METADATA] = json.dumps(metadata, ensure_ascii=False)
        for group in old.groups:
            if group != "sample_stats":
                _copy(old[group], new.create_group(group), kept, bits)


def _copy(old: h5netcdf.Group, new: h5netcdf.Group, kept: int, bits: int) -> None:
    sizes = {dim: old.dimensions[dim].size for dim in old.dimensions}
    step = {"draw": sizes.get("draw", 0) // kept}
    new.dimensions = sizes | ({"draw": kept} if "draw" in sizes else {})
    for name, variable in old.variables.items():
        every = tuple(slice(None, None, step.get(dim)) for dim in variable.dimensions)
        data = np.arange(kept) if name == "draw" else np.asarray(variable[...])[every]
        kind: object = data.dtype
        small: dict[str, object] = {"compression": "gzip", "shuffle": True, "chunks": data.shape}
        if data.dtype.kind == "O":
            kind, small = h5py.string_dtype(), {}
        elif data.dtype == np.float64:
            data = _rounded(data, bits)
        made = new.create_variable(name, variable.dimensions, kind, data=data, **small)
        for key, value in variable.attrs.items():
            made.attrs[key] = value


def _rounded(values: np.ndarray, bits: int) -> np.ndarray:
    """Return the nearest numbers of few binary digits, which compress better."""
    fraction, exponent = np.frexp(values)
    return np.ldexp(np.round(np.ldexp(fraction, bits)), exponent - bits)


def main() -> None:
    """Renew everything, or one stored posterior and what is seen of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.renew", description=__doc__)
    parser.add_argument(
        "--thin",
        nargs=2,
        metavar=("NAME", "POSTERIOR"),
        help="first store a few draws of POSTERIOR, a fitted posterior.nc, for example NAME",
    )
    parser.add_argument(
        "--prior-only",
        action="store_true",
        help="fit and store only the study of labels that its prior identifies",
    )
    options = parser.parse_args()
    if options.prior_only:
        with tempfile.TemporaryDirectory() as folder:
            fitted = fitted_prior_only().save(Path(folder) / "posterior.nc")
            store(Path(fitted), PRIOR_ONLY, kept=100, bits=53)
        return
    asked = options.thin
    if asked:
        thin(asked[0], Path(asked[1]))
    for name in asked[:1] if asked else studies():
        renew_faces(name)
    if not asked:
        write_draws()


if __name__ == "__main__":
    main()
