"""The scripts among the examples run, and the simulated one holds the truth that made its data."""

import csv
import re
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import bayes_misalign as bm
from bayes_misalign import cli

EXAMPLES = Path(__file__).parents[1] / "examples"
DRAWS = 250  # of a chain; enough for a caution, and to see that nothing is broken


def test_every_script_is_run_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {
        "nonvoters.py",
        "three_games.py",
        "german_parties.py",
        "moral_machine.py",
        "simulated_behaviour.py",
        "simulated_judges.py",
        "us_parties.py",  # in tests/models/rated/test_us_parties.py
    }


@pytest.mark.parametrize("name", ["nonvoters.py", "three_games.py", "german_parties.py"])
def test_a_script_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [name])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    assert "95 % equal-tailed interval" in capsys.readouterr().out


def test_the_moral_machine_is_as_the_published_preferences_say() -> None:
    found = runpy.run_path(str(EXAMPLES / "moral_machine.py"))["means"]()
    text = (EXAMPLES / "moral-machine" / "README.md").read_text(encoding="utf-8")
    people, _ = found["people"]
    for agent, (within, between) in found.items():
        excess = between - (within + people) / 2
        rows = f"| {agent} | {within:.4f} | {between:.4f} | {excess:.4f} |"
        assert rows.replace("0.0000", "0") in text
    assert found["people"] == (pytest.approx(0.4272467, abs=1e-7),) * 2
    assert found["GPT-4, April 2024"][1] == pytest.approx(0.4016826, abs=1e-7)
    assert found["Qwen2.5 3B"][1] == pytest.approx(0.5238113, abs=1e-7)


def test_all_models_of_the_moral_machine_are_as_the_page_says() -> None:
    script = runpy.run_path(str(EXAMPLES / "moral_machine.py"))
    found = script["of_all_models"]()
    few = script["means"]()
    for agent in ("people", "Qwen2.5 3B", "DeepSeek V3.2", "Llama 3.1 70B"):
        assert found[agent] == pytest.approx(few[agent], abs=1e-12)
    assert found["GPT-4(Apr'24)"] == pytest.approx(few["GPT-4, April 2024"], abs=1e-12)
    people, _ = found.pop("people")
    assert len(found) == 75
    assert sum(between < people for _, between in found.values()) == 29
    by_between = sorted(found, key=lambda agent: found[agent][1])
    assert (by_between[0], by_between[-1]) == ("GPT-4(Apr'24)", "Qwen2.5 3B")
    excess = {a: between - (within + people) / 2 for a, (within, between) in found.items()}
    by_excess = sorted(excess, key=lambda agent: excess[agent])
    assert (by_excess[0], by_excess[-1]) == ("DeepSeek V3.2 Exp", "Qwen3 4B")
    assert [round(excess[by_excess[i]], 4) for i in (0, -1)] == [0.0078, 0.103]


def test_sessions_of_one_prompt_are_one_agent_where_prompts_are_the_agents() -> None:
    text = (EXAMPLES / "games-human-ai" / "README.md").read_text(encoding="utf-8")
    sessions = {
        "model": ["GPT-4", "GPT-3.5", "GPT-3.5"],
        "gives": ["half", "less", "more"],
        "n": [30, 26, 3],
        "prompt": ["the game"] * 3,
    }
    area = bm.ProblemArea("gift", ["less", "half", "more"])
    for cluster, worth, agent in (
        (None, 30, "a session of this prompt"),
        ("prompt", 1, "a prompt"),
    ):
        answers = bm.SingleChoice(
            sessions, goal="gives", population="model", count="n", cluster=cluster
        )
        posterior = bm.fit(area, answers, bm.MutuallyExclusive(), random_seed=1)
        found = [posterior.misalignment()[model].text(2) for model in ("GPT-4", "GPT-3.5")]
        assert posterior.n_effective[0] == pytest.approx(worth)
        assert f"| {agent} | {worth} | {found[0]} | {found[1]} |" in text


def test_experts_and_the_public_are_as_the_published_percentages_say() -> None:
    study = bm.read_study(EXAMPLES / "ai-experts" / "study.toml")
    shares = [[0.11, 0.51, 0.38], [0.47, 0.15, 0.38]]
    conflict = [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    np.testing.assert_allclose(study.goals.counts / study.goals.n[:, None], shares, atol=2e-4)
    plug_in = bm.measure.between_matrix(shares, conflict)
    np.testing.assert_allclose(plug_in, [[0.1122, 0.2562], [0.2562, 0.1410]], atol=1e-12)


def test_simulated_choices_are_those_of_the_script() -> None:
    made = runpy.run_path(str(EXAMPLES / "simulated_behaviour.py"))["simulate"]()
    with (EXAMPLES / "simulated-behaviour/choices.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    assert [[str(cell) for cell in row] for row in made] == rows


def test_simulated_judgements_are_those_of_the_script() -> None:
    made = runpy.run_path(str(EXAMPLES / "simulated_judges.py"))["simulate"]()
    with (EXAMPLES / "simulated-judges/judgements.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    assert made == rows
    study = bm.read_study(EXAMPLES / "simulated-judges/study.toml")
    (source,) = (s for s in study.conflict.sources if s.model == "judged")
    assert len(source.raters) == 8  # type: ignore[union-attr]


@pytest.mark.slow
def test_simulated_judges(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["simulated_judges.py"])
    script = runpy.run_path(str(EXAMPLES / "simulated_judges.py"), run_name="__main__")
    printed = capsys.readouterr().out.splitlines()
    found = {
        line[:28].strip(): [float(x) for x in re.findall(r"[\d.]+", line[28:])]
        for line in printed[1:]
    }
    truth, mean, low, high = found["P(ma)"]
    assert truth == pytest.approx(script["misalignment"](), abs=1e-3)
    assert low < truth < high
    assert low < mean < high
    alike = found["P(ma), judges taken alike"]
    assert high - low > 1.3 * (alike[3] - alike[2])  # eight judges are fewer than 200 judgements


@pytest.mark.slow
def test_simulated_behaviour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    study = shutil.copytree(EXAMPLES / "simulated-behaviour", tmp_path / "copy") / "study.toml"
    ask = ["fit", str(study), "--draws", str(DRAWS), "--no-figures"]
    done = CliRunner().invoke(cli.app, ask)
    assert done.exit_code == 0, done.output
    posterior = bm.load(study.parent / "study-results" / "posterior.nc")
    asked: list[Any] = []

    def fitted(study: Any) -> bm.Posterior:  # what the script would fit again
        asked.append(study)
        return posterior

    monkeypatch.setattr(bm, "fit", fitted)
    monkeypatch.setattr(sys, "argv", ["simulated_behaviour.py"])
    capsys.readouterr()
    script = runpy.run_path(str(EXAMPLES / "simulated_behaviour.py"), run_name="__main__")
    (read,) = asked
    np.testing.assert_array_equal(read.goals.reports, posterior.study.goals.reports)  # type: ignore[attr-defined]
    printed = capsys.readouterr().out
    for population, truth in script["SHARES"].items():
        assert f"P(ma), {population}" in printed
        low, high = posterior.misalignment()[population].interval
        assert low < 1 - sum(share**2 for share in truth) < high
