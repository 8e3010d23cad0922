"""Reports in other formats, made by kept programs where these are installed."""

import contextlib
import csv
import io
import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest

import bayes_misalign as bm
from bayes_misalign.errors import ResultError
from bayes_misalign.report import converters
from bayes_misalign.report.manifest import foreign_files
from bayes_misalign.report.seal import is_sealed, sealed_pdf, sealed_zip
from bayes_misalign.report.word_styles import NAMESPACE, with_smaller_text
from bayes_misalign.report.write import write_folder, write_report
from bayes_misalign.terminal.reporting import Format, target_of
from tests.report.cases import elicited_posterior, hostile_posterior, single_posterior

FORMATS = [kind.value for kind in Format]


def program(folder: Path, name: str, script: str) -> Path:
    """Put a program into a folder."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROME_PATH", raising=False)
    monkeypatch.setattr(converters, "PLACES", ())
    monkeypatch.setattr(converters, "find_spec", lambda _: None)
    return folder


@pytest.mark.parametrize(("kind", "named"), [("docx", "pandoc"), ("pdf", "Chromium")])
def test_a_program_that_is_missing_is_named(
    kind: str, named: str, nothing_installed: Path, tmp_path: Path
) -> None:
    with pytest.raises(ResultError, match=f"{named}.*installed.*Fix: ") as error:
        write_report(single_posterior(), tmp_path / f"report.{kind}")
    assert "\n" not in str(error.value)
    assert list(tmp_path.glob("report*")) == []


@pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")
@pytest.mark.parametrize(
    ("kind", "name", "script", "why"),
    [
        ("docx", "pandoc", "echo out of order >&2; exit 3", "out of order"),
        ("docx", "pandoc", "echo no > report.docx", "no reason given"),
        ("pdf", "chromium", "exit 0", "no reason given"),
    ],
)
def test_a_program_that_fails_is_quoted(
    kind: str, name: str, script: str, why: str, nothing_installed: Path, tmp_path: Path
) -> None:
    program(nothing_installed, name, script)
    with pytest.raises(ResultError, match=f"made no report.{kind}.*{why}"):
        write_report(single_posterior(), tmp_path / f"report.{kind}")
    assert list(tmp_path.glob("report*")) == []


@pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")
def test_a_program_is_given_the_report(nothing_installed: Path, tmp_path: Path) -> None:
    said = tmp_path / "said.html"
    script = (
        f'for x; do last=$x; done; /bin/cp "${{last#file://}}" {said}; printf %%PDF > report.pdf'
    )
    program(nothing_installed, "chromium", script)
    made = write_report(single_posterior(), tmp_path / "report.pdf")
    assert made.read_bytes().startswith(b"%PDF")
    assert is_sealed(made)
    assert "Content-Security-Policy" in said.read_text()


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_seals_of_files_that_are_no_text(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"report.{kind}"
    if kind == "pdf":
        data = sealed_pdf(b"%PDF-1.4\n%%EOF\n")
    else:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("word/document.xml", "<w/>")
        data = sealed_zip(file.getvalue())
    path.write_bytes(data)
    assert is_sealed(path)
    if kind == "docx":
        with zipfile.ZipFile(path) as found:
            assert found.testzip() is None
            assert found.namelist() == ["word/document.xml"]
    for place in (3, len(data) // 2, len(data) - 3):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert not is_sealed(path)


def test_markdown_has_its_figures_beside_it(tmp_path: Path) -> None:
    path = single_posterior().report(tmp_path / "a report.md")
    links = re.findall(r"\]\(([^)]*\.svg)\)", path.read_text(encoding="utf-8"))
    assert len(links) >= 2
    for link in links:
        figure = tmp_path / link.replace("%20", " ")
        assert is_sealed(figure)
        assert figure.read_text(encoding="utf-8").startswith("<svg")
    single_posterior().report(path)  # it may be written again
    figure.write_text("<svg>mine</svg>")
    before = path.read_bytes()
    with pytest.raises(ResultError, match=r"did not write it.*--force"):
        single_posterior().report(path)
    assert (figure.read_text(), path.read_bytes()) == ("<svg>mine</svg>", before)


def test_quarto_reads_the_numbers_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posterior = elicited_posterior()
    folder = write_folder(posterior, tmp_path / "results", figures=False)
    text = posterior.report(folder / "posterior-report.qmd").read_text(encoding="utf-8")
    assert foreign_files(folder) == []
    overall = posterior.overall()
    assert overall is not None
    assert f"{overall.mean:.3f}" not in text.split("## Methods")[0]
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for code in re.findall(r"```\{python\}\n(.*?)```", text, re.S):
            exec(code, names)  # noqa: S102  # what Quarto does
    inline = [eval(code, names) for code in re.findall(r"`\{python\} ([^`]*)`", text)]  # noqa: S307
    low, high = overall.interval
    assert f"{overall.mean:.3f} ({low:.3f} to {high:.3f})" in inline
    assert inline[0] == "ok"
    shown = printed.getvalue()
    for name, estimate in posterior.misalignment().items():
        assert f"| {name} | {estimate.mean:.3f} | " in shown
    for row in csv.DictReader(io.StringIO(Path("tables/proportions.csv").read_text())):
        assert f"| {row['population']} | {row['goal']} | {float(row['mean']):.3f} |" in shown
    assert json.loads(re.findall(r"^title: (.*)$", text, re.M)[0]) == posterior.study.title


def test_quarto_needs_a_folder_of_results(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"holds no results\. Fix: "):
        single_posterior().report(tmp_path / "report.qmd")


def test_quarto_documents_keep_hostile_labels_as_texts(tmp_path: Path) -> None:
    folder = write_folder(hostile_posterior(), tmp_path / "results", figures=False)
    text = hostile_posterior().report(folder / "posterior-report.qmd").read_text(encoding="utf-8")
    title = re.findall(r"^title: (.*)$", text, re.M)[0]
    assert json.loads(title).startswith("<h1>")
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("given", "to", "out", "found"),
    [
        ("x/posterior.nc", None, None, "x/posterior-report.html"),
        ("x/posterior.nc", Format.docx, None, "x/posterior-report.docx"),
        ("x/posterior.nc", None, "y.md", "y.md"),
        ("x/posterior.nc", Format.pdf, "y.PDF", "y.PDF"),
    ],
)
def test_the_name_of_a_report(given: str, to: Format | None, out: str | None, found: str) -> None:
    assert target_of(Path(given), to, None if out is None else Path(out)) == Path(found)


def test_the_name_of_a_report_on_a_folder(tmp_path: Path) -> None:
    assert target_of(tmp_path, Format.qmd, None) == tmp_path / "posterior-report.qmd"
    with pytest.raises(ResultError, match=r"--to asks for docx, and --out for \.md\. Fix: "):
        target_of(tmp_path, Format.docx, Path("x.md"))


@pytest.mark.slow
@pytest.mark.parametrize("posterior", [elicited_posterior, hostile_posterior])
def test_word_by_pandoc(posterior: object, tmp_path: Path) -> None:
    try:
        converters.pandoc()
    except ResultError as error:
        pytest.skip(str(error))
    made: bm.Posterior = posterior()  # type: ignore[operator]
    path = made.report(tmp_path / "report.docx")
    assert is_sealed(path)
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        words = found.read("word/document.xml").decode()
        pictures = [name for name in found.namelist() if name.endswith(".png")]
    assert len(pictures) >= 4
    assert words.count("<w:tbl>") >= 5
    for population in made.populations:
        assert population.split()[0].split("|")[0].split("<")[0] in words
    made.report(path)


@pytest.mark.slow
def test_a_pdf_by_a_browser(tmp_path: Path) -> None:
    try:
        converters.browser()
    except ResultError as error:
        pytest.skip(str(error))
    path = elicited_posterior().report(tmp_path / "report.pdf")
    assert is_sealed(path)
    assert path.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext"):
        import subprocess

        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout
        assert b"Seed, versions, and how to run it again" in text
    elicited_posterior().report(path)


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")
def test_a_word_document_has_columns_as_wide_as_their_words(tmp_path: Path) -> None:
    path = write_report(elicited_posterior(), tmp_path / "report.docx")
    with zipfile.ZipFile(path) as made:
        text, styles = (made.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
    table = text[text.index("<w:tbl>") : text.index("</w:tbl>")]
    widths = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', table)]
    assert len(set(widths)) > 2
    assert 'w:val="17"' in styles[styles.index('w:styleId="Compact"') :].split("</w:style>")[0]


def test_the_style_of_cells_is_smaller_whatever_else_a_document_holds() -> None:
    styles = f'<w:styles xmlns:w="{NAMESPACE}"><w:style w:styleId="Compact"/></w:styles>'
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        made.writestr("word/styles.xml", styles)
        made.writestr("other.xml", "<a/>")
    with zipfile.ZipFile(io.BytesIO(with_smaller_text(kept.getvalue()))) as made:
        assert made.read("other.xml") == b"<a/>"
        assert b'<w:sz w:val="17"' in made.read("word/styles.xml")
