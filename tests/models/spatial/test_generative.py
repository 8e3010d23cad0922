"""The model of positions against closed forms, other formulas, and NUTS."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytensor
import pytest
from pytensor.compile.mode import Mode
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq

from bayes_misalign.errors import StudyError
from bayes_misalign.models.spatial import calibration as designs
from bayes_misalign.models.spatial import generative as spatial
from bayes_misalign.models.spatial.evidence import FORMS, SpatialConflict
from bayes_misalign.models.spatial.generative_levels import (
    rating_log_likelihood,
    rating_tallies,
)
from bayes_misalign.models.spatial.generative_positions import draw_noise
from bayes_misalign.models.spatial.words import implied_levels
from tests.calls import with_data

PLAIN = Mode(linker="py", optimizer="fast_compile")  # nothing to compile for a few evaluations
DRAWS = 200_000
PLACEMENTS = [[0.2, 0.3, 0.25], [0.6, 0.5], [0.95]]  # of three goals, by several people
RATED = {"rated": [[0, 1], [0, 2]], "counts": [[3, 2, 1, 0], [0, 1, 1, 4]]}


def of_placements(placements: list[list[float]], **more: Any) -> SpatialConflict:
    mean = np.array([[np.mean(one)] for one in placements])
    square = np.array([[np.var(one) * len(one)] for one in placements])
    number = np.array([[float(len(one))] for one in placements])
    return SpatialConflict.from_means("abc", mean, number=number, square=square, **more)


CASES = {
    "known error": SpatialConflict.from_means("abc", [[0.1], [0.5], [0.8]], error=0.1),
    "known error, rated": SpatialConflict.from_means(
        "abc", [[0.1], [0.5], [0.8]], error=0.1, form="exponential", **RATED
    ),
    "learnt error": of_placements(PLACEMENTS),
    "learnt error, rated": of_placements(PLACEMENTS, form="linear", **RATED),
    "exact, rated": SpatialConflict.from_means("abc", [[0.1], [0.1], [1.2]], error=0, **RATED),
    "two dimensions": designs.placements(),
    "length is known": SpatialConflict.from_means(
        "abc", np.eye(3), error=0.2, length=0.4, weights=[1, 2, 3], **RATED
    ),
    "all is known": SpatialConflict.from_means("abc", [[0.1], [0.5], [0.8]], error=0, length=0.5),
}


def one_draw(evidence: SpatialConflict, seed: int = 1) -> dict[str, np.ndarray]:
    drawn = spatial.draw_prior(evidence, spatial.priors(), 1, np.random.default_rng(seed))
    return {key: values[0] for key, values in drawn.items()}


def test_expected_level_of_two_uncertain_positions_is_the_closed_form() -> None:
    # d ~ Normal(m, v): E[exp(-d^2/l^2)] = (1 + 2v/l^2)^(-1/2) exp(-m^2/(l^2 + 2v))
    s, error, length = 0.5, np.array([0.1, 0.3]), 0.4
    placed = SpatialConflict.from_means("ab", [[0.2], [0.9]], error=error[:, None], length=length)
    drawn = spatial.draw(placed, spatial.priors(), DRAWS, np.random.default_rng(1))
    assert drawn is not None
    weight = s**2 / (s**2 + error**2)
    m = np.diff(0.5 + weight * (np.array([0.2, 0.9]) - 0.5))[0]
    v = (weight * error**2).sum()
    expected = 1 - np.exp(-(m**2) / (length**2 + 2 * v)) / np.sqrt(1 + 2 * v / length**2)
    level = drawn["conflict_level"][:, 0]
    assert level.mean() == pytest.approx(expected, abs=4 * level.std() / np.sqrt(DRAWS))


def test_a_wide_prior_leaves_a_position_where_it_was_placed() -> None:
    placed = SpatialConflict.from_means("ab", [[0.2], [0.9]], error=0.1)
    drawn = spatial.draw(placed, spatial.priors({"position": 50}), DRAWS, np.random.default_rng(1))
    assert drawn is not None
    x = drawn["position"][:, :, 0]
    np.testing.assert_allclose(x.mean(axis=0), [0.2, 0.9], atol=4 * 0.1 / np.sqrt(DRAWS))
    np.testing.assert_allclose(x.std(axis=0), 0.1, rtol=0.01)


def noise_density(noise: float) -> float:
    """Return the unnormalised posterior density of the noise, from the placements themselves."""
    total = stats.halfnorm.logpdf(noise, scale=0.2)
    for one in PLACEMENTS:
        n = len(one)
        cov = 0.25 * np.ones((n, n)) + noise**2 * np.eye(n)
        total += stats.multivariate_normal.logpdf(one, np.full(n, 0.5), cov)
    return float(np.exp(total))


def test_learnt_noise_has_the_posterior_that_its_placements_give_it() -> None:
    evidence, prior = of_placements(PLACEMENTS), spatial.priors()
    noise = draw_noise(evidence, prior, DRAWS, np.random.default_rng(1))[:, 0]
    at = {"epsabs": 0, "epsrel": 1e-8, "limit": 200, "points": [0.05, 0.1, 0.2]}
    mass = quad(noise_density, 1e-4, 1.5, **at)[0]
    mean = quad(lambda x: x * noise_density(x), 1e-4, 1.5, **at)[0] / mass
    square = quad(lambda x: x**2 * noise_density(x), 1e-4, 1.5, **at)[0] / mass
    below = quad(noise_density, 1e-4, 0.06, epsabs=0, epsrel=1e-8)[0] / mass
    assert noise.mean() == pytest.approx(mean, abs=4 * noise.std() / np.sqrt(DRAWS))
    assert noise.std() == pytest.approx(np.sqrt(square - mean**2), rel=0.02)
    assert (noise < 0.06).mean() == pytest.approx(below, abs=4 * np.sqrt(0.25 / DRAWS))


@pytest.mark.parametrize("name", CASES)
def test_density_and_levels_of_the_pymc_model_are_those_of_other_formulas(name: str) -> None:
    prior, evidence = spatial.priors(), CASES[name]
    model = spatial.build(evidence, prior)
    named = {v.name.removesuffix("_spatial"): v for v in model.deterministics + model.free_RVs}
    run = pytensor.function(
        model.value_vars,
        [*model.replace_rvs_by_values(list(named.values())), model.logp(jacobian=False)],
        mode=PLAIN,
    )
    rng, start = np.random.default_rng(3), model.initial_point()
    found = []
    for _ in range(2):
        at = [start[v.name] + 0.3 * rng.normal(size=start[v.name].shape) for v in model.value_vars]
        *values, density = run(*at)
        found.append((dict(zip(named, values, strict=True)), float(density)))
    for values, _ in found:
        length = values.get("length", evidence.length)
        position = values["position"][None]
        level = spatial.conflict_levels(evidence, position, length, *evidence.places)[0]
        np.testing.assert_allclose(values["conflict"], level, rtol=1e-10, atol=1e-12)
    (one, first), (other, second) = found
    expected = log_density(evidence, one) - log_density(evidence, other)
    assert first - second == pytest.approx(expected, rel=1e-8, abs=1e-8)


def log_density(evidence: SpatialConflict, values: dict[str, Any]) -> float:
    """Return the log density by distributions of scipy, with positions as parameters."""
    total = 0.0
    if "length" in values:
        total += stats.lognorm.logpdf(values["length"], 0.64, scale=0.667)
    if not evidence.is_exact:
        x, error = values["position"], evidence.error
        if evidence.learns_noise:
            noise = values["noise"]
            total += stats.halfnorm.logpdf(noise, scale=0.2).sum()
            error = noise / np.sqrt(evidence.number)
            scatter = (evidence.number - 1) * np.log(noise) + evidence.square / (2 * noise**2)
            # what means do not tell: the density of n placements is that of their mean times this
            total += -scatter.sum()
        total += stats.norm.logpdf(x, 0.5, 0.5).sum()
        total += stats.norm.logpdf(evidence.mean, x, error).sum()
        # positions are sampled as standard normal numbers z: dx = sd dz
        total += np.log(0.5 * error / np.sqrt(0.25 + error**2) + 0 * x).sum()
    if evidence.has_ratings:
        phi, top = values["precision"], len(evidence.levels) - 1
        total += stats.lognorm.logpdf(phi, 1.0, scale=4.0)
        length = values.get("length", evidence.length)
        for (i, j), counts in zip(evidence.rated, evidence.counts, strict=True):
            gap = values["position"][i] - values["position"][j]
            d = np.sqrt((evidence.weights * gap**2).sum())
            c = {
                "gaussian": 1 - np.exp(-((d / length) ** 2)),
                "exponential": 1 - np.exp(-d / length),
                "linear": min(1.0, d / length),
            }[evidence.form]
            mean = 0.01 + 0.98 * c
            chance = stats.betabinom.logpmf(np.arange(top + 1), top, mean * phi, (1 - mean) * phi)
            total += counts @ chance
    return float(total)


def test_ratings_are_beta_binomial() -> None:
    counts = np.eye(5)
    for mean, phi in ((0.3, 2.5), (0.999, 40.0), (0.01, 0.3)):
        found = []
        for one in counts:
            evidence = SpatialConflict.from_means(
                "ab", [[0], [1]], error=0, rated=[[0, 1]], counts=[one]
            )
            tallies = rating_tallies(evidence)
            found.append(rating_log_likelihood(np.array([mean]), np.array(phi), tallies, 4, np)[0])
        expected = stats.betabinom.logpmf(np.arange(5), 4, mean * phi, (1 - mean) * phi)
        binomial = np.log([1, 4, 6, 4, 1])  # the constant that is left out
        np.testing.assert_allclose(found + binomial, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_levels_grow_from_nothing_and_opposite_corners_are_one_apart(form: Any) -> None:
    corners = SpatialConflict.from_means(
        "abc", [[0, 0], [0, 0], [1, 1]], error=0, weights=[1, 3], form=form, length=0.5
    )
    drawn = spatial.draw(corners, spatial.priors(), 5, np.random.default_rng(1))
    assert drawn is not None
    same, far, _ = drawn["conflict_level"][0]
    assert len(drawn["conflict_level"]) == 1
    assert same == pytest.approx(0, abs=1e-9)
    assert far == pytest.approx(
        {"gaussian": 1 - np.exp(-4), "exponential": 1 - np.exp(-2)}.get(form, 1)
    )


def test_many_ratings_give_the_length_that_their_means_imply() -> None:
    # levels of 0.5 and 0.8 at distances whose length is 0.6, in 100,000 ratings each
    length = 0.6
    d = np.array(
        [brentq(lambda d, c=c: 1 - np.exp(-((d / length) ** 2)) - c, 0, 3) for c in (0.5, 0.8)]
    )
    chance = stats.betabinom.pmf(np.arange(5), 4, (mean := 0.01 + 0.98 * 0.5) * 5, (1 - mean) * 5)
    other = stats.betabinom.pmf(np.arange(5), 4, (mean := 0.01 + 0.98 * 0.8) * 5, (1 - mean) * 5)
    evidence = SpatialConflict.from_means(
        "abc",
        [[0], [d[0]], [d[1]]],
        error=0,
        rated=[[0, 1], [0, 2]],
        counts=1e5 * np.array([chance, other]),
    )
    lengths = np.linspace(0.55, 0.65, 401)
    position = np.repeat(evidence.mean[None], len(lengths), axis=0)
    level = spatial.conflict_levels(evidence, position, lengths, *evidence.rated.T)
    found = with_data(
        evidence,
        {
            "position": position,
            "length": lengths,
            "precision": np.full(len(lengths), 5.0),
            "expected_rating": 0.01 + 0.98 * level,
        },
    )
    density = np.exp(found["log_likelihood"] - found["log_likelihood"].max())
    mean_length = (lengths * density).sum() / density.sum()
    sd = np.sqrt(((lengths - mean_length) ** 2 * density).sum() / density.sum())
    assert mean_length == pytest.approx(length, abs=3 * sd)
    assert sd < 0.002


def test_before_any_rating_a_pair_half_a_scale_apart_may_conflict_little_or_much() -> None:
    prior = spatial.priors()
    apart = SpatialConflict.from_means("ab", [[0.25], [0.75]], error=0)
    drawn = spatial.draw_prior(apart, prior, DRAWS, np.random.default_rng(1))
    found = np.quantile(drawn["conflict_level"], [0.025, 0.5, 0.975])
    np.testing.assert_allclose(found, implied_levels(prior, "gaussian"), atol=0.005)
    # close to uniform on [0, 1]
    assert stats.kstest(drawn["conflict_level"][:, 0], "uniform").statistic < 0.07


@pytest.mark.parametrize("name", CASES)
def test_simulated_data_have_the_moments_of_their_parameters(name: str) -> None:
    evidence, rng = CASES[name], np.random.default_rng(2)
    parameters = one_draw(evidence)
    if name == "all is known":
        assert spatial.simulate(parameters, evidence, rng) is evidence
        return
    made = [spatial.simulate(parameters, evidence, rng) for _ in range(2000)]
    mean = np.array([one.mean for one in made])
    if evidence.is_exact:
        np.testing.assert_array_equal(np.ptp(mean, axis=0), 0)
    else:
        error = evidence.error
        if evidence.learns_noise:
            error = parameters["noise"] / np.sqrt(evidence.number)
            square = np.mean([one.square for one in made], axis=0)
            expected = (evidence.number - 1) * parameters["noise"] ** 2
            np.testing.assert_allclose(square, expected, rtol=0.25, atol=1e-12)
        gap = (mean.mean(axis=0) - parameters["position"]) / error
        assert np.abs(gap).max() < 4 / np.sqrt(2000)
    if evidence.has_ratings:
        counts = np.mean([one.counts for one in made], axis=0)
        np.testing.assert_allclose(counts.sum(axis=1), evidence.counts.sum(axis=1))
        given = counts @ np.linspace(0, 1, len(evidence.levels)) / counts.sum(axis=1)
        np.testing.assert_allclose(given, parameters["expected_rating"], atol=0.03)


def test_priors_are_positive_numbers() -> None:
    for wrong in ({"noise": 0}, {"lapse": 1}, {"lapse": -0.1}, {"length": float("inf")}):
        with pytest.raises(StudyError, match=next(iter(wrong))):
            spatial.priors(wrong)
    assert spatial.priors({"lapse": 0}).lapse == 0


def test_the_same_goal_twice_over_needs_no_density_at_zero() -> None:
    same = SpatialConflict.from_means(
        "ab", [[0.5], [0.5]], error=0, form="exponential", rated=[[0, 1]], counts=[[0, 3, 0]]
    )
    model = spatial.build(same, spatial.priors({"lapse": 0}))
    assert np.isfinite(model.compile_logp(mode=PLAIN)(model.initial_point()))
    slopes = pytensor.function(model.value_vars, model.dlogp(), mode=PLAIN)
    assert np.isfinite(slopes(*(model.initial_point()[v.name] for v in model.value_vars))).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["known error", "learnt error", "two dimensions"])
def test_exact_draws_agree_with_nuts(name: str) -> None:
    import arviz_stats as azs

    from bayes_misalign.inference import nuts
    from bayes_misalign.study.options import Fitting

    nuts.usable_compile_cache()
    evidence = replace(CASES[name], counts=0 * CASES[name].counts)
    prior = spatial.priors()
    exact = spatial.draw(evidence, prior, 40_000, np.random.default_rng(1))
    assert exact is not None
    found = nuts.Frozen(spatial.build(evidence, prior)).sample(
        Fitting(draws=5000, target_accept=0.9)
    )
    assert int(found["sample_stats"]["diverging"].sum()) == 0
    for key, values in exact.items():
        name = "conflict" if key == "conflict_level" else key
        drawn = found["posterior"][f"{name}_spatial"]
        for power in (1, 2):
            error = np.hypot(
                azs.mcse(drawn**power, method="mean").values,
                (values**power).std(axis=0) / np.sqrt(len(values)),
            )
            gap = (drawn**power).mean(("chain", "draw")).values - (values**power).mean(axis=0)
            assert np.all(np.abs(gap) <= 4.5 * error)


FREE = ("z_position", "length", "precision", "noise")
SETTLED = {
    "known error": CASES["known error, rated"],
    "exact": CASES["exact, rated"],
    "length is known": CASES["length is known"],
    "tiny errors": SpatialConflict.from_means(
        "abc", [[0.3], [0.301], [0.8]], error=1e-4, form="exponential", **RATED
    ),
    "learnt error": of_placements(
        [[0.2, 0.3, 0.25, 0.22], [0.6, 0.5, 0.55, 0.4], [0.95, 0.9, 0.8, 0.9]],
        form="exponential",
        **RATED,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTLED)
def test_nothing_diverges_at_the_settings_of_a_study(name: str) -> None:
    import arviz_stats as azs

    from bayes_misalign.contract.registry import defaults
    from bayes_misalign.inference import nuts
    from bayes_misalign.study.options import Fitting

    nuts.usable_compile_cache()
    target = defaults("spatial")["sampling"]["target_accept"]
    evidence = SETTLED[name]
    found = nuts.Frozen(spatial.build(evidence, spatial.priors())).sample(
        Fitting(target_accept=target)
    )
    assert int(found["sample_stats"]["diverging"].sum()) == 0
    free = [name for name in found["posterior"].data_vars if str(name).startswith(FREE)]
    assert len(free) >= 2
    for variable in free:
        assert float(azs.rhat(found["posterior"][variable]).max()) < 1.01
