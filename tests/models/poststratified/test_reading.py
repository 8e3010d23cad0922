"""Surveys and tables of the population, and what is said of those that do not fit."""

from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.study.described import counts_table
from tests.fixes import rows

AREA = bm.ProblemArea("x", ["A", "B"], no_goal=["none"], not_answers=["refused"])
SURVEY = rows(
    "vote age sex",
    *("A 18-29 w", "A 18-29 w", "B 30-64 m", "none 65+ w", "refused 65+ w", ". 30-64 m", "B . m"),
    *("A 65+ m", "B 18-29 .", "B 30-64 w"),
)
PEOPLE = rows(
    "age sex n", "65+ w 20", "18-29 w 10", "18-29 m 11", "30-64 w 30", "30-64 m 31", "65+ w 1"
)


def declared(**change: Any) -> bm.Poststratified:
    given: dict[str, Any] = {"data": SURVEY, "goal": "vote", "covariates": ["age", "sex"]}
    given |= {"table": PEOPLE, "size": "n", "by": "sex", "ordered": "age"}
    return bm.Poststratified(**(given | change))


def read(**change: Any) -> CellCounts:
    problems = Problems()
    found = declared(**change).read(AREA, problems)
    problems.raise_if_any(bm.DataError)
    assert found is not None
    return found


def test_answers_and_people_are_counted_by_cells() -> None:
    found = read()
    assert found.levels == (("18-29", "30-64", "65+"), ("w", "m"))
    assert found.populations == ("w", "m")
    np.testing.assert_array_equal(found.counts, [[2, 1, 1], [1, 1, 0]])
    np.testing.assert_array_equal(found.part_sizes, [61, 42])
    np.testing.assert_array_equal(found.not_answers["refused"], [1, 0])
    np.testing.assert_array_equal(found.not_asked, [0, 1])


def test_what_is_missing_on_either_side_is_counted() -> None:
    people, left_out, unknown, empty = read().notes
    assert people.endswith(", 5 cells.")
    assert left_out.startswith("2 of 8 answers were left out")
    assert "age of 1, sex of 1" in left_out
    assert "1 answer is in 1 cell that the table of the population lacks (65+, m)" in unknown
    assert "In 1 of 5 cells of the population nobody answered; they are 10.7 % of it." in empty


def test_without_sizes_a_row_is_one_person() -> None:
    found = read(size=None)
    np.testing.assert_array_equal(np.sort(found.sizes), [1, 1, 1, 1, 2])


def test_no_size_of_a_random_sample_says_what_answers_are_worth() -> None:
    study = bm.Study.of(AREA, declared(), bm.MutuallyExclusive())
    assert [str(row[2]) for row in counts_table(study).rows] == ["nan", "nan"]
    assert study.goals.worth_untold


def test_parts_may_be_all_or_combinations() -> None:
    assert read(by=()).populations == ("all",)
    assert read(by=["age", "sex"]).populations[0] == "18-29, w"
    assert len(read(by=["age", "sex"]).populations) == 5


def test_interactions_have_the_combinations_there_are() -> None:
    assert read(interactions=[["age", "sex"]]).interactions == (("age", "sex"),)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": "n"}, "the table of the population takes the place of weights"),
        ({"cluster": "psu"}, "cluster is stated, and answers are poststratified"),
        ({"population": "sex"}, "by=['sex']"),
        ({"by": ["sexx"]}, "did you mean 'sex'"),
        ({"covariates": ["age", "sex", "vote"]}, "is the goal and a covariate"),
        ({"covariates": []}, "no covariate is named"),
        ({"covariates": ["age", "sex", "age"]}, "a covariate is named twice"),
        ({"interactions": [["age"]]}, "interactions are no lists of covariates"),
        ({"interactions": [["age", "region"]]}, "interactions names 'region'"),
        ({"ordered": ["sex"]}, "nothing tells the order of the categories of 'sex'"),
        ({"levels": {"age": ["18-29", "30-64"]}}, "'65+' missing"),
        ({"table": {**PEOPLE, "n": [0] * 6}}, "nobody is in the population"),
        ({"table": {**PEOPLE, "sex": ["w"] * 6}}, "everybody in the population is of one category"),
        (
            {"table": {**PEOPLE, "age": ["65+", "18-29", "18-29", "30-64", "30-64", "Total"]}},
            "total",
        ),
        ({"table": {**PEOPLE, "sex": ["W", "W", "m", "W", "m", "W"]}}, "differs from 'W' only by"),
        ({"data": {**SURVEY, "vote": ["refused"] * 10}}, "nobody answered of whom all covariates"),
        ({"size": "people"}, "people"),
    ],
)
def test_what_does_not_fit_is_said(change: dict[str, Any], said: str) -> None:
    with pytest.raises(bm.DataError) as error:
        read(**change)
    assert said in str(error.value)


def test_a_category_that_nobody_has_is_a_caution() -> None:
    few = {name: cells[:3] for name, cells in SURVEY.items()}
    (caution,) = read(data=few).cautions
    assert "65+" in caution.what
    assert "20.4 %" in caution.what
