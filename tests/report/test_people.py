"""People and AI systems together: results of a posterior of several populations."""

from functools import cache

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.mixing import HEIGHT, INNER, PEAK
from tests import told
from tests.report.cases import elicited_posterior, withheld_posterior


@cache
def games() -> bm.Posterior:
    """Return people and two models in the dictator game, few draws of them."""
    area = bm.ProblemArea("give", goals=["less", "half", "more"])
    given = {
        "who": ["people"] * 3 + ["GPT-4"] + ["GPT-3.5"] * 2,
        "choice": ["half", "less", "more", "half", "less", "more"],
        "n": [2572, 10165, 495, 30, 26, 3],
    }
    goals = bm.SingleChoice(given, goal="choice", population="who", count="n")
    return bm.fit(area, goals, bm.MutuallyExclusive(), random_seed=1)


def test_a_mixing_is_the_mixture_at_every_share() -> None:
    found = games().mixing("people", "GPT-4", threshold=0.42)
    grid = np.linspace(0, 1, 5)
    for share, point in zip(grid, games().mixture("people", "GPT-4", grid), strict=True):
        here = found.at(share)
        np.testing.assert_allclose(here.draws, point.draws, atol=1e-12)
        assert here.interval == pytest.approx(point.interval)
    assert found.inner == 1
    assert found.rises is not None
    assert found.falls is not None
    assert found.chance_to_rise == found.chance_to_fall == 1
    assert found.rises.mean < found.peak.mean < found.falls.mean
    # one in seven people gives half and GPT-4 does: P(ma) at the plug-in shares
    assert found.peak.mean == pytest.approx(0.37, abs=0.02)
    assert found.probability_above(0.42, found.peak.mean) == 1


def test_one_goal_of_all_copies_lowers_p_ma() -> None:
    each = games().mixing("people", "GPT-3.5")
    alike = games().mixing("people", "GPT-3.5", one_goal=True)
    within = games().misalignment()["GPT-3.5"]
    difference = each.at(0.5).draws - alike.at(0.5).draws
    np.testing.assert_allclose(difference, 0.25 * within.draws, atol=1e-12)
    assert alike.at(1).mean == 0
    assert "the guest holds one goal" in str(alike)


def test_a_mixing_prints_and_becomes_a_frame() -> None:
    found = games().mixing("people", "GPT-4", threshold=0.42)
    for shown in (str(found), found._repr_html_()):
        assert PEAK in shown
        assert "P(rises above 0.42)" in shown
        assert "rises above 0.42" in shown
    frame = found.to_frame("polars")
    assert frame["quantity"].to_list()[:2] == [PEAK, HEIGHT]
    rows = dict(zip(frame["quantity"], frame["mean"], strict=True))
    assert rows[INNER] == 1
    assert rows[PEAK] == pytest.approx(found.peak.mean)
    assert found.at(0.5).name == "P(ma) with a share 0.5 of GPT-4"


def test_probabilities_have_the_digits_that_draws_support() -> None:
    assert f"{INNER}: more than 0.999" in str(games().mixing("people", "GPT-4"))
    given = {"who": ["a", "a", "b"], "choice": ["x", "y", "y"], "n": [3, 1, 4]}
    goals = bm.SingleChoice(
        given, goal="choice", population="who", count="n", population_size={"a": 4, "b": 4}
    )
    area = bm.ProblemArea("known", goals=["x", "y"])
    found = bm.fit(area, goals, bm.MutuallyExclusive()).mixing("a", "b", threshold=0.42)
    assert found.peak.mean == pytest.approx(1 / 3)
    assert "0.3333 (known)" in str(found)
    assert f"{INNER}: 1\n" in str(found)


def test_a_threshold_that_few_draws_cross_has_no_share() -> None:
    found = games().mixing("people", "GPT-4", threshold=0.9)
    assert found.rises is found.falls is None
    assert found.chance_to_rise == found.chance_to_fall == 0
    assert list(found.quantities()) == [PEAK, HEIGHT]


def test_of_levels_that_are_uncertain_too() -> None:
    posterior = elicited_posterior()
    found = posterior.mixing("always", "rarely/never", threshold=0.35)
    union = posterior.what_if(populations={"always": 0.4, "rarely/never": 0.6}).then
    np.testing.assert_allclose(found.at(0.6).draws, union.draws, atol=1e-12)
    assert 0 <= found.chance_to_fall <= 1


@pytest.mark.parametrize(
    ("names", "stated", "says"),
    [
        (("people", "people"), {}, "two different populations"),
        (("people", "GPT-4"), {"threshold": 1.5}, r"in \(0, 1\), not 1.5"),
    ],
)
def test_what_cannot_be_mixed(names: tuple[str, str], stated: dict, says: str) -> None:
    with pytest.raises(bm.StudyError, match=says):
        games().mixing(*names, **stated)
    with pytest.raises(bm.StudyError, match=r"in \[0, 1\], not 2"):
        games().mixing("people", "GPT-4").at(2)
    with pytest.raises(bm.ResultError, match="no population 'GPT4'"):
        games().mixing("people", "GPT4")


def test_numbers_of_an_unconverged_fit_are_withheld() -> None:
    posterior = withheld_posterior()
    found = posterior.mixing(*posterior.populations[:2], threshold=0.3)
    assert "withheld" in str(found)
    assert "P(largest" not in str(found) + found._repr_html_()
    with pytest.raises(bm.ResultError, match="not converged"):
        found.probabilities()


def test_levels_within_each_population_say_nothing_of_a_union() -> None:
    with told.known_model():
        posterior = bm.fit(told.study())
        with pytest.raises(bm.StudyError, match="nobody measured it between them"):
            posterior.mixing(*posterior.populations[:2])


def test_excess_is_between_minus_the_mean_within() -> None:
    posterior = games()
    matrix = posterior.excess()
    within = posterior.misalignment()
    for one, other in (("people", "GPT-4"), ("GPT-4", "GPT-3.5")):
        mean = (within[one].draws + within[other].draws) / 2
        expected = posterior.between(one, other).draws - mean
        np.testing.assert_allclose(posterior.excess(one, other).draws, expected, atol=1e-12)
        assert matrix[one, other].mean == pytest.approx(expected.mean())
    assert matrix["people", "people"].mean == 0
    with pytest.raises(bm.StudyError, match="two populations, or none"):
        posterior.excess("people")  # type: ignore[call-overload]


def test_to_whom_a_model_is_nearest() -> None:
    posterior = games()
    found = posterior.nearest("GPT-3.5")
    assert list(found.probabilities) == ["people", "GPT-4"]
    apart = [posterior.excess("GPT-3.5", s).draws for s in found.probabilities]
    assert found.probabilities["people"] == pytest.approx((apart[0] < apart[1]).mean())
    assert sum(found.probabilities.values()) == pytest.approx(1)
    assert "more than 0.999" in str(found)
    assert "P(nearest)" in found._repr_html_()
    frame = found.to_frame("polars")
    assert set(frame["quantity"]) == {"excess", "between"}
    assert frame["probability_nearest"][0] == found.probabilities["people"]
    alone = posterior.nearest("GPT-4", ["people"], by="between")
    assert alone.probabilities == {"people": 1}


def test_populations_that_tie_share_the_probability() -> None:
    given = {"who": ["m", "a", "b"], "choice": ["x", "x", "x"], "n": [2, 2, 2]}
    sizes = dict.fromkeys("mab", 2)
    goals = bm.SingleChoice(
        given, goal="choice", population="who", count="n", population_size=sizes
    )
    area = bm.ProblemArea("known", goals=["x", "y"])
    posterior = bm.fit(area, goals, bm.MutuallyExclusive())
    assert posterior.nearest("m").probabilities == {"a": 0.5, "b": 0.5}
    assert "0.5" in str(posterior.nearest("m"))
    worth = posterior.equivalent_sample("m", "a")
    assert worth.median == np.inf
    assert "infinity (known)" in str(worth)


def test_an_equivalent_sample_has_a_median_and_no_mean() -> None:
    posterior = games()
    found = posterior.equivalent_sample("GPT-3.5", "people")
    p, q = (posterior.shares_of(s) for s in ("people", "GPT-3.5"))
    conflict = 1 - np.eye(3)
    np.testing.assert_allclose(
        found.draws, bm.measure.equivalent_sample_size(p, q, conflict), rtol=1e-9
    )
    low, high = found.interval
    assert low < found.median < high
    assert found.probability_above(found.median) == pytest.approx(0.5, abs=0.01)
    few = posterior.equivalent_sample("GPT-3.5", "people", answers=5)
    assert few.median < found.median
    assert str(few).startswith("Equivalent sample size of 5 answers of GPT-3.5 for people: median")
    assert "people who tell as much" in few._repr_html_()
    assert few.to_frame("polars")["median"][0] == few.median
    assert found.is_distance


def test_levels_that_are_no_distance_are_named() -> None:
    posterior = elicited_posterior()
    found = posterior.equivalent_sample("always", "rarely/never")
    assert found.is_distance == ("no distance" not in str(found))
    assert not found.is_distance  # agents without a goal conflict with nobody
    assert "no distance" in found._repr_html_()


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda p: p.nearest("GPT-4", ["GPT-4"]), "other than 'GPT-4', each once"),
        (lambda p: p.nearest("GPT-4", by="distance"), '"excess" or "between", not'),
        (lambda p: p.equivalent_sample("people", "people"), "another population"),
        (lambda p: p.equivalent_sample("GPT-4", "people", answers=0), "positive number, not 0"),
    ],
)
def test_what_cannot_stand_in(ask, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(bm.StudyError, match=says):
        ask(games())


def test_stand_ins_of_an_unconverged_fit_are_withheld() -> None:
    posterior = withheld_posterior()
    one, other = posterior.populations[:2]
    assert "withheld" in str(posterior.nearest(one))
    found = posterior.equivalent_sample(one, other)
    assert "withheld" in str(found)
    assert found.to_frame("polars")["median"][0] is None
    with pytest.raises(bm.ResultError, match="not converged"):
        assert found.median
