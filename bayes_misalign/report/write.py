"""Reports and results to disk."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bayes_misalign.errors import ResultError
from bayes_misalign.inference.groups import write_netcdf
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.folder import (
    MANIFEST,
    Busy,
    CannotWrite,
    check_target,
    read_manifest,
    replaced_folder,
    sha256,
)
from bayes_misalign.report.render_csv import agents_table, csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior

__all__ = [
    "Busy",
    "CannotWrite",
    "check_target",
    "verify_file",
    "verify_folder",
    "write_folder",
    "write_report",
]

POSTERIOR_FILE = "posterior.nc"


def write_report(result: Posterior, path: str | Path) -> Path:
    """Write the report as one file, under a temporary name first."""
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".html", ".htm", ".md"):
        raise ResultError(f"a report ends in .html or .md, not {path.name!r}")
    if path.is_symlink() or path.is_dir():
        what = "a folder" if path.is_dir() else "a symbolic link"
        raise ResultError(f"{path} is {what}. Fix: name a file for the report")
    findings = gather(result)
    text = to_markdown(findings) if kind == ".md" else to_html(findings)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            _write(partial, text)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written ({error.strerror or error})") from error
    return path


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def write_folder(
    result: Posterior,
    folder: str | Path,
    *,
    force: bool = False,
    figures: bool = True,
    agents: Mapping[str, Mapping[str, float]] | None = None,
) -> Path:
    """Write posterior, reports, summary and tables as one folder: the whole of it, or nothing."""
    check_target(folder, force)
    findings = gather(result)
    drawn = draw_figures(findings) if figures else {}
    about = {"versions": findings.metadata.get("versions", {})}
    with replaced_folder(folder, force=force, about=about) as fresh:
        write_netcdf(result.groups, fresh / POSTERIOR_FILE)
        texts = _texts(findings, drawn)
        if agents is not None:
            texts["tables/agents.csv"] = agents_table(agents)
        for name, text in texts.items():
            file = fresh / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    return Path(folder)


def _texts(findings: Findings, drawn: Mapping[str, Drawn]) -> dict[str, str]:
    pictures = {name: (f"figures/{name}.svg", figure) for name, figure in drawn.items()}
    return {
        "report.html": to_html(findings, drawn=drawn),
        "report.md": to_markdown(findings, pictures),
        "summary.json": to_json(findings),
        **{f"tables/{name}": text for name, text in csv_tables(findings).items()},
        **{where: figure.svg for where, figure in pictures.values()},
    }


def verify_folder(folder: str | Path) -> None:
    """Compare a folder of results with its manifest."""
    folder = Path(folder)
    problems = []
    for name, expected in read_manifest(folder)["files"].items():
        path = folder / str(name)
        if not path.is_file():
            problems.append(f"{path} is missing")
        elif sha256(path) != expected:
            problems.append(f"{path} is damaged, or was changed: it differs from {MANIFEST}")
    if problems:
        raise ResultError(*problems)


def verify_file(path: str | Path) -> None:
    """Compare one file of results with the manifest beside it, if there is one that names it."""
    path = Path(path)
    try:
        expected = json.loads((path.parent / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if path.is_file() and path.name in expected and sha256(path) != expected[path.name]:
        raise ResultError(f"{path} is damaged, or was changed: it differs from {MANIFEST}")
