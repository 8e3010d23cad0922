"""Reports of a model in every face, with labels that mean harm."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import on_trial
from bayes_misalign.contract.shares import kept_dims
from bayes_misalign.inference.fit import run
from bayes_misalign.report.findings import gather
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.render_terminal import as_text
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.study import Study
from bayes_misalign.testing.cases import Case, study_of

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\"><img src=x onerror='alert(1)'>",
    "\x1b[31mred\x1b[0m [bold]bold[/bold]",
    "\u202eturned שלום",
    "L" * 300,
    "two\nlines | `code` *b* $x_1$",
    "@SUM(A1)",
)
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_RAW = re.compile(r"(?<!\\)<(script|img)", re.IGNORECASE)


def faces_problems(case: Case) -> Iterator[str]:
    """Find faces of a report that cannot be made, or that a label gets through to."""
    if not case.in_a_study:
        return
    model: Any = copy.copy(case.model)
    if model.draw(case.evidence, case.priors, 1, np.random.default_rng(1)) is None:
        model.draw = _Kept(case.model)  # a report needs draws, not good ones
    plain, names = study_of(case).to_plain(), dict[str, str]()
    hostile = {part: _renamed(plain[part], names) for part in ("area", "goals", "conflict")}
    with on_trial(model):
        result = Posterior(run(Study.from_plain(plain | hostile))[0])
        findings = gather(result)
        faces: dict[str, Callable[[], bool]] = {
            "HTML": lambda: _runs(to_html(findings, figures=False)),
            "Markdown": lambda: bool(_RAW.search(to_markdown(findings))),
            "a terminal": lambda: bool(_CONTROLS.search(as_text(result))),
            "CSV": lambda: any(map(_calculates, csv_tables(findings).values())),
            "JSON": lambda: _goals(to_json(findings)) != findings.study.area.goals,
        }
        for face, unsafe in faces.items():
            try:
                if unsafe():
                    yield f"hostile labels get through to its report in {face}"
            except Exception as error:
                yield f"its report in {face} fails on hostile labels: {error!r}"


class _Kept:
    """Prior draws of what is kept in a result, in place of posterior ones."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __call__(
        self, evidence: Any, priors: Any, draws: int, rng: np.random.Generator
    ) -> dict[str, NDArray[np.float64]]:
        drawn = self._model.draw_prior(evidence, priors, draws, rng)
        kept = {*self._model.dims, "proportion", "conflict_level"}
        if self._model.traits.kind == "goals":
            kept |= {*kept_dims(self._model, priors)}
        return {key: values for key, values in drawn.items() if key in kept}


def _renamed(plain: Any, names: dict[str, str]) -> Any:
    """Return plain evidence with every text of a list a hostile one; they are labels."""
    if isinstance(plain, Mapping):
        where = {key: HOSTILE[0] for key in ("origin", "source") if key in plain}
        texts = {key: x for key, x in plain.items() if isinstance(x, str)}
        return {
            key: texts[key] if key in texts else _renamed(x, names) for key, x in plain.items()
        } | where
    if isinstance(plain, list):
        return [_renamed(x, names) for x in plain]
    if isinstance(plain, str) and plain != NO_GOAL:
        number = len(names)
        other = HOSTILE[number % len(HOSTILE)]
        names.setdefault(plain, other if number < len(HOSTILE) else f"{other} {number}")
        return names[plain]
    return plain


class _Tags(HTMLParser):
    """Whether a page holds tags or attributes that run something."""

    runs = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        self.runs |= tag in ("script", "iframe") or any(key.startswith("on") for key, _ in attrs)


def _runs(page: str) -> bool:
    tags = _Tags()
    tags.feed(page)
    return tags.runs


def _calculates(table: str) -> bool:
    rows = csv.reader(io.StringIO(table, newline=""))
    return any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row)


def _goals(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text, parse_constant=_refuse)["problem_areas"][0]["goals"])


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
