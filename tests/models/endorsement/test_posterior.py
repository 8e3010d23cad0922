"""The posterior of agents who hold goals with strengths: brute force and closed forms."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.measure import dirichlet_moments, endorsed, misalignment, pair_weight
from bayes_misalign.models.endorsement import model as of_model
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study
from bayes_misalign.study.write import write_study

GOALS = ("a", "b", "c")
AREA = bm.ProblemArea("x", GOALS, ["none"])
CELLS = {
    "a": [1, 0, 0, 0.5, 0.2, 0, 1, 0],
    "b": [0, 0.3, 0, 1, 0, 0.7, 1, 0],
    "c": [0, 0, 0.9, 0, 0.6, 1, 1, 0],
    "at": ["one", "one", "one", "one", "other", "other", "other", "other"],
    "n": [12, 7, 3, 9, 6, 0, 4, 5],
}
LEVELS = {("a", "b"): 0.9, ("a", "c"): 0.4, ("b", "c"): 0.1}
RANGES = {("a", "b"): (0.6, 0.9), ("a", "c"): (0.2, 0.6), ("b", "c"): (0.0, 0.3)}


def study(conflict=None, data=CELLS, **stated):
    goals = bm.Endorsement(data, columns="{goal}", population="at", count="n", **stated)
    return Study.of(
        AREA,
        goals,
        conflict or bm.Fixed(LEVELS),
        populations=bm.Populations(shares={"one": 0.3, "other": 0.7}),
    )


def fitted(conflict=None, **stated):
    return bm.fit(study(conflict, **stated), random_seed=1, draws=250)


@pytest.mark.parametrize("how", ["noisy-or", "max", "mean"])
@pytest.mark.parametrize("average", ["geometric", "arithmetic", "max"])
def test_every_draw_is_lifted_by_brute_force(how, average):
    posterior = fitted(bm.Elicited(RANGES), lift=how, average=average, room=False)
    goals = posterior.study.goals
    shares, pma = posterior.shares(), posterior.misalignment_draws()
    levels, joined = posterior.goal_levels(), pair_weight(average)
    rule = {"noisy-or": lambda x: 1 - np.prod(1 - x), "max": np.max, "mean": np.mean}[how]
    draw, s, total = 321, 1, 0.0
    for g, h in product(range(len(goals.categories)), repeat=2):
        x, y = goals.strength[g], goals.strength[h]
        pairs = [
            levels[draw, i, j] * joined(x[i], y[j])
            for i in np.flatnonzero(x)
            for j in np.flatnonzero(y)
        ]
        total += shares[draw, s, g] * shares[draw, s, h] * rule(np.array(pairs))
    assert pma[draw, s] == pytest.approx(total, abs=1e-12)


def test_the_mean_of_p_ma_is_that_of_the_closed_form():
    posterior = bm.fit(study(), random_seed=2, draws=4000)
    goals = posterior.study.goals
    levels = endorsed(goals.strength, posterior.goal_levels()[0])
    alpha = goals.counts + 1.0 / len(goals.categories)
    for s, name in enumerate(goals.populations):
        # E p'Cp = (a'Ca + sum of a_i c_ii) / (A (A + 1)), where agents of one kind may conflict
        a, c = alpha[s], levels.whole()
        total = a.sum()
        expected = (a @ c @ a + a @ np.diagonal(c)) / (total * (total + 1))
        draws = posterior.misalignment_draws()[:, s]
        assert abs(draws.mean() - expected) < 5 * draws.std() / np.sqrt(len(draws))
        none = c - np.diag(np.diagonal(c))
        assert dirichlet_moments(a, none).mean <= expected
        assert name in posterior.misalignment()


def test_strengths_and_holders_are_means_over_kinds():
    posterior = fitted()
    found, goals = posterior.results("goals"), posterior.study.goals
    shares = posterior.shares()[:, 0]
    np.testing.assert_allclose(
        found.holders["one"]["b"].draws.ravel(), shares @ (goals.strength[:, 1] > 0)
    )
    by_hand = (shares @ goals.strength[:, 1]) / (shares @ (goals.strength[:, 1] > 0))
    np.testing.assert_allclose(found.strength["one"]["b"].draws.ravel(), by_hand)
    other = fitted(average="min")
    np.testing.assert_allclose(
        found.by_rule["noisy-or, min"]["one"].draws, other.misalignment()["one"].draws
    )
    assert len(found.by_rule) == 6


def test_whole_strengths_are_the_holdings_of_multi_select():
    ticks = {name: [int(x > 0) for x in CELLS[name]] for name in GOALS}
    data = {**CELLS, **ticks}
    one = bm.fit(study(data=data, room=False), random_seed=3, draws=250)
    area = bm.ProblemArea("x", GOALS, ["none"])
    several = bm.MultiSelect(data, columns="{goal}", population="at", count="n")
    other = Study.of(area, several, bm.Fixed(LEVELS))
    held = {tuple(row) for row in other.goals.held.tolist()}
    assert {tuple(row) for row in one.study.goals.strength.tolist()} <= held
    plug_in = [
        np.asarray(misalignment(x.counts[0] / x.counts[0].sum(), y)).item()
        for x, y in (
            (one.study.goals, one.partly_known_of_categories),
            (other.goals, bm.fit(other, random_seed=1, draws=50).partly_known_of_categories),
        )
    ]
    assert plug_in[0] == pytest.approx(plug_in[1], abs=1e-12)


@pytest.mark.parametrize("average", ["geometric", "arithmetic", "harmonic", "min", "max"])
def test_the_whole_study_in_pymc_is_lifted_alike(average):
    how = {"geometric": "noisy-or", "min": "max", "max": "mean"}.get(average, "noisy-or")
    whole = study(bm.Elicited(RANGES), lift=how, average=average, room=False)
    model = whole.to_pymc()
    point = model.initial_point(random_seed=1)
    names = ("goal_conflict", "conflict", "proportion", "misalignment")
    settings = {"mode": "FAST_COMPILE", "on_unused_input": "ignore"}
    given = model.compile_fn([model[n] for n in names], inputs=model.value_vars, **settings)
    of_goals, conflict, shares, pma = given(point)
    expected = endorsed(whole.goals.strength, of_goals, how, average)
    np.testing.assert_allclose(conflict, expected.whole(), atol=1e-12)
    np.testing.assert_allclose(pma, misalignment(shares, expected), atol=1e-12)


def test_reports_speak_of_goals_and_strengths():
    findings = gather(fitted())
    text, tables = to_markdown(findings), csv_tables(findings)
    assert "How strongly agents hold each goal" in text
    assert "the geometric mean of the two strengths" in text
    assert "noisy-or, harmonic" in text
    assert "a 0.5 + b 1" in tables["contributions.csv"]
    assert len(tables["conflict.csv"].splitlines()) == 1 + 6  # of goals, and "no goal"


def test_few_answers_of_each_kind_are_no_caution_under_the_default_prior():
    graded = "conflict is graded"
    assert graded not in str(fitted())
    other = replace(study(), goal_prior=bm.SharePrior())
    assert graded in str(bm.fit(other, random_seed=1, draws=250))


def test_a_study_is_written_and_read_back(tmp_path: Path):
    whole = study(average="min", lift="max", scale=None)
    again = read_study(write_study(whole, tmp_path))
    assert again.goals == whole.goals or again.goals.counts.tolist() == whole.goals.counts.tolist()
    assert (again.goals.lift, again.goals.average) == ("max", "min")
    assert again.goals.categories == whole.goals.categories
    np.testing.assert_array_equal(again.goals.strength, whole.goals.strength)


def test_simulated_data_are_lifted_too():
    made = simulate(study(), 50, 2)
    goals = made.study.goals
    assert goals.n.tolist() == [50, 50]
    expected = misalignment(made.proportion, endorsed(goals.strength, made.conflict))
    np.testing.assert_allclose(made.misalignment, expected)


def test_levels_that_do_not_fit_into_memory_are_refused(monkeypatch):
    monkeypatch.setattr(of_model, "MOST_NUMBERS", 1000)
    refused = "state levels of conflict that are known, round strengths to fewer steps, or ask for "
    with pytest.raises(StudyError, match=f"{refused}fewer draws"):
        fitted(bm.Elicited(RANGES))
    monkeypatch.setattr(of_model, "MOST_NUMBERS", 1_000_000)
    few = bm.fit(study(bm.Elicited(RANGES)), random_seed=1, draws=20)
    assert few.misalignment()["one"].mean > 0
    assert fitted().misalignment()["one"].mean > 0
