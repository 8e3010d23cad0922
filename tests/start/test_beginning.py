"""Fitting a table, a folder and an example: what a newcomer types first."""

import re
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from tests.start.test_init import HEADER, ROWS, run, write
from tests.test_cli import EXAMPLES, Run

__all__ = ["run"]
PLAIN = ("--goal", "vote", "--population", "region", "--weight", "w", "--exclusive")


def test_a_table_is_fitted_and_its_study_fits_the_same(run: Run) -> None:
    write("votes.csv", HEADER, ROWS)
    status, out, err = run("fit", "votes.csv", *PLAIN, "--no-figures", "--seed", 5, "--draws", 200)
    assert status == 0, err
    assert "votes-results/" in out
    assert "Taken for no goal (--no-goal): 'Unsure'." in err
    assert "Not used: the column 'age'" in err
    status, _, err = run("fit", "votes-results/study.toml", "--no-figures", "--out", "again")
    assert status == 0, err
    first, second = (bm.load(f"{name}/posterior.nc") for name in ("votes-results", "again"))
    for quantity in ("misalignment", "proportion"):
        np.testing.assert_array_equal(
            first.groups.groups["posterior"][quantity][1],
            second.groups.groups["posterior"][quantity][1],
        )
    assert run("verify", "votes-results")[0] == 0
    status, _, err = run("fit", "votes.csv", *PLAIN, "--no-figures", "--draws", 20)
    assert status == 0, "what this package wrote is replaced"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("votes.csv",), "votes.csv is a table, not a study file"),
        (("votes.csv", "--goal", "vote"), "is a table, not a study file"),
        (("vots.csv", "--goal", "vote", "--exclusive"), "did you mean 'votes.csv'?"),
        (("votes.csv", *PLAIN, "--agents"), "write one with init"),
        (("study.toml", *PLAIN), "is a study file"),
        (("empty",), "has no study.toml"),
        (("others",), "name one of 'a.toml'"),
    ],
)
def test_what_cannot_be_fitted_is_refused(run: Run, arguments: tuple[str, ...], said: str) -> None:
    write("votes.csv", HEADER, ROWS)
    Path("study.toml").touch()
    Path("empty").mkdir()
    Path("others").mkdir()
    Path("others/a.toml").touch()
    before = sorted(Path().rglob("*"))
    status, _, err = run("fit", *arguments)
    assert status == 2
    assert said in err
    assert sorted(Path().rglob("*")) == before


def test_an_example_is_copied_checked_and_never_written_over(run: Run) -> None:
    status, _, err = run("example", "nonvoters")
    assert status == 0, err
    copied = {path.name for path in Path("nonvoters").iterdir()}
    assert {"study.toml", "answers.csv", "experts.toml", "README.md"} <= copied
    assert not [name for name in copied if name.endswith("-results")]
    assert "the study is sound" in " ".join(run("check", "nonvoters")[1].split())
    Path("nonvoters/study.toml").write_text("mine", encoding="utf-8")
    status, _, err = run("example", "nonvoters")
    assert status == 2
    assert "--force" in err
    assert Path("nonvoters/study.toml").read_text(encoding="utf-8") == "mine"
    assert run("example", "nonvoters", "--out", "other")[0] == 0
    assert run("example", "nonvoters", "--force")[0] == 0
    assert run("check", "nonvoters")[0] == 0


def test_examples_are_listed_and_found_by_name(run: Run) -> None:
    status, out, _ = run("example")
    assert status == 0
    names = [line.split("  ")[0] for line in out.splitlines()[:-1]]
    files = {
        str(path.relative_to(EXAMPLES).with_suffix("")).removesuffix("/study")
        for path in EXAMPLES.glob("*/*.toml")
    }
    assert set(names) == files
    assert bm.example("nonvoters/experts").name == "nonvoters-experts"
    status, _, err = run("example", "nonvoter")
    assert status == 2
    assert "did you mean 'nonvoters'?" in err
    for name in ("../examples/nonvoters", "/etc", "nonvoters/../senators"):
        with pytest.raises(bm.StudyError, match="there is no example"):
            bm.example(name)


def test_the_version_and_examples_of_every_command(run: Run) -> None:
    assert run("--version")[1] == f"bayes-misalign {bm.__version__}\n"
    commands = re.findall(r"^  ([a-z]+)  ", run("--help")[1], flags=re.MULTILINE)
    assert {"init", "example", "check", "fit", "report", "verify"} <= set(commands)
    for command in commands:
        assert f"\n    bayes-misalign {command}" in run(command, "--help")[1]
