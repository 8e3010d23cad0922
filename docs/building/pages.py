"""Pages that are made from what the repository holds: cards, examples, benchmarks, reference."""

import os
from pathlib import Path

from building import messages
from building.examples import EXAMPLES, SECOND, fit_all
from building.links import DOCS, ROOT, relink

GENERATED = DOCS / "generated"
# the figure that tells what an example is about
STORY = {
    "ai-experts": ["mixture", "misalignment"],
    "anaesthetists": ["accuracies", "misalignment"],
    "debian-leader": ["orders", "misalignment"],
    "drawn": ["misalignment"],
    "eu-referendum": ["misalignment"],
    "games-human-ai": ["mixture", "misalignment"],
    "german-parties": ["conflict", "misalignment"],
    "gm-foods": ["misalignment"],
    "iraq-vote": ["shrinkage"],
    "karate-club": ["contact"],
    "moral-machine": ["mixture", "misalignment"],
    "nonvoters": ["misalignment"],
    "polis": ["ranks"],
    "quantifying-misalignment": ["ranks"],
    "senators": ["conflict", "misalignment"],
    "simulated-behaviour": ["mixture", "misalignment"],
    "simulated-judges": ["conflict", "misalignment"],
    "us-parties": ["misalignment", "conflict"],
}
STORY_OF_SECOND = {"eu-referendum": "refusals"}


def write(page: str, text: str) -> None:
    """Write a page, if it is not so already."""
    path = GENERATED / f"{page}.md"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(path: Path, page: str) -> str:
    """Return a Markdown file of the repository with links as the page needs them."""
    return relink(path.read_text(encoding="utf-8"), path, f"generated/{page}")


def _toctree(pages: list[str], *, hidden: bool = True) -> str:
    options = ":hidden:\n" if hidden else ""
    return "```{toctree}\n" + options + "\n" + "\n".join(pages) + "\n```\n"


def cards() -> None:
    """Write the card of each model as a page, and the list of them."""
    from bayes_misalign.contract import registry

    rows: dict[str, list[str]] = {"goals": [], "shares": [], "conflict": []}
    names = list(registry.BUILT_IN)
    for name in names:
        text = read(ROOT / "models" / name / "README.md", f"cards/{name}")
        write(f"cards/{name}", text)
        asked = text.partition("## Question\n")[2].partition("\n## ")[0].strip().split("\n\n")[0]
        rows[registry.model(name).traits.kind].append(f"| [{name}]({name}.md) | {_line(asked)} |")
    of = {
        "goals": "Who holds which goal",
        "shares": "How the goal shares of populations are related",
        "conflict": "How much two goals conflict",
    }
    tables = "\n".join(
        f"## {title}\n\n| model | question |\n| --- | --- |\n" + "\n".join(rows[kind]) + "\n"
        for kind, title in of.items()
    )
    write(
        "cards/index",
        "# Models\n\nEach model has a card: the question it answers, a picture of the model, what "
        "it assumes, when not to use it, what identifies it, its priors and why, and how it was "
        "checked. `bayes-misalign models NAME` prints the same card. "
        "[Which model?](../../which-model.md) leads to the one you need.\n\n"
        f"{tables}\n{_toctree(names)}",
    )


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def gallery() -> None:
    """Write a page for each example, with its study file, what was printed, and its figure."""
    folders = fit_all()
    entries = []
    for name, folder in folders.items():
        page = f"gallery/{name}"
        text = read(EXAMPLES / name / "README.md", page).rstrip()
        here = GENERATED / "gallery"
        study = os.path.relpath(EXAMPLES / name / "study.toml", here)
        parts = [text, f"## The study\n\n```{{literalinclude}} {study}\n:language: toml\n```"]
        if folder is None:
            parts.append("## The result\n\nThis copy of the site was built without this fit.")
            figure = None
        else:
            figure = next(
                path
                for kind in [*STORY.get(name, []), "misalignment"]
                if (path := folder / "results" / "figures" / f"{kind}.svg").exists()
            )
            shown = os.path.relpath(figure, here)
            printed = os.path.relpath(folder / "terminal.txt", here)
            parts.append(
                f"## The result\n\n![{_alt(figure)}]({shown})\n\n"
                f'<a href="../../reports/{name}.html">The whole report</a>, as '
                "`bayes-misalign fit` writes it. What it prints:\n\n"
                f"```{{literalinclude}} {printed}\n:language: text\n```"
            )
        if folder is not None and (second := SECOND.get(name)):
            figure = folder / second / "figures" / f"{STORY_OF_SECOND[name]}.svg"
            shown = os.path.relpath(figure, here)
            parts.append(
                f"## The result of {second}.toml\n\n![{_alt(figure)}]({shown})\n\n"
                f'<a href="../../reports/{name}-{second}.html">The whole report</a>'
            )
        write(page, "\n\n".join(parts) + "\n")
        title = text.partition("\n")[0].removeprefix("# ")
        picture = f"![]({os.path.relpath(figure, here)})\n\n" if figure else ""
        entries.append(
            f":::{{grid-item-card}} {title}\n:link: {name}\n:link-type: doc\n\n"
            f"{picture}{_first(text)}\n:::"
        )
    write(
        "gallery/index",
        "# Gallery\n\nEvery example of the repository, fitted with this version. "
        "Each page shows the study file, the result, and the whole report.\n\n"
        "::::{grid} 1 1 2 2\n:gutter: 3\n\n"
        + "\n\n".join(entries)
        + "\n::::\n\n"
        + _toctree(list(folders)),
    )


def _first(text: str) -> str:
    """Return the first paragraph below the title, without links."""
    for paragraph in text.split("\n\n")[1:]:
        if paragraph[0] not in "!#`|<":
            return " ".join(paragraph.split())
    return ""


def _alt(figure: Path) -> str:
    """Return the words that stand for a figure in the Markdown report."""
    report = (figure.parents[1] / "report.md").read_text(encoding="utf-8")
    before = report.partition(f"](figures/{figure.name})")[0]
    words = before.rpartition("![")[2]
    return words.partition(":")[0]


def benchmarks() -> None:
    """Write the page of benchmarks."""
    write("benchmarks", read(ROOT / "benchmarks" / "README.md", "benchmarks"))


def write_all() -> None:
    """Write all pages that are made."""
    from building.reference import reference

    (GENERATED / "extra").mkdir(parents=True, exist_ok=True)
    cards()
    gallery()
    benchmarks()
    write("messages", messages.page())
    reference(write)
