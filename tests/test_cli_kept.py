"""What the command line keeps, checks, and does not repeat."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bayes_misalign import cli
from tests.test_cli import ANSWERS, STUDY, Run

ORDERS = "\x1b[2J\x1b]0;title\x07\u202eevil\u2066"
SECRETS = {
    "passwd": "root:x:0:0:root:/root:/bin/s3cr3t\ndaemon:x:1:1:daemon:/usr/sbin:/bin/sh\n",
    "shadow": "root:$6$s3cr3t:19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\n",
    "key": "-----BEGIN s3cr3t PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END PRIVATE KEY-----\n",
    "env": "TOKEN=s3cr3t,5\nHOME=/root\n",
    "password": "s3cr3t\n",
}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(capsys, monkeypatch)


def write_study(folder: Path, data: str = "answers.csv", more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    study = STUDY.replace('"answers.csv"', json.dumps(data) + more)
    (folder / "study.toml").write_text(study + "\n[fit]\ndraws = 10\n", encoding="utf-8")
    (folder / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    return folder / "study.toml"


@pytest.fixture
def results(tmp_path: Path, run: Run) -> Path:
    status, _, err = run("fit", write_study(tmp_path), "--no-figures")
    assert status == 0, err
    return tmp_path / "study-results"


def test_a_name_is_shown_and_not_obeyed(run: Run, tmp_path: Path) -> None:
    study = write_study(tmp_path / ORDERS)
    (study.parent / "file.md").write_text("a file")
    saved = study.parent / "study-results" / "posterior.nc"
    calls: list[tuple[Any, ...]] = [
        ("check", study),
        ("fit", study, "--no-figures"),
        ("report", saved, "--out", study.parent / "own.md"),
        ("report", saved, "--out", study.parent / "file.md"),
        ("verify", saved.parent),
        ("verify", saved),
        ("simulate", study),
        ("check", study.parent),
        ("check", study.with_name(f"no{ORDERS}")),
        ("fit", study, "--out", study.parent / "file.md"),
        ("fit", study, "--out", study.parent),
        ("verify", study),
        ("models", ORDERS),
        (ORDERS,),
        ("check", study, ORDERS),
        ("fit", study, f"--{ORDERS}"),
        ("fit", study, "--draws", ORDERS),
    ]
    for call in calls:
        status, out, err = run(*call)
        assert status in (0, 2), (call, err)
        found = {c for c in out + err if c in ORDERS and not c.isprintable()}
        assert not found, (call, found)
        assert "Traceback" not in err
    saved.write_bytes(saved.read_bytes()[:-200])
    for call in (("verify", saved.parent), ("verify", saved), ("report", saved)):
        status, out, err = run(*call)
        assert status == 2
        assert "\x1b" not in out + err


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("separator", [None, ":", "=", " "])
def test_what_is_no_table_is_not_repeated(
    name: str, separator: str | None, run: Run, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(SECRETS[name])
    more = "" if separator is None else f'\nseparator = "{separator}"'
    study = write_study(tmp_path, str(tmp_path / name), more)
    for command in ("check", "fit"):
        status, out, err = run(command, study)
        assert status == 2
        assert name in err
        assert "s3cr3t" not in out + err


def test_verify_tells_what_is_as_it_was_written(run: Run, results: Path) -> None:
    status, out, _ = run("verify", results)
    assert status == 0
    assert "files are as they were written" in out
    status, out, _ = run("verify", results / "posterior.nc")
    assert status == 0
    assert "arrays have their SHA-256, and the file is the one in manifest.json" in out
    run("report", results / "posterior.nc", "--out", results / "posterior-report.md")
    # the report is the package's own as well, as long as nobody changed it
    assert run("verify", results)[1].count("Note") == 0
    (results / "thesis.tex").write_text("years of work")
    status, out, _ = run("verify", results)
    assert status == 0
    assert "not of this package, and not checked: 'thesis.tex'" in out


@pytest.mark.parametrize("file", ["posterior.nc", "report.md", "manifest.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_verify_names_what_is_not(file: str, damage: str, run: Run, results: Path) -> None:
    path = results / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content if damage == "flip" else content[: len(content) // 2])
    if damage == "remove":
        path.unlink()
    status, out, err = run("verify", results)
    assert (status, out) == (2, "")
    assert file in err
    assert err.count("\n") == 1
    status, _, err = run("report", results / "posterior.nc")
    # a report needs the posterior, and a list beside it that can be believed
    assert status == (
        0 if file == "report.md" or (file, damage) == ("manifest.json", "remove") else 2
    )
    assert "Traceback" not in err


def test_verify_of_simulated_data_and_of_what_is_none(run: Run, tmp_path: Path) -> None:
    study = write_study(tmp_path)
    run("simulate", study)
    assert run("verify", tmp_path / "study-simulated")[0] == 0
    (tmp_path / "study-simulated" / "truth.json").write_text("{}")
    assert "truth.json" in run("verify", tmp_path / "study-simulated")[2]
    for path in (tmp_path, study, tmp_path / "nothing", tmp_path / ("x" * 5000)):
        status, _, err = run("verify", path)
        assert status == 2
        assert err.startswith("Error: ")


def test_a_report_is_not_written_over_another_file(run: Run, results: Path, tmp_path: Path) -> None:
    saved = results / "posterior.nc"
    mine = tmp_path / "mine.md"
    mine.write_text("years of work")
    status, _, err = run("report", saved, "--out", mine)
    assert status == 2
    assert "did not write it" in err
    assert mine.read_text() == "years of work"
    assert run("report", saved, "--out", mine, "--force")[0] == 0
    # its own is written again, unless somebody worked on it
    assert run("report", saved, "--out", mine)[0] == 0
    mine.write_text(mine.read_text().replace("stay", "Stay"))
    assert run("report", saved, "--out", mine)[0] == 2
    status, _, err = run("report", saved, "--out", results / "report.md", "--force")
    assert status == 2
    assert "belongs to the results" in err
    assert run("verify", results)[0] == 0


def test_a_full_disk_under_the_output_is_said_in_one_line(
    run: Run, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "shown_line", full)
    assert run("verify", results) == (4, "", "Error: No space left on device.\n")


def test_cache_shows_and_clears_compiled_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["bayes-misalign", "cache", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert not end.value.code
        return capsys.readouterr().out

    monkeypatch.setenv("BAYES_MISALIGN_CACHE", str(tmp_path))
    assert said() == f"0 compiled models, 0.0 MB, in {tmp_path}.\n"
    (tmp_path / "one.code").write_bytes(b"x" * 250_000)
    assert said() == f"1 compiled model, 0.2 MB, in {tmp_path}.\n"
    assert said("--clear") == f"Removed 1 compiled model, 0.2 MB, from {tmp_path}.\n"
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("BAYES_MISALIGN_CACHE", "off")
    assert said() == "Nothing is kept: BAYES_MISALIGN_CACHE is off.\n"
