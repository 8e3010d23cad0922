"""Parts of the page that depend on what was opened."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shiny import ui

from bayes_misalign.app.opening import FIELDS, Base, Beginning
from bayes_misalign.app.show import label
from bayes_misalign.app.work import RUNS, WAITS, Used, answers_of
from bayes_misalign.page.safe_text import named, plain
from bayes_misalign.start.answers import Answers
from bayes_misalign.start.roles import Proposed, Roles

NONE = "(none)"
GOAL, NO_GOAL, NO_ANSWER = "goal", "no-goal", "not-answer"
STANDS_FOR = {GOAL: "a goal", NO_GOAL: "no goal yet (unsure, none)", NO_ANSWER: "no answer"}


def columns_form(beginning: Beginning, used: Used | None = None) -> Any:
    """Return the fields for the columns of a table, with what was used, or is proposed, in them."""
    t, looked, proposed = ui.tags, beginning.looked, beginning.proposed
    if used is not None:
        proposed = replace(proposed, roles=used.roles)
    choices = {str(i): label(c.name) for i, c in enumerate(looked.columns) if c.name.strip()}
    place = {column.name: str(i) for i, column in reversed(list(enumerate(looked.columns)))}

    def field(role: str, column: str | None, name: str) -> Any:
        chosen = place.get(column or "", "")
        return ui.input_select(f"role_{role}", name, {"": NONE, **choices}, selected=chosen)

    def one(role: str) -> Any:
        return field(role, getattr(proposed.roles, role), FIELDS[role])

    of = [*proposed.roles.population, *[None] * populations(beginning)]
    several = [
        field(f"population_{i}", of[i], f"{FIELDS['population']}{', together with' * (i > 0)}")
        for i in range(populations(beginning))
    ]
    more = ("id", "wave", "rater", "count", "percent", "asked", "cluster", "strata", "fpc")
    is_more = (
        any(getattr(proposed.roles, role) for role in more) or len(proposed.roles.population) > 1
    )
    return t.details(
        t.summary("What the columns mean"),
        t.p(
            f"{len(looked.columns)} columns, {looked.rows:,}"
            f"{'' if looked.whole else ' or more'} rows. What is chosen is a proposal: what a "
            "column means, only you know.",
        ),
        *([_look_at(proposed.doubt)] if proposed.doubt else []),
        *_counts_field(beginning.proposed.roles.counts, proposed.roles.counts),
        *_several_field(beginning.proposed, proposed.roles.several),
        *_sums(proposed.roles),
        t.div(one("goal"), several[0], one("weight"), class_="roles"),
        t.details(
            t.summary("More columns: who, when, raters, counts, published figures, sample"),
            t.div(*several[1:], *map(one, more), class_="roles"),
            open="open" if is_more else None,
        ),
        ui.output_ui("answers_part"),
        ui.input_text(
            "area",
            f"{FIELDS['name']}, in words",
            "" if used is None else used.area,
            placeholder="choice of president, 2020",
        ),
        ui.input_action_button("use", "Use these columns", class_="btn-primary"),
        _columns_table(beginning),
        id="columns",
        open="open",
    )


def populations(beginning: Beginning) -> int:
    """Return how many columns may make up the population together."""
    return max(2, len(beginning.proposed.roles.population))


def _look_at(text: str) -> Any:
    return ui.tags.div(ui.tags.p(f"Look at this: {plain(text)}."), class_="state caution")


def _counts_field(columns: Sequence[str], chosen: Sequence[str]) -> list[Any]:
    """Return the columns that hold how many agents have one goal each, where there are some."""
    if not columns:
        return []
    choices = {name: label(name) for name in columns}
    text = "Columns that each hold how many agents have one goal"
    return [ui.input_checkbox_group("counts", text, choices, selected=list(chosen))]


def _several_field(proposed: Proposed, chosen: Sequence[str]) -> list[Any]:
    """Return the columns of goals of which each agent may hold several, where there are some."""
    if not proposed.roles.several:
        return []
    choices = {name: label(name) for name in proposed.roles.several}
    text = f"{FIELDS['several']}: they look like {proposed.several}"
    return [ui.input_checkbox_group("several", text, choices, selected=list(chosen))]


def _sums(roles: Roles) -> list[Any]:
    """Return which columns hold sums of weights, where rows stand for several agents."""
    if not roles.weight_sum or not roles.weight_sq_sum:
        return []
    text = f"Sums of weights, and of their squares: {named(roles.weight_sum)}, "
    return [ui.tags.p(f"{text}{named(roles.weight_sq_sum)}.", class_="note")]


def _columns_table(beginning: Beginning) -> Any:
    t, most = ui.tags, 40
    columns = beginning.looked.columns
    rows = [
        t.tr(
            t.th(label(column.name), scope="row", class_="text", dir="auto"),
            t.td(f"{column.distinct:,}"),
            t.td(
                ", ".join(label(text) for text, _ in column.values.most_common(4)),
                class_="text",
                dir="auto",
            ),
        )
        for column in columns[:most]
    ]
    head = t.tr(
        t.th("column", scope="col", class_="text"),
        t.th("different values", scope="col"),
        t.th("the most frequent", scope="col", class_="text"),
    )
    cut = f" (the first {most} of {len(columns):,})" if len(columns) > most else ""
    return t.details(
        t.summary("What the columns hold"),
        t.div(
            t.table(t.caption(f"Columns of the table{cut}"), t.thead(head), t.tbody(*rows)),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label="Columns of the table",
        ),
    )


def answers_form(answers: Answers, counts: Mapping[str, int], used: Used | None = None) -> Any:
    """Return a field for what each answer stands for, as it was used, or is proposed."""
    t, said = ui.tags, answers if used is None else used

    def field(number: int, text: str) -> Any:
        now = GOAL
        if text in said.no_goal or text in said.not_answers:
            now = NO_GOAL if text in said.no_goal else NO_ANSWER
        name = f"{label(text)} ({counts[text]:,})" if text in counts else label(text)
        return ui.input_select(f"answer_{number}", name, STANDS_FOR, selected=now)

    fields = [field(i, text) for i, text in enumerate(answers_of(answers))]
    return t.details(
        t.summary("What the answers stand for"),
        t.div(*fields, class_="roles answers"),
        open="open",
    )


def trouble(lines: Sequence[str], before: str = "") -> Any:
    """Return what is wrong, a line each."""
    t = ui.tags
    return t.div(
        *([t.p(before)] if before else []), *(t.p(line) for line in lines), class_="trouble"
    )


def downloads(study_name: str, beside: str) -> Any:
    """Return the buttons that save what is shown."""
    t = ui.tags
    return t.div(
        t.h3("Download"),
        t.div(
            ui.download_button("get_study", "Study file"),
            ui.download_button("get_report", "Report (HTML)"),
            ui.download_button("get_script", "Python script"),
            ui.download_button("get_table", "Numbers (CSV)"),
            class_="take",
        ),
        t.p(
            f"Put the study file beside {beside}; then bayes-misalign fit {study_name} gives "
            "these digits again.",
            class_="note",
            dir="auto",
        ),
    )


def opened_as(name: str, base: Base | None) -> Any:
    """Return what is open, and what was read from it."""
    t = ui.tags
    shown = t.p(t.strong(label(name)), dir="auto")
    if base is None:
        return shown
    together = [text for text in base.told if text.startswith("Look at this")]
    return t.div(
        shown,
        *(t.div(t.p(plain(text)), class_="state caution") for text in together),
        t.details(
            t.summary("What was taken for granted"), t.ul(*(t.li(plain(x)) for x in base.told))
        )
        if base.told
        else None,
        t.details(t.summary("What was read"), t.pre(read_text(base), tabindex="0")),
    )


def read_text(base: Base) -> str:
    """Return what `check` says of a study."""
    from rich.console import Console

    from bayes_misalign.areas.described import print_areas
    from bayes_misalign.areas.study import AreasStudy
    from bayes_misalign.report.check_text import print_study

    file = io.StringIO()
    plain = Console(
        file=file, width=76, highlight=False, emoji=False, color_system=None, force_jupyter=False
    )
    if isinstance(base.study, AreasStudy):
        print_areas(base.study, plain)
    else:
        print_study(base.study, plain)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def fit_form(state: str) -> Any:
    """Return the button that fits a study, or how far a fit has come and the button to stop it."""
    t = ui.tags
    if state == RUNS:
        return t.div(
            t.p("Fitting: ", ui.output_text("progress", inline=True)),
            ui.input_action_button("stop", "Stop the fit"),
        )
    if state == WAITS:
        return t.div(
            t.p("This study has a part that must be sampled, which takes a minute or more."),
            ui.input_action_button("fit", "Fit with these levels", class_="btn-primary"),
        )
    return None
