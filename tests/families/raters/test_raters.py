import numpy as np

from bayes_misalign.families.raters.rater_effects_pymc import draw_severity, severity_places
from bayes_misalign.families.raters.rating_scale import RatingScale


def test_severities_sum_to_zero_and_lie_about_their_shift() -> None:
    drawn = draw_severity(3, 1.0, 5, np.random.default_rng(1))
    np.testing.assert_allclose(drawn["severity"].sum(axis=1), 0, atol=1e-12)
    one = {"severity_sd": np.array([0.0]), "severity_shift": np.array([0.5])}
    places, weights = severity_places(one, np.sqrt)
    assert (places == 0.5).all()
    assert np.isclose(weights.sum(), 1)


def test_a_scale_of_numbers_runs_from_no_to_full_conflict() -> None:
    warmth = RatingScale(ends=(100.0, 0.0))
    assert warmth.conflict("60") == 0.4
    assert RatingScale(("low", "high"), (0.0, 1.0)).conflict("high") == 1.0
    sorted_ = RatingScale(ends=(0.0, 1.0)).sort(np.array([0.5]), np.array([3.0]))
    assert sorted_.labels == ("0", "0.5", "1")
