"""Results of several problem areas to a terminal, to reports, and to a folder."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayes_misalign.areas.plots import draw_areas, draw_ranks
from bayes_misalign.areas.quarto import to_quarto
from bayes_misalign.areas.sections import banner, document, headline, main_scope, sections
from bayes_misalign.areas.stored import write_parts
from bayes_misalign.page.blocks import Table
from bayes_misalign.page.csv_text import csv_text
from bayes_misalign.page.safe_text import markdown_text
from bayes_misalign.report.figures.canvas import Drawn, style
from bayes_misalign.report.folder import check_target, replaced_folder
from bayes_misalign.report.formats import Texts, write_formatted
from bayes_misalign.report.render_html import data_uri, environment
from bayes_misalign.report.render_json import plain_values
from bayes_misalign.report.render_markdown import rule
from bayes_misalign.report.render_terminal import print_block, print_line

if TYPE_CHECKING:
    from rich.console import Console

    from bayes_misalign.areas.posterior import AreasPosterior

SCHEMA = 1


def print_result(result: AreasPosterior, console: Console) -> None:
    """Print the state of a fit, its headline, and the blocks that sections have for a terminal."""
    text, reasons = banner(result)
    if result.diagnosis.state != "ok":
        print_line(console, text)
        for reason in reasons:
            print_line(console, f"  - {reason}")
        console.print()
    for said in headline(result):
        print_line(console, said)
    for section in sections(result):
        for block in section.of("terminal"):
            print_block(block, console)
    console.print()
    fitting = result.study.fitting
    how = "exact draws" if result.diagnosis.method == "exact" else "NUTS"
    print_line(console, f"{how}, {fitting.chains} × {fitting.draws}, seed {fitting.seed}")


def as_text(result: AreasPosterior) -> str:
    """Return what a terminal of 100 columns shows of a result, without colours."""
    from rich.console import Console

    file = io.StringIO()
    plain = Console(
        file=file, width=100, highlight=False, emoji=False, color_system=None, force_jupyter=False
    )
    print_result(result, plain)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def draw_figures(result: AreasPosterior) -> dict[str, Drawn]:
    """Draw every figure of a report, by name; none where numbers are withheld."""
    if result.withheld:
        return {}
    with style():
        made = [draw_areas(result), draw_ranks(result, main_scope(result))]
    return {figure.name: figure for figure in made}


def to_html(result: AreasPosterior, drawn: Mapping[str, Drawn]) -> str:
    """Return the report as one HTML page."""
    template = environment(escape=True).get_template("report.html.j2")
    pictures = {name: (data_uri(figure.svg), figure) for name, figure in drawn.items()}
    return template.render(report=document(result), pictures=pictures)


def to_markdown(result: AreasPosterior, pictures: Mapping[str, tuple[str, Drawn]]) -> str:
    """Return the report as Markdown."""
    made = environment(escape=False)
    made.filters |= {"md": markdown_text, "rule": rule}
    return made.get_template("report.md.j2").render(report=document(result), pictures=pictures)


def summary(result: AreasPosterior) -> dict[str, Any]:
    """Return the summary as dictionaries, lists, texts and numbers; None for what is withheld."""
    study, found = result.study, result.diagnosis
    content: dict[str, Any] = {
        "trustworthy": found.trustworthy,
        "withheld": result.withheld,
        "state": found.state,
        "reasons": [{"what": r.what, "remedy": r.remedy, "state": r.state} for r in found.reasons],
        "schema": SCHEMA,
        "name": study.name,
        "title": study.title,
        "method": found.method,
        "seed": study.fitting.seed,
        "chains": study.fitting.chains,
        "draws": study.fitting.draws,
        "interval": {
            "mass": study.reporting.interval.mass,
            "kind": study.reporting.interval.kind,
        },
        "problem_areas": list(result.areas),
        "populations": list(result.populations),
        "opposed": study.choices.opposed,
        "agreed": study.choices.agreed,
    }
    for section in sections(result):
        content |= section.summary
    made: dict[str, Any] = plain_values(content)
    return made


def csv_tables(result: AreasPosterior) -> dict[str, str]:
    """Return every table as CSV text, by file name."""
    return {
        f"{block.name}.csv": csv_text([block.headings("csv"), *block.cells("csv")])
        for section in sections(result)
        for block in section.of("csv")
        if isinstance(block, Table)
    }


def write_folder(
    result: AreasPosterior, folder: str | Path, *, force: bool = False, figures: bool = True
) -> Path:
    """Write posteriors, reports, summary and tables as one folder: the whole of it, or nothing."""
    check_target(folder, force)
    drawn = draw_figures(result) if figures else {}
    pictures = {name: (f"figures/{name}.svg", figure) for name, figure in drawn.items()}
    texts = {
        "report.html": to_html(result, drawn),
        "report.md": to_markdown(result, pictures),
        "summary.json": json.dumps(summary(result), ensure_ascii=False, indent=1, allow_nan=False)
        + "\n",
        **{f"tables/{name}": text for name, text in csv_tables(result).items()},
        **{where: figure.svg for where, figure in pictures.values()},
    }
    about = {"versions": result.parts[0][1].groups.metadata.get("versions", {})}
    with replaced_folder(folder, force=force, about=about) as fresh:
        write_parts(result, fresh)
        for name, text in texts.items():
            file = fresh / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    return Path(folder)


def write_report(result: AreasPosterior, path: str | Path, *, force: bool = False) -> Path:
    """Write the report; the format is that of the name."""
    texts = Texts(
        lambda: draw_figures(result),
        lambda drawn: to_html(result, drawn),
        lambda pictures: to_markdown(result, pictures),
        lambda folder, files: to_quarto(result, folder, files),
    )
    return write_formatted(lambda: texts, path, force=force)
