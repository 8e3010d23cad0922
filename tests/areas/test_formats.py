"""Reports of several areas in every format."""

import contextlib
import csv
import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest

import bayes_misalign as bm
from bayes_misalign.report.manifest import foreign_files
from bayes_misalign.report.seal import is_sealed
from tests.areas.studies import fitted, panel
from tests.test_cli import Run

POSTERIOR = fitted(draws=100)


def test_quarto_reads_the_numbers_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = panel()
    table["group"] = [f"<b>{name}|" for name in table["group"]]
    area = bm.ProblemArea("<script>", ["yes", "no"])
    answers = bm.SingleChoice(table, population="group")
    posterior = bm.fit_areas(area, answers, bm.MutuallyExclusive(), areas="q_{area}", draws=50)
    folder = posterior.write(tmp_path / "results")
    path = posterior.report(folder / "posterior-report.qmd")
    text = path.read_text(encoding="utf-8")
    assert foreign_files(folder) == []
    assert is_sealed(path)
    assert "<b>" not in text.split("## What this rests on")[0]
    for name in ("areas", "ranks"):
        assert f"![](figures/{name}.svg)" in text
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for code in re.findall(r"```\{python\}\n(.*?)```", text, re.S):
            exec(code, names)  # noqa: S102  # what Quarto does
    shown = printed.getvalue()
    for file in ("areas", "together"):
        for row in csv.DictReader(Path(f"tables/{file}.csv").read_text("utf-8").splitlines()):
            numbers = " | ".join(f"{float(row[key]):.3f}" for key in ("mean", "lower", "upper"))
            assert f" | {numbers} |" in shown
    assert "| area | area_other |" in shown
    assert r"\<b\>men\|" in shown


def test_a_quarto_document_needs_the_folder_of_results(tmp_path: Path) -> None:
    with pytest.raises(bm.ResultError, match=r"holds no results\. Fix: write it into"):
        POSTERIOR.report(tmp_path / "report.qmd")
    with pytest.raises(bm.ResultError, match="a report ends in"):
        POSTERIOR.report(tmp_path / "report.txt")


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
def test_word(tmp_path: Path) -> None:
    path = POSTERIOR.report(tmp_path / "report.docx")
    assert is_sealed(path)
    with zipfile.ZipFile(path) as found:
        text = found.read("word/document.xml").decode()
        assert [name for name in found.namelist() if name.endswith(".png")]
    assert "P(ma) by problem area" in text


def test_the_command_writes_every_format(run: Run, tmp_path: Path) -> None:
    folder = POSTERIOR.write(tmp_path / "results", figures=False)
    for kind in ("md", "qmd"):
        status, out, err = run("report", folder, "--to", kind)
        assert status == 0, err
        assert f"posterior-report.{kind}" in out
        assert is_sealed(folder / f"posterior-report.{kind}")
    status, _, err = run("report", folder, "--to", "docx", "--out", tmp_path / "x.html")
    assert status == 2
    assert "Fix: leave one out" in err


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    with pytest.raises(bm.ResultError, match=r"did not write it.*--force"):
        POSTERIOR.report(mine)
    link = tmp_path / "link.html"
    link.symlink_to(mine)
    with pytest.raises(bm.ResultError, match="is a symbolic link"):
        POSTERIOR.report(link, force=True)
    assert mine.read_text() == "mine"
