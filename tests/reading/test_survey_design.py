"""Strata, clusters and replicate weights: as R's survey, whatever way a table is read."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.models.single_choice.model import MODEL
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.study.write import write_study
from bayes_misalign.tables import blocks
from tests.reading.surveys import (
    CASES,
    CLUS1,
    CLUS2,
    EXPECTED,
    LEVELS,
    MU284,
    NHANES,
    RACES,
    SCHOOLS,
    SURVEYS,
    by,
    evidence,
    refused,
    table,
)


@pytest.mark.parametrize("name", CASES)
def test_variances_are_those_of_survey_in_r(name: str) -> None:
    file, goals, stated = CASES[name]
    found, expected = evidence(table(file), goals, **stated), EXPECTED[name]
    design, k = found.design, len(goals)
    assert design is not None
    shares = found.weight_sum[0] / found.weight_total[0]
    np.testing.assert_allclose(shares, expected["shares"], rtol=1e-12)
    variance = np.array(expected["variance"]).reshape(k, k)
    largest = np.abs(variance).max()
    np.testing.assert_allclose(design.covariance[0], variance, rtol=1e-10, atol=1e-12 * largest)
    gradient = 2 * exclusive_conflict(k) @ shares
    error = np.sqrt(gradient @ design.covariance[0] @ gradient)
    assert error == pytest.approx(expected["se"], rel=1e-10)
    if name != "yrbs":  # of which two clusters have no answer, and R counts them
        assert design.df[0] == expected["df"]
    assert from_plain(json.loads(json.dumps(to_plain(found)))) == found


def test_covariances_of_populations_are_those_of_svyby_in_two_stages() -> None:
    found = evidence(
        table("apiclus2_stages"), SCHOOLS, **CLUS2, population="both", populations=["No", "Yes"]
    )
    assert found.design is not None
    assert found.design.together is not None
    told = found.design.together.reshape(2, 3, 2, 3).transpose(1, 0, 3, 2)  # goals vary slowest
    expected = np.array(EXPECTED["apiclus2 together"]["variance"]).reshape(6, 6)
    np.testing.assert_allclose(told.reshape(6, 6), expected, rtol=1e-9, atol=1e-14)
    assert "both stages" in found.design.method


def test_units_within_clusters_must_fit_their_clusters() -> None:
    data = table("mu284")

    def said(column: str, values: Any) -> str:
        return refused(data.assign(**{column: values}), LEVELS, **MU284)

    few = data["n2"].mask(data["id1"] == "19", "2")
    assert "the fpc2 of a cluster is 2, and 3 units of it were sampled" in said("n2", few)
    one = data["n2"].mask(data.index == data.index[0], "77")
    assert "the fpc2 of a cluster is" in said("n2", one)
    assert "in one row and" in said("n2", one)
    assert "an fpc2 is not above 0" in said("n2", "0")
    assert "many" in said("n2", "many")
    empty = data["n2"].mask(data.index == data.index[0], "")
    assert "the number of units in the whole cluster" in said("n2", empty)
    lonely = refused(table("mu284_lonely"), LEVELS, **MU284, lonely="average")
    assert "one unit of a cluster was sampled" in lonely


@pytest.mark.parametrize("left_out", ["cluster", "fpc", "cluster2", "fpc2"])
def test_both_stages_are_stated_together(left_out: str) -> None:
    stated = {key: name for key, name in MU284.items() if key != left_out}
    said = refused(table("mu284"), LEVELS, **stated)
    assert f"without {left_out}" in said
    assert "cluster, fpc, cluster2 and fpc2 together" in said


def test_raked_samples_have_a_correction_of_the_first_stage_alone() -> None:
    data = table("mu284").assign(half=["a", "b"] * 7 + ["a"])
    said = refused(data, LEVELS, **MU284, rake={"half": {"a": 0.5, "b": 0.5}})
    assert "rake and cluster2 and fpc2 are both stated" in said


def test_units_within_clusters_are_numbered_anew_by_every_cluster() -> None:
    data = table("mu284")
    apart = data.assign(id2=data["id1"] + "-" + data["id2"])
    one, other = (evidence(each, LEVELS, **MU284).design for each in (data, apart))
    assert one == other


def test_clusters_sampled_whole_add_nothing_of_their_own() -> None:
    data = table("mu284").assign(n2="3")
    first = {key: name for key, name in MU284.items() if key not in ("cluster2", "fpc2")}
    both, alone = (evidence(data, LEVELS, **stated).design for stated in (MU284, first))
    assert both is not None
    assert alone is not None
    np.testing.assert_allclose(both.covariance, alone.covariance, rtol=1e-12)


def test_replicates_have_no_more_degrees_of_freedom_than_clusters_tell_apart() -> None:
    file, goals, stated = CASES["scd bootstrap"]
    data = table(file)
    found = evidence(data, goals, **stated).design
    assert found is not None
    assert found.df.tolist() == [3]
    # said otherwise, that is what counts
    more = {**stated, "replicates": {**stated["replicates"], "df": 7}}
    told = evidence(data, goals, **more).design
    assert told is not None
    assert told.df.tolist() == [7]
    # of many rows sums are kept, and their order and number do not matter
    often = pd.concat([data] * 300)
    again = evidence(often, goals, **stated).design
    assert again is not None
    assert again.df.tolist() == [3]


def test_a_pattern_of_replicates_leaves_the_weight_itself_out() -> None:
    file, goals, stated = CASES["scd brr"]
    data = table(file)
    plain = evidence(data, goals, **stated)
    named = {**stated, "weight": "rep_"}  # as PWGTP* fits PWGTP and PWGTP1 to PWGTP80
    assert evidence(data.rename(columns={"w": "rep_"}), goals, **named) == plain
    for twice in (["rep_1", "rep_2", "rep_1"], ["w", "rep_1"]):
        again = {**stated, "replicates": {**stated["replicates"], "columns": twice}}
        assert "a column is named twice" in refused(data, goals, **again)


@pytest.mark.parametrize("wrong", ["no", 1, None])
def test_combined_is_yes_or_no(wrong: Any) -> None:
    said = refused(table("scd_factors"), LEVELS, **by("brr", combined=wrong))
    assert "combined is" in said
    assert "true or false" in said


def test_factors_of_another_number_of_replicates_are_refused() -> None:
    said = refused(table("mu284_bootstrap"), LEVELS, **by("jkn", "size", rscales=[0.5] * 11))
    assert "there are 12 replicates and 11 rscales" in said
    named = {**by("brr")["replicates"], "columns": ["rep_1", "rep_99"]}
    said = refused(table("scd_brr"), LEVELS, goal="many", weight="w", replicates=named)
    assert "there is no such column of replicate weights" in said


def rows(seed: int = 3, n: int = 400) -> dict[str, list[Any]]:
    """Answers of two populations in clusters of strata, some of them none."""
    random = np.random.default_rng(seed)
    cluster = random.integers(0, 30, n)
    return {
        "goal": random.choice(["a", "b", "no answer", ""], n, p=[0.5, 0.3, 0.1, 0.1]).tolist(),
        "population": random.choice(["s", "t"], n).tolist(),
        "cluster": [f"c{i}" for i in cluster],
        "strata": [f"h{i % 3}" for i in cluster],
        "fpc": (20.0 + 10 * (cluster % 3)).tolist(),
        "weight": random.choice([0.0, 0.25, 1.0, 1.5], n).tolist(),
    }


WAYS: dict[str, Callable[[dict[str, list[Any]], Path], Any]] = {
    "mapping": lambda columns, folder: columns,
    "csv": lambda columns, folder: (
        pl.DataFrame(columns).write_csv(folder / "x.csv") or folder / "x.csv"
    ),
    "parquet": lambda columns, folder: (
        pl.DataFrame(columns).write_parquet(folder / "x.parquet") or folder / "x.parquet"
    ),
    "pandas": lambda columns, folder: pd.DataFrame(columns),
    "lazy": lambda columns, folder: pl.LazyFrame(columns),
}


@pytest.mark.parametrize("in_blocks", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_reading_finds_the_same_design(
    way: str, in_blocks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = ProblemArea("x", ["a", "b"], not_answers=["no answer"])
    roles = {role: role for role in rows()}
    alone = SingleChoice(rows(), **roles).read(area, Problems())
    if in_blocks:
        monkeypatch.setattr(blocks, "WORTH", 0)
    problems = Problems()
    found = SingleChoice(WAYS[way](rows(), tmp_path), **roles).read(area, problems)
    assert alone is not None
    assert alone.design is not None
    assert found is not None, str(list(problems))
    assert found.design is not None
    assert found.design.method == alone.design.method
    order = [found.populations.index(name) for name in alone.populations]
    told = found.design.of_populations(np.array(order))
    if way != "lazy":  # which is grouped by the engine, in an order of its own
        assert found.design == alone.design
    for name in ("covariance", "df", "clusters", "strata"):
        np.testing.assert_allclose(getattr(told, name), getattr(alone.design, name), rtol=1e-12)
    assert found.design.union_variance == pytest.approx(alone.design.union_variance, rel=1e-12)


def test_a_population_is_a_domain_and_not_a_sample_of_its_own() -> None:
    whole = evidence(table("nhanes"), RACES, **NHANES, population="RIAGENDR")
    men = evidence(table("nhanes"), RACES, **NHANES, where={"RIAGENDR": "1"})
    assert whole.design is not None
    assert men.design is not None
    assert any("name its column as population" in note for note in men.notes)
    assert not any("name its column" in note for note in whole.notes)
    # every cluster has men, so that both agree here
    place = whole.populations.index("1")
    np.testing.assert_allclose(whole.design.covariance[place], men.design.covariance[0])
    some = evidence(table("apiclus1"), SCHOOLS, **CLUS1, population="both")
    alone = evidence(table("apiclus1"), SCHOOLS, **CLUS1, where={"both": "Yes"})
    assert some.design is not None
    assert alone.design is not None
    place = some.populations.index("Yes")
    assert abs(some.design.covariance[place] / alone.design.covariance[0] - 1).max() > 1e-3


def test_posterior_counts_have_the_variance_of_the_design() -> None:
    found = evidence(table("apiclus1"), SCHOOLS, **CLUS1)
    counts, scale = found.effective
    shares = counts[0] * scale[0] / (counts[0] @ scale[0])
    d = exclusive_conflict(3) @ shares
    d = d - shares @ d
    variance = 4 * (shares**2 * d**2 / counts[0]).sum()
    # R: qt(.975, 14) = 2.144786687917804
    widened = EXPECTED["apiclus1"]["se"] * 2.144786687917804 / 1.959963984540054
    assert np.sqrt(variance) == pytest.approx(widened, rel=0.02)
    assert found.n_effective[0] == pytest.approx(183 / found.design_effect[0])
    assert found.completed == ("large",)
    assert found.pair_sums is None


def test_clusters_that_tell_nothing_count_as_one_answer_each() -> None:
    unanimous = {"goal": ["a"] * 40, "c": [str(i % 8) for i in range(40)]}
    found = evidence(unanimous, ["a", "b"], goal="goal", cluster="c")
    assert found.effective_counts.sum() == pytest.approx(8)
    assert found.n_effective[0] == pytest.approx(8)
    one = {"goal": ["a", "b", "b"] * 20, "c": ["x"] * 60, "p": ["s"] * 60}
    other = {"goal": ["a", "b"] * 20, "c": [str(i % 10) for i in range(40)], "p": ["t"] * 40}
    both = {name: one[name] + other[name] for name in one}
    found = evidence(both, ["a", "b"], goal="goal", cluster="c", population="p")
    assert found.design is not None
    assert found.design.told.tolist() == [False, True]
    assert found.effective_counts.sum(axis=1)[0] == pytest.approx(1)


def test_clusters_of_one_agent_change_nothing_but_the_last_degree_of_freedom() -> None:
    data = {"goal": ["a", "b", "b", "a", "b"] * 40, "c": [str(i) for i in range(200)]}
    plain = evidence(data, ["a", "b"], goal="goal")
    found = evidence(data, ["a", "b"], goal="goal", cluster="c")
    np.testing.assert_allclose(found.effective_counts, plain.effective_counts, rtol=0.02)
    assert found.design_effect[0] == pytest.approx(200 / 199, rel=1e-3)


def test_agents_of_weight_0_are_no_part_of_the_sample() -> None:
    data = pd.DataFrame(rows())
    kept = data[data["weight"] > 0]
    for roles in (("weight",), ("weight", "cluster", "strata", "fpc")):
        stated = {"goal": "goal", "population": "population", **{role: role for role in roles}}
        area = ProblemArea("x", ["a", "b"], not_answers=["no answer"])
        found, without = (
            SingleChoice(each, populations=("s", "t"), **stated).read(area, Problems())
            for each in (data, kept)
        )
        assert found is not None
        assert without is not None
        assert found.zero_weights > 0
        # R: svymean(..., deff = "replace") counts sum(weights(design) != 0)
        for name in ("counts", "n_effective", "design_effect", "effective_counts"):
            np.testing.assert_allclose(getattr(found, name), getattr(without, name), rtol=1e-12)


def test_a_stated_design_effect_is_taken_before_the_clusters() -> None:
    found = evidence(table("apiclus1"), SCHOOLS, **CLUS1, deff=2.0)
    assert found.design_effect[0] == 2.0
    assert found.effective_counts.sum() == pytest.approx(183 / 2)


def test_shares_of_populations_vary_as_their_clusters_do() -> None:
    from bayes_misalign.study.union import WEIGHTS, estimated_shares

    # whole clusters are of one population, and there are few of them
    data = {
        "goal": ["a", "b"] * 100,
        "p": ["s"] * 60 + ["t"] * 140,
        "c": [str(i // 20) for i in range(200)],
        "w": [1.0, 2.0] * 100,
    }
    stated = {"goal": "goal", "population": "p", "weight": "w"}
    blind = estimated_shares(evidence(data, ["a", "b"], **stated), WEIGHTS)
    found = estimated_shares(evidence(data, ["a", "b"], **stated, cluster="c"), WEIGHTS)
    assert blind.counts is not None
    assert found.counts is not None
    assert sum(found.counts) < sum(blind.counts) / 10


def test_populations_with_clusters_in_common_go_together() -> None:
    found = evidence(
        table("nhanes"), RACES, **NHANES, population="RIAGENDR", populations=["1", "2"]
    )
    assert found.design is not None
    assert found.design.shared
    together = found.design.together
    assert together is not None
    # R: vcov(svyby(~factor(race), ~RIAGENDR, nh, svymean, covmat = TRUE))[1:2, ], men and women
    men = [8.861067576174946e-04, -9.144005687664887e-04, -1.600890781528144e-05]
    women = [8.861067576174946e-04, -8.159302107258014e-04, -5.877014217498998e-05]
    np.testing.assert_allclose(together[0, 4:7], men, rtol=1e-9)
    np.testing.assert_allclose(together[4, 0:3], women, rtol=1e-9)
    np.testing.assert_allclose(together[:4, :4], found.design.covariance[0], rtol=1e-12)
    coupling = found.coupling
    assert coupling is not None
    assert coupling.correlation[0, 1] > 0.8
    prior, rng = SharePrior(), np.random.default_rng
    drawn = MODEL.draw(found, prior, 4000, rng(1))["proportion"]
    level = misalignment(drawn, exclusive_conflict(4))
    expected = coupling.correlation[0, 1]
    assert np.corrcoef(level.T)[0, 1] == pytest.approx(expected, abs=0.03)
    apart = replace(found.design, together=None)
    alone = MODEL.draw(replace(found, design=apart), prior, 4000, rng(1))["proportion"]
    # each population has the same draws, in another order
    np.testing.assert_allclose(np.sort(drawn[:, :, 0], axis=0), np.sort(alone[:, :, 0], axis=0))


def test_a_union_is_worth_what_its_clusters_leave() -> None:
    both = bm.Study.of(
        bm.ProblemArea("x", RACES),
        SingleChoice(table("nhanes"), codes={r: r for r in RACES}, **NHANES, population="RIAGENDR"),
        bm.MutuallyExclusive(),
        populations=bm.Populations(shares="weights"),
    )
    whole = evidence(table("nhanes"), RACES, **NHANES)
    # men and women together are the whole sample, in the same clusters
    found = both.union_effective_of(exclusive_conflict(4))
    assert found == pytest.approx(whole.n_effective[0], rel=1e-9)


def test_a_union_has_the_variance_of_the_whole_sample() -> None:
    # who lives in a cluster says what people hold there, and so which population they are of
    rng = np.random.default_rng(3)
    part = rng.beta(1.0, 1.0, 40)[np.repeat(np.arange(40), 25)]
    data = {
        "goal": np.where(rng.random(1000) < 0.5 + 0.5 * part, "a", "b").tolist(),
        "p": np.where(rng.random(1000) < part, "s", "t").tolist(),
        "c": np.repeat(np.arange(40), 25).astype(str).tolist(),
    }
    data["goal"][::20] = ["c"] * 50
    area = bm.ProblemArea("x", ["a", "b", "c"])
    stated = {"goal": "goal", "cluster": "c"}
    whole = bm.fit(area, SingleChoice(data, **stated), bm.MutuallyExclusive())
    answers = SingleChoice(data, **stated, population="p")
    union = bm.Populations(shares="answers")
    parts = bm.fit(area, answers, bm.MutuallyExclusive(), populations=union)
    together = parts.overall()
    assert together is not None
    assert together.sd == pytest.approx(whole.misalignment()["all"].sd, rel=0.08)
    assert parts.union_effective == pytest.approx(whole.n_effective[0], rel=1e-9)
    # each of the shares is what it was
    tree = parts.tree["posterior"]["union_share"].values.reshape(-1, 2)
    assert tree[:, 0].std() == pytest.approx(np.sqrt(answers_spread(parts)), rel=0.05)


def answers_spread(parts: Any) -> float:
    """The variance of a population's share in the union, as the union has it."""
    counts = np.array(parts.study.union.counts)
    mean = counts / counts.sum()
    return float(mean[0] * mean[1] / (counts.sum() + 1))


def test_replicates_tell_what_populations_have_in_common() -> None:
    data = table("mu284_jk1")
    data["half"] = ["x", "x", "y"] * 5
    found = evidence(data, LEVELS, **by("jk1", "size"), population="half")
    assert found.design is not None
    together = found.design.together
    assert together is not None
    for s in range(2):
        own = together[3 * s : 3 * s + 3, 3 * s : 3 * s + 3]
        np.testing.assert_allclose(own, found.design.covariance[s], rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(together, together.T)
    assert np.linalg.eigvalsh(together).min() > -1e-12


TOML = """
[problem_area]
name = "size"
goals = ["0", "1", "2"]

[goals]
model = "single-choice"
data = "{data}"
goal = "size"
codes = {{ 0 = "0", 1 = "1", 2 = "2" }}
{stated}

[conflict]
model = "mutually-exclusive"
"""


def test_a_study_file_states_a_design(tmp_path: Path) -> None:
    stated = {
        "mu284": 'cluster = "id1"\nfpc = "n1"\nweight = "w"',
        "mu284_jk1": 'weight = "w"\nreplicates = { columns = "rep_*", method = "jk1" }',
    }
    for name, lines in stated.items():
        path = tmp_path / f"{name}.toml"
        path.write_text(TOML.format(data=(SURVEYS / f"{name}.csv").as_posix(), stated=lines))
        posterior = bm.fit(bm.read_study(path))
        design = posterior.study.goals.design
        assert design is not None
        assert design.df.tolist() == [4]
        # the P(ma) that is meant is that of the study
        np.testing.assert_array_equal(design.toward, exclusive_conflict(3))
        # a study that is written states what its design makes of the counts
        (folder := tmp_path / f"{name} written").mkdir()
        again = bm.read_study(write_study(posterior.study, folder))
        worth = [goals.effective_counts.sum() for goals in (again.goals, posterior.study.goals)]
        assert worth[0] == pytest.approx(worth[1], rel=1e-12)
        assert worth[1] < posterior.study.goals.n.sum()
        (reason,) = [r for r in posterior.diagnosis.reasons if "degrees" in r.what]
        assert "has 4 degrees of freedom" in reason.what
    wrong = tmp_path / "wrong.toml"
    lines = stated["mu284_jk1"].replace('"jk1"', '"jk9"')
    wrong.write_text(TOML.format(data=(SURVEYS / "mu284_jk1.csv").as_posix(), stated=lines))
    with pytest.raises(bm.BayesMisalignError, match="method is 'jk9'"):
        bm.read_study(wrong)


def test_conflict_levels_say_of_which_goals_the_variance_matters() -> None:
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(30), 20)
    # clusters differ in goals a and b, and not in c
    first = rng.beta(0.7, 0.7, 30)[cluster] > rng.random(600)
    goal = np.where(rng.random(600) < 0.3, "c", np.where(first, "a", "b"))
    data = {"goal": goal.tolist(), "c": cluster.astype(str).tolist()}
    area = bm.ProblemArea("x", ["a", "b", "c"])
    answers = bm.SingleChoice(data, goal="goal", cluster="c")
    levels = {("a", "b"): 0.0, ("a", "c"): 1.0, ("b", "c"): 1.0}
    of_c = bm.fit(area, answers, bm.Fixed(levels))
    of_all = bm.fit(area, answers, bm.MutuallyExclusive())
    assert of_c.design_effect[0] < 2 < of_all.design_effect[0]
    assert of_c.study.goals.effective_counts.sum() > 2 * of_all.study.goals.effective_counts.sum()


def test_replicate_weights_of_rows_that_count_for_several_agents_are_those_of_each() -> None:
    every = table("scd_brr")
    stated = by("brr")
    whole = evidence(pd.concat([every, every.iloc[:2]]), LEVELS, **stated)
    twice = every.assign(n=["2" if i < 2 else "1" for i in range(len(every))])
    counted = evidence(twice, LEVELS, **stated, count="n")
    assert counted.design is not None
    assert whole.design is not None
    np.testing.assert_allclose(counted.weight_sum, whole.weight_sum, rtol=1e-12)
    np.testing.assert_allclose(counted.design.covariance, whole.design.covariance, rtol=1e-12)
