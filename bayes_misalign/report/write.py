"""Reports and results to disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bayes_misalign.errors import CannotWrite, ResultError
from bayes_misalign.inference.groups import POSTERIOR_FILE, write_netcdf, write_whole
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.folder import check_target, replaced_folder
from bayes_misalign.report.manifest import MANIFEST, listed_files
from bayes_misalign.report.render_csv import agents_table, csv_tables, tables_of_all
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.seal import is_sealed, sealed

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior

__all__ = ["check_target", "write_folder", "write_report"]


def write_report(result: Posterior, path: str | Path, *, force: bool = False) -> Path:
    """Write the report as one file, under a temporary name first."""
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".html", ".htm", ".md"):
        raise ResultError(f"a report ends in .html or .md, not {path.name!r}")
    try:
        _check_report(path, force)
        findings = gather(result)
        text = sealed(to_markdown(findings) if kind == ".md" else to_html(findings))
        partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            write_whole(partial, text.encode())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise CannotWrite(f"{path} cannot be written ({why})") from error
    return path


def _check_report(path: Path, force: bool) -> None:
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


def write_folder(
    result: Posterior,
    folder: str | Path,
    *,
    force: bool = False,
    figures: bool = True,
    agents: Mapping[str, Mapping[str, float]] | None = None,
    study_file: str | None = None,
) -> Path:
    """Write posterior, reports, summary and tables as one folder: the whole of it, or nothing.

    A study that has no file of its own is written too, as `study_file` says it.
    """
    check_target(folder, force)
    findings = gather(result)
    drawn = draw_figures(findings) if figures else {}
    about = {"versions": findings.metadata.get("versions", {})}
    with replaced_folder(folder, force=force, about=about) as fresh:
        write_netcdf(result.groups, fresh / POSTERIOR_FILE)
        texts = _texts(findings, drawn)
        texts |= {f"tables/{name}": text for name, text in tables_of_all(result).items()}
        if agents is not None:
            texts["tables/agents.csv"] = agents_table(agents)
        if study_file is not None:
            texts["study.toml"] = study_file
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
