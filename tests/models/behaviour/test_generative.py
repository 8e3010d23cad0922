"""Goals behind what agents do: against arrays, scipy, sums over all goals, and stated means."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy import special, stats

from bayes_misalign.contract.weighted import among_sampled
from bayes_misalign.errors import StudyError
from bayes_misalign.families.reports import latent
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.behaviour.model import MODEL as behaviour
from bayes_misalign.models.behaviour.priors import ActionPriors
from tests.models.noisy_labels.test_generative import WITHIN, at_random_points
from tests.noisy_studies import PLAIN, acted

# situations with three, two and again three actions: columns of equal number are not adjacent
ACTIONS = (("x", "y", "z"), ("u", "v"), ("l", "m", "n"))
SPANS = (slice(0, 3), slice(3, 5), slice(5, 8))
RNG = np.random.default_rng(12)
CHOICES = RNG.integers(4, size=(25, 3))
DID = np.concatenate(
    [RNG.multinomial(CHOICES[:, q], np.full(len(a), 1 / len(a))) for q, a in enumerate(ACTIONS)], 1
)
COLUMNS: dict[str, Any] = {
    "population": RNG.integers(2, size=25),
    "gold": np.where(RNG.random(25) < 0.3, RNG.integers(2, size=25), -1),
}
EXPECTED = np.array(
    [[0.6, 0.3, 0.1, 0.8, 0.2, 0.2, 0.2, 0.6], [0.1, 0.3, 0.6, 0.5, 0.5, *[np.nan] * 3]]
)


def seen(reports: np.ndarray = DID, **more: Any) -> DistinctActions:
    columns = more.pop("columns", COLUMNS)
    return acted(reports, ACTIONS, "ab", "pq", columns, **({"expected": EXPECTED} | more))


CASES: dict[str, dict[str, Any]] = {
    "gold": {},
    "gold chosen": {"gold_chosen": True},
    "no gold": {"columns": {"population": COLUMNS["population"]}},
    "weights": {"columns": COLUMNS | {"weight": RNG.gamma(2, size=25)}},
    "at most one choice": {"reports": np.minimum(DID, np.eye(8, dtype=int)[[0, 3, 6] * 8 + [2]])},
}


@pytest.mark.parametrize("overdispersion", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_the_models_likelihood_is_that_of_arrays(case: str, overdispersion: bool) -> None:
    evidence, prior = seen(**CASES[case]), ActionPriors(overdispersion=overdispersion)
    names: tuple[str, ...] = ("proportion", "action")
    if prior.overdispersed(evidence):
        names = (*names, "correlation")
    model = behaviour.build(evidence, prior)
    assert prior.overdispersed(evidence) is (overdispersion and case != "at most one choice")
    assert ("correlation" in model.named_vars) is ("correlation" in names)
    if evidence.tilt is not None:
        names = (*names, "sampled_proportion")  # what is likely depends on who was asked
    for found in at_random_points(model, names):
        drawn = {name: np.asarray(found[name])[None] for name in names}
        joint = latent.log_joint(evidence, behaviour.terms(evidence, drawn), among_sampled(drawn))
        expected = latent.log_likelihood(evidence, joint)[0]
        assert found["log_likelihood"] == pytest.approx(expected, rel=1e-9)
        for span in SPANS:
            np.testing.assert_allclose(found["action"][:, span].sum(axis=-1), 1)


def over_all_goals(evidence: DistinctActions, found: dict[str, np.ndarray]) -> float:
    """Return the log probability of choices as a sum over the goals of all agents, one a row."""
    k, rho, every = len(evidence.categories), float(found["correlation"]), []
    for goals in product(range(k), repeat=len(evidence.agents)):
        total = 0.0
        for d, goal in enumerate(goals):
            gold, informs = evidence.gold[d], not (evidence.gold_chosen and evidence.gold[d] >= 0)
            if gold not in (-1, goal):
                total = -np.inf
                break
            total += np.log(found["proportion"][evidence.population[d], goal]) if informs else 0.0
            for span in SPANS:
                n = evidence.reports[d, span]
                alpha = found["action"][goal, span] * (1 - rho) / rho
                orders = special.gammaln(n.sum() + 1) - special.gammaln(n + 1).sum()
                total += stats.dirichlet_multinomial.logpmf(n, alpha, n.sum()) - orders
        every.append(total)
    return float(special.logsumexp(every))


@pytest.mark.parametrize("chosen", [False, True])
def test_the_likelihood_is_the_sum_over_the_goals_of_all_agents(chosen: bool) -> None:
    gold = {"population": [0, 1, 0, 1, 1], "gold": [-1, -1, 0, 1, -1]}
    evidence = seen(DID[:5], columns=gold, gold_chosen=chosen)
    assert len(evidence.agents) == 5
    model = behaviour.build(evidence, ActionPriors())
    for found in at_random_points(model, ("proportion", "action", "correlation")):
        expected = over_all_goals(evidence, found)
        assert found["log_likelihood"] == pytest.approx(expected, rel=1e-9)


def test_the_compiled_model_may_take_other_evidence_of_its_shape() -> None:
    first, prior = seen(columns=None), ActionPriors()
    # the same numbers of choices by others: patterns of another shape fill the same containers
    other = seen(DID[::-1], columns=None, expected=EXPECTED[::-1])
    model, given = behaviour.build(first, prior), behaviour.data(other, prior)
    names = {variable.name for variable in model.data_vars}
    assert names - {"reports"} == set(given)
    for name, values in given.items():
        model[name].set_value(np.asarray(values).astype(model[name].dtype))
    for found in at_random_points(model, ("proportion", "action", "correlation"), 2):
        drawn = {n: np.asarray(found[n])[None] for n in ("proportion", "action", "correlation")}
        joint = latent.log_joint(other, behaviour.terms(other, drawn), drawn["proportion"])
        expected = latent.log_likelihood(other, joint)[0]
        assert found["log_likelihood"] == pytest.approx(expected, rel=1e-9)


def parameters(**more: Any) -> dict[str, Any]:
    action = np.array(
        [[0.6, 0.3, 0.1, 0.8, 0.2, 0.2, 0.2, 0.6], [0.1, 0.2, 0.7, 0.4, 0.6, 0.3, 0.7, 0.0]]
    )
    return {"proportion": np.array([[0.7, 0.3], [0.1, 0.9]]), "action": action, **more}


@pytest.mark.parametrize("correlation", [None, 0.3])
def test_simulated_actions_follow_their_probabilities(correlation: float | None) -> None:
    design = seen()
    design = replace(design, agents=np.full(len(design.agents), 1500.0))
    given = parameters(**({} if correlation is None else {"correlation": correlation}))
    made = behaviour.simulate(given, design, np.random.default_rng(3))
    np.testing.assert_array_equal(made.n, design.n)
    np.testing.assert_array_equal(
        made.by_population(made.agents[:, None] * made.per_source),
        design.by_population(design.agents[:, None] * design.per_source),
    )
    for s, k in product(range(2), range(2)):
        rows = (made.population == s) & (made.gold == k)
        number = made.agents[rows].sum()
        found = made.agents[rows] @ made.reports[rows]
        for span in SPANS:
            total, chance = found[span].sum(), given["action"][k, span]
            # at most as uncertain as if all three choices of an agent were one
            error = np.sqrt(3 * chance * (1 - chance) / total) + 1e-12
            assert np.all(np.abs(found[span] / total - chance) < WITHIN * error)
        known = (made.population == s) & (made.gold >= 0)
        share = number / made.agents[known].sum()
        expected = given["proportion"][s, k]
        error = np.sqrt(expected * (1 - expected) / made.agents[known].sum())
        assert abs(share - expected) < WITHIN * error


def test_simulated_choices_of_one_agent_are_correlated_as_stated() -> None:
    design = acted([[3, 0]], (("x", "y"),))
    agents = 40_000
    design = replace(design, agents=np.array([float(agents)]))
    action, rho = np.array([[0.3, 0.7], [0.9, 0.1]]), 0.25
    given = {"proportion": np.array([[1.0, 0.0]]), "action": action, "correlation": rho}
    made = behaviour.simulate(given, design, np.random.default_rng(4))
    alpha = action[0] * (1 - rho) / rho
    for x in range(4):
        chance = stats.dirichlet_multinomial.pmf([x, 3 - x], alpha, 3)
        found = made.agents[made.reports[:, 0] == x].sum() / agents
        assert abs(found - chance) < WITHIN * np.sqrt(chance * (1 - chance) / agents)


def test_agents_chosen_by_their_goal_keep_it() -> None:
    for chosen in (False, True):
        design = seen(gold_chosen=chosen)
        made = [
            behaviour.simulate(parameters(), design, np.random.default_rng(i)) for i in range(5)
        ]
        same = [np.array_equal(one.gold_counts, design.gold_counts) for one in made]
        assert all(same) is chosen


def test_another_size_keeps_the_numbers_of_choices() -> None:
    design = seen()
    made = behaviour.sized(design, 30_000, np.random.default_rng(6))
    np.testing.assert_array_equal(made.n, [30_000, 30_000])
    np.testing.assert_array_equal(made.reports, design.reports)
    for s in range(2):
        rows = design.population == s
        part = design.agents[rows] / design.agents[rows].sum()
        error = np.sqrt(part * (1 - part) / 30_000)
        assert np.all(np.abs(made.agents[rows] / 30_000 - part) < WITHIN * error)


def test_prior_draws_have_the_means_that_were_stated() -> None:
    prior = ActionPriors(strength=12, unstated=2, correlation=0.3, correlation_strength=8)
    evidence, draws = seen(), 40_000
    found = behaviour.draw_prior(evidence, prior, draws, np.random.default_rng(7))
    mean = np.where(np.isnan(EXPECTED), 1 / 3, EXPECTED)
    total = np.where(np.isnan(EXPECTED), 6.0, 12.0)
    action = found["action"]
    assert np.all(np.abs(action.mean(axis=0) - mean) < WITHIN * action.std(axis=0) / draws**0.5)
    np.testing.assert_allclose(action.var(axis=0), mean * (1 - mean) / (total + 1), rtol=0.05)
    rho = stats.beta(2.4, 5.6)
    assert stats.kstest(found["correlation"], rho.cdf).pvalue > 1e-3
    alone = behaviour.draw_prior(
        evidence, replace(prior, overdispersion=False), 5, np.random.default_rng(7)
    )
    assert "correlation" not in alone


def test_the_models_own_prior_is_the_one_that_is_drawn() -> None:
    evidence, prior, draws = seen(), ActionPriors(), 1500
    model = behaviour.build(evidence, prior)
    names = ["action", "correlation"]
    of_model = pm.draw([model[n] for n in names], draws=draws, random_seed=8, mode=PLAIN)
    drawn = behaviour.draw_prior(evidence, prior, 40_000, np.random.default_rng(8))
    for name, one in zip(names, of_model, strict=True):
        for power in (1, 2):
            a, b = one**power, drawn[name] ** power
            error = np.sqrt(a.var(axis=0) / draws + b.var(axis=0) / 40_000) + 1e-9
            assert np.all(np.abs(a.mean(axis=0) - b.mean(axis=0)) < WITHIN * error), name


def test_goals_of_agents_are_drawn_given_their_actions() -> None:
    evidence = replace(seen(), agents=np.full(len(seen().agents), 400.0))
    given = parameters()
    given["action"] = 0.9 * given["action"] + 0.1 * np.array([1, 1, 1, 1.5, 1.5, 1, 1, 1]) / 3
    drawn = {name: np.repeat(values[None], 200, axis=0) for name, values in given.items()}
    held = behaviour.held(evidence, drawn, np.random.default_rng(10))
    np.testing.assert_allclose(held.sum(axis=-1), np.tile(evidence.n, (200, 1)))
    chance = given["proportion"][evidence.population] * np.prod(
        given["action"][None] ** evidence.reports[:, None], axis=-1
    )
    chance *= evidence.allowed
    expected = evidence.by_population(400 * chance / chance.sum(axis=1, keepdims=True))
    error = held.std(axis=0) / 200**0.5
    assert np.all(np.abs(held.mean(axis=0) - expected) < WITHIN * error)


def test_description_holds_the_numbers() -> None:
    found = behaviour.describe(seen(gold_chosen=True), ActionPriors())
    text = " ".join((found.words, *found.formulas, *found.priors))
    for part in (
        "Dirichlet(20 times the stated",
        "Dirichlet(1, ...) where nothing is stated",
        "rho ~ Beta(1, 4)",
        "chosen by their goal",
    ):
        assert part in text
    plain = behaviour.describe(seen(), ActionPriors(overdispersion=False))
    assert "rho" not in " ".join((plain.words, *plain.formulas, *plain.priors))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ActionPriors(strength=0.0), "above 0"),
        (lambda: ActionPriors(correlation=1.0), "between 0 and 1"),
        (lambda: ActionPriors(overdispersion=1), "true or false"),  # type: ignore[arg-type]
        (lambda: ActionPriors.of({"strenght": 3.0}), "did you mean 'strength'"),
        (lambda: ActionPriors.of({"shares": "flat"}), "no prior of shares called 'flat'"),
    ],
)
def test_priors_that_do_not_fit_are_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        make()
