"""The reference of the public interface, from its docstrings: nothing public is left out."""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

import bayes_misalign

INTRO = {
    "fitting": "What a script starts from. `bm` stands for `bayes_misalign`.",
    "declarations": "Evidence about goals and about conflict, and priors of shares. Each says the "
    "same as a table of a study file: its arguments are the keys.",
    "options": "What a study says beside its evidence.",
    "results": "What `fit` and `load` return, and what it is made of.",
    "measure": "Misalignment from goal shares and conflict levels: numpy only, vectorised over "
    "draws and populations. Nothing here estimates anything; it is what estimates are made with.",
    "errors": "Everything that this package raises on purpose.",
    "testing": "For those who write a model of their own, see [extending](../../extending.md).",
}
TITLES = {
    "fitting": "Studies and fits",
    "declarations": "What a study is made of",
    "options": "Options",
    "results": "Results",
    "measure": "measure: the quantities",
    "errors": "Errors",
    "testing": "testing: models of your own",
}
OF_RESULTS = (
    "bayes_misalign.page.estimate.Estimate",
    "bayes_misalign.page.estimate.Estimates",
    "bayes_misalign.inference.contrast.Contrast",
    "bayes_misalign.inference.attribution.Attribution",
    "bayes_misalign.inference.mixing.MixingResult",
    "bayes_misalign.inference.stand_in.Nearest",
    "bayes_misalign.inference.stand_in.EquivalentSample",
    "bayes_misalign.inference.predictive.Replicates",
    "bayes_misalign.inference.reweighted.Tried",
)


def public_names() -> dict[str, list[str]]:
    """Return every public name of the package, by the page that describes it."""
    found: dict[str, list[str]] = {page: [] for page in TITLES}
    for name in dir(bayes_misalign):
        if name != "measure":
            found[_page_of(getattr(bayes_misalign, name))].append(f"bayes_misalign.{name}")
    found["results"] += OF_RESULTS
    measure = import_module("bayes_misalign.measure")
    by_place = sorted(measure.__all__, key=lambda name: getattr(measure, name).__module__)
    found["measure"] = [f"bayes_misalign.measure.{name}" for name in by_place]
    found["testing"] = [f"bayes_misalign.testing.{name}" for name in ("check_model", "ModelError")]
    return found


def _page_of(found: Any) -> str:
    if isinstance(found, type) and issubclass(found, Exception):
        return "errors"
    home = found.__module__.removeprefix("bayes_misalign.")
    if home.startswith("models."):
        return "declarations"
    if home == "study.options":
        return "options"
    return "results" if home in ("report.posterior", "areas.posterior") else "fitting"


def _directive(name: str) -> str:
    module, _, last = name.rpartition(".")
    found = getattr(import_module(module), last)
    kind = "class" if inspect.isclass(found) else "function"
    lines = [f".. auto{kind}:: {name}"]
    if kind == "class" and last in (
        "AreasPosterior",
        "AreasStudy",
        "Posterior",
        "Study",
        "Estimate",
        "Estimates",
        "Contrast",
    ):
        lines += ["   :members:", "   :inherited-members: Mapping"]
    elif kind == "class" and not issubclass(found, Exception):
        lines += ["   :members:"] if module.startswith("bayes_misalign.inference") else []
    return "\n".join(lines)


def reference(write: Callable[[str, str], None]) -> None:
    """Write a page for each part of the interface, and the list of them."""
    pages = public_names()
    for page, names in pages.items():
        body = "\n\n".join(f"## {n.rpartition('.')[2]}\n\n{_fenced(_directive(n))}" for n in names)
        write(f"reference/{page}", f"# {TITLES[page]}\n\n{INTRO[page]}\n\n{body}\n")
    listed = "\n".join(
        f"| [{TITLES[page]}]({page}.md) | {', '.join(_short(name, page) for name in names)} |"
        for page, names in pages.items()
    )
    write(
        "reference/index",
        "# Reference\n\nEverything public, from its docstrings.\n\n"
        f"| part | names |\n| --- | --- |\n{listed}\n\n```{{toctree}}\n:hidden:\n\n"
        + "\n".join(pages)
        + "\n```\n",
    )


def _short(name: str, page: str) -> str:
    last = name.rpartition(".")[2]
    return f"[`{last}`]({page}.md#{last.lower()})"


def _fenced(directive: str) -> str:
    return "```{eval-rst}\n" + directive + "\n```"
