"""Levels of pairs as a round robin, against the covariance of the whole."""

import numpy as np
import pytest

from bayes_misalign.families.raters.round_robin import incidence, member_sd, what_is_left


@pytest.mark.parametrize("members", [3, 4, 7])
def test_the_parts_of_a_round_robin_add_up_to_it(members: int) -> None:
    """The covariance of u_i + u_j + e_ij, less its mean, is that of the parts together."""
    a, b = 0.7, 1.3
    belongs = incidence(members)
    pairs = len(belongs)
    whole = a**2 * belongs @ belongs.T + b**2 * np.eye(pairs)
    centre = np.eye(pairs) - 1 / pairs
    zero_sum = np.eye(members) - 1 / members
    parts = member_sd(a, b, members) ** 2 * belongs @ zero_sum @ belongs.T
    if members > 3:
        rest = what_is_left(np.eye(pairs), members)
        parts += b**2 * rest @ rest.T
    np.testing.assert_allclose(parts, centre @ whole @ centre, atol=1e-12)
