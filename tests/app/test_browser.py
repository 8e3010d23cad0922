"""The page in a real browser, from upload to download."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bayes_misalign as bm
from bayes_misalign.start.examples import example_path
from tests.app import hostile, tables

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another signal there"),
]
# a Chromium that the machine has; Playwright's own is found by itself
BROWSER = os.environ.get("BAYES_MISALIGN_CHROMIUM") or shutil.which("chromium")
WAIT = 180_000  # milliseconds, on a machine that is busy; every wait is for a condition
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="Playwright drives the browser")
    with api.sync_playwright() as play:
        try:
            found = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        except api.Error as error:
            pytest.skip(f"no Chromium: {str(error).splitlines()[0]}")
        yield found
        found.close()


class App:
    """The app, running, and a page of it."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        command = [sys.executable, "-m", "bayes_misalign", "app", *map(str, arguments)]
        self.process = subprocess.Popen(
            [*command, "--no-browser"],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        found = re.search(r"http\S+", self.process.stdout.readline())
        assert found is not None
        self.address = found[0]

    def end(self) -> str:
        """End it, and return what it complained of."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.communicate(timeout=30)[1]
        finally:
            self.process.kill()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    apps: list[App] = []

    def started(*arguments: object) -> App:
        apps.append(App(tmp_path, *arguments))
        return apps[-1]

    yield started
    assert [app.end() for app in apps] == [""] * len(apps)
    assert list(tmp_path.glob("bayes-misalign-app-*")) == []


def open_page(browser: Any, app: App, width: str = "wide", scheme: str = "light") -> Any:
    """Return a page that fails the test where it asks anybody else, or does what a label says."""
    wide, high = WIDTHS[width]
    context = browser.new_context(viewport={"width": wide, "height": high}, color_scheme=scheme)
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.asked, page.troubles = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("dialog", lambda dialog: page.troubles.append(dialog.message))
    page.goto(app.address)
    return page


def settled(page: Any) -> str:
    """Return the number once nothing is worked out any more."""
    page.wait_for_selector("#number_part .number, #number_part .instead:not(:text('Opening'))")
    page.wait_for_timeout(200)
    page.wait_for_selector("body:not(.busy)")
    return " ".join(str(page.inner_text("#number_part")).split())


def wait_until(page: Any, how: str, number: str) -> None:
    """Wait until the number is, or is not, what it was."""
    page.wait_for_function(
        "([same, old]) => (document.querySelector('#number_part').innerText"
        ".trim().split(/\\s+/).join(' ') === old) === same",
        arg=[how == "is", number],
    )


def check(page: Any) -> None:
    """Look at all that a page must never do."""
    assert page.troubles == []
    own = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
    assert [url for url in page.asked if not url.startswith(own)] == []
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core looks on")
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def download(page: Any, button: str, folder: Path) -> Path:
    with page.expect_download() as saved:
        page.click(f"#{button}")
    path = folder / saved.value.suggested_filename
    saved.value.save_as(path)
    return path


def fitted_by_command(study: Path) -> str:
    """Return the headline that the command line prints."""
    command = [sys.executable, "-m", "bayes_misalign", "fit", study.name, "--no-figures"]
    done = subprocess.run(command, cwd=study.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


@pytest.mark.parametrize(("width", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_from_upload_to_download(
    browser: Any, start: Any, tmp_path: Path, width: str, scheme: str
) -> None:
    page = open_page(browser, start(), width, scheme)
    assert "Open a table" in settled(page)
    check(page)
    page.set_input_files("#upload", tables.write(tmp_path / "votes.csv"))
    page.wait_for_selector("#answer_4")
    assert page.input_value("#role_goal") != ""
    check(page)
    page.fill("#area", "the vote")
    page.click("#use")
    page.wait_for_selector("#number_part .number")
    first = settled(page)
    assert re.search(r"0\.\d+ 95 % equal-tailed interval 0\.\d+ to 0\.\d+", first)
    page.wait_for_selector("figure img")
    slider = page.locator(".pair input.low").first
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    wait_until(page, "is not", first)
    second = settled(page)
    assert page.locator(".pair .level").first.inner_text() == "0.80"
    page.locator(".pair .is-range").nth(1).check()
    wait_until(page, "is not", second)
    third = settled(page)
    assert page.locator(".pair .level").nth(1).inner_text() == "0.90 to 1.00"
    assert page.locator(".pair .level").first.inner_text() == "0.80", "sliders stay where they are"
    page.wait_for_selector(".state")
    check(page)
    there = tmp_path / "downloads"
    there.mkdir()
    what = ("study", "report", "script", "table")
    paths = [download(page, f"get_{one}", there) for one in what]
    names = ["study.toml", "report.html", "fit_again.py", "misalignment.csv"]
    assert [path.name for path in paths] == names
    shutil.copy(tmp_path / "votes.csv", there)
    number, interval = re.findall(r"0\.\d+(?: to 0\.\d+)?", third)[:2]
    said = fitted_by_command(paths[0])
    assert f"with probability {number} (95 % equal-tailed interval {interval})" in said
    assert number in paths[1].read_text(encoding="utf-8")
    posterior = bm.fit(bm.read_study(paths[0]))
    whole = posterior.overall()
    assert whole is not None
    assert f",{whole.mean!r}," in paths[3].read_text(encoding="utf-8").replace("np.float64", "")
    page.click("#reset-levels")
    wait_until(page, "is", first)


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_labels_do_nothing(browser: Any, start: Any, tmp_path: Path, width: str) -> None:
    page = open_page(browser, start(hostile.write(tmp_path / "votes.csv")), width)
    page.wait_for_selector("#use")
    goal, population, weight = (str(i) for i in range(3))
    page.select_option("#role_goal", goal)
    page.select_option("#role_population_0", population)
    page.select_option("#role_weight", weight)
    page.wait_for_selector("#answer_4")
    page.fill("#area", hostile.IMAGE)
    check(page)
    page.click("#use")
    page.wait_for_selector("figure img")
    settled(page)
    page.locator(".pair .is-range").first.check()
    settled(page)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    check(page)
    report = download(page, "get_report", tmp_path)
    assert "<script" not in report.read_text(encoding="utf-8")
    cells = download(page, "get_table", tmp_path).read_text(encoding="utf-8")
    assert "'=HYPERLINK" in cells
    assert ",=" not in cells
    study = download(page, "get_study", tmp_path)
    assert fitted_by_command(study)


def test_a_study_keeps_its_file_until_it_is_moved(browser: Any, start: Any, tmp_path: Path) -> None:
    path = example_path("nonvoters")
    page = open_page(browser, start(path.parent))
    first = settled(page)
    kept = download(page, "get_study", tmp_path)
    assert kept.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    page.locator("#low-0").fill("0.6")
    wait_until(page, "is not", first)
    settled(page)
    assert download(page, "get_study", tmp_path).name == "study-moved.toml"
    check(page)


def test_measured_levels_are_stated_on_request(browser: Any, start: Any) -> None:
    page = open_page(browser, start(example_path("german-parties").parent))
    first = settled(page)
    assert page.locator(".pair input.low").first.is_disabled()
    page.locator("#own-levels").check()
    wait_until(page, "is not", first)
    second = settled(page)
    page.locator("#all-levels").fill("1")
    wait_until(page, "is not", second)
    check(page)
    page.locator("#own-levels").uncheck()
    wait_until(page, "is", first)


def test_a_page_that_is_loaded_again_goes_on(browser: Any, start: Any, tmp_path: Path) -> None:
    app = start()
    page = open_page(browser, app)
    settled(page)
    page.set_input_files("#upload", tables.write(tmp_path / "votes.csv"))
    page.wait_for_selector("#use")
    page.fill("#area", "the vote")
    page.click("#use")
    first = settled(page)
    page.locator("#low-0").fill("0.35")
    wait_until(page, "is not", first)
    page.locator(".pair .is-range").nth(1).check()
    page.wait_for_timeout(500)
    moved = settled(page)
    for _ in range(2):
        page.reload()
        page.wait_for_selector("#levels[data-ready]")
        wait_until(page, "is", moved)
        assert page.locator(".pair .level").first.inner_text() == "0.35"
        assert page.locator(".pair .level").nth(1).inner_text() == "0.90 to 1.00"
        assert page.input_value("#area") == "the vote"
    check(page)
    page.click("#reset-levels")
    wait_until(page, "is", first)
    # another tab begins anew
    other = page.context.new_page()
    other.goto(app.address)
    assert "Open a table" in settled(other)


def test_every_pair_of_many_goals_can_be_moved(browser: Any, start: Any, tmp_path: Path) -> None:
    rows = "".join(f"goal {i % 12}\n" for i in range(96))
    (tmp_path / "votes.csv").write_text(f"vote\n{rows}", encoding="utf-8")
    page = open_page(browser, start("votes.csv"), "narrow")
    page.wait_for_selector("#use")
    page.click("#use")
    first = settled(page)
    assert page.locator(".pair").count() == 30
    page.select_option("#pair-one", "9")
    page.select_option("#pair-other", "9")
    page.click("#add-pair")
    assert "two different goals" in page.inner_text("#pair-note")
    page.select_option("#pair-other", "10")
    page.click("#add-pair")
    page.wait_for_selector("#added_part .pair[data-ready]")
    added = page.locator("#added_part .pair")
    assert added.locator("legend").inner_text() == "goal 9 | goal 10"
    assert added.locator(".low").evaluate("one => one === document.activeElement")
    added.locator(".low").fill("0.1")
    wait_until(page, "is not", first)
    check(page)
    page.click("#add-pair")  # which is there: it is gone to
    page.reload()
    page.wait_for_selector("#added_part .pair[data-ready]")
    assert page.locator("#added_part .pair").count() == 1
    assert page.locator("#added_part .level").inner_text() == "0.10"


def test_what_is_sampled_is_fitted_on_request(browser: Any, start: Any, tmp_path: Path) -> None:
    shutil.copytree(example_path("anaesthetists").parent, tmp_path / "study")
    text = (tmp_path / "study/study.toml").read_text(encoding="utf-8")
    (tmp_path / "study/study.toml").write_text(
        re.sub(r"\[fit\][^\[]*", "", text) + "\n[fit]\ndraws = 200\ntune = 200\n", encoding="utf-8"
    )
    page = open_page(browser, start("study"))
    page.click("#fit")
    page.wait_for_selector("#stop")
    # meanwhile the page can be used
    page.locator("#low-0").fill("0.5")
    page.wait_for_function("() => document.querySelector('#progress').innerText.includes('...')")
    check(page)
    assert "A fit is under way" in settled(page)
    page.wait_for_selector("#stop", state="detached", timeout=5 * WAIT)
    assert "No number yet" in settled(page), "levels were moved since"
    page.click("#reset-levels")
    page.wait_for_selector("#number_part :text('0.')")
    said = settled(page)
    check(page)
    study = download(page, "get_study", tmp_path)
    shutil.copy(study, tmp_path / "study/again.toml")
    number = re.findall(r"0\.\d+", said)[0]
    assert number in fitted_by_command(tmp_path / "study/again.toml")


def test_an_upload_that_is_too_large_is_not_sent(browser: Any, start: Any, tmp_path: Path) -> None:
    page = open_page(browser, start())
    settled(page)
    page.evaluate("document.querySelector('main').dataset.most = '1000'")
    page.set_input_files("#upload", tables.write(tmp_path / "votes.csv"))
    said = page.inner_text("#upload-note")
    assert "votes.csv has 1 MB, and uploads may have 0.001 MB. Fix: name it when" in said
    assert not [url for url in page.asked if "upload/" in url]


def test_an_app_that_has_ended_says_so(browser: Any, tmp_path: Path) -> None:
    app = App(tmp_path)
    page = open_page(browser, app)
    settled(page)
    assert app.end() == ""
    page.wait_for_selector("#gone:not([hidden])")
