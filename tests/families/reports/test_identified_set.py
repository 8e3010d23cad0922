"""The interval for an identified set: its critical value, and how often it holds the truth."""

import numpy as np
import pytest
from scipy import optimize, stats

from bayes_misalign.families.reports.identified_set import identified_sets
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.identified_set import critical_value


@pytest.mark.parametrize("mass", [0.5, 0.9, 0.95])
@pytest.mark.parametrize("width", [0.0, 0.3, 1.0, 4.0, 50.0])
def test_the_critical_value_solves_imbens_and_manski(width: float, mass: float) -> None:
    def gap(c: float) -> float:
        return float(stats.norm.cdf(c + width) - stats.norm.cdf(-c) - mass)

    assert critical_value(width, mass) == pytest.approx(optimize.brentq(gap, 0, 40), abs=1e-9)


def normal(mean: float, sd: float) -> Estimate:
    draws = mean + sd * stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    return Estimate("P(ma)", draws.reshape(4, -1))


def row(low: float, high: float, sd: float) -> dict[str, Estimates]:
    means = {"0.01": high, "0.1": (low + high) / 2, "0.3": low}
    return {rate: Estimates("", {"all": normal(mean, sd)}) for rate, mean in means.items()}


def test_the_set_runs_between_the_means_and_the_interval_beyond() -> None:
    found = identified_sets(row(0.2, 0.4, 0.02), {})["all"]
    assert (found.lower, found.upper) == (pytest.approx(0.2), pytest.approx(0.4))
    # ten standard errors wide: one-sided at each end
    beyond = stats.norm.ppf(0.95) * 0.02
    assert found.interval == pytest.approx((0.2 - beyond, 0.4 + beyond), abs=1e-4)
    assert found.as_dict()["error_rates"] == [0.01, 0.1, 0.3]


def test_rates_that_reports_speak_against_are_left_out() -> None:
    found = identified_sets(row(0.2, 0.4, 0.02), {"0.3": True})["all"]
    assert found.rates == ("0.01", "0.1")
    assert found.lower == pytest.approx(0.3)
    assert found.interval[0] < 0.3
    assert identified_sets({}, {}) == {}


@pytest.mark.parametrize("width", [0.0, 0.02, 0.2])
def test_it_holds_an_end_of_the_set_as_often_as_it_says(width: float) -> None:
    rng = np.random.default_rng(2)
    low, sd, held, times = 0.3, 0.02, 0, 2000
    for _ in range(times):
        # one sample moves both ends alike, as posteriors of the same reports do
        shift = sd * rng.normal()
        beyond = critical_value(width / sd, 0.95) * sd
        held += low + shift - beyond <= low <= low + width + shift + beyond
    assert stats.binomtest(held, times, 0.95).pvalue > 1e-3
