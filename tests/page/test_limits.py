"""Intervals that are extended to a value that a number cannot pass."""

import numpy as np
import pytest

from bayes_misalign.errors import ResultError
from bayes_misalign.page import columns as of
from bayes_misalign.page.blocks import Table
from bayes_misalign.page.estimate import Estimate, Estimates, extension_note
from bayes_misalign.page.limits import Limit, one, zero
from bayes_misalign.page.number_text import estimate_text, interval_text
from bayes_misalign.settings import Interval

NORMAL = np.random.default_rng(5).normal(size=4000)
TOP = np.array([0.5])
NOTE = "† Extended to the attainable maximum, where draws pile up."


def split(offset, sd=0.05, **keys):
    """P(ma) of two goals whose share is so many sds from an even split."""
    draws = 0.5 - 2 * (sd * (NORMAL + offset)) ** 2
    limits = (Limit(TOP, 1 - draws / 0.5), zero(draws / 0.5))
    return Estimate("P(ma)", draws.reshape(4, -1), **keys, limits=limits)


def test_an_even_split_is_held_and_the_lower_end_stays() -> None:
    shown, plain = split(0), Estimate("P(ma)", split(0).draws)
    assert shown.interval == (plain.interval[0], 0.5)
    assert plain.interval[1] < 0.5
    assert shown.kind == shown.as_dict()["kind"] == "eti_to_maximum"
    assert plain.kind == "eti"


@pytest.mark.parametrize(("offset", "extended"), [(0, True), (1.5, True), (2.3, False), (4, False)])
def test_the_maximum_must_be_within_about_two_sds(offset, extended) -> None:
    # with gap (Z + d)^2, mean 1 + d^2 and sd sqrt(2 + 4 d^2): 1.12 sds at d = 1.86
    found = split(offset)
    assert (found.kind == "eti_to_maximum") is extended
    assert (found.interval[1] == 0.5) is extended


@pytest.mark.parametrize("mass", [0.5, 0.9, 0.99])
def test_the_mass_does_not_decide(mass) -> None:
    assert split(1.5, interval_kind=Interval(mass)).interval[1] == 0.5
    assert split(2.3, interval_kind=Interval(mass)).interval[1] < 0.5


def test_highest_density_intervals_are_as_asked_for() -> None:
    found = split(0, interval_kind=Interval(0.9, "hdi"))
    assert found.kind == "hdi"
    assert found.interval[1] < 0.5


def test_what_is_far_from_a_limit_does_not_pile_up_there_however_it_is_spread() -> None:
    parts = np.concatenate([np.full(100, 0.94), np.full(60, 0.1)])
    assert not one(parts).piled_up
    far = np.concatenate([np.full(900, 0.9), np.full(100, 0.2)])
    assert not one(far).piled_up  # a heavy tail away from the limit, and nobody near it


def test_an_uncertain_limit_ends_where_its_own_interval_does() -> None:
    top = 0.4 + 0.02 * np.random.default_rng(6).normal(size=4000)
    parts = 1 - 0.01 * NORMAL**2
    found = Estimate("P(ma)", (top * parts).reshape(4, -1), limits=(Limit(top, 1 - parts),))
    assert found.interval[1] == pytest.approx(np.quantile(top, 0.975))
    assert found.interval[0] == pytest.approx(np.quantile(top * parts, 0.025))


def test_unanimous_answers_reach_zero_and_their_complement_one() -> None:
    draws = 0.01 * NORMAL**2
    found = Estimate("P(ma)", draws[None], limits=(zero(draws / 0.5), Limit(TOP, 1 - draws / 0.5)))
    assert found.interval[0] == 0
    assert found.kind == "eti_to_minimum"
    limits = tuple(limit.of_complement() for limit in found.limits)
    other = Estimate("P(a)", 1 - found.draws, limits=limits)
    assert other.interval == pytest.approx((1 - found.interval[1], 1), abs=1e-12)
    assert other.kind == "eti_to_maximum"


def test_both_ends_may_be_reached() -> None:
    parts = np.repeat([0.0, 1.0], 50)
    found = Estimate("P(ma)", parts[None] / 2, limits=(Limit(TOP, 1 - parts), zero(parts)))
    assert found.interval == (0, 0.5)
    assert found.kind == "eti_to_both"
    assert found.interval_name.endswith("attainable maximum and the attainable minimum")


def test_known_and_withheld_numbers_are_not_extended() -> None:
    known = Estimate("P(ma)", np.full((1, 10), 0.5), limits=(Limit(TOP, np.zeros(10)),))
    assert known.kind == "eti"
    assert estimate_text(known) == "0.5000 (known)"
    hidden = split(0, withheld=True)
    assert hidden.as_dict()["kind"] == "eti"
    with pytest.raises(ResultError):
        _ = hidden.interval


def test_every_text_names_the_extension() -> None:
    found = split(0)
    low, high = (f"{end:.{found.decimals}f}" for end in found.interval)
    named = "95 % equal-tailed interval, extended to the attainable maximum: "
    assert f"({named}{low} to {high})" in str(found)
    assert f"({named}{low} to {high})" in estimate_text(found, in_full=True)
    short = "95 % interval, extended to the attainable maximum: "
    assert f"({short}{low} to {high})" in estimate_text(found, named=True)
    assert estimate_text(found).endswith(f"({low} to the attainable maximum {high})")
    assert interval_text(found) == f"{low} to {high} †"
    assert extension_note([found, split(4)]) == NOTE
    assert extension_note([split(4)]) == ""
    lines = str(Estimates("P(ma)", {"a": found, "b": split(4)})).splitlines()
    assert [line.endswith("†") for line in lines[1:3]] == [True, False]
    assert lines[3] == NOTE


def test_a_table_marks_rows_and_explains_the_mark_below() -> None:
    table = Table([of.Label("goal"), of.Mean("P(ma)")], [["a", split(0)], ["b", split(4)]])
    grid = table.grid()
    assert [row[-1].endswith("†") for row in grid.rows] == [True, False]
    assert grid.note == table.grid("terminal").note == NOTE
    kinds = [row[of.NUMBERS.index("kind") + 1] for row in table.cells("csv")]
    assert kinds == ["eti_to_maximum", "eti"]
    without = Table([of.Label("goal"), of.Above("above")], [["a", split(0)]])
    assert without.grid().note == ""
