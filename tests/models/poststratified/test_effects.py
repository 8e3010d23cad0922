"""Coordinates of effects, shares of cells, and the posterior in a case that a grid covers."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.inference.densities import densities
from bayes_misalign.models.poststratified import generative
from bayes_misalign.models.poststratified.calibration import cells, with_data
from bayes_misalign.models.poststratified.effects import (
    prior_draws,
    random_walk,
    starts,
    terms_of,
    zero_sum,
)
from bayes_misalign.models.poststratified.priors import CellPriors

PRIORS = CellPriors.of()


@pytest.mark.parametrize("number", [2, 3, 8])
def test_effects_sum_to_zero_with_variance_one(number: int) -> None:
    for basis in (zero_sum(number), random_walk(number)):
        np.testing.assert_allclose(basis.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((zero_sum(number) ** 2).sum(axis=1), 1)
    covariance = zero_sum(number) @ zero_sum(number).T
    np.testing.assert_allclose(covariance[0, 1:], -1 / (number - 1))


def test_a_walk_has_equal_steps_and_mean_variance_one() -> None:
    basis = random_walk(6)
    assert (basis**2).sum(axis=1).mean() == pytest.approx(1)
    steps = np.diff(basis, axis=0)
    np.testing.assert_allclose(steps @ steps.T, np.eye(5) * steps[0, 0] ** 2, atol=1e-12)


def test_intercepts_and_effects_sum_to_zero_over_goals() -> None:
    drawn = prior_draws(cells(), PRIORS, 50, np.random.default_rng(1))
    np.testing.assert_allclose(drawn["intercept"].sum(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(drawn["effect"].sum(axis=-1), 0, atol=1e-12)
    for start, end in zip(starts(terms_of(cells())), starts(terms_of(cells()))[1:], strict=False):
        np.testing.assert_allclose(drawn["effect"][:, start:end].sum(axis=1), 0, atol=1e-12)


def test_no_goal_is_the_reference() -> None:
    drawn = prior_draws(cells(no_goal=False), PRIORS, 40_000, np.random.default_rng(1))
    mean = drawn["proportion"].mean(axis=0)
    np.testing.assert_allclose(mean, 1 / 3, atol=0.01)


def test_shares_of_a_part_are_those_of_its_cells_by_hand() -> None:
    design = cells(interactions=(("age", "region"),))
    drawn = prior_draws(design, PRIORS, 1, np.random.default_rng(2))
    terms = terms_of(design)
    first = dict(zip([term.name for term in terms], starts(terms), strict=False))
    found, total = np.zeros(3), 0.0
    for (age, sex, region), size in zip(design.table.tolist(), design.sizes, strict=True):
        if design.levels[2][region] != "south":
            continue
        eta = drawn["intercept"][0].copy()
        for name, level in (("age", age), ("sex", sex), ("region", region)):
            eta += drawn["effect"][0, first[name] + level]
        both = f"{design.levels[0][age]} x {design.levels[2][region]}"
        eta += drawn["effect"][0, first["age x region"] + terms[3].labels.index(both)]
        found += size * np.exp(eta) / np.exp(eta).sum()
        total += size
    np.testing.assert_allclose(drawn["proportion"][0, 1], found / total)


def test_the_likelihood_of_pymc_is_that_of_all_cells() -> None:
    design = cells(interactions=(("age", "region"),))
    truth = prior_draws(design, PRIORS, 6, np.random.default_rng(3))
    seen = generative.simulate(
        {key: values[0] for key, values in truth.items()}, design, np.random.default_rng(4)
    )
    model = generative.build(seen, PRIORS)
    goals, free = zero_sum(3), {"sd": truth["sd"]}
    free["intercept_contrasts"] = truth["intercept"] @ np.linalg.pinv(goals).T
    terms = terms_of(seen)
    for i, (term, start) in enumerate(zip(terms, starts(terms), strict=False)):
        effect = truth["effect"][:, start : start + len(term.labels)]
        own = np.linalg.pinv(term.basis) @ effect @ np.linalg.pinv(goals).T
        free[f"effect_{i + 1}_z"] = own / truth["sd"][:, i, None, None] ** (1 - term.centred)
    found = densities(model, free, ["proportion", "effect"])
    np.testing.assert_allclose(found.outputs["effect"], truth["effect"], atol=1e-10)
    np.testing.assert_allclose(found.outputs["proportion"], truth["proportion"], atol=1e-10)
    likelihood = found.log_joint - sum(found.log_prior.values())
    np.testing.assert_allclose(likelihood, with_data(seen, truth)["log_likelihood"], rtol=1e-9)


def test_outcomes_sum_to_the_likelihood() -> None:
    design = cells()
    drawn = prior_draws(design, PRIORS, 3, np.random.default_rng(5))
    (one,) = goals_model("poststratified").outcomes(design, drawn)
    total = (one.log_likelihood * one.times).sum(axis=1)
    np.testing.assert_allclose(total, with_data(design, drawn)["log_likelihood"])
    assert len(one.labels) == design.cell_counts.size


def test_cells_where_nobody_answered_are_filled_and_named() -> None:
    design = cells()
    assert (~design.answered).sum() == 2
    none = replace(
        design, cells=design.cells[design.cells[:, 0] != 3], cell_counts=np.eye(3)[[0] * 18]
    )
    (caution,) = none.cautions
    assert "nobody of 75+ (age) answered" in caution.what.replace("'", "")
    assert none.no_answer_populations == ()
