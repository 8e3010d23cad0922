"""Simulated studies of goals behind reports, written and read again."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bayes_misalign import cli
from bayes_misalign.families.reports.distinct_reports import DistinctReports
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study

HEAD = """
title = "Votes of two regions"

[problem_area]
name = "vote"
goals = ["stay", "leave"]
"""
TAIL = """
[conflict]
model = "fixed"
pairs = [{ between = ["stay", "leave"], conflict = 0.75 }]

[report]
threshold = 0.2

[fit]
seed = 7
draws = 200
"""
RATERS = "id,region,gold,rater,label\n" + "".join(
    f"{i},{'north' if i % 3 else 'south'},{'stay' if i % 5 == 0 else ''},{rater},{label}\n"
    for i in range(30)
    for rater, label in [("r2", ("stay", "leave")[i % 2]), ("r1", ("leave", "stay")[i % 4 > 0])]
)
LABELS = """
[goals]
model = "noisy-labels"
data = "labels.csv"
agent = "id"
rater = "rater"
label = "label"
"""
# of two who have something to say, and one who labelled a single agent
KNOWN = """
[goals.emission.r2]
stay = { stay = 0.9, leave = 0.1 }
leave = { stay = 0.25, leave = 0.75 }
[goals.emission.seldom]
stay = { stay = 0.6, leave = 0.4 }
leave = { stay = 0.3, leave = 0.7 }
"""
CHOICES = "id,region,gold,where,did,n\n" + "".join(
    f"{i},{'north' if i % 3 else 'south'},{('stay', 'leave', '')[i % 4 % 3]},{where},{did},{n}\n"
    for i in range(24)
    for where, did, n in [("home", "rest", 1 + i % 3), ("shop", ("buy", "look")[i % 2], 2)]
)
BEHAVIOUR = """
[goals]
model = "behaviour"
data = "choices.csv"
agent = "id"
action = "did"
situation = "where"
count = "n"
gold = "gold"
population = "region"
"""
STUDIES: dict[str, tuple[str, dict[str, str]]] = {
    "labels, no goal, populations": (
        HEAD.replace('"leave"]', '"leave"]\nno_goal = ["none", "unsure"]\nnot_answers = ["n/a"]')
        + LABELS
        + 'population = "region"\npopulations = ["south", "north"]\ngold = "gold"\n'
        + 'other_labels = ["cannot tell", "none"]\n'
        + 'prior = { shares = { kind = "concentration", concentration = 2.0 }, accuracy = 0.8 }\n'
        + TAIL,
        {
            "labels.csv": RATERS
            + "90,south,unsure,r1,unsure\n91,south,none,r2,none\n92,north,,r2,cannot tell\n"
        },
    ),
    "labels, repeated, known errors, a rater who is seldom there": (
        HEAD + LABELS + "repeats = true\n" + KNOWN + TAIL,
        {"labels.csv": "id,region,gold,rater,label\n1,,,seldom,stay\n" + 2 * RATERS[27:]},
    ),
    "labels, validated, in their own order": (
        HEAD + LABELS + 'labels = ["L", "stay", "?"]\nvalidation = "v.csv"\n' + TAIL,
        {
            "labels.csv": RATERS.replace(",stay,r", ",,r").replace(",leave\n", ",L\n"),
            "v.csv": "rater,goal,label,n\nr1,stay,stay,8\nr1,stay,L,2\nr1,leave,L,5\n"
            "r2,leave,?,3\n",
        },
    ),
    "labels, known goals chosen, some without a label": (
        HEAD
        + LABELS
        + 'gold = "gold"\ngold_chosen = true\n'
        + 'labels = ["leave", "?", "stay"]\n'
        + TAIL,
        {
            "labels.csv": RATERS
            + "90,south,leave,r1,leave\n"
            + "".join(f"{i},south,leave,r1,\n{10 + i},south,stay,,\n" for i in range(91, 95))
        },
    ),
    "labels, one rater": (
        HEAD + LABELS.replace('rater = "rater"\n', "") + 'gold = "gold"\n' + TAIL,
        {
            "labels.csv": "id,gold,label\n"
            + "".join(f"{i},,stay\n{50 + i},leave,leave\n" for i in range(9))
        },
    ),
    "behaviour": (
        HEAD
        + BEHAVIOUR
        + "prior = { strength = 5.0, overdispersion = false }\n"
        + '[goals.actions]\nshop = ["look", "buy"]\nhome = ["rest", "work"]\n'
        + 'beach = ["swim", "eat"]\n'
        + "[goals.expected.shop]\nstay = { look = 0.75, buy = 0.25 }\n"
        + '[populations]\nmix = ["north", "south"]\nshares = { north = 0.75, south = 0.25 }\n'
        + TAIL,
        {"choices.csv": CHOICES},
    ),
    "choices": (
        HEAD.replace('"leave"]', '"leave"]\nno_goal = ["none"]')
        + BEHAVIOUR.replace("behaviour", "choices")
        + 'scale = "situation"\nrationality = "goal"\nprior = { spread = 0.5 }\n'
        + "[goals.payoffs.home]\nstay = { rest = 2, work = 0 }\nleave = { rest = -1, work = 0 }\n"
        + "none = { rest = 0, work = 0 }\n"
        + "[goals.payoffs.shop]\nstay = { buy = 1, look = 0.5 }\n"
        + "leave = { buy = 0, look = 1 }\nnone = { buy = 0, look = 0 }\n"
        + TAIL,
        {"choices.csv": CHOICES},
    ),
    "behaviour, known goals of some who did nothing": (
        HEAD
        + BEHAVIOUR
        + "[goals.expected.home]\nstay = { rest = 1 }\nleave = { rest = 0.5, work = 0.5 }\n"
        + TAIL,
        {"choices.csv": CHOICES + "".join(f"{i},south,leave,,,1\n" for i in range(90, 99))},
    ),
}


def written(folder: Path, name: str, agents: int = 40) -> tuple[Path, Study]:
    """Simulate a study by the command; return the file that it wrote, and what it simulated."""
    text, tables = STUDIES[name]
    (folder / "study.toml").write_text(text, encoding="utf-8")
    for file, rows in tables.items():
        (folder / file).write_text(rows, encoding="utf-8")
    ask = ["simulate", str(folder / "study.toml"), "--seed", "5", "--agents", str(agents)]
    done = CliRunner().invoke(cli.app, ask)
    assert done.exit_code == 0, done.output
    simulated = simulate(read_study(folder / "study.toml"), agents, 5)
    return folder / "study-simulated" / "study.toml", simulated.study


def by_pattern(goals: DistinctReports) -> dict[Any, tuple[float, ...]]:
    """Return agents and weights of each pattern; rows are in the order of any table."""
    rows = zip(goals.population, goals.gold, goals.reports.tolist(), strict=True)
    figures = zip(goals.agents, goals.row_weight, goals.row_weight_sq, strict=True)
    found = {
        (int(s), int(gold), tuple(reports)): tuple(map(float, numbers))
        for (s, gold, reports), numbers in zip(rows, figures, strict=True)
    }
    assert len(found) == len(goals.agents)
    return found


@pytest.mark.parametrize("name", STUDIES)
def test_what_was_simulated_is_read_again(name: str, tmp_path: Path) -> None:
    path, made = written(tmp_path, name)
    read = read_study(path)
    one, other = made.goals, read.goals
    assert isinstance(one, DistinctReports)
    assert type(other) is type(one)
    assert by_pattern(other) == by_pattern(one)
    assert (other.categories, other.populations) == (one.categories, one.populations)
    assert (other.sources, other.gold_chosen) == (one.sources, one.gold_chosen)
    assert not other.weighted
    assert other.population_size is None
    for field in ("labels", "actions", "emission", "validation", "expected", "payoffs"):
        if hasattr(one, field):
            np.testing.assert_array_equal(getattr(other, field), getattr(one, field))
    assert read.goal_prior == made.goal_prior
    assert read.conflict.pairs == made.conflict.pairs
    assert read.conflict_priors == made.conflict_priors
    assert (read.populations, read.union) == (made.populations, made.union)
    assert (read.reporting, read.fitting) == (made.reporting, made.fitting)


def test_a_known_rater_who_labels_nobody_is_kept(tmp_path: Path) -> None:
    path, made = written(tmp_path, "labels, repeated, known errors, a rater who is seldom there", 6)
    read: Any = read_study(path).goals
    assert read.raters == ("seldom", "r2", "r1")
    assert read.reports_of_raters[0].sum() == 0
    np.testing.assert_array_equal(read.is_known, [True, True, False])
    assert by_pattern(read) == by_pattern(made.goals)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name in STUDIES if "known goals" in name])
def test_agents_of_whom_only_the_goal_is_known_are_kept(name: str, tmp_path: Path) -> None:
    path, _ = written(tmp_path, name)
    read: Any = read_study(path).goals
    silent = ~read.reports.any(axis=1)
    assert read.agents[silent].sum() > 0
    assert (read.gold[silent] >= 0).all()
    assert read.n.sum() == 40 * len(read.populations)


@pytest.mark.parametrize("name", STUDIES)
def test_a_written_study_is_checked_and_called_simulated(name: str, tmp_path: Path) -> None:
    path, made = written(tmp_path, name)
    done = CliRunner().invoke(cli.app, ["check", str(path)])
    assert done.exit_code == 0, done.output
    assert "simulated" in done.output
    assert made.goals.notes == ("simulated data",)
    read = read_study(path)
    assert read.name == made.name == f"{tmp_path.name}-simulated"
    assert read.title == "Votes of two regions (simulated data)"
    truth = json.loads((path.parent / "truth.json").read_text(encoding="utf-8"))
    assert truth["simulated"] is True
    assert set(truth["misalignment"]) == set(made.goals.populations)


def test_a_written_table_names_nobody(tmp_path: Path) -> None:
    path, made = written(tmp_path, "labels, no goal, populations")
    with (path.parent / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    agents = list(dict.fromkeys(row["agent"] for row in rows))
    assert agents == [f"agent {i + 1}" for i in range(int(made.goals.n.sum()))]
    assert {row["gold"] for row in rows} == {"", "stay", "leave", "none"}
    # the label "none" is one beside "no goal" here, though the study calls holding no goal so
    assert {"none", "no goal"} < {row["label"] for row in rows}
