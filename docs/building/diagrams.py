"""Mermaid diagrams, drawn when the site is built: readers load no program from elsewhere."""

import hashlib
import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from building.links import DOCS

FOLDER = DOCS / "generated" / "diagrams"
PATH = re.compile(r'(?<= d=")[^"]*')
LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")


def drawn(source: str) -> str:
    """Draw a diagram once; return its place, from the root of the site's sources."""
    name = hashlib.sha256(source.encode()).hexdigest()[:16]
    path = FOLDER / f"{name}.svg"
    if not path.exists():
        import mermaidx

        svg = mermaidx.render(source, theme="neutral").svg()
        svg = PATH.sub(lambda path: LONG_NUMBER.sub(r"\1", path.group()), svg)
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, encoding="utf-8")
    return f"/generated/diagrams/{name}.svg"


def in_words(source: str) -> str:
    """Return the labels of a diagram, for those who cannot see it."""
    labels = re.findall(r"[\[(]+\"?([^\[\]()\"][^\[\]\"]*?)\"?[\])]+", source)
    return "Diagram: " + "; ".join(re.sub(r"<br/?>", " ", label) for label in labels)


class Mermaid(SphinxDirective):
    """A fence of the language `mermaid`."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        source = "\n".join(self.content)
        alt = self.options.get("alt", in_words(source))
        image = nodes.image(uri=drawn(source), alt=alt, classes=["diagram"])
        self.set_source_info(image)
        return [image]
