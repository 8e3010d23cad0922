"""Other priors of sampled studies: weights against closed forms, and what they cannot tell."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.groups import Groups
from bayes_misalign.inference.reweighted import (
    EXACT,
    NOT_TRIED,
    SAMPLED,
    SENSITIVITY,
    WEIGHTED,
    Tried,
    _block,
    _Weighing,
    examine,
    from_stored,
    stored,
    try_others,
)
from bayes_misalign.inference.sensitivity import alternatives, refits
from bayes_misalign.report.posterior import Posterior
from tests.golden.faces import posterior_of

AREA = bm.ProblemArea("vote", goals=["a", "b", "c"])
ANSWERS = bm.SingleChoice({"goal": list("abc"), "n": [20, 12, 9]}, goal="goal", count="n")
JUDGED = bm.Judged(pairs={("a", "b"): (14, 2), ("a", "c"): (3, 9), ("b", "c"): (5, 5)})


def judged(**more: object) -> bm.Posterior:
    return bm.fit(AREA, ANSWERS, JUDGED, prior={"concentration": 3.0}, draws=1000, **more)


def weighing(posterior: bm.Posterior, of_goals: bool) -> _Weighing:
    tree = posterior.tree
    flat = {
        str(name): x.values.reshape(-1, *x.shape[2:])
        for group in ("posterior", "derived")
        for name, x in tree[group].data_vars.items()
    }
    block = _block(posterior.study, of_goals)
    return _Weighing(posterior.study, block, flat, posterior.partly_known(), None)


@pytest.mark.parametrize("of_goals", [True, False])
def test_weighted_draws_agree_with_exact_ones(of_goals: bool) -> None:
    posterior = judged()
    exact, found = refits(posterior.study), weighing(posterior, of_goals)
    tried = 0
    for name, changed in alternatives(posterior.study).items():
        if (changed.goal_prior is not posterior.study.goal_prior) == of_goals:
            if "uniform" in name or "matched" in name:
                continue  # their free variables are others
            one = found.under(name, changed)
            assert one.how == WEIGHTED
            assert one.khat is not None
            assert one.khat < 0.7
            mean, sd = exact[name].mean(), exact[name].std()
            assert one.draws.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(800)), name
            assert one.draws.std() == pytest.approx(sd, rel=0.12), name
            tried += 1
    assert tried == 2


def test_a_prior_far_off_is_not_told_by_weights() -> None:
    posterior = judged()
    far = replace(posterior.study.conflict_priors[0], yes=400.0, no=4.0)
    changed = replace(posterior.study, conflict_priors=(far,))
    one = weighing(posterior, False).under("far off", changed)
    assert one.khat is not None
    assert one.khat > 0.7
    assert not one.reliable


def test_another_model_is_not_told_by_weights() -> None:
    posterior = judged()
    other = replace(posterior.study, goal_prior=type(posterior.study.goal_prior)("index-uniform"))
    assert weighing(posterior, True).under("index-uniform", other).how == NOT_TRIED


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
