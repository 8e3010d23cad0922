"""What a row stands for: agents, numbers of agents, published percentages, or none of these."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import bayes_misalign as bm
from bayes_misalign.start.look import look
from bayes_misalign.start.roles import Proposed, propose
from bayes_misalign.start.shape import shape_of
from tests.start.test_init import run, stated, write
from tests.test_cli import Run

__all__ = ["run"]
REFERENDUM = (
    ["region", "electorate", "remain", "leave", "rejected", "did_not_vote"],
    [
        ["East", 4398796, 1448616, 1880367, 2329, 1067484],
        ["Wales", 2270272, 772347, 854572, 1135, 642218],
        ["Scotland", 3987112, 1661191, 1018322, 1666, 1305933],
    ],
)
PERCENT = [
    ["experts", "hope", 47, 1013],
    ["experts", "fear", 15, 1013],
    ["experts", "neither", 38, 1013],
    ["adults", "hope", 11, 5410],
    ["adults", "fear", 51, 5410],
    ["adults", "neither", 38, 5410],
]


def proposed(name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Proposed:
    write(name, header, rows)
    looked = look(name)
    return propose(looked, None, (), shape_of(looked))


def test_a_column_for_each_goal(run: Run) -> None:
    write("votes.csv", *REFERENDUM)
    status, out, err = run("init", "votes.csv", "--yes")
    assert status == 0, err
    study = bm.read_study("study.toml")
    assert study.area.goals == ("remain", "leave")
    assert study.area.no_goal == ("did_not_vote",)
    assert study.goals.counts.tolist() == [[r[2], r[3], r[5]] for r in REFERENDUM[1]]
    assert study.goals.not_answers["rejected"].tolist() == [2329, 1135, 1666]
    assert "Goals, a column each: 'remain', 'leave'." in out
    assert "Not used: the column 'electorate'" in out  # the sum of the others


def test_rows_of_different_questions_are_said_to_be_counted_together(run: Run) -> None:
    rows = [
        [statement, group, 10 + statement, 20 - group, 3 + group]
        for statement in range(70)
        for group in (0, 1)
    ]
    write("statements.csv", ["statement_id", "group", "agree", "disagree", "pass"], rows)
    status, out, err = run("init", "statements.csv", "--yes")
    assert status == 0, err
    goals = stated()["goals"]
    assert goals["population"] == "group"
    assert goals["columns"] == {name: name for name in ("agree", "disagree", "pass")}
    said = "rows that differ in 'statement_id' are counted together"
    assert said in out
    assert said in Path("study.toml").read_text("utf-8")


def test_kinds_of_agents_are_populations_and_games_do_not_mix(run: Run) -> None:
    del run
    rows = [
        [game, agent, choice, 10]
        for game in ("give", "take")
        for agent in ("gpt", "human")
        for choice in ("more", "less")
    ]
    found = proposed("games.csv", ["game", "agent", "choice", "n"], rows)
    assert found.roles.population == ("agent", "game")
    assert (found.roles.goal, found.roles.count) == ("choice", "n")


def test_percentages_with_the_number_of_agents_behind_them(run: Run) -> None:
    write("published.csv", ["population", "answer", "percent", "n"], PERCENT)
    status, out, err = run("init", "published.csv", "--yes")
    assert status == 0, err
    goals = stated()["goals"]
    assert (goals["model"], goals["percent"], goals["n"]) == ("published", "percent", "n")
    study = bm.read_study("study.toml")
    assert study.goals.n.tolist() == [1013, 5410]  # not three times as many
    assert "Published percentages, from the column 'percent' of 'n' agents." in out


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([[*row[:2], row[2] / 2, row[3]] for row in PERCENT], "they do not sum to 100"),
        ([[*row[:3], 7 * i] for i, row in enumerate(PERCENT, 1)], "n is of each goal"),
    ],
)
def test_figures_that_are_no_published_percentages(run: Run, rows: list[Any], why: str) -> None:
    del run
    roles = proposed("figures.csv", ["population", "answer", "percent", "n"], rows).roles
    assert (roles.percent, roles.asked, roles.count) == (None, None, "n"), why


def test_percentages_by_two_columns_are_left_to_the_user(run: Run) -> None:
    rows = [[year, *row] for year in (2020, 2024) for row in PERCENT]
    write("years.csv", ["year", "population", "answer", "percent", "n"], rows)
    status, _, err = run("init", "years.csv", "--yes")
    assert status == 2
    assert "'percent' holds percentages by 'population', 'year' together" in err


def test_a_table_of_figures_is_no_table_of_answers(run: Run) -> None:
    rows = [[p, f"model {m}", p_i / 7 + m / 90] for p_i, p in enumerate("abc") for m in range(9)]
    write("figures.csv", ["preference", "agent", "score"], rows)
    status, _, err = run("init", "figures.csv", "--yes")
    assert status == 2
    assert "each value of 'preference' stands in exactly 9 rows" in err
    assert not Path("study.toml").exists()
    assert run("init", "figures.csv", "--yes", "--goal", "preference")[0] == 0, "who says so"


def test_answers_that_happen_to_be_as_many_of_each_are_answers(run: Run) -> None:
    rows = [[f"person {i}", "abc"[i % 3]] for i in range(60)]
    write("equal.csv", ["name", "vote"], rows)
    status, _, err = run("init", "equal.csv", "--yes")
    assert status == 0, err
    assert bm.read_study("study.toml").goals.counts.tolist() == [[20, 20, 20]]


def test_of_equally_likely_columns_none_is_taken(run: Run) -> None:
    rows = [["ab"[i % 2], "cd"[i % 3 == 0], 18 + i] for i in range(40)]
    write("export.csv", ["Q12", "Q13", "age"], rows)
    status, _, err = run("init", "export.csv", "--yes")
    assert status == 2
    assert "'Q12', 'Q13' are equally likely to hold them" in err
    assert run("init", "export.csv", "--yes", "--goal", "Q13")[0] == 0


def test_ratings_of_respondents_are_not_counts(run: Run) -> None:
    del run
    rows = [[i, "ns"[i % 2], 1 + i % 5, 1 + i % 7, 20 + i % 50] for i in range(60)]
    header = ["respondent_id", "region", "trust", "worry", "age"]
    assert proposed("likert.csv", header, rows).roles.counts == ()


def test_a_large_table_is_not_looked_at_again(run: Run) -> None:
    del run
    write("large.csv", ["vote"], [["ab"[i % 2]] for i in range(5_001)])
    assert shape_of(look("large.csv")).rows == ()
