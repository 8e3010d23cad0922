"""The command that shows and clears what is kept of compiled models."""

from __future__ import annotations

from typing import Annotated

import typer


def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all that is kept.")] = False,
) -> None:
    """Show which compiled models are kept on this machine, or remove them.

    A sampled study whose model was compiled before is fitted without compiling. The variable
    BAYES_MISALIGN_CACHE of the environment names another folder, or turns this off ("off").
    """
    from bayes_misalign.errors import printable
    from bayes_misalign.inference import code_store
    from bayes_misalign.kept_folder import SWITCH, folder
    from bayes_misalign.page.kept_templates import kept_templates

    place = folder()
    if place is None:
        print(f"Nothing is kept: {SWITCH} is off.")
        return
    number, size = code_store.size()
    models = f"{number} compiled model{'s' * (number != 1)}"
    if clear:
        code_store.clear()
        if (templates := kept_templates()) is not None:
            templates.clear()
        print(f"Removed {models}, {size / 1e6:.1f} MB, from {printable(str(place))}.")
    else:
        print(f"{models}, {size / 1e6:.1f} MB, in {printable(str(place))}.")
