"""The commands check, fit and report for studies of several problem areas."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from bayes_misalign.errors import StudyError
from bayes_misalign.inference.progress import say
from bayes_misalign.terminal.interrupts import written_to
from bayes_misalign.terminal.pictures import import_matplotlib
from bayes_misalign.terminal.talk import NOT_CONVERGED, console, shown_line, working

if TYPE_CHECKING:
    from bayes_misalign.areas.posterior import AreasPosterior


class Flags(NamedTuple):
    """What a command line says with yes or no."""

    force: bool
    allow_unconverged: bool
    figures: bool = True
    agents: bool = False
    refit: bool = False


def check_file(path: Path) -> None:
    """Print what a study of several areas is about; nothing is fitted."""
    from bayes_misalign.areas.described import print_areas
    from bayes_misalign.areas.toml import read_areas

    with working("reading"):
        study = read_areas(path)
    print_areas(study, console())


def fit_file(
    path: Path,
    out: Path | None,
    settings: tuple[Any, int | None, int | None],
    stated: tuple[bool, ...],
) -> None:
    """Fit a study of several areas, print what was found, and write its folder."""
    from bayes_misalign.areas.fit import fit_areas
    from bayes_misalign.areas.toml import read_areas
    from bayes_misalign.areas.write import print_result
    from bayes_misalign.report.folder import check_target

    flags = Flags(*stated)
    for flag, given in (("--agents", flags.agents), ("--refit", flags.refit)):
        if given:
            raise StudyError(f"{flag} is for studies of one problem area. Fix: leave it out")
    method, seed, draws = settings
    with working("reading"):
        study = read_areas(path)
    folder = out or path.parent / f"{path.stem}-results"
    check_target(folder, force=flags.force)
    with working("drawing"):
        result = fit_areas(
            study,
            method=method,
            random_seed=seed,
            draws=draws,
            progress=sys.stderr.isatty(),
            say=say,
        )
    result.allow_unconverged = flags.allow_unconverged
    with working("figures and report" if flags.figures else "report"):
        if flags.figures:
            import_matplotlib()
        result.write(folder, force=flags.force, figures=flags.figures)
    with written_to(folder):
        print_result(result, out_to := console())
        shown_line(
            out_to,
            f"Written to {folder}/: report.html, report.md, summary.json, posteriors/, tables/",
        )
    _stop_unless_converged(result)


def report_folder(folder: Path, target: Path, flags: Flags) -> None:
    """Print saved results of several areas, and write their report again."""
    from bayes_misalign.areas.posterior import AreasPosterior
    from bayes_misalign.areas.write import print_result

    with working("reading"):
        result = AreasPosterior.load(folder)
    result.allow_unconverged = flags.allow_unconverged
    out_to = console()
    print_result(result, out_to)
    with working("figures and report"):
        import_matplotlib()
        written = result.report(target, force=flags.force)
    shown_line(out_to, f"Written: {written}")
    _stop_unless_converged(result)


def _stop_unless_converged(result: AreasPosterior) -> None:
    if not result.diagnosis.trustworthy:
        raise typer.Exit(NOT_CONVERGED)
