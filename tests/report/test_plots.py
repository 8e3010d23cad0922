"""Figures for notebooks: those of the report, drawn for whoever asks."""

from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

import bayes_misalign as bm
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import gather
from bayes_misalign.report.plots import Plots
from bayes_misalign.report.result_figure import ResultFigure
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    single_posterior,
    withheld_posterior,
)
from tests.report.test_render_html import Page

OF_THE_REPORT = ("misalignment", "shares", "conflict", "between")
SAYS_LITTLE = ("contributions", "attribution")  # one dot, bars of one part: drawn when asked for


def test_figures_are_those_of_the_report() -> None:
    posterior, settings = elicited_posterior(), dict(matplotlib.rcParams)
    drawn = draw_figures(gather(posterior))
    for name in OF_THE_REPORT:
        figure = getattr(posterior.plot, name)()
        assert isinstance(figure, Figure)
        assert figure.caption == drawn[name].caption
        assert figure.alt == drawn[name].alt
        assert len(figure.axes) == len(drawn[name].figure.axes)
    for name in SAYS_LITTLE:
        assert name not in drawn
        assert getattr(posterior.plot, name)().axes
    assert dict(matplotlib.rcParams) == settings
    assert posterior.plot.mixture("always", "rarely/never").alt == drawn["mixture"].alt


def test_a_notebook_shows_figure_caption_and_words() -> None:
    figure = hostile_posterior().plot.shares()
    assert isinstance(figure, ResultFigure)
    page = Page(figure._repr_html_())
    (image,) = page.all("img")
    assert str(image["src"]).startswith("data:image/svg+xml;base64,")
    assert "<script>" in str(image["alt"])
    assert not page.all("script")
    assert page.texts[-1].startswith("Goal shares by population")


def test_a_figure_is_readable_where_styles_are_taken_out_of_a_page() -> None:
    figure = hostile_posterior().plot.shares()
    assert figure.get_facecolor() == (1, 1, 1, 1), "under dark ink, in a dark notebook too"
    page, style = Page(figure._repr_html_()), ("style", "color", "bgcolor")
    assert not [own for _, own in page.tags if any(name in own for name in style)]


def test_pyplot_has_figures_in_a_notebook_until_they_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    posterior = elicited_posterior()
    figure = posterior.plot.shares()
    assert figure.canvas.manager is None
    shell = SimpleNamespace(get_ipython=object)
    modules = SimpleNamespace(modules={"IPython": shell, "matplotlib.pyplot": pyplot})
    inline = SimpleNamespace(get_backend=lambda auto_select: "inline")
    monkeypatch.setattr("bayes_misalign.report.result_figure.sys", modules)
    monkeypatch.setattr("bayes_misalign.report.result_figure.matplotlib", inline)
    page = Figure(layout="constrained")
    posterior.plot.shares(figure=page)
    with pytest.raises(bm.ResultError):
        posterior.plot.change(("always", "nobody"))
    assert pyplot.get_fignums() == []
    with pyplot.rc_context():
        settings = dict(matplotlib.rcParams)
        managed = posterior.plot.shares()
        assert dict(matplotlib.rcParams) == settings
    assert pyplot.gcf() is managed
    assert "<figcaption" in managed._repr_html_()
    assert pyplot.get_fignums() == []
    assert "<figcaption" in managed._repr_html_(), "it is shown again where it is asked for"


@pytest.mark.slow
def test_a_notebook_shows_every_figure_once() -> None:
    client = pytest.importorskip("nbclient", reason="a notebook is run by nbclient")
    notebooks = pytest.importorskip("nbformat")
    cells = {
        "import bayes_misalign as bm\np = bm.fit(bm.example('nonvoters'))": 0,
        "p.plot.misalignment();": 1,
        "p.plot.misalignment()": 1,
        "figure = p.plot.shares()\nfigure.axes[0].set_xlim(0, 1)\nNone": 1,
        "p.plot.between()\np.plot.conflict()": 2,
        "for _ in range(2): display(p.plot.between())": 2,
        "figure": 1,
        "import matplotlib.pyplot as plt\nassert plt.get_fignums() == []": 0,
        "plt.plot([1, 2]);": 1,
    }
    made = [notebooks.v4.new_code_cell(text) for text in cells]
    book = notebooks.v4.new_notebook(cells=made)
    client.NotebookClient(book, timeout=300, kernel_name="python3").execute()
    assert [len(cell.outputs) for cell in book.cells] == list(cells.values())
    for cell in book.cells[1:7]:
        for output in cell.outputs:
            assert "<figcaption" in output.data["text/html"]


def test_a_figure_takes_a_size_or_a_place() -> None:
    posterior = single_posterior()
    figure = posterior.plot.misalignment(figsize=(4, 2))
    assert tuple(figure.get_size_inches()) == (4, 2)
    page = Figure(figsize=(8, 3), layout="constrained")
    left, right = page.subfigures(1, 2)
    assert posterior.plot.misalignment(figure=left) is left
    assert posterior.plot.contributions(figure=right) is right
    assert len(page.axes) == 2
    with pytest.raises(bm.ResultError, match="leave out figsize"):
        posterior.plot.misalignment(figure=page, figsize=(4, 2))


def test_differences_are_drawn_with_their_numbers() -> None:
    posterior = elicited_posterior()
    figure = posterior.plot.change(("always", "sporadic"))
    difference = posterior.contrast("always", "sporadic").difference
    assert f"always minus sporadic {estimate_text(difference)}" in figure.alt
    (axes,) = figure.axes
    assert len(axes.get_yticks()) == 1
    low, high = axes.get_xlim()
    assert low < difference.interval[0] < difference.interval[1] < high
    assert len(posterior.plot.change().axes[0].get_yticks()) == 3


@pytest.mark.parametrize("given", [[[("always", "sporadic")]], ["always", "sporadic"], [("a",)]])
def test_pairs_are_named_as_arguments(given: list[object]) -> None:
    posterior = elicited_posterior()
    with pytest.raises(bm.ResultError) as error:
        posterior.plot.change(*given)  # type: ignore[arg-type]
    one, other = posterior.populations[:2]
    assert str(error.value).endswith(f'Fix: write change(("{one}", "{other}")).')
    assert posterior.plot.change((one, other)).axes


def test_exact_draws_are_checked_against_their_data_too() -> None:
    posterior = elicited_posterior()
    assert not gather(posterior).checks
    (axes,) = posterior.plot.predictive().axes
    assert len(axes.get_yticks()) == 9


def test_populations_without_a_union_are_drawn_each() -> None:
    posterior = many_posterior(14, 3)
    assert not gather(posterior).contributions
    assert sum(axes.get_visible() for axes in posterior.plot.contributions().axes) == 14
    assert len(posterior.plot.attribution().axes[0].get_yticks()) == 14
    assert posterior.between().shape == (14, 14)


@pytest.mark.parametrize(
    ("posterior", "name", "says"),
    [
        (single_posterior, "between", "the study has one population"),
        (single_posterior, "change", "there are no two populations"),
        (census_posterior, "attribution", "P(ma) is known"),
        (lambda: many_posterior(61, 3), "between", "61 populations are too many"),
        (lambda: many_posterior(61, 3), "change", "name pairs, as in change"),
        (lambda: many_posterior(61, 3), "contributions", "posterior.contributions() has all"),
        *((withheld_posterior, n, "withheld: the fit has not converged") for n in OF_THE_REPORT),
    ],
)
def test_what_is_not_drawn_is_said(posterior: object, name: str, says: str) -> None:
    with pytest.raises(bm.ResultError) as error:
        getattr(posterior().plot, name)()  # type: ignore[operator]
    assert says in str(error.value)


def test_nothing_that_rests_on_the_prior_alone_is_drawn_as_one_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = gather(elicited_posterior())
    monkeypatch.setattr(type(found), "prior_only", True)
    with pytest.raises(bm.ResultError, match=r"posterior\.assumed\(\)"):
        elicited_posterior().plot.misalignment()


def test_a_mixture_takes_shares() -> None:
    posterior = elicited_posterior()
    (axes,) = posterior.plot.mixture("always", "sporadic", [0.2, 0.6]).axes
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [20, 60])
    with pytest.raises(bm.StudyError, match="at least two shares"):
        posterior.plot.mixture("always", "sporadic", [0.2])


def test_models_have_figures_of_their_own() -> None:
    assert elicited_posterior().plot.of_models() == {}
    assert isinstance(elicited_posterior().plot, Plots)
