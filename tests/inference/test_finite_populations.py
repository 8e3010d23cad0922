"""Finite populations: a census is a point, and part of a census has the predictive's variance."""

from dataclasses import replace

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


def test_a_census_is_a_point() -> None:
    found = finite(evidence([80, 10]))
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


def test_a_stated_design_effect_scales_the_classical_correction() -> None:
    sizes, effect = [160, 20], 1.4
    goals = replace(evidence(sizes), stated_deff=np.array([effect, effect]))
    found = finite(goals)
    p = (goals.effective_counts + 1) / (goals.n_effective[:, None] + 3)
    classical = p * (1 - p) / goals.n_effective[:, None] * (1 - goals.n / sizes)[:, None]
    # the prior is worth three answers, and agents are whole numbers: the more, the closer
    np.testing.assert_allclose(found.var(axis=0)[0], classical[0], rtol=0.1)


def test_weights_that_sum_to_the_size_say_who_is_unseen() -> None:
    number = np.array([[40.0, 30.0]])
    weights = np.array([[1.5, 5.0]])
    goals = ChoiceCounts.from_counts(
        ("a", "b"),
        ("p",),
        number,
        weight_sum=weights * number,
        weight_sq_sum=weights**2 * number,
        population_size=[210],
    )
    assert goals.completed == ("weighted",)
    little = SharePrior("concentration", concentration=1e-3)
    shares = MODEL.draw(goals, little, DRAWS, np.random.default_rng(1))["proportion"]
    held = MODEL.held(goals, {}, np.random.default_rng(0))
    np.testing.assert_array_equal(held, number)
    found = add_unseen(shares, goals, held, np.random.default_rng(2))[:, 0]
    np.testing.assert_allclose(found.mean(axis=0), [60 / 210, 150 / 210], atol=0.005)
    # Poisson sampling and division by the total: sum w (w - 1) d^2 / N^2, by hand; the rule draws
    # the mean weights of the goals towards each other, so that it is met only roughly
    p = 60 / 210
    v = (40 * 1.5 * 0.5 * (1 - p) ** 2 + 30 * 5 * 4 * p**2) / 210**2
    np.testing.assert_allclose(found[:, 0].var(), v, rtol=0.25)
    # those who were seen are there whatever is drawn
    assert (found[:, 0] > 0).all()


def test_weights_that_do_not_sum_to_the_size_complete_nobody() -> None:
    goals = evidence([160, 20], weighted=True)
    assert goals.completed == ("left out", "left out")
    shares = MODEL.draw(goals, PRIOR, 50, np.random.default_rng(1))["proportion"]
    found = add_unseen(shares, goals, goals.effective_counts, np.random.default_rng(2))
    np.testing.assert_array_equal(found, shares)


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
