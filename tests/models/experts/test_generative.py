"""Several experts, against dense normal algebra and against the moments of mixtures."""

from itertools import permutations
from typing import Any

import numpy as np
import pytensor
import pytest
from scipy import integrate, stats
from scipy.special import betaln, log_expit, logit

from bayes_misalign.errors import StudyError
from bayes_misalign.models.elicited import generative as elicited
from bayes_misalign.models.elicited.declaration import Elicited
from bayes_misalign.models.experts import generative as experts
from bayes_misalign.models.experts.declaration import ExpertConflict, Experts
from bayes_misalign.models.experts.generative_levels import ROUNDING, common_variance, own_variance
from bayes_misalign.models.experts.stated_logits import (
    beta_of_logit,
    inverse_trigamma,
    logit_moments,
)
from bayes_misalign.reading.problem_area import ProblemArea
from tests.likelihoods import likelihoods
from tests.noisy_studies import PLAIN
from tests.readers import read

AREA = ProblemArea("area", ["a", "b", "c"])
STATED: dict[str, Any] = {
    "Ann": {("a", "b"): (0.7, 1.0), ("a", "c"): (0.2, 0.5)},
    "Bob": {("a", "b"): (0.5, 0.9), ("a", "c"): (0.1, 0.3), ("b", "c"): (0.3, 0.6)},
    "Cid": {("b", "c"): {"mean": 0.6, "strength": 10}},
}
WEIGHTS = {"Ann": 1.0, "Bob": 2.0, "Cid": 5.0}
ONE_PAIR = {name: {("a", "b"): (0.7, 1.0)} for name in ("Ann", "Bob")}
PANELS = {
    "three": STATED,
    "alone": {"Ann": {("a", "b"): (0.7, 1.0)}},
    "alone, two pairs": {"Ann": {("a", "b"): (0.7, 1.0), ("b", "c"): (0.2, 0.3)}},
    "the same": ONE_PAIR,
    "sharp": {
        "Ann": {("a", "b"): {"mean": 0.5, "strength": 1e5}},
        "Bob": {("a", "b"): {"mean": 0.9, "strength": 0.5}},
    },
}
SCALES = ("pair_sd", "leaning_sd", "disagreement", "shared")


def panel(stated: Any = None, **more: Any) -> ExpertConflict:
    found = read(Experts(STATED if stated is None else stated, **more), AREA)
    assert isinstance(found, ExpertConflict)
    return found


class Evaluated:
    """The hierarchical model of a panel as a function of what the sampler moves."""

    def __init__(self, evidence: ExpertConflict) -> None:
        built = experts.build(evidence, experts.priors())
        names = ["leaning", "typical_level", "conflict", *SCALES]
        outputs = built.replace_rvs_by_values([built[f"{name}_experts"] for name in names])
        outputs = [likelihoods(built)["statements_experts"], *outputs]
        inputs = {value.name: value for value in built.value_vars}
        self.start = {name: np.asarray(x) for name, x in built.initial_point().items()}
        self._run = pytensor.function([inputs[name] for name in self.start], outputs, mode=PLAIN)
        self._names = ["likelihood", *names]

    def __call__(self, point: dict[str, Any]) -> dict[str, Any]:
        values = self._run(*(point[name] for name in self.start))
        return dict(zip(self._names, values, strict=True))

    def normal(self, point: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
        """Return mean and covariance of (theta, b, logit c), exactly: they are linear in the z."""
        still = {k: 0 * x if k.startswith("z_") else x for k, x in point.items()}
        at = self(still)
        mean, columns = self._linear(at), []
        for name in (k for k in still if k.startswith("z_")):
            for place in np.ndindex(np.shape(still[name])):
                moved = np.zeros(np.shape(still[name]))
                moved[place] = 1.0
                columns.append(self._linear(self({**still, name: moved})) - mean)
        return mean, np.array(columns).T @ np.array(columns), at

    @staticmethod
    def _linear(at: dict[str, Any]) -> np.ndarray:
        return np.r_[logit(at["typical_level"]), at["leaning"], logit(at["conflict"])]


def dense(evidence: ExpertConflict, at: dict[str, Any]) -> tuple[float, np.ndarray, np.ndarray]:
    """Return log density, mean and covariance by one big normal distribution, given the scales."""
    prior = experts.priors()
    y, s = logit_moments(*experts.beta_parameters(evidence))
    n, p, e = len(y), len(evidence.pairs), len(evidence.experts)
    of_pair = (evidence.pair[:, None] == np.arange(p)).astype(float)
    of_expert = (evidence.expert[:, None] == np.arange(e)).astype(float)
    theta = at["pair_sd"] ** 2 * np.eye(p) + prior.centre_sd**2
    common = [stats.gmean(s[evidence.pair == i]) ** 2 for i in range(p)]
    own = (1 - at["shared"] + ROUNDING**2) * s**2 + at["disagreement"] ** 2
    noise = np.diag(own) + at["shared"] * (of_pair * common) @ of_pair.T
    leaning, other = at["leaning_sd"] ** 2 * np.eye(e), at["leaning_sd"] ** 2
    before = np.zeros((p + e + p,) * 2)
    before[:p, :p] = before[:p, p + e :] = before[p + e :, :p] = before[p + e :, p + e :] = theta
    before[p : p + e, p : p + e] = leaning
    before[p + e :, p + e :] += other + at["disagreement"] ** 2 * np.eye(p)
    design = np.c_[of_pair, of_expert, np.zeros((n, p))]
    every = design @ before @ design.T + noise
    gain = before @ design.T @ np.linalg.inv(every)
    density = stats.multivariate_normal.logpdf(y, np.zeros(n), every) + n / 2 * np.log(2 * np.pi)
    return float(density), gain @ y, before - gain @ design @ before


@pytest.mark.parametrize("name", PANELS)
def test_what_is_integrated_out_is_as_in_dense_algebra(name: str) -> None:
    evidence = panel(PANELS[name])
    model, rng = Evaluated(evidence), np.random.default_rng(1)
    for _ in range(3):
        point = {k: rng.normal(scale=0.7, size=np.shape(x)) for k, x in model.start.items()}
        mean, covariance, at = model.normal(point)
        density, expected_mean, expected = dense(evidence, at)
        assert at["likelihood"] == pytest.approx(density, rel=1e-7, abs=1e-7)
        np.testing.assert_allclose(mean, expected_mean, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(covariance, expected, rtol=1e-5, atol=1e-5)


def test_disagreement_stays_however_many_experts_there_are() -> None:
    found = []
    for number in (2, 20, 200):
        model = Evaluated(panel({f"e{i}": {("a", "b"): (0.4, 0.6)} for i in range(number)}))
        point = {**model.start, "shared_experts_logodds__": np.array(-20.0)}
        _, covariance, at = model.normal(point)
        found.append(covariance[-1, -1] - at["leaning_sd"] ** 2 - at["disagreement"] ** 2)
    assert found[0] > found[1] > found[2] > 0
    assert found[2] < found[1] / 5, "what the experts agree on becomes known, if errors are apart"
    _, covariance, at = model.normal({**point, "shared_experts_logodds__": np.array(20.0)})
    _, sd = logit_moments(*elicited.beta_of_range(0.4, 0.6, 0.9))
    prior = experts.priors().centre_sd ** 2 + at["pair_sd"] ** 2
    assert covariance[0, 0] > 1 / (1 / sd**2 + 1 / prior), "and does not, if they are the same"


def test_experts_who_agree_to_the_last_digit_have_a_bounded_likelihood() -> None:
    evidence = panel({f"e{i}": dict.fromkeys(STATED["Bob"], (0.4, 0.6)) for i in range(20)})
    model = Evaluated(evidence)
    point = model.start
    found = []
    for depth in (10.0, 20.0, 30.0):
        deep = {f"{k}_experts_log__": np.array(-depth) for k in ("disagreement", "leaning_sd")}
        at = model({**point, **deep, "shared_experts_logodds__": np.array(depth)})
        found.append(float(at["likelihood"]))
    assert np.isfinite(found).all()
    assert found[1] == pytest.approx(found[2], abs=1e-3)


def test_the_prior_of_a_level_is_flat() -> None:
    drawn = experts.draw_prior(panel(), experts.priors(), 200_000, np.random.default_rng(1))
    assert set(drawn) == {"conflict_level", "typical_level", "leaning", *SCALES}
    assert stats.kstest(drawn["conflict_level"][:, 0], "uniform").statistic < 0.012


def test_a_range_of_80_percent_is_taken_for_one_of_about_60() -> None:
    """Experts' 80 % ranges held 49 to 65 % (McBride et al.), and 68 % (Speirs-Bridge et al.)."""
    prior, rng, held = experts.priors(), np.random.default_rng(1), []
    for sd in (0.5, 0.7, 1.0):
        squares = rng.chisquare(1, size=(2, 100_000))
        apart = 2 * (prior.leaning_sd**2 * squares[0] + prior.disagreement**2 * squares[1])
        held.append(np.mean(2 * stats.norm.cdf(1.2816 * sd / np.sqrt(sd**2 + apart)) - 1))
    assert held == pytest.approx([0.50, 0.58, 0.66], abs=0.01)


def first_to_speak(order: tuple[int, ...], spoke: np.ndarray) -> list[int]:
    return [next(e for e in order if spoke[e, p]) for p in range(spoke.shape[1])]


def chance(order: tuple[int, ...], weights: np.ndarray) -> float:
    """Return the probability of an order of experts, each drawn by weight from those left."""
    left, found = float(weights.sum()), 1.0
    for e in order:
        found *= weights[e] / left
        left -= weights[e]
    return found


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_a_linear_pool_has_the_moments_of_its_mixture(weights: Any) -> None:
    evidence = panel(pooling="linear", weights=weights)
    alpha, beta = experts.beta_parameters(evidence)
    mean, square = alpha / (alpha + beta), alpha * (alpha + 1) / (alpha + beta) / (alpha + beta + 1)
    place = {(e, p): i for i, (e, p) in enumerate(zip(evidence.expert, evidence.pair, strict=True))}
    expected, second = np.zeros(3), np.zeros((3, 3))
    for order in permutations(range(3)):
        chosen = [place[e, p] for p, e in enumerate(first_to_speak(order, evidence.spoke))]
        q = chance(order, evidence.weights)
        expected += q * mean[chosen]
        both = np.outer(mean[chosen], mean[chosen])
        np.fill_diagonal(both, square[chosen])
        second += q * both
    # each pair on its own is the mixture of those who spoke about it
    for p in range(3):
        own = [i for i in range(len(mean)) if evidence.pair[i] == p]
        w = evidence.weights[evidence.expert[own]]
        assert expected[p] == pytest.approx(w @ mean[own] / w.sum())
        assert second[p, p] == pytest.approx(w @ square[own] / w.sum())
    draws = 200_000
    found = experts.draw(evidence, experts.priors(), draws, np.random.default_rng(1))
    assert found is not None
    level = found["conflict_level"]
    error = level.std(axis=0) / np.sqrt(draws)
    assert np.all(np.abs(level.mean(axis=0) - expected) < 4 * error)
    products = level[:, :, None] * level[:, None, :]
    assert np.all(
        np.abs(products.mean(axis=0) - second) < 4 * products.std(axis=0) / np.sqrt(draws)
    )
    prior = experts.draw_prior(evidence, experts.priors(), draws, np.random.default_rng(1))
    np.testing.assert_array_equal(prior["conflict_level"], level)


def test_a_pool_of_one_is_what_that_expert_states() -> None:
    for name in ("Ann", "Bob"):
        alone = panel({name: STATED[name]}, pooling="linear")
        own = read(Elicited(STATED[name]), AREA)
        pooled, drawn = (
            model.draw(evidence, model.priors(), 100, np.random.default_rng(1))
            for model, evidence in ((experts, alone), (elicited, own))
        )
        np.testing.assert_array_equal(pooled["conflict_level"], drawn["conflict_level"])


def test_an_expert_of_weight_zero_is_not_believed() -> None:
    stated = {"Ann": {("a", "b"): (0.1, 0.2)}, "Bob": {("a", "b"): {"mean": 0.9, "strength": 500}}}
    evidence = panel(stated, pooling="linear", weights={"Ann": 0, "Bob": 3})
    drawn = experts.draw(evidence, experts.priors(), 1_000, np.random.default_rng(1))
    assert drawn is not None
    assert drawn["conflict_level"].min() > 0.8


def test_the_pymc_model_of_a_pool_takes_the_same_experts() -> None:
    evidence = panel(pooling="linear", weights=WEIGHTS)
    built = experts.build(evidence, experts.priors())
    assert experts.data(evidence, experts.priors()) == {}
    believed, race = (built[f"{name}_experts"] for name in ("believed", "race"))
    run = pytensor.function([believed, race], built["conflict_experts"], mode=PLAIN)
    rng = np.random.default_rng(1)
    for _ in range(20):
        x, times = rng.uniform(size=len(evidence.pair)), rng.exponential(size=3)
        order = tuple(np.argsort(times / evidence.weights))
        speakers = first_to_speak(order, evidence.spoke)
        expected = [
            x[(evidence.expert == e) & (evidence.pair == p)][0] for p, e in enumerate(speakers)
        ]
        np.testing.assert_allclose(run(x, times), expected)


def test_simulated_statements_have_the_moments_of_the_model() -> None:
    evidence, rng = panel(), np.random.default_rng(1)
    parameters = {
        "typical_level": np.array([0.8, 0.3, 0.5]),
        "leaning": np.array([0.5, -0.3, 0.0]),
        "disagreement": np.array(0.6),
        "shared": np.array(0.7),
    }
    _, s = logit_moments(*experts.beta_parameters(evidence))
    found = []
    for _ in range(4_000):
        simulated = experts.simulate(parameters, evidence, rng)
        y, kept = logit_moments(*experts.beta_parameters(simulated))
        np.testing.assert_allclose(kept, s, rtol=1e-9)
        found.append(y)
    assert (simulated.pairs, simulated.experts) == (evidence.pairs, evidence.experts)
    assert np.isnan(simulated.low).all()
    pair = evidence.pair
    mean = logit(parameters["typical_level"])[pair] + parameters["leaning"][evidence.expert]
    common = np.array([stats.gmean(s[pair == p]) ** 2 for p in range(3)])[pair]
    covariance = 0.7 * common * (pair[:, None] == pair)
    covariance += np.diag((0.3 + ROUNDING**2) * s**2 + 0.36)
    sd = np.sqrt(np.diag(covariance))
    assert np.all(np.abs(np.mean(found, axis=0) - mean) < 4 * sd / np.sqrt(len(found)))
    np.testing.assert_allclose(
        np.cov(np.transpose(found)) / np.outer(sd, sd), covariance / np.outer(sd, sd), atol=0.08
    )


def test_a_pool_gives_rise_to_no_data() -> None:
    evidence = panel(pooling="linear")
    assert experts.simulate({}, evidence, np.random.default_rng(1)) is evidence


def test_moments_of_a_logit_are_those_of_an_integral() -> None:
    for a, b in ((8.5, 1.5), (0.5, 0.7), (30.0, 2.0)):

        def weighed(x: float, power: int, a: float = a, b: float = b) -> float:
            return float(x**power * np.exp(a * log_expit(x) + b * log_expit(-x) - betaln(a, b)))

        mean, square = (integrate.quad(weighed, -90, 90, args=(k,), limit=400)[0] for k in (1, 2))
        found, sd = logit_moments(a, b)
        assert found == pytest.approx(mean, abs=1e-7)
        assert sd**2 == pytest.approx(square - mean**2, rel=1e-6)


def test_statements_come_back_from_their_logits() -> None:
    mean, sd = np.meshgrid(np.linspace(-12, 12, 13), [0.002, 0.1, 0.5, 1.0, 3.0, 30.0])
    found, kept = logit_moments(*beta_of_logit(mean, sd))
    np.testing.assert_allclose(found, mean, atol=1e-9)
    np.testing.assert_allclose(kept, sd, rtol=1e-6)
    from scipy.special import polygamma

    values = np.geomspace(1e-9, 1e9, 37)
    np.testing.assert_allclose(polygamma(1, inverse_trigamma(values)), values, rtol=1e-6)


@pytest.mark.parametrize(
    ("prior", "says"),
    [
        ({"pair_sd": 0}, "the prior 'pair_sd' of 'experts' is a positive number, not 0"),
        ({"disagreement": -1}, "'disagreement' of 'experts' is a positive number"),
        ({"shared_strength": float("inf")}, "'shared_strength' of 'experts' is a positive number"),
        ({"shared": 1}, "the prior 'shared' of 'experts' lies between 0 and 1, not 1"),
        ({"sharing": 1}, "the priors of 'experts' have no key 'sharing'"),
    ],
)
def test_priors_that_cannot_be(prior: Any, says: str) -> None:
    with pytest.raises(StudyError, match=says.replace("(", r"\(")):
        experts.priors(prior)


def test_description_holds_the_statements_and_the_priors() -> None:
    said = experts.describe(panel(), experts.priors({"shared": 0.25, "shared_strength": 8}))
    assert "6 statements of 3 experts" in said.words
    assert "shared ~ Beta(2, 6)" in said.priors[1]
    assert said.priors[2] == "Ann on a and b: 0.7 to 1 with probability 0.9, Beta(8.54, 1.5)."
    assert said.priors[-1].startswith("Cid on b and c: mean 0.6 with the strength of 10 judgements")
    pool = experts.describe(panel(pooling="linear", weights=WEIGHTS), experts.priors())
    assert "weights Ann 0.12, Bob 0.25, Cid 0.62" in pool.words
    assert len(pool.priors) == 6
    equal = experts.describe(panel(PANELS["alone"], pooling="linear"), experts.priors())
    assert "1 statements" not in equal.words
    assert "a mixture with equal weights" in equal.words


def test_many_statements_are_counted_in_the_description() -> None:
    many = panel({f"e{i}": STATED["Bob"] for i in range(20)})
    said = experts.describe(many, experts.priors())
    assert said.priors[-1] == "20 more statements."


EXTREME: dict[str, tuple[Any, Any]] = {
    "the same": ((0.7, 1.0), (0.7, 1.0)),
    "far apart": ((0.7, 0.9), (0.1, 0.3)),
    "far apart and sure": ((0.98, 0.99), (0.01, 0.02)),
    "sure and vague": ({"mean": 0.5, "strength": 1e5}, {"mean": 0.9, "strength": 0.5}),
}


@pytest.mark.slow
def test_two_experts_are_sampled_without_trouble_whatever_they_state() -> None:
    from arviz_stats.base import array_stats

    from bayes_misalign.inference.nuts import Compiled
    from bayes_misalign.study.options import Fitting

    prior, compiled, found = experts.priors(), None, {}
    for name, (one, other) in EXTREME.items():
        evidence = panel({"Ann": {("a", "b"): one}, "Bob": {("a", "b"): other}})
        compiled = compiled or Compiled(experts.build(evidence, prior))
        tree = compiled.sample(experts.data(evidence, prior), Fitting())
        assert int(tree["sample_stats"]["diverging"].sum()) == 0
        level = tree["posterior"]["conflict_experts"].values[..., 0]
        assert array_stats.rhat(level) < 1.01
        assert tree["posterior"]["disagreement_experts"].values.min() > 0
        found[name] = np.quantile(level, [0.025, 0.5, 0.975])
    # what one of them says is as believable as what the other says, and so is what lies between
    assert found["far apart"][0] < 0.1
    assert found["far apart"][2] > 0.9
    assert found["far apart"][1] == pytest.approx(0.5, abs=0.04)
    assert found["far apart and sure"][2] - found["far apart and sure"][0] > 0.9
    assert 0.7 < found["the same"][1] < 0.9


def test_variances_of_what_experts_share_and_of_their_own() -> None:
    spoke, sd = np.array([[1.0], [1.0], [0.0]]), np.array([[1.0], [3.0], [9.0]])
    np.testing.assert_allclose(common_variance(spoke, sd), [3.0])
    np.testing.assert_allclose(own_variance(np.array([1.0]), 1.0, 0.5), [0.26])
