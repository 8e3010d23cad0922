"""A model of goals that a study names under [shares]."""

from pathlib import Path
from typing import Any

import pytest
import tomli_w

import bayes_misalign as bm
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
        (
            {"model": "noisy-labels", "data": SURVEY},
            SHARES,
            "leave [shares] out: other goals have independent populations",
        ),
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
