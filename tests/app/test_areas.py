"""Studies of several problem areas on the page."""

import runpy
from pathlib import Path

import pytest
import tomli_w

import bayes_misalign as bm
from bayes_misalign.app import parts, show
from bayes_misalign.app import result as made
from bayes_misalign.app.areas import STAY
from bayes_misalign.app.fitting import Job
from bayes_misalign.app.opening import open_path
from bayes_misalign.app.work import FIT, RUNS, Work
from tests.areas.test_toml import COLUMN, written

SAMPLED = {
    "model": "rated",
    "data": {"goal": ["yes"] * 6, "goal_other": ["no"] * 6, "rating": [1, 2, 2, 3, 4, 5]},
    "scale": [1, 5],
}


def opened(tmp_path: Path, **more: object) -> Work:
    work = Work(tmp_path)
    work.open(open_path(written(tmp_path / "study", COLUMN | more)))
    return work


def test_a_study_of_several_areas_is_fitted_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = opened(tmp_path)
    assert work.trouble == []
    assert work.result is not None
    posterior = bm.fit_areas(bm.read_areas(tmp_path / "study" / "study.toml"))
    best = posterior.ranks("men").in_order[0]
    assert f"most misaligned in {best}" in show.number_html(work.result)
    assert "State of the fit: ok" in show.state_html(work.result)
    tables = show.tables_html(work.result)
    for title in ("P(ma) by problem area", "Ranks", "Over all areas", "Bedfellows"):
        assert f"<h3>{title}</h3>" in tables
    assert "What this rests on" not in tables
    figure = show.figure_of(work.result, narrow=True)
    assert figure is not None
    assert "tax" in figure.alt
    assert "problem areas: 3" in parts.read_text(work.base)
    assert b"P(ma) by problem area" in made.report_file(work.result)
    assert work.result.csv().startswith("area,population,population_other,mean")
    assert made.kept_name(work.result.described) == "study.toml"
    monkeypatch.chdir(tmp_path / "study")
    Path("again.py").write_text(made.script_file(work.result), encoding="utf-8")
    runpy.run_path("again.py")
    assert capsys.readouterr().out == f"{posterior}\n"


def test_levels_of_several_areas_stay(tmp_path: Path) -> None:
    work = opened(tmp_path)
    before = work.result
    assert STAY.split(".")[0] in show.levels_html(work)
    assert show.added_html(work).strip() == ""
    work.move({"key": work.key, "pairs": {"0": [0.1, 0.2]}, "own": True})
    work.add([0, 1])
    assert work.trouble == []
    assert work.result is before


def test_a_study_that_must_be_sampled_waits(tmp_path: Path) -> None:
    work = opened(tmp_path, conflict=SAMPLED)
    assert (work.trouble, work.next_step) == ([], FIT)
    assert work.result is None


def test_a_fit_in_another_process_is_read_back(tmp_path: Path) -> None:
    work = opened(tmp_path)
    assert work.result is not None
    (tmp_path / "room").mkdir()
    job = Job(work.result.described, tmp_path / "room")
    assert job.of is work.result.described
    job._process.wait()
    found = job.result()
    assert found.csv() == work.result.csv()
    assert work.fitting != RUNS


def test_uploads_of_several_areas(tmp_path: Path) -> None:
    folder = tmp_path / "from"
    folder.mkdir()
    goals = COLUMN["goals"] | {"data": "votes.csv"}
    (folder / "study.toml").write_text(tomli_w.dumps(COLUMN | {"goals": goals}), encoding="utf-8")
    rows = ["group,area,vote,n", "a,tax,yes,3", "a,tax,no,4", "a,roads,yes,9", "a,roads,no,2"]
    (folder / "votes.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    work = Work(tmp_path)
    work.upload([(name, folder / name) for name in ("study.toml", "votes.csv")])
    assert work.trouble == []
    assert work.result is not None
    assert "tax" in show.number_html(work.result)
