"""Conflict that walks over time, against closed forms and a grid."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

import bayes_misalign as bm
from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.calibration import ratings_over_time, series_over_time
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.models.rated.walk import draw_walk, told_of_walk
from bayes_misalign.study.options import Fitting
from tests.models.rated.test_generative import compiled

DRAWS = 40_000


def test_steps_have_the_variance_of_the_time_between() -> None:
    cells = RatedCells(ratings_over_time(), rated.priors())
    drawn = draw_walk(cells, DRAWS, np.random.default_rng(1))
    own = drawn["population_effect"][..., 0] / drawn["drift"][:, None, None]
    np.testing.assert_allclose(own.mean(axis=1), 0, atol=1e-12)
    at = (np.array([2001, 2002, 2006, 2008, 2011, 2012]) - 2001) / 11
    for one, other in combinations(range(6), 2):
        variance = (own[:, one] - own[:, other]).var(axis=0)
        np.testing.assert_allclose(variance, at[other] - at[one], rtol=0.04)
    assert np.abs(np.corrcoef(own[:, -1].T - own[:, 0].T)[np.triu_indices(3, 1)]).max() < 0.03
    expected = stats.halfnorm.mean(scale=rated.priors().drift)
    assert drawn["drift"].mean() == pytest.approx(expected, rel=0.02)


def test_series_differ_and_walk_by_themselves() -> None:
    """Means over waves are effects of series, that sum to zero; what is left walks in each."""
    evidence = RatedConflict.from_counts(
        [("a", "b")],
        "12",
        [0, 1],
        [0],
        [[1, 0]],
        populations=["x, 1", "y, 1", "x, 2", "y, 2", "y, 4", "x, 4"],
        population=[0],
        over_time="walk",
    )
    cells = RatedCells(evidence, rated.priors({"population": 0.6, "drift": 0.8}))
    drawn = draw_walk(cells, DRAWS, np.random.default_rng(1))
    effect = drawn["population_effect"][:, :, 0, 0]
    x, y = effect[:, [0, 2, 5]], effect[:, [1, 3, 4]]
    np.testing.assert_allclose(x.mean(axis=1), -y.mean(axis=1), atol=1e-12)
    variance = (x.mean(axis=1) / drawn["population_sd"]).var()
    assert variance == pytest.approx(1 / 2, rel=0.04)
    steps = np.stack([x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]]) / drawn["drift"]
    np.testing.assert_allclose(np.cov(steps), np.eye(2), atol=0.04)
    for name, scale in (("drift", 0.8), ("population_sd", 0.6)):
        assert drawn[name].mean() == pytest.approx(stats.halfnorm.mean(scale=scale), rel=0.02)


def test_the_model_has_the_prior_of_arrays() -> None:
    """Effects of waves are what the modes make of their coefficients."""
    for evidence in (ratings_over_time(), series_over_time()):
        model = rated.build(evidence, rated.priors())
        run = compiled(model, [model["walk_rated"], model["population_effect_rated"]])
        rng, start = np.random.default_rng(3), model.initial_point()
        free = [start[v.name] + rng.normal(size=start[v.name].shape) for v in model.value_vars]
        walk, effect = run(*free)
        places = evidence.places
        assert places is not None
        steps = np.einsum("tm,smpi->stpi", places.modes, walk)[places.of_series, places.of_wave]
        of_series = effect - steps
        for q in range(len(places.series)):
            own = of_series[places.of_series == q]
            np.testing.assert_allclose(own, np.broadcast_to(own[:1], own.shape), atol=1e-12)
        if len(places.series) == 1:
            np.testing.assert_allclose(of_series, 0, atol=1e-12)


def test_coordinates_follow_what_was_rated() -> None:
    evidence = ratings_over_time()
    truth = rated.draw_prior(evidence, rated.priors(), 1, np.random.default_rng(2))
    one = {key: values[0] for key, values in truth.items()} | {"location": np.array(0.0)}
    one["population_effect"] = np.linspace(-1, 1, 6)[:, None, None] * np.ones((6, 3, 1))
    one["width"] = np.zeros(6)
    many = replace(evidence, counts=evidence.counts * 1000)
    seen = rated.simulate(one, many, np.random.default_rng(1))
    told = told_of_walk(RatedCells(seen, rated.priors()))
    assert told["walk_seen"].shape == told["walk_told"].shape == (1, 5, 3, 1)
    places = evidence.places
    assert places is not None
    shown = np.einsum("tm,mp->tp", places.modes, told["walk_seen"][0, :, :, 0])
    assert np.all(shown[-1] - shown[0] > 0.8)
    assert np.all(told["walk_told"] > 0)
    none = told_of_walk(RatedCells(replace(seen, counts=0 * seen.counts), rated.priors()))
    assert not none["walk_told"].any()


def test_named_raters_tell_no_more_of_a_wave_than_they_differ_by() -> None:
    def one(number: int) -> float:
        evidence = RatedConflict.from_counts(
            [("a", "b")],
            "12",
            [0, 1],
            [0, 0],
            [[number, number]] * 2,
            raters=["r", "s"],
            rater=[0, 1],
            populations=["1", "2"],
            population=[0, 1],
            over_time="walk",
        )
        return float(told_of_walk(RatedCells(evidence, rated.priors()))["walk_told"].sum())

    assert one(10) < one(1000) < 0.5  # half of what is known of each of two effects of variance 1


def test_other_priors_of_the_walk_are_tried() -> None:
    model = evidence_model("rated")
    found = model.alternatives(rated.priors(), ratings_over_time())
    scales = {(x.drift, x.population) for name, x in found.items() if "scales of rated" in name}
    assert scales == {(0.5, 1.0), (2.0, 1.0)}
    found = model.alternatives(rated.priors(), series_over_time())
    scales = {(x.drift, x.population) for name, x in found.items() if "scales of rated" in name}
    assert scales == {(0.5, 0.5), (2.0, 2.0)}


def test_the_walk_is_described() -> None:
    found = rated.describe(ratings_over_time(), rated.priors())
    assert "random walk of latent levels" in found.words
    assert "W ~ HalfNormal(1)" in found.formulas
    assert not any(formula.startswith("h ~") for formula in found.formulas)
    found = rated.describe(series_over_time(), rated.priors())
    assert "h ~ HalfNormal(1)" in found.formulas
    assert any("t_ij,series" in formula for formula in found.formulas)


AREA = bm.ProblemArea("vote", goals=["a", "b"])
ANSWERS = {
    "goal": ["a", "b"] * 4,
    "year": ["2000"] * 2 + ["2001"] * 2 + ["2005"] * 2 + ["2006"] * 2,
    "n": [5, 3, 4, 4, 3, 5, 6, 2],
}
RATINGS = {
    "goal": ["a"] * 6,
    "goal_other": ["b"] * 6,
    "rating": [1, 2, 4, 3, 5, 4],
    "year": ["2000", "2000", "2006", "2006", "2005", "2005"],
}


def test_waves_that_nobody_rated_stand_where_their_time_is() -> None:
    goals = bm.SingleChoice(ANSWERS, goal="goal", count="n", population="year")
    declared = bm.Rated(RATINGS, scale=(1, 5), population="year", over_time="walk")
    study = bm.Study.of(AREA, goals, declared)
    (source,) = study.conflict.sources
    assert isinstance(source, RatedConflict)
    assert source.places is not None
    np.testing.assert_allclose(source.places.at, [2000, 2001, 2005, 2006])
    assert source.ratings_in[:, 0].tolist() == [2, 0, 2, 2]
    other = {"2000": 1, "2001": 2, "2005": 2.5, "2006": 9}
    declared = replace(declared, time=other)
    (source,) = bm.Study.of(AREA, goals, declared).conflict.sources
    assert isinstance(source, RatedConflict)
    assert source.places is not None
    assert list(source.places.at) == list(other.values())


def test_waves_need_a_time_each_and_two_of_them() -> None:
    goals = bm.SingleChoice(ANSWERS, goal="goal", count="n", population="year")
    declared = bm.Rated(RATINGS, scale=(1, 5), population="year", over_time="walk")
    with pytest.raises(StudyError, match="no time is stated for 2001"):
        bm.Study.of(AREA, goals, replace(declared, time={"2000": 1, "2005": 2, "2006": 3}))
    once = {key: values[:2] for key, values in ANSWERS.items()}
    goals = bm.SingleChoice(once, goal="goal", count="n", population="year")
    ratings = {key: values[:2] for key, values in RATINGS.items()}
    with pytest.raises(StudyError, match="waves are of at least two times"):
        bm.Study.of(AREA, goals, replace(declared, data=ratings))


@pytest.mark.slow
def test_nuts_samples_the_posterior_of_a_grid() -> None:
    """One pair, two levels, two waves: location, drift and one step, each by its quantiles."""
    from arviz_stats.base import array_stats

    yes, no = np.array([3.0, 9.0]), np.array([8.0, 4.0])
    prior = rated.priors()
    evidence = RatedConflict.from_counts(
        [("a", "b")],
        "12",
        [0, 1],
        [0, 0],
        np.stack([no, yes], axis=1),
        populations=["2000", "2010"],
        population=[0, 1],
        over_time="walk",
    )
    place = (np.arange(300) + 0.5) / 300
    location = stats.norm.ppf(place, scale=prior.location)[:, None, None]
    drift = stats.halfnorm.ppf(place, scale=prior.drift)[None, :, None]
    step = drift * stats.norm.ppf(place)
    eta = [location - step / 2, location + step / 2]
    log = sum(
        n * np.log(expit(x)) + m * np.log(expit(-x)) for n, m, x in zip(yes, no, eta, strict=True)
    )
    weights = np.exp(log - np.max(log))
    weights /= weights.sum()
    usable_compile_cache()
    model = Compiled(rated.build(evidence, prior))
    fitting = Fitting(draws=5_000, tune=1_000, chains=4, target_accept=0.95, seed=1)
    tree = model.sample(rated.data(evidence, prior), fitting)
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    level = tree["posterior"]["conflict_rated"].values[..., 0]
    drawn = [level[..., 0], level[..., 1], level[..., 1] - level[..., 0]]
    drawn.append(tree["posterior"]["drift_rated"].values)
    known = [expit(eta[0]), expit(eta[1]), expit(eta[1]) - expit(eta[0]), drift + 0 * step]
    for values, of_grid in zip(drawn, known, strict=True):
        mean = (weights * of_grid).sum()
        error = float(array_stats.mcse(values, method="mean"))
        assert abs(values.mean() - mean) < 4 * error < 0.05
        sd = np.sqrt((weights * (of_grid - mean) ** 2).sum())
        assert values.std() == pytest.approx(sd, rel=0.05)
