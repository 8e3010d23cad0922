"""A stranger's first hour: the three commands of `docs/start`, in an environment of their own."""

import json
import runpy
import shutil
import sys
from pathlib import Path

import pytest

import bayes_misalign as bm

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_three_commands_lead_from_a_table_to_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("uv") is None:
        pytest.skip("uv makes the environment here")
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    script = runpy.run_path(str(ROOT / "benchmarks/first_report.py"))
    (_, proposed, fitted) = script["walk"](tmp_path).values()
    assert "Written: study.toml" in proposed[1]
    assert fitted[1].startswith("Two agents drawn at random")
    results = tmp_path / "study-results"
    assert (results / "report.html").stat().st_size < 400_000
    study = bm.read_study(tmp_path / "study.toml")
    assert study.goals.n.sum() == 5727
    assert study.goals.not_answers["Refused"].sum() == 109
    summary = json.loads((results / "summary.json").read_text("utf-8"))
    (area,) = summary["problem_areas"]
    named = [population["name"] for population in area["populations"]]
    assert named == list(study.goals.populations)
