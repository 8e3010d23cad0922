"""Figures: what is drawn, in words and in texts that stay texts, and what is not drawn."""

import io
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.report.figures import misalignment
from bayes_misalign.report.figures.canvas import density, shorter, style, to_svg
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import gather
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    withheld_posterior,
)

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_figure_says_its_numbers_in_words() -> None:
    posterior = elicited_posterior()
    drawn = draw_figures(gather(posterior))
    assert list(drawn) == [
        "misalignment",
        "mixture",
        "between",
        "shares",
        "conflict",
        "levers",
    ]
    for name, estimate in posterior.misalignment().items():
        assert f"{name} {estimate_text(estimate)}" in drawn["misalignment"].alt
    level = posterior.conflict_levels()["Biden | Trump"]
    assert estimate_text(level) in drawn["conflict"].alt
    for figure in drawn.values():
        assert "95 % interval" in figure.caption


def test_known_numbers_take_the_room_of_points() -> None:
    known, drawn = (
        misalignment.draw(gather(made())).figure for made in (census_posterior, elicited_posterior)
    )
    assert known.get_figheight() < 0.6 * drawn.get_figheight()


def test_figures_are_deterministic_and_leave_settings_alone() -> None:
    before = dict(matplotlib.rcParams)
    first, second = (draw_figures(gather(elicited_posterior())) for _ in range(2))
    assert {n: f.svg for n, f in first.items()} == {n: f.svg for n, f in second.items()}
    assert dict(matplotlib.rcParams) == before
    assert "<dc:date>" not in first["misalignment"].svg


def test_a_figure_is_laid_out_once_and_saved_as_matplotlib_saves_it() -> None:
    findings, file = gather(elicited_posterior()), io.BytesIO()
    with style():
        first, second = (misalignment.draw(findings).figure for _ in range(2))
        before = first.get_layout_engine(), first.canvas, first.dpi
        found = to_svg(first)
        assert (first.get_layout_engine(), first.canvas, first.dpi) == before
        second.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    usual = file.getvalue().decode("utf-8")
    assert found == shorter(usual[usual.index("<svg") :])


def test_a_withheld_posterior_is_not_drawn() -> None:
    drawn = draw_figures(gather(withheld_posterior()))
    assert list(drawn) == ["misalignment", "conflict"]
    assert "posterior" not in " ".join(texts(drawn["misalignment"].svg))
    assert texts(drawn["misalignment"].svg).count("prior, any population") == 1
    assert "no posterior is drawn" in drawn["misalignment"].caption
    open_figure = draw_figures(gather(elicited_posterior()))["conflict"]
    assert "0.85" in " ".join(texts(open_figure.svg))
    assert "0.85" not in " ".join(texts(drawn["conflict"].svg))


def test_hostile_labels_are_texts() -> None:
    drawn = draw_figures(gather(hostile_posterior()))
    shown = "".join("".join(texts(figure.svg)) for figure in drawn.values())
    for label in ("<script>", "$x_1$", "😀", "=cmd", "…"):
        assert label in shown
    assert "L" * 60 not in shown


def test_many_populations_are_drawn_as_intervals() -> None:
    drawn = draw_figures(gather(many_posterior()))
    assert list(drawn) == ["misalignment", "shares"]
    shown = texts(drawn["misalignment"].svg)
    assert sum(text.startswith("population ") for text in shown) == 60
    assert "and 48 more" in drawn["misalignment"].alt


def test_a_census_has_no_variance_to_attribute() -> None:
    drawn = draw_figures(gather(census_posterior()))
    assert "attribution" not in drawn
    assert "(known)" in drawn["misalignment"].alt


@pytest.mark.parametrize("bound", [0.0, 0.5])
def test_a_density_stays_within_its_draws(bound: float) -> None:
    draws = np.abs(np.random.default_rng(1).normal(size=4000)) + bound
    shape = density(draws)
    assert shape is not None
    x, height = shape
    assert x.min() >= draws.min()
    # a half-normal is densest at its end, which a kernel that leaks would halve
    assert height[:5].mean() > 0.9
    assert density(np.full(10, 0.3)) is None


def test_no_goal_has_no_row_where_it_conflicts_with_nothing() -> None:
    area = bm.ProblemArea("square", goals=["a", "b", "c"], no_goal=["none"])
    table = {"goal": ["a", "b", "c", "none"], "n": [30, 20, 10, 5]}
    goals = bm.SingleChoice(table, goal="goal", count="n")
    posterior = bm.fit(area, goals, bm.MutuallyExclusive(), random_seed=1)
    (axes, _) = posterior.plot.conflict().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
