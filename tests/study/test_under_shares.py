"""A model of goals that a study names under [shares]."""

from pathlib import Path
from typing import Any

import pytest
import tomli_w

import bayes_misalign as bm
from bayes_misalign.contract.registry import goals_model
from tests.fixes import rows, written
from tests.models.poststratified.test_reading import PEOPLE, SURVEY

GOALS: dict[str, Any] = {"model": "single-choice", "data": SURVEY, "goal": "vote"}
SHARES: dict[str, Any] = {
    "model": "poststratified",
    "covariates": ["age", "sex"],
    "table": PEOPLE,
    "size": "n",
    "by": ["sex"],
}


def read(folder: Path, goals: dict[str, Any], shares: dict[str, Any] | None) -> bm.Study:
    tables: dict[str, Any] = {
        "problem_area": {
            "name": "x",
            "goals": ["A", "B"],
            "no_goal": ["none"],
            "not_answers": ["refused"],
        },
        "goals": goals,
        "conflict": {"model": "mutually-exclusive"},
    }
    if shares is not None:
        tables["shares"] = shares
    (folder / "study.toml").write_text(tomli_w.dumps(tables), encoding="utf-8")
    return bm.read_study(folder / "study.toml")


def test_both_places_say_the_same(tmp_path: Path) -> None:
    under_shares = read(tmp_path, GOALS, {**SHARES, "prior": {"sd": 0.5}})
    under_goals = read(tmp_path, {**GOALS, **SHARES, "prior": {"sd": 0.5}}, None)
    assert under_shares.goals == under_goals.goals
    assert under_shares.goal_prior == under_goals.goal_prior
    assert under_goals.goal_prior.sd == 0.5
    assert under_goals.union is not None
    assert under_goals.union.shares == pytest.approx((61 / 103, 42 / 103))
    assert not under_goals.union.estimated


@pytest.mark.parametrize(
    ("goals", "shares", "said"),
    [
        (GOALS, {"model": "published"}, "'published' is a model of goals, not of shares"),
        (GOALS, {**SHARES, "goal": "vote"}, "goal is stated under [goals] and under [shares]"),
        (GOALS, {**SHARES, "tabel": "x"}, "did you mean 'table'?"),
        ({**GOALS, "weight": "w"}, SHARES, "takes the place of weights"),
    ],
)
def test_what_cannot_be_is_said(
    goals: dict[str, Any], shares: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(bm.errors.BayesMisalignError) as error:
        read(tmp_path, goals, shares)
    assert said in str(error.value)


PAYOFFS = {"A": {"A": 1, "B": 0}, "B": {"A": 0, "B": 1}}
EXPECTED = {"A": {"A": 0.8, "B": 0.2}, "B": {"A": 0.3, "B": 0.7}}
ASKED = rows("id says age sex", "1 A 18-29 w", "2 B 65+ w", "3 B 18-29 m", "4 A 18-29 w")
REPORTED: dict[str, dict[str, Any]] = {
    "noisy-labels": {"agent": "id", "label": "says"},
    "behaviour": {"agent": "id", "action": "says", "expected": EXPECTED},
    "choices": {"agent": "id", "action": "says", "payoffs": PAYOFFS},
    "published": {"goal": "says", "percent": "percent", "n": 50},
}
PERCENTS = rows("says age sex percent", "A 18-29 w 30", "B 18-29 w 70", "A 65+ m 60", "B 65+ m 40")


@pytest.mark.parametrize("name", REPORTED)
def test_goals_that_are_not_answers_have_parts_in_place_of_cells(name: str, tmp_path: Path) -> None:
    area = {"name": "x", "goals": ["A", "B"]}
    goals = {"model": name, **REPORTED[name], "data": PERCENTS if name == "published" else ASKED}
    tables: dict[str, Any] = {"problem_area": area, "goals": goals, "shares": SHARES}
    tables["conflict"] = {"model": "mutually-exclusive"}
    with pytest.raises(bm.errors.BayesMisalignError) as error:
        bm.read_study(written(tmp_path, tables))
    (problem,) = error.value.problems
    assert f"[goals] is {name!r}" in str(problem).replace('"', "'")
    assert "single-choice" in problem.valid
    assert "pooled" in problem.valid
    assert "name the covariates as `population`" in problem.fix
    goals["population"] = ["age", "sex"]
    parts = {"18-29, w": 0.6, "65+, m": 0.4}
    if name != "published":
        parts = {"18-29, w": 0.5, "65+, w": 0.2, "18-29, m": 0.3}
    tables |= {"goals": goals, "populations": {"shares": parts}, "shares": {"model": "pooled"}}
    study = bm.read_study(written(tmp_path, tables))
    assert study.union is not None
    assert dict(zip(study.goals.populations, study.union.shares, strict=True)) == parts
    assert goals_model(name).shares_prior(study.goal_prior).model == "pooled"
