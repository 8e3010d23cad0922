"""The commands that look ahead, as somebody types them."""

import json
import shutil
from pathlib import Path

import pytest

from bayes_misalign.cli import main
from bayes_misalign.inference import calibrate_study
from tests.test_cli import EXAMPLES

NONVOTERS = EXAMPLES / "nonvoters" / "study.toml"


def run(*words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["bayes-misalign", *words])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_a_plan_is_printed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan"
    words = ["plan", str(NONVOTERS), "--width", "0.05", "--cost", "agents=4"]
    words += ["--simulations", "4", "--out", str(out)]
    assert run(*words, monkeypatch=monkeypatch) == 0
    said = capsys.readouterr().out
    assert "So that the 95 % equal-tailed interval of P(ma) is 0.05 wide on average:" in said
    assert "Agents: " in said
    found = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    (agents,) = found["measurements"]
    assert (agents["name"], agents["cost_of_one"], agents["limit"]) == ("agents", 4, 0)
    assert found["target"] == 0.05
    rows = (out / "plan.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(agents["sizes"])
    assert rows[0].startswith("measurement,now,number,farthest,mean_width,standard_error")
    assert (out / "plan.svg").read_text(encoding="utf-8").startswith("<svg")


def test_two_kinds_together_are_printed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        '[problem_area]\nname = "vote"\ngoals = ["a", "b"]\n'
        '[goals]\nmodel = "single-choice"\ncounts = { a = 40, b = 60 }\nn = 100\n'
        '[conflict]\nmodel = "judged"\ncount = "n"\n[conflict.data]\ngoal = ["a", "a"]\n'
        'goal_other = ["b", "b"]\nconflict = ["yes", "no"]\nn = [20, 10]\n'
    )
    out = tmp_path / "plan"
    words = ["plan", str(study), "--width", "0.15", "--jointly", "agents", "judgements"]
    words += ["--simulations", "4", "--out", str(out), "--cost", "agents=4"]
    assert run(*words, monkeypatch=monkeypatch) == 2
    assert "as in --cost judgements=4" in capsys.readouterr().err
    assert not out.exists()
    words += ["--cost", "judgements=1", "--budget", "900"]
    assert run(*words, monkeypatch=monkeypatch) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "The cheapest that is enough:" in said
    assert "Of a budget of 900, most is told by" in said
    found = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert [x["name"] for x in found["measurements"]] == ["agents", "judgements"]
    assert found["cheapest"]["average"] <= 0.15
    assert found["within_budget"]["cost"] <= 900
    assert (out / "plan.csv").read_text(encoding="utf-8").startswith("agents,judgements,cost")
    assert (out / "plan.svg").read_text(encoding="utf-8").startswith("<svg")
    words = ["plan", str(study), "--width", "0.15", "--budget", "9"]
    assert run(*words, monkeypatch=monkeypatch) == 2
    assert "as in --jointly agents raters" in capsys.readouterr().err


def test_a_plan_stands_beside_its_study_or_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = tmp_path / "kept"
    shutil.copytree(NONVOTERS.parent, study)
    assert run("fit", str(study), "--no-figures", monkeypatch=monkeypatch) == 0
    wanted = study / "study-plan"
    results = study / "study-results"
    for place in (study, results, results / "posterior.nc"):
        words = ["plan", str(place), "--width", "0.05", "--simulations", "2"]
        assert run(*words, monkeypatch=monkeypatch) == 0
        assert (wanted / "plan.csv").is_file()
        shutil.rmtree(wanted)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--width", "0.05", "--cost", "agents"], "--cost agents=4"),
        (["--width", "0.05", "--cost", "raters=3"], "no cost of 'raters' is needed"),
        ([], "state one aim"),
        (["--decide", "P is large"], "write it as 'P > 0.3'"),
    ],
)
def test_what_cannot_be_planned_is_said_and_nothing_written(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "plan"
    words = ["plan", str(NONVOTERS), "--simulations", "2", "--out", str(out), *words]
    assert run(*words, monkeypatch=monkeypatch) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_study_is_calibrated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("calibrate", str(NONVOTERS), "--simulations", "30", monkeypatch=monkeypatch) == 0
    said = capsys.readouterr().out
    assert "single-choice" in said
    assert "uniform" in said
    assert "NOT UNIFORM" not in said


def test_draws_that_ignore_the_data_are_found_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = calibrate_study.calibrate

    def from_the_prior(name: str, *args: object, **kwargs: object) -> object:
        from bayes_misalign.contract.registry import evidence_model

        model = evidence_model(name)
        kwargs["posterior"] = model.draw_prior
        return inner(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(calibrate_study, "calibrate", from_the_prior)
    assert run("calibrate", str(NONVOTERS), "--simulations", "100", monkeypatch=monkeypatch) == 3
    assert "NOT UNIFORM" in capsys.readouterr().out
