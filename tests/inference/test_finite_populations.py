"""Finite populations: a census is a point, and part of a census has the predictive's variance."""

import numpy as np
import pytest

from bayes_misalign.inference.draw_blocks import add_unseen
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL

DRAWS = 200_000
PRIOR = SharePrior("concentration", concentration=3.0)
COUNTS = np.array([[40.0, 25, 15], [6, 0, 4]])


def evidence(sizes: list[int], weighted: bool = False) -> ChoiceCounts:
    weights = {"weight_sum": 1.1 * COUNTS, "weight_sq_sum": 1.7 * COUNTS} if weighted else {}
    return ChoiceCounts.from_counts(
        ("a", "b", "c"), ("p", "q"), COUNTS, population_size=sizes, **weights
    )


def finite(goals: ChoiceCounts) -> np.ndarray:
    shares = MODEL.draw(goals, PRIOR, DRAWS, np.random.default_rng(1))["proportion"]
    return add_unseen(shares, goals, goals.effective_counts, np.random.default_rng(2))


@pytest.mark.parametrize("weighted", [False, True])
def test_a_census_is_a_point(weighted: bool) -> None:
    found = finite(evidence([80, 10], weighted))
    expected = COUNTS / COUNTS.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=1e-12)


@pytest.mark.parametrize("times", [2, 20])
def test_part_of_a_census_has_the_variance_of_the_beta_binomial(times: int) -> None:
    sizes = (times * COUNTS.sum(axis=1)).astype(int)
    found = finite(evidence(sizes.tolist()))
    a = COUNTS + 1.0
    s = a.sum(axis=1, keepdims=True)
    unseen = sizes[:, None] - COUNTS.sum(axis=1, keepdims=True)
    predictive = unseen * (a / s) * (1 - a / s) * (s + unseen) / (s + 1)
    mean = (COUNTS + unseen * a / s) / sizes[:, None]
    variance = predictive / sizes[:, None] ** 2
    assert np.all(np.abs(found.mean(axis=0) - mean) < 4 * np.sqrt(variance / DRAWS))
    np.testing.assert_allclose(found.var(axis=0), variance, rtol=0.02)


def test_weights_scale_the_classical_correction() -> None:
    sizes = [160, 20]
    goals = evidence(sizes, weighted=True)
    found = finite(goals)
    p = (goals.effective_counts + 1) / (goals.n_effective[:, None] + 3)
    classical = p * (1 - p) / goals.n_effective[:, None] * (1 - goals.n / sizes)[:, None]
    # the prior is worth three answers, and agents are whole numbers: the more, the closer
    np.testing.assert_allclose(found.var(axis=0)[0], classical[0], rtol=0.1)


def test_before_any_data_nobody_has_been_seen() -> None:
    goals = evidence([80, 10])
    shares = MODEL.draw_prior(goals, PRIOR, DRAWS, np.random.default_rng(1))["proportion"]
    found = add_unseen(shares, goals, None, np.random.default_rng(2))
    agents = found * np.array([80, 10])[:, None]
    np.testing.assert_allclose(agents, np.rint(agents), atol=1e-9)
    variance = (1 / 3) * (2 / 3) / 4 * (3 + np.array([80, 10])) / np.array([80, 10])
    np.testing.assert_allclose(found.var(axis=0)[:, 0], variance, rtol=0.02)


def test_a_population_without_a_size_stays_as_it_is() -> None:
    goals = ChoiceCounts.from_counts(("a", "b", "c"), ("p", "q"), COUNTS)
    shares = MODEL.draw(goals, PRIOR, 5, np.random.default_rng(1))["proportion"]
    assert add_unseen(shares, goals, goals.effective_counts, np.random.default_rng(2)) is shares
