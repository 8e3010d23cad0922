"""A Quarto document that reads the numbers of a study from its folder of results."""

from __future__ import annotations

import json
from urllib.parse import quote

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
area = summary["problem_areas"][0]


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


def table(name, *labels, most=60):
    print("|", " | ".join([*labels, "mean", "lower", "upper"]), "|")
    print("|", " | ".join([":---"] * len(labels) + ["---:"] * 3), "|")
    for row in rows(name)[:most]:
        words = [plain(row[label]) or "all populations together" for label in labels]
        numbers = [f"{{float(row[n]):.3f}}" if row[n] else "" for n in ("mean", "lower", "upper")]
        print("|", " | ".join([*words, *numbers]), "|")


mass = f"{{100 * summary['interval']['mass']:g}} % interval"
number = area.get("headline") or area["overall"] or {{}}
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
    read = READ.format(folder=json.dumps(folder, ensure_ascii=False))
    parts = [
        "---",
        f"title: {json.dumps(page.title, ensure_ascii=False)}",
        "format:",
        "  html: default",
        "  docx: default",
        "jupyter: python3",
        "execute:",
        "  echo: false",
        "---",
        "",
        _chunk(read),
        'State of the fit: **`{python} summary["state"]`**.',
        "",
    ]
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
            parts += [f"![]({_link(folder)}figures/{figure}.svg)", ""]
        columns = ", ".join(json.dumps(label) for label in labels.split(", "))
        if name == "conflict" and findings.by_population:
            columns = f'"population", {columns}'
        parts += [_chunk(f'#| output: asis\ntable("{name}", {columns})\n')]
    parts += ["## Methods", "", markdown_text(world.say(methods.methods_paragraph(findings))), ""]
    parts += [markdown_text(world.say(methods.data_paragraph(findings))), "", "## Literature", ""]
    parts += [f"- {markdown_text(cited)}" for cited in methods.citations(findings)]
    return "\n".join(parts) + "\n"


def _chunk(code: str) -> str:
    return f"```{{python}}\n{code}```\n"


def _link(folder: str) -> str:
    return "" if folder == "." else f"{quote(folder)}/"
