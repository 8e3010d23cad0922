"""Wheel, sdist and editable install: each finds the models' cards and defaults."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROBE = """
import site, sys
site.addsitedir(sys.argv[1])
sys.path.insert(0, sys.path.pop())
import bayes_misalign
from bayes_misalign.contract import registry
for name in registry.BUILT_IN:
    assert registry.defaults(name)["name"] == name
    assert registry.card(name).startswith("# ")
from bayes_misalign.page.notebook import Line, as_html
assert "&lt;" in as_html(Line("<"))
assert bayes_misalign.example("nonvoters").goals.populations[0] == "rarely/never"
print(bayes_misalign.__file__)
"""


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def build(source: Path, target: str, into: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", into, cwd=source)
    return next(into.glob("*.whl" if target == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # a copy, so that building leaves nothing in the tree
    copy = tmp_path_factory.mktemp("source") / "tree"
    left_out = shutil.ignore_patterns(
        ".git", ".venv", ".*_cache", "__pycache__", "*-results", ".hypothesis"
    )
    return Path(shutil.copytree(ROOT, copy, ignore=left_out))


@pytest.mark.parametrize("way", ["wheel", "sdist", "editable"])
def test_models_are_found(way: str, source: Path, tmp_path: Path) -> None:
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv installs the package here")
    if way == "editable":
        what: list[object] = ["-e", source]
    elif way == "wheel":
        what = [build(source, "wheel", tmp_path / "dist")]
    else:
        archive = build(source, "sdist", tmp_path / "sdist")
        with tarfile.open(archive) as file:
            file.extractall(tmp_path / "unpacked", filter="data")
        unpacked = next((tmp_path / "unpacked").iterdir())
        what = [build(unpacked, "wheel", tmp_path / "dist")]
    target = tmp_path / "site"
    install = [uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*install, "--python", sys.executable, "--target", target, *what, cwd=tmp_path)
    found = Path(run(sys.executable, "-c", PROBE, target, cwd=tmp_path).strip())
    assert found.is_relative_to(source if way == "editable" else target)
