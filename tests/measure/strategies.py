"""Arbitrary populations for property tests."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

levels = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.0, 1.0))


def shares_of(n_goals, lead=()):
    """Shares (*lead, n_goals), among them empty goal groups and populations of one goal."""
    counts = hnp.arrays(np.int64, (*lead, n_goals), elements=st.integers(0, 50))
    return counts.map(lambda n: (n + (n.sum(-1, keepdims=True) == 0)) * 1.0).map(
        lambda n: n / n.sum(-1, keepdims=True)
    )


def conflict_of(n_goals, lead=()):
    """Symmetric conflict (*lead, n_goals, n_goals) with a zero diagonal."""

    def symmetric(c):
        upper = np.triu(c, 1)
        return np.maximum(upper, upper.swapaxes(-1, -2))

    return hnp.arrays(np.float64, (*lead, n_goals, n_goals), elements=levels).map(symmetric)


@st.composite
def populations(draw, n_populations=None, min_goals=1, max_goals=6):
    """Return shares, (K,) or (n_populations, K), and one conflict matrix (K, K)."""
    k = draw(st.integers(min_goals, max_goals))
    lead = () if n_populations is None else (n_populations,)
    return draw(shares_of(k, lead)), draw(conflict_of(k))


def random_conflict(rng, n_goals, lead=()):
    """Symmetric conflict (*lead, n_goals, n_goals) with a zero diagonal, of one generator."""
    upper = np.triu(rng.random((*lead, n_goals, n_goals)), 1)
    return upper + upper.swapaxes(-1, -2)
