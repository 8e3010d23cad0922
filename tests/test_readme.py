"""What the README shows works as it stands there."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import bayes_misalign as bm

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEADER = ["candidate", "voter_category", "weight"]


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def respondents() -> list[list[str]]:
    """Return one row for each respondent of the example, with the mean weight of its cell."""
    rows = []
    with (ROOT / "examples/nonvoters/answers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            weight = float(row["sum_weight"]) / int(row["n"])
            rows += [[row["candidate"], row["voter_category"], f"{weight:.4f}"]] * int(row["n"])
    return rows


def test_the_study_file(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(block("toml"), encoding="utf-8")
    with (tmp_path / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *respondents()])
    study = bm.read_study(tmp_path / "study.toml")
    assert study.goals.n.sum() == 5727
    assert study.goals.not_answers["Refused"].sum() == 109
    assert study.conflict.source_of("Biden", "Trump").model == "elicited"


def test_the_lines_of_python(tmp_path: Path) -> None:
    rows = [[answer, voter, weight] for answer, voter, weight in respondents()]
    before = (
        "import polars as pl\n"
        f"rows = {rows!r}\n"
        "df = pl.DataFrame(rows, orient='row', schema=['cand2020', 'voter_category', 'weight'])\n"
        "df = df.with_columns(pl.col('weight').cast(pl.Float64))\n"
    )
    script = tmp_path / "script.py"
    script.write_text(before + block("python"), encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").stat().st_size > 10_000


def test_the_commands_are_the_readmes_own() -> None:
    first = "pip install uv && uv run --no-dev bayes-misalign fit examples/nonvoters/study.toml"
    assert first in README  # --no-dev: nobody who tries it has to install what developers need
    assert "pip install uv && uv run pytest" in README
    assert "uv run pytest\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_a_stranger_reads_it_in_one_go() -> None:
    assert len(README.split()) <= 900


def test_every_file_that_the_readme_links_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    for link in links:
        assert (ROOT / link.partition("#")[0]).exists(), link


def test_the_table_shown_first_is_the_one_that_is_printed() -> None:
    printed = (ROOT / "tests/golden/nonvoters/terminal.txt").read_text("utf-8")
    assert printed.startswith(block("text"))
