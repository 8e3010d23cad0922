"""A Quarto document that reads the numbers of a study from its folder of results."""

from __future__ import annotations

import json
from urllib.parse import quote

from bayes_misalign.page.columns import UNION_NAME
from bayes_misalign.page.safe_text import markdown_text
from bayes_misalign.report import methods
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.headlines import asked_for, first_number
from bayes_misalign.report.in_words import world_of
from bayes_misalign.report.sections import document
from bayes_misalign.report.words import two_agents

READ = """#| label: read
import csv
import json
from pathlib import Path

results = Path({folder})
summary = json.loads((results / "summary.json").read_text(encoding="utf-8"))


def shown(estimate, digits=3):
    if estimate["mean"] is None:
        return "withheld"
    low, high = (f"{{end:.{{digits}}f}}" for end in estimate["interval"])
    return f"{{estimate['mean']:.{{digits}}f}} ({{low}} to {{high}})"


def rows(name):
    with open(results / "tables" / f"{{name}}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plain(text):
    for sign in "\\\\`*_[]<>|$~#":
        text = text.replace(sign, "\\\\" + sign)
    return text


def table(name, *labels, numbers=("mean", "lower", "upper"), empty="{empty}", most=60):
    print("|", " | ".join([*labels, *numbers]), "|")
    print("|", " | ".join([":---"] * len(labels) + ["---:"] * len(numbers)), "|")
    for row in rows(name)[:most]:
        words = [plain(row[label]) or empty for label in labels]
        cells = [f"{{float(row[n]):.3f}}" if row[n] else "" for n in numbers]
        print("|", " | ".join([*words, *cells]), "|")


mass = f"{{100 * summary['interval']['mass']:g}} % interval"
"""
HEADLINE = """area = summary["problem_areas"][0]
number = area.get("headline") or area["overall"] or {}
found = number.get("misalignment") or area["populations"][0]["misalignment"]
"""
TABLES = (
    ("misalignment", "P(ma) by population", "population"),
    ("proportions", "Goal shares", "population, goal"),
    ("contrasts", "Differences of P(ma)", "population, population_other, quantity"),
    ("conflict", "Conflict between goals", "goal, goal_other"),
    ("contributions", "Parts of P(ma) by pair of goals", "population, goal, goal_other"),
)


def to_quarto(findings: Findings, folder: str, files: set[str]) -> str:
    """Return a report whose numbers are read when it is rendered.

    Parameters
    ----------
    findings : Findings
        What was found.
    folder : str
        Folder of results, from the place of the document.
    files : set of str
        Names of the files in that folder, relative to it.
    """
    page, world = document(findings), world_of(findings.study)
    asked = asked_for(findings)
    number = first_number(findings) is not None and not findings.prior_only
    parts = start(page.title, folder, UNION_NAME, HEADLINE)
    if number:
        whence = "" if asked is None else markdown_text(asked.whence)
        said = world.say(f"{two_agents(findings)}{whence} hold conflicting goals with probability")
        parts += [f"{said} `{{python}} shown(found)` (mean, `{{python}} mass`).", ""]
    for name, title, labels in TABLES:
        if f"tables/{name}.csv" not in files:
            continue
        parts += [f"## {world.say(title)}", ""]
        figure = name if name != "proportions" else "shares"
        if f"figures/{figure}.svg" in files:
            parts += [picture(folder, figure), ""]
        columns = ", ".join(json.dumps(label) for label in labels.split(", "))
        if name == "conflict" and findings.by_population:
            columns = f'"population", {columns}'
        parts += [chunk(f'#| output: asis\ntable("{name}", {columns})\n')]
    parts += ["## Methods", "", markdown_text(world.say(methods.methods_paragraph(findings))), ""]
    parts += [markdown_text(world.say(methods.data_paragraph(findings))), "", "## Literature", ""]
    parts += [f"- {markdown_text(cited)}" for cited in methods.citations(findings)]
    return "\n".join(parts) + "\n"


def start(title: str, folder: str, empty: str, more: str = "") -> list[str]:
    """Return how a document begins: its title, and a chunk that reads a folder of results.

    `empty` is what tables say where a label is none, and `more` is code that follows.
    """
    read = READ.format(folder=json.dumps(folder, ensure_ascii=False), empty=empty)
    return [
        "---",
        f"title: {json.dumps(title, ensure_ascii=False)}",
        "format:",
        "  html: default",
        "  docx: default",
        "jupyter: python3",
        "execute:",
        "  echo: false",
        "---",
        "",
        chunk(read + more),
        'State of the fit: **`{python} summary["state"]`**.',
        "",
    ]


def picture(folder: str, figure: str) -> str:
    """Return the link to a figure in a folder of results."""
    within = "" if folder == "." else f"{quote(folder)}/"
    return f"![]({within}figures/{figure}.svg)"


def chunk(code: str) -> str:
    """Return code that is run when a document is rendered."""
    return f"```{{python}}\n{code}```\n"
