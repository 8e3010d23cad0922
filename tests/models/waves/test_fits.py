"""Waves of weighted answers, of labels and of actions, fitted from a study file; data simulated."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.tables.write import write_table

pytestmark = pytest.mark.slow

YEARS = ("2000", "2004", "2006", "2012", "2014")
SHARE = dict(zip(YEARS, (0.30, 0.38, 0.42, 0.55, 0.62), strict=True))  # of goal a
AGENTS = 150  # of each wave, but of the third, where there are 15
STUDY = """
[problem_area]
name = "vote"
goals = ["a", "b"]

[shares]
model = "waves"

[conflict]
model = "mutually-exclusive"

[fit]
draws = 500

[goals]
data = "agents.csv"
population = "year"
"""


def agents() -> list[tuple[str, str, str]]:
    """Return id, year and goal of each agent."""
    rng, found = np.random.default_rng(7), []
    for year in YEARS:
        for _ in range(15 if year == "2006" else AGENTS):
            goal = "a" if rng.random() < SHARE[year] else "b"
            found.append((str(len(found)), year, goal))
    return found


def weighted(folder: Path) -> str:
    """Answers of a sample in which holders of a are twice as frequent as in the population."""
    rng = np.random.default_rng(8)
    rows = [
        (year, goal, 1.0 if goal == "a" else 2.0)
        for _, year, goal in agents()
        if goal == "a" or rng.random() < 0.5
    ]
    write_table(folder / "agents.csv", ("year", "goal", "weight"), rows)
    return 'model = "single-choice"\ngoal = "goal"\nweight = "weight"\n'


def labelled(folder: Path) -> str:
    """Labels of three raters who are right in four of five cases."""
    rng = np.random.default_rng(8)
    rows = [
        (agent, year, rater, goal if rng.random() < 0.8 else {"a": "b", "b": "a"}[goal])
        for agent, year, goal in agents()
        for rater in ("x", "y", "z")
    ]
    write_table(folder / "agents.csv", ("agent", "year", "rater", "label"), rows)
    return 'model = "noisy-labels"\nagent = "agent"\nrater = "rater"\nlabel = "label"\n'


def acting(folder: Path) -> str:
    """Three actions of each agent, whose chances by goal are stated."""
    rng = np.random.default_rng(8)
    chance = {"a": 0.8, "b": 0.3}
    rows = [
        (agent, year, "give" if rng.random() < chance[goal] else "take")
        for agent, year, goal in agents()
        for _ in range(3)
    ]
    write_table(folder / "agents.csv", ("agent", "year", "action"), rows)
    return (
        'model = "behaviour"\nagent = "agent"\naction = "action"\n'
        "[goals.expected]\na = { give = 0.8, take = 0.2 }\nb = { give = 0.3, take = 0.7 }\n"
    )


def alone(study: str, folder: Path, rest: str) -> float:
    """Return the standard deviation of the share of a where the wave of few agents stands alone."""
    only = study.replace('model = "waves"', 'model = "independent"')
    path = folder / "alone.toml"
    path.write_text(only + 'where = { year = "2006" }\n' + rest, encoding="utf-8")
    posterior = bm.fit(bm.read_study(path), random_seed=1)
    assert posterior.populations == ("2006",)
    return float(posterior.shares()[..., 0].std())


@pytest.mark.parametrize("goals", [weighted, labelled, acting])
def test_a_study_file_is_fitted(goals: Callable[[Path], str], tmp_path: Path) -> None:
    path, made = tmp_path / "study.toml", goals(tmp_path)
    # what is said of rows stands before the tables of a model
    head, table, rest = made.partition("[goals.expected]")
    path.write_text(STUDY + made, encoding="utf-8")
    posterior = bm.fit(bm.read_study(path), random_seed=1)
    assert posterior.diagnosis.state != "not_converged", posterior.diagnosis.reasons
    assert posterior.diagnosis.figures["divergences"] == 0
    drift = posterior.results("shares").drift
    assert 0.3 < drift.mean < 4
    shares: Any = posterior.shares()
    assert shares.shape[1:] == (len(YEARS), 2)
    mean, sd = shares[..., 0].mean(axis=0), shares[..., 0].std(axis=0)
    for year, one, error in zip(YEARS, mean, sd, strict=True):
        assert abs(one - SHARE[year]) < 3 * error
    # the wave of few agents borrows, and the others tell of themselves
    few = alone(STUDY + head, tmp_path, table + rest)
    assert sd[2] < 0.87 * few
    assert max(np.delete(sd, 2)) < sd[2]
    rise = posterior.shares()[:, -1, 0] - posterior.shares()[:, 0, 0]
    assert np.mean(rise > 0) > 0.95
    change = posterior.contrast("2014", "2000")
    assert change.difference.draws.size == len(shares)
