"""The number that a study names as its headline, and the words for its world."""

import csv
import io
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import StudyError
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.report import render_json
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.sections import document
from bayes_misalign.report.words import headline
from bayes_misalign.report.write import write_folder
from bayes_misalign.study.options import Populations, Reporting
from bayes_misalign.study.study import Study

SCHEMA = json.loads(
    Path(render_json.__file__).with_name("summary.schema.json").read_text(encoding="utf-8")
)
AREA = bm.ProblemArea("x", ["left", "right"])


def made(names: list[str], shares: dict[str, float] | None, **report: Any) -> Study:
    counts = ChoiceCounts.from_counts(
        AREA.goals, names, [[30, 20], [10, 40], [25, 5]][: len(names)]
    )
    return Study.of(
        AREA,
        counts,
        bm.MutuallyExclusive(),
        populations=Populations(shares=shares),
        reporting=Reporting(**report),
    ).with_fitting(draws=250)


@cache
def three(asked: str | None = None) -> Findings:
    shares = {"a": 0.5, "b": 0.3, "c": 0.2}
    return gather(bm.fit(made(list("abc"), shares, headline=asked)))


@pytest.mark.parametrize("asked", ["within", "between"])
def test_within_and_between_are_given_where_agents_come_from(asked: str) -> None:
    found = three(asked)
    w = np.array([0.5, 0.3, 0.2])
    within = np.array([e.draws.ravel() for e in found.misalignment.values()])
    pairs = {frozenset(pair): e.draws.ravel() for pair, e in found.between.items()}
    names = "abc"
    if asked == "within":
        draws = (w**2 @ within) / (w**2).sum()
        of = "the same population"
    else:
        parts = [
            (w[i] * w[j], pairs[frozenset(names[i] + names[j])])
            for i in range(3)
            for j in range(3)
            if i != j
        ]
        draws = sum(p * d for p, d in parts) / sum(p for p, _ in parts)
        of = "different populations"
    number = document(found).number
    assert number is not None
    digits = len(number.value.partition(".")[2])
    assert float(number.value) == pytest.approx(draws.mean(), abs=0.51 * 10**-digits)
    first = headline(found)
    assert first.startswith(f"Two agents drawn at random from {of} hold conflicting goals with")
    assert number.value in first


def test_between_two_populations_needs_no_union() -> None:
    found = gather(bm.fit(made(["people", "models"], None, headline="between")))
    estimate = found.result.between("people", "models")
    assert headline(found) == (
        "Two agents drawn at random, one from people and one from models, hold conflicting goals "
        f"with probability {estimate_text(estimate, in_full=True)}."
    )


def test_a_population_and_the_usual_one() -> None:
    found = three("b")
    assert headline(found).startswith("Two agents drawn at random from b hold")
    assert estimate_text(found.misalignment["b"], in_full=True) in headline(found)
    assert headline(three("overall")) == headline(three())


@pytest.mark.parametrize(
    ("names", "shares", "asked", "valid"),
    [
        ("abc", True, "betwen", "'overall', 'within', 'between', 'a', 'b'.*did you mean 'between'"),
        ("abc", False, "between", "Valid: 'a', 'b', 'c'.*state the share of each population"),
        ("ab", False, "overall", "Valid: 'between', 'a', 'b'"),
        ("ab", False, "c", "Valid: 'between', 'a', 'b'"),
        ("a", False, "between", "Valid: 'a'"),
    ],
)
def test_a_headline_that_is_not_there_is_refused(
    names: str, shares: bool, asked: str, valid: str
) -> None:
    given = {name: 1 / len(names) for name in names} if shares else None
    with pytest.raises(StudyError, match=rf"(?si)no headline '{asked}'.*{valid}"):
        made(list(names), given, headline=asked)


@cache
def patients() -> Findings:
    made_up = made(list("ab"), {"a": 0.5, "b": 0.5}, noun="patients", goal_noun="diagnoses")
    return gather(bm.fit(made_up))


def test_every_face_for_readers_uses_the_words_of_the_study() -> None:
    findings = patients()
    ours = re.compile(r"\b[Aa]gents?\b|\b[Gg]oals?\b")
    texts = {
        "md": to_markdown(findings).split("## Please cite")[0],
        "terminal": findings.result.summary(),
        "notebook": findings.result._repr_html_(),
        "figures": " ".join(f.svg + f.alt + f.caption for f in draw_figures(findings).values()),
    }
    html = to_html(findings, figures=False)
    start = html.index('<details id="citations"')
    texts["html"] = re.sub(r'href="data:[^"]*"', "", html[html.index("<body>") : start])
    for face, text in texts.items():
        found = {text[max(0, m.start() - 40) : m.end() + 20] for m in ours.finditer(text)}
        allowed = {one for one in found if "mutually exclusive goals" in one or "no goal" in one}
        assert found == allowed, (face, found - allowed)
        assert "patients" in text or face == "figures"
        assert "diagnos" in text


def test_machines_read_the_same_names_in_every_study() -> None:
    findings = patients()
    plain = replace(findings.study, reporting=Reporting())
    other = gather(bm.fit(plain))
    assert csv_tables(findings) == csv_tables(other)
    assert json.loads(to_json(findings)) == json.loads(to_json(other)) | {
        "created": findings.metadata["created"]
    }
    heading = next(csv.reader(io.StringIO(csv_tables(findings)["proportions.csv"])))
    assert heading[:2] == ["population", "goal"]


def test_the_words_are_kept_with_the_study() -> None:
    study = made(list("ab"), None, noun=["mouse", "mice"], goal_noun="mazes", ordered=False)
    again = Study.from_plain(json.loads(json.dumps(study.to_plain())))
    assert again.reporting == study.reporting


def test_programs_read_the_headline_that_was_asked_for(tmp_path: Path) -> None:
    found = three("between")
    area = json.loads(to_json(found))["problem_areas"][0]
    jsonschema.validate({**json.loads(to_json(found))}, SCHEMA)
    assert area["headline"]["of"] == "between"
    number = document(found).number
    assert number is not None
    assert f"{area['headline']['misalignment']['mean']:.9f}".startswith(number.value[:3])
    assert "headline" not in json.loads(to_json(three()))["problem_areas"][0]
    folder = write_folder(found.result, tmp_path / "results", figures=False)
    text = found.result.report(folder / "posterior-report.qmd").read_text(encoding="utf-8")
    assert "Two agents drawn at random from different populations hold conflicting goals" in text
    assert 'area.get("headline")' in text
