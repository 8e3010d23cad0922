"""A Quarto document that reads the numbers of several problem areas from their folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bayes_misalign.areas.sections import document, sections
from bayes_misalign.page.blocks import Bullets, Paragraph
from bayes_misalign.page.number_text import NOTHING
from bayes_misalign.page.safe_text import markdown_text
from bayes_misalign.report.quarto import chunk, picture, start

if TYPE_CHECKING:
    from bayes_misalign.areas.posterior import AreasPosterior

ESTIMATES = ("mean", "lower", "upper")
# of each section of a report the tables of its folder, with their labels and their numbers
TABLES: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "areas": [("areas", "area, population, population_other", ESTIMATES)],
    "ranks": [("ranks", "scope, area, interval", ("mean_rank", "p_most", "p_top", "p_least"))],
    "aggregates": [("aggregates", "scope, aggregate", ESTIMATES)],
    "aligned": [("aligned", "of, area, population", (*ESTIMATES, "probability_nearest"))],
    "bedfellows": [
        (name, "one, other, opposed, agreed", ("probability", "p_opposed", "p_agreed"))
        for name in ("bedfellows", "goal_bedfellows")
    ],
    "together": [
        ("together", "population, population_other", ESTIMATES),
        ("pairs_of_areas", "population, population_other, area, area_other", ESTIMATES),
    ],
}


def to_quarto(result: AreasPosterior, folder: str, files: set[str]) -> str:
    """Return a report whose numbers are read when it is rendered.

    Parameters
    ----------
    result : AreasPosterior
        What was found.
    folder : str
        Folder of results, from the place of the document.
    files : set of str
        Names of the files in that folder, relative to it.
    """
    parts = start(document(result).title, folder, NOTHING)
    for section in sections(result):
        tables = [one for one in TABLES.get(section.key, ()) if f"tables/{one[0]}.csv" in files]
        blocks = section.of("page")
        words = [] if tables else [b.text for b in blocks if isinstance(b, Paragraph)]
        items = [text for b in blocks if isinstance(b, Bullets) for text in b.items]
        if not (tables or words or items):
            continue
        parts += [f"## {section.title}", ""]
        if f"figures/{section.key}.svg" in files:
            parts += [picture(folder, section.key), ""]
        for name, labels, numbers in tables:
            columns = ", ".join(json.dumps(label) for label in labels.split(", "))
            parts += [chunk(f'#| output: asis\ntable("{name}", {columns}, numbers={numbers})\n')]
        parts += [f"- {markdown_text(text)}" for text in items]
        parts += ["", *(f"{markdown_text(text)}\n" for text in words)]
    return "\n".join(parts) + "\n"
