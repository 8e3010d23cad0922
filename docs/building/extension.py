"""The Sphinx extension that makes pages, draws diagrams and shows cells."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from building import cells, diagrams, pages
from building.links import DOCS, relink


def _read(app: Sphinx, page: str, source: list[str]) -> None:
    path = DOCS / f"{page}.md"
    if path.exists() and not page.startswith("generated/"):
        source[0] = relink(source[0], path, page)


def _write(app: Sphinx, config: Config) -> None:
    pages.write_all()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.connect("config-inited", _write)
    app.connect("source-read", _read)
    app.connect("doctree-read", cells.show)
    app.add_directive("mermaid", diagrams.Mermaid)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
