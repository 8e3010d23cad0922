"""Results on disk: the old folder or the new one, never a mix."""

import json
import os
from pathlib import Path

import pytest
from filelock import FileLock

import bayes_misalign as bm
from bayes_misalign.errors import Busy, CannotWrite, ResultError
from bayes_misalign.report import folder as transaction
from bayes_misalign.report import formats, write
from bayes_misalign.report.folder import check_target, replaced_folder
from bayes_misalign.report.verify import verify
from bayes_misalign.report.write import write_folder, write_report
from tests.report.cases import elicited_posterior, hostile_posterior, withheld_posterior

TABLES = [
    "misalignment",
    "proportions",
    "conflict",
    "between",
    "contrasts",
    "contributions",
    "levers",
]
TABLES += ["attribution", "counts"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write_folder(elicited_posterior(), tmp_path / "results", figures=False)


def test_everything_is_written_and_listed(tmp_path: Path) -> None:
    made = write_folder(elicited_posterior(), tmp_path / "new" / "results")
    found = contents(made)
    expected = {"posterior.nc", "report.html", "report.md", "summary.json", "manifest.json"}
    expected |= {f"tables/{name}.csv" for name in TABLES}
    assert expected <= set(found)
    assert all(name.startswith("figures/") for name in set(found) - expected)
    manifest = json.loads(found["manifest.json"])
    assert set(manifest["files"]) == set(found) - {"manifest.json"}
    assert "numpy" in manifest["versions"]
    verify(made)
    assert (bm.load(made / "posterior.nc").shares() == elicited_posterior().shares()).all()
    markdown = found["report.md"].decode()
    for name in set(found) - expected:
        assert f"]({name})" in markdown
    assert sorted(p.name for p in made.parent.iterdir()) == ["results"]


def test_the_same_posterior_gives_the_same_bytes(results: Path, tmp_path: Path) -> None:
    again = contents(write_folder(elicited_posterior(), tmp_path / "again", figures=False))
    for name, data in contents(results).items():
        if name not in ("posterior.nc", "manifest.json"):
            assert again[name] == data


def test_its_own_folder_is_replaced(results: Path) -> None:
    write_folder(withheld_posterior(), results, figures=False)
    assert json.loads((results / "summary.json").read_text())["trustworthy"] is False
    verify(results)
    assert sorted(p.name for p in results.parent.iterdir()) == ["results"]


def test_what_others_wrote_is_refused_or_set_aside(results: Path) -> None:
    (results / "thesis.tex").write_text("years of work")
    before = contents(results)
    with pytest.raises(ResultError, match=r"thesis\.tex.*--force"):
        write_folder(elicited_posterior(), results)
    assert contents(results) == before
    write_folder(withheld_posterior(), results, force=True, figures=False)
    assert not (results / "thesis.tex").exists()
    assert contents(results.with_name("results.replaced")) == before


@pytest.mark.parametrize("kind", ["link", "file", "home", "here"])
def test_what_is_no_folder_for_results_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    if kind == "link":
        (tmp_path / "real").mkdir()
        target.symlink_to(tmp_path / "real")
    elif kind == "file":
        target.write_text("a file")
    else:
        target.mkdir()
        monkeypatch.setenv("HOME", str(target))
        if kind == "here":
            monkeypatch.chdir(target)
    with pytest.raises(ResultError) as error:
        check_target(target, force=True)
    assert not isinstance(error.value, CannotWrite)
    if kind == "file":
        with pytest.raises(CannotWrite):
            check_target(target / "below")


def test_a_place_that_is_not_writable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(CannotWrite, match="not writable") as error:
        check_target(tmp_path / "results")
    assert error.value.exit_status == 4


@pytest.mark.parametrize("step", ["to_html", "write_manifest", "_to_disk", "rename"])
def test_a_failure_leaves_the_old_folder(
    step: str, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(results)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if step == "rename":
        real = Path.rename

        def rename(self: Path, other: Path) -> Path:
            if self.name.endswith("-new"):
                full()
            return real(self, other)

        monkeypatch.setattr(Path, "rename", rename)
    else:
        monkeypatch.setattr(write if step == "to_html" else transaction, step, full)
    with pytest.raises(CannotWrite, match="No space left"):
        write_folder(withheld_posterior(), results, figures=False)
    monkeypatch.undo()
    assert contents(results) == before
    assert [p.name for p in results.parent.iterdir()] == ["results"]


def test_an_interruption_leaves_the_old_folder(results: Path) -> None:
    before = contents(results)

    def stopped_in_the_middle() -> None:
        with replaced_folder(results) as fresh:
            (fresh / "half").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_in_the_middle()
    assert contents(results) == before
    assert [p.name for p in results.parent.iterdir()] == ["results"]


def test_a_run_killed_between_two_renames_is_put_right(results: Path) -> None:
    before = contents(results)
    results.rename(results.with_name(".results.bayes-misalign-old"))
    results.with_name(".results.bayes-misalign-new").mkdir()
    with pytest.raises(CannotWrite), replaced_folder(results):
        raise OSError("stopped")
    assert contents(results) == before
    assert [p.name for p in results.parent.iterdir()] == ["results"]


def test_a_second_writer_is_kept_out(results: Path) -> None:
    before = contents(results)
    with FileLock(results.with_name(".results.bayes-misalign-lock")), pytest.raises(Busy) as error:
        write_folder(elicited_posterior(), results, figures=False)
    assert error.value.exit_status == 5
    assert contents(results) == before


@pytest.mark.parametrize("damage", ["flip", "remove", "manifest"])
def test_damage_is_found(damage: str, results: Path) -> None:
    path = results / ("manifest.json" if damage == "manifest" else "posterior.nc")
    if damage == "remove":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2 if damage == "flip" else 0] ^= 1
        path.write_bytes(data)
    with pytest.raises(ResultError, match=path.name):
        verify(results)
    if damage == "flip":
        with pytest.raises(ResultError, match=r"posterior\.nc"):
            verify(path)


def test_a_file_without_a_manifest_is_not_judged(tmp_path: Path) -> None:
    path = elicited_posterior().save(tmp_path / "posterior.nc")
    assert "arrays have their SHA-256" in verify(path).said
    with pytest.raises(ResultError, match=r"manifest\.json"):
        verify(tmp_path)


def test_file_names_never_come_from_labels(tmp_path: Path, results: Path) -> None:
    hostile = contents(write_folder(hostile_posterior(), tmp_path / "h", figures=False))
    assert set(hostile) == set(contents(results))


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_one_report(name: str, tmp_path: Path) -> None:
    path = elicited_posterior().report(tmp_path / name)
    assert path.read_text(encoding="utf-8").count("rarely/never") > 5
    beside = ["report-figures"] if name.endswith(".md") else []
    assert sorted(p.name for p in tmp_path.iterdir()) == [*beside, name]


def test_one_report_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ResultError, match=r"ends in '\.html', '\.htm', '\.md'"):
        write_report(elicited_posterior(), tmp_path / "report.odt")
    path = elicited_posterior().report(tmp_path / "report.md")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(formats, "write_whole", full)
    with pytest.raises(CannotWrite):
        write_report(withheld_posterior(), path)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report-figures", "report.md"]
