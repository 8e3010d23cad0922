"""The model of ratings against arrays, brute force and closed forms."""

from itertools import combinations
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytest
from pytensor.compile.mode import Mode
from scipy.special import expit

from bayes_misalign.errors import StudyError
from bayes_misalign.families.raters.kind_effects import OF_KINDS
from bayes_misalign.families.raters.rating_levels import gap_signs, level_probabilities
from bayes_misalign.families.raters.round_robin import what_is_left
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.calibration import (
    many_ratings,
    ratings_by_kinds,
    ratings_over_time,
    repeated_by_kinds,
    series_over_time,
)
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells
from tests.likelihoods import likelihoods

PLAIN = Mode(linker="py", optimizer="fast_compile")  # nothing to compile for a few evaluations


def design(
    goals: int = 4,
    raters: int = 3,
    levels: int = 4,
    *,
    directed: bool = False,
    populations: int = 0,
    repeated: bool = False,
    unrated: int = 1,
) -> RatedConflict:
    """Return cells of every rater (or of nobody) for all pairs but the last ones."""
    names = "abcdefgh"[:goals]
    pairs = list(combinations(names, 2))
    rows = [
        (who, pair, side, population)
        for population in range(max(populations, 1))
        for who in (range(raters) if raters else [-1])
        for pair in range(len(pairs) - unrated)
        for side in ((1, -1) if directed else (0,))
    ]
    who, pair, side, population = np.array(rows).T
    number = 2 if repeated else 1 if raters else 25
    counts = np.zeros((len(rows), levels))
    counts[:, 0] = number
    return RatedConflict.from_counts(
        pairs,
        [f"level {i + 1}" for i in range(levels)],
        np.linspace(0, 1, levels),
        pair,
        counts,
        raters=[f"r{i + 1}" for i in range(raters)],
        rater=who,
        side=side if directed else None,
        populations=[f"s{i + 1}" for i in range(populations)],
        population=population,
        repeated=repeated,
    )


def two_kinds() -> RatedConflict:
    """Return yes or no of one pair, by one person and by two models."""
    return RatedConflict.from_counts(
        [("a", "b")],
        ["no", "yes"],
        [0, 1],
        [0, 0, 0],
        [[1, 0]] * 3,
        raters=["m1", "p", "m2"],
        rater=[0, 1, 2],
        kinds=["people", "models"],
        kind_of_rater=[1, 0, 1],
    )


DESIGNS = {
    "named raters": design(),
    "one rater": design(raters=1),
    "repeated": design(repeated=True),
    "two goals": design(goals=2, unrated=0),
    "three goals": design(goals=3),
    "two levels": design(levels=2),
    "nobody named": design(raters=0),
    "directed by population": design(goals=2, raters=0, directed=True, populations=3, unrated=0),
    "directed by named raters": design(goals=3, directed=True),
    "levels of pairs well known": many_ratings(),
    "many levels by population": design(raters=0, levels=11, populations=2),
    "over time": ratings_over_time(),
    "two series over time": series_over_time(),
    "kinds of raters": ratings_by_kinds(),
    "kinds of raters, asked again": repeated_by_kinds(),
    "kinds of raters, two goals": two_kinds(),
}


def one_draw(evidence: RatedConflict, seed: int = 1) -> dict[str, np.ndarray]:
    drawn = rated.draw_prior(evidence, rated.priors(), 1, np.random.default_rng(seed))
    return {key: values[0] for key, values in drawn.items()}


def compiled(model: pm.Model, outputs: list[Any]) -> Any:
    return pytensor.function(
        model.value_vars, model.replace_rvs_by_values(outputs), mode=PLAIN, on_unused_input="ignore"
    )


def different_pairs(scale: float) -> RatedConflict:
    """Return many ratings of pairs that differ by a scale, of goals that differ by a point."""
    designed = many_ratings(12, unrated=6)
    rng = np.random.default_rng(5)
    goal = rng.normal(size=12)
    truth = one_draw(designed) | {
        "goal_effect": goal - goal.mean(),
        "pair_effect": what_is_left(scale * rng.normal(size=66), 12),
        "gap": np.ones(1),
        "location": np.array(0.2),
    }
    return rated.simulate(truth, designed, rng)


def test_levels_are_sampled_as_they_are_only_where_pairs_surely_differ() -> None:
    prior = rated.priors()
    assert RatedCells(different_pairs(1.0), prior).differ == (True, True)
    assert RatedCells(different_pairs(0.05), prior).differ == (False, True)
    few = [RatedCells(one, prior).differ for one in DESIGNS.values()]
    assert set(few) == {(False, False)}


def test_levels_sampled_as_they_are_have_the_same_prior() -> None:
    """Differences of latent levels, of rated pairs, unrated ones and both, and of shared goals."""
    evidence, draws = different_pairs(1.0), 20_000
    prior = rated.priors({"goal": 0.7, "pair": 1.2})
    cells = RatedCells(evidence, prior)
    assert cells.differ == (True, True)
    with rated.build(evidence, prior) as model:
        latent = pm.draw(model["latent_rated"], draws=draws, random_seed=1)[..., 0]
    drawn = rated.draw_prior(evidence, prior, draws, np.random.default_rng(2))
    other = rated._latent(cells, drawn)[:, 0, :, 0]
    np.testing.assert_allclose(latent.mean(axis=0), 0, atol=0.1)
    for one, two in ((0, 1), (0, 65), (64, 65), (0, 50), (11, 30)):
        both = [np.var(x[:, one] - x[:, two]) for x in (latent, other)]
        assert both[0] == pytest.approx(both[1], rel=0.06)
    # the location is the mean over rated pairs, whatever goals and pairs are
    of_rated = [x @ cells.rated_evenly for x in (latent, other)]
    assert np.std(of_rated[0]) == pytest.approx(prior.location, rel=0.03)
    assert np.std(of_rated[1]) == pytest.approx(prior.location, rel=0.03)


@pytest.mark.parametrize("name", [*DESIGNS, "pairs that surely differ"])
def test_likelihood_and_levels_are_those_of_arrays(name: str) -> None:
    prior = rated.priors()
    if name in DESIGNS:
        evidence = rated.simulate(one_draw(DESIGNS[name]), DESIGNS[name], np.random.default_rng(2))
    else:
        evidence = different_pairs(1.0)
    model = rated.build(evidence, prior)
    named = {v.name: v for v in [*model.deterministics, *model.free_RVs]}
    keys = ("location", "gap", "goal_effect", "pair_effect", "side_effect", "population_effect")
    keys += ("severity_sd", "severity", "severity_shift", "width_sd", "width", "again_sd", "again")
    keys += ("kind_location", "slope", "kind_effect", "noise")
    found = [key for key in keys if f"{key}_rated" in named]
    wanted = [named[f"{key}_rated"] for key in found]
    wanted += [named["conflict_rated"], likelihoods(model)["ratings_rated"]]
    run = compiled(model, wanted)
    rng = np.random.default_rng(3)
    start = model.initial_point()
    value = [start[v.name] + 0.3 * rng.normal(size=start[v.name].shape) for v in model.value_vars]
    out = run(*value)
    parameters = dict(zip(found, out, strict=False))
    level, log_likelihood = out[len(found)], out[len(found) + 1]
    cells = RatedCells(evidence, prior)
    chance = rated.cell_probabilities(evidence, parameters)
    np.testing.assert_allclose(chance.sum(axis=1), 1, rtol=1e-9)
    expected = (evidence.counts * np.log(np.maximum(chance, 1e-300))).sum()
    assert float(log_likelihood) == pytest.approx(expected, rel=1e-8, abs=1e-8)
    np.testing.assert_allclose(level, brute_force_level(cells, parameters), atol=2e-3)


def brute_force_level(cells: RatedCells, parameters: dict[str, Any]) -> np.ndarray:
    """Return the mean rating of a million raters drawn one by one, pair by pair."""
    evidence, rng = cells.evidence, np.random.default_rng(4)
    one = {key: np.asarray(value)[None] for key, value in parameters.items()}
    eta = rated._latent(cells, one)[0]
    if evidence.kinds:  # whose raters, of the first kind, the level is averaged over
        first = {key: parameters[key][0] for key in OF_KINDS if key in parameters}
        parameters = {**parameters, **first}
        if "again_sd" in parameters and not cells.kinds_again[0]:
            del parameters["again_sd"]
    signs = gap_signs(cells.levels)
    cuts = signs @ parameters["gap"] if "gap" in parameters else np.zeros(1)
    draws = 200_000
    populations, _, sides = cells.shape
    found = np.zeros((populations, len(evidence.pairs)))
    half = rng.normal(size=draws // 2)
    z = np.concatenate([half, -half])
    w = rng.permutation(z)
    v = rng.permutation(z)
    for s in range(populations):
        for p, place in enumerate(cells.spoken):
            both = []
            for d in range(sides):
                latent, width = eta[s, place, d] + np.zeros(draws), np.zeros(draws)
                if cells.has_raters:
                    latent = latent + parameters["severity_shift"] + parameters["severity_sd"] * z
                    if "width_sd" in parameters:
                        width = parameters["width_sd"] * w
                    if "again_sd" in parameters:
                        latent = latent + parameters["again_sd"] * v
                elif "width" in parameters:
                    width = width + parameters["width"][s * sides + d]
                own = cuts * np.exp(-width)[:, None]
                both.append(float((level_probabilities(latent, own) @ evidence.values).mean()))
            found[s, p] = np.mean(both)
    return found if evidence.populations else found[0]


@pytest.mark.parametrize("name", DESIGNS)
def test_draws_of_the_prior_are_variables_of_the_model(name: str) -> None:
    prior = rated.priors()
    drawn = rated.draw_prior(DESIGNS[name], prior, 2, np.random.default_rng(1))
    model = rated.build(DESIGNS[name], prior)
    dims = {v.name: v.ndim for v in [*model.deterministics, *model.free_RVs]}
    for key, values in drawn.items():
        variable = "conflict_rated" if key == "conflict_level" else f"{key}_rated"
        assert values.ndim - 1 == dims[variable]


@pytest.mark.parametrize("levels", [2, 3, 4, 5, 11])
def test_cut_points_increase_around_zero(levels: int) -> None:
    gaps = np.random.default_rng(1).gamma(2, size=levels - 2)
    cuts = gap_signs(levels) @ gaps if levels > 2 else np.zeros(1)
    np.testing.assert_allclose(np.diff(cuts), gaps)
    assert np.median(cuts) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("levels", [2, 5, 11])
def test_the_prior_level_is_close_to_uniform(levels: int) -> None:
    two = design(goals=2, unrated=0, levels=levels)
    drawn = rated.draw_prior(two, rated.priors(), 4000, np.random.default_rng(1))
    quantiles = np.quantile(drawn["conflict_level"], [0.1, 0.25, 0.5, 0.75, 0.9])
    np.testing.assert_allclose(quantiles, [0.1, 0.25, 0.5, 0.75, 0.9], atol=0.07)


def test_an_unrated_pair_is_known_by_its_goals_in_the_prior() -> None:
    drawn = rated.draw_prior(design(goals=4), rated.priors(), 4000, np.random.default_rng(1))
    level = drawn["conflict_level"]
    near, far = np.corrcoef(level.T)[-1, [3, 0]]  # (c, d) with (b, c), and with (a, b)
    assert near > far > 0


def test_many_ratings_meet_the_raw_mean_in_expectation() -> None:
    evidence = design(raters=0, unrated=0)
    parameters = one_draw(evidence, seed=5)
    many = RatedConflict.from_counts(
        evidence.pairs,
        evidence.levels,
        evidence.values,
        evidence.pair,
        evidence.counts * 40_000,
    )
    simulated = rated.simulate(parameters, many, np.random.default_rng(6))
    np.testing.assert_allclose(simulated.raw_level[0], parameters["conflict_level"], atol=2e-3)


def test_silent_ratings_are_drawn_from_the_prior() -> None:
    silent = RatedConflict.from_counts([("a", "b")], ["0", "1"], [0, 1], [], [])
    drawn = rated.draw(silent, rated.priors(), 5, np.random.default_rng(1))
    assert drawn is not None
    assert drawn["conflict_level"].shape == (5, 1)
    assert rated.draw(design(), rated.priors(), 5, np.random.default_rng(1)) is None


@pytest.mark.parametrize("name", DESIGNS)
def test_the_model_is_described(name: str) -> None:
    found = rated.describe(DESIGNS[name], rated.priors())
    assert "proportional odds" in found.words
    assert any("logistic" in formula for formula in found.formulas)
    assert ("nobody rated" in found.words) == bool(DESIGNS[name].unrated)


def test_priors_that_cannot_be() -> None:
    with pytest.raises(StudyError, match="is a positive number, not -1"):
        rated.priors({"severity": -1})
    with pytest.raises(StudyError, match="severity"):
        rated.priors({"severty": 1})
    assert rated.priors({"scale_use": 0}).scale_use == 0
    assert not RatedCells(design(), rated.priors({"scale_use": 0})).units


def test_probabilities_of_levels_are_differences_of_logistic_functions() -> None:
    found = level_probabilities(np.array([0.5]), np.array([[-1.0, 0.0, 2.0]]))
    at_most = expit(np.array([-1.0, 0.0, 2.0]) - 0.5)
    np.testing.assert_allclose(found[0], [at_most[0], *np.diff(at_most), 1 - at_most[-1]])
