"""What a notebook shows: HTML in which labels are text, and the numbers of the other faces."""

from collections.abc import Iterator
from typing import Any

import pytest
from rich import console

import bayes_misalign as bm
from bayes_misalign.page.number_text import interval_text, mean_text
from tests.report.cases import (
    HOSTILE,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    withheld_posterior,
)
from tests.report.test_render_html import Page


def results(posterior: bm.Posterior) -> Iterator[Any]:
    one, other = posterior.populations[:2]
    yield posterior
    yield posterior.study
    yield posterior.misalignment()
    yield posterior.misalignment()[one]
    yield posterior.contrast(one, other)
    yield posterior.between()
    yield posterior.mixture(one, other)
    yield posterior.contributions()
    yield posterior.opposition()
    yield posterior.attribution(one)
    yield posterior.conflict_levels()
    yield posterior.proportions()
    yield posterior.sensitivity()


def test_labels_are_text_whatever_they_hold() -> None:
    posterior, seen = hostile_posterior(), ""
    for result in results(posterior):
        page = Page(result._repr_html_())
        assert not page.all("script"), type(result)
        assert not page.all("i"), type(result)
        assert not any(name.startswith("on") for _, own in page.tags for name in own)
        assert not page.open, "every tag is closed"
        seen += " ".join(page.texts)
        assert "\x1b" not in repr(result)
        assert "two\nlines" not in repr(result)
    for label in (HOSTILE[0], HOSTILE[1], HOSTILE[8], HOSTILE[9], "two lines", "<h1>"):
        assert label in seen
    assert "L" * 250 not in seen


def test_a_closing_style_is_text_too() -> None:
    label = "</style><img src=x>"
    answers = {"goal": [label, "b"], "n": [3, 4]}
    area = bm.ProblemArea("vote", goals=[label, "b"], no_goal=["none"])
    evidence = bm.SingleChoice(answers, goal="goal", count="n")
    posterior = bm.fit(area, evidence, bm.MutuallyExclusive(), draws=100)
    for result in (posterior.study, posterior.opposition(), posterior.contributions()):
        page = Page(result._repr_html_())
        assert not page.all("img")
        assert any(label in text for text in page.texts)


def test_notebooks_say_what_the_other_faces_say() -> None:
    posterior = elicited_posterior()
    for result in results(posterior):
        html = result._repr_html_()
        assert len(html) < 8000
        assert "http" not in html
        assert html.count("<style>") == 1
    texts = Page(posterior._repr_html_()).texts
    assert texts[1].startswith("Two agents drawn at random")
    assert "State of the fit: caution." in texts or "State of the fit: ok." in texts
    always = posterior.misalignment()["always"]
    assert mean_text(always) in texts
    assert interval_text(always) in texts
    shown = Page(always._repr_html_()).texts
    assert " ".join(shown) == str(always)
    assert repr(always) == str(always)
    assert "95 % equal-tailed interval" in repr(always)


def test_withheld_numbers_are_shown_nowhere() -> None:
    posterior = withheld_posterior()
    mean = mean_text(elicited_posterior().misalignment()["always"])
    for result in (posterior, posterior.misalignment(), posterior.contrast("always", "sporadic")):
        html = result._repr_html_()
        assert mean not in html
        assert "withheld" in html


def test_long_tables_are_cut() -> None:
    html = many_posterior(70).misalignment()._repr_html_()
    assert "... and 10 more; to_frame() has all" in html
    assert html.count("<tr>") == 61


def test_a_study_says_what_it_is_in_one_line() -> None:
    line = repr(elicited_posterior().study)
    assert "\n" not in line
    assert "2 goals and no goal; 3 populations; goal shares: single-choice, n = 5" in line
    assert len(line) < 300


def test_a_summary_is_text_in_a_notebook_too(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = elicited_posterior()
    before = repr(posterior)
    # rich would show it as the output of the cell, and leave the text empty
    monkeypatch.setattr(console, "_is_jupyter", lambda: True)
    assert repr(posterior) == before
    assert before.startswith("Two agents")
