"""What kinds of raters see in single pairs, against the covariance of the whole."""

import numpy as np
import pytest

from bayes_misalign.families.raters.kind_effects import (
    GOAL_PART,
    kinds_again,
    of_first_kind,
    own_effects,
)
from bayes_misalign.families.raters.round_robin import incidence


@pytest.mark.parametrize("members", [3, 4, 6])
def test_half_of_what_a_kind_sees_in_a_pair_comes_from_its_goals(members: int) -> None:
    """The covariance is that of g_i + g_j + e_ij, of variances 1/4 and 1/2, less a mean."""
    sd, belongs = 1.3, incidence(members)
    pairs = len(belongs)
    centre, zero_sum = np.eye(pairs) - 1 / pairs, np.eye(members) - 1 / members
    whole = sd**2 * (belongs @ belongs.T / 4 + np.eye(pairs) / 2)
    of_goals = own_effects(sd, GOAL_PART, zero_sum, np.zeros((members, pairs)), members)
    of_pairs = own_effects(sd, GOAL_PART, np.zeros((pairs, members)), np.eye(pairs), members)
    found = of_goals.T @ of_goals + of_pairs.T @ of_pairs
    np.testing.assert_allclose(found, centre @ whole @ centre, atol=1e-12)


def test_what_raters_see_again_is_told_of_kinds_that_said_it_again() -> None:
    of_rater = np.array([0, 1, 1, 2, 3, 3])
    cells, sizes = np.arange(6), np.array([2.0, 1, 3, 4, 1, 1])
    found = kinds_again(of_rater, of_rater[cells], sizes, 4)
    # the only rater of the first kind is one of many; the third kind is its only rater
    assert found.tolist() == [True, True, False, False]


def test_scales_of_the_first_kind_are_those_of_a_level() -> None:
    effects = {"again_sd": np.array([[1.0, 2.0]]), "severity_sd": np.array([[3.0, 4.0]])}
    kept = of_first_kind(effects, again=True)
    assert {key: x.tolist() for key, x in kept.items()} == {"again_sd": [1], "severity_sd": [3]}
    assert set(of_first_kind(effects, again=False)) == {"severity_sd"}
