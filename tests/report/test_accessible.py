"""Reports in a real browser: axe-core finds nothing, and nothing stands beyond the window."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import bayes_misalign as bm
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_html import to_html
from bayes_misalign.study.toml import read_study
from tests import browser, told
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    with_state,
)
from tests.report.test_in_order import over_years

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[2] / "examples"


def by_population() -> bm.Posterior:
    with told.known_model():
        return bm.fit(told.study())


CASES: dict[str, Callable[[], bm.Posterior]] = {
    "nonvoters": lambda: bm.fit(read_study(EXAMPLES / "nonvoters" / "study.toml")),
    "us-parties": lambda: bm.fit(read_study(EXAMPLES / "us-parties" / "study.toml")),
    "by population": by_population,
    "sampled": lambda: with_state(elicited_posterior(), "caution"),
    "withheld": lambda: with_state(elicited_posterior(), "not_converged"),
    "hostile": hostile_posterior,
    "census": census_posterior,
    "many": many_posterior,
    "years": over_years,
}


@cache
def html_of(name: str) -> str:
    with told.known_model():
        return to_html(gather(CASES[name]()))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.browser() as found:
        yield found


@pytest.mark.parametrize("name", CASES)
def test_axe_finds_nothing(name: str, chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_of(name), encoding="utf-8")
    for width in (browser.PHONE, browser.DESKTOP):
        for dark in (False, True):
            with browser.page_of(chromium, path, width, dark=dark) as page:
                assert browser.violations(page) == [], (width, dark, "closed")
                page.evaluate(browser.OPENED)
                assert browser.violations(page) == [], (width, dark, "opened")
                assert browser.wider_than_window(page) == [], (width, dark)


@pytest.mark.parametrize(("name", "words"), [("nonvoters", 1200), ("us-parties", 1800)])
def test_a_report_is_short_and_light(name: str, words: int, chromium: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_of(name), encoding="utf-8")
    assert path.stat().st_size < 400_000
    with browser.page_of(chromium, path) as page:
        assert len(page.inner_text("body").split()) <= words
