"""Labels that may be wrong: against single-choice, scipy, sums over all goals, and closed forms."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytest
from scipy import integrate, optimize, special, stats

import bayes_misalign as bm
from bayes_misalign.errors import StudyError
from bayes_misalign.families.reports import latent
from bayes_misalign.inference.diagnose import Diagnosis
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.noisy_labels.model import MODEL as noisy_labels
from bayes_misalign.models.noisy_labels.priors import LabelPriors
from tests.likelihoods import likelihoods
from tests.noisy_studies import PLAIN, labelled, ones, study_of, symmetric
from tests.studies import AREA, COUNTS, POPULATIONS, SQUARES, WEIGHTS, conflict, counts, elicited
from tests.studies import study as plain_study

WITHIN = 4.5  # Monte Carlo errors
POOLINGS = ("hierarchical", "separate", "common")
RNG = np.random.default_rng(11)
# thirty agents of two populations, three raters, up to two labels of each
ASKED = RNG.integers(3, size=(30, 3, 1))
SAID = RNG.multinomial(ASKED[..., 0], np.full(3, 1 / 3))
COLUMNS: dict[str, Any] = {
    "population": RNG.integers(2, size=30),
    "gold": np.where(RNG.random(30) < 0.3, RNG.integers(2, size=30), -1),
}
RATES = np.array([[0.8, 0.15, 0.05], [0.2, 0.6, 0.2]])


def seen(**more: Any) -> DistinctLabels:
    columns = more.pop("columns", COLUMNS)
    return labelled(SAID, "ab", "abx", "pq", columns, **more)


def emission(*known: int) -> np.ndarray:
    made = np.full((3, 2, 3), np.nan)
    made[list(known)] = RATES
    return made


def validation(rater: int) -> np.ndarray:
    made = np.zeros((3, 2, 3))
    made[rater] = [[17, 2, 1], [4, 9, 0]]
    return made


CASES: dict[str, dict[str, Any]] = {
    "gold": {},
    "gold chosen": {"gold_chosen": True},
    "no gold": {"columns": {"population": COLUMNS["population"]}},
    "some rates known": {"emission": emission(1)},
    "all rates known": {"emission": emission(0, 1, 2)},
    "validation": {"validation": validation(2)},
    "validation beside known rates": {"emission": emission(0), "validation": validation(2)},
    "weights": {"columns": COLUMNS | {"weight": RNG.gamma(2, size=30)}},
}


def at_random_points(
    model: pm.Model, names: tuple[str, ...], points: int = 3
) -> list[dict[str, np.ndarray]]:
    """Return quantities and the log-likelihood at random points of the model's space."""
    values = {value.name: value for value in model.value_vars}
    wanted = [model[name] for name in names]
    outputs = [*model.replace_rvs_by_values(wanted), sum(likelihoods(model).values())]
    run = pytensor.function(list(values.values()), outputs, mode=PLAIN)
    start, rng, found = model.initial_point(), np.random.default_rng(5), []
    for _ in range(points):
        point = [rng.normal(scale=0.8, size=np.shape(start[name])) for name in values]
        found.append(dict(zip((*names, "log_likelihood"), run(*point), strict=True)))
    return found


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("case", CASES)
def test_the_models_likelihood_is_that_of_arrays(case: str, pooling: str) -> None:
    evidence, prior = seen(**CASES[case]), LabelPriors(pooling=pooling)  # type: ignore[arg-type]
    model = noisy_labels.build(evidence, prior)
    asked = ("proportion", "emission", *(["sampled_proportion"] * (evidence.tilt is not None)))
    for found in at_random_points(model, asked):
        drawn = {name: found[name][None] for name in asked}
        terms = noisy_labels.terms(evidence, drawn)
        joint = latent.log_joint(evidence, terms, latent.among_sampled(drawn))
        expected = latent.log_likelihood(evidence, joint)[0]
        unknown = ~evidence.is_known
        logs = np.log(found["emission"][unknown])
        expected += (evidence.validation[unknown] * logs).sum()
        assert found["log_likelihood"] == pytest.approx(expected, rel=1e-9)
        np.testing.assert_allclose(found["proportion"].sum(axis=-1), 1)
        np.testing.assert_allclose(found["emission"].sum(axis=-1), 1)
        np.testing.assert_allclose(found["emission"][~unknown], evidence.emission[~unknown])
        if pooling == "common" and unknown.sum() > 1:
            assert np.ptp(found["emission"][unknown], axis=0).max() == 0


def over_all_goals(
    said: list[list[tuple[int, int]]],
    population: list[int],
    gold: list[int],
    chosen: bool,
    shares: np.ndarray,
    rates: np.ndarray,
) -> float:
    """Return the log probability of labels (rater, label) as a sum over the goals of all agents."""
    every = []
    for goals in product(range(shares.shape[1]), repeat=len(said)):
        total = 0.0
        for labels, s, known, goal in zip(said, population, gold, goals, strict=True):
            if known not in (-1, goal):
                total = -np.inf
                break
            if not (chosen and known >= 0):
                total += stats.multinomial.logpmf(np.eye(shares.shape[1])[goal], 1, shares[s])
            for r, label in labels:
                total += stats.rv_discrete(values=(range(3), rates[r, goal])).logpmf(label)
        every.append(total)
    return float(special.logsumexp(every))


@pytest.mark.parametrize("chosen", [False, True])
def test_the_likelihood_is_the_sum_over_the_goals_of_all_agents(chosen: bool) -> None:
    said = [[(0, 0), (1, 1)], [(0, 0), (1, 1)], [(0, 1), (0, 1), (0, 2)], [(1, 2)], [(1, 0)]]
    population, gold = [0, 0, 1, 1, 1], [-1, -1, -1, 1, 0]
    reports = np.zeros((5, 2, 3), int)
    for i, labels in enumerate(said):
        for r, label in labels:
            reports[i, r, label] += 1
    columns = {"population": population, "gold": gold}
    evidence = labelled(reports, "ab", "abx", "pq", columns, gold_chosen=chosen)
    assert len(evidence.agents) == 4
    rng = np.random.default_rng(2)
    shares, rates = rng.dirichlet(np.ones(2), (3, 2)), rng.dirichlet(np.ones(3), (3, 2, 2))
    drawn = {"proportion": shares, "emission": rates}
    joint = latent.log_joint(evidence, noisy_labels.terms(evidence, drawn), shares)
    found = latent.log_likelihood(evidence, joint)
    for i in range(3):
        expected = over_all_goals(said, population, gold, chosen, shares[i], rates[i])
        assert found[i] == pytest.approx(expected, rel=1e-12)
    model = noisy_labels.build(evidence, LabelPriors())
    for point in at_random_points(model, ("proportion", "emission"), 2):
        args = (chosen, point["proportion"], point["emission"])
        expected = over_all_goals(said, population, gold, *args)
        assert point["log_likelihood"] == pytest.approx(expected, rel=1e-9)


def errorless(weighted: bool, sizes: list[int] | None, raters: int = 1) -> DistinctLabels:
    """Return the survey of `tests.studies` as labels of raters who make no error."""
    k, s = len(AREA.categories), len(POPULATIONS)
    rows = np.tile(np.eye(k, dtype=int), (s, raters))
    sums = [np.ravel(sums) for sums in ((COUNTS, WEIGHTS, SQUARES) if weighted else [COUNTS] * 3)]
    return DistinctLabels(
        categories=AREA.categories,
        populations=POPULATIONS,
        raters=tuple(f"r{r}" for r in range(raters)),
        labels=AREA.categories,
        emission=np.tile(np.eye(k), (raters, 1, 1)),
        reports=rows,
        population=np.repeat(np.arange(s), k),
        gold=np.full(s * k, -1),
        **dict(zip(("agents", "row_weight", "row_weight_sq"), sums, strict=True)),
        weighted=weighted,
        population_size=sizes,
    )


@pytest.mark.parametrize("prior", [None, {"concentration": 2.0}])
@pytest.mark.parametrize("raters", [1, 2])
@pytest.mark.parametrize(
    ("weighted", "sizes"),
    [(False, None), (True, None), (False, [2000, 3000, 1783]), (True, [2000, 3000, 4000])],
)
def test_labels_without_errors_are_answers(
    weighted: bool, sizes: list[int] | None, raters: int, prior: Any
) -> None:
    as_labels = bm.Study.of(
        AREA,
        errorless(weighted, sizes, raters),
        conflict(elicited()),
        prior=None if prior is None else {"shares": prior},
    )
    of_labels = bm.fit(as_labels, draws=500)
    of_answers = bm.fit(
        plain_study(elicited(), goals=counts(weighted, sizes), prior=prior, shares=None), draws=500
    )
    assert of_labels.diagnosis.method == "exact"
    np.testing.assert_array_equal(
        of_labels.study.goals.effective_counts, of_answers.study.goals.effective_counts
    )
    for group in ("posterior", "prior"):
        np.testing.assert_array_equal(of_labels.conflict(group), of_answers.conflict(group))
        for name in ("proportion", "misalignment"):
            one, other = (p.groups.values(group, name) for p in (of_labels, of_answers))
            # weighted agents are added up row by row: equal but for the last digit
            last = 1e-14 if weighted and sizes else 0
            np.testing.assert_allclose(one, other, rtol=last, err_msg=f"{name} of the {group}")
    assert of_labels.identification is not None
    assert of_labels.identification.basis == "known error rates"


def test_an_agent_without_a_goal_is_an_answer_too() -> None:
    area = bm.ProblemArea("vote", ["a", "b"], no_goal=["Unsure"])
    said = ["a"] * 30 + ["b"] * 12 + ["Unsure"] * 8
    exclusive = bm.MutuallyExclusive()
    labels = bm.NoisyLabels({"r": said}, raters=["r"], error_rate=0)
    one = bm.fit(area, labels, exclusive, draws=100)
    other = bm.fit(area, bm.SingleChoice({"g": said}, goal="g"), exclusive, draws=100)
    assert one.categories == ("a", "b", "no goal")
    np.testing.assert_array_equal(one.misalignment_draws(), other.misalignment_draws())


def test_exact_draws_need_errorless_agents_who_were_not_chosen() -> None:
    rng, prior = np.random.default_rng(1), LabelPriors()
    sure, said = np.eye(2)[None], ones([[0], [1], [1]], 2)
    known = {"gold": [-1, 1, -1]}
    assert noisy_labels.draw(labelled(said, emission=sure), prior, 3, rng)
    assert noisy_labels.draw(labelled(said, columns=known, emission=sure), prior, 3, rng)
    chosen = labelled(said, columns=known, emission=sure, gold_chosen=True)
    assert noisy_labels.draw(chosen, prior, 3, rng) is None
    assert (
        noisy_labels.draw(labelled(said, emission=symmetric(2, 0.01)[None]), prior, 3, rng) is None
    )
    assert noisy_labels.draw(labelled(said), prior, 3, rng) is None


def known_errors(share: float, error: float, agents: int) -> DistinctLabels:
    seen_as = share * (1 - error) + (1 - share) * error
    number = np.round([agents * seen_as, agents * (1 - seen_as)])
    return replace(
        labelled(ones([[0], [1]], 2), emission=symmetric(2, error)[None]),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


@pytest.mark.parametrize(
    ("share", "error"), [(0.9, 0.05), (0.7, 0.2), (0.55, 0.01), (0.99, 0.3), (0.5, 0.4)]
)
def test_the_likelihood_is_largest_at_the_corrected_misalignment(
    share: float, error: float
) -> None:
    evidence = known_errors(share, error, 1_000_000)
    seen_as = evidence.agents[0] / evidence.n[0]
    naive = 2 * seen_as * (1 - seen_as)
    corrected = (1 - (1 - 2 * naive) / (1 - 2 * error) ** 2) / 2

    def surprise(p: float) -> float:
        drawn = {"proportion": np.array([[[p, 1 - p]]]), "emission": evidence.emission[None]}
        joint = latent.log_joint(evidence, noisy_labels.terms(evidence, drawn), drawn["proportion"])
        return -float(latent.log_likelihood(evidence, joint)[0])

    options = {"xatol": 1e-9}
    best = optimize.minimize_scalar(surprise, bounds=(0.5, 1), method="bounded", options=options).x
    assert 2 * best * (1 - best) == pytest.approx(corrected, abs=2e-4)
    assert corrected == pytest.approx(2 * share * (1 - share), abs=1e-5)


@pytest.mark.slow
def test_a_million_agents_with_known_errors_have_the_corrected_misalignment() -> None:
    posterior = bm.fit(study_of(known_errors(0.9, 0.05, 1_000_000)), draws=1000)
    estimate = posterior.misalignment()["p"]
    assert posterior.diagnosis.state == "ok", posterior.diagnosis
    assert abs(estimate.mean - 0.18) < 3 * estimate.sd
    low, high = estimate.interval
    assert low < 0.18 < high
    # delta method: the sd of the observed share over 1 - 2 e, times the slope of 2 p (1 - p)
    expected = np.sqrt(0.86 * 0.14 / 1_000_000) / 0.9 * 1.6
    assert estimate.sd == pytest.approx(expected, rel=0.1)
    assert high - low < 5 * expected
    naive = posterior.naive()["labels at face value"]["p"]
    assert naive.mean == pytest.approx(0.2408, abs=1e-3)
    assert naive.interval[0] > 0.239
    assert posterior.identification is not None
    assert posterior.identification.basis == "known error rates"


def parameters() -> dict[str, np.ndarray]:
    rates = np.stack([RATES, [[0.5, 0.5, 0.0], [0.1, 0.8, 0.1]], [[1.0, 0, 0], [0, 0, 1]]])
    return {"proportion": np.array([[0.7, 0.3], [0.1, 0.9]]), "emission": rates}


def test_simulated_labels_follow_their_error_rates() -> None:
    design, given, rng = seen(), parameters(), np.random.default_rng(3)
    design = replace(design, agents=np.full(len(design.agents), 2000.0))
    made = noisy_labels.simulate(given, design, rng)
    np.testing.assert_array_equal(made.n, design.n)
    assert made.notes == ("simulated data",)
    for s in range(2):
        rows = made.population == s
        found = np.tensordot(made.agents[rows], made.by_rater[rows], axes=1)
        total = found.sum(axis=1, keepdims=True)
        expected = np.einsum("k,rkl->rl", given["proportion"][s], given["emission"])
        # two labels of one agent share its goal: at most twice the variance
        error = np.sqrt(2 * expected * (1 - expected) / total) + 1e-12
        assert np.all(np.abs(found / total - expected) < WITHIN * error)
    known = made.gold >= 0
    assert made.agents[known].sum() == design.agents[design.gold >= 0].sum()
    for k in range(2):
        of_goal = made.gold == k
        found = np.tensordot(made.agents[of_goal], made.by_rater[of_goal], axes=1)
        total = found.sum(axis=1, keepdims=True)
        rates = given["emission"][:, k]
        error = np.sqrt(rates * (1 - rates) / total) + 1e-12
        assert np.all(np.abs(found / total - rates) < WITHIN * error)


def test_simulated_labels_of_one_agent_share_its_goal() -> None:
    design = replace(labelled(np.ones((1, 3, 1), int) * [[[1, 0]]]), agents=np.array([50_000.0]))
    shares, rates = np.array([[0.6, 0.4]]), np.tile([[0.9, 0.1], [0.3, 0.7]], (3, 1, 1))
    given = {"proportion": shares, "emission": rates}
    made = noisy_labels.simulate(given, design, np.random.default_rng(4))
    for labels in product((0, 1), repeat=3):
        chance = sum(shares[0, k] * np.prod(rates[0, k, list(labels)]) for k in range(2))
        same = (made.by_rater.argmax(axis=-1) == labels).all(axis=1)
        error = np.sqrt(chance * (1 - chance) / 50_000)
        assert abs(made.agents[same].sum() / 50_000 - chance) < WITHIN * error


def test_agents_chosen_by_their_goal_keep_it() -> None:
    given = parameters()
    for chosen in (False, True):
        design = seen(gold_chosen=chosen)
        made = [noisy_labels.simulate(given, design, np.random.default_rng(i)) for i in range(5)]
        same = [np.array_equal(one.gold_counts, design.gold_counts) for one in made]
        assert all(same) is chosen
        assert all(one.gold_counts.sum() == design.gold_counts.sum() for one in made)


def test_validation_studies_are_repeated() -> None:
    design, given = seen(validation=1000 * validation(1)), parameters()
    made = noisy_labels.simulate(given, design, np.random.default_rng(5))
    np.testing.assert_array_equal(made.validation.sum(axis=-1), design.validation.sum(axis=-1))
    total = made.validation[1].sum(axis=-1, keepdims=True)
    rates = given["emission"][1]
    error = np.sqrt(rates * (1 - rates) / total) + 1e-12
    assert np.all(np.abs(made.validation[1] / total - rates) < WITHIN * error)


def test_another_size_keeps_how_agents_are_asked() -> None:
    design = seen(columns=COLUMNS | {"weight": np.ones(30)}, population_size=[90, 90])
    made = noisy_labels.sized(design, 40_000, np.random.default_rng(6))
    np.testing.assert_array_equal(made.n, [40_000, 40_000])
    np.testing.assert_array_equal(made.reports, design.reports)
    np.testing.assert_array_equal(made.row_weight, made.agents)
    assert made.population_size is None
    assert not made.weighted
    for s in range(2):
        rows = design.population == s
        part = design.agents[rows] / design.agents[rows].sum()
        error = np.sqrt(part * (1 - part) / 40_000)
        assert np.all(np.abs(made.agents[rows] / 40_000 - part) < WITHIN * error)


def mean_given_agreement(mean: np.ndarray, prior: LabelPriors, labels: int) -> np.ndarray:
    """Return the prior mean of hierarchical error rates, integrated over the agreement."""

    def part(z: float) -> float:
        a = prior.agreement * np.exp(prior.agreement_spread * z)
        return float(a / (a + 1) * stats.norm.pdf(z))

    weight = integrate.quad(part, -8, 8)[0]
    return weight * mean + (1 - weight) / labels


@pytest.mark.parametrize("pooling", POOLINGS)
def test_prior_draws_have_the_means_that_were_stated(pooling: str) -> None:
    accuracy, strength = {"a": 0.9, "b": 0.6}, {"a": 20.0, "b": 5.0}
    prior = LabelPriors(accuracy=accuracy, strength=strength, pooling=pooling)  # type: ignore[arg-type]
    evidence, draws = seen(emission=emission(1)), 40_000
    found = noisy_labels.draw_prior(evidence, prior, draws, np.random.default_rng(7))
    mean = np.array([[0.9, 0.05, 0.05], [0.2, 0.6, 0.2]])
    np.testing.assert_allclose(prior.alpha(evidence), mean * [[20], [5]])
    np.testing.assert_array_equal(found["emission"][:, 1], np.tile(RATES, (draws, 1, 1)))
    unknown = found["emission"][:, [0, 2]]
    expected = mean
    if pooling == "hierarchical":
        expected = mean_given_agreement(mean, prior, 3)
        middle = found["mean_emission"]
        assert np.all(np.abs(middle.mean(axis=0) - mean) < WITHIN * middle.std(axis=0) / draws**0.5)
        log = np.log(found["agreement"])
        assert abs(log.mean() - np.log(8)) < WITHIN / draws**0.5
        assert log.std() == pytest.approx(1, rel=0.02)
    else:
        concentration = np.array([20.0, 5.0])[:, None]
        variance = mean * (1 - mean) / (concentration + 1)
        np.testing.assert_allclose(unknown.var(axis=0), np.tile(variance, (2, 1, 1)), rtol=0.05)
    error = unknown.std(axis=0) / draws**0.5
    assert np.all(np.abs(unknown.mean(axis=0) - expected) < WITHIN * error)
    alike = np.corrcoef(unknown[:, 0, 0, 0], unknown[:, 1, 0, 0])[0, 1]
    if pooling == "common":
        np.testing.assert_array_equal(unknown[:, 0], unknown[:, 1])
    else:
        assert bool(alike > 0.1) is (pooling == "hierarchical")
    shares = found["proportion"]
    assert np.all(np.abs(shares.mean(axis=0) - 0.5) < WITHIN * shares.std(axis=0) / draws**0.5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_models_own_prior_is_the_one_that_is_drawn(pooling: str) -> None:
    prior = LabelPriors(pooling=pooling, accuracy={"a": 0.9, "b": 0.6})  # type: ignore[arg-type]
    evidence, draws = seen(emission=emission(1)), 1500
    model = noisy_labels.build(evidence, prior)
    names = ["emission", *(["mean_emission"] if pooling == "hierarchical" else [])]
    wanted = [model[name] for name in names]
    of_model = pm.draw(wanted, draws=draws, random_seed=8, mode=PLAIN)
    drawn = noisy_labels.draw_prior(evidence, prior, 40_000, np.random.default_rng(8))
    for name, one in zip(names, of_model, strict=True):
        other = drawn[name]
        for power in (1, 2):
            a, b = one**power, other**power
            error = np.sqrt(a.var(axis=0) / draws + b.var(axis=0) / 40_000) + 1e-9
            assert np.all(np.abs(a.mean(axis=0) - b.mean(axis=0)) < WITHIN * error), name


def test_the_compiled_model_may_take_other_evidence_of_its_shape() -> None:
    first = seen()
    other = noisy_labels.simulate(parameters(), first, np.random.default_rng(9))
    prior = LabelPriors()
    model = noisy_labels.build(first, prior)
    given = noisy_labels.data(other, prior)
    assert {v.name for v in model.data_vars} == set(given)
    for name, values in given.items():
        model[name].set_value(values.astype(model[name].dtype))
    for found in at_random_points(model, ("proportion", "emission"), 2):
        drawn = {name: found[name][None] for name in ("proportion", "emission")}
        joint = latent.log_joint(other, noisy_labels.terms(other, drawn), drawn["proportion"])
        assert found["log_likelihood"] == pytest.approx(
            latent.log_likelihood(other, joint)[0], rel=1e-9
        )


@pytest.mark.parametrize("agents", [1, 1_000_000])
def test_what_the_likelihood_works_on_does_not_grow_with_the_agents(agents: int) -> None:
    evidence = labelled(ones([[0, 1], [1, 1]], 2))
    many = replace(evidence, agents=agents * evidence.agents)
    for name, values in noisy_labels.data(many, LabelPriors()).items():
        assert values.shape == noisy_labels.data(evidence, LabelPriors())[name].shape
    drawn = {"proportion": np.full((1, 1, 2), 0.5), "emission": np.full((1, 2, 2, 2), 0.5)}
    terms = noisy_labels.terms(many, drawn)
    assert terms.shape == (1, 2, 2)
    found = latent.log_likelihood(many, latent.log_joint(many, terms, drawn["proportion"]))
    assert found[0] == pytest.approx(agents * 4 * np.log(0.5))


def test_goals_of_agents_are_drawn_given_their_labels() -> None:
    evidence = replace(seen(), agents=np.full(len(seen().agents), 500.0))
    drawn = {name: np.repeat(v[None], 200, axis=0) for name, v in parameters().items()}
    drawn["emission"] = drawn["emission"] * 0.98 + 0.02 / 3
    held = noisy_labels.held(evidence, drawn, np.random.default_rng(10))
    np.testing.assert_allclose(held.sum(axis=-1), np.tile(evidence.n, (200, 1)))
    weight = latent.mean_responsibilities(evidence, noisy_labels.terms, drawn)
    expected = evidence.by_population(evidence.agents[:, None] * weight)
    assert np.all(np.abs(held.mean(axis=0) - expected) < WITHIN * held.std(axis=0) / 200**0.5)
    # Bayes' rule, for one row
    d = 0
    bayes = drawn["proportion"][0, evidence.population[d]].copy()
    for r, label in zip(*np.nonzero(evidence.by_rater[d]), strict=True):
        bayes *= drawn["emission"][0, r, :, label] ** evidence.by_rater[d, r, label]
    bayes *= evidence.allowed[d]
    np.testing.assert_allclose(weight[d], bayes / bayes.sum())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"emission": emission(0)},
            ("error rates of one rater were", "the 2 raters of", "goals of"),
        ),
        ({"gold_chosen": True}, ("chosen by their goal", "common mean", "LogNormal")),
        ({"validation": validation(0)}, ("validation study of 33 labels", "Multinomial(E_rk)")),
        ({"population_size": [500, 600]}, ("agents who were not observed",)),
        ({"columns": COLUMNS | {"weight": np.full(30, 2.0)}}, ("with design weights",)),
    ],
)
def test_description_holds_what_was_done(more: dict[str, Any], said: tuple[str, ...]) -> None:
    found = noisy_labels.describe(seen(**more), LabelPriors())
    text = " ".join((found.words, *found.formulas, *found.priors))
    for part in said:
        assert part in text
    assert "expected 0.75, worth 8 labels" in text


@pytest.mark.parametrize(
    ("raters", "pooling", "said"),
    [
        (3, "hierarchical", "; the 3 raters of unknown accuracy vary around a common mean, and"),
        (3, "separate", "; the 3 raters of unknown accuracy each have error rates of their own"),
        (3, "common", "; the 3 raters of unknown accuracy share one set of error rates"),
        (1, "separate", "; the error rates of the only rater of unknown accuracy were estimated"),
    ],
)
def test_raters_are_described_by_their_pooling(raters: int, pooling: Any, said: str) -> None:
    evidence = labelled(ones(np.zeros((4, raters), int), 2))
    words = noisy_labels.describe(evidence, LabelPriors(pooling=pooling)).words
    assert said in words


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: LabelPriors(accuracy=1.0), "between 0 and 1"),
        (lambda: LabelPriors(strength=0.0), "above 0"),
        (lambda: LabelPriors(pooling="hierachical"), "did you mean 'hierarchical'"),  # type: ignore[arg-type]
        (lambda: LabelPriors.of({"acuracy": 0.8}), "did you mean 'accuracy'"),
        (lambda: LabelPriors(accuracy={"a": 0.8}).alpha(seen()), "says nothing of 'b'"),
        (lambda: LabelPriors(accuracy={"a": 0.8, "c": 0.8}).alpha(seen()), "names 'c'"),
    ],
)
def test_priors_that_do_not_fit_are_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        make()


def test_the_state_of_an_errorless_fit_is_ok() -> None:
    found = bm.fit(study_of(known_errors(0.9, 0.0, 1000)), draws=500).diagnosis
    assert found == Diagnosis("ok", "exact")
