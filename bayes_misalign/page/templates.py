"""Templates of pages: strict about names, and every value escaped where they are HTML."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def templates_in(folder: Path, *, escape: bool = True) -> Environment:
    """Return the templates of a folder; labels of data are text, whatever they hold."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from bayes_misalign.page.kept_templates import kept_templates

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,  # each is rendered once, and to look for constants takes longer
        bytecode_cache=kept_templates(),
    )
