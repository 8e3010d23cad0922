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
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.study.write import write_study
from bayes_misalign.tables import blocks

SURVEYS = Path(__file__).parents[1] / "data" / "surveys"
EXPECTED = json.loads((SURVEYS / "expected.json").read_text())
GROUPED = {"count": "n", "weight_sum": "w", "weight_sq_sum": "w2"}
SCHOOLS, LEVELS, RACES = ["E", "H", "M"], ["0", "1", "2"], ["1", "2", "3", "4"]
NHANES = {"goal": "race", "strata": "SDMVSTRA", "cluster": "SDMVPSU", "nest": True, **GROUPED}
CLUS1 = {"goal": "stype", "cluster": "dnum", "fpc": "fpc", **GROUPED}
FPC = {"goal": "level", "strata": "stratid", "cluster": "psuid", "nest": True, "weight": "weight"}
CROWD = {"goal": "large", "strata": "stratum", "cluster": "cluster", "weight": "weight"}


def by(method: str, goal: str = "many", **more: Any) -> dict[str, Any]:
    """Replicate weights of this method."""
    return {
        "goal": goal,
        "weight": "w",
        "replicates": {"columns": "rep_*", "method": method, **more},
    }


# tests/data/surveys/expected.R has the commands
CASES: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "apistrat": (
        "apistrat",
        ["No", "Yes"],
        {"goal": "awards", "strata": "stype", "fpc": "fpc", **GROUPED},
    ),
    "apiclus1": ("apiclus1", SCHOOLS, CLUS1),
    "apiclus1 yes": (
        "apiclus1",
        SCHOOLS,
        {**CLUS1, "population": "both", "populations": ["Yes", "No"]},
    ),
    "apiclus2": ("apiclus2", SCHOOLS, {**CLUS1, "fpc": "fpc1"}),
    "apisrs": ("apisrs", SCHOOLS, {"goal": "stype", "fpc": "fpc", "count": "n"}),
    "nhanes": ("nhanes", RACES, NHANES),
    "nhanes 1": ("nhanes", RACES, {**NHANES, "population": "RIAGENDR"}),
    "nhanes 2": ("nhanes", RACES, {**NHANES, "population": "RIAGENDR", "populations": ["2", "1"]}),
    "yrbs": (
        "yrbs",
        ["1", "2"],
        {"goal": "qn8", "strata": "stratum", "cluster": "psu", "missing": ["NA"], **GROUPED},
    ),
    "hospital": (
        "hospital",
        ["0", "1"],
        {
            "goal": "many",
            "strata": "oblevel",
            "cluster": "hospno",
            "fpc": "tothosp",
            "weight": "weighta",
        },
    ),
    "mu284": ("mu284", LEVELS, {"goal": "size", "cluster": "id1", "fpc": "n1", "weight": "w"}),
    "fpc without": ("fpc", LEVELS, FPC),
    "fpc": ("fpc", LEVELS, {**FPC, "fpc": "Nh"}),
    "election": ("election", LEVELS, {"goal": "won", "weight": "wt", "cluster": "county"}),
    **{
        f"crowd {how}": ("crowd", ["0", "1"], {**CROWD, "lonely": how})
        for how in ("adjust", "average", "remove", "certainty")
    },
    "scd brr": ("scd_brr", LEVELS, by("brr")),
    "scd brr mse": ("scd_brr", LEVELS, by("brr", mse=True)),
    "scd fay": ("scd_fay", LEVELS, by("fay", fay=0.3)),
    "mu284 jk1": ("mu284_jk1", LEVELS, by("jackknife", "size")),
    "fpc jkn": ("fpc_jkn", LEVELS, by("jkn", "level", rscales=[0.8] * 5 + [2 / 3] * 3)),
    "mu284 bootstrap": (
        "mu284_bootstrap",
        LEVELS,
        by("bootstrap", "size", scale=5 / 4 / 11, df=4),
    ),
}


def table(name: str) -> pd.DataFrame:
    """A table as texts, each county of the election a cluster."""
    found = pd.read_csv(SURVEYS / f"{name}.csv", dtype=str, keep_default_na=False)
    if name == "election":
        found["county"] = [str(i) for i in range(len(found))]
    return found


def evidence(data: Any, goals: list[str], **stated: Any) -> ChoiceCounts:
    """What a study reads."""
    problems = Problems()
    codes = None if goals[0].isalpha() else {goal: goal for goal in goals}
    found = SingleChoice(data, codes=codes, **stated).read(ProblemArea("x", goals), problems)
    assert found is not None, str(list(problems))
    return found


def refused(data: Any, goals: list[str], **stated: Any) -> str:
    """What is said of a table that is not read."""
    problems = Problems()
    codes = None if goals[0].isalpha() else {goal: goal for goal in goals}
    SingleChoice(data, codes=codes, **stated).read(ProblemArea("x", goals), problems)
    assert problems
    return "\n".join(map(str, problems))


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
    assert found == pytest.approx(whole.n_effective[0], rel=0.05)


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


STRATIFIED = {"goal": "goal", "strata": "h", "cluster": "c", "weight": "w"}
SMALL: dict[str, list[Any]] = {
    "goal": ["a", "b", "a", "b", "a", "b"],
    "h": ["1", "1", "1", "2", "2", "2"],
    "c": ["1", "2", "3", "4", "5", "5"],
    "w": [1.0, 1.0, 2.0, 1.0, 1.0, 1.0],
    "N": [10, 10, 10, 8, 8, 8],
    "r1": [2.0, 0.0, 2.0, 2.0, 0.0, 0.0],
    "r2": [0.0, 2.0, 0.0, 0.0, 2.0, 2.0],
}
REPLICATES = {"columns": "r*", "method": "brr"}
WRONG: dict[str, tuple[dict[str, list[Any]], dict[str, Any], tuple[str, ...]]] = {
    "a cluster in two strata": (
        {"c": ["1", "2", "3", "1", "2", "5"]},
        STRATIFIED,
        ("2 clusters are in two strata", "nest=True"),
    ),
    "one cluster in two strata": (
        {"c": ["1", "2", "3", "1", "4", "5"]},
        STRATIFIED,
        ("rows 1 and 4: a cluster is in two strata, '1' and '2'", "nest=True"),
    ),
    "a lonely cluster": (
        {"c": ["1", "2", "3", "4", "4", "4"]},
        STRATIFIED,
        ("stratum '2' has one sampled cluster", "lonely='adjust'", "lonely='certainty'"),
    ),
    "an fpc below n": (
        {"N": [2, 2, 2, 8, 8, 8]},
        {**STRATIFIED, "fpc": "N"},
        ("the fpc of stratum '1' is 2, and 3 clusters", "leave fpc out"),
    ),
    "an fpc that differs": (
        {"N": [10, 11, 10, 8, 8, 8]},
        {**STRATIFIED, "fpc": "N"},
        ("is 10 in one row and 11 in another", "one number for each stratum"),
    ),
    "an fpc of nothing": (
        {"N": [0, 0, 0, 8, 8, 8]},
        {**STRATIFIED, "fpc": "N"},
        ("an fpc is not above 0",),
    ),
    "an fpc that is no number": (
        {"N": ["ten"] * 3 + [8] * 3},
        {**STRATIFIED, "fpc": "N"},
        ("the fpc is not a number", "'ten'"),
    ),
    "parts without weights": (
        {},
        {"goal": "goal", "strata": "h", "cluster": "c", "fpc": "N"},
        ("were sampled, and the answers have no weight", "name it as weight"),
    ),
    "an empty cluster": (
        {"c": ["1", "", "3", "4", "5", "5"]},
        STRATIFIED,
        ("the cluster is empty in 1 row: 2"),
    ),
    "an empty stratum": (
        {"h": ["1", "1", "1", "2", "", "2"]},
        STRATIFIED,
        ("the stratum is empty in 1 row: 5"),
    ),
    "a negative replicate weight": (
        {"r1": [2.0, -1.0, 2.0, 2.0, 0.0, 0.0]},
        {"goal": "goal", "weight": "w", "replicates": REPLICATES},
        ("the replicate weight is negative", "row 2"),
    ),
    "a replicate weight that is no number": (
        {"r2": ["x", "2", "0", "0", "2", "2"]},
        {"goal": "goal", "weight": "w", "replicates": REPLICATES},
        ("the replicate weight is not a number", "'x'", "row 1"),
    ),
    "no weight in a replicate": (
        {"r1": [0.0] * 6},
        {"goal": "goal", "weight": "w", "replicates": REPLICATES},
        ("in the replicate 'r1' nobody in some population has a weight",),
    ),
    "a negative weight": (
        {"w": [1.0, -1.0, 2.0, 1.0, 1.0, 1.0]},
        STRATIFIED,
        ("the weight is negative", "row 2"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_design_is_said_with_its_options(name: str) -> None:
    changed, stated, words = WRONG[name]
    said = refused({**SMALL, **changed}, ["a", "b"], **stated)
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("stated", "word"),
    [
        ({"strata": "h", "replicates": REPLICATES}, "replicates and strata are both stated"),
        ({"replicates": REPLICATES, "weight": None}, "without weight"),
        ({"replicates": "r*"}, "replicates is 'r*'"),
        ({"replicates": {"columns": "q*", "method": "brr"}}, "no columns of the table fit 'q*'"),
        ({"replicates": {"columns": ["r1", "r9"], "method": "brr"}}, "no such column"),
        ({"replicates": {"columns": "r*", "method": "halves"}}, "method is 'halves'"),
        ({"replicates": {"columns": "r*"}}, "method is None"),
        ({"replicates": {"columns": "r*", "method": "fay"}}, "without its factor"),
        ({"replicates": {"columns": "r*", "method": "jkn"}}, "jkn needs rscales"),
        ({"replicates": {"columns": "r*", "method": "brr", "rho": 1}}, "unknown key 'rho'"),
        ({"replicates": {"columns": 3, "method": "brr"}}, "columns is 3"),
        ({"replicates": {**REPLICATES, "df": 0}}, "df is 0"),
        ({"replicates": {**REPLICATES, "mse": "yes"}}, "mse is 'yes'"),
        ({"replicates": {**REPLICATES, "rscales": [1.0]}}, "there are 2 replicates and 1 rscales"),
        ({"nest": True, "strata": "h"}, "nest is stated without strata and cluster"),
        ({"lonely": "ignore", "strata": "h"}, "lonely is 'ignore'"),
        ({"lonely": "adjust"}, "lonely is stated without strata or cluster"),
    ],
)
def test_what_a_study_states_of_a_design_has_to_fit(stated: dict[str, Any], word: str) -> None:
    assert word in refused(SMALL, ["a", "b"], **{"goal": "goal", "weight": "w", **stated})


def test_nested_clusters_and_lonely_strata_are_read_where_they_are_meant() -> None:
    nested = {**SMALL, "c": ["1", "2", "3", "1", "2", "2"]}
    found = evidence(nested, ["a", "b"], **STRATIFIED, nest=True)
    assert found.design == evidence(SMALL, ["a", "b"], **STRATIFIED).design
    alone = {**SMALL, "c": ["1", "2", "3", "4", "4", "4"]}
    assert evidence(alone, ["a", "b"], **STRATIFIED, lonely="remove").design is not None
    # a stratum of which everything was sampled has no variance, and is not lonely
    whole = {**alone, "N": [10, 10, 10, 1, 1, 1]}
    assert evidence(whole, ["a", "b"], **STRATIFIED, fpc="N").design is not None


def test_fractions_are_read_as_sizes() -> None:
    fractions = {**SMALL, "N": [0.3, 0.3, 0.3, 0.25, 0.25, 0.25]}
    found = evidence(fractions, ["a", "b"], **STRATIFIED, fpc="N")
    assert found.design == evidence(SMALL, ["a", "b"], **STRATIFIED, fpc="N").design


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
