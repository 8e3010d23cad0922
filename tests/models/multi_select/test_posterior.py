"""The posterior of agents who hold several goals: brute force, other models, and NUTS."""

from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.groups import CONSTANT, POSTERIOR
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.measure import holders_misalignment, lifted, misalignment
from bayes_misalign.measure.lifted import SameRule
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study
from bayes_misalign.study.write import write_study

GOALS = ("a", "b", "c")
AREA = bm.ProblemArea("x", GOALS, ["none"])
CELLS = {
    "by": ["a", "b", "c", "a;b", "a;c", "b;c", "a;b;c", "none"] * 2,
    "at": ["one"] * 8 + ["other"] * 8,
    "n": [12, 7, 3, 9, 2, 0, 4, 5, 3, 14, 9, 2, 6, 3, 0, 8],
}
LEVELS = {("a", "b"): 0.9, ("a", "c"): 0.4, ("b", "c"): 0.1}
RANGES = {("a", "b"): (0.6, 0.9), ("a", "c"): (0.2, 0.6), ("b", "c"): (0.0, 0.3)}


def study(conflict=None, prior=None, **stated):
    goals = bm.MultiSelect(CELLS, goal="by", population="at", count="n", **stated)
    return Study.of(
        AREA,
        goals,
        conflict or bm.Fixed(LEVELS),
        prior=prior,
        populations=bm.Populations(shares={"one": 0.3, "other": 0.7}),
    )


def fitted(conflict=None, **stated):
    return bm.fit(study(conflict, **stated), random_seed=1, draws=250)


@pytest.mark.parametrize("how", ["noisy-or", "max", "mean"])
@pytest.mark.parametrize("same", ["conflict", "agree"])
def test_every_draw_is_lifted_by_brute_force(how, same):
    posterior = fitted(bm.Elicited(RANGES), lift=how, same_goals=same)
    goals = posterior.study.goals
    shares, pma = posterior.shares(), posterior.misalignment_draws()
    levels = posterior.goal_levels()
    rule = {"noisy-or": lambda x: 1 - np.prod(1 - x), "max": np.max, "mean": np.mean}[how]
    for draw in (0, 321):
        for s in (0, 1):
            total = 0.0
            for g, h in product(range(len(goals.categories)), repeat=2):
                if g == h and same == "agree":
                    continue
                between = levels[draw][np.ix_(goals.held[g] == 1, goals.held[h] == 1)]
                total += shares[draw, s, g] * shares[draw, s, h] * rule(between)
            assert pma[draw, s] == pytest.approx(total, abs=1e-12)


def test_results_hold_levels_of_goals_and_of_holdings():
    posterior = fitted(bm.Elicited(RANGES))
    tree = posterior.tree
    assert tree[POSTERIOR]["goal_conflict_level"].sizes["goal_pair"] == 3
    assert tree[CONSTANT]["goal_conflict"].dims == ("held_goal", "held_goal_other")
    assert tree[POSTERIOR]["proportion"].sizes["goal"] == 8
    assert list(posterior.conflict_levels())[:2] == ["a | b", "a | c"]
    again = lifted(posterior.study.goals.held, posterior.partly_known()).whole()
    np.testing.assert_allclose(posterior.conflict(), again, atol=1e-12)


@pytest.mark.parametrize("conflict", [bm.Fixed(LEVELS), bm.Elicited(RANGES)])
def test_contributions_and_goals_add_up(conflict):
    posterior = fitted(conflict)
    parts = posterior.contributions("one")
    assert "a + b | a + b" in parts
    total = sum(estimate.draws for estimate in parts.values())
    np.testing.assert_allclose(total.ravel(), posterior.misalignment_draws()[:, 0], atol=1e-12)
    found = posterior.results("goals")
    held = posterior.shares()[:, 0] @ posterior.study.goals.held
    np.testing.assert_allclose(found.holders["one"]["b"].draws.ravel(), held[:, 1])
    np.testing.assert_allclose(found.held["one"].draws.ravel(), held[:, :3].sum(axis=1))
    own = sum(parts[f"{h} | {h}"].draws for h in ("a + b", "a + c", "b + c", "a + b + c"))
    np.testing.assert_allclose(found.same["one"].draws, own, atol=1e-12)
    agree = fitted(conflict, same_goals="agree")
    np.testing.assert_allclose(
        found.by_rule["noisy-or, the same goals agree"]["one"].draws.ravel(),
        agree.misalignment_draws()[:, 0],
        atol=0.2,  # other classes, and so another prior
    )
    union = posterior.overall().draws.ravel()
    mixed = 0.3 * posterior.shares()[:, 0] + 0.7 * posterior.shares()[:, 1]
    np.testing.assert_allclose(union, misalignment(mixed, posterior.levels()), atol=1e-12)


def test_shares_are_those_of_single_choice_on_holdings():
    many = study()
    area = bm.ProblemArea("x", many.goals.categories[:-1], ["none"])
    labels = [label.replace(";", " + ") for label in CELLS["by"]]
    plain = bm.SingleChoice({**CELLS, "by": labels}, goal="by", population="at", count="n")
    once = Study.of(area, plain, bm.MutuallyExclusive())
    once = replace(once, goal_prior=many.goal_prior)
    one, other = (bm.fit(x, random_seed=3, draws=250) for x in (many, once))
    np.testing.assert_array_equal(one.shares(), other.shares())


def test_plug_in_value_of_people_one_by_one():
    evidence = study().goals
    counts = evidence.counts[0]
    c = np.zeros((4, 4))
    for (a, b), level in LEVELS.items():
        i, j = GOALS.index(a), GOALS.index(b)
        c[i, j] = c[j, i] = level
    people = np.repeat(evidence.held, counts.astype(int), axis=0)
    pairs = [
        1 - np.prod([1 - c[i, j] for i in np.flatnonzero(x) for j in np.flatnonzero(y)])
        for x in people
        for y in people
    ]
    by_formula = holders_misalignment(counts / counts.sum(), evidence.held, c)
    assert float(by_formula) == pytest.approx(np.mean(pairs), abs=1e-12)


def test_holdings_with_the_same_conflict_are_one_class():
    exclusive = study(bm.MutuallyExclusive(), prior="matched")
    same = exclusive.goal_prior.classes.same
    assert same == (("a",), ("b",), ("c",), ("a + b", "a + c", "b + c", "a + b + c"))


def test_the_whole_study_in_pymc_is_lifted_alike():
    for how, same in (("noisy-or", "conflict"), ("max", "agree"), ("mean", "conflict")):
        whole = study(bm.Elicited(RANGES), lift=how, same_goals=same)
        model = whole.to_pymc()
        point = model.initial_point(random_seed=1)
        names = ("goal_conflict", "conflict", "proportion", "misalignment")
        asked = [model[name] for name in names]
        settings = {"mode": "FAST_COMPILE", "on_unused_input": "ignore"}
        given = model.compile_fn(asked, inputs=model.value_vars, **settings)
        of_goals, conflict, shares, pma = given(point)
        expected = lifted(whole.goals.held, of_goals, how, same)
        np.testing.assert_allclose(conflict, expected.whole(), atol=1e-12)
        np.testing.assert_allclose(pma, misalignment(shares, expected), atol=1e-12)


def test_reports_speak_of_goals_and_of_holdings():
    findings = gather(fitted())
    text, tables = to_markdown(findings), csv_tables(findings)
    assert "Agents who hold each goal" in text
    assert "at least one pair of a goal of the one and a goal of the other" in text
    assert "noisy-or, the same goals agree" in text
    assert "a + b" in tables["contributions.csv"]
    assert len(tables["conflict.csv"].splitlines()) == 1 + 6  # of goals, and "no goal"


def test_a_study_is_written_and_read_back(tmp_path: Path):
    whole = study(same_goals="agree", lift="max")
    again = read_study(write_study(whole, tmp_path))
    assert again.goals.counts.tolist() == whole.goals.counts.tolist()
    assert (again.goals.lift, again.goals.same_goals) == ("max", "agree")
    assert again.goals.categories == whole.goals.categories


def test_simulated_data_are_lifted_too():
    made = simulate(study(), 50, 2)
    goals = made.study.goals
    assert goals.n.tolist() == [50, 50]
    expected = misalignment(made.proportion, lifted(goals.held, made.conflict))
    np.testing.assert_allclose(made.misalignment, expected)


def test_two_different_agents_are_refused_where_the_same_goals_conflict():
    known = replace(study(), reporting=bm.Reporting(agents="different"))
    sized = replace(known.goals, population_size=np.array([500, 500]))
    with pytest.raises(StudyError, match="agents may conflict with others who hold the same goals"):
        bm.fit(replace(known, goals=sized), random_seed=1, draws=50).misalignment()


def test_too_few_agents_for_all_their_sets_of_goals_are_cautioned() -> None:
    goals = ("a", "b", "c", "d")
    every = [" + ".join(x) for size in (2, 3) for x in combinations(goals, size)]
    few, many = dict.fromkeys(every, 2.0), dict.fromkeys(every, 200.0)

    def said(counts: dict[str, float], same: SameRule) -> list[str]:
        made = HoldingCounts.from_counts(goals, ["all"], [counts], same_goals=same)
        return [one.what for one in made.cautions]

    # by hand: ten holdings of shares 0.1 each, all of them in conflict with all others for certain
    (text,) = said(few, "agree")
    assert "20 agents are few beside all the sets of goals" in text
    assert f"too low by about {2 * 0.9 / 20:.2g}" in text
    assert said(few, "conflict") == []
    uneven = {**dict.fromkeys(every, 20.0), "a": 400.0, "b": 300.0}
    assert said(uneven, "agree") == []
    assert said({"a": 9.0, "b": 8.0}, "agree") == []  # of one goal each nobody conflicts with alike
    assert len(said(many, "agree")) == 1  # shares that are all alike, at the maximum of P(ma)


@pytest.mark.parametrize("conflict", [bm.Fixed(LEVELS), bm.Elicited(RANGES)])
@pytest.mark.parametrize("how", ["noisy-or", "max", "mean"])
def test_goals_that_conflict_less_are_lifted_anew_in_every_draw(conflict, how):
    posterior = fitted(conflict, lift=how)
    shares, goals = posterior.shares_of("one"), posterior.partly_known().whole()

    def then(one, other, by):
        i, j = sorted((GOALS.index(one), GOALS.index(other)))
        less = goals.copy()
        less[:, i, j] = less[:, j, i] = np.maximum(less[:, i, j] - by, 0)
        own = posterior.study.goals
        conflict = lifted(own.held, less, own.lift, own.same_goals).whole()
        return np.einsum("di,dij,dj->d", shares, np.broadcast_to(conflict, (1000, 8, 8)), shares)

    before = then("a", "b", 0.0)
    below = float(np.quantile(before, 0.3))
    levers = posterior.levers("one", level=0.2, below=below, probability=0.6)
    found = levers.of_kind("less conflict")
    assert {(x.one, x.other) for x in found} == set(LEVELS)
    for x in found:
        after = then(x.one, x.other, 0.2)
        np.testing.assert_allclose(x.change.draws.ravel(), after - before, atol=1e-12)
        stated = posterior.what_if("one", lower={(x.other, x.one): 0.2})
        np.testing.assert_allclose(stated.then.draws.ravel(), after, atol=1e-12)
        if np.isfinite(x.enough):
            assert (then(x.one, x.other, x.enough + 2e-5) < below).mean() >= 0.6
            assert (then(x.one, x.other, x.enough - 2e-5) < below).mean() < 0.6
        else:
            assert (then(x.one, x.other, 1.0) < below).mean() < 0.6
    assert any(np.isfinite(x.enough) for x in found)


def test_several_goals_conflict_less_at_once_and_are_named():
    posterior = fitted(lift="mean")
    lower = {("a", "b"): 0.1, ("c", "a"): 0.2}
    both = posterior.what_if("one", lower=lower)
    single = [posterior.what_if("one", lower={x: y}).change.mean for x, y in lower.items()]
    assert both.change.mean == pytest.approx(sum(single))
    with pytest.raises(StudyError, match="there is no goal 'a \\+ b'"):
        posterior.what_if("one", lower={("a + b", "c"): 0.1})


def test_many_holdings_have_levers_of_goals_alone(monkeypatch):
    monkeypatch.setattr("bayes_misalign.report.findings.MOST_MOVED", 4)
    found = gather(fitted())
    kinds = {x.kind for levers in found.levers.values() for x in levers}
    assert kinds == {"less conflict", "another population"}
    said = (
        "If 5 of 100 agents were of another population, or two goals conflicted by 0.1 less, P(ma)"
    )
    assert said in to_markdown(found)
