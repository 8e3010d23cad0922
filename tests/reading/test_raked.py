"""Weights raked to known margins, with the variance that raking leaves."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from tests.fixes import BASE, over, read

SURVEYS = Path(__file__).parents[1] / "data" / "surveys"
EXPECTED = json.loads((SURVEYS / "raked.json").read_text())  # raked.R has the commands
AREA = bm.ProblemArea("x", ["low", "middle", "high"])
TYPES, WIDE = {"E": 4421, "H": 755, "M": 1018}, {"No": 1072, "Yes": 5122}
AWARDS = {"No": 2027, "Yes": 4167}
CASES: dict[str, dict[str, Any]] = {
    "clusters": {"weight": "pw", "cluster": "dnum", "rake": {"stype": TYPES, "sch.wide": WIDE}},
    "strata": {"weight": "pw", "strata": "stype", "rake": {"sch.wide": WIDE, "awards": AWARDS}},
    "agents": {"rake": {"stype": TYPES, "sch.wide": WIDE, "awards": AWARDS}},
}


def evidence(data: Any, area: bm.ProblemArea = AREA, **stated: Any) -> ChoiceCounts:
    """What is read of a table."""
    problems = Problems()
    found = bm.SingleChoice(data, goal="goal", **stated).read(area, problems)
    assert found is not None, str(list(problems))
    return found


@pytest.mark.parametrize("name", CASES)
def test_raked_shares_and_their_variance_are_those_of_survey_in_r(name: str) -> None:
    found, expected = evidence(SURVEYS / f"raked_{name}.csv", **CASES[name]), EXPECTED[name]
    assert found.design is not None
    weights = found.weight_sum[0] / found.weight_total[0]
    np.testing.assert_allclose(weights, expected["shares"], rtol=1e-10)
    squares = found.weight_sq_total[0] * (6194 / found.weight_total[0]) ** 2
    assert squares == pytest.approx(expected["weight_sq_sum"], rel=1e-10)
    variance = np.array(expected["variance"]).reshape(3, 3)
    largest = np.abs(variance).max()
    # R stops when no cell of the table changes by 1e-11 of all schools
    np.testing.assert_allclose(found.design.covariance[0], variance, atol=1e-10 * largest)


PARTS = json.loads((SURVEYS / "raked_populations.json").read_text())
BY_TYPE = {name: part["margins"] for name, part in PARTS.items()}


def test_populations_with_margins_of_their_own_are_those_of_survey_in_r() -> None:
    found = evidence(SURVEYS / "raked_agents.csv", population="stype", rake=BY_TYPE)
    assert found.design is not None
    for i, name in enumerate(found.populations):
        expected = PARTS[name]
        weights = found.weight_sum[i] / found.weight_total[i]
        np.testing.assert_allclose(weights, expected["shares"], rtol=1e-10)
        variance = np.array(expected["variance"]).reshape(3, 3)
        largest = np.abs(variance).max()
        np.testing.assert_allclose(found.design.covariance[i], variance, atol=1e-10 * largest)


def test_margins_of_a_population_leave_its_size_to_the_sample() -> None:
    data = SURVEYS / "raked_agents.csv"
    raked = evidence(data, population="stype", rake=BY_TYPE)
    plain = evidence(data, population="stype")
    np.testing.assert_allclose(raked.weight_total, plain.n)
    assert raked.design is not None
    shares = plain.n / plain.n.sum()
    of_sample = float((shares * (1 - shares)).sum()) / (plain.n.sum() - 1)
    assert raked.design.union_variance == pytest.approx(of_sample, rel=1e-9)


def test_margins_by_population_may_stand_in_a_file(tmp_path: Path) -> None:
    lines = [
        f"{population},{name},{category},{share}"
        for population, margins in BY_TYPE.items()
        for name, of in margins.items()
        for category, share in of.items()
    ]
    (tmp_path / "m.csv").write_text("\n".join(["population,variable,category,share", *lines]))
    data, whole = SURVEYS / "raked_agents.csv", {"population": "stype"}
    found = evidence(data, rake=str(tmp_path / "m.csv"), **whole)
    stated = evidence(data, rake=BY_TYPE, **whole)
    np.testing.assert_array_equal(found.weight_sum, stated.weight_sum)


def test_stated_replicates_are_raked_within_populations() -> None:
    rng = np.random.default_rng(4)
    sex, goal = rng.choice(["f", "m"], 120), rng.choice(["low", "middle", "high"], 120)
    unit, where = np.arange(120) % 8, np.where(np.arange(120) < 50, "north", "south")
    base: dict[str, list[Any]] = {"goal": goal.tolist(), "sex": sex.tolist(), "w": [1.0] * 120}
    base |= {"c": [f"c{u}" for u in unit], "p": where.tolist()}
    for r in range(8):
        base[f"r{r}"] = np.where(unit == r, 0.0, 8 / 7).tolist()
    rake = {"south": {"sex": {"f": 0.4, "m": 0.6}}, "north": {"sex": {"f": 0.6, "m": 0.4}}}
    replicates = {"columns": "r[0-9]", "method": "jk1", "mse": True}
    more: dict[str, Any] = {"weight": "w", "population": "p", "rake": rake}
    stated = evidence(base, replicates=replicates, **more)
    clusters = evidence(base, cluster="c", **more)
    assert stated.design is not None
    assert clusters.design is not None
    np.testing.assert_allclose(stated.design.covariance, clusters.design.covariance, rtol=1e-9)
    assert stated.design.together == pytest.approx(clusters.design.together)
    assert stated.design.union_variance == pytest.approx(clusters.design.union_variance)


def test_shares_and_percentages_mean_what_totals_do() -> None:
    data = SURVEYS / "raked_agents.csv"
    whole = evidence(data, **CASES["agents"])
    for scale in (1 / 6194, 100 / 6194):
        margins = {
            name: {c: n * scale for c, n in of.items()}
            for name, of in CASES["agents"]["rake"].items()
        }
        found = evidence(data, rake=margins)
        np.testing.assert_allclose(found.weight_sum, whole.weight_sum, rtol=1e-10)


def test_margins_may_stand_in_a_file(tmp_path: Path) -> None:
    lines = [
        f"{name},{category},{share}"
        for name, of in CASES["agents"]["rake"].items()
        for category, share in of.items()
    ]
    (tmp_path / "margins.csv").write_text("\n".join(["variable,category,share", *lines]))
    found = evidence(SURVEYS / "raked_agents.csv", rake=str(tmp_path / "margins.csv"))
    whole = evidence(SURVEYS / "raked_agents.csv", **CASES["agents"])
    np.testing.assert_array_equal(found.weight_sum, whole.weight_sum)
    (tmp_path / "percent.csv").write_text("variable,category,share\nawards,No,40%\nawards,Yes,60%")
    found = evidence(SURVEYS / "raked_agents.csv", rake=str(tmp_path / "percent.csv"))
    assert found.weight_total[0] == pytest.approx(whole.n.sum())
    twice, no_number = ("awards,No,10", "has 'No' twice"), ("awards,,many", "a share is no number")
    for more, said in (twice, no_number):
        (tmp_path / "wrong.csv").write_text(f"variable,category,share\nawards,No,40\n{more}")
        problems, rake = Problems(), str(tmp_path / "wrong.csv")
        answers = bm.SingleChoice(SURVEYS / "raked_agents.csv", goal="goal", rake=rake)
        assert answers.read(AREA, problems) is None
        assert [said in str(problem) for problem in problems] == [True]


def test_stated_replicates_are_raked_anew() -> None:
    rng = np.random.default_rng(4)
    sex, goal = rng.choice(["f", "m"], 80), rng.choice(["low", "middle", "high"], 80)
    unit = np.arange(80) % 8
    base = {"goal": goal.tolist(), "sex": sex.tolist(), "w": [1.0] * 80, "c": unit.tolist()}
    for r in range(8):
        base[f"r{r}"] = np.where(unit == r, 0.0, 8 / 7).tolist()
    rake = {"sex": {"f": 0.6, "m": 0.4}}
    replicates = {"columns": "r[0-9]", "method": "jk1", "mse": True}
    stated = evidence(base, weight="w", replicates=replicates, rake=rake)
    base["c"] = [str(c) for c in base["c"]]
    clusters = evidence(base, weight="w", cluster="c", rake=rake)
    assert stated.design is not None
    assert clusters.design is not None
    np.testing.assert_allclose(stated.design.covariance, clusters.design.covariance, rtol=1e-9)


def test_who_refused_is_raked_with_those_who_answered(tmp_path: Path) -> None:
    goal = ["A"] * 30 + ["B"] * 20 + ["refused"] * 10 + [""] * 5
    sex = (["f", "m"] * 33)[:65]
    tables = {
        "problem_area": {"not_answers": ["refused"]},
        "goals": {"data": {"vote": goal, "sex": sex}},
        "weights": {"rake": {"sex": {"f": 0.8, "m": 0.2}}},
    }
    study = read(tmp_path, over(BASE, tables))
    left = study.goals.left_out
    assert left is not None
    assert left.weighted
    assert study.goals.weight_total[0] + left.weight_sum[0, 0] == pytest.approx(60)
    assert left.weight_sum[0, 1] == 0  # nobody who was not asked
    assert study.goals.design is not None
    assert study.goals.design.asked is not None
    found = bm.fit(study)
    assert "weights raked anew" in found.groups.metadata["study"]["goals"]["design"]["method"]


def test_raking_of_what_goals_follow_narrows_the_posterior() -> None:
    rng = np.random.default_rng(6)
    sex = rng.choice(["f", "m"], 600)
    goal = np.where(rng.random(600) < np.where(sex == "f", 0.95, 0.05), "a", "b")
    data = {"goal": goal.tolist(), "sex": sex.tolist()}
    area = bm.ProblemArea("x", ["a", "b"])
    margins = {"sex": {"f": 0.7, "m": 0.3}}
    raked = evidence(data, area, rake=margins)
    weight = np.where(sex == "f", 0.7 / (sex == "f").mean(), 0.3 / (sex == "m").mean())
    known = evidence({**data, "w": weight.tolist()}, area, weight="w")
    assert raked.effective_counts.sum() > 3 * known.effective_counts.sum()


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"rake": 3}, "rake is 3"),
        ({"rake": {"stype": {"E": 1.0}}}, "the margin of stype is"),
        ({"rake": {"stype": TYPES}, "lonely": "adjust", "strata": "awards"}, "are both stated"),
        ({"rake": {"kind": TYPES}}, "kind"),
        ({"rake": {"E": {"awards": 3}}, "population": "stype"}, "the margin of E is"),
        ({"rake": {"E": {"awards": {"No": {}}}}, "population": "stype"}, "the margin of awards in"),
        ({"rake": {**BY_TYPE, "E": 3}, "population": "stype"}, "rake in 'E' is 3"),
        ({"rake": BY_TYPE}, "margins are stated by population, and the answers name none"),
        (
            {"rake": {"E": BY_TYPE["E"], "H": BY_TYPE["H"]}, "population": "stype"},
            "rake has no margins of the population 'M'",
        ),
    ],
)
def test_what_does_not_fit_is_named(stated: dict[str, Any], said: str) -> None:
    problems = Problems()
    SingleChoice = bm.SingleChoice
    SingleChoice(SURVEYS / "raked_agents.csv", goal="goal", **stated).read(AREA, problems)
    assert said in "\n".join(map(str, problems))
