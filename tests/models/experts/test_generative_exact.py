"""Independent draws of a panel: the same posterior as that of the PyMC model."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit, ndtri
from scipy.stats import norm

import bayes_misalign as bm
from bayes_misalign.inference.densities import densities
from bayes_misalign.models.experts import generative as experts
from bayes_misalign.models.experts import generative_exact as exact
from tests.models.experts.test_generative import EXTREME, PANELS, STATED, Evaluated, dense, panel

MISSING = 1e-4  # of the posterior, where weights are above the bound
CAMPS = {f"e{i}": {("a", "b"): (0.05, 0.1) if i % 2 else (0.9, 0.95)} for i in range(20)}
SAME = {f"e{i}": dict.fromkeys([("a", "b"), ("a", "c"), ("b", "c")], (0.4, 0.6)) for i in range(20)}
SPREAD = {**PANELS, "camps": CAMPS, "many of one mind": SAME}


def place_of(at: dict[str, Any]) -> np.ndarray:
    """Return the place of scales, by half-normal distribution functions."""
    prior = experts.priors()
    scales = [at[key] / getattr(prior, key) for key in exact.SCALES[:3]]
    return np.r_[-ndtri(2 * norm.sf(scales)), logit(at["shared"])]


@pytest.mark.parametrize("name", PANELS)
def test_likelihood_and_levels_are_those_of_the_pymc_model(name: str) -> None:
    evidence = panel(PANELS[name])
    model, ours = Evaluated(evidence), experts.panel_of(evidence, experts.priors())
    rng = np.random.default_rng(3)
    for _ in range(3):
        point = {k: rng.normal(scale=0.7, size=np.shape(x)) for k, x in model.start.items()}
        at = model(point)
        place = place_of(at)[None]
        scales = dict(zip(exact.SCALES, ours.scales(place), strict=True))
        np.testing.assert_allclose([x[0] for x in scales.values()], [at[k] for k in scales])
        scales = {key: np.array([at[key]]) for key in exact.SCALES}
        likelihood = ours.likelihood_of(*scales.values())
        np.testing.assert_allclose(ours.log_likelihood(place), likelihood, rtol=1e-7)
        assert likelihood[0] == pytest.approx(float(at["likelihood"]), rel=1e-10)
        assert likelihood[0] == pytest.approx(dense(evidence, at)[0], rel=1e-7, abs=1e-7)
        z = {k: np.array([point[f"{k}_experts"]]) for k in experts.FREE if k.startswith("z_")}
        found = exact.levels_at(ours, scales, z)
        for key, named in (("conflict_level", "conflict"), ("typical_level", "typical_level")):
            np.testing.assert_allclose(found[key][0], at[named], rtol=1e-10)
        np.testing.assert_allclose(found["leaning"][0], at["leaning"], rtol=1e-10, atol=1e-12)


def test_pairs_and_experts_change_places_without_a_change_of_the_likelihood() -> None:
    evidence = panel(
        {f"e{i}": dict.fromkeys([("a", "b"), ("b", "c")], (0.3, 0.9)) for i in range(5)}
    )
    model, ours = Evaluated(evidence), experts.panel_of(evidence, experts.priors())
    assert ours.spoke.shape == (5, 2)
    point = {k: np.full(np.shape(x), 0.3) for k, x in model.start.items()}
    at = model(point)
    assert ours.log_likelihood(place_of(at)[None])[0] == pytest.approx(float(at["likelihood"]))


def test_the_prior_of_places_is_that_of_the_scales() -> None:
    ours = experts.panel_of(panel(), experts.priors({"shared": 0.3, "shared_strength": 0.4}))
    drawn = ours.from_prior(200_000, np.random.default_rng(1))
    pair_sd, _, _, shared = ours.scales(drawn)
    assert np.mean(pair_sd < 1.2) == pytest.approx(2 * norm.cdf(1) - 1, abs=0.005)
    assert shared.mean() == pytest.approx(0.3, abs=0.005)
    # a density: its integral over a normal proposal is one
    wide = np.random.default_rng(2).standard_t(4, size=(200_000, 4)) * [1, 1, 1, 5]
    from scipy.stats import t

    proposal = t.logpdf(wide / [1, 1, 1, 5], 4).sum(axis=1) - np.log(5)
    weight = np.exp(ours.log_prior(wide) - proposal)
    assert weight.mean() == pytest.approx(1, abs=4 * weight.std() / len(weight) ** 0.5)


@pytest.mark.parametrize("name", [*PANELS, "camps"])
def test_draws_are_the_prior_weighted_by_the_likelihood(name: str) -> None:
    ours, rng = experts.panel_of(panel(SPREAD[name]), experts.priors()), np.random.default_rng(7)
    place = ours.from_prior(60_000, rng)
    weight = ours.log_likelihood(place)
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    found = exact.draw_scales(ours, 4_000, rng)
    assert found is not None
    mean, square = weight @ place, (weight**2) @ (place - weight @ place) ** 2
    error = np.sqrt(square + found.var(axis=0) / len(found))
    assert np.all(np.abs(found.mean(axis=0) - mean) < 4 * error)


@pytest.mark.parametrize("name", ["alone", "camps", "many of one mind"])
def test_hardly_anything_lies_above_the_bound(name: str) -> None:
    ours, rng = experts.panel_of(panel(SPREAD[name]), experts.priors()), np.random.default_rng(2)
    proposal = exact.adapted(ours, rng)
    assert proposal is not None
    place = proposal.draw(4 * exact.LEAST, rng)
    weight = proposal.log_weight(place, ours.log_likelihood(place))
    weight = np.exp(weight - weight.max())
    bound = weight[: exact.LEAST].max()
    assert np.maximum(weight - bound, 0).mean() / weight.mean() < MISSING


def test_whatever_two_experts_state_is_drawn() -> None:
    found = {}
    for name, (one, other) in EXTREME.items():
        evidence = panel({"Ann": {("a", "b"): one}, "Bob": {("a", "b"): other}})
        drawn = experts.draw(evidence, experts.priors(), 4_000, np.random.default_rng(1))
        assert drawn is not None
        assert all(np.isfinite(values).all() for values in drawn.values())
        assert drawn["disagreement"].min() > 0
        found[name] = np.quantile(drawn["conflict_level"][:, 0], [0.025, 0.5, 0.975])
    # what one of them says is as believable as what the other says, and so is what lies between
    assert found["far apart"][0] < 0.1
    assert found["far apart"][2] > 0.9
    assert found["far apart"][1] == pytest.approx(0.5, abs=0.04)
    assert found["far apart and sure"][2] - found["far apart and sure"][0] > 0.9
    assert 0.7 < found["the same"][1] < 0.9


@pytest.mark.parametrize(
    "limits", [{"MOST_WORK": 1e5}, {"MOST": 20_000}, {"ROUNDS": 2}, {"FEWEST": 0.9}]
)
def test_a_panel_that_would_take_long_is_left_to_the_sampler(
    limits: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(exact, name, value)
    rng = np.random.default_rng(1)
    assert experts.draw(panel(), experts.priors(), 15_000, rng) is None


def test_a_fit_is_exact_and_its_tree_holds_what_pymc_makes_the_same_of() -> None:
    area = bm.ProblemArea("plan", goals=["a", "b", "c"])
    goals = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [50, 30, 20]}, goal="goal", count="n")
    found = bm.fit(area, goals, bm.Experts(STATED), random_seed=1)
    assert found.diagnosis.method == "exact"
    tree, model = found.tree, found.study.to_pymc()
    flat = {
        rv.name: tree["posterior"][rv.name].values.reshape(
            4_000, *tree["posterior"][rv.name].shape[2:]
        )[:50]
        for rv in model.free_RVs
    }
    again = densities(model, flat, ["misalignment", "typical_level_experts"]).outputs
    np.testing.assert_allclose(again["misalignment"], found.misalignment_draws()[:50], atol=1e-10)
    kept = tree["posterior"]["typical_level_experts"].values.reshape(4_000, -1)
    np.testing.assert_allclose(again["typical_level_experts"], kept[:50], atol=1e-10)


def test_a_place_far_out_has_no_posterior() -> None:
    ours = experts.panel_of(panel(), experts.priors())
    far = np.array([[40.0, 0, 0, 0], [-40.0, -40, -40, 800], [0, 0, 0, -800]])
    found = ours.log_likelihood(far)
    assert found[0] == -np.inf
    assert np.isfinite(found[1:]).all()
    assert expit(far[1, 3]) == 1
