"""The quantities of a fitted study, against closed forms and against each other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.inference.diagnose import Diagnosis, Reason
from bayes_misalign.inference.groups import read_netcdf, to_datatree
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from tests.studies import (
    AREA,
    COUNTS,
    POPULATIONS,
    SQUARES,
    WEIGHTS,
    counts,
    elicited,
    fixed,
    judged,
    study,
)


@pytest.fixture(scope="module")
def posterior() -> bm.Posterior:
    return bm.fit(study(elicited(), threshold=0.3))


def within_error(estimate: object, expected: float, times: float = 4.5) -> bool:
    return abs(estimate.mean - expected) < times * estimate.mcse  # type: ignore[attr-defined]


def tilted_moments(weights: list[float], squares: list[float], n: int) -> tuple[float, float]:
    """Return mean and variance of 2 * 0.6 p_1 p_2 under weights, by quadrature."""
    w, s2 = np.array(weights), np.array(squares)
    scale = (s2 + 12 * s2.sum() / n) / (w + 12 * w.sum() / n)
    a = w / scale + 1
    nodes, mass = np.polynomial.legendre.leggauss(80)

    def grid(one: float, other: float) -> tuple[np.ndarray, np.ndarray]:
        dist = stats.beta(one, other)
        x = dist.mean() + 10 * dist.std() * nodes
        return x, 10 * dist.std() * mass * dist.pdf(x)

    # q ~ Dirichlet(a) as two broken sticks, shares q_i s_i / sum q_j s_j
    (first, m), (part, of) = grid(a[0], a[1] + a[2]), grid(a[1], a[2])
    first, part, m = first[:, None], part[None, :], m[:, None] * of
    q = np.stack(np.broadcast_arrays(first, (1 - first) * part, (1 - first) * (1 - part)), axis=-1)
    shares = q * scale / (q * scale).sum(axis=-1, keepdims=True)
    value = 2 * 0.6 * shares[..., 0] * shares[..., 1]
    assert m.sum() == pytest.approx(1, abs=1e-12)
    mean = float((m * value).sum())
    return mean, float((m * (value - mean) ** 2).sum())


@pytest.mark.parametrize("weighted", [True, False])
def test_moments_of_a_dirichlet_posterior(weighted: bool) -> None:
    result = bm.fit(study(fixed(0.6), goals=counts(weighted), prior={"concentration": 3.0}))
    for i, estimate in enumerate(result.misalignment().values()):
        if weighted:
            mean, variance = tilted_moments(WEIGHTS[i], SQUARES[i], sum(COUNTS[i]))
        else:
            exact = measure.dirichlet_moments(np.array(COUNTS[i]) + 1.0, result.conflict()[0])
            mean, variance = float(exact.mean), float(exact.variance)
        assert within_error(estimate, mean)
        n = estimate.draws.size
        assert estimate.sd**2 == pytest.approx(variance, rel=5 * np.sqrt(2 / n))


def test_judged_levels_are_beta() -> None:
    level = bm.fit(study(judged(14, 6))).conflict_levels()["Biden | Trump"]
    exact = stats.beta(15, 7)
    assert within_error(level, exact.mean())
    assert stats.kstest(level.draws.ravel(), exact.cdf).pvalue > 1e-3


def test_an_elicited_range_holds_its_probability() -> None:
    level = bm.fit(study(elicited(0.7, 1.0))).conflict_levels()["Biden | Trump"]
    inside = int((level.draws > 0.7).sum())
    assert stats.binomtest(inside, level.draws.size, 0.9).pvalue > 1e-3


def test_misalignment_is_the_quadratic_form_of_the_draws(posterior: bm.Posterior) -> None:
    shares, conflict = posterior.shares(), posterior.conflict()
    expected = np.einsum("dpi,dij,dpj->dp", shares, conflict, shares)
    np.testing.assert_allclose(posterior.misalignment_draws(), expected, rtol=1e-12)
    for name, aligned in posterior.alignment().items():
        assert aligned.mean == pytest.approx(1 - posterior.misalignment()[name].mean)


def test_the_union_is_taken_apart_exactly(posterior: bm.Posterior) -> None:
    parts = posterior.decompose()
    total = sum(part.draws for part in parts.values())
    overall = posterior.overall()
    assert overall is not None
    np.testing.assert_allclose(total, overall.draws, rtol=1e-12)
    # shares of populations that were estimated from weights are drawn
    parts = posterior.union_weights(None)
    assert parts is not None
    assert parts.shape == (4000, 3)
    stated, error = np.array(posterior.study.union.shares), parts.std(axis=0) / np.sqrt(4000)
    assert (np.abs(parts.mean(axis=0) - stated) < 4.5 * error).all()
    pooled = measure.union_shares(posterior.shares(), parts)
    direct = np.einsum("di,dij,dj->d", pooled, posterior.conflict(), pooled)
    np.testing.assert_allclose(overall.draws.ravel(), direct, rtol=1e-12)


def test_contributions_sum_to_misalignment(posterior: bm.Posterior) -> None:
    for name in POPULATIONS:
        total = sum(e.draws for e in posterior.contributions(name).values())
        np.testing.assert_allclose(total, posterior.misalignment()[name].draws, rtol=1e-12)


def test_opposition_averages_to_misalignment(posterior: bm.Posterior) -> None:
    shares = posterior.proportions()["always"]
    against = posterior.opposition("always")
    total = sum(shares[g].draws * against[g].draws for g in shares)
    np.testing.assert_allclose(total, posterior.misalignment()["always"].draws, rtol=1e-12)


def test_contrast(posterior: bm.Posterior) -> None:
    contrast = posterior.contrast("always", "rarely/never")
    p = posterior.misalignment()
    expected = p["always"].draws - p["rarely/never"].draws
    np.testing.assert_array_equal(contrast.difference.draws, expected)
    assert contrast.ratio is not None
    np.testing.assert_array_equal(contrast.ratio.draws, p["always"].draws / p["rarely/never"].draws)
    assert contrast.probability_above(0.1) == (expected > 0.1).mean()


def test_a_mixture_ends_at_its_populations(posterior: bm.Posterior) -> None:
    mixed = posterior.mixture("always", "sporadic", np.array([0.0, 0.3, 1.0]))
    np.testing.assert_allclose(mixed[0].draws, posterior.misalignment()["always"].draws)
    np.testing.assert_allclose(mixed[2].draws, posterior.misalignment()["sporadic"].draws)
    given = posterior.overall({"always": 0.7, "sporadic": 0.3, "rarely/never": 0.0})
    assert given is not None
    np.testing.assert_allclose(mixed[1].draws, given.draws)


def test_normalised_by_what_is_attainable(posterior: bm.Posterior) -> None:
    # two goals with conflict c attain at most c/2, so the level of conflict cancels
    p = posterior.shares()[:, 0]
    expected = 4 * p[:, 0] * p[:, 1]
    scaled = posterior.normalised_misalignment()["rarely/never"]
    assert scaled.mean == pytest.approx(expected.mean(), abs=5 * expected.std() / np.sqrt(1000))
    by_bound = posterior.normalised_misalignment("bound")["rarely/never"]
    np.testing.assert_allclose(by_bound.draws, 2 * posterior.misalignment()["rarely/never"].draws)


def test_attribution_follows_what_is_uncertain() -> None:
    known = bm.fit(study(fixed())).attribution("always")
    assert (known.shares, known.conflict, known.interaction) == (1.0, 0.0, 0.0)
    union = bm.fit(study(fixed())).attribution()  # whose parts are estimated from weights
    assert union.conflict == 0
    assert 0.9 < union.shares < 1
    assert union.shares + union.populations + union.interaction == pytest.approx(1)
    census = bm.fit(study(elicited(), goals=counts(False, np.sum(COUNTS, axis=1)))).attribution()
    assert census.shares == pytest.approx(0, abs=1e-20)  # but for rounding
    assert census.conflict == pytest.approx(1)
    both = bm.fit(study(elicited())).attribution()
    parts = (both.shares, both.populations, both.conflict, both.interaction)
    assert sum(parts) == pytest.approx(1)
    assert both.conflict > 0.9
    assert both.pairs == {"Biden | Trump": pytest.approx(both.conflict)}


def test_a_census_is_a_point_and_half_a_census_half_the_story() -> None:
    n = np.array([60, 40])
    area = bm.ProblemArea("vote", ["stay", "leave"])
    size = 200
    evidence = ChoiceCounts.from_counts(["stay", "leave"], ["all"], [n], population_size=[100])
    census = bm.fit(area, evidence, bm.MutuallyExclusive()).misalignment()["all"]
    assert census.sd == 0
    assert census.mean == pytest.approx(0.48)
    half = replace(evidence, population_size=np.array([size]))
    share = bm.fit(area, half, bm.MutuallyExclusive(), prior={"concentration": 2.0}).proportions()
    # unseen agents are beta-binomial given 61 and 41
    unseen = stats.betabinom(size - 100, 61, 41)
    draws = share["all"]["stay"].draws
    assert abs(draws.mean() - (60 + unseen.mean()) / size) < 5 * unseen.std() / size / 60
    assert draws.std() == pytest.approx(unseen.std() / size, rel=0.06)


def test_different_agents() -> None:
    sizes = [5000, 6000, 4000]
    result = bm.fit(study(goals=counts(False, sizes)))
    for size, name in zip(sizes, POPULATIONS, strict=True):
        same = result.misalignment("with-replacement")[name].draws
        different = result.misalignment("different")[name].draws
        np.testing.assert_allclose(different, same * size / (size - 1))
    with pytest.raises(bm.StudyError, match="population size"):
        bm.fit(study()).misalignment("different")


def test_prior_of_misalignment_has_its_closed_mean() -> None:
    prior = bm.fit(study(fixed())).prior_misalignment()["always"]
    # two goals: 1/3 among holders, E[(1 - p_0)^2] = 8/15 with p_0 ~ Beta(1/2, 1)
    assert within_error(prior, 8 / 45)


def test_same_seed_same_digits() -> None:
    one, again = (bm.fit(study(elicited())) for _ in range(2))
    np.testing.assert_array_equal(one.misalignment_draws(), again.misalignment_draws())
    other = bm.fit(study(elicited()), random_seed=2)
    assert (one.misalignment_draws() != other.misalignment_draws()).any()


def test_saved_and_loaded(posterior: bm.Posterior, tmp_path: Path) -> None:
    path = posterior.save(tmp_path / "posterior.nc")
    loaded = bm.load(path)
    np.testing.assert_array_equal(loaded.shares(), posterior.shares())
    np.testing.assert_array_equal(loaded.conflict(), posterior.conflict())
    assert loaded.study == posterior.study
    assert loaded.diagnosis == posterior.diagnosis
    assert list(tmp_path.iterdir()) == [path]
    of_folder = bm.load(tmp_path)  # the folder of results, by its name
    np.testing.assert_array_equal(of_folder.misalignment_draws(), loaded.misalignment_draws())


def test_a_folder_without_a_posterior_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(bm.ResultError, match=r"there is no result .*posterior\.nc"):
        bm.load(tmp_path)


def test_the_tree_is_what_arviz_takes(posterior: bm.Posterior, tmp_path: Path) -> None:
    import arviz_stats as azs
    import xarray as xr

    table = azs.summary(posterior.tree, var_names="misalignment", round_to="none")
    assert list(table.index) == [f"misalignment[{name}]" for name in POPULATIONS]
    assert table["mean"].iloc[0] == pytest.approx(posterior.misalignment()["rarely/never"].mean)
    stored = xr.load_datatree(posterior.save(tmp_path / "p.nc"), engine="h5netcdf")
    # what is worked out from the draws, as free variables, is not stored
    held = to_datatree(posterior.groups)
    xr.testing.assert_equal(stored["posterior"].dataset, held["posterior"].dataset)
    for name in ("proportion", "misalignment"):
        np.testing.assert_array_equal(
            posterior.tree["posterior"][name].values, stored["posterior"][name].values
        )
    np.testing.assert_array_equal(
        posterior.tree["posterior"]["conflict_level"].values,
        stored["posterior"]["conflict_level"].values,
    )


@pytest.mark.parametrize("damage", ["truncated", "text", "missing", "foreign"])
def test_damaged_results_are_refused(damage: str, posterior: bm.Posterior, tmp_path: Path) -> None:
    path = posterior.save(tmp_path / "p.nc")
    match damage:
        case "truncated":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "text":
            path.write_text("not a posterior")
        case "missing":
            path.unlink()
        case "foreign":
            import xarray as xr

            xr.Dataset({"x": ("d", [1.0])}).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(bm.ResultError, match=r"p\.nc"):
        bm.load(path)


def test_newer_results_are_refused(posterior: bm.Posterior, tmp_path: Path) -> None:
    newer = replace(posterior.groups, metadata={**posterior.groups.metadata, "schema": 99})
    path = bm.Posterior(newer).save(tmp_path / "p.nc")
    assert read_netcdf(path).metadata["schema"] == 99
    with pytest.raises(bm.ResultError, match="upgrade"):
        bm.load(path)


def test_an_unconverged_fit_withholds_its_numbers(posterior: bm.Posterior) -> None:
    bad = Diagnosis("not_converged", "nuts", (Reason("R-hat reaches 1.4", "sample longer"),))
    groups = replace(
        posterior.groups, metadata={**posterior.groups.metadata, "diagnosis": bad.to_plain()}
    )
    withheld = bm.Posterior(groups).misalignment()["always"]
    assert withheld.as_dict()["mean"] is None
    assert "withheld" in str(withheld)
    with pytest.raises(bm.ResultError, match="not converged"):
        _ = withheld.mean
    shown = bm.Posterior(groups, allow_unconverged=True).misalignment()["always"]
    assert shown.mean > 0


def test_wrong_names_are_answered(posterior: bm.Posterior) -> None:
    with pytest.raises(bm.ResultError, match="did you mean 'always'"):
        posterior.between("alwys", "sporadic")
    with pytest.raises(bm.ResultError, match="there are 'rarely/never'"):
        posterior.misalignment()["alway"]


def test_cautions() -> None:
    evidence = ChoiceCounts.from_counts(AREA.categories, ["some", "none"], [[1, 0, 0], [0, 0, 0]])
    found = bm.fit(study(goals=evidence, shares=None)).diagnosis
    assert found.state == "caution"
    assert found.trustworthy
    said = " ".join(reason.what for reason in found.reasons)
    assert "nobody in none answered: prior only" in said


def test_sensitivity_refits_under_other_priors(posterior: bm.Posterior) -> None:
    found = posterior.sensitivity()
    assert list(found) == [
        "as fitted",
        "index-uniform shares",
        "shares ~ Dirichlet(1, ..., 1)",
        "shares ~ Dirichlet(1/2, ..., 1/2)",
        "stated ranges of conflict hold with probability 0.5",
        "stated ranges of conflict hold with probability 0.99",
    ]
    np.testing.assert_array_equal(
        found["as fitted"]["always"].draws, posterior.misalignment()["always"].draws
    )
    direct = bm.fit(study(elicited(), prior={"concentration": 3.0})).misalignment()["always"]
    np.testing.assert_array_equal(
        found["shares ~ Dirichlet(1, ..., 1)"]["always"].draws.ravel(), direct.draws.ravel()
    )


def test_whoever_is_unseen_stays_uncertain_under_weights() -> None:
    # 10 answers of 12 agents; the weights leave 1.5 effective answers
    goals = {"goal": ["a"] * 5 + ["b"] * 5, "w": [1.0] * 9 + [40.0]}
    area = bm.ProblemArea("x", goals=["a", "b"])
    answers = bm.SingleChoice(goals, goal="goal", weight="w", population_size=12)
    assert bm.fit(area, answers, bm.MutuallyExclusive()).misalignment()["all"].sd > 0
    census = bm.SingleChoice(goals, goal="goal", weight="w", population_size=10)
    with pytest.raises(bm.StudyError, match="a census needs none"):
        bm.fit(area, census, bm.MutuallyExclusive())


def test_vague_conflict_is_not_blamed_on_the_prior_of_shares() -> None:
    evidence = ChoiceCounts.from_counts(AREA.categories, ["all"], [[5000, 5000, 100]])
    found = bm.fit(study(elicited(0.1, 0.9), goals=evidence, shares=None)).diagnosis
    assert found.state == "ok", found.reasons


def test_few_exact_draws_are_a_caution() -> None:
    found = bm.fit(study(), draws=10).diagnosis
    assert found.state == "caution"
    assert "40 exact draws" in found.reasons[0].what


def test_a_ratio_to_what_may_be_zero_is_not_given() -> None:
    area = bm.ProblemArea("x", goals=["a", "b"])
    evidence = ChoiceCounts.from_counts(area.goals, ["even", "one"], [[50, 50], [30, 0]])
    result = bm.fit(area, evidence, bm.MutuallyExclusive())
    assert result.contrast("even", "one").ratio is None
    assert result.contrast("one", "even").ratio is not None


@pytest.mark.slow  # compiled for it alone
def test_one_chain_can_be_saved(tmp_path: Path) -> None:
    prior = {"concentration": 3.0}
    result = bm.fit(study(prior=prior), method="nuts", chains=1, draws=400, tune=300)
    assert result.diagnosis.state == "caution", result.diagnosis
    assert bm.load(result.save(tmp_path / "p.nc")).diagnosis == result.diagnosis
