"""Reports and results to disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bayes_misalign.inference.groups import POSTERIOR_FILE, write_netcdf
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.folder import check_target, replaced_folder
from bayes_misalign.report.render_csv import agents_table, csv_tables, tables_of_all
from bayes_misalign.report.render_html import drawn_of, to_html
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown

if TYPE_CHECKING:
    from bayes_misalign.report.figures.canvas import Drawn
    from bayes_misalign.report.formats import Texts
    from bayes_misalign.report.posterior import Posterior

__all__ = ["check_target", "write_folder", "write_report"]


def write_report(result: Posterior, path: str | Path, *, force: bool = False) -> Path:
    """Write the report; the format is that of the name."""
    from bayes_misalign.report.formats import write_formatted

    return write_formatted(lambda: _texts_of(gather(result)), path, force=force)


def _texts_of(findings: Findings) -> Texts:
    from bayes_misalign.report.formats import Texts
    from bayes_misalign.report.quarto import to_quarto

    return Texts(
        lambda: drawn_of(findings),
        lambda drawn: to_html(findings, drawn=drawn),
        lambda pictures: to_markdown(findings, pictures),
        lambda folder, files: to_quarto(findings, folder, files),
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
    drawn = drawn_of(findings) if figures else {}
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
