import numpy as np

from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.models.spatial.generative_levels import (
    expected_ratings,
    level,
    rating_tallies,
    squared_distance,
)
from bayes_misalign.models.spatial.generative_positions import conditional
from bayes_misalign.models.spatial.priors import spatial_priors


def test_opposite_corners_are_one_apart() -> None:
    corner = np.array([[1.0, 1.0]])
    np.testing.assert_allclose(squared_distance(0 * corner, corner, np.array([0.5, 0.5])), [1.0])


def test_conflict_at_the_length_and_what_lapses_leave_of_it() -> None:
    grown = level(np.array(1.0), "gaussian", np.expm1, np.minimum)
    np.testing.assert_allclose(grown, 1 - np.exp(-1))
    assert (expected_ratings(0.5, 0.02), expected_ratings(1.0, 0.02)) == (0.5, 0.99)


def test_ratings_are_counted_above_each_step() -> None:
    placed = SpatialConflict.from_means(
        "ab", [[0.2], [0.6]], error=0.1, rated=[[0, 1]], counts=[[1, 2, 4]]
    )
    np.testing.assert_array_equal(rating_tallies(placed)["above"], [[6, 4]])


def test_a_position_lies_between_its_placement_and_the_middle() -> None:
    found = conditional(np.array(0.9), np.array(0.25), spatial_priors())
    np.testing.assert_allclose(found, (0.7, 0.125))
