"""The command that writes a report again, in another format if asked for."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bayes_misalign.errors import ResultError, printable
from bayes_misalign.terminal import several_areas
from bayes_misalign.terminal.pictures import import_matplotlib
from bayes_misalign.terminal.talk import NOT_CONVERGED, console, shown_line, working

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior


class Format(StrEnum):
    """A format of a report."""

    html = "html"
    md = "md"
    docx = "docx"
    pdf = "pdf"
    qmd = "qmd"


def report(
    posterior: Annotated[
        Path,
        typer.Argument(
            help="A saved posterior, posterior.nc, or a folder of results.", metavar="POSTERIOR"
        ),
    ],
    to: Annotated[
        Format | None,
        typer.Option(
            help="Format: html, md with figures beside it, docx (needs pandoc), pdf (needs "
            "Chromium or Chrome), or qmd, a Quarto document that reads the folder of results. "
            "Default: that of --out, else html."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write. Default: posterior-report.html beside the posterior."),
    ] = None,
    allow_unconverged: Annotated[
        bool, typer.Option("--allow-unconverged", help="Show numbers of an unconverged fit.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is no report of this package.")
    ] = False,
) -> None:
    """Write the report again, from a saved posterior that is as it was written."""
    from bayes_misalign import api
    from bayes_misalign.inference.groups import AREAS_FILE, POSTERIOR_FILE
    from bayes_misalign.report.render_terminal import print_result
    from bayes_misalign.report.verify import verify as check_sums

    target = target_of(posterior, to, out)
    if (posterior / AREAS_FILE).is_file():
        flags = several_areas.Flags(force, allow_unconverged)
        several_areas.report_folder(posterior, target, flags)
        return
    if posterior.is_dir():
        posterior /= POSTERIOR_FILE
    with working("reading"):
        notes = check_sums(posterior).notes
        loaded = api.load(posterior)
    for note in notes:
        print(f"Note: {printable(note)}.", file=sys.stderr)
    loaded.allow_unconverged = allow_unconverged
    out_to = console()
    print_result(loaded, out_to)
    with working("figures and report"):
        import_matplotlib()
        written = loaded.report(target, force=force)
    shown_line(out_to, f"Written: {written}")
    stop_unless_converged(loaded)


def target_of(posterior: Path, to: Format | None, out: Path | None) -> Path:
    """Return which file to write, in the format that was asked for."""
    from bayes_misalign.inference.groups import POSTERIOR_FILE

    if out is None:
        beside = posterior / POSTERIOR_FILE if posterior.is_dir() else posterior
        return beside.with_name(f"{beside.stem}-report.{to or Format.html}")
    if to is not None and out.suffix.lower() != f".{to}":
        raise ResultError(
            f"--to asks for {to}, and --out for {out.suffix or 'no format'}. Fix: leave one out, "
            f"or --out {out.with_suffix(f'.{to}')}"
        )
    return out


def stop_unless_converged(posterior: Posterior) -> None:
    """End with another status than 0 where chains disagree."""
    if not posterior.diagnosis.trustworthy:
        raise typer.Exit(NOT_CONVERGED)
