"""Figures worked out elsewhere, to the digits in which they were given."""

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bayes_misalign.measure import (
    across_areas,
    agents_misalignment,
    between,
    decompose,
    exclusive_conflict,
    misalignment,
    union_shares,
)

DATA = Path(__file__).parents[1] / "data"
# Values of the implementation released with arXiv 2406.04231: three agents, one for each goal.
FIRST_AREA = 0.1 * exclusive_conflict(3), (0.8, 0.9, 1.0)
SECOND_AREA = np.array([[0, 0.5, 0.9], [0.5, 0, 0.3], [0.9, 0.3, 0]]), (0.6, 0.7, 1.0)


def table(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sums(rows, value, *keys):
    """Sum a column for every combination of labels."""
    found = defaultdict(float)
    for row in rows:
        found[tuple(row[key] for key in keys)] += float(row[value])
    return found


def shares(counts):
    return np.array(counts) / np.sum(counts)


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("geometric", 0.0897212875, 0.4240573484),
        ("arithmetic", 0.09, 0.4333333333),
        ("harmonic", 0.0894438711, 0.4150452489),
        ("min", 0.0833333333, 0.35),
        ("max", 0.0966666667, 0.5166666667),
    ],
)
def test_three_weighted_agents(kind, first, second):
    for (conflict, weights), expected in ((FIRST_AREA, first), (SECOND_AREA, second)):
        assert round(float(agents_misalignment([0, 1, 2], conflict, weights, kind)), 10) == expected


def test_three_agents_without_weights():
    assert round(float(agents_misalignment([0, 1, 2], FIRST_AREA[0])), 10) == 0.1
    assert round(float(agents_misalignment([0, 1, 2], SECOND_AREA[0])), 10) == 0.5666666667


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("arithmetic", 0.2568893180),
        ("geometric", 0.1950563285),
        ("harmonic", 0.1481064748),
        ("min", 0.0897212875),
        ("max", 0.4240573484),
    ],
)
def test_mean_of_two_areas(how, expected):
    values = [agents_misalignment([0, 1, 2], *area) for area in (FIRST_AREA, SECOND_AREA)]
    assert round(float(across_areas(values, how)), 10) == expected


def test_cars_and_pedestrians_in_eight_areas_are_different_agents():
    cars = [0.50, 0.40, 0.35, 0.30, 0.20, 0.30, 0.30, 0.30]
    pedestrians = [0.99, 0.15, 0.15, 0.05, 0.05, 0.05, 0.01, 0.05]
    goals = np.repeat([0, 1], 500)

    def mean_over_areas(distinct):
        values = [
            agents_misalignment(
                goals, exclusive_conflict(2), np.repeat(pair, 500), distinct=distinct
            )
            for pair in zip(cars, pedestrians, strict=True)
        ]
        return round(float(across_areas(values)), 6)

    # The published digits are those of two different agents, not of a draw with replacement.
    assert mean_over_areas(distinct=True) == 0.106346
    assert mean_over_areas(distinct=False) == 0.106240


def test_eu_referendum():
    rows = table("eu_referendum_2016_by_region.csv")
    columns = ("remain", "leave", "rejected", "did_not_vote", "electorate")
    remain, leave, rejected, did_not_vote, electorate = (
        sum(int(row[column]) for row in rows) for column in columns
    )
    assert remain + leave + rejected + did_not_vote == electorate
    votes = misalignment(shares([remain, leave]), exclusive_conflict(2))
    assert round(float(votes), 6) == 0.499284
    everyone = [remain, leave, rejected + did_not_vote]
    exactly = Fraction(2 * remain * leave, electorate**2)
    electors = misalignment(shares(everyone), exclusive_conflict(2, no_goal=True))
    assert electors == pytest.approx(float(exactly), rel=1e-14)
    assert round(float(electors), 6) == 0.259943


def test_eu_referendum_by_region_adds_up():
    rows = table("eu_referendum_2016_by_region.csv")
    votes = np.array([[float(row["remain"]), float(row["leave"])] for row in rows])
    regions = votes / votes.sum(axis=1, keepdims=True)
    parts = decompose(regions, exclusive_conflict(2), shares(votes.sum(axis=1)))
    assert round(float(parts.total), 6) == 0.499284


def test_nonvoters():
    rows = table("nonvoters_2020_counts.csv")
    order = ["Trump", "Biden", "Unsure", "Refused"]
    conflict = np.pad(exclusive_conflict(2), (0, 2))

    def plug_in(column):
        totals = sums(rows, column, "cand2020")
        return np.array([totals[(answer,)] for answer in order])

    counts, weights = plug_in("n"), plug_in("sum_weight")
    assert round(float(misalignment(shares(counts), conflict)), 4) == 0.3110
    assert round(float(misalignment(shares(weights), conflict)), 4) == 0.3051
    two = misalignment(shares(weights[:2]), exclusive_conflict(2))
    assert round(float(two), 4) == 0.4915


def test_people_and_language_models_in_the_dictator_game():
    counts = sums(table("games_human_ai_counts.csv"), "n", "game", "agent", "choice")
    choices = ("less than half", "exactly half", "more than half")
    human, gpt4 = (
        shares([counts["dictator_give", agent, choice] for choice in choices])
        for agent in ("human", "gpt-4")
    )
    conflict = exclusive_conflict(3)
    assert round(float(misalignment(human, conflict)), 4) == 0.3707
    assert misalignment(gpt4, conflict) == 0
    assert round(float(between(human, gpt4, conflict)), 4) == 0.8056
    mixed = decompose([human, gpt4], conflict, [0.9, 0.1])
    assert round(float(mixed.total), 4) == 0.4453
    union = misalignment(union_shares([human, gpt4], [0.9, 0.1]), conflict)
    assert round(float(union), 4) == 0.4453


def test_american_parties_over_three_decades():
    counts = sums(table("anes_party_groups_counts.csv"), "n", "year", "group")
    warmth = table("anes_party_warmth_counts.csv")
    raters = sums(warmth, "n", "year", "group", "about")
    degrees = defaultdict(float)
    for row in warmth:
        key = row["year"], row["group"], row["about"]
        degrees[key] += float(row["n"]) * float(row["warmth"])

    def directed(year):
        pairs = (("Dem", "Rep"), ("Rep", "Dem"))
        return [1 - degrees[year, *pair] / raters[year, *pair] / 100 for pair in pairs]

    def waves(level):
        return [
            round(
                float(
                    misalignment(
                        shares([counts[year, group] for group in ("Dem", "Rep", "Ind")]),
                        level(year) * exclusive_conflict(2, no_goal=True),
                    )
                ),
                3,
            )
            for year in ("1978", "2012")
        ]

    assert waves(lambda year: 1.0) == [0.323, 0.357]
    # The figures given for the graded case are met by the lower of the two directed levels; the
    # mean of the two, from the same ratings in tens of degrees, lies a little higher.
    assert waves(lambda year: min(directed(year))) == [0.168, 0.258]
    assert waves(lambda year: np.mean(directed(year))) == [0.170, 0.262]


def test_public_and_scientists_on_modified_foods():
    public, scientists = [0.37, 0.57, 0.06], [0.88, 0.11, 0.01]
    conflict = exclusive_conflict(2, no_goal=True)
    assert round(float(misalignment(public, conflict)), 4) == 0.4218
    assert round(float(misalignment(scientists, conflict)), 4) == 0.1936
    assert round(float(between(public, scientists, conflict)), 4) == 0.5423
