"""Rows of totals in tables of counts."""

from typing import Any

import numpy as np
import pytest

from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.totals import is_total
from tests.readers import read, refused

ROWS = {
    "region": ["north", "north", "south", "south"],
    "goal": ["Left", "Right", "Left", "Right"],
    "n": [60, 40, 30, 20],
}


def counted(more: dict[str, Any], **keys: Any) -> SingleChoice:
    rows = {name: [*cells, *more[name]] for name, cells in ROWS.items()}
    return SingleChoice(rows, "goal", "region", count="n", **keys)


@pytest.mark.parametrize("name", ["Total", "Gesamt", "ALL", "Grand total", "Sum:", "All voters"])
def test_words_for_a_total(name: str) -> None:
    assert is_total(name)


@pytest.mark.parametrize("name", ["n", "north", "Totalitarian", "Allen", "rest", ""])
def test_words_for_no_total(name: str) -> None:
    assert not is_total(name)


@pytest.mark.parametrize("name", ["Total", "Germany"])
def test_a_population_that_is_the_sum_of_the_others(name: str) -> None:
    more = {"region": [name] * 2, "goal": ["Left", "Right"], "n": [90, 60]}
    said = refused(counted(more))
    assert f"the population {name!r} counts every agent of the others again: its 150 agents" in said
    assert "where={'region': ['north', 'south']}" in said
    kept = read(counted(more, where={"region": ["north", "south"]}))
    assert kept.populations == ("north", "south")
    wide = {"region": ["north", "south", name], "Left": [60, 30, 90], "Right": [40, 20, 60]}
    assert "counts every agent" in refused(SingleChoice(wide, None, "region", columns="{goal}"))


def test_a_population_that_only_has_the_name_of_a_total() -> None:
    more = {"region": ["Total"] * 2, "goal": ["Left", "Right"], "n": [91, 60]}
    [note] = [note for note in read(counted(more)).notes if "name of a total" in note]
    assert "its counts are not the sum of the others" in note


def test_few_agents_may_be_the_sum_of_others_by_chance() -> None:
    rows = {"region": ["a", "b", "c", "c"], "goal": ["Left", "Right"] * 2, "n": [1, 2, 1, 2]}
    assert read(SingleChoice(rows, "goal", "region", count="n")).n.tolist() == [1, 2, 3]


def test_a_label_that_counts_all_agents() -> None:
    more = {"region": ["north", "south"], "goal": ["Total"] * 2, "n": [100, 50]}
    said = refused(counted(more))
    assert said.count("\n") == 0
    assert "the label 'Total' seems to be a row of totals, with 150 agents, the sum of the" in said
    assert "where={'goal': ['Left', 'Right', 'Unsure', 'Refused']}" in said
    labels = ["Left", "Right", "Unsure", "Refused"]
    np.testing.assert_array_equal(read(counted(more, where={"goal": labels})).n, [100, 50])
    more["goal"] = ["N"] * 2
    assert "the label 'N' seems to be a row of totals" in refused(counted(more))
    area = ProblemArea("vote", ["Left", "Right", "Other"])
    more["goal"] = ["Sum"] * 2
    assert "seems to be a row of totals" in refused(counted(more, other="Other"), area)
