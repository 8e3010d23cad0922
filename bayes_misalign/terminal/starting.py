"""The commands that begin a study: `init` and `example`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bayes_misalign.terminal.flags import (
    AreaName,
    ClusterColumn,
    CountColumn,
    Exclusive,
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
    WaveColumn,
    WeightColumn,
)
from bayes_misalign.terminal.talk import BAD_INPUT, ask, complain, console, shown_line


def init(
    data: Annotated[str, typer.Argument(help="A table: CSV, Excel, SPSS ...", metavar="DATA")],
    out: Annotated[
        Path | None, typer.Option(help="Study file to write. Default: study.toml beside DATA.")
    ] = None,
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
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing, take what is proposed.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Look at a table, ask what its columns are, and write a first study.toml.

    An empty text, as in --weight '', says that no column, or no answer, is meant.
    """
    from bayes_misalign.report.check_text import print_study
    from bayes_misalign.start import begin

    stated = begin.Stated(
        *(goal, population, weight, id_, wave, rater, count, no_goal, not_answer),
        *(exclusive, bounds, name),
        cluster=cluster,
        strata=strata,
        fpc=fpc,
        several=several,
    )
    out_to = console()
    target = begin.target_of(data, out, force=force)
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if not yes and not asks:
        begin.without_terminal(data, stated)
    draft = begin.begin(
        data, stated, proposals=yes, ask=ask if asks else None, tell=lambda t: shown_line(out_to, t)
    )
    draft, study, error = begin.write_draft(draft, target, force=force)
    for text in begin.told(draft):
        shown_line(out_to, text)
    if draft.bounds is None and not exclusive and not asks:
        shown_line(out_to, "Assumed: any two different goals conflict for certain, see [conflict].")
    shown_line(out_to, f"Written: {target}")
    if study is None:
        assert error is not None
        shown_line(out_to, "It is not sound yet: put right what follows, then check it.")
        complain(error, "put them right in the table or in the study")
        raise typer.Exit(BAD_INPUT)
    print_study(study, out_to)
    shown_line(out_to, f"Look at it, then: bayes-misalign fit {target}")


def _names_of_examples(incomplete: str) -> list[str]:
    from bayes_misalign.start import examples

    return [name for name in examples.example_titles() if name.startswith(incomplete)]


def example(
    name: Annotated[
        str | None,
        typer.Argument(help="Name of the example.", autocompletion=_names_of_examples),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write. Default: its name, here.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files there.")] = False,
) -> None:
    """List the example studies, or copy one, with its data."""
    from bayes_misalign.start import examples

    out_to = console()
    if name is None:
        titles = examples.example_titles()
        width = max(map(len, titles))
        for each, title in titles.items():
            shown_line(out_to, f"{each:<{width}}  {title}")
        shown_line(out_to, "Copy one with: bayes-misalign example NAME")
        return
    path = examples.copy_example(name, out, force=force)
    shown_line(out_to, f"Copied to {path.parent}/")
    shown_line(out_to, f"Fit it: bayes-misalign fit {path}")
