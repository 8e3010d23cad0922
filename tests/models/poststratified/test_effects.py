"""Coordinates of effects, shares of cells, and the posterior in a case that a grid covers."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.densities import densities
from bayes_misalign.models.poststratified import generative
from bayes_misalign.models.poststratified.calibration import cells, with_data
from bayes_misalign.models.poststratified.effects import (
    Array,
    Term,
    contrasts_of,
    drawn_slopes,
    prior_draws,
    random_walk,
    slopes,
    starts,
    terms_of,
    towards,
    zero_sum,
)
from bayes_misalign.models.poststratified.evidence import CellCounts
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


@pytest.mark.parametrize("kind", ["exchangeable", "ordered", "interaction"])
def test_the_first_contrast_is_along_how_far_categories_were_reached(kind: str) -> None:
    basis = {"ordered": random_walk, "exchangeable": zero_sum, "interaction": np.eye}[kind](5)
    reached = np.array([0.4, -0.1, 0.9, -0.7, -0.5])
    contrasts = contrasts_of(reached, basis, kind)
    np.testing.assert_allclose(basis @ contrasts, reached, atol=1e-12)
    turn, length = towards(contrasts)
    mirror = np.eye(len(turn)) - 2 * np.outer(turn, turn)
    np.testing.assert_allclose(mirror @ mirror.T, np.eye(len(turn)), atol=1e-12)
    np.testing.assert_allclose(mirror[:, 0] * length, contrasts, atol=1e-12)


def test_slopes_may_be_left_out_and_sds_may_not() -> None:
    model = goals_model("poststratified")
    without = model.priors({"reached": 0.0})
    assert not any("slopes" in name for name in model.alternatives(without, cells()))
    assert "slopes on being reached halved" in model.alternatives(PRIORS, cells())
    assert "slopes" not in model.prior_in_brief(without, cells())
    assert not any("b_vk" in line for line in model.describe(cells(), without).formulas)
    assert any("b_vk" in line for line in model.describe(cells(), PRIORS).formulas)
    with pytest.raises(StudyError, match="'reached' is 0 or a positive number, not -1"):
        model.priors({"reached": -1})
    with pytest.raises(StudyError, match="'sd' is a positive number, not 0"):
        model.priors({"sd": 0})


def test_categories_that_were_reached_alike_turn_nothing() -> None:
    turn, length = towards(np.zeros(3))
    assert length == 0
    np.testing.assert_array_equal(turn, 0)


def test_reached_is_answers_over_those_of_a_sample_like_the_population_by_hand() -> None:
    design = uneven()
    sex = design.cells[:, 1]
    n = [design.cell_n[sex == i].sum() for i in (0, 1)]
    people = [design.sizes[design.table[:, 1] == i].sum() for i in (0, 1)]
    expected = [sum(n) * one / sum(people) for one in people]
    logs = [np.log((a + 0.5) / (b + 0.5)) for a, b in zip(n, expected, strict=True)]
    np.testing.assert_allclose(design.reached(1), np.array(logs) - np.mean(logs))


def test_slopes_given_effects_of_the_prior_have_their_own_prior() -> None:
    design, draws = uneven(), 40_000
    drawn = prior_draws(design, PRIORS, draws, np.random.default_rng(3))
    terms = terms_of(design)
    for i, (term, start) in enumerate(zip(terms, starts(terms), strict=False)):
        effect = drawn["effect"][:, start : start + len(term.labels)]
        found = drawn_slopes(term, effect, drawn["sd"][:, i], 1.0, np.random.default_rng(4))
        np.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-9)
        np.testing.assert_allclose(found.mean(axis=0), 0, atol=5 / np.sqrt(draws))
        np.testing.assert_allclose(found.std(axis=0), 1, atol=5 / np.sqrt(2 * draws))


def test_slopes_are_what_effects_say_where_these_scatter_little() -> None:
    term, effect = terms_of(uneven())[2], np.random.default_rng(1).normal(size=(4, 3, 2))
    effect -= effect.mean(axis=2, keepdims=True)
    effect -= effect.mean(axis=1, keepdims=True)
    sure = drawn_slopes(term, effect, np.full(4, 1e-9), 1.0, np.random.default_rng(2))
    np.testing.assert_allclose(sure, slopes(term, effect), atol=1e-6)


def test_slopes_are_those_of_least_squares() -> None:
    term = terms_of(uneven())[2]
    effect = np.random.default_rng(1).normal(size=(4, 3, 2))
    found = slopes(term, effect)
    for draw, own in zip(effect, found, strict=True):
        fitted = np.linalg.lstsq(term.reached[:, None], draw, rcond=None)[0]
        np.testing.assert_allclose(own, fitted[0])
    np.testing.assert_array_equal(slopes(replace(term, reached=np.zeros(3)), effect), 0)


def uneven() -> CellCounts:
    """Return a design whose categories were reached unevenly, with combinations."""
    design = cells(interactions=(("age", "region"),))
    counts = design.cell_counts.copy()
    counts[:, 0] = 1 + np.arange(len(counts)) % 7
    return replace(design, cell_counts=counts)


@pytest.mark.parametrize("reached", [1.0, 0.0])
def test_the_density_of_pymc_is_that_of_all_cells_and_of_slopes(reached: float) -> None:
    design, priors = uneven(), replace(PRIORS, reached=reached)
    truth = prior_draws(design, priors, 6, np.random.default_rng(3))
    seen = generative.simulate(
        {key: values[0] for key, values in truth.items()}, design, np.random.default_rng(4)
    )
    model = generative.build(seen, priors)
    goals, free = zero_sum(3), {"sd": truth["sd"]}
    free["intercept_contrasts"] = truth["intercept"] @ np.linalg.pinv(goals).T
    terms, prior = terms_of(seen), {}
    for i, (term, start) in enumerate(zip(terms, starts(terms), strict=False)):
        effect = truth["effect"][:, start : start + len(term.labels)]
        own = np.linalg.pinv(term.basis) @ effect @ np.linalg.pinv(goals).T
        z, prior[f"effect_{i + 1}_z"] = coordinates(term, own, truth["sd"][:, i], reached)
        free[f"effect_{i + 1}_z"] = z
    found = densities(model, free, ["proportion", "effect"])
    np.testing.assert_allclose(found.outputs["effect"], truth["effect"], atol=1e-10)
    np.testing.assert_allclose(found.outputs["proportion"], truth["proportion"], atol=1e-10)
    likelihood = found.log_joint - sum(found.log_prior.values())
    np.testing.assert_allclose(likelihood, with_data(seen, truth)["log_likelihood"], rtol=1e-9)
    for name, expected in prior.items():
        np.testing.assert_allclose(found.log_prior[name], expected, rtol=1e-9)


def coordinates(term: Term, own: Array, sd: Array, reached: float) -> tuple[Array, Array]:
    """Return the coordinates of contrasts (draw, F, goals), and their log density.

    That of contrasts is Normal(0, sd^2 I + r^2 c c'), a slope b ~ Normal(0, r^2) summed out.
    """
    c = np.linalg.pinv(term.basis) @ term.reached
    mirror = np.eye(len(c)) - 2 * np.outer(term.turn, term.turn)
    scales = np.tile(sd[:, None], len(c))
    scales[:, 0] = np.sqrt(sd**2 + (reached * term.reach) ** 2)
    to_effects = scales ** (1 - term.centred)
    logs = np.empty(len(sd))
    for draw, one in enumerate(sd):
        covariance = one**2 * np.eye(len(c)) + reached**2 * np.outer(c, c)
        each = multivariate_normal(cov=covariance).logpdf(own[draw].T)
        logs[draw] = np.sum(each + np.log(to_effects[draw]).sum())
    return mirror @ own / to_effects[..., None], logs


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
