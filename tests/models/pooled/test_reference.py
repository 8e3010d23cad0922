"""Partial pooling in PyMC, its shares integrated out or sampled, against the Stan program."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from pytensor import function
from scipy.special import gammaln
from scipy.stats import beta

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.inference.nuts import Frozen, usable_compile_cache
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.study.joint import build_alone, build_common
from bayes_misalign.study.options import Fitting
from tests.noisy_studies import PLAIN, acted, ones
from tests.noisy_studies import pooled as grouped
from tests.references import assert_meets, labelled

FOLDER = models_root() / "pooled"
FITTING = Fitting(draws=10_000, tune=1_000, chains=4, target_accept=0.95, seed=1)
OF_ALL = ("population_spread", "mean_unevenness", "mean_share")
OF_GROUPS = ("group_part", "group_mean_share")


def contents(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / name).read_text(encoding="utf-8")))


def given() -> ChoiceCounts:
    found = contents("data.json")["evidence"]
    return ChoiceCounts.from_counts(**found)


def assert_meets_stan(found: Mapping[str, np.ndarray], variant: str = "") -> None:
    """Compare draws (chain, draw, ...) of every quantity with those of Stan."""
    stated = contents(f"reference{variant}.json")["summary_statistics"]
    assert_meets(stated, {k: v for name, x in found.items() for k, v in labelled(name, x).items()})


def test_the_program_is_about_the_same_data() -> None:
    stan, evidence = contents("data.json")["stan"], given()
    assert all(contents("reference.json")["checks_made"].values())
    assert stan["answers"] == evidence.counts.tolist()
    assert PooledShares(stan["alike"], stan["even"]) == PooledShares()
    np.testing.assert_array_equal(exclusive_conflict(2, no_goal=True), stan["C"])


def test_the_program_of_groups_is_about_the_same_data() -> None:
    data, evidence = contents("data_groups.json"), given()
    stan, prior = data["stan"], in_groups()
    assert all(contents("reference_groups.json")["checks_made"].values())
    assert stan["answers"] == evidence.counts.tolist()
    assert tuple(data["groups"]) == prior.groups
    assert stan["group"] == (prior.group_of + 1).tolist()
    assert PooledShares(stan["alike"], stan["even"], within=data["within"]) == PooledShares(
        within=data["within"]
    )
    assert stan["alike_groups"] == prior.alike_groups


def in_groups() -> PooledShares:
    within = contents("data_groups.json")["within"]
    return PooledShares(within=within).with_populations(given().populations)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["", "_groups"])
@pytest.mark.parametrize("integrated", [True, False])
def test_pymc_meets_stan(integrated: bool, variant: str) -> None:
    usable_compile_cache()
    evidence, model = given(), goals_model("single-choice")
    prior = in_groups() if variant else PooledShares()
    names = OF_ALL + OF_GROUPS if variant else OF_ALL
    if integrated:
        built = build_common(evidence, prior, None, ())
    else:
        built = build_alone(model, evidence, prior)
    tree = Frozen(built).sample(FITTING)
    assert not tree["sample_stats"]["diverging"].any()
    found = {name: tree["posterior"][name].values for name in names}
    if integrated:
        common = {name: x.reshape(-1, *x.shape[2:]) for name, x in found.items()}
        rng = np.random.default_rng(2)
        shares = model.draw_given(evidence, prior, common, rng)["proportion"]
        found["proportion"] = shares.reshape(FITTING.chains, -1, *shares.shape[1:])
    else:
        found["proportion"] = tree["posterior"]["proportion"].values
    conflict = exclusive_conflict(2, no_goal=True)
    found["misalignment"] = np.asarray(misalignment(found["proportion"], conflict))
    assert_meets_stan(found, variant)


def labels_given(variant: str = "_labels") -> DistinctLabels:
    """Return the labels that the Stan program was given, an agent after another."""
    data = contents(f"data{variant}.json")
    stan, seen = data["stan"], data["evidence"]
    agents = np.array(stan["agents"])
    categories, populations = tuple(seen["categories"]), tuple(seen["populations"])
    label = np.repeat(np.array(stan["label"]) - 1, agents, axis=0)
    return DistinctLabels(
        categories=categories,
        populations=populations,
        raters=tuple(seen["raters"]),
        labels=categories,
        emission=np.array(stan["emission"]),
        **grouped(
            ones(label, stan["K"]),
            population=np.repeat(np.array(stan["population"]) - 1, agents),
        ),
    )


def test_the_program_of_labels_is_about_the_same_data() -> None:
    stan, evidence = contents("data_labels.json")["stan"], labels_given()
    # shares of a goal that hardly anybody holds have tails: 4 of 10,000 kept transitions diverged
    reference = contents("reference_labels.json")
    failed = [name for name, held in reference["checks_made"].items() if not held]
    assert failed == ["no_divergent_transitions"]
    assert sum(reference["diagnostics"]["divergent_transitions"]) < 10
    assert PooledShares(stan["alike"], stan["even"]) == PooledShares()
    assert sum(stan["agents"]) == evidence.agents.sum()
    assert len(stan["agents"]) == stan["D"] == len(evidence.agents)
    np.testing.assert_array_equal(exclusive_conflict(2, no_goal=True), stan["C"])


def shares_of(variant: str) -> PooledShares:
    """Return the prior of a program's populations, within groups where they are in any."""
    data = contents(f"data{variant}.json")
    prior = PooledShares(within=data.get("within"))
    return prior.with_populations(tuple(data["evidence"]["populations"]))


def assert_groups_are_those(variant: str) -> None:
    """Compare groups and prior of a program with those of its populations."""
    data, prior, usual = contents(f"data{variant}.json"), shares_of(variant), PooledShares()
    assert tuple(data["groups"]) == prior.groups
    assert data["stan"]["group"] == (prior.group_of + 1).tolist()
    for name in ("alike", "even", "alike_groups"):
        assert data["stan"][name] == getattr(usual, name)


def test_the_program_of_labels_within_groups_is_about_the_same_data() -> None:
    stan, evidence = contents("data_labels_groups.json")["stan"], labels_given("_labels_groups")
    assert_groups_are_those("_labels_groups")
    assert len(stan["agents"]) == stan["D"] == len(evidence.agents)
    assert sum(stan["agents"]) == evidence.agents.sum()
    np.testing.assert_array_equal(exclusive_conflict(2, no_goal=True), stan["C"])


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["_labels", "_labels_groups"])
def test_the_density_of_labels_is_that_of_the_program(variant: str) -> None:
    """Prior and likelihood at some points, written out, in the measure of log ratios."""
    model, prior = goals_model("noisy-labels"), shares_of(variant)
    built = build_alone(model, labels_given(variant), model.priors({"shares": prior}))
    density = built.compile_logp(jacobian=False, mode=PLAIN)
    named = ("mean_no_goal", *OF_ALL, *(OF_GROUPS if prior.groups else ()), "proportion")
    found = built.replace_rvs_by_values([built[name] for name in named])
    values = function(built.value_vars, found, mode=PLAIN)
    stan = contents(f"data{variant}.json")["stan"]
    label, population = np.array(stan["label"]) - 1, np.array(stan["population"]) - 1
    first, second = np.array(stan["emission"])
    likelihood = first[:, label[:, 0]].T * second[:, label[:, 1]].T
    rng = np.random.default_rng(1)
    for _ in range(4):
        point = {k: x + rng.normal(size=np.shape(x)) for k, x in built.initial_point().items()}
        drawn = dict(zip(named, values(*(point[x.name] for x in built.value_vars)), strict=True))
        log, p = log_prior(drawn, prior), drawn["proportion"]
        log += stan["agents"] @ np.log((p[population] * likelihood).sum(axis=1))
        np.testing.assert_allclose(density(point), log, rtol=1e-9)


def log_dirichlet(p: np.ndarray, a: np.ndarray) -> float:
    """Return the log density of shares, in log ratios: one power more of each than usual."""
    return float(gammaln(a.sum()) - gammaln(a).sum() + a @ np.log(p))


def log_prior(drawn: Mapping[str, np.ndarray], prior: PooledShares) -> float:
    """Return the log density of two goals' shares, and of what populations have in common."""
    spread, mean, p = (drawn[name] for name in ("population_spread", "mean_share", "proportion"))
    uneven = drawn["mean_unevenness"]
    log = -0.5 * np.log(drawn["mean_no_goal"]) - np.log(2)  # Beta(1/2, 1); others are uniform
    log += log_dirichlet(mean[:2] / mean[:2].sum(), np.full(2, (1 / uneven**2 - 1) / 2))
    about = np.broadcast_to((1 / spread**2 - 1) * mean, p.shape)
    if prior.groups:
        part, means = (drawn[name] for name in OF_GROUPS)
        between = part * spread**2
        within = (spread**2 - between) / (1 - between)
        log += sum(log_dirichlet(one, (1 / between - 1) * mean) for one in means)
        about = (1 / within - 1) * means[prior.group_of]
    return float(log + sum(log_dirichlet(one, a) for one, a in zip(p, about, strict=True)))


def assert_pymc_meets_stan(
    built: Any,
    variant: str,
    own: Mapping[str, Callable[[np.ndarray], np.ndarray]] | None = None,
    divergent: float = 0.0,
) -> None:
    """Sample a model at length; of variables of its `own` the program has what is made of them."""
    usable_compile_cache()
    tree = Frozen(built).sample(FITTING)
    assert tree["sample_stats"]["diverging"].values.mean() <= divergent
    named = (*OF_ALL, *(OF_GROUPS if shares_of(variant).groups else ()), "proportion")
    found = {name: tree["posterior"][name].values for name in named}
    found |= {name: made(tree["posterior"][name].values) for name, made in (own or {}).items()}
    conflict = exclusive_conflict(2, no_goal=True)
    found["misalignment"] = np.asarray(misalignment(found["proportion"], conflict))
    assert_meets_stan(found, variant)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["_labels", "_labels_groups"])
def test_pymc_of_labels_meets_stan(variant: str) -> None:
    model, shares = goals_model("noisy-labels"), shares_of(variant)
    built = build_alone(model, labels_given(variant), model.priors({"shares": shares}))
    assert_pymc_meets_stan(built, variant, divergent=1e-3)


def actions_given(variant: str = "_actions") -> DistinctActions:
    """Return the choices that the Stan program was given, an agent after another."""
    data = contents(f"data{variant}.json")
    stan, seen = data["stan"], data["evidence"]
    agents = np.array(stan["agents"])
    chosen = np.array(stan["chosen"])[np.array(stan["choices"]) - 1]
    columns = {name: np.repeat(np.array(stan[name]) - 1, agents) for name in ("population", "gold")}
    return acted(
        np.repeat(chosen, agents, axis=0),
        tuple(map(tuple, seen["actions"])),
        seen["categories"],
        seen["populations"],
        columns,
        expected=np.concatenate(np.moveaxis(stan["expected"], 1, 0), axis=-1),
    )


@pytest.mark.parametrize("variant", ["_actions", "_actions_groups"])
def test_the_program_of_actions_is_about_the_same_data(variant: str) -> None:
    stan, evidence = contents(f"data{variant}.json")["stan"], actions_given(variant)
    prior = goals_model("behaviour").priors({"shares": PooledShares(stan["alike"], stan["even"])})
    assert prior == goals_model("behaviour").priors({"shares": PooledShares()})
    assert stan["strength"] == prior.strength
    assert (stan["rho_a"], stan["rho_b"]) == pytest.approx(prior.correlation_beta)
    assert len(stan["agents"]) == stan["D"] == len(evidence.agents)
    assert sum(stan["agents"]) == evidence.agents.sum()
    np.testing.assert_array_equal(exclusive_conflict(2, no_goal=True), stan["C"])


def test_kept_draws_of_actions_are_a_little_alike() -> None:
    # a part of all draws is kept, and yet each is a little like the one before
    reference = contents("reference_actions.json")
    failed = [name for name, held in reference["checks_made"].items() if not held]
    assert failed == ["ess_within_bounds"]
    found = reference["diagnostics"]
    both = (*found["effective_sample_size_bulk"], *found["effective_sample_size_tail"])
    assert min(both) > 7000


@pytest.mark.parametrize("variant", ["_actions_groups", "_published_groups"])
def test_programs_of_groups_kept_every_check(variant: str) -> None:
    assert all(contents(f"reference{variant}.json")["checks_made"].values())
    assert_groups_are_those(variant)


def actions_by_situation(action: np.ndarray) -> np.ndarray:
    """Return chances of actions (..., goal, choice) as (..., goal, situation, action)."""
    shape = np.shape(contents("data_actions.json")["stan"]["expected"])
    return action.reshape(*action.shape[:-2], *shape)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["_actions", "_actions_groups"])
def test_the_density_of_actions_is_prior_times_likelihood(variant: str) -> None:
    """Prior and likelihood at some points, written out, in the measure of log ratios."""
    model, prior = goals_model("behaviour"), shares_of(variant)
    built = build_alone(model, actions_given(variant), model.priors({"shares": prior}))
    density = built.compile_logp(jacobian=False, mode=PLAIN)
    of_all = (*OF_ALL, *OF_GROUPS) if prior.groups else OF_ALL
    named = (*of_all, "mean_no_goal", "proportion", "correlation", "action")
    found = built.replace_rvs_by_values([built[name] for name in named])
    values = function(built.value_vars, found, mode=PLAIN)
    stan = contents(f"data{variant}.json")["stan"]
    chosen, choices = np.array(stan["chosen"]), np.array(stan["choices"]) - 1
    population, gold = np.array(stan["population"]) - 1, np.array(stan["gold"])
    stated = stan["strength"] * np.array(stan["expected"])
    may_hold = (gold[:, None] == 0) | (gold[:, None] == np.arange(stan["K"]) + 1)
    rng = np.random.default_rng(1)
    for _ in range(4):
        point = {k: x + rng.normal(size=np.shape(x)) for k, x in built.initial_point().items()}
        drawn = dict(zip(named, values(*(point[x.name] for x in built.value_vars)), strict=True))
        action, rho = actions_by_situation(drawn["action"]), drawn["correlation"]
        log = log_prior(drawn, prior) + beta.logpdf(rho, stan["rho_a"], stan["rho_b"])
        log += sum(log_dirichlet(action[i], stated[i]) for i in np.ndindex(stated.shape[:2]))
        own = (1 - rho) / rho * action
        each = (gammaln(own[:, :, None] + chosen) - gammaln(own[:, :, None])).sum(axis=-1)
        each -= gammaln((1 - rho) / rho + chosen.sum(axis=1)) - gammaln((1 - rho) / rho)
        likelihood = np.exp(sum(each[:, q, choices[:, q]] for q in range(stan["Q"]))).T
        p = drawn["proportion"][population]
        log += stan["agents"] @ np.log((may_hold * p * likelihood).sum(axis=1))
        np.testing.assert_allclose(density(point), log, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["_actions", "_actions_groups"])
def test_pymc_of_actions_meets_stan(variant: str) -> None:
    model, shares = goals_model("behaviour"), shares_of(variant)
    built = build_alone(model, actions_given(variant), model.priors({"shares": shares}))
    own = {"correlation": np.asarray, "action": actions_by_situation}
    assert_pymc_meets_stan(built, variant, own)


def published_given() -> PublishedShares:
    """Return the percentages whose possible counts the Stan program was given."""
    seen = contents("data_published_groups.json")["evidence"]
    return PublishedShares.of(**seen)


def test_the_program_of_percentages_within_groups_is_about_the_same_data() -> None:
    stan, evidence = contents("data_published_groups.json")["stan"], published_given()
    assert_groups_are_those("_published_groups")
    for ranges, first, last in zip(evidence.ranges, stan["first"], stan["last"], strict=True):
        listed = stan["answers"][first - 1 : last]
        counts = ranges.scale * ranges.vectors()[:, :-1]
        assert sorted(map(tuple, listed)) == sorted(map(tuple, counts.tolist()))
    np.testing.assert_array_equal(exclusive_conflict(2, no_goal=True), stan["C"])


@pytest.mark.slow
def test_pymc_of_percentages_meets_stan() -> None:
    built = build_alone(goals_model("published"), published_given(), shares_of("_published_groups"))
    assert_pymc_meets_stan(built, "_published_groups")
