"""The command that opens the app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def open_app(
    data: Annotated[
        Path | None,
        typer.Argument(
            help="A table, a study file, or a folder with a study.toml. Default: upload one there.",
            metavar="[STUDY or DATA]",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to serve at. Default: any that is free.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open a page in the browser: choose columns, move levels of conflict, and watch P(ma).

    It is served on this machine only (127.0.0.1), and no data leave it. Needs the extra "app".
    """
    from bayes_misalign.app.opening import open_path
    from bayes_misalign.app.serve import check_installed, serve

    check_installed()
    serve(None if data is None else open_path(data), port=port, browser=browser)
