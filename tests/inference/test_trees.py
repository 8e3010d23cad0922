"""Trees: all free variables of the PyMC model, and the groups that ArviZ asks for."""

from pathlib import Path

import numpy as np
import pymc as pm
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.densities import densities
from bayes_misalign.inference.outcomes import observations
from bayes_misalign.inference.parameters import UNFINISHED
from bayes_misalign.inference.terms import Terms
from bayes_misalign.inference.trees import observation_groups
from bayes_misalign.measure import misalignment
from tests.golden.draws import STUDIES
from tests.golden.faces import posterior_of

EXACT = ["single-choice, weights", "single-choice, finite populations", "experts, linear pool"]
MORE = [
    "noisy-labels without error",
    "elicited, means",
    "judged without raters",
    "encounters of known goals",
    "single-choice, dirichlet prior",
]
EXAMPLES = ["games-human-ai", "german-parties", "eu-referendum", "nonvoters", "senators"]
EXAMPLES += ["anaesthetists", "simulated-behaviour", "simulated-judges", "us-parties"]
EXAMPLES += ["nonvoters-experts"]


def flat(tree: object, name: str) -> np.ndarray:
    values = tree["posterior"][name].values  # type: ignore[index]
    return values.reshape(-1, *values.shape[2:])


@pytest.mark.parametrize(
    "name", [*EXACT, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)]
)
def test_exact_draws_are_free_variables_that_pymc_makes_the_same_of(name: str) -> None:
    posterior = STUDIES[name]()
    model, tree = posterior.study.to_pymc(), posterior.tree
    free = {rv.name for rv in model.free_RVs}
    assert free <= set(tree["posterior"].data_vars)
    assert not model.potentials
    found = densities(model, {n: flat(tree, n) for n in free}, ["misalignment"])
    expected = posterior.misalignment_draws()
    if posterior.groups.has("posterior", UNFINISHED):  # PyMC knows nothing of finite populations
        shares = flat(tree, UNFINISHED)
        expected = misalignment(shares, tree["constant_data"]["conflict"].values)
    np.testing.assert_allclose(found.outputs["misalignment"], expected, rtol=0, atol=1e-12)
    # what is left of the joint density beside priors is the likelihood of single observations
    likelihood = sum(one.log_likelihood.sum(axis=1) for one in observations(*_parts(posterior)))
    rest = found.log_joint - sum(found.log_prior.values()) - likelihood
    np.testing.assert_allclose(rest, rest[0], rtol=0, atol=1e-9)


def test_parts_that_models_share_are_worked_out_once_and_others_are_not_taken_for_them() -> None:
    def model(scale: float, seen: float) -> pm.Model:
        with pm.Model() as made:
            x = pm.Normal("x", 0.0, 2.0)
            y = pm.HalfNormal("y", scale)
            given = pm.Data("given", np.array([seen, 1.0]))
            pm.Deterministic("twice", 2 * x)
            pm.Potential("likelihood", -((given - x) ** 2).sum() / y)
        return made

    rng, terms = np.random.default_rng(0), Terms()
    draws = {"x": rng.normal(size=30), "y": rng.exponential(size=30)}
    for scale, seen in [(1.0, 0.0), (1.0, 0.0), (3.0, 0.0), (1.0, 5.0)]:
        alone = densities(model(scale, seen), draws, ["twice"])
        found = densities(model(scale, seen), draws, ["twice"], terms)
        np.testing.assert_array_equal(found.log_joint, alone.log_joint)
        np.testing.assert_array_equal(found.outputs["twice"], 2 * draws["x"])
        assert found.log_prior.keys() == alone.log_prior.keys()
    # x, two priors of y, two likelihoods, and twice x
    assert len(terms._found) == 6
    again = densities(model(1.0, 0.0), {**draws, "x": draws["x"] + 1}, ["twice"], terms)
    np.testing.assert_array_equal(again.outputs["twice"], 2 * draws["x"] + 2)


def _parts(posterior: bm.Posterior) -> tuple[object, object]:
    return posterior.study, posterior.groups


def test_what_is_known_does_not_stand_among_what_varies() -> None:
    tree = STUDIES["elicited, means"]().tree
    posterior = tree["posterior"].to_dataset()
    assert (posterior.std(("chain", "draw")).to_array().max() > 0).all()
    assert list(posterior["conflict_level"]["pair"].values) == ["trees | houses"]
    matrix = tree["derived"]["conflict"].values
    np.testing.assert_array_equal(matrix[..., 0, 1], posterior["conflict_level"].values[..., 0])
    known = STUDIES["mutually-exclusive, one population"]().tree
    assert "conflict" not in known["posterior"]
    np.testing.assert_array_equal(np.diag(known["constant_data"]["conflict"].values), 0)


def test_every_respondent_is_an_observation() -> None:
    posterior = STUDIES["single-choice, populations counted, index-uniform prior"]()
    groups, labels, _ = observation_groups(posterior.study, posterior.groups)
    counts = posterior.study.goals.counts
    log_share = np.log(posterior.shares().reshape(4, 250, *counts.shape))
    likelihood = groups["log_likelihood"]["answer"][1]
    assert likelihood.shape[-1] == counts.sum() == 64
    total = (counts * np.where(counts > 0, log_share, 0)).sum(axis=(2, 3))
    np.testing.assert_allclose(likelihood.sum(axis=-1), total, rtol=1e-10)
    assert labels["answer_observed"][0] == "old: trees"
    again = groups["posterior_predictive"]["answer"][1]
    expected = (posterior.shares()[..., 0] * counts.sum(axis=1)).mean(axis=0).sum() / 64
    assert (again == 0).mean() == pytest.approx(expected, abs=0.02)


def test_too_many_observations_are_bundled_and_keep_their_sum() -> None:
    posterior = STUDIES["single-choice, populations counted, index-uniform prior"]()
    whole, _, _ = observation_groups(posterior.study, posterior.groups)
    few, _, notes = observation_groups(posterior.study, posterior.groups, most=10_000)
    one, other = (found["log_likelihood"]["answer"][1] for found in (whole, few))
    assert other.shape[-1] == 10  # bundles of 7 of 32 answers in each of two populations
    assert "at most 7" in notes["answer"]
    np.testing.assert_allclose(other.sum(axis=-1), one.sum(axis=-1), rtol=1e-10)


def test_a_result_is_replayed_from_its_file(tmp_path: Path) -> None:
    area = bm.ProblemArea("vote", goals=["a", "b", "c"])
    answers = bm.SingleChoice({"goal": list("abc"), "n": [500, 300, 200]}, goal="goal", count="n")
    fitted = bm.fit(area, answers, bm.MutuallyExclusive())
    found = bm.load(fitted.save(tmp_path / "p.nc")).predictive(random_seed=3)
    again = found["posterior_predictive"]["answers"].values.reshape(-1, 3)
    np.testing.assert_allclose(again.mean(axis=0), [500, 300, 200], atol=5)
    # binomial, about shares that are as uncertain themselves
    sd = np.sqrt(2 * 1000 * np.array([0.25, 0.21, 0.16]))
    np.testing.assert_allclose(again.std(axis=0), sd, rtol=0.1)
    np.testing.assert_array_equal(found["observed_data"]["answers"].values, [[500, 300, 200]])


def test_pymc_replays_the_data() -> None:
    import logging

    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.WARNING)
    posterior = STUDIES["judged without raters"]()
    tree = pm.sample_posterior_predictive(
        posterior.tree,
        model=posterior.study.to_pymc(),
        random_seed=1,
        progressbar=False,
        compile_kwargs={"mode": "FAST_COMPILE"},
    )
    ours = posterior.predictive(random_seed=2)
    for name in ("answers", "yes_judged"):
        one = tree["posterior_predictive"][name]
        other = ours["posterior_predictive"][name]
        assert one.dims == other.dims
        gap = (one.mean(("chain", "draw")) - other.mean(("chain", "draw"))).values
        error = one.std(("chain", "draw")).values * np.sqrt(2 / 1000)
        assert (np.abs(gap) <= 4 * error + 1e-9).all(), name


def test_where_nothing_was_observed_nothing_is_replicated() -> None:
    draws = {"draw": [1, 1, 2, 2], "goal": ["a", "b"] * 2, "share": [0.4, 0.6, 0.5, 0.5]}
    area = bm.ProblemArea("vote", goals=["a", "b"])
    posterior = bm.fit(area, bm.DrawnShares(draws), bm.MutuallyExclusive())
    with pytest.raises(bm.ResultError, match="nothing random was observed"):
        posterior.predictive()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # k-hat of a few golden draws, binary outcomes, tails
@pytest.mark.parametrize("name", EXAMPLES)
def test_arviz_takes_every_example(name: str) -> None:
    import arviz as az
    import matplotlib

    matplotlib.use("Agg")
    posterior = posterior_of(name)
    tree = posterior.full_tree(most=2_000_000)
    shown = "misalignment" if "misalignment" in tree["posterior"] else UNFINISHED
    for function in (az.summary, az.ess, az.rhat, az.mcse, az.hdi, az.eti):
        assert function(tree, var_names=shown) is not None
    assert np.isfinite(az.rhat(posterior.tree)[shown].values).all()
    assert not az.summary(posterior.tree).isna().to_numpy().any()
    drawn = (az.plot_trace, az.plot_forest, az.plot_rank, az.plot_dist, az.plot_prior_posterior)
    for plot in (*drawn, az.plot_psense_dist):
        with az.rc_context({"plot.max_subplots": 100}):  # twelve populations, six panels each
            plot(tree, var_names=shown, backend="none")
    assert shown in str(az.psense_summary(tree, var_names=shown).index[0])
    az.plot_ppc_dist(tree, backend="none")
    az.plot_ppc_dist(posterior.predictive(200), backend="none")
    for variable in tree["log_likelihood"].data_vars:
        one = az.loo(tree, var_name=str(variable))
        assert np.isfinite(one.elpd)
        other = az.loo(tree, var_name=str(variable))
        assert len(az.compare({"one": one, "other": other})) == 2
        az.plot_loo_pit(tree, var_names=str(variable), backend="none")
