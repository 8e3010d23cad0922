"""The command that plans: how large a study has to be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bayes_misalign.errors import StudyError, printable
from bayes_misalign.terminal.interrupts import written_to
from bayes_misalign.terminal.talk import console, shown_line, working

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior


def plan(
    study: Annotated[
        Path,
        typer.Argument(
            help="A study file, a folder with a study.toml, or results of one.", metavar="STUDY"
        ),
    ],
    width: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Aim: the interval of P(ma) is this wide on average."),
    ] = None,
    decide: Annotated[
        str | None,
        typer.Option(help="Aim: it is known whether this holds: 'P > 0.3', 'P(north) < 0.3'."),
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Aim: it is known which of two populations has the larger P(ma)."),
    ] = None,
    population: Annotated[
        str | None, typer.Option(help="The population that --width or --decide speaks of.")
    ] = None,
    cost: Annotated[
        list[str] | None,
        typer.Option(help="Cost of one more: agents=4. Once for each kind of measurement."),
    ] = None,
    jointly: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="KIND KIND",
            help="Two kinds of measurement together, at the least cost: agents judgements.",
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=0, help="With --jointly: what may be spent, in the unit of the costs."),
    ] = None,
    certainty: Annotated[
        float, typer.Option(help="Posterior probability from which on a statement is known.")
    ] = 0.95,
    power: Annotated[
        float, typer.Option(help="Part of studies in which a statement is to be known.")
    ] = 0.8,
    simulations: Annotated[
        int | None,
        typer.Option(min=2, help="Studies of each size. Default: 200, or 12 if sampled by NUTS."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write. Default: STUDY-plan beside the study.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what this package did not write.")
    ] = False,
) -> None:
    """Tell how many agents, raters or judgements a study needs, by simulating it.

    State one aim: --width, --decide or --compare. A study at hand, or a pilot, says what the truth
    may be; studies of other sizes are simulated from it and fitted.
    """
    from bayes_misalign.inference.progress import say, show
    from bayes_misalign.report.folder import check_target
    from bayes_misalign.report.plan_folder import write_joint_plan, write_plan

    if budget is not None and jointly is None:
        raise StudyError("a budget is for two kinds. Fix: name them, as in --jointly agents raters")
    costs = dict(_cost(text) for text in cost or ())
    posterior, beside = _posterior(study)
    folder = out or beside.with_name(f"{beside.stem.removesuffix('-results')}-plan")
    check_target(folder, force=force)
    asked: dict[str, Any] = {
        "width": width,
        "decide": decide,
        "compare": compare,
        "population": population,
        "costs": costs,
        "certainty": certainty,
        "power": power,
        "simulations": simulations,
        "random_seed": seed,
        "say": say,
    }
    found: Any
    if jointly is None:
        found = posterior.plan(**asked)
        show("")
        write_plan(found, folder, seed=seed, force=force)
    else:
        found = posterior.plan_jointly(jointly, budget=budget, **asked)
        show("")
        write_joint_plan(found, folder, seed=seed, force=force)
    with written_to(folder):
        _print(found, out_to := console())
        shown_line(out_to, f"Written to {folder}/: plan.csv, plan.json, plan.svg")


def _posterior(study: Path) -> tuple[Posterior, Path]:
    """Return the posterior of a study, fitted or read, and what a plan is written beside."""
    from bayes_misalign import api
    from bayes_misalign.inference.groups import POSTERIOR_FILE
    from bayes_misalign.inference.progress import say
    from bayes_misalign.start.stated import study_in
    from bayes_misalign.study.toml import read_study

    if study.suffix == ".nc" or (study / POSTERIOR_FILE).is_file():
        return api.load(study), study.resolve().parent if study.is_file() else study
    study = study_in(study)
    with working("reading"):
        read = read_study(study)
    with working("drawing"):
        return api.fit(read, say=say), study


def _cost(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise StudyError(
            f"--cost {text!r} is not a name and a number. Fix: write it as --cost agents=4"
        ) from None


def _print(found: Any, out_to: Any) -> None:
    from rich.table import Table

    columns, rows = found.cells()
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(printable, row))
    shown_line(out_to, f"So that {found.aim.words}:")
    out_to.print(table)
    for text in (*found.said, *found.notes):
        shown_line(out_to, text)
