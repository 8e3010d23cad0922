"""Which names of populations stand in an order."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

import bayes_misalign as bm
from bayes_misalign.reading.ordered import in_order, places_of


@pytest.mark.parametrize(
    ("labels", "gaps"),
    [
        (["1978", "1980", "2012"], [2, 32]),
        (["2019-05-26", "2019-05-27", "2020-05-26"], [1, 365]),
        (["2019-11", "2020-01", "2020-02"], [2, 1]),
        (["2019-Q4", "2020-Q1", "2021-Q1"], [1, 4]),
        (["2019Q4", "2020 Q1", "Q3 2020"], [1, 2]),
        (["2020-W52", "2020-W53", "2021-W02"], [7, 14]),
        (["-1", "0", "2.5"], [1, 2.5]),
        (["−10", "9", "10"], [19, 1]),
        ([" 1 ", "2", "3"], [1, 1]),
        (["wave 2", "wave 9", "wave 10"], [7, 1]),
        (["Round_1", "Round_2", "Round_3"], [1, 1]),
    ],
)
def test_these_stand_in_an_order(labels: Sequence[str], gaps: Sequence[float]) -> None:
    places = places_of(labels)
    assert places is not None
    assert [later - first for first, later in pairwise(places)] == gaps
    assert in_order(labels[::-1]) == tuple(labels)


@pytest.mark.parametrize(
    "labels",
    [
        ["1978", "1980"],  # no line
        ["1978", "1980", "unknown"],
        ["2019", "2019-05", "2019-06"],  # two kinds
        ["18-29", "30-44", "45-64"],  # ranges
        ["district 1", "district 2", "district 3"],
        ["wave 1", "round 2", "wave 3"],
        ["wave 01", "wave 02", "wave 03"],
        ["01", "02", "03"],  # codes
        ["1", "1.0", "2"],  # two at one place
        ["2019-02-29", "2019-03-01", "2019-03-02"],  # no such day
        ["2019-W54", "2019-W01", "2019-W02"],  # no such week
        ["2019-13", "2019-14", "2019-15"],
        ["nan", "inf", "1e3"],
        ["1,000", "2,000", "3,000"],
        ["", "1", "2"],
        ["١", "٢", "٣"],
        ["all"],
    ],
)
def test_these_are_names(labels: list[str]) -> None:
    assert places_of(labels) is None
    assert in_order(labels) == tuple(labels)


def test_populations_of_a_table_follow_time_unless_the_study_lists_them() -> None:
    table = {"goal": ["a", "b"] * 3, "n": [1, 2, 3, 4, 5, 6]}
    table["year"] = ["2012", "2012", "1978", "1978", "2000", "2000"]
    area = bm.ProblemArea("x", ["a", "b"])
    asked = {"data": table, "goal": "goal", "count": "n", "population": "year"}
    study = bm.Study.of(area, bm.SingleChoice(**asked), bm.MutuallyExclusive())
    assert study.goals.populations == ("1978", "2000", "2012")
    assert study.goals.counts.tolist() == [[3, 4], [5, 6], [1, 2]]
    listed = bm.SingleChoice(**asked, populations=["2012", "2000", "1978"])
    other = bm.Study.of(area, listed, bm.MutuallyExclusive())
    assert other.goals.populations == ("2012", "2000", "1978")
