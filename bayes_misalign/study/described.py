"""What a study says of itself before anything is fitted: its counts, and where levels come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.page.blocks import Table
from bayes_misalign.page.columns import Count, Effective, Label, Number
from bayes_misalign.page.notebook import Cells, Details, Line, as_html
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import few_of, named, plain, sentence

if TYPE_CHECKING:
    from bayes_misalign.study.study import Study

MOST_POPULATIONS, SHOWN_POPULATIONS = 40, 20  # more than that, and so many are shown
MOST_GOALS = 20


def counts_table(study: Study) -> Table:
    """Return how many answered in each population; of many those with the most answers."""
    goals = study.goals
    refused = sum(goals.not_answers.values(), 0 * goals.n)
    worth = goals.n_effective, goals.design_effect
    if goals.worth_untold:
        worth = np.full(len(goals.n), np.nan), np.full(len(goals.n), np.nan)
    numbers = (goals.n, *worth, refused, goals.not_asked)
    columns = [
        Label("population"),
        Count("n"),
        Effective("n_eff"),
        Number("deff", form=".2f"),
        Count("no answer"),
        Count("not asked"),
    ]
    rows = list(zip(goals.populations, *numbers, strict=True))
    if len(rows) > MOST_POPULATIONS:
        largest = np.argsort(-goals.n, kind="stable")[:SHOWN_POPULATIONS]
        rows = [rows[i] for i in largest]
    return Table(columns, rows)


def prior_name(study: Study) -> str:
    """Return the name of the prior of the goal shares."""
    model = goals_model(study.goals.model)
    shares = model.shares_prior(study.goal_prior)
    if shares is None:
        return "inside the draws" if model.traits.drawn == "given" else f"of {model.name}"
    return shares_of(shares).named(shares)


def _conflict(study: Study) -> str:
    models = dict.fromkeys(source.model for source in study.conflict.sources)
    return ", ".join(models) or "nothing stated"


def as_line(study: Study) -> str:
    """Return a study in one line."""
    goals, area = study.goals, study.area
    populations = len(goals.populations)
    parts = [
        f"{len(area.goals)} goals" + (" and no goal" if area.has_no_goal else ""),
        f"{populations:,} population{'s' * (populations != 1)}",
        f"goal shares: {goals.model}, n = {count(float(np.sum(goals.n)))}",
        f"conflict: {_conflict(study)}",
    ]
    return f"Study {sentence(study.title or area.name)}: {'; '.join(parts)}"


def for_notebook(study: Study) -> str:
    """Return a study as a notebook shows it."""
    goals, area = study.goals, study.area
    grid = counts_table(study).grid("terminal")
    left = len(goals.populations) - len(grid.rows)
    note = f"... and {left:,} populations more, with fewer answers" if left > 0 else ""
    blocks: list[Any] = [
        Line("", strong=named(study.title or area.name), css="large"),
        Line(named(area.name), "Problem area"),
        Line(few_of(area.goals, MOST_GOALS), "Goals"),
    ]
    if area.has_no_goal:
        blocks.append(Line(few_of(area.no_goal, MOST_GOALS) if area.no_goal else "yes", "No goal"))
    blocks.append(
        Line(f"{goals.model}, prior {prior_name(study)}, from {plain(goals.source)}", "Goal shares")
    )
    for source in study.conflict.sources:
        pairs = len(source.pairs)
        words = f"{source.model}, {pairs:,} pair{'s' * (pairs != 1)}, from {plain(source.origin)}"
        blocks.append(Line(words, "Conflict"))
    blocks.append(Cells(grid.columns, grid.rows, "Answers by population", grid.labels, note))
    said = [
        f"{plain(one.what)}: {plain(one.remedy)}"
        for source in (goals, *study.conflict.sources)
        for one in source.cautions
    ]
    if said:
        blocks.append(Details(f"{len(said)} caution{'s' * (len(said) > 1)}", said))
    return as_html(*blocks, Line("Nothing is fitted yet: bm.fit(study)", css="soft"))
