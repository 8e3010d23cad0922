"""A model by a stranger: the distribution that docs/extending.md is, installed and used."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

import bayes_misalign as bm
from bayes_misalign.contract import registry
from bayes_misalign.testing import check_model

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
OF_THE_USER = ("study.toml", "use.py")
KEPT = """
import bayes_misalign as bm
from use import posterior
posterior.save("own.nc")
posterior.report("own.html")
assert bm.load("own.nc").summary() == posterior.summary()
"""
CALIBRATED = """
from bayes_misalign.inference.calibrate import calibrate
print(calibrate("stated-beta", 100, seed=1).passed)
"""
Run = Callable[..., str]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of the page."""
    folder = tmp_path_factory.mktemp("stated-beta")
    for name, text in FILES.items():
        path = folder / ("user" if name in OF_THE_USER else "plugin") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(source: Path) -> Run:
    """Return what runs Python where the plugin is installed, and returns what it printed."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv installs the plugin here")
    install = [uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--offline"]
    where = ["--python", sys.executable, "--target", source / "site", source / "plugin"]
    subprocess.run([str(part) for part in [*install, *where]], check=True)
    path = os.pathsep.join([str(source / "site"), str(ROOT)])

    def python(*command: object, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "error", *map(str, command)],
            cwd=cwd or source / "user",
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return python


@pytest.fixture(scope="module")
def fitted(run: Run, source: Path) -> Path:
    """Return the folder of results that the command line wrote."""
    run("-m", "bayes_misalign", "fit", "study.toml", "--out", "results")
    return source / "user/results"


def test_the_page_names_its_files() -> None:
    package = ["__init__.py", "model.py", "model.toml", "README.md"]
    expected = ["pyproject.toml", *package, "test_model.py", *OF_THE_USER]
    assert [Path(name).name for name in FILES] == expected
    assert len(FILES["stated_beta/model.py"].splitlines()) < 220


def test_it_is_listed_with_its_card(run: Run) -> None:
    assert "stated-beta" in run("-m", "bayes_misalign", "models")
    assert "# stated-beta" in run("-m", "bayes_misalign", "models", "stated-beta")


def test_it_is_checked(run: Run, source: Path) -> None:
    assert "1 passed" in run("-m", "pytest", "-q", "tests", cwd=source / "plugin")


def test_it_can_be_checked_before_it_is_installed(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(source / "plugin")
    check_model(import_module("stated_beta.model").MODEL)
    assert not registry.is_known("stated-beta")


def test_the_study_file_and_python_say_the_same(run: Run, fitted: Path) -> None:
    first = run("use.py")
    assert first.startswith("Two agents drawn at random hold conflicting goals")
    code = "import bayes_misalign as bm; print(bm.load('results/posterior.nc').summary())"
    assert first == run("-c", code)
    report = (fitted / "report.md").read_text(encoding="utf-8")
    assert "a stated case worth 0.5 real ones" in report
    assert "what was stated worth twice as much" in report


def test_what_python_fitted_is_saved_loaded_and_reported(run: Run, source: Path) -> None:
    run("-c", KEPT)
    assert "stated-beta" in (source / "user/own.html").read_text(encoding="utf-8")


def test_a_saved_result_is_reported_again(run: Run, fitted: Path) -> None:
    run("-m", "bayes_misalign", "report", fitted / "posterior.nc", "--out", "again.md")
    first, again = (
        path.read_text(encoding="utf-8").partition("## Methods")[2]
        for path in (fitted / "report.md", fitted.parent / "again.md")
    )
    # a report on its own ends in a line by which it is known as ours
    again, seal, _ = again.partition("<!-- written by bayes-misalign")
    assert seal
    assert first == again != ""


def test_a_saved_result_whose_model_is_not_installed_says_which(fitted: Path) -> None:
    with pytest.raises(bm.ResultError, match="'stated-beta': no model of this name is installed"):
        _ = bm.load(fitted / "posterior.nc").study


def test_it_is_simulated_and_fitted_to_what_was_simulated(run: Run, source: Path) -> None:
    run("-m", "bayes_misalign", "simulate", "study.toml", "--out", "simulated")
    simulated = (source / "user/simulated/study.toml").read_text(encoding="utf-8")
    assert "trust = 0.5" in simulated
    run("-m", "bayes_misalign", "fit", "simulated/study.toml", "--out", "again", "--draws", 50)


def test_it_is_calibrated(run: Run) -> None:
    assert run("-c", CALIBRATED) == "True\n"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return what installs a distribution of one module for the time of a test."""

    def add(distribution: str, name: str, module: str, code: str) -> None:
        folder = tmp_path / f"{module}-1.0.dist-info"
        folder.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        (folder / "METADATA").write_text(metadata, encoding="utf-8")
        points = f"[{registry.GROUP}]\n{name} = {module}:MODEL\n"
        (folder / "entry_points.txt").write_text(points, encoding="utf-8")
        (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, module, raising=False)
        registry.forget()

    yield add
    monkeypatch.undo()
    registry.forget()


def fit_something() -> bm.Posterior:
    area = bm.ProblemArea("v", goals=["x", "y"])
    answers = bm.SingleChoice({"g": ["x", "y"], "n": [3, 4]}, goal="g", count="n")
    return bm.fit(area, answers, bm.MutuallyExclusive(), draws=50)


def test_a_plugin_cannot_take_the_name_of_a_model_of_the_package(
    install: Callable[..., None],
) -> None:
    install("rival", "judged", "rival_model", "MODEL = None")
    with pytest.warns(UserWarning, match="the model 'judged' of rival is not used"):
        registry.plugins()
    assert type(registry.model("judged")).__module__ == "bayes_misalign.models.judged.model"


STUDY = """
[problem_area]
name = "v"
goals = ["x", "y"]
[goals]
model = "single-choice"
data = { g = ["x", "y"], n = [3, 4] }
goal = "g"
count = "n"
[conflict]
model = "torn"
"""


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import nothing_of_this_name", "cannot be loaded .ModuleNotFoundError"),
        ("1 / 0", "cannot be loaded .ZeroDivisionError"),
        ("", "cannot be loaded .AttributeError"),
        ("MODEL = 1", "is no model: it is int"),
    ],
)
def test_a_broken_plugin_is_named_and_disturbs_nobody_else(
    code: str, says: str, install: Callable[..., None], tmp_path: Path
) -> None:
    install("torn-models", "torn", "torn_model", f"open(__file__ + '.seen', 'w').close()\n{code}")
    assert fit_something().misalignment()["all"].mean > 0
    assert not (tmp_path / "torn_model.py.seen").exists()
    assert "torn" not in registry.names_of()
    assert not hasattr(bm, "nothing_of_this_name")
    with pytest.raises(AttributeError, match="no attribute 'Torn'; the model 'torn' of torn-mod"):
        bm.Torn  # noqa: B018  # reading the name is the test
    study = tmp_path / "study.toml"
    study.write_text(STUDY, encoding="utf-8")
    with pytest.raises(bm.StudyError, match=f"the model 'torn' of torn-models {says}"):
        bm.read_study(study)
