"""What a terminal shows of a study of several areas that is not fitted yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.areas.study import AreasStudy, only_population
from bayes_misalign.page.blocks import Table
from bayes_misalign.page.columns import Count, Label
from bayes_misalign.page.safe_text import named, plain, short
from bayes_misalign.report.render_terminal import print_line, rich_table

if TYPE_CHECKING:
    from rich.console import Console

MOST_AREAS = 20


def print_areas(study: AreasStudy, console: Console) -> None:
    """Print which areas there are, who was asked in them, and what is known of conflict."""
    studies = [part.study for part in study.parts]
    every = [x for one in studies for x in (one.goals, *one.conflict.sources)]
    cautions = list(dict.fromkeys(caution for one in every for caution in one.cautions))
    notes = [n for one in studies for n in (*one.goals.notes, *one.conflict.notes)]
    number = f"{len(cautions)} caution{'s' * (len(cautions) > 1)}"
    state = f"can be fitted, with {number}" if cautions else "is sound"
    print_line(
        console, f"{plain(study.title or study.name)}: the study {state}, nothing was fitted."
    )
    for caution in cautions:
        print_line(console, f"caution: {plain(caution.what)}: {plain(caution.remedy)}")
    print_line(console, f"problem areas: {len(study.areas):,}")
    if not only_population(study.populations):
        between = "; " if any("," in name for name in study.populations) else ", "
        names = between.join(map(named, study.populations[:MOST_AREAS]))
        print_line(console, f"populations: {names}")
    rows = []
    for area in study.areas[:MOST_AREAS]:
        part, place = study.place(area)
        there = part.places[place][part.places[place] >= 0]
        rows.append([area, len(there), float(part.study.goals.n[there].sum())])
    columns = [Label("area", "problem area"), Count("populations"), Count("answers")]
    console.print()
    console.print(rich_table(Table(columns, rows, width=48)))
    if (left := len(study.areas) - MOST_AREAS) > 0:
        print_line(console, f"and {left:,} areas more")
    console.print()
    for part in study.parts:
        models = dict.fromkeys(source.model for source in part.study.conflict.sources)
        where = named(part.areas[0]) if len(part.areas) == 1 else f"{len(part.areas):,} areas"
        goals = part.study.goals
        print_line(console, f"{where}: {goals.model}, {plain(goals.source)}; {', '.join(models)}")
    if study.answers is not None:
        agents, worth = study.answers.counts.sum(), study.answers.agents.sum()
        of = "" if round(agents) == round(worth) else f", worth {worth:,.0f}"
        print_line(console, f"the same agents: {agents:,.0f} answered in several areas{of}")
    fitting = study.fitting
    print_line(
        console,
        f"fit: {fitting.method}, {fitting.chains} × {fitting.draws} draws, seed {fitting.seed}; "
        f"{study.reporting.interval}",
    )
    for note in dict.fromkeys(notes):
        print_line(console, f"note: {short(note, 500)}")
