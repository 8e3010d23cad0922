"""A real browser for tests, and what axe-core finds in a page; nothing where they are not here."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PHONE, DESKTOP = 390, 1280  # CSS pixels
HEIGHT = 900
OPENED = "document.querySelectorAll('details').forEach(one => one.open = true)"


@cache
def browser_path() -> str | None:
    """Return a Chromium of this machine, or None for the one that Playwright brought."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    given = os.environ.get("CHROME_PATH")
    return next(filter(None, map(shutil.which, [given] if given else names)), None)


@contextmanager
def browser() -> Iterator[Any]:
    """Open Chromium without a window, or skip the test with a reason."""
    if find_spec("playwright") is None:
        pytest.skip("Playwright is not installed (uv sync --group browser)")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as play:
        try:
            found = play.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"no Chromium starts here: {str(error).splitlines()[0]}")
        try:
            yield found
        finally:
            found.close()


@contextmanager
def page_of(
    chromium: Any, where: Path | str, width: int = DESKTOP, *, dark: bool = False
) -> Iterator[Any]:
    """Open a file, or an address, in a window of this width."""
    scheme = "dark" if dark else "light"
    size = {"width": width, "height": HEIGHT}
    # the page allows no script: those of the test are let in beside its policy
    context = chromium.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    try:
        page = context.new_page()
        page.goto(where.resolve().as_uri() if isinstance(where, Path) else where)
        yield page
    finally:
        context.close()


def violations(page: Any) -> list[str]:
    """Return what axe-core finds wrong with a page, each with the first places."""
    if find_spec("axe_playwright_python") is None:
        pytest.skip("axe-core is not installed (uv sync --group browser)")
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: "
        + " | ".join(node["html"][:200] for node in one["nodes"][:3])
        for one in found
    ]


def wider_than_window(page: Any) -> list[str]:
    """Return texts that stand beyond the right edge and are not in anything that scrolls."""
    script = """() => [...document.querySelectorAll('body *')].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width && box.right > window.innerWidth + 1 && !one.closest('[tabindex], pre');
    }).map(one => one.tagName + ' ' + one.textContent.slice(0, 60))"""
    return list(page.evaluate(script))
