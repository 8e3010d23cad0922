"""Programs that make other formats of a report, where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from bayes_misalign.errors import ResultError
from bayes_misalign.report.word_styles import with_smaller_text

PANDOC = (
    "a .docx is made by pandoc, which is not installed. Fix: pip install pypandoc_binary, or "
    "https://pandoc.org/installing.html; --to html and --to md need nothing more"
)
BROWSER = (
    "a .pdf is printed by Chromium or Chrome, and neither is installed. Fix: install one, or name "
    "it in the environment variable CHROME_PATH; or open the HTML report and print it"
)
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 180
# the reader of GitHub's Markdown takes no widths of columns
READ = "markdown_strict-raw_html+pipe_tables+all_symbols_escapable+intraword_underscores"


def pandoc() -> str:
    """Return where pandoc is: on the path, or in the package pypandoc_binary."""
    if (found := shutil.which("pandoc")) is not None:
        return found
    if find_spec("pypandoc") is not None:
        import pypandoc

        try:
            return str(pypandoc.get_pandoc_path())
        except OSError:
            pass
    raise ResultError(PANDOC)


def browser() -> str:
    """Return where a browser is that prints without a window."""
    named = os.environ.get("CHROME_PATH")
    every = [named] if named else [*BROWSERS, *PLACES]
    found = next(filter(None, map(shutil.which, every)), None)
    if found is None:
        raise ResultError(BROWSER)
    return found


def check_program(suffix: str) -> None:
    """Refuse a format whose program is not installed."""
    if suffix == ".docx":
        pandoc()
    elif suffix == ".pdf":
        browser()


def to_docx(markdown: str, pictures: Mapping[str, bytes]) -> bytes:
    """Return a Markdown report, with the pictures that it names, as a Word document."""
    program = pandoc()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for picture, data in pictures.items():
            (folder / picture).write_bytes(data)
        (folder / "report.md").write_text(markdown, encoding="utf-8")
        (folder / "empty.md").write_text("", encoding="utf-8")
        made = _made([program, "--output=report.docx", "empty.md"], folder, "report.docx", b"PK")
        (folder / "styles.docx").write_bytes(with_smaller_text(made))
        arguments = [f"--from={READ}", "--to=docx", "--metadata=lang:en", "--output=report.docx"]
        # every table is as wide as the page, and its columns as the lines below headings say
        arguments += ["--columns=1", "--reference-doc=styles.docx"]
        return _made([program, *arguments, "report.md"], folder, "report.docx", b"PK")


def to_pdf(html: str) -> bytes:
    """Return an HTML report as it is printed."""
    program = browser()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page = folder / "report.html"
        page.write_text(html, encoding="utf-8")
        arguments = [
            "--headless=new",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={folder / 'report.pdf'}",
        ]
        # a page without scripts; and root has no other sandbox to offer
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            arguments.append("--no-sandbox")
        return _made([program, *arguments, page.as_uri()], folder, "report.pdf", b"%PDF")


def _made(command: Sequence[str], folder: Path, name: str, start: bytes) -> bytes:
    """Return the file that a program made; its last words where it made none."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ResultError(f"{command[0]} did not end within {SECONDS} seconds") from error
    except OSError as error:
        raise ResultError(f"{command[0]} cannot be started ({error.strerror or error})") from error
    data = (folder / name).read_bytes() if (folder / name).is_file() else b""
    if done.returncode or not data.startswith(start):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ResultError(
            f"{command[0]} made no {name} ({said[-1] if said else 'no reason given'})"
        )
    return data
