"""Tables with a column for each wave, and what the names of columns tell."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bayes_misalign.models.rated.declaration import Rated
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.column_names import with_populations
from tests.readers import read, refused

PANEL = {
    "id": ["1", "2", "3", "4"],
    "vote_2019": ["Left", "Right", "Left", ""],
    "vote_2023": ["Right", "Right", "Left", "Left"],
}
PATTERNS = [[0, 1], [1, 1], [0, 0]]


@pytest.mark.parametrize(
    "columns", ["vote_{population}", {"vote_2019": "2019", "vote_2023": "2023"}]
)
@pytest.mark.parametrize("respondent", ["id", None])
def test_each_row_is_an_agent_of_all_waves(columns: object, respondent: str | None) -> None:
    found = read(SingleChoice(PANEL, columns=columns, respondent=respondent))
    assert found.populations == ("2019", "2023")
    np.testing.assert_array_equal(found.counts[:, :2], [[2, 1], [2, 2]])
    np.testing.assert_array_equal(found.patterns, PATTERNS)
    np.testing.assert_array_equal(found.pattern_counts, [1, 1, 1])


def test_waves_in_columns_are_those_in_rows(tmp_path: Path) -> None:
    n, rng = 40_000, np.random.default_rng(1)
    votes = {f"vote_{w}": rng.choice(["Left", "Right"], n) for w in (1, 2)}
    wide = pl.DataFrame({"id": np.arange(n), "weight": rng.choice([0.5, 1.5], n), **votes})
    wide.write_csv(tmp_path / "wide.csv")  # so long that it is read in blocks
    rows = wide.unpivot(index=["id", "weight"], variable_name="wave", value_name="vote")
    rows.with_columns(pl.col("wave").str.strip_prefix("vote_")).write_csv(tmp_path / "rows.csv")
    how = {"respondent": "id", "weight": "weight"}
    of_wide = read(SingleChoice(tmp_path / "wide.csv", columns="vote_{population}", **how))
    of_rows = read(SingleChoice(tmp_path / "rows.csv", goal="vote", population="wave", **how))
    np.testing.assert_array_equal(of_wide.counts, of_rows.counts)
    np.testing.assert_array_equal(of_wide.weight_sum, of_rows.weight_sum)

    def patterns(found: object) -> dict[tuple[int, ...], float]:
        pairs = zip(found.patterns.tolist(), found.pattern_counts.tolist(), strict=True)
        return {tuple(places): n for places, n in pairs}

    assert patterns(of_wide) == patterns(of_rows)


def test_numbers_of_agents_are_never_read_as_answers_of_waves() -> None:
    text = refused(
        SingleChoice({"a": [100, 20], "b": [30, 11]}, columns={"a": "Lft", "b": "Rechts"})
    )
    assert "there is no goal 'Lft'" in text
    text = refused(
        SingleChoice({"a": [100, 20], "b": [3, 1]}, columns={"a": "Links", "b": "Rechts"})
    )
    assert "there is no goal 'Links'" in text


def test_a_lazy_frame_of_waves_is_refused() -> None:
    lazy = pl.LazyFrame(PANEL)
    text = refused(SingleChoice(lazy, columns="vote_{population}", respondent="id"))
    assert "collect it first" in text


def test_ratings_of_each_wave() -> None:
    table = {"who": ["x", "y"], "Left_Right_1": [1, 2], "Left_Right_2": [5, 4]}
    found = read(
        Rated(table, rater="who", scale=(1, 5), columns="{goal}_{goal_other}_{population}")
    )
    assert found.measured_in == ("1", "2")
    assert found.ratings.sum() == 4
    stated = {"Left_Right_1": ["Left", "Right", "1"], "Left_Right_2": ["Left", "Right", "2"]}
    named = read(Rated(table, rater="who", scale=(1, 5), columns=stated))
    np.testing.assert_array_equal(named.counts, found.counts)


def test_a_name_that_may_tell_two_things_is_told_in_both_ways() -> None:
    found = with_populations("{goal}_{population}", ("goal", "population"), ["a", "a_b"], ["a_b_c"])
    assert found == {"a_b_c": [("a", "b_c"), ("a_b", "c")]}
