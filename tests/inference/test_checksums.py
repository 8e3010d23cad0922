"""Damage to a saved result is seen: refused in one line, or the numbers are the same."""

import io
import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
import pytest
import xarray as xr

import bayes_misalign as bm
from bayes_misalign.errors import ResultError
from bayes_misalign.inference import checksums
from bayes_misalign.inference.groups import METADATA, Groups, from_bytes, to_bytes, to_datatree
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.report.verify import verify

GOLDEN = Path(__file__).parents[1] / "golden"
FLIPS = 500


@cache
def posterior() -> bm.Posterior:
    area = bm.ProblemArea("vote", ["stay", "leave"], no_goal=["unsure"])
    names = ["stay", "leave", "no goal"]
    counts = ChoiceCounts.from_counts(names, ["north", "south"], [[10, 5, 2], [1, 7, 0]])
    return bm.fit(area, counts, bm.Elicited({("stay", "leave"): (0.7, 1.0)}), draws=10)


@cache
def content() -> bytes:
    return to_bytes(posterior().groups)


@cache
def sound() -> Groups:
    return from_bytes(content())


@cache
def bare() -> bytes:
    """Return a file whose last line is lost, so that HDF5 and the sums inside have to tell."""
    return checksums.unsealed(content())


def same(one: Groups, other: Groups) -> bool:
    def flat(groups: Groups) -> dict[str, Any]:
        return {
            f"{group}/{name}": (dims, array.dtype, array.shape, array.tobytes())
            for group, variables in groups.groups.items()
            for name, (dims, array) in variables.items()
        }

    return (
        flat(one) == flat(other) and one.coords == other.coords and one.metadata == other.metadata
    )


def edited(change: Callable[[h5py.File], None]) -> bytes:
    """Return a file that another program changed, which knew how to write the last line."""
    buffer = io.BytesIO(bare())
    with h5py.File(buffer, "r+") as file:
        change(file)
    return checksums.sealed(buffer.getvalue())


def as_older(change: Callable[[h5py.File], None] = lambda file: None, **metadata: Any) -> bytes:
    """Return a file as the first versions wrote it, without any checksum."""

    def strip(file: h5py.File) -> None:
        found = json.loads(file.attrs[METADATA])
        del found[checksums.CHECKSUMS], file.attrs[checksums.OF_METADATA]
        file.attrs[METADATA] = json.dumps({**found, **metadata})
        change(file)

    return checksums.unsealed(edited(strip))


def attempt(path: Path) -> tuple[bm.Posterior | None, str]:
    """Return a result, or what is said of it; any other error than ours is one of the test."""
    try:
        return bm.load(path), ""
    except bm.BayesMisalignError as error:
        return None, str(error)


def refusal(path: Path, damaged: bytes) -> str:
    path.write_bytes(damaged)
    with pytest.raises(ResultError) as error:
        bm.load(path)
    said = str(error.value)
    assert "\n" not in said
    assert said == said.strip()
    return said


def test_what_is_written_is_read(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {
        "flags": (("draw",), np.array([True, False, True])),
        "counts": (("draw", "goal"), np.arange(6).reshape(3, 2)),
        "single": ((), np.array(0.1)),
        "big-endian": (("draw",), np.array([1.5, -0.0, np.nan], dtype=">f8")),
        "turned": (("goal", "draw"), np.arange(6.0).reshape(3, 2).T),
        "nothing": (("none",), np.empty(0)),
    }
    groups = Groups({"own": arrays}, {"goal": ("é", "b")}, {"text": "\ud800 ↯", "n": 1})
    path = tmp_path / "posterior.nc"
    path.write_bytes(to_bytes(groups))
    again = from_bytes(path.read_bytes())
    assert again.checked
    assert again.metadata == groups.metadata
    assert again.coords == groups.coords
    for name, (dims, array) in arrays.items():
        assert again.groups["own"][name][0] == dims
        np.testing.assert_array_equal(again.groups["own"][name][1], array)
    for group, variables in posterior().groups.groups.items():
        for name, (_, array) in variables.items():
            assert sound().values(group, name).tobytes() == np.asarray(array).tobytes()


def test_other_programs_read_it(tmp_path: Path) -> None:
    path = posterior().save(tmp_path / "posterior.nc")
    with h5netcdf.File(path, "r") as file:
        drawn = [v for name, v in file["posterior"].variables.items() if "draw" in v.dimensions]
        assert all(v.fletcher32 for v in drawn if v.name != "/posterior/draw")
    with xr.open_datatree(path) as tree:
        xr.testing.assert_equal(tree.load(), to_datatree(posterior().groups))
        tree.to_netcdf(tmp_path / "again.nc", engine="h5netcdf")
    assert same(bm.load(tmp_path / "again.nc").groups, sound())


def test_flipped_bits_are_refused_or_change_nothing(tmp_path: Path) -> None:
    rng, path, kept = random.Random(20_220_601), tmp_path / "posterior.nc", 0
    for number in range(FLIPS):
        damaged = bytearray(content())
        # the last line is short, and so has places of its own
        last = number % 10 == 0
        first = 8 * len(bare()) if last else 0
        for place in rng.sample(range(first, 8 * len(damaged)), 1 if number % 4 else 3):
            damaged[place // 8] ^= 1 << place % 8
        path.write_bytes(damaged)
        found, said = attempt(path)
        assert "\n" not in said
        assert found is None or same(found.groups, sound()), number
        kept += found is not None
    assert kept < FLIPS // 5


def test_hdf5_sees_a_flipped_bit_of_an_array_too() -> None:
    drawn = posterior().groups.values("posterior", "misalignment")
    places = [bare().find(row.tobytes()[:64]) for row in drawn]
    assert min(places) > 0
    for place in places:
        damaged = bytearray(bare())
        damaged[place + 7] ^= 1
        with pytest.raises(OSError, match=r"(?i)filter|checksum|read"):
            from_bytes(bytes(damaged))


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.7, 0.999, 1.0])
def test_a_file_that_was_cut_short(part: float, tmp_path: Path) -> None:
    refusal(tmp_path / "posterior.nc", bare()[: int(part * (len(bare()) - 1))])


@pytest.mark.parametrize("line", [0, 1, 50])
def test_a_file_without_its_last_line_holds_the_same_numbers(line: int) -> None:
    assert same(from_bytes(content()[: len(bare()) + line]), sound())


def swap(file: h5py.File) -> None:
    file.move("posterior/misalignment", "posterior/kept")
    file.move("posterior/log_concentration", "posterior/misalignment")
    file.move("posterior/kept", "posterior/log_concentration")


def swap_groups(file: h5py.File) -> None:
    file.move("posterior", "kept")
    file.move("prior", "posterior")
    file.move("kept", "prior")


def change_a_number(file: h5py.File) -> None:
    file["posterior/misalignment"][0, 0, 0] = 0.25


def change_a_label(file: h5py.File) -> None:
    file["posterior/population"][0] = "nowhere"


def change_all_labels(file: h5py.File) -> None:
    for group in ("posterior", "prior", "observed_data"):
        file[group]["population"][0] = "nowhere"


def change_the_study(file: h5py.File) -> None:
    file.attrs[METADATA] = file.attrs[METADATA].replace("vote", "veto")


def remove_the_sums(file: h5py.File) -> None:
    found = json.loads(file.attrs[METADATA])
    del found[checksums.CHECKSUMS]
    file.attrs[METADATA] = text = json.dumps(found)
    file.attrs[checksums.OF_METADATA] = checksums.of_text(text)


def remove_a_variable(file: h5py.File) -> None:
    del file["posterior/log_concentration"]


def change_what_is_what(file: h5py.File) -> None:
    file["posterior/more"] = file["posterior/log_concentration"][...]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (swap, "posterior/log_concentration, posterior/misalignment"),
        (swap_groups, "posterior/misalignment"),
        (change_a_number, "not as they were written: posterior/misalignment"),
        (change_a_label, "label population differently"),
        (change_all_labels, "not as they were written: population"),
        (change_the_study, "metadata differ"),
        (remove_the_sums, "checksums of its arrays are missing"),
        (remove_a_variable, "posterior/log_concentration"),
        (change_what_is_what, "posterior"),
    ],
)
def test_what_another_program_changed(
    change: Callable[[h5py.File], None], says: str, tmp_path: Path
) -> None:
    assert says in refusal(tmp_path / "posterior.nc", edited(change))


@pytest.mark.parametrize("name", ["posterior", "prior"])
@pytest.mark.parametrize("variable", ["proportion", "conflict_level", "misalignment"])
@pytest.mark.parametrize("value", [1e300, -0.01, np.nan, 1.0000001])
def test_what_is_no_probability_is_refused(
    name: str, variable: str, value: float, tmp_path: Path
) -> None:
    def change(file: h5py.File) -> None:
        numbers = file[name][variable]
        numbers[(0,) * numbers.ndim] = value

    said = refusal(tmp_path / "old.nc", as_older(change))
    assert variable in said
    assert "outside [0, 1]" in said


def test_a_result_of_an_older_version_is_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "posterior.nc"
    path.write_bytes(as_older())
    assert not bm.load(path).groups.checked
    assert same(bm.load(path).groups, sound())
    (note,) = verify(path).notes
    assert "no checksums of its own" in note
    kept = sorted(GOLDEN.glob("*/posterior.nc"))
    assert kept
    assert all(bm.load(one).misalignment() for one in kept)
    assert verify(posterior().save(tmp_path / "new.nc")).notes == ()


SHAPES: dict[str, Any] = {
    "a number": 3,
    "a list": [1, 2],
    "a text": "x",
    "nothing": None,
    "an empty table": {},
    "a table of lists": {"goals": [], "conflict": [], "area": []},
    "deep": {"goals": {"model": {"model": {"model": []}}}},
}


@pytest.mark.parametrize("key", ["study", "diagnosis", "schema", "versions"])
@pytest.mark.parametrize("shape", SHAPES)
def test_metadata_of_another_shape(key: str, shape: str, tmp_path: Path) -> None:
    path = tmp_path / "old.nc"
    path.write_bytes(as_older(**{key: SHAPES[shape]}))
    found, said = attempt(path)
    assert "\n" not in said
    assert found is None or key == "versions"


@pytest.mark.parametrize("field", ["area", "goals", "conflict", "populations", "fitting", "union"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_study_of_another_shape(field: str, shape: str, tmp_path: Path) -> None:
    plain = {**posterior().groups.metadata["study"], field: SHAPES[shape]}
    path = tmp_path / "old.nc"
    path.write_bytes(as_older(study=plain))
    found, said = attempt(path)
    assert "\n" not in said
    assert found is None or field in ("populations", "union", "fitting")


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "[" * 3000, '{"study": ' * 3000, "9" * 5000, "{", "nan"]
)
def test_metadata_that_are_no_table(text: str, tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        file.attrs[METADATA] = text

    refusal(tmp_path / "old.nc", as_older(change))


@pytest.mark.parametrize(
    "other", [b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"region,answer\n" * 9]
)
def test_what_is_no_netcdf(other: bytes, tmp_path: Path) -> None:
    refusal(tmp_path / "posterior.nc", other)


def test_draws_that_are_not_those_of_the_study(tmp_path: Path) -> None:
    plain = posterior().groups.metadata["study"]
    fewer = json.loads(json.dumps(plain))
    fewer["goals"]["populations"] = ["north"]
    refusal(tmp_path / "old.nc", as_older(study=fewer))


def test_a_path_that_cannot_be(tmp_path: Path) -> None:
    for name in ("x" * 5000, "a\0b", "nothing.nc"):
        with pytest.raises(ResultError):
            bm.load(tmp_path / name)
    with pytest.raises(ResultError):
        bm.load(tmp_path)
