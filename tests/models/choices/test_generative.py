"""Goals behind choices with payoffs: against arrays, scipy, sums over goals, and quadrature."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy import special, stats

from bayes_misalign.errors import StudyError
from bayes_misalign.families.reports import latent
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.models.choices.calibration import choices, goals_that_differ
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.model import MODEL as model
from bayes_misalign.models.choices.priors import ChoicePriors
from bayes_misalign.study.options import Fitting
from tests.models.choices.test_identified import OWN_EQUAL, chosen
from tests.models.noisy_labels.test_generative import WITHIN, at_random_points
from tests.noisy_studies import PLAIN

RNG = np.random.default_rng(12)


def simulated(design: DistinctChoices, prior: ChoicePriors, seed: int = 3) -> DistinctChoices:
    truth = model.draw_prior(design, prior, 1, np.random.default_rng(seed))
    one = {key: values[0] for key, values in truth.items()}
    made: DistinctChoices = model.simulate(one, design, np.random.default_rng(seed))
    return made


CASES: dict[str, tuple[DistinctChoices, ChoicePriors]] = {
    "shared": (choices(12), ChoicePriors()),
    "alike": (choices(12), ChoicePriors(overdispersion=False)),
    "goal": (goals_that_differ(), ChoicePriors()),
    "situation": (replace(goals_that_differ(), rationality="situation"), ChoicePriors()),
    "all": (replace(choices(12), scale="all"), ChoicePriors()),
}


@pytest.mark.parametrize("case", CASES)
def test_the_models_likelihood_is_that_of_arrays(case: str) -> None:
    design, prior = CASES[case]
    evidence = simulated(design, prior)
    names: tuple[str, ...] = ("proportion", "action", "rationality")
    if prior.overdispersed(evidence):
        names = (*names, "correlation")
    for found in at_random_points(model.build(evidence, prior), names, 2):
        drawn = {name: np.asarray(found[name])[None] for name in names}
        np.testing.assert_allclose(
            drawn["action"], np.exp(evidence.log_action(drawn["rationality"])), rtol=1e-9
        )
        joint = latent.log_joint(evidence, model.terms(evidence, drawn), drawn["proportion"])
        expected = latent.log_likelihood(evidence, joint)[0]
        assert found["log_likelihood"] == pytest.approx(expected, rel=1e-9)


def test_the_likelihood_is_the_sum_over_the_goals_of_each_agent() -> None:
    evidence = simulated(choices(12), ChoicePriors(overdispersion=False))
    share, beta = np.array([[0.3, 0.7], [0.6, 0.4]]), 1.7
    drawn = {
        "proportion": share[None],
        "action": np.exp(evidence.log_action(np.array([[beta]]))),
    }
    total = 0.0
    for d, agents in enumerate(evidence.agents):
        every = []
        for k, payoffs in enumerate(np.asarray(evidence.payoffs)):
            if evidence.gold[d] not in (-1, k):
                continue
            stake = max(np.ptp(payoffs[:2]), np.ptp(payoffs[2:]))
            chance = [special.softmax(beta * x / stake) for x in (payoffs[:2], payoffs[2:])]
            logs = np.log(np.concatenate(chance)) @ evidence.reports[d]
            every.append(np.log(share[evidence.population[d], k]) + logs)
        total += agents * special.logsumexp(every)
    joint = latent.log_joint(evidence, model.terms(evidence, drawn), drawn["proportion"])
    assert latent.log_likelihood(evidence, joint)[0] == pytest.approx(total, rel=1e-9)


def test_the_compiled_model_may_take_other_evidence_of_its_shape() -> None:
    prior = ChoicePriors()
    first, other = simulated(choices(12), prior), simulated(choices(12), prior, 4)
    other = replace(other, payoffs=other.payoffs[::-1], mistakes=0.05)
    built, certain = model.build(first, prior), model.certain(prior)
    given = model.data(other, certain)
    names = {variable.name for variable in built.data_vars}
    assert names - {"reports"} == set(given)
    for name, values in given.items():
        built[name].set_value(np.asarray(values).astype(built[name].dtype))
    shown = ("proportion", "action", "rationality", "correlation")
    for found in at_random_points(built, shown, 2):
        assert found["rationality"] == pytest.approx([np.log(19)], rel=1e-4)
        drawn = {name: np.asarray(found[name])[None] for name in shown}
        joint = latent.log_joint(other, model.terms(other, drawn), drawn["proportion"])
        expected = latent.log_likelihood(other, joint)[0]
        assert found["log_likelihood"] == pytest.approx(expected, rel=1e-9)


def test_prior_draws_have_the_median_that_was_stated() -> None:
    prior = ChoicePriors(best_of_two=0.8, spread=0.5)
    found = model.draw_prior(goals_that_differ(), prior, 40_000, np.random.default_rng(7))
    log_beta = stats.norm(np.log(np.log(4)), 0.5)
    for g in range(2):
        assert stats.kstest(np.log(found["rationality"][:, g]), log_beta.cdf).pvalue > 1e-3
    # the best of the first situation's actions against its worst
    odds = found["action"][:, 0, 0] / found["action"][:, 0, 2]
    assert np.median(odds / (1 + odds)) == pytest.approx(0.8, abs=0.01)


def test_the_models_own_prior_is_the_one_that_is_drawn() -> None:
    design, prior, draws = goals_that_differ(), ChoicePriors(), 1500
    built = model.build(design, prior)
    names = ["action", "rationality"]
    of_model = pm.draw([built[n] for n in names], draws=draws, random_seed=8, mode=PLAIN)
    drawn = model.draw_prior(design, prior, 40_000, np.random.default_rng(8))
    for name, one in zip(names, of_model, strict=True):
        for change in (np.log, np.sqrt):
            a, b = change(one), change(drawn[name])
            error = np.sqrt(a.var(axis=0) / draws + b.var(axis=0) / 40_000) + 1e-9
            assert np.all(np.abs(a.mean(axis=0) - b.mean(axis=0)) < WITHIN * error), name


def quadrature(evidence: DistinctChoices, prior: ChoicePriors) -> dict[str, tuple[float, float]]:
    """Return means and sds of the first goal's share, log beta and P(ma) on a grid of both.

    Two goals, one situation and one choice of each agent, with a uniform prior of the share.
    """
    nodes, weights = np.polynomial.legendre.leggauss(400)
    p, z = (nodes + 1) / 2, 7 * nodes  # up to seven sds of the prior of log beta
    log_beta = prior.log_median(evidence) + prior.spread * z
    action = np.exp(evidence.log_action(np.exp(log_beta)[:, None]))  # (beta, goal, action)
    mixed = p[:, None, None] * action[None, :, 0] + (1 - p)[:, None, None] * action[None, :, 1]
    counts = evidence.agents @ evidence.reports
    log_density = (np.log(np.maximum(mixed, 1e-300)) @ counts) - z**2 / 2
    density = np.exp(log_density - log_density.max()) * weights[:, None] * weights[None]
    density /= density.sum()
    found = {}
    for name, values in {
        "share": np.broadcast_to(p[:, None], density.shape),
        "log beta": np.broadcast_to(log_beta[None], density.shape),
        "misalignment": np.broadcast_to(2 * (p * (1 - p))[:, None], density.shape),
    }.items():
        mean = float((density * values).sum())
        found[name] = mean, float(np.sqrt((density * (values - mean) ** 2).sum()))
    return found


def one_situation() -> tuple[DistinctChoices, ChoicePriors]:
    """Return choices of three actions by agents of two goals, with a uniform prior of shares."""
    evidence = chosen(OWN_EQUAL, [1, 0, 0])
    number = np.array([38.0, 27.0, 5.0])
    evidence = replace(
        evidence,
        reports=np.eye(3, dtype=int),
        population=np.zeros(3, int),
        gold=np.full(3, -1),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )
    return evidence, ChoicePriors.of({"shares": {"dirichlet": {"a": 1.0, "b": 1.0}}})


def test_prior_draws_weighted_by_their_likelihood_meet_the_quadrature() -> None:
    evidence, prior = one_situation()
    drawn = model.draw_prior(evidence, prior, 200_000, np.random.default_rng(2))
    log_weight = model.with_data(evidence, drawn)["log_likelihood"]
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    share = drawn["proportion"][:, 0, 0]
    found = {
        "share": share,
        "log beta": np.log(drawn["rationality"][:, 0]),
        "misalignment": 2 * share * (1 - share),
    }
    for name, (mean, sd) in quadrature(evidence, prior).items():
        middle = weight @ found[name]
        error = np.sqrt(weight**2 @ (found[name] - middle) ** 2)
        assert abs(middle - mean) < WITHIN * error < 0.02 * sd * WITHIN, name


@pytest.mark.slow
def test_nuts_meets_the_quadrature() -> None:
    evidence, prior = one_situation()
    tree = Compiled(model.build(evidence, prior)).sample(
        model.data(evidence, prior), Fitting(draws=20_000, target_accept=0.95)
    )
    posterior = tree["posterior"]
    share = posterior["proportion"].values[..., 0, 0]
    found = {
        "share": share,
        "log beta": np.log(posterior["rationality"].values[..., 0]),
        "misalignment": 2 * share * (1 - share),
    }
    import arviz_stats as azs

    for name, (mean, sd) in quadrature(evidence, prior).items():
        draws = found[name]
        size = float(azs.base.array_stats.ess(draws, method="mean"))
        assert abs(draws.mean() - mean) < 4 * sd / np.sqrt(size), name
        assert draws.std() == pytest.approx(sd, rel=0.05), name


def test_simulated_choices_follow_the_softmax() -> None:
    design = replace(goals_that_differ(), agents=np.array([4000.0, 3000.0, 5000.0]))
    beta = np.array([2.0, 0.7])
    given: dict[str, Any] = {
        "proportion": np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        "rationality": beta,
        "action": np.exp(design.log_action(beta)),
    }
    made = model.simulate(given, design, np.random.default_rng(3))
    for s in range(2):
        rows = made.population == s
        n = made.agents[rows].sum()
        share = made.agents[rows] @ made.reports[rows] / n
        chance = given["action"][s]
        assert np.all(np.abs(share - chance) < WITHIN * np.sqrt(chance * (1 - chance) / n))


def test_a_point_with_more_rationality_is_nearer_to_best_actions() -> None:
    design = choices()
    low, high = np.exp(design.log_action(np.array([[0.5], [50.0]])))
    assert (high[[0, 1], [0, 1]] > low[[0, 1], [0, 1]]).all()
    assert high[0, 0] == pytest.approx(1.0, abs=1e-9)


def test_description_holds_the_numbers() -> None:
    found = model.describe(choices(), ChoicePriors(best_of_two=0.85, spread=0.7))
    text = " ".join((found.words, *found.formulas, *found.priors))
    for part in ("log log(0.85 / 0.15), 0.7^2", "rho ~ Beta(1, 4)", "85 % of the time"):
        assert part in text
    other = model.describe(goals_that_differ(), ChoicePriors())
    assert "each goal has a rationality of its own" in other.words
    assert "rho" not in " ".join(other.formulas)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ChoicePriors(spread=0.0), "above 0"),
        (lambda: ChoicePriors(best_of_two=1.0), "between 0 and 1"),
        (lambda: ChoicePriors(best_of_two=0.5), "a number between 0.5 and 1, not 0.5"),
        (lambda: ChoicePriors(overdispersion=1), "true or false"),  # type: ignore[arg-type]
        (lambda: ChoicePriors.of({"best_of_tow": 0.8}), "did you mean 'best_of_two'"),
        (lambda: ChoicePriors.of({"shares": "flat"}), "no prior of shares called 'flat'"),
    ],
)
def test_priors_that_do_not_fit_are_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        make()
