"""The lines of R in the documentation give the numbers that the results hold."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.report.posterior import Posterior

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/how-to/results-in-r.md").read_text("utf-8")
RSCRIPT = shutil.which("Rscript")
pytestmark = pytest.mark.skipif(RSCRIPT is None, reason="R is not installed")


def installed(package: str) -> bool:
    line = f"cat(requireNamespace('{package}', quietly = TRUE))"
    return run(Path.cwd(), line) == "TRUE"


def run(folder: Path, lines: str) -> str:
    assert RSCRIPT is not None
    done = subprocess.run(
        [RSCRIPT, "-e", lines], cwd=folder, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def block(first: str) -> str:
    """Return the indented lines that begin so, to the end of their block."""
    found = re.search(rf"^    {re.escape(first)}.*\n(?:    .*\n)*", PAGE, re.MULTILINE)
    assert found, first
    return found.group()


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Posterior]:
    folder = tmp_path_factory.mktemp("r")
    command = [sys.executable, "-m", "bayes_misalign", "fit", "--no-figures", "--out", "results"]
    study = ROOT / "examples/nonvoters/study.toml"
    subprocess.run([*command, str(study)], cwd=folder, check=True, capture_output=True)
    return folder, bm.load(folder / "results")


def test_tables(fitted: tuple[Path, Posterior]) -> None:
    folder, posterior = fitted
    printed = run(folder, block("misalignment <- read.csv"))
    header, *rows = printed.splitlines()
    assert header.split() == ["population", "mean", "lower", "upper"]
    estimates = posterior.misalignment()
    for row, (name, estimate) in zip(rows, estimates.items(), strict=True):
        assert name in row
        mean, lower, upper = (float(part) for part in row.split()[-3:])
        shown = [estimate.mean, *estimate.interval[:2]]
        assert np.allclose([mean, lower, upper], shown, rtol=1e-6)


def test_draws(fitted: tuple[Path, Posterior]) -> None:
    if not installed("ncdf4"):
        pytest.skip("the package ncdf4 is not installed")
    folder, posterior = fitted
    lines = block("library(ncdf4)").splitlines()
    whole = installed("posterior")
    kept = [line for line in lines if whole or "posterior::" not in line]
    told = 'cat(paste(names, collapse = "|"), "\\n"); cat(dim(draws), "\\n")'
    told += '; cat(format(apply(draws, 1, mean), digits = 15), "\\n")'
    printed = run(folder, "\n".join([*kept, told])).splitlines()[-3:]
    estimates = posterior.misalignment()
    assert printed[0].strip().split("|") == list(estimates)
    populations, draws, chains = map(int, printed[1].split())
    assert populations == len(estimates)
    assert draws * chains == 4000
    means = np.array([float(mean) for mean in printed[2].split()])
    assert np.allclose(means, [estimate.mean for estimate in estimates.values()], rtol=1e-12)
