"""Conflict in any of several areas: whole fits, within populations and between two."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.areas.answers import JointAnswers
from bayes_misalign.areas.together import correlation
from tests.areas.studies import panel

YES_NO = bm.ProblemArea("plans", goals=["yes", "no"])


def test_correlation_of_the_same_conflict_is_one() -> None:
    p = np.array([0.3, 0.0, 0.4])
    np.testing.assert_allclose(correlation(p, p, p), [1, 0, 1])
    np.testing.assert_allclose(correlation(p * 0.5, p, np.full(3, 0.5)), 0, atol=1e-15)


def test_conflict_in_any_area_of_the_same_agents() -> None:
    answers = bm.SingleChoice(panel(), population="group")
    posterior = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), areas="q_{area}", draws=300)
    assert posterior.areas == ("0", "1", "2", "3")
    found = posterior.together("men")
    draws, each = found.any.draws, [one.draws for one in found.each.values()]
    assert (draws >= np.max(each, axis=0) - 1e-12).all()
    assert (draws <= np.sum(each, axis=0) + 1e-12).all()
    assert found.any.mean < found.apart.mean  # conflicts go together: fewer pairs have any
    assert all(pair.correlation.mean > 0 for pair in found.pairs.values())
    table = panel()
    complete = [
        all(table[f"q_{a}"][i] for a in range(4)) for i in range(120) if table["group"][i] == "men"
    ]
    assert found.agents == sum(complete)
    assert found.to_frame("polars").shape == (6, 8)


def test_conflict_in_any_area_between_two_populations() -> None:
    answers = bm.SingleChoice(panel(), population="group")
    posterior = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), areas="q_{area}", draws=300)
    found = posterior.together("men", "women")
    one, other = posterior.together("men"), posterior.together("women")
    assert (found.population, found.other) == ("men", "women")
    assert (found.agents, found.agents_other) == (one.agents, other.agents)
    assert found.any.name == "P(conflict in any of 4 areas) between men and women"
    each = [one.draws for one in found.each.values()]
    assert (found.any.draws >= np.max(each, axis=0) - 1e-12).all()
    assert found.any.mean < found.apart.mean
    swapped = posterior.together("women", "men")
    np.testing.assert_allclose(swapped.any.draws, found.any.draws, rtol=1e-10)
    assert posterior.together("men", "men").other is None
    few = posterior.together("men", "women", ["0", "2"])
    assert list(few.pairs) == [("0", "2")]
    np.testing.assert_array_equal(few.pairs["0", "2"].both.draws, found.pairs["0", "2"].both.draws)
    assert list(found.to_frame("polars").columns[2:4]) == ["agents", "agents_other"]


def test_every_face_has_conflict_between_populations(tmp_path: Path) -> None:
    answers = bm.SingleChoice(panel(), population="group")
    posterior = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), areas="q_{area}", draws=100)
    assert "between women and men" in posterior.summary()
    posterior.write(tmp_path / "out", figures=False)
    found = posterior.together("women", "men").any
    text = (tmp_path / "out/tables/together.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["population"], row["population_other"]) for row in rows] == [
        ("women", ""),
        ("men", ""),
        ("women", "men"),
    ]
    assert float(rows[2]["mean"]) == pytest.approx(found.mean)
    assert float(rows[2]["lower"]) == pytest.approx(found.interval[0])
    told = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))["together"]
    assert told[2]["population_other"] == "men"
    assert told[2]["any"]["interval"] == pytest.approx(found.interval)


def test_conflict_measured_within_populations_tells_nothing_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = bm.SingleChoice(panel(), population="group")
    posterior = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), areas="q_{area}", draws=50)
    monkeypatch.setattr(bm.Posterior, "by_population", True)
    with pytest.raises(bm.StudyError, match="nobody measured it between them"):
        posterior.together("men", "women")
    assert posterior.together("men").any.mean > 0.5


def test_long_tables_tell_the_same_agents_by_their_ids() -> None:
    wide = panel()
    rows = [
        (f"id {i}", wide["group"][i], str(a), wide[f"q_{a}"][i])
        for i in range(120)
        for a in range(4)
    ]
    names = ("id", "group", "area", "vote")
    table = {name: list(x) for name, x in zip(names, zip(*rows, strict=True), strict=True)}
    answers = bm.SingleChoice(table, goal="vote", population="group", respondent="id")
    stated = {"area": "area", "draws": 100}
    long = bm.fit_areas(YES_NO, answers, bm.MutuallyExclusive(), **stated)
    wider = bm.fit_areas(
        YES_NO,
        bm.SingleChoice(wide, population="group"),
        bm.MutuallyExclusive(),
        areas=[f"q_{a}" for a in range(4)],
        draws=100,
    )
    for population in ("men", "women"):
        one, other = long.together(population), wider.together(population)
        assert one.agents == other.agents
        assert one.any.mean == pytest.approx(other.any.mean, abs=0.02)


def test_joint_answers_are_counted_once() -> None:
    answers = JointAnswers(
        np.array([0, 0, 0, 1]),
        np.array([[0, 1, -1], [0, 1, 1], [0, -1, 1], [0, 1, 1]], np.int16),
        np.array([2.0, 3.0, 4.0, 9.0]),
        np.array([2.0, 4.0, 4.0, 9.0]),
    )
    assert answers.number(0, [0, 1]) == 6
    patterns, agents = answers.of_all(0, [0, 1])
    assert patterns.tolist() == [[0, 1]]
    assert agents.tolist() == [5.0]
    assert answers.of_all(0, [0, 1, 2])[1].tolist() == [3.0]
    assert answers.of_all(1, [1, 2])[1].tolist() == [9.0]
