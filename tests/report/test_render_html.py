"""The HTML report: safe, self-contained, readable without its figures, and true to the result."""

import base64
import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

import bayes_misalign as bm
from bayes_misalign.page.blocks import Grid
from bayes_misalign.page.number_text import estimate_text, interval_text, mean_text, pairs_text
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_html import _labels_of, _mathematics, _stacks, to_html
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    single_posterior,
    with_state,
    withheld_posterior,
)

HEADINGS = re.compile(r'(--c\d+: "(\w| |\\[0-9a-f]+ )*"(; )?)*')
VOID = {"meta", "img", "source", "br", "hr", "link"}


class Page(HTMLParser):
    """Tags in order, texts, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and data.strip():
            self.texts.append(data.strip())

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.mark.parametrize(
    ("posterior", "figures"),
    [
        (elicited_posterior, 6),
        (hostile_posterior, 7),
        (withheld_posterior, 2),
        (census_posterior, 3),
        (single_posterior, 2),
        (many_posterior, 2),
    ],
)
def test_the_page_is_safe_and_self_contained(posterior: object, figures: int) -> None:
    text = to_html(gather(posterior()))  # type: ignore[operator]
    page = Page(text)
    assert page.open == []
    head = [tag for tag, _ in page.tags].index("head")
    tag, first = page.tags[head + 1]
    assert (tag, first["http-equiv"]) == ("meta", "Content-Security-Policy")
    assert str(first["content"]).startswith("default-src 'none'; img-src data:;")
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "iframe", "object", "embed", "link", "form", "base", "b"}
    assert page.all("html") == [{"lang": "en"}]
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        # headings of columns, as texts of CSS in which nothing but letters stands as it is
        assert HEADINGS.fullmatch(str(attributes.get("style", "")))
        link = str(attributes.get("href", "#"))
        assert link.startswith("#") or (link.startswith("data:text/") and "download" in attributes)
    images = page.all("img")
    assert len(images) == figures
    narrow = [str(source["srcset"]) for source in page.all("source")]
    assert len(narrow) == figures
    assert not set(narrow) & {str(image["src"]) for image in images}
    for image in images:
        assert len(str(image["alt"])) > 40
        kind, _, data = str(image["src"]).partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(base64.b64decode(data)).tag.endswith("svg")
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = {str(a["href"]) for a in page.all("a") if "download" not in a}
    assert {link[1:] for link in links} <= set(ids)


def test_every_table_carries_its_numbers_as_csv() -> None:
    posterior = hostile_posterior()
    page = Page(to_html(gather(posterior), figures=False))
    files = [a for a in page.all("a") if str(a["href"]).startswith("data:text/csv")]
    assert len(files) == len(page.all("table"))
    assert all(a["download"] and str(a["aria-label"]).startswith("CSV of") for a in files)
    tables = {}
    for a in files:
        text = unquote(str(a["href"]).partition(",")[2])
        tables[a["download"]] = list(csv.reader(io.StringIO(text)))
        assert "=cmd" not in [cell[:4] for row in tables[a["download"]] for cell in row]
    head, *rows = tables["misalignment.csv"]
    means = [float(row[head.index("mean")]) for row in rows]
    expected = [estimate.mean for estimate in posterior.misalignment().values()]
    assert means == pytest.approx(expected, rel=1e-5)


def test_the_study_file_is_in_the_page(tmp_path: Path) -> None:
    table = "goal,n\na,3\nb,4\n"
    text = """name = "x"  # <b>&
problem_area = { name = "x", goals = ["a", "b"] }
goals = { model = "single-choice", data = "t.csv", goal = "goal", count = "n" }
conflict = { model = "mutually-exclusive" }
"""
    (tmp_path / "t.csv").write_text(table)
    (tmp_path / "study.toml").write_text(text)
    study = read_study(tmp_path / "study.toml")
    assert Study.from_plain(study.to_plain()).text == text
    page = Page(to_html(gather(bm.fit(study, draws=50)), figures=False))
    (link,) = [a for a in page.all("a") if a["download"] == "study.toml"]
    assert unquote(str(link["href"]).partition(",")[2]) == text
    assert not [a for a in Page(to_html(gather(single_posterior()))).all("a") if ".toml" in str(a)]


def test_numbers_are_those_of_the_result() -> None:
    posterior = elicited_posterior()
    texts = Page(to_html(gather(posterior), figures=False)).texts
    overall = posterior.overall()
    assert texts[2:5] == [
        mean_text(overall),
        f"95 % equal-tailed interval {interval_text(overall)}",
        f"In words: {pairs_text(overall)}.",
    ]
    assert texts[5] == (
        "Two agents drawn at random from all populations together hold conflicting goals with "
        f"probability {estimate_text(overall, in_full=True)}."
    ).replace(" %", "\u00a0%")
    for name, estimate in posterior.misalignment().items():
        at = texts.index(name)
        assert texts[at + 1 : at + 3] == [mean_text(estimate), interval_text(estimate)]
        assert texts[at + 1] in estimate.text()
    assert not Page(to_html(gather(posterior), figures=False)).all("img")


@pytest.mark.parametrize("allow", [False, True])
def test_a_fit_that_has_not_converged_says_so_first(allow: bool) -> None:
    posterior = with_state(elicited_posterior(), "not_converged", allow=allow)
    page = Page(to_html(gather(posterior), figures=False))
    assert page.texts[1].startswith("This fit has not converged")
    assert "R-hat reaches 1.200. Remedy: sample longer." in page.texts
    whole = " ".join(page.texts)
    assert ("withheld" in whole) is not allow
    for estimate in elicited_posterior().misalignment().values():
        assert (interval_text(estimate) in whole) is allow


def test_every_part_of_the_report_is_there() -> None:
    page = Page(to_html(gather(elicited_posterior()), figures=False))
    sections = [attributes["id"] for attributes in page.all("section")]
    assert sections == ["misalignment", "comparisons", "shares", "more"]
    closed = page.all("details")
    assert not any("open" in attributes for attributes in closed)
    assert [attributes["id"] for attributes in closed] == [
        "union",
        "conflict",
        "drivers",
        "what-if",
        "uncertainty",
        "counted",
        "sensitivity",
        "diagnostics",
        "model",
        "methods",
        "citations",
        "provenance",
    ]
    whole = " ".join(page.texts)
    for words in ("sums of weights", "98.6 %", "Biden | Trump: judge or elicit it", "Kish"):
        assert words in whole
    assert "arXiv:2406.04231" in whole
    assert "20220601" in whole


def test_a_reader_sees_few_words_and_few_bytes_at_once() -> None:
    text = to_html(gather(elicited_posterior()))
    seen = re.sub(r"(</summary>).*?(</details>)", r"\1\2", text, flags=re.S)
    words = " ".join(Page(seen).texts).split()
    assert "Drawn exactly; every check of the fit passed." in " ".join(words)
    assert len(words) <= 1200
    assert len(text.encode()) <= 400_000


def test_what_the_result_rests_on_is_said_at_once() -> None:
    texts = Page(to_html(gather(elicited_posterior()), figures=False)).texts
    start = texts.index("The result rests on:")
    assert texts[start + 1 : start + 4] == [
        "An answer is the goal the agent holds.",
        "Within a population the answers are a random sample.",
        "Statements about different pairs are independent.",
    ]


def test_hostile_labels_are_shown_as_text() -> None:
    posterior = hostile_posterior()
    page = Page(to_html(gather(posterior), figures=False))
    whole = " ".join(page.texts)
    assert "<script>alert(1)</script>" in whole
    assert "<b>a note</b>" in whole
    assert "<i>j</i>.csv" in whole
    assert "two lines" in whole
    assert "two\nlines" not in whole
    assert "\u2068שלום עולם\u2069" in whole


def test_the_same_posterior_gives_the_same_page(tmp_path: object) -> None:
    posterior = elicited_posterior()
    again = bm.Posterior(posterior.groups)
    assert to_html(gather(posterior)) == to_html(gather(again))


def wide_grid(*columns: str, rows: int = 3, labels: int = 1, value: str = "0.123") -> Grid:
    return Grid("a table", columns, [[value] * len(columns)] * rows, labels)


def test_rows_of_wide_tables_are_lists_on_a_phone() -> None:
    headings = ["population", "P(ma)", "95 % interval", "unbiased", "normalised", "n effective"]
    assert _stacks(wide_grid(*headings, value="0.123 to 0.456"))
    assert not _stacks(wide_grid("goal", "share"))
    assert not _stacks(wide_grid(*map(str, range(9)), value="0.5")), "it fits"
    assert not _stacks(wide_grid(*"abcdefghijklmnop", value="0.123 to 0.456")), "a large matrix"
    styles = _labels_of(wide_grid("goal", "P(ma)", "95 % interval"))
    assert styles == '--c2: "P\\28 ma\\29 "; --c3: "95 \\25  interval"'
    assert _labels_of(wide_grid("first", "second", "n", labels=2)).startswith('--c1: "first"; ')


def test_a_heading_stays_a_text_in_the_styles() -> None:
    hostile = ["a", '"; background: url(x)', "</style><b>", "\\", "\n}", "é"]
    styles = _labels_of(wide_grid(*hostile))
    assert HEADINGS.fullmatch(styles)
    assert "url(" not in styles
    assert "</style" not in styles
    assert '"é"' in styles


def test_what_is_read_off_a_narrow_figure_is_said_below_it() -> None:
    posterior = elicited_posterior()
    figure = Drawn("between", None, "words", "mean and interval.", "<svg/>", "mean.")  # type: ignore[arg-type]
    figure.__dict__["svg"] = "<svg/>"
    text = to_html(gather(posterior), drawn={"between": figure})
    assert '<span class="on-wide">mean and interval.</span>' in text
    assert '<span class="on-narrow">mean.</span>' in text
    same = replace(figure, narrow_caption="")
    same.__dict__["svg"] = "<svg/>"
    text = to_html(gather(posterior), drawn={"between": same})
    assert "<figcaption>mean and interval.</figcaption>" in text


def test_one_population_is_not_compared() -> None:
    area = bm.ProblemArea("x", ["a", "b"])
    one = bm.fit(
        area, bm.SingleChoice({"vote": ["a", "b", "a"]}, "vote"), bm.MutuallyExclusive(), draws=50
    )
    assert "Populations compared" not in to_html(gather(one), figures=False)


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("c_ij = 1 - exp(-(d_ij/l)^2)", "c[ij] = 1 − exp(−(d[ij]/l)^{2})"),
        ("kappa_l+1 - kappa_l <= 0.75^2", "κ[l+1] − κ[l] ≤ 0.75^{2}"),
        (
            "L = prod_d [ sum_k p_sk E_rkl^n_drl ]^m_d",
            "L = Π[d] [ Σ[k] p[sk] E[rkl]^{n[drl]} ]^{m[d]}",
        ),
        ("p_s0, n*_si, t_ij,population, w_group", "p[s0], n*[si], t[ij,population], w[group]"),
        (
            "u_vk[l - 1] of the sum, s_r,ij, y_eij, s_e",
            "u[vk][l − 1] of the sum, s[r,ij], y[eij], s[e]",
        ),
        ("Dirichlet-multinomial <b>", "Dirichlet-multinomial &lt;b&gt;"),
    ],
)
def test_formulas_have_subscripts_powers_and_signs(formula: str, shown: str) -> None:
    text = str(_mathematics(formula)).replace("<i>", "").replace("</i>", "")
    for tag, mark in {"<sub>": "[", "</sub>": "]", "<sup>": "^{", "</sup>": "}"}.items():
        text = text.replace(tag, mark)
    assert text == shown
