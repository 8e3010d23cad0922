"""Hundreds of goals: known levels of conflict once, and the numbers of pairs in blocks."""

import resource
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.inference.conflict_draws import modern
from bayes_misalign.inference.groups import CONSTANT, POSTERIOR, PRIOR, Groups
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.many_estimates import numbers_of
from bayes_misalign.page.safe_text import MOST_OF_LABEL, named
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.write import write_folder
from bayes_misalign.settings import INTERVAL

RNG = np.random.default_rng(20_220_601)


def study(goals: int, draws: int = 1000) -> bm.Study:
    names = [f"goal {i}" for i in range(goals)]
    counts = RNG.multinomial(900, RNG.dirichlet(np.full(goals, 0.5)), size=2)
    data = {
        "who": np.repeat(["a", "b"], goals).tolist(),
        "goal": names * 2,
        "n": counts.ravel().tolist(),
    }
    answers = bm.SingleChoice(data, goal="goal", population="who", count="n")
    area = bm.ProblemArea("many", goals=names)
    return bm.Study.of(area, answers, bm.MutuallyExclusive()).with_fitting(draws=draws)


@pytest.mark.parametrize("populations", [1, 3])
@pytest.mark.parametrize("uncertain", [3, 60])
def test_partly_known_conflict_is_what_whole_matrices_are(populations: int, uncertain: int) -> None:
    k, draws = 12, 40
    level = np.triu(RNG.random((k, k)), 1)
    known = level + level.T
    first, second = np.triu_indices(k, 1)
    some = np.sort(RNG.permutation(len(first))[:uncertain])
    known[first[some], second[some]] = known[second[some], first[some]] = np.nan
    conflict = PartlyKnown(known, RNG.random((draws, populations, uncertain)))
    whole, p = conflict.whole(), RNG.dirichlet(np.ones(k), size=(draws, 3))
    assert conflict.shape == whole.shape
    np.testing.assert_array_equal(whole, whole.swapaxes(-1, -2))
    for function in (measure.misalignment, measure.opposition, measure.pair_contributions):
        np.testing.assert_allclose(function(p, conflict), function(p, whole), rtol=1e-12)
    np.testing.assert_allclose(conflict.mean(), whole.mean(axis=0), rtol=1e-12)
    if populations == 1:
        weights = np.array([0.2, 0.3, 0.5])
        one, other = (measure.decompose(p, c, weights) for c in (conflict, whole))
        np.testing.assert_allclose(one.total, other.total, rtol=1e-12)
        np.testing.assert_allclose(one.pair_terms, other.pair_terms, rtol=1e-12)


@pytest.mark.parametrize("n", [1000, 1001, 7])
def test_numbers_worked_out_together_are_those_of_single_estimates(n: int) -> None:
    draws = np.concatenate([RNG.gamma(0.3, size=(5, n)), np.full((1, n), 0.3)])
    found = numbers_of(draws, n, INTERVAL, independent=True, worth=np.inf)
    for i, row in enumerate(draws):
        one = Estimate("x", row[None])
        low, high = one.interval
        expected = dict(
            zip(found, (one.mean, one.sd, one.median, low, high, one.mcse), strict=True)
        )
        assert {key: values[i] for key, values in found.items()} == expected
    alone = numbers_of(draws[5:, :1], n, INTERVAL, independent=True, worth=np.inf)
    assert {key: values[5] for key, values in found.items()} == {
        key: values[0] for key, values in alone.items()
    }


def test_known_levels_are_kept_once_and_older_results_are_read(tmp_path: Path) -> None:
    result = bm.fit(study(120, 250))
    groups = result.groups
    assert groups.values(CONSTANT, "conflict").shape == (120, 120)
    assert not groups.has(POSTERIOR, "conflict_level")
    path = result.save(tmp_path / "posterior.nc")
    assert path.stat().st_size < 6e6
    np.testing.assert_array_equal(bm.load(path).conflict(), result.conflict())
    p = result.shares()
    np.testing.assert_allclose(result.misalignment_draws(), 1 - (p**2).sum(-1), rtol=1e-12)
    few = bm.fit(study(4, 50)).groups
    dense = np.broadcast_to(few.values(CONSTANT, "conflict"), (4, 50, 4, 4))
    dims = ("chain", "draw", "goal", "goal_other")
    old = {
        **{n: {**few.groups[n], "conflict": (dims, dense)} for n in (POSTERIOR, PRIOR)},
        "observed_data": few.groups["observed_data"],
    }
    again: Groups = modern(replace(few, groups=old))
    np.testing.assert_array_equal(again.values(CONSTANT, "conflict"), dense[0, 0])
    assert not again.has(POSTERIOR, "conflict")


def test_reports_show_the_largest_pairs_and_tables_hold_all() -> None:
    found = gather(bm.fit(study(60, 250)))
    text, tables = to_markdown(found), csv_tables(found)
    assert "the 50 largest of 1,770; all in tables/contributions.csv" in text
    assert "the 50 pairs of 1,770 with the largest parts of P(ma)" in text
    assert len(tables["conflict.csv"].splitlines()) == 1771
    assert len(tables["contributions.csv"].splitlines()) == 2 * 1770 + 1
    parts = found.contributions["a"]
    top = parts.largest(50)
    means = [parts[pair].mean for pair in top]
    every = sorted((one.mean for _, one in parts.items()), reverse=True)
    np.testing.assert_allclose(means, every[:50], rtol=1e-12)


def test_readers_see_the_start_of_a_long_label() -> None:
    assert len(named("x" * 10_000)) == MOST_OF_LABEL
    assert named("x" * 100) == "x" * 100


def test_more_than_can_be_sampled_is_refused_before_anything_is_compiled() -> None:
    names = [f"place {i}" for i in range(3400)]
    data = {"who": np.repeat(names, 3).tolist(), "goal": ["x", "y", "z"] * 3400, "n": [5] * 10_200}
    answers = bm.SingleChoice(data, goal="goal", population="who", count="n")
    area = bm.ProblemArea("wide", goals=["x", "y", "z"])
    wide = bm.Study.of(area, answers, bm.MutuallyExclusive()).with_fitting(method="nuts", draws=10)
    with pytest.raises(bm.StudyError, match=r"10,200 goal shares \(3,400 populations with 3"):
        bm.fit(wide)


@pytest.mark.slow
def test_three_hundred_goals_stay_within_a_gigabyte(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write_folder(bm.fit(study(300)), tmp_path / "out")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 1e6  # kilobytes
    assert (tmp_path / "out" / "posterior.nc").stat().st_size < 60e6
    lines = (tmp_path / "out" / "tables" / "conflict.csv").read_text().splitlines()
    assert len(lines) == 44_851
