"""What weighted answers are worth: by hand, by R's survey, and at the ends of the rule."""

from typing import Any

import numpy as np
import pytest

from bayes_misalign.measure import (
    design_effect,
    effective_counts,
    effective_counts_in_common,
    exclusive_conflict,
    population_shares,
    weighted_plug_in,
)

RNG = np.random.default_rng(4)
SUMS, SQUARES, AGENTS = RNG.uniform(5, 30, (4, 3)), RNG.uniform(5, 30, (4, 3)), np.full(4, 50.0)

# R 4.5, survey 4.4: d <- svydesign(ids = ~1, weights = ~w, data = x); m <- svymean(~goal, d);
# SE(svycontrast(m, quote(sum of c_ij x_i x_j))), with w and goal
# data(api); apistrat: pw, stype; data(nhanes): WTMEC2YR, factor(race)
STYPE: dict[str, Any] = {
    "sums": [4420.999908447266, 755.000019073486, 1018.000030517578],
    "squares": [195452.4019049073, 11400.5005760193, 20726.4812426758],
    "n": 200,
}
RACE: dict[str, Any] = {
    "sums": [41633251.578643, 181802696.556105, 33012683.779471, 20087814.006455],
    "squares": [773050804140.060, 11521852135930.146, 765786268892.036, 1162298069556.570],
    "n": 8591,
}
GRADED = [[0, 0.5, 1], [0.5, 0, 0.5], [1, 0.5, 0]]


@pytest.mark.parametrize(
    ("table", "conflict", "value", "error"),
    [
        (STYPE, exclusive_conflict(3), 0.448683984595, 0.0329529580576),
        (STYPE, GRADED, 0.341649525077, 0.0263793859114),
        (RACE, exclusive_conflict(4), 0.525594817682, 0.00626858864597),
    ],
)
def test_standard_errors_are_those_of_survey_in_r(
    table: dict[str, Any], conflict: Any, value: float, error: float
) -> None:
    found = weighted_plug_in(table["sums"], table["squares"], table["n"], conflict)
    assert float(found.value) == pytest.approx(value, rel=1e-10)
    assert float(np.sqrt(found.variance)) == pytest.approx(error, rel=1e-9)


def test_equal_weights_give_the_counts() -> None:
    counts = np.array([[7.0, 0.0, 3.0], [0.0, 0.0, 0.0]])
    found = effective_counts(2.5 * counts, 6.25 * counts, counts.sum(axis=1))
    np.testing.assert_allclose(found.counts, counts, rtol=1e-14)
    assert found.tilt is None
    np.testing.assert_allclose(population_shares([0.2, 0.3, 0.5], found.scale[0]), [0.2, 0.3, 0.5])


def test_a_common_factor_of_the_weights_changes_nothing() -> None:
    one = effective_counts(SUMS, SQUARES, AGENTS)
    other = effective_counts(1e4 * SUMS, 1e8 * SQUARES, AGENTS)
    np.testing.assert_allclose(one.counts, other.counts, rtol=1e-12)
    np.testing.assert_allclose(1e4 * one.scale, other.scale, rtol=1e-12)


def test_the_ends_of_the_rule_are_every_goal_apart_and_kish() -> None:
    apart = effective_counts(SUMS, SQUARES, AGENTS, smoothing=0)
    np.testing.assert_allclose(apart.counts, SUMS**2 / SQUARES, rtol=1e-13)
    together = effective_counts(SUMS, SQUARES, AGENTS, smoothing=1e12)
    kish = SUMS * (SUMS.sum(axis=1) / SQUARES.sum(axis=1))[:, None]
    np.testing.assert_allclose(together.counts, kish, rtol=1e-8)


def test_the_mean_of_tilted_shares_is_that_of_the_weights() -> None:
    counts, scale = effective_counts(SUMS, SQUARES, AGENTS)
    q = counts / counts.sum(axis=1, keepdims=True)
    expected = SUMS / SUMS.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(population_shares(q, scale), expected, rtol=1e-13)


def test_a_goal_that_nobody_holds_has_no_count_and_the_scale_of_all() -> None:
    counts, scale = effective_counts([[4.0, 0.0, 6.0]], [[8.0, 0.0, 9.0]], [5])
    assert counts[0, 1] == 0
    assert scale[0, 1] == pytest.approx(17 / 10)


def test_where_all_goals_are_opposed_alike_the_design_effect_is_that_of_kish() -> None:
    found = design_effect([10.0, 10.0], [30.0, 12.0], 15, exclusive_conflict(2))
    assert float(found) == pytest.approx(15 * 42 / 400)
    assert np.isnan(design_effect([0.0, 0.0], [0.0, 0.0], 0, exclusive_conflict(2)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: effective_counts([1.0, 2.0], [1.0], 2),
        lambda: effective_counts([1.0, -2.0], [1.0, 4.0], 2),
        lambda: effective_counts([1.0, 2.0], [1.0, 4.0], [2]),
        lambda: population_shares([0.5, 0.5], [1.0, 1.0, 1.0]),
    ],
)
def test_wrong_figures_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"fit together|negative|scales"):
        wrong()


def test_equal_weights_in_common_leave_counts_as_they_are() -> None:
    counts = np.array([[3.0, 0.0, 7.0], [40.0, 2.0, 1.0], [0.0, 0.0, 0.0]])
    unit = np.array([[2.5], [0.1], [1.0]])
    found = effective_counts_in_common(unit * counts, unit**2 * counts, counts)
    np.testing.assert_allclose(found.counts, counts, rtol=1e-12)
    np.testing.assert_allclose(found.scale, np.broadcast_to(unit, counts.shape), rtol=1e-12)


def test_populations_tell_of_each_other_what_answers_of_a_goal_weigh() -> None:
    # holders of the second goal weigh three times as much in all; few answers do not tell it alone
    counts = np.array([[300.0, 100.0], [6.0, 2.0], [5.0, 0.0]])
    weight = np.array([1.0, 3.0])
    sums, squares, agents = counts * weight, counts * weight**2, counts.sum(axis=1)
    found = effective_counts_in_common(sums, squares, counts)
    ratio = found.scale[:, 1] / found.scale[:, 0]
    assert ratio == pytest.approx(3.0, rel=0.08)
    assert effective_counts(sums, squares, agents).scale[1] @ [-1.5, 1] < 0
    np.testing.assert_allclose(found.counts[1], [6.0, 2.0], rtol=0.08)
    # each population in a unit of its own
    unit = np.array([[1.0], [50.0], [0.01]])
    other = effective_counts_in_common(unit * sums, unit**2 * squares, counts)
    np.testing.assert_allclose(other.counts, found.counts, rtol=1e-12)
    np.testing.assert_allclose(other.scale, unit * found.scale, rtol=1e-12)
    with pytest.raises(ValueError, match="not negative"):
        effective_counts_in_common(-sums, squares, counts)
    with pytest.raises(ValueError, match="do not fit together"):
        effective_counts_in_common(sums, squares, agents)
