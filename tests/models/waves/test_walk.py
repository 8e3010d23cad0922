"""The prior of waves against closed forms, and its density in PyMC."""

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats

from bayes_misalign.families.walks.walk_pymc import Told
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.waves import walk
from bayes_misalign.models.waves.generative import _Far
from bayes_misalign.models.waves.model import MODEL
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.settings import NO_GOAL

DRAWS = 40_000
NAMES = ("2001", "2002", "2009")


def logit(p):
    return np.log(p) - np.log1p(-p)


def test_contrasts_are_orthonormal_and_sum_to_zero():
    basis = walk.contrasts(5)
    np.testing.assert_allclose(basis.T @ basis, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(basis.sum(axis=0), 0, atol=1e-12)


def test_log_odds_change_by_the_drift_whatever_the_goals():
    prior = WavesPrior(drift=0.7).with_populations(NAMES)
    categories = ("a", "b", "c", NO_GOAL)
    rng = np.random.default_rng(1)
    drawn = walk.draw_prior(prior, prior.places(3), categories, DRAWS, rng)
    p, drift = drawn["proportion"], drawn["drift"]
    # nearer to 0 and 1 shares lose their digits
    kept = (p.min(axis=(1, 2)) > 1e-9) & (p.max(axis=(1, 2)) < 1 - 1e-6)
    assert kept.mean() > 0.6
    p, drift = p[kept], drift[kept]
    odds = [np.log(p[..., i] / p[..., j]) for i, j in ((0, 1), (1, 2), (0, 2))]
    odds.append(logit(p[..., 3]))
    for each in odds:
        for t, part in ((1, 1 / 8), (2, 1.0)):
            step = (each[:, t] - each[:, 0]) / (drift * np.sqrt(part))
            assert step.std() == pytest.approx(1, abs=0.03)
    assert np.median(drawn["drift"]) == pytest.approx(0.7 * stats.t(3).ppf(0.75), rel=0.03)


def test_levels_are_as_stated():
    prior = WavesPrior(drift=1e-6).with_populations(NAMES)
    rng = np.random.default_rng(2)
    p = MODEL.draw(prior, np.zeros((3, 4)), ("a", "b", "c", NO_GOAL), DRAWS, rng)["proportion"]
    odds = np.log(np.maximum(p[:, 0, 0], 1e-300) / np.maximum(p[:, 0, 2], 1e-300))
    expected = stats.cauchy(scale=0.85 * np.sqrt(np.log2(3)))
    np.testing.assert_allclose(
        np.quantile(odds, (0.25, 0.5, 0.75)), expected.ppf((0.25, 0.5, 0.75)), atol=0.04
    )
    np.testing.assert_allclose(
        np.quantile(p[:, 0, 3], (0.1, 0.5, 0.9)),
        stats.beta(0.5, 1).ppf((0.1, 0.5, 0.9)),
        atol=0.01,
    )


@pytest.mark.parametrize("goals", [2, 3, 8, 20])
def test_what_a_level_says_of_misalignment_is_near_the_matched_prior(goals):
    categories, rng = tuple(map(str, range(goals))), np.random.default_rng(3)
    conflict, nothing = exclusive_conflict(goals), np.zeros((2, goals))
    prior = WavesPrior(drift=1e-6)
    found = {
        name: misalignment(p[:, 0], conflict) / (1 - 1 / goals)
        for name, p in (
            ("waves", MODEL.draw(prior, nothing, categories, 20_000, rng)["proportion"]),
            ("matched", SharePrior().draw(nothing, categories, 20_000, rng)["proportion"]),
        )
    }
    at = (0.25, 0.5, 0.75)
    np.testing.assert_allclose(
        np.quantile(found["waves"], at), np.quantile(found["matched"], at), atol=0.11
    )


COUNTS = np.array([[5.0, 2, 1, 3], [0, 0, 0, 0], [1, 7, 2, 1]])
CATEGORIES = ("a", "b", "c", NO_GOAL)


@pytest.fixture(scope="module")
def model() -> pm.Model:
    prior = WavesPrior(level=0.6, drift=0.8).with_populations(NAMES)
    order = np.tile(np.arange(4), (3, 1))
    with pm.Model(coords={"population": NAMES, "goal": CATEGORIES}) as built:
        MODEL.declare(prior, CATEGORIES, COUNTS, order, "proportion")
    return built


def test_the_density_in_pymc_is_that_of_the_stated_prior(model):
    drift, none, level = 0.4, np.array([0.3]), np.array([[0.5, -0.2]])
    steps = np.arange(8.0).reshape(1, 2, 4)[..., :3] / 10
    scale = 0.6 * np.sqrt(np.log2(3) / 2)
    expected = {
        "drift": (drift, np.log(2) + stats.t(3, scale=0.8).logpdf(drift)),
        "log_proportion_walk": (steps, stats.norm(scale=drift).logpdf(steps)),
        "log_proportion_level": (
            level,
            stats.multivariate_t(shape=scale**2 * np.eye(2), df=1).logpdf(level),
        ),
        "no_goal_proportion_level": (none, stats.beta(0.5, 1).logpdf(none)),
    }
    assert {variable.name for variable in model.free_RVs} == set(expected)
    for name, (value, density) in expected.items():
        found = pm.logp(model[name], value)
        given = {} if name == "drift" else {model["drift"]: drift}
        found = found.eval(given, mode="FAST_COMPILE", on_unused_input="ignore")
        np.testing.assert_allclose(found, density, rtol=1e-6, err_msg=name)


def test_shares_in_pymc_are_those_of_the_walk(model):
    rng = np.random.default_rng(4)
    places = WavesPrior().with_populations(NAMES).places(3)
    drawn = walk.draw_prior(WavesPrior(), places, CATEGORIES, 1, rng)
    given = {
        model["log_proportion_walk"]: drawn["log_walk"][0],
        model["log_proportion_level"]: drawn["log_level"][0],
        model["no_goal_proportion_level"]: drawn["no_goal_level"][0],
    }
    found = model["proportion"].eval(given, mode="FAST_COMPILE")
    np.testing.assert_allclose(found, drawn["proportion"][0], atol=1e-12)


def test_coordinates_go_there_and_back_with_their_jacobian():
    y, drift = np.array([[0.3, -1.2]]), 0.5
    seen, told = np.array([[0.4, -2.0]]), np.array([[3.0, 0.0]])
    for transform, inputs in (
        *((_Far(0.8, 3), (np.array([often]),)) for often in range(3)),
        (Told(), (drift, seen, told)),
    ):
        inputs = tuple(map(pt.as_tensor, inputs))
        x = pt.as_tensor(y).type("x")
        value = transform.backward(x, *inputs)
        back, log_jacobian = transform.forward(value, *inputs), transform.log_jac_det(x, *inputs)
        run = pytensor.function([x], [value, back, log_jacobian.sum()], mode="FAST_COMPILE")
        _, there_and_back, found = run(y)
        np.testing.assert_allclose(there_and_back, y, atol=1e-6)
        step, columns = 1e-6, []
        for i in range(2):
            move = np.eye(2)[[i]] * step
            columns.append((run(y + move)[0] - run(y - move)[0])[0] / (2 * step))
        np.testing.assert_allclose(found, np.linalg.slogdet(columns)[1], atol=1e-5)


@pytest.mark.parametrize("often", range(3))
def test_coordinates_of_a_level_are_log_odds_of_the_goal_that_most_hold(often):
    level = np.array([[0.5, -0.2]])
    u = walk.contrasts(3) @ level[0]
    found = _Far(0.8, 3).forward(pt.as_tensor(level), pt.as_tensor(np.array([often]))).eval()
    np.testing.assert_allclose(0.8 * np.sinh(found[0]), np.delete(u[often] - u, often))
