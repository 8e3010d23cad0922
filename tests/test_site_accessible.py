"""Pages of the built site in a real browser: axe-core finds nothing, on phones nothing is cut."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import browser

SITE = Path(__file__).parents[1] / "build" / "site"
PAGES = (
    "index.html",
    "start/survey.html",
    "which-model.html",
    "generated/gallery/index.html",
    "generated/gallery/nonvoters.html",
    "generated/cards/single-choice.html",
    "how-to/reporting.html",
    "how-to/app.html",
    "notebooks/survey.html",
    "notes/glossary.html",
    "faq.html",
    "generated/messages.html",
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built, see the README"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.browser() as found:
        yield found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [browser.PHONE, browser.DESKTOP])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, width: int, dark: bool, chromium: Any) -> None:
    with browser.page_of(chromium, SITE / name, width, dark=dark) as page:
        assert browser.violations(page) == []
