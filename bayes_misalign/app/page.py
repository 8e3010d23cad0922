"""The page itself: what stands where, before anything is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shiny import App, ui

from bayes_misalign.app.opening import MOST_BYTES, Opened
from bayes_misalign.app.server import Server

STATIC = Path(__file__).parent / "static"


def make_app(opened: Opened | None, room: Path) -> App:
    """Return the page as an application of Shiny.

    Parameters
    ----------
    opened : Opened, optional
        What it begins with.
    room : Path
        Folder for what is uploaded and fitted, which goes away with it.
    """
    server = Server(opened, room)
    app = App(page(upload_open=opened is None), server.run, static_assets=STATIC)
    app.on_shutdown(server.stop)
    return app


def page(*, upload_open: bool) -> Any:
    """Return the whole page, empty."""
    t = ui.tags
    return ui.page_fluid(
        ui.head_content(
            t.link(rel="stylesheet", href="app.css"),
            t.script(src="app.js"),
            t.meta(name="viewport", content="width=device-width, initial-scale=1"),
            t.link(rel="icon", href="data:,"),
        ),
        t.main(
            t.h1("How misaligned is a population?"),
            t.p(
                "P(ma) is the probability that two agents drawn at random hold conflicting goals. "
                "This page runs on your machine: no data leave it.",
                class_="soft",
            ),
            t.noscript("This page needs JavaScript, which comes from your own machine too."),
            t.p(
                "The connection to the program has ended. What you downloaded stays; to go on, "
                "start it again: bayes-misalign app",
                id="gone",
                class_="trouble",
                role="alert",
                hidden="hidden",
            ),
            t.div(
                t.div(_data_part(upload_open), _levels_part(), class_="left"),
                t.div(_number_part(), _result_part(), class_="right"),
                class_="grid",
            ),
            data_most=str(MOST_BYTES),
        ),
        title="bayes_misalign",
        lang="en",
    )


def _data_part(upload_open: bool) -> Any:
    t = ui.tags
    upload = t.div(
        ui.input_file(
            "upload",
            "A table (CSV, Excel, SPSS, Stata, Parquet ...), or a study file with its tables",
            multiple=True,
            width="100%",
        ),
        t.p(id="upload-note", role="alert"),
    )
    return t.section(
        t.h2("Data", id="data-title"),
        ui.output_ui("opened_part"),
        t.details(t.summary("Open a file"), upload, open="open" if upload_open else None),
        t.div(ui.output_ui("trouble_part"), role="alert"),
        ui.output_ui("columns_part"),
        class_="card-part data",
        aria_labelledby="data-title",
    )


def _levels_part() -> Any:
    t = ui.tags
    return t.section(
        t.h2("Conflict between goals", id="levels-title"),
        ui.output_ui("levels_part"),
        class_="card-part moves",
        aria_labelledby="levels-title",
    )


def _number_part() -> Any:
    t = ui.tags
    working = t.span(" working ...", class_="working", aria_hidden="true")
    return t.section(
        t.h2("P(ma)", working, id="number-title"),
        t.div(ui.output_ui("number_part"), role="status", aria_live="polite", aria_atomic="true"),
        ui.output_ui("fit_part"),
        class_="card-part now",
        aria_labelledby="number-title",
    )


def _result_part() -> Any:
    t = ui.tags
    return t.section(
        t.h2("What stands behind it", id="result-title"),
        ui.output_ui("state_part"),
        ui.output_ui("take_part"),
        ui.output_ui("figure_part"),
        ui.output_ui("tables_part"),
        class_="card-part rest",
        aria_labelledby="result-title",
    )
