"""The command line: parse, call, print. What it says is in the rooms it calls."""

from __future__ import annotations

import gc
import io
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bayes_misalign.app.command import open_app
from bayes_misalign.errors import BayesMisalignError, printable
from bayes_misalign.inference.progress import say
from bayes_misalign.terminal import several_areas
from bayes_misalign.terminal.compiled import cache
from bayes_misalign.terminal.flags import (
    AreaName,
    ClusterColumn,
    CountColumn,
    Exclusive,
    Force,
    FpcColumn,
    GoalColumn,
    IdColumn,
    NoGoal,
    NotAnswer,
    PopulationColumn,
    Range,
    RaterColumn,
    SeveralColumns,
    StrataColumn,
    StudyFile,
    WaveColumn,
    WeightColumn,
)
from bayes_misalign.terminal.interrupts import end_interrupted, interrupts_kept, written_to
from bayes_misalign.terminal.light import LightCommand, LightGroup, with_one
from bayes_misalign.terminal.pictures import import_matplotlib
from bayes_misalign.terminal.planning import plan
from bayes_misalign.terminal.reporting import report, stop_unless_converged
from bayes_misalign.terminal.simulating import calibrate, simulate
from bayes_misalign.terminal.starting import example, init
from bayes_misalign.terminal.talk import (
    BAD_INPUT,
    CANNOT_WRITE,
    INTERRUPTED,
    complain,
    console,
    examples,
    shown_line,
    working,
)

if TYPE_CHECKING:
    from bayes_misalign.report.posterior import Posterior
    from bayes_misalign.start.compose import Draft
    from bayes_misalign.start.stated import Stated
    from bayes_misalign.study.study import Study


app = typer.Typer(
    cls=LightGroup,
    help="Estimate how misaligned a population of agents is: the posterior distribution of "
    "P(ma), the probability that two agents drawn at random hold conflicting goals.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=examples("init votes.csv", "fit study.toml", "example nonvoters", "models"),
)

command = partial(app.command, cls=LightCommand)


class MethodName(StrEnum):
    """How to draw the posterior."""

    auto = "auto"
    exact = "exact"
    nuts = "nuts"


# what the framework raises when a command line cannot be understood
_USAGE: Any = typer.BadParameter.__bases__[0]


@interrupts_kept()
def main() -> None:
    """Run the command line, turning every expected error into a message and an exit status."""
    try:
        status = with_one(app, sys.argv[1:])(standalone_mode=False)
    except BayesMisalignError as error:
        complain(error)
        sys.exit(getattr(error, "exit_status", BAD_INPUT))
    except typer.Abort:  # Ctrl-C, or the end of what was typed, at a question
        end_interrupted()
    except _USAGE as error:
        _say_usage(error)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk under the output, a folder that went away
        where = f"{error.filename}: " if error.filename else ""
        print(f"Error: {printable(f'{where}{error.strerror or error}')}.", file=sys.stderr)
        sys.exit(CANNOT_WRITE)
    if status == INTERRUPTED:  # the framework turns Ctrl-C into this, without a word
        end_interrupted()
    gc.freeze()  # what is left goes with the process, and need not be looked through once more
    sys.exit(status or 0)


def _say_usage(error: Any) -> None:
    """Print what the framework says of a command line, which it repeats as it is."""
    said = io.StringIO()
    error.show(file=said)
    for line in said.getvalue().splitlines():
        print(printable(line), file=sys.stderr)


def _read(study: Path) -> Study:
    from bayes_misalign.study.toml import read_study

    with working("reading"):
        return read_study(study)


command(
    epilog=examples("init votes.csv", "init votes.csv --goal vote --weight '' --yes --out study/"),
)(init)
command(
    epilog=examples("example", "example nonvoters", "example us-parties --out parties"),
)(example)
command(epilog=examples("cache", "cache --clear"))(cache)
command("app", epilog=examples("app", "app votes.csv", "app examples/nonvoters"))(open_app)


def _version(wanted: bool) -> None:
    if wanted:
        from bayes_misalign import __version__

        print(f"bayes-misalign {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    del version


@command(epilog=examples("check study.toml", "check examples/nonvoters"))
def check(study: StudyFile) -> None:
    """Validate a study and all its data; fit nothing, write nothing."""
    from bayes_misalign.report.check_text import print_study
    from bayes_misalign.start.stated import study_in
    from bayes_misalign.study.load_toml import names_areas

    if names_areas(path := study_in(study)):
        several_areas.check_file(path)
    else:
        print_study(_read(path), console())


@command(
    epilog=examples(
        "fit study.toml",
        "fit examples/nonvoters --seed 1",
        "fit votes.csv --goal vote --population region --weight w --exclusive",
    ),
)
def fit(
    study: Annotated[
        Path,
        typer.Argument(
            help="A study file, a folder with a study.toml, or a table (with --goal).",
            metavar="STUDY",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results. Default: STUDY-results beside the study."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all random numbers.")] = None,
    method: Annotated[MethodName | None, typer.Option(help="How to draw the posterior.")] = None,
    draws: Annotated[int | None, typer.Option(min=10, help="Draws in each chain.")] = None,
    force: Force = False,
    allow_unconverged: Annotated[
        bool, typer.Option("--allow-unconverged", help="Show numbers of an unconverged fit.")
    ] = False,
    figures: Annotated[bool, typer.Option(help="Draw figures into the reports.")] = True,
    agents: Annotated[
        bool,
        typer.Option("--agents", help="Write each agent's goals too, where they are inferred."),
    ] = False,
    refit: Annotated[
        bool,
        typer.Option(
            "--refit", help="Sample again under other priors where reweighting draws is not enough."
        ),
    ] = False,
    goal: GoalColumn = None,
    several: SeveralColumns = None,
    population: PopulationColumn = None,
    weight: WeightColumn = None,
    id_: IdColumn = None,
    wave: WaveColumn = None,
    rater: RaterColumn = None,
    count: CountColumn = None,
    cluster: ClusterColumn = None,
    strata: StrataColumn = None,
    fpc: FpcColumn = None,
    no_goal: NoGoal = None,
    not_answer: NotAnswer = None,
    exclusive: Exclusive = False,
    bounds: Range = None,
    name: AreaName = None,
) -> None:
    """Fit a study, print P(ma), and write posterior, report, summary and tables to one folder.

    A table is fitted without a study file if --goal and --exclusive or --range say what it is; the
    study file that says the same is among the results.
    """
    from bayes_misalign.api import fit as run
    from bayes_misalign.report.render_terminal import print_result
    from bayes_misalign.report.write import check_target, write_folder
    from bayes_misalign.start.stated import Stated, is_table, no_table, study_in
    from bayes_misalign.study.load_toml import names_areas

    named: Any = None if method is None else method.value
    chosen = {"method": named, "seed": seed, "draws": draws}
    stated = Stated(
        *(goal, population, weight, id_, wave, rater, count, no_goal, not_answer),
        *(exclusive, bounds, name),
        {key: value for key, value in chosen.items() if value is not None},
        *(cluster, strata, fpc),
        several=several,
    )
    draft = None
    if is_table(study, stated):
        draft, read = _read_table(study, stated)
    else:
        if stated.said_of_table():
            raise no_table(study)
        study = study_in(study)
        if names_areas(study):
            flags = (force, allow_unconverged, figures, agents, refit)
            several_areas.fit_file(study, out, (named, seed, draws), flags)
            return
        read = _read(study)
    folder = out or study.parent / f"{study.stem}-results"
    check_target(folder, force=force)
    if agents:
        _check_inferred(read, draft)
    with working("drawing"):
        posterior = run(
            read,
            random_seed=seed,
            method=named,
            draws=draws,
            progress=sys.stderr.isatty(),
            say=say,
            refit=refit,
        )
    posterior.allow_unconverged = allow_unconverged
    with working("figures and report" if figures else "report"):
        shown = agents and not posterior.withheld
        by_agent = _agents(posterior, study) if shown else None
        text = None if draft is None else _composed(draft, folder)
        if figures:
            import_matplotlib()
        write_folder(
            posterior, folder, force=force, figures=figures, agents=by_agent, study_file=text
        )
    with written_to(folder):
        print_result(posterior, out_to := console())
        shown_line(
            out_to,
            f"Written to {folder}/: report.html, report.md, summary.json, posterior.nc, tables/"
            + ("" if draft is None else ", study.toml"),
        )
    stop_unless_converged(posterior)


def _read_table(data: Path, stated: Stated) -> tuple[Draft, Study]:
    """Read a table of which enough is said, and say on the way what was taken for granted."""
    from bayes_misalign.start import begin

    begin.needs_of_table(data, stated)
    with working("reading"):
        draft = begin.begin(str(data), stated, proposals=False)
        draft, read, error = begin.settled(draft, data.parent)
    for text in begin.told(draft):
        print(printable(text), file=sys.stderr)
    if read is None:
        assert error is not None
        raise error
    return draft, read


def _composed(draft: Draft, folder: Path) -> str:
    """Return the study file that says what was said of a table."""
    from bayes_misalign.start.compose import compose

    return compose(draft, folder)


def _check_inferred(study: Study, draft: Draft | None) -> None:
    from bayes_misalign.contract.registry import goals_model
    from bayes_misalign.errors import StudyError

    if draft is not None:
        raise StudyError("agents are read again by a study file. Fix: write one with init")
    if not goals_model(study.goals.model).traits.uncertain_agents:
        raise StudyError("agents of this study stated their goals. Fix: leave out --agents")


def _agents(posterior: Posterior, study: Path) -> Any:
    from bayes_misalign.study.toml import read_declared_goals

    return posterior.agent_goals(read_declared_goals(study), study.parent)


command(
    epilog=examples(
        "report study-results --to docx",
        "report study-results/posterior.nc --out report.html",
    ),
)(report)


@command(epilog=examples("verify study-results", "verify posterior.nc"))
def verify(
    results: Annotated[Path, typer.Argument(help="A folder of results, or a posterior.nc.")],
) -> None:
    """Tell whether saved results are as they were written, by their checksums."""
    from bayes_misalign.report.verify import verify as check_sums

    found, out_to = check_sums(results), console()
    shown_line(out_to, f"{found.said}.")
    for note in found.notes:
        shown_line(out_to, f"Note: {note}.")


def _names_of_models(incomplete: str) -> list[str]:
    from bayes_misalign.contract import registry

    return [name for name in registry.names_of() if name.startswith(incomplete)]


@command(epilog=examples("models", "models noisy-labels"))
def models(
    name: Annotated[
        str | None,
        typer.Argument(help="Show this model's card.", autocompletion=_names_of_models),
    ] = None,
) -> None:
    """List the generative models, or show one model's card."""
    from bayes_misalign.contract import registry

    out_to = console()
    if name is not None:
        text: Any = registry.card(name)
        if out_to.is_terminal:
            from rich.markdown import Markdown

            text = Markdown(text)
        out_to.print(text, markup=False)
        return
    from rich.table import Table

    table = Table("model", "of", "question", box=None, pad_edge=False)
    for each in registry.names_of():
        about = registry.defaults(each)
        table.add_row(each, about["kind"], about["question"])
    out_to.print(table)
    out_to.print("`bayes-misalign models NAME` shows a model's card.", markup=False)


command(
    epilog=examples(
        "plan study.toml --width 0.05",
        "plan study-results --decide 'P > 0.3' --cost agents=4",
        "plan study.toml --compare north south",
    ),
)(plan)

command(epilog=examples("simulate study.toml --agents 500 --seed 1"))(simulate)
command(epilog=examples("calibrate study.toml", "calibrate study.toml --simulations 500"))(
    calibrate
)
