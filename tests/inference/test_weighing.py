"""Weights of draws under other priors: against closed forms, and what they cannot tell."""

from dataclasses import replace

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.sensitivity import alternatives, refits
from bayes_misalign.inference.weighing import NOT_TRIED, WEIGHTED, Weighing, block_of

AREA = bm.ProblemArea("vote", goals=["a", "b", "c"])
ANSWERS = bm.SingleChoice({"goal": list("abc"), "n": [20, 12, 9]}, goal="goal", count="n")
JUDGED = bm.Judged(pairs={("a", "b"): (14, 2), ("a", "c"): (3, 9), ("b", "c"): (5, 5)})


def judged(**more: object) -> bm.Posterior:
    return bm.fit(AREA, ANSWERS, JUDGED, prior={"concentration": 3.0}, draws=1000, **more)


def weighing(posterior: bm.Posterior, of_goals: bool) -> Weighing:
    tree = posterior.tree
    flat = {
        str(name): x.values.reshape(-1, *x.shape[2:])
        for group in ("posterior", "derived")
        for name, x in tree[group].data_vars.items()
    }
    block = block_of(posterior.study, of_goals)
    return Weighing(posterior.study, block, flat, posterior.partly_known(), None)


@pytest.mark.parametrize("of_goals", [True, False])
def test_weighted_draws_agree_with_exact_ones(of_goals: bool) -> None:
    posterior = judged()
    exact = refits(posterior.study)
    others = {
        name: changed
        for name, changed in alternatives(posterior.study).items()
        if (changed.goal_prior is not posterior.study.goal_prior) == of_goals
    }
    tried = 0
    for one in weighing(posterior, of_goals).under(others):
        name = one.name
        if "uniform" not in name and "matched" not in name:  # their free variables are others
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
    (one,) = weighing(posterior, False).under({"far off": changed})
    assert one.khat is not None
    assert one.khat > 0.7
    assert not one.reliable


def test_another_model_is_not_told_by_weights() -> None:
    posterior = judged()
    other = replace(posterior.study, goal_prior=type(posterior.study.goal_prior)("index-uniform"))
    stated = posterior.study
    one, same = weighing(posterior, True).under({"index-uniform": other, "the same": stated})
    assert one.how == NOT_TRIED
    assert same.how == WEIGHTED
    assert same.khat == 0
