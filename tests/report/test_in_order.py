"""Populations that stand in an order are drawn as lines, spaced as they are."""

from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import gather
from bayes_misalign.report.sections import document
from bayes_misalign.study.options import Reporting
from tests import told
from tests.report.cases import elicited_posterior, many_posterior, single_posterior

SVG = "{http://www.w3.org/2000/svg}"
YEARS = ("2012", "1978", "1980", "1990")  # as somebody listed them
IN_TIME = ["1978", "1980", "1990", "2012"]
COUNTS = [[30, 20, 10], [10, 40, 10], [20, 20, 20], [25, 25, 10]]


@cache
def over_years(ordered: bool | None = None, names: tuple[str, ...] = YEARS) -> bm.Posterior:
    area = bm.ProblemArea("x", ["a", "b", "c"])
    counts = ChoiceCounts.from_counts(area.goals, names, COUNTS)
    reporting = Reporting(ordered=ordered, threshold=0.4)
    return bm.fit(area, counts, bm.MutuallyExclusive(), reporting=reporting, draws=250)


def drawn(posterior: bm.Posterior) -> dict[str, Drawn]:
    return draw_figures(gather(posterior))


def places(svg: str, labels: list[str]) -> list[float]:
    """Return where labels stand on the page, across."""
    every = {}
    for node in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        every["".join(node.itertext())] = float(node.get("x") or node.get("transform", "0"))
    return [every[label] for label in labels]


@pytest.mark.parametrize("name", ["misalignment", "shares"])
def test_points_are_spaced_as_time_is(name: str) -> None:
    figure = drawn(over_years())[name]
    axes = figure.figure.axes[0]
    line = next(one for one in axes.lines if len(one.get_xdata()) == len(YEARS))
    assert list(line.get_xdata()) == [1978, 1980, 1990, 2012]
    assert line.get_marker() == "o"
    ticks = [*axes.get_xticks(), *axes.get_xticks(minor=True)]
    assert sorted(ticks) == [1978, 1980, 1990, 2012]  # one for every population, and no other
    for svg in (figure.svg, figure.narrow):
        first, middle, last = places(svg, ["1978", "1990", "2012"])
        assert (middle - first) / (last - first) == pytest.approx(12 / 34, abs=0.01)


def test_a_line_shows_means_and_intervals() -> None:
    posterior = over_years()
    axes = drawn(posterior)["misalignment"].figure.axes[0]
    line = next(one for one in axes.lines if len(one.get_xdata()) == len(YEARS))
    found = posterior.misalignment()
    assert list(line.get_ydata()) == [found[year].mean for year in IN_TIME]
    band = axes.collections[0].get_paths()[0].vertices
    for year in IN_TIME:
        heights = band[np.isclose(band[:, 0], float(year)), 1]
        assert found[year].interval == (heights.min(), heights.max())


def test_numbers_are_drawn_too_and_what_the_study_says_counts() -> None:
    in_rows = drawn(over_years(ordered=False))["misalignment"]
    assert len(in_rows.figure.axes[0].get_yticks()) == len(YEARS) + 1
    words = ("before", "during", "after", "later")
    assert gather(over_years(names=words)).places is None
    said = gather(over_years(ordered=True, names=words))
    assert said.places == (0.0, 1.0, 2.0, 3.0)
    axes = draw_figures(said)["misalignment"].figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == list(words)


def test_two_populations_and_names_are_rows() -> None:
    for posterior in (elicited_posterior(), single_posterior(), many_posterior()):
        assert gather(posterior).places is None


def test_the_prior_is_one_thin_line_drawn_once() -> None:
    rows = drawn(elicited_posterior())["misalignment"].figure.axes[0]
    thin = [line for line in rows.lines if line.get_color() == "#767676"]
    assert len(thin) == 1
    assert thin[0].get_linewidth() < 1
    beside = drawn(over_years())["misalignment"].figure.axes[1]
    assert [label.get_text() for label in beside.get_xticklabels()] == ["prior"]
    assert len(beside.lines) == 1
    assert beside.lines[0].get_linewidth() < 1


def test_priors_that_differ_are_drawn_each() -> None:
    posterior = elicited_posterior()
    findings = gather(posterior)
    first, *others = findings.prior.items()
    moved = replace(first[1], draws=first[1].draws / 2)
    apart = Estimates("prior", {first[0]: moved, **dict(others)})
    figure = draw_figures(replace(findings, prior=apart))["misalignment"]
    thin = [one for one in figure.figure.axes[0].lines if one.get_color() == "#767676"]
    assert len(thin) == len(apart) + 1  # and that of the union
    assert "the same for every population" not in figure.caption


def test_the_split_of_a_change_is_drawn_since_the_first() -> None:
    with told.known_model():
        posterior = bm.fit(told.study())
        findings = gather(replace_ordered(posterior))
        figure = draw_figures(findings)["change"]
        first, *later = findings.populations
        assert [change.one for change in findings.changes] == later
        axes = figure.figure.axes[0]
        sizes = len(findings.populations)
        lines = [one for one in axes.lines if len(one.get_xdata()) == sizes]
        whole, conflict, shares = (np.array(one.get_ydata()) for one in lines[:3])
        np.testing.assert_allclose(whole, conflict + shares, atol=1e-12)
        assert whole[0] == 0
        assert estimate_text(posterior.contrast(later[-1], first).difference) in figure.alt
        section = next(s for s in document(findings).sections if s.key == "comparisons")
        assert "change" in [block.name for block in section.blocks if block.kind == "picture"]


def replace_ordered(posterior: bm.Posterior) -> bm.Posterior:
    study = posterior.study
    said = replace(study, reporting=replace(study.reporting, ordered=True))
    return bm.fit(said)


def test_a_change_that_is_not_taken_apart_has_no_figure() -> None:
    assert "change" not in drawn(over_years())
    assert gather(over_years()).changes == ()
