"""Draws of goal shares in a study: P(ma) is p'Cp of the given draws, and the report says whose."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from rich.console import Console

import bayes_misalign as bm
from bayes_misalign.contract.registry import goals_model
from bayes_misalign.families.draws.kept import evenly, taken
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.report import render_json
from bayes_misalign.report.check_text import print_study
from bayes_misalign.report.write import write_folder
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"])
SHARES = np.random.default_rng(1).dirichlet([3, 2, 1], size=(4000, 2))
GOALS = bm.DrawnShares(SHARES, populations=["east", "west"])
PAIRS = [("a", "b"), ("a", "c"), ("b", "c")]
MATRIX = np.array([[0, 0.5, 1], [0.5, 0, 0.25], [1, 0.25, 0]])
FIXED = bm.Fixed(matrix=MATRIX)
PMA = np.einsum("dsi,ij,dsj->ds", SHARES, MATRIX, SHARES)
TOML = """
name = "drawn"
[problem_area]
name = "plan"
goals = ["a", "b", "c"]
[goals]
model = "drawn-shares"
data = "{data}"
{more}
[conflict]
model = "fixed"
matrix = [[0, 0.5, 1], [0.5, 0, 0.25], [1, 0.25, 0]]
"""


def drawn(posterior: bm.Posterior, name: str = "east") -> Any:
    return posterior.misalignment()[name].draws.ravel()


def test_misalignment_is_that_of_the_given_draws_in_their_order() -> None:
    posterior = bm.fit(AREA, GOALS, FIXED)
    for s, name in enumerate(("east", "west")):
        np.testing.assert_allclose(drawn(posterior, name), PMA[:, s], rtol=1e-12)


def test_fewer_draws_than_asked_for_are_each_taken_as_often() -> None:
    few = bm.DrawnShares(SHARES[:500], populations=["east", "west"])
    found = drawn(bm.fit(AREA, few, FIXED))
    np.testing.assert_allclose(np.sort(found), np.sort(np.repeat(PMA[:500, 0], 8)), rtol=1e-12)
    again, other = (drawn(bm.fit(AREA, few, FIXED, random_seed=seed)) for seed in (1, 2))
    assert not np.array_equal(again, other)


def test_draws_are_taken_without_bias() -> None:
    rng = np.random.default_rng(1)
    counts = sum(np.bincount(taken(7, 10, rng, ordered=False), minlength=7) for _ in range(4000))
    np.testing.assert_allclose(counts / 4000, 10 / 7, atol=0.03)
    assert evenly(5, 5).tolist() == [0, 1, 2, 3, 4]
    assert evenly(10, 5).tolist() == [1, 3, 5, 7, 9]
    assert evenly(3, 6).tolist() == [0, 0, 1, 1, 2, 2]
    assert evenly(4, 10).max() == 3


def test_paired_draws_stay_together() -> None:
    rng = np.random.default_rng(2)
    level = rng.uniform(size=(500, 1))
    shares = np.column_stack([level, 1 - level])  # one posterior, shares and level as one
    area = bm.ProblemArea("plan", goals=["a", "b"])

    def fitted(paired: bool) -> Any:
        goals = bm.DrawnShares(shares, paired=paired)
        conflict = bm.DrawnConflict(level, pairs=[("a", "b")], paired=paired)
        return drawn(bm.fit(area, goals, conflict), "all")

    joint = 2 * level * (1 - level) * level
    np.testing.assert_allclose(np.sort(fitted(True)), np.sort(np.repeat(joint, 8)), rtol=1e-12)
    apart = (2 * level * (1 - level)).mean() * level.mean()
    assert fitted(False).mean() == pytest.approx(apart, rel=0.02)
    assert abs(joint.mean() - apart) > 0.001
    with pytest.raises(bm.StudyError, match="equally many: 500 of goal shares and 499"):
        bm.fit(
            area,
            bm.DrawnShares(shares, paired=True),
            bm.DrawnConflict(level[:499], pairs=[("a", "b")], paired=True),
        )
    with pytest.raises(bm.StudyError, match="paired with nothing"):
        bm.fit(area, bm.DrawnShares(shares, paired=True), bm.MutuallyExclusive())


def test_a_saved_posterior_gives_its_own_misalignment_again(tmp_path: Path) -> None:
    answers = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [9, 5, 3]}, goal="goal", count="n")
    first = bm.fit(AREA, answers, FIXED)
    first.save(tmp_path / "posterior.nc")
    again = bm.fit(AREA, bm.DrawnShares(tmp_path / "posterior.nc"), FIXED)
    np.testing.assert_array_equal(drawn(again, "all"), drawn(first, "all"))
    tree = bm.fit(AREA, bm.DrawnShares(first.tree), FIXED)
    np.testing.assert_array_equal(drawn(tree, "all"), drawn(first, "all"))


@pytest.mark.parametrize("more", ["", "paired = false\nshare = 'share'"])
def test_a_study_file_reads_the_same(more: str, tmp_path: Path) -> None:
    study = bm.Study.of(AREA, GOALS, FIXED)
    write_study(study, tmp_path)
    (tmp_path / "other.toml").write_text(TOML.format(data="draws_of_shares.csv", more=more))
    for name in ("study.toml", "other.toml"):
        read = bm.read_study(tmp_path / name)
        settled = {"notes": study.goals.notes, "source": study.goals.source}
        assert replace(read.goals, **settled) == study.goals
    assert bm.Study.from_plain(json.loads(json.dumps(study.to_plain()))) == study


def test_a_result_comes_back_from_its_file(tmp_path: Path) -> None:
    posterior = bm.fit(AREA, GOALS, FIXED)
    posterior.save(tmp_path / "posterior.nc")
    loaded = bm.load(tmp_path / "posterior.nc")
    assert loaded.study.goals == posterior.study.goals
    np.testing.assert_array_equal(drawn(loaded), drawn(posterior))


def test_priors_are_refused_and_paired_draws_are_not_sampled() -> None:
    with pytest.raises(bm.StudyError, match="takes no prior: that of the draws is inside them"):
        bm.fit(AREA, GOALS, FIXED, prior="flat")
    paired = bm.DrawnShares(SHARES[:, 0], paired=True)
    levels = bm.DrawnConflict(np.full((4000, 3), 0.5), pairs=PAIRS, paired=True)
    with pytest.raises(bm.StudyError, match="paired draws cannot be sampled along"):
        bm.fit(AREA, paired, levels, method="nuts")


def test_nothing_can_be_simulated() -> None:
    with pytest.raises(bm.StudyError, match="nothing can be simulated"):
        simulate(bm.Study.of(AREA, GOALS, FIXED), 100, 1)
    with pytest.raises(bm.StudyError, match="from 'answers', and some population has none"):
        bm.fit(AREA, GOALS, FIXED, populations=bm.Populations(shares="answers"))


def test_the_diagnosis_says_neither_prior_only_nor_that_the_prior_dominates() -> None:
    diagnosis = bm.fit(AREA, GOALS, FIXED).diagnosis
    assert (diagnosis.state, diagnosis.reasons) == ("ok", ())
    few = bm.fit(AREA, bm.DrawnShares(SHARES[:100, 0]), FIXED).diagnosis
    assert few.state == "caution"
    assert [reason.what for reason in few.reasons] == ["only 100 draws of goal shares were given"]


def test_the_report_says_whose_draws_they_are(tmp_path: Path) -> None:
    union = bm.Populations(shares={"east": 0.75, "west": 0.25})
    posterior = bm.fit(AREA, GOALS, FIXED, populations=union)
    write_folder(posterior, tmp_path / "out")
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "whether they have converged is for whoever made them to say" in text
    assert "their 4000 posterior draws were taken from array" in text
    for false in ("nan", "conjugate", "independent draws", "before the data", "nobody", "answers"):
        assert false not in text.lower(), false
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    schema = Path(render_json.__file__).with_name("summary.schema.json")
    jsonschema.validate(summary, json.loads(schema.read_text(encoding="utf-8")))
    east = summary["problem_areas"][0]["populations"][0]
    assert (east["n"], east["n_effective"], east["prior_misalignment"]) == (None, None, None)


def test_the_terminal_and_a_check_say_so_too() -> None:
    posterior = bm.fit(AREA, GOALS, FIXED)
    row = next(line for line in posterior.summary().splitlines() if line.startswith("east"))
    assert row.split()[-3:] == ["–", "–", "–"]
    console = Console(file=StringIO(), width=200)
    print_study(posterior.study, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "goal shares: drawn-shares, prior inside the draws, from array" in text
    assert "note: The draws of goal shares come from array, 4000 of them" in text


def test_error_of_the_mean_is_that_of_the_given_draws() -> None:
    estimate = bm.fit(AREA, bm.DrawnShares(SHARES[:400, 0]), FIXED).misalignment()["all"]
    assert estimate.mcse == pytest.approx(estimate.sd / 20)
    rng = np.random.default_rng(1)
    slow = np.cumsum(rng.normal(size=(4, 1000)), axis=1) / 40  # hardly moves
    shares = np.stack([np.ones_like(slow), np.exp(slow), np.ones_like(slow)], -1)
    chains = bm.fit(AREA, bm.DrawnShares(shares / shares.sum(-1, keepdims=True)), FIXED)
    estimate = chains.misalignment()["all"]
    assert estimate.mcse > 5 * estimate.sd / 4000**0.5
    assert [reason.what[:5] for reason in chains.diagnosis.reasons] == ["R-hat", "the e"]


@pytest.mark.slow
def test_given_draws_can_be_sampled_along_with_other_evidence() -> None:
    """Conflict of one pair is given, that of the others is rated: one block, sampled by NUTS."""
    rated = bm.Rated(
        {"one": ["a", "a", "b", "b"] * 3, "other": ["c"] * 12, "score": [1, 2, 4, 5, 3, 2] * 2},
        scale=(1, 5),
        goal="one",
        goal_other="other",
        rating="score",
    )
    levels = np.random.default_rng(1).beta(8, 4, size=(1000, 1))
    given = bm.DrawnConflict(levels, pairs=[("a", "b")])
    posterior = bm.fit(AREA, GOALS, [given, rated], draws=250, tune=250, chains=2)
    found = posterior.conflict_levels()["a | b"]
    assert found.mean == pytest.approx(levels.mean(), abs=0.03)
    assert set(found.draws.ravel()) <= set(levels.ravel())


def test_the_pymc_model_takes_each_draw_as_likely() -> None:
    import pymc as pm

    model = bm.Study.of(AREA, GOALS, FIXED).to_pymc()
    assert model.named_vars_to_dims["proportion"] == ("population", "goal")
    with model:
        found = pm.draw(model["misalignment"], draws=2000, random_seed=1)
    assert set(found[:, 0].round(9)) <= set(PMA[:, 0].round(9))
    np.testing.assert_allclose(found.mean(0), PMA.mean(0), atol=0.01)


def test_nothing_is_observed_simulated_or_varied() -> None:
    model, evidence = goals_model("drawn-shares"), bm.Study.of(AREA, GOALS, FIXED).goals
    rng = np.random.default_rng(1)
    assert model.traits.drawn == "given"
    assert not model.observes(evidence)
    assert model.simulate({}, evidence, rng) is evidence
    assert model.sized(evidence, 5, rng) is evidence
    assert dict(model.designs()) == dict(model.alternatives(None, evidence)) == {}
    assert dict(model.with_data(evidence, {})) == {}
    assert not model.held(evidence, {}, rng).any()
    assert "inside the given draws" in model.describe(evidence, None).priors[0]
