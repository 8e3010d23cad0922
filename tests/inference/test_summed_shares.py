"""What is kept of draws in blocks."""

import numpy as np

from bayes_misalign.inference.summed_shares import TILE, turned


def test_turned_draws_are_contiguous_rows() -> None:
    draws = np.arange(3.0 * (2 * TILE + 5)).reshape(-1, 3)
    rows = turned(draws)
    assert rows.flags.c_contiguous
    np.testing.assert_array_equal(rows, draws.T)
