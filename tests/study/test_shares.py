"""The table [shares]: how the goal shares of populations hang together, and their prior."""

from pathlib import Path

import pytest

import bayes_misalign as bm

STUDY = """
[problem_area]
name = "vote"
goals = ["a", "b"]

[goals]
model = "{model}"
data = "answers.csv"
{columns}

{shares}

[conflict]
model = "mutually-exclusive"
"""
COLUMNS = {
    "single-choice": 'goal = "goal"',
    "noisy-labels": 'agent = "id"\nrater = "rater"\nlabel = "goal"',
}


def read(folder: Path, shares: str, model: str = "single-choice") -> bm.Study:
    (folder / "answers.csv").write_text("id,rater,goal\n1,r,a\n2,r,b\n", encoding="utf-8")
    text = STUDY.format(model=model, columns=COLUMNS[model], shares=shares)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return bm.read_study(folder / "study.toml")


@pytest.mark.parametrize(
    ("shares", "kind"),
    [
        ("", "matched"),
        ("[shares]", "matched"),
        ('[shares]\nmodel = "independent"', "matched"),
        ('[shares]\nprior = "index-uniform"', "index-uniform"),
        ('[shares]\nprior = "index-flat"', "index-uniform"),
        ('[shares]\nmodel = "independent"\nprior = { concentration = 3 }', "concentration"),
        ("[shares]\nprior = { dirichlet = { a = 1, b = 2 } }", "dirichlet"),
    ],
)
@pytest.mark.parametrize("model", list(COLUMNS))
def test_the_prior_of_shares_is_stated_apart(
    tmp_path: Path, shares: str, kind: str, model: str
) -> None:
    prior = read(tmp_path, shares, model).goal_prior
    assert getattr(prior, "shares", prior).kind == kind


def test_shares_and_goals_say_the_same(tmp_path: Path) -> None:
    apart = read(tmp_path, "[shares]\nprior = { concentration = 3 }").goal_prior
    with_goals = read(tmp_path, "").area, bm.SharePrior("concentration", concentration=3)
    assert apart == with_goals[1]


def test_in_python() -> None:
    area = bm.ProblemArea("vote", goals=["a", "b"])
    answers = bm.SingleChoice({"goal": ["a", "b"]}, goal="goal")
    study = bm.Study.of(area, answers, bm.MutuallyExclusive(), shares={"concentration": 2})
    assert study.goal_prior == bm.SharePrior("concentration", concentration=2)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ('[shares]\nmodel = "independant"', "there is no model of shares called 'independant'"),
        ('[shares]\nmodel = "judged"', "there is no model of shares called 'judged'"),
        ("[shares]\nprior = { concentraton = 2 }", "has no key 'concentraton'"),
        ('[goals.prior]\nkind = "matched"\n[shares]\nprior = "matched"', "stated twice"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, shares: str, message: str) -> None:
    with pytest.raises(bm.StudyError, match=message):
        read(tmp_path, shares)


def test_a_wrong_model_of_shares_is_told_with_what_else_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(bm.StudyError) as caught:
        read(tmp_path, '[shares]\nmodel = "poled"\n[elsewhere]\nx = 1')
    told = " ".join(str(problem) for problem in caught.value.problems)
    assert len(caught.value.problems) == 2
    assert "no model of shares called 'poled'" in told
    assert "unknown key 'elsewhere'" in told
