"""The command line: parse, call, print. What it says is in the rooms it calls."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bayes_misalign.errors import SHOWN_PROBLEMS, BayesMisalignError, printable

if TYPE_CHECKING:
    from rich.console import Console

    from bayes_misalign.report.posterior import Posterior
    from bayes_misalign.study.study import Study

BAD_INPUT, NOT_CONVERGED, CANNOT_WRITE, BUSY, INTERRUPTED = 2, 3, 4, 5, 130

app = typer.Typer(
    help="Estimate how misaligned a population of agents is: the posterior distribution of "
    "P(ma), the probability that two agents drawn at random hold conflicting goals.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

StudyFile = Annotated[Path, typer.Argument(help="The study file, study.toml.", metavar="STUDY")]
Force = Annotated[bool, typer.Option("--force", help="Replace what this package did not write.")]


class MethodName(StrEnum):
    """How to draw the posterior."""

    auto = "auto"
    exact = "exact"
    nuts = "nuts"


# what the framework raises when a command line cannot be understood
_USAGE: Any = typer.BadParameter.__bases__[0]


def main() -> None:
    """Run the command line, turning every expected error into a message and an exit status."""
    try:
        status = app(standalone_mode=False)
    except BayesMisalignError as error:
        _complain(error)
        sys.exit(getattr(error, "exit_status", BAD_INPUT))
    except _USAGE as error:
        _say_usage(error)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk under the output, a folder that went away
        where = f"{error.filename}: " if error.filename else ""
        print(f"Error: {printable(f'{where}{error.strerror or error}')}.", file=sys.stderr)
        sys.exit(CANNOT_WRITE)
    if status == INTERRUPTED:  # the framework turns Ctrl-C into this, without a word
        print("Interrupted: nothing was written, what was there before stays.", file=sys.stderr)
    sys.exit(status or 0)


def _complain(error: BayesMisalignError) -> None:
    problems = error.in_toml().problems
    if len(problems) == 1:
        print(f"Error: {problems[0]}", file=sys.stderr)
        return
    print(f"Error: {error.counted}, nothing was written.", file=sys.stderr)
    for number, problem in enumerate(problems[:SHOWN_PROBLEMS], 1):
        print(f"{number:>3}. {problem}", file=sys.stderr)
    if (left := len(problems) - SHOWN_PROBLEMS) > 0:
        print(f"     ... and {left} more.", file=sys.stderr)


def _say_usage(error: Any) -> None:
    """Print what the framework says of a command line, which it repeats as it is."""
    said = io.StringIO()
    error.show(file=said)
    for line in said.getvalue().splitlines():
        print(printable(line), file=sys.stderr)


def _line(console: Console, text: str) -> None:
    """Print one line, however long: paths and names in it are shown, not obeyed."""
    console.print(printable(text), markup=False, soft_wrap=True)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _say() -> Callable[[str], None]:
    return lambda text: print(f"{printable(text)} ...", file=sys.stderr, flush=True)


@contextmanager
def _working(text: str) -> Iterator[None]:
    """Show that something goes on, on a terminal; a log gets nothing."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{text} ..."):
        yield


def _read(study: Path) -> Study:
    from bayes_misalign.study.toml import read_study

    with _working("reading"):
        return read_study(study)


@app.command()
def check(study: StudyFile) -> None:
    """Validate a study and all its data; fit nothing, write nothing."""
    from bayes_misalign.report.check_text import print_study

    print_study(_read(study), _console())


@app.command()
def fit(
    study: StudyFile,
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
        typer.Option("--refit", help="Sample under other priors that weighted draws cannot tell."),
    ] = False,
) -> None:
    """Fit a study, print P(ma), and write posterior, report, summary and tables to one folder."""
    from bayes_misalign import api
    from bayes_misalign.report.render_terminal import print_result
    from bayes_misalign.report.write import check_target, write_folder

    read = _read(study)
    folder = out or study.parent / f"{study.stem}-results"
    check_target(folder, force=force)
    if agents:
        _check_inferred(read)
    posterior = api.fit(
        read,
        random_seed=seed,
        method=None if method is None else method.value,
        draws=draws,
        progress=sys.stderr.isatty(),
        say=_say(),
        refit=refit,
    )
    if posterior.diagnosis.interrupted:
        raise KeyboardInterrupt
    posterior.allow_unconverged = allow_unconverged
    with _working("writing the report"):
        shown = agents and not posterior.withheld
        by_agent = _agents(posterior, study) if shown else None
        write_folder(posterior, folder, force=force, figures=figures, agents=by_agent)
    console = _console()
    print_result(posterior, console)
    _line(
        console,
        f"Written to {folder}/: report.html, report.md, summary.json, posterior.nc, tables/",
    )
    _stop_unless_converged(posterior)


def _check_inferred(study: Study) -> None:
    from bayes_misalign.contract.registry import goals_model
    from bayes_misalign.errors import StudyError

    if not goals_model(study.goals.model).traits.uncertain_agents:
        raise StudyError("agents of this study stated their goals. Fix: leave out --agents")


def _agents(posterior: Posterior, study: Path) -> Any:
    from bayes_misalign.study.toml import read_declared_goals

    return posterior.agent_goals(read_declared_goals(study), study.parent)


def _stop_unless_converged(posterior: Posterior) -> None:
    if not posterior.diagnosis.trustworthy:
        raise typer.Exit(NOT_CONVERGED)


@app.command()
def report(
    posterior: Annotated[Path, typer.Argument(help="A saved posterior, posterior.nc.")],
    out: Annotated[
        Path | None,
        typer.Option(help="File to write, .html or .md. Default: beside the posterior."),
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
    from bayes_misalign.report.render_terminal import print_result
    from bayes_misalign.report.verify import verify as check_sums

    for note in check_sums(posterior).notes:
        print(f"Note: {printable(note)}.", file=sys.stderr)
    loaded = api.load(posterior)
    loaded.allow_unconverged = allow_unconverged
    console = _console()
    print_result(loaded, console)
    target = out or posterior.with_name(f"{posterior.stem}-report.html")
    _line(console, f"Written: {loaded.report(target, force=force)}")
    _stop_unless_converged(loaded)


@app.command()
def verify(
    results: Annotated[Path, typer.Argument(help="A folder of results, or a posterior.nc.")],
) -> None:
    """Tell whether saved results are as they were written, by their checksums."""
    from bayes_misalign.report.verify import verify as check_sums

    found, console = check_sums(results), _console()
    _line(console, f"{found.said}.")
    for note in found.notes:
        _line(console, f"Note: {note}.")


@app.command()
def models(
    name: Annotated[str | None, typer.Argument(help="Show this model's card.")] = None,
) -> None:
    """List the generative models, or show one model's card."""
    from bayes_misalign.contract import registry

    console = _console()
    if name is not None:
        text: Any = registry.card(name)
        if console.is_terminal:
            from rich.markdown import Markdown

            text = Markdown(text)
        console.print(text, markup=False)
        return
    from rich.table import Table

    table = Table("model", "of", "question", box=None, pad_edge=False)
    for each in registry.names_of():
        about = registry.defaults(each)
        table.add_row(each, about["kind"], about["question"])
    console.print(table)
    console.print("`bayes-misalign models NAME` shows a model's card.", markup=False)


@app.command()
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

    folder = out or study.parent / f"{study.stem}-simulated"
    simulated = draw(_read(study), agents, seed)
    path = write_simulated(simulated, folder, seed=seed, force=force)
    console = _console()
    _line(console, f"Simulated data with known truth written to {folder}/")
    for name, value in zip(simulated.study.goals.populations, simulated.misalignment, strict=True):
        _line(console, f"  true P(ma) of {name}: {value:.4f}")
    _line(console, f"Fit it: bayes-misalign fit {path}")
