"""The examples of the repository, fitted with the package as it is; unchanged ones are kept."""

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from building.links import DOCS, ROOT

EXAMPLES = ROOT / "examples"
FITTED = ROOT / "build" / "docs-examples"
SAMPLED = {
    "anaesthetists",
    "chile-1988",
    "eu-referendum-sample",
    "iraq-vote",
    "senators",
    "simulated-behaviour",
    "simulated-judges",
    "us-parties",
}
SECOND = {"eu-referendum": "voters"}  # a second study whose result is shown too
QUICK = os.environ.get("DOCS", "") == "quick"


def names() -> list[str]:
    """Return the names of the examples that have a study of their own."""
    return sorted(path.parent.name for path in EXAMPLES.glob("*/study.toml"))


def state_of(*folders: Path) -> str:
    """Return a digest of the package and of some folders: all that an output may depend on."""
    files = [file for folder in folders for file in sorted(folder.iterdir()) if file.is_file()]
    files += sorted((ROOT / "models").glob("*/model.toml"))
    package = sorted((ROOT / "bayes_misalign").rglob("*"))
    files += [file for file in package if file.is_file() and "__pycache__" not in file.parts]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fit(name: str) -> Path | None:
    """Fit an example, if it is not fitted yet; return the folder, or None where it is left out."""
    folder = FITTED / name
    seal = folder / "state"
    state = state_of(EXAMPLES / name)
    if seal.exists() and seal.read_text(encoding="utf-8") == state:
        return folder
    if QUICK and name in SAMPLED:
        return None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    told = _fit_file(EXAMPLES / name / "study.toml", folder / "results")
    (folder / "terminal.txt").write_text(told + "\n", encoding="utf-8")
    if second := SECOND.get(name):
        _fit_file(EXAMPLES / name / f"{second}.toml", folder / second)
    seal.write_text(state, encoding="utf-8")
    return folder


def _fit_file(study: Path, results: Path) -> str:
    """Fit a study, and return what was printed of its result."""
    command = [sys.executable, "-m", "bayes_misalign", "fit", str(study), "--out", str(results)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"COLUMNS": "88"}
    )
    if done.returncode:
        raise RuntimeError(f"the study {study} does not fit:\n{done.stdout}{done.stderr}")
    return done.stdout.partition("Written to ")[0].rstrip()


def fit_all() -> dict[str, Path | None]:
    """Fit all examples, two at a time; return their folders by name."""
    with ThreadPoolExecutor(2) as pool:
        folders = dict(zip(names(), pool.map(fit, names()), strict=True))
    reports = DOCS / "generated" / "extra" / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    for name, folder in folders.items():
        if folder:
            shutil.copyfile(folder / "results" / "report.html", reports / f"{name}.html")
            if second := SECOND.get(name):
                shutil.copyfile(folder / second / "report.html", reports / f"{name}-{second}.html")
    return folders
