"""Other priors of sampled studies: how each was tried, and what a file keeps of it."""

from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.groups import Groups
from bayes_misalign.inference.reweighted import (
    SENSITIVITY,
    examine,
    from_stored,
    stored,
    try_others,
)
from bayes_misalign.inference.sensitivity import alternatives
from bayes_misalign.inference.weighing import EXACT, NOT_TRIED, SAMPLED, WEIGHTED, Tried
from bayes_misalign.report.posterior import Posterior
from tests.golden.faces import posterior_of

AREA = bm.ProblemArea("vote", goals=["a", "b", "c"])
ANSWERS = bm.SingleChoice({"goal": list("abc"), "n": [20, 12, 9]}, goal="goal", count="n")
JUDGED = bm.Judged(pairs={("a", "b"): (14, 2), ("a", "c"): (3, 9), ("b", "c"): (5, 5)})


def judged(**more: object) -> bm.Posterior:
    return bm.fit(AREA, ANSWERS, JUDGED, prior={"concentration": 3.0}, draws=1000, **more)


def test_a_block_that_is_exact_is_drawn_again_where_another_was_sampled() -> None:
    golden = posterior_of("senators")
    posterior = with_known(golden.groups)
    tried = {one.name: one for one in try_others(golden.study, posterior)}
    how = {one.how for name, one in tried.items() if "shares" in name}
    assert how == {EXACT}
    assert {one.how for name, one in tried.items() if "conflict" in name} == {WEIGHTED}


def test_what_was_tried_is_kept_in_the_file(tmp_path: Path) -> None:
    posterior = judged()
    draws = np.linspace(0.2, 0.4, 50)[:, None]
    tried = [
        Tried("one", WEIGHTED, draws, 0.2, 40.0),
        Tried("two", NOT_TRIED, draws[:0]),
        Tried("three", SAMPLED, draws, worth=300.0),
    ]
    variables, shown = stored(tried)
    metadata = {**posterior.groups.metadata, SENSITIVITY: shown}
    groups = Groups(
        {**posterior.groups.groups, SENSITIVITY: variables}, posterior.groups.coords, metadata
    )
    found = from_stored(bm.load(Posterior(groups).save(tmp_path / "p.nc")).groups)
    assert found is not None
    assert [(x.name, x.how, x.khat, x.worth) for x in found] == [
        (x.name, x.how, x.khat, x.worth) for x in tried
    ]
    np.testing.assert_array_equal(found[0].draws, draws)
    assert [x.reliable for x in found] == [True, False, True]
    assert from_stored(posterior.groups) is None


@pytest.mark.slow
def test_weighted_draws_agree_with_sampling_again() -> None:
    raters = {
        "goal": ["a", "a", "b"] * 6,
        "goal_other": ["b", "c", "c"] * 6,
        "rater": [f"r{i}" for i in range(6) for _ in range(3)],
        "conflict": ["yes", "no", "yes", "yes", "no", "no"] * 3,
    }
    conflict = bm.Judged(
        raters, goal="goal", goal_other="goal_other", rater="rater", conflict="conflict"
    )
    posterior = bm.fit(AREA, ANSWERS, conflict, draws=1500)
    tried = {one.name: one for one in posterior.tried_priors()}
    name = "prior of judged conflict doubled"
    assert tried[name].how == WEIGHTED
    assert tried[name].reliable
    again = bm.fit(alternatives(posterior.study)[name]).misalignment()["all"]
    one = posterior.sensitivity()[name]["all"]
    assert one.mean == pytest.approx(again.mean, abs=4 * np.hypot(one.mcse, again.mcse))
    assert one.sd == pytest.approx(again.sd, rel=0.12)
    scaling = posterior.power_scaling()["all"]
    assert 0 < scaling["prior"] < 1
    assert 0 < scaling["likelihood"] < 1


@pytest.mark.slow
def test_power_scaling_of_an_example() -> None:
    golden = posterior_of("senators")
    made, _ = examine(golden.study, golden.groups)
    found = Posterior(made).power_scaling()
    assert set(found) == set(golden.populations)
    assert found["all"]["likelihood"] > 0.05
