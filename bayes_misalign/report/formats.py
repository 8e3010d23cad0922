"""A report in the format of its file's name, whatever it is about."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bayes_misalign.errors import CannotWrite, ResultError, listed
from bayes_misalign.inference.groups import write_whole
from bayes_misalign.report.manifest import FIGURES, MANIFEST, found_files, listed_files
from bayes_misalign.report.seal import is_sealed, sealed, sealed_pdf, sealed_zip

if TYPE_CHECKING:
    from bayes_misalign.report.figures.canvas import Drawn

SUFFIXES = (".html", ".htm", ".md", ".docx", ".pdf", ".qmd")


@dataclass(frozen=True)
class Texts:
    """The texts of a report, from which every format is made.

    Parameters
    ----------
    draw : callable
        Returns the figures by name.
    html : callable
        Takes the figures; returns the page.
    markdown : callable
        Takes the link and figure of each name; returns the text.
    quarto : callable
        Takes a folder of results and the names of its files; returns a document that reads them.
    """

    draw: Callable[[], Mapping[str, Drawn]]
    html: Callable[[Mapping[str, Drawn]], str]
    markdown: Callable[[Mapping[str, tuple[str, Drawn]]], str]
    quarto: Callable[[str, set[str]], str]


def write_formatted(texts: Callable[[], Texts], path: str | Path, *, force: bool = False) -> Path:
    """Write a report, every file under a temporary name first; the format is that of the name.

    Markdown has its figures in a folder beside it, and Quarto its numbers in one of results.
    """
    from bayes_misalign.report.converters import check_program

    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ResultError(f"a report ends in {listed(SUFFIXES)}, not in {path.suffix!r}")
    try:
        _check(path, force)
        check_program(path.suffix.lower())  # before anything is worked out
        made = _made(texts(), path)
        for file in made:
            _check(file, force)
        for file, data in reversed(made.items()):  # the report itself last
            file.parent.mkdir(exist_ok=True)
            _replace(file, data)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise CannotWrite(f"{path} cannot be written ({why})") from error
    return path


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write_whole(partial, data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _made(texts: Texts, path: Path) -> dict[Path, bytes]:
    """Return the files that a report in the format of a name consists of, itself first."""
    from bayes_misalign.report.converters import to_docx, to_pdf

    match path.suffix.lower():
        case ".md":
            beside = path.with_name(f"{path.stem}{FIGURES}")
            drawn = texts.draw()
            links = {n: (f"{quote(beside.name)}/{n}.svg", one) for n, one in drawn.items()}
            files = {path: sealed(texts.markdown(links)).encode()}
            return files | {beside / f"{n}.svg": sealed(d.svg).encode() for n, d in drawn.items()}
        case ".docx":
            drawn = texts.draw()
            pictures = {f"{name}.png": figure.png for name, figure in drawn.items()}
            links = {name: (f"{name}.png", figure) for name, figure in drawn.items()}
            return {path: sealed_zip(to_docx(texts.markdown(links), pictures))}
        case ".pdf":
            return {path: sealed_pdf(to_pdf(texts.html(texts.draw())))}
        case ".qmd":
            folder = path.resolve().parent
            if not (folder / "summary.json").is_file():
                raise ResultError(
                    f"a Quarto document reads its numbers from the folder that it is in, and "
                    f"{folder} holds no results. Fix: write it into the folder of results"
                )
            files_there = {name for name, _ in found_files(folder)}
            return {path: sealed(texts.quarto(".", files_there)).encode()}
        case _:
            return {path: sealed(texts.html(texts.draw())).encode()}


def _check(path: Path, force: bool) -> None:
    """Refuse to write a report over what is none, or over what somebody changed."""
    if path.is_symlink() or path.is_dir():
        what = "a folder" if path.is_dir() else "a symbolic link"
        raise ResultError(f"{path} is {what}. Fix: name a file for the report")
    if not path.exists():
        return
    if (path.parent / MANIFEST).exists() and path.name in listed_files(path.parent):
        raise ResultError(
            f"{path} belongs to the results in its folder. Fix: name another file; `fit` writes "
            "all of them again"
        )
    if not force and not is_sealed(path):
        raise ResultError(
            f"{path} is there, and this package did not write it, or it was changed since. "
            "Fix: name another file, or --force (force=True) to write over it"
        )
