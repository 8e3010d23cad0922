"""The commands that simulate data from a study's own model: to try it, and to calibrate it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bayes_misalign.terminal.flags import Force, StudyFile
from bayes_misalign.terminal.talk import NOT_CONVERGED, console, shown_line, working

if TYPE_CHECKING:
    from bayes_misalign.study.study import Study


def _read(study: Path) -> Study:
    from bayes_misalign.study.toml import read_study

    with working("reading"):
        return read_study(study)


def simulate(
    study: StudyFile,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1,
    agents: Annotated[int, typer.Option(min=1, help="Agents in each population.")] = 500,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write. Default: STUDY-simulated beside the study."),
    ] = None,
    force: Force = False,
) -> None:
    """Make a data set with known truth from a study's own model; the data are simulated."""
    from bayes_misalign.inference.simulate import simulate as draw
    from bayes_misalign.report.simulated import write_simulated
    from bayes_misalign.start.stated import study_in

    study = study_in(study)
    folder = out or study.parent / f"{study.stem}-simulated"
    simulated = draw(_read(study), agents, seed)
    path = write_simulated(simulated, folder, seed=seed, force=force)
    out_to = console()
    shown_line(out_to, f"Simulated data with known truth written to {folder}/")
    for name, value in zip(simulated.study.goals.populations, simulated.misalignment, strict=True):
        shown_line(out_to, f"  true P(ma) of {name}: {value:.4f}")
    shown_line(out_to, f"Fit it: bayes-misalign fit {path}")


def calibrate(
    study: StudyFile,
    simulations: Annotated[
        int, typer.Option(min=10, help="Data sets to simulate and fit, of each model.")
    ] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1,
) -> None:
    """Tell whether a study's models recover what they are fitted to, by simulation.

    Truths are drawn from the study's priors, and data of its size from the truths; each is fitted,
    and the ranks of the truths among the posterior draws have to be uniform. Models that are
    sampled by NUTS take some seconds for each data set.
    """
    from rich.table import Table

    from bayes_misalign.errors import printable
    from bayes_misalign.inference.calibrate_study import calibrate_study
    from bayes_misalign.inference.progress import say, show
    from bayes_misalign.inference.uniformity import ALPHA
    from bayes_misalign.start.stated import study_in

    read = _read(study_in(study))
    found = calibrate_study(read, simulations, seed, say=say)
    show("")
    table = Table("evidence", "model", "quantity farthest from uniform", "p", "", box=None)
    for name, each in found.items():
        p = each.adjusted[each.worst]
        said = "uniform" if each.passed else "NOT UNIFORM"
        table.add_row(printable(name), each.model, printable(each.worst), f"{p:.3g}", said)
    out_to = console()
    out_to.print(table)
    shown_line(
        out_to,
        f"{simulations} data sets of each model. p is corrected for the number of quantities; "
        f"below {ALPHA:g} ranks are not uniform.",
    )
    if not all(each.passed for each in found.values()):
        raise typer.Exit(NOT_CONVERGED)
