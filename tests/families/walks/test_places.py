"""Where populations stand in time, and the modes of a walk over them."""

import numpy as np
import pytest

from bayes_misalign.errors import StudyError
from bayes_misalign.families.walks.places import find_places


def test_names_say_when_populations_were():
    found = find_places(("2004", "1998", "2000"))
    assert (found.series, found.waves) == (("",), ("1998", "2000", "2004"))
    assert list(found.at) == [1998, 2000, 2004]
    assert list(found.of_wave) == [2, 0, 1]


def test_parts_of_names_are_series_and_waves():
    found = find_places(("x, a, 2019-05-26", "x, a, 2019-06-05", "y, a, 2019-06-05"))
    assert found.series == ("x, a", "y, a")
    assert list(np.diff(found.at)) == [10]
    assert (list(found.of_series), list(found.of_wave)) == ([0, 0, 1], [0, 1, 1])


def test_times_are_stated_by_population_or_by_wave():
    stated = {"before": 1, "after": 2.5}
    for names in (("before", "after"), ("x, before", "x, after")):
        found = find_places(names, stated)
        assert list(found.at) == [1, 2.5]
    found = find_places(("a", "b"), {"a": "2020-03", "b": "2019-12"})
    assert (found.waves, list(np.diff(found.at))) == (("b", "a"), [3])


@pytest.mark.parametrize(
    ("names", "time", "said"),
    [
        (("before", "after"), None, "do not say when each was"),
        (("all",), None, "the study has one population"),
        (("1990",), None, "one population only"),
        (("x, 1990", "y, 1990"), None, "one time only"),
        (("a", "b", "c"), {"a": 1, "b": 2}, "no time is stated for"),
        (("a", "b"), {"a": 1, "b": 1.0}, "one time only"),
        (("a", "b", "c"), {"a": 1, "b": 1, "c": 2}, "are of one time"),
        (("a", "b"), {"a": "early", "b": "late"}, "are not all years"),
        (("a", "b"), {"a": "2001", "b": 2}, "all texts"),
        (("a, b", "c"), {"a": 1, "b": 2, "c": 3}, "two times are stated for"),
    ],
)
def test_populations_without_an_order_of_time_are_refused(names, time, said):
    with pytest.raises(StudyError, match=said):
        find_places(names, time)


@pytest.mark.parametrize("names", [("1", "2", "3", "4"), ("1", "2", "5", "11", "12")])
def test_modes_have_the_covariance_of_a_walk_less_its_mean(names):
    places = find_places(names)
    at = (places.at - places.at[0]) / (places.at[-1] - places.at[0])
    covariance = places.modes @ places.modes.T
    assert places.modes.shape == (len(at), len(at) - 1)
    np.testing.assert_allclose(places.modes.sum(axis=0), 0, atol=1e-12)
    variance = np.diag(covariance)
    apart = variance[:, None] + variance - 2 * covariance
    np.testing.assert_allclose(apart, np.abs(at[:, None] - at), atol=1e-12)


def test_two_waves_have_one_mode():
    np.testing.assert_allclose(np.abs(find_places(("1", "2")).modes), 0.5)
