"""Conflict that was measured in each population: its way through a fit, and what exists then."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode
from scipy import stats

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.contract.matrices import assemble
from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.inference import draw_blocks as blocks
from bayes_misalign.inference import groups as tree
from bayes_misalign.inference.conflict_draws import (
    assemble_draws,
    facing_populations,
    with_known,
)
from bayes_misalign.inference.fit import run
from bayes_misalign.inference.rests import sd_ratio
from bayes_misalign.inference.sampled import _completed
from bayes_misalign.inference.sensitivity import refits
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.study.joint import build_conflict
from bayes_misalign.study.options import Reporting
from bayes_misalign.study.study import Study
from tests import told
from tests.told import GOALS, KNOWN, PAIRS, TOTAL, WAVES, YES

PLAIN = Mode(linker="py", optimizer="fast_compile")
WITHIN = "measured within each population; nobody measured it between them"


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with told.known_model():
        yield


@pytest.fixture(scope="module")
def posterior() -> bm.Posterior:
    with told.known_model():
        return bm.fit(told.study())


def quadratic(posterior: bm.Posterior, group: str = tree.POSTERIOR) -> np.ndarray:
    shares, conflict = posterior.shares(group), posterior.conflict(group)
    return np.einsum("dsi,dsij,dsj->ds", shares, conflict, shares)


def test_levels_are_those_of_their_population(posterior: bm.Posterior) -> None:
    for s, wave in enumerate(WAVES):
        levels = posterior.conflict_levels(wave)
        assert list(levels) == ["left | right", "left | green", "right | green"]
        for k, (a, b) in enumerate(PAIRS):
            draws = levels[f"{a} | {b}"].draws.ravel()
            exact = stats.beta(1 + YES[s][k], 1 + TOTAL - YES[s][k])
            assert stats.kstest(draws, exact.cdf).pvalue > 1e-3
        assert (levels[" | ".join(KNOWN)].draws == 0.5).all()


def test_misalignment_is_the_quadratic_form_with_its_own_conflict(posterior: bm.Posterior) -> None:
    np.testing.assert_allclose(posterior.misalignment_draws(), quadratic(posterior), rtol=1e-12)
    prior = posterior.misalignment_draws(tree.PRIOR)
    np.testing.assert_allclose(prior, quadratic(posterior, tree.PRIOR), rtol=1e-12)
    assert posterior.by_population
    dims, levels = posterior.groups.groups[tree.POSTERIOR]["conflict_level"]
    assert dims == ("chain", "draw", "population", "pair")
    assert levels.shape == (4, 1000, 3, 2)
    known = posterior.groups.values(tree.CONSTANT, "conflict")
    np.testing.assert_array_equal(np.isnan(known).sum(), 4)
    draws = posterior.conflict()
    assert draws.shape == (4000, 3, 3, 3)
    np.testing.assert_array_equal(draws, draws.swapaxes(-1, -2))
    np.testing.assert_array_equal(
        posterior.tree["derived"]["conflict"].coords["population"].values, WAVES
    )
    levels = posterior.tree["posterior"]["conflict_level"]
    assert levels.dims == ("chain", "draw", "population", "pair")


def test_the_sd_ratio_holds_each_conflict_at_its_mean(posterior: bm.Posterior) -> None:
    groups = {name: with_known(posterior.groups, name) for name in (tree.POSTERIOR, tree.PRIOR)}
    found = sd_ratio(posterior.study, groups[tree.POSTERIOR], groups[tree.PRIOR])
    assert list(found) == list(WAVES)
    mean = posterior.conflict().mean(axis=0)
    for s, wave in enumerate(WAVES):
        after, before = (
            np.einsum("di,ij,dj->d", shares[:, s], mean[s], shares[:, s]).std()
            for shares in (posterior.shares(), posterior.shares(tree.PRIOR))
        )
        assert found[wave] == pytest.approx(after / before, rel=1e-9)


def test_quantities_of_one_population_use_its_conflict(posterior: bm.Posterior) -> None:
    shares, conflict, found = posterior.shares(), posterior.conflict(), posterior.misalignment()
    for s, wave in enumerate(WAVES):
        own = found[wave].draws
        total = sum(e.draws for e in posterior.contributions(wave).values())
        np.testing.assert_allclose(total, own, rtol=1e-12)
        against = posterior.opposition(wave)
        facing = np.einsum("dij,dj->di", conflict[:, s], shares[:, s])
        for i, goal in enumerate(GOALS):
            np.testing.assert_allclose(against[goal].draws.ravel(), facing[:, i], rtol=1e-12)
        np.testing.assert_array_equal(posterior.conflict(population=wave), conflict[:, s])
        parts = posterior.attribution(wave)
        assert parts.shares + parts.conflict + parts.interaction == pytest.approx(1)
        assert set(parts.pairs) == {"left | right", "left | green"}
        # by itself, the population's study is an ordinary one
        alone = measure.misalignment(shares[:, s], conflict[:, s].mean(axis=0)).var()
        assert parts.shares == pytest.approx(alone / parts.variance, rel=1e-9)


def test_normalised_by_the_maximum_of_each_population(posterior: bm.Posterior) -> None:
    scaled = posterior.normalised_misalignment()
    kept = np.arange(4000).reshape(4, 1000)[:, ::4].ravel()
    for s, wave in enumerate(WAVES):
        own = measure.normalised(posterior.shares()[kept, s], posterior.conflict()[kept, s])
        np.testing.assert_allclose(scaled[wave].draws.ravel(), own, rtol=1e-12)


def test_what_needs_conflict_between_populations_does_not_exist(posterior: bm.Posterior) -> None:
    assert posterior.study.union is not None
    assert posterior.overall() is None
    for call in (
        posterior.decompose,
        posterior.between,
        posterior.plot.between,
        lambda: posterior.between(*WAVES[:2]),
        lambda: posterior.mixture(*WAVES[:2], np.array([0.5])),
        lambda: posterior.decompose({"2010": 1.0}),
    ):
        with pytest.raises(bm.StudyError, match=WITHIN):
            call()
    with pytest.raises(bm.ResultError, match="no population '1999'"):
        posterior.conflict_levels("1999")


def test_without_it_results_come_by_population(posterior: bm.Posterior) -> None:
    for of in ("contributions", "opposition", "attribution", "conflict_levels"):
        every = getattr(posterior, of)()
        assert list(every) == list(WAVES)
        for wave in WAVES:
            assert every[wave].columns_of_frame() == getattr(posterior, of)(wave).columns_of_frame()
        assert set(every.to_frame()["population"]) == set(WAVES)


def test_a_split_difference_is_drawn_and_shown(posterior: bm.Posterior) -> None:
    contrast = posterior.contrast("2030", "2010")
    figure = posterior.plot.change(("2030", "2010"))
    for cause, part in contrast.parts.items():
        assert f"2030 minus 2010, due to {cause} {estimate_text(part)}" in figure.alt
    assert "sum to the difference" in figure.caption
    frame = contrast.to_frame("polars")
    assert frame["quantity"].to_list()[2:] == [
        "difference due to conflict levels",
        "difference due to goal shares",
        "part of the difference due to conflict levels",
    ]
    assert frame["mean"][2] + frame["mean"][3] == pytest.approx(frame["mean"][0])


def test_a_difference_is_split(posterior: bm.Posterior) -> None:
    contrast = posterior.contrast("2030", "2010")
    assert contrast.due_to_conflict is not None
    assert contrast.due_to_shares is not None
    assert contrast.conflict_share is not None
    p, q = posterior.shares()[:, 2], posterior.shares()[:, 0]
    apart = posterior.conflict()[:, 2] - posterior.conflict()[:, 0]
    due = sum(np.einsum("di,dij,dj->d", x, apart, x) for x in (p, q)) / 2
    np.testing.assert_allclose(contrast.due_to_conflict.draws.ravel(), due, rtol=1e-10)
    total = contrast.due_to_conflict.draws + contrast.due_to_shares.draws
    np.testing.assert_allclose(total, contrast.difference.draws, atol=1e-14)
    np.testing.assert_allclose(
        contrast.conflict_share.draws, contrast.due_to_conflict.draws / contrast.difference.draws
    )
    assert set(contrast.as_dict()) >= {"due_to_conflict", "due_to_shares", "conflict_share"}
    back = posterior.contrast("2010", "2030")
    assert back.due_to_conflict is not None
    assert back.conflict_share is not None
    np.testing.assert_allclose(back.due_to_conflict.draws, -contrast.due_to_conflict.draws)
    np.testing.assert_allclose(back.conflict_share.draws, contrast.conflict_share.draws)
    # a difference near zero is split, and not divided by
    same = posterior.contrast("2010", "2010")
    assert same.conflict_share is None
    assert same.as_dict()["conflict_share"] is None
    assert (same.parts["conflict levels"].draws == 0).all()


def test_different_agents_are_split_too() -> None:
    made = told.study(sizes=[1000, 500, 200], reporting=Reporting(agents="different"))
    result = bm.fit(made)
    contrast = result.contrast("2030", "2010")
    total = sum(part.draws for part in contrast.parts.values())
    np.testing.assert_allclose(total, contrast.difference.draws, atol=1e-14)
    own = result.misalignment("with-replacement")["2030"].draws * 200 / 199
    np.testing.assert_allclose(result.misalignment()["2030"].draws, own)


def test_conflict_that_is_the_same_everywhere_is_not_split() -> None:
    from tests.studies import elicited, study

    contrast = bm.fit(study(elicited())).contrast("always", "sporadic")
    assert contrast.parts == {}
    assert set(contrast.as_dict()) == {"populations", "difference", "ratio", "probability_greater"}


def test_a_saved_posterior_is_the_same(posterior: bm.Posterior, tmp_path: object) -> None:
    path = posterior.save(f"{tmp_path}/posterior.nc")
    again = bm.load(path)
    assert again.by_population
    np.testing.assert_array_equal(again.conflict(), posterior.conflict())
    assert again.study.conflict == posterior.study.conflict


def test_one_population_is_an_ordinary_study() -> None:
    yes = np.array(YES[:1])
    source = told.ToldConflict(PAIRS, ["2010"], yes, TOTAL - yes)
    goals = ChoiceCounts.from_counts(GOALS, ["2010"], [[60, 30, 10]])
    made = Study.of(bm.ProblemArea("party", GOALS), goals, told.conflict(source))
    result = bm.fit(made)
    assert result.groups.values(tree.POSTERIOR, "conflict_level").shape == (4, 1000, 1, 2)
    assert not result.by_population
    assert result.conflict().shape == result.conflict(population="2010").shape == (4000, 3, 3)
    total = sum(e.draws for e in result.contributions().values())
    np.testing.assert_allclose(total, result.misalignment()["2010"].draws, rtol=1e-12)
    assert result.attribution().conflict > 0
    assert list(result.conflict_levels()) == list(result.conflict_levels("2010"))
    scaled = result.normalised_misalignment()["2010"].draws
    assert ((scaled > 0) & (scaled <= 1 + 1e-12)).all()


def test_known_levels_may_differ_by_population(posterior: bm.Posterior) -> None:
    dims, draws = posterior.groups.groups[tree.POSTERIOR]["conflict_level"]
    groups = dict(posterior.groups.groups[tree.POSTERIOR])
    shares = groups["proportion"][1]
    groups["conflict_level"] = (dims, np.broadcast_to(draws[:1, :1], draws.shape))
    known = np.broadcast_to(posterior.conflict()[0], (*draws.shape[:3], 3, 3))
    groups["misalignment"] = (groups["misalignment"][0], measure.misalignment(shares, known))
    both = {**posterior.groups.groups, tree.POSTERIOR: groups}
    result = bm.Posterior(replace(posterior.groups, groups=both))
    assert result.conflict().shape == (1, 3, 3, 3)
    assert result.conflict(population="2020").shape == (1, 3, 3)
    for wave in WAVES:
        total = sum(e.draws for e in result.contributions(wave).values())
        np.testing.assert_allclose(total, result.misalignment()[wave].draws, rtol=1e-12)
        assert result.attribution(wave).conflict == 0
        assert result.opposition(wave)["left"].draws.shape == (4, 1000)
        assert result.conflict_levels(wave)["left | right"].sd == 0
    scaled = result.normalised_misalignment()
    own = measure.normalised(result.shares()[:, 1], result.conflict()[0, 1])
    np.testing.assert_allclose(scaled["2020"].draws.ravel(), own, rtol=1e-12)
    assert sum(part.mean for part in result.contrast("2010", "2020").parts.values()) == (
        pytest.approx(result.contrast("2010", "2020").difference.mean, abs=1e-12)
    )


def test_other_priors_of_shares_keep_each_conflict() -> None:
    made = told.study()
    found = refits(made)
    conflict = blocks.draw_conflict(made, 4000)
    assert conflict is not None
    assert conflict.shape == (4000, 3, 3, 3)
    for draws in found.values():
        assert draws.shape == (4000, 3)
        np.testing.assert_allclose(draws.mean(axis=0), [0.112, 0.208, 0.323], atol=0.006)


def test_levels_are_put_together_by_population_where_any_are() -> None:
    levels = np.arange(12.0).reshape(2, 3, 2) / 100
    parts = [((KNOWN,), np.array([[0.5]])), (PAIRS, levels), ((), np.empty((1, 0)))]
    conflict = assemble_draws(GOALS, parts)
    np.testing.assert_array_equal(conflict.whole(), assemble(GOALS, parts))
    matrix = conflict.whole()
    assert matrix.shape == (2, 3, 3, 3)
    np.testing.assert_array_equal(matrix[:, :, 0, 1], levels[..., 0])
    np.testing.assert_array_equal(matrix[:, :, 2, 0], levels[..., 1])
    assert (matrix[..., 1, 2] == 0.5).all()
    np.testing.assert_array_equal(facing_populations(conflict), matrix)
    assert assemble(GOALS, parts[:1]).shape == (1, 3, 3)
    assert not len(assemble_draws(GOALS, parts[:1]).first)


def test_simulated_evidence_comes_from_all_parameters() -> None:
    simulated = simulate(told.study(), 50, 3)
    assert simulated.conflict.shape == (3, 3, 3)
    p, c = simulated.proportion, simulated.conflict
    np.testing.assert_allclose(simulated.misalignment, np.einsum("si,sij,sj->s", p, c, p))
    source = simulated.study.conflict.sources[0]
    assert source.heard == "loudness 7.0"
    assert source.populations == WAVES


def test_the_joint_model_has_a_matrix_for_each_population() -> None:
    model = told.study().to_pymc()
    dims = ("population", "goal", "goal_other")
    assert model.named_vars_to_dims["conflict"] == dims
    names = ("proportion", "conflict_told", "conflict", "misalignment")
    shares, levels, conflict, pma = pm.draw(
        [model[name] for name in names], draws=2, random_seed=1, mode=PLAIN
    )
    np.testing.assert_array_equal(conflict[:, :, 0, 1], levels[..., 0])
    np.testing.assert_array_equal(conflict[:, :, 2, 0], levels[..., 1])
    assert (conflict[:, :, 1, 2] == 0.5).all()
    np.testing.assert_allclose(pma, np.einsum("dsi,dsij,dsj->ds", shares, conflict, shares))
    alone = build_conflict(told.study().conflict, [told.priors(), None])
    assert alone.coords["population"] == WAVES
    assert alone.named_vars_to_dims["conflict"] == dims


@pytest.mark.parametrize("exact", ["goals", "conflict"])
def test_sampled_blocks_are_completed(exact: str) -> None:
    made = told.study()
    goals, conflict = blocks.draw_goals(made, 4000), blocks.draw_conflict(made, 4000)
    assert goals is not None
    assert conflict is not None
    sampled: dict[str, tree.Variable]
    if exact == "goals":
        drawn = blocks.in_chains(conflict.drawn, 4)
        sampled = {"conflict_told": ((*tree.SAMPLE_DIMS, "population", "pair_told"), drawn)}
        found, levels = _completed(made, sampled, goals, None)
    else:
        drawn = blocks.in_chains(goals["proportion"], 4)
        sampled = {"proportion": ((*tree.SAMPLE_DIMS, "population", "goal"), drawn)}
        found, levels = _completed(made, sampled, None, conflict)
    matrix = levels.whole().reshape(4, 1000, 3, 3, 3)
    shares = found["proportion"][1]
    expected = np.einsum("cdsi,cdsij,cdsj->cds", shares, matrix, shares)
    np.testing.assert_allclose(found["misalignment"][1], expected, rtol=1e-12)
    assert expected.shape == (4, 1000, 3)


@pytest.mark.slow
def test_nuts_agrees_with_exact_draws(posterior: bm.Posterior) -> None:
    groups, diagnosis = run(told.study(told.told(conjugate=False)))
    assert diagnosis.method == "nuts"
    assert diagnosis.trustworthy
    sampled = bm.Posterior(groups)
    for wave in WAVES:
        one, other = sampled.misalignment()[wave], posterior.misalignment()[wave]
        assert abs(one.mean - other.mean) < 4.5 * np.hypot(one.mcse, other.mcse)
        assert one.sd == pytest.approx(other.sd, rel=0.1)
    joint, _ = run(told.study().with_fitting(method="nuts"))
    both = bm.Posterior(joint)
    np.testing.assert_allclose(both.misalignment_draws(), quadratic(both), rtol=1e-9)


def test_populations_take_the_order_of_the_goals() -> None:
    backwards = told.told().ordered(WAVES[::-1])
    assert backwards.populations == WAVES[::-1]
    made = told.study(backwards)
    assert made.conflict.by_population == WAVES
    assert made.conflict.sources[0] == told.told()


@pytest.mark.parametrize(
    ("populations", "said"),
    [
        (("2010", "2020", "2031"), ["conflict was measured in '2031'", "did you mean '2030'"]),
        ((*WAVES, "x"), ["measured in 'x', about whose goals", "leave it out, or add"]),
    ],
)
def test_other_populations_than_those_of_the_goals_are_refused(
    populations: tuple[str, ...], said: list[str]
) -> None:
    yes = np.full((len(populations), 2), 5.0)
    with pytest.raises(bm.StudyError) as caught:
        told.study(told.ToldConflict(PAIRS, populations, yes, yes))
    for words in said:
        assert words in str(caught.value)


def test_a_source_may_speak_of_populations_it_was_not_measured_in() -> None:
    two = told.told().ordered(WAVES[:2])
    (source, _) = told.study(two).conflict.sources
    assert source.populations == WAVES
    np.testing.assert_array_equal(source.yes, [*YES[:2], [0.0, 0.0]])


def test_a_source_that_cannot_do_so_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    backwards, two = (told.told().ordered(waves) for waves in (WAVES[::-1], WAVES[:2]))
    monkeypatch.delattr(told.ToldConflict, "ordered")
    with pytest.raises(bm.StudyError, match="different orders"):
        told.study(backwards)
    with pytest.raises(bm.StudyError, match="goals in '2030', where conflict was not measured"):
        told.study(two)


def test_sources_by_population_name_the_same_ones() -> None:
    assert told.conflict(told.told()).by_population == WAVES
    everywhere = FixedConflict((("a", "b"),), [1.0], "x")
    assert ConflictEvidence(("a", "b"), (everywhere,)).by_population == ()
    one = replace(told.told(), pairs=PAIRS[:1], yes=np.ones((3, 1)), no=np.ones((3, 1)))
    two = replace(one, pairs=PAIRS[1:], populations=WAVES[::-1])
    with pytest.raises(ValueError, match="same ones in one order"):
        _ = told.conflict(one, two).by_population
    assert told.conflict(one, replace(two, populations=WAVES)).by_population == WAVES
