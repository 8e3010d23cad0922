"""What if: P(ma) under another composition, as results, in reports and as a figure."""

from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign import measure
from bayes_misalign.inference.levers import LOWER, MOVE, NOT_CAUSES, SHIFT
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_markdown import to_markdown
from tests import told
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    single_posterior,
    withheld_posterior,
)


def plain(posterior: Any, population: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of shares (draw, goal) and conflict (draw or 1, goal, goal)."""
    conflict = np.asarray(posterior.conflict(population=population))
    return posterior.shares_of(population), conflict


def test_a_move_and_a_lower_level_are_worked_out_draw_by_draw() -> None:
    posterior = elicited_posterior()
    a, b = posterior.categories[:2]
    p, c = plain(posterior, "always")
    found = posterior.what_if("always", move={(a, b): 0.1}, lower={(b, a): 0.2})
    after = p.copy()
    after[:, 0] -= np.minimum(0.1, p[:, 0])
    after[:, 1] += np.minimum(0.1, p[:, 0])
    less = np.broadcast_to(c, (len(p), *c.shape[1:])).copy()
    less[:, 0, 1] = less[:, 1, 0] = np.maximum(less[:, 0, 1] - 0.2, 0)
    expected = measure.misalignment(after, less)
    np.testing.assert_allclose(found.then.draws.ravel(), expected, atol=1e-12)
    np.testing.assert_allclose(found.change.draws, found.then.draws - found.now.draws, atol=1e-12)
    assert found.now.mean == pytest.approx(posterior.misalignment()["always"].mean)
    assert f"10 % of agents went from {a} to {b}" in str(found)
    assert NOT_CAUSES in str(found)
    assert NOT_CAUSES in found._repr_html_()
    assert list(found.to_frame("polars")["quantity"]) == ["P(ma) now", "P(ma) then", "change"]


def test_populations_of_other_sizes_or_goals() -> None:
    posterior = elicited_posterior()
    names = posterior.populations
    alone = posterior.what_if(populations={names[0]: 1.0})
    assert alone.then.mean == pytest.approx(posterior.misalignment()[names[0]].mean)
    a = posterior.categories[0]
    same = posterior.what_if(goals={name: {a: 1.0} for name in names})
    assert same.then.mean == 0
    assert same.now.mean == pytest.approx(posterior.overall().mean)


def test_levers_are_all_single_changes_and_lower_first() -> None:
    posterior = elicited_posterior()
    levers = posterior.levers()
    goals, populations = len(posterior.categories), len(posterior.populations)
    assert len(levers.of_kind(MOVE)) == goals * (goals - 1)
    assert len(levers.of_kind(SHIFT)) == populations * (populations - 1)
    for kind in (MOVE, LOWER, SHIFT):
        means = [lever.change.mean for lever in levers.of_kind(kind)]
        assert means == sorted(means)
    p, c = plain(posterior)
    for lever in (*levers.of_kind(MOVE)[:2], *levers.of_kind(LOWER)):
        i, j = map(posterior.categories.index, (lever.one, lever.other))
        change = measure.moving if lever.kind == MOVE else measure.lowering
        np.testing.assert_allclose(
            lever.change.draws.ravel(), change(p, c, i, j, lever.size), atol=1e-12
        )
    union = posterior.union_weights(None)
    assert union is not None
    for lever in levers.of_kind(SHIFT):
        moved = np.array(union, dtype=float, ndmin=2)
        step = np.minimum(lever.size, moved[:, posterior.place(lever.one)])
        moved[:, posterior.place(lever.one)] -= step
        moved[:, posterior.place(lever.other)] += step
        then = measure.misalignment(measure.union_shares(posterior.shares(), moved), c)
        np.testing.assert_allclose(
            lever.change.draws.ravel(), then - measure.misalignment(p, c), atol=1e-12
        )


def test_a_change_that_is_enough_is_enough() -> None:
    posterior = elicited_posterior()
    below, sure = 0.9 * posterior.misalignment()["always"].mean, 0.9
    levers = posterior.levers("always", below=below, probability=sure)
    smallest = levers.smallest
    assert set(smallest) == {MOVE, LOWER}
    move, lower = smallest[MOVE], smallest[LOWER]
    for stated in (
        {"move": {(move.one, move.other): move.enough + 1e-6}},
        {"lower": {(lower.one, lower.other): lower.enough + 1e-6}},
    ):
        then = posterior.what_if("always", **stated).then
        assert sure <= 1 - then.probability_above(below) < sure + 0.01
    frame = levers.to_frame("polars")
    assert {"what", "one", "other", "mean", "size", "enough"} <= set(frame.columns)
    assert "enough for P(ma)" in str(levers)
    assert "enough for P(ma)" in levers._repr_html_()


def test_two_different_agents_are_two_different_ones_then_too() -> None:
    posterior = census_posterior()
    found = posterior.what_if(lower={posterior.categories[:2]: 0.1})
    assert found.now.mean == pytest.approx(posterior.overall().mean)
    changes = {
        (lever.one, lever.other): lever.change.mean
        for lever in posterior.levers(level=0.1).of_kind(LOWER)
    }
    assert changes[posterior.categories[:2]] == pytest.approx(found.change.mean)


def test_levels_that_differ_by_population_are_asked_of_one() -> None:
    with told.known_model():
        posterior = bm.fit(told.study())
        with pytest.raises(bm.StudyError, match="name a population"):
            posterior.levers()
        assert not posterior.levers(posterior.populations[0]).of_kind(SHIFT)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({}, "nothing is changed"),
        ({"move": {("x", "y"): 0.1}}, "there is no goal 'x'"),
        ({"move": {"ab": 0.1}}, "move names two goals"),
        ({"lower": {("Biden", "Biden"): 0.1}}, "lower names two goals"),
        ({"lower": {("Biden", "Trump"): 0.1, ("Trump", "Biden"): 0.1}}, "twice"),
        ({"move": {("Biden", "Trump"): 1.5}}, "is in (0, 1]"),
        ({"goals": {"always": {"Biden": 0.4}}}, "sum to 1, not 0.4"),
        ({"goals": {"never": {"Biden": 1.0}}}, "there is no population 'never'"),
        ({"populations": {"always": 0.4}}, "sum to 1, not 0.4"),
        ({"population": "always", "populations": {"always": 1.0}}, "leave out population"),
    ],
)
def test_what_cannot_be_changed_is_said(stated: dict[str, Any], says: str) -> None:
    with pytest.raises(bm.BayesMisalignError) as error:
        elicited_posterior().what_if(**stated)
    assert says in str(error.value)


@pytest.mark.parametrize("stated", [{"share": 0}, {"level": 2}, {"below": 0}, {"probability": 0}])
def test_levers_take_probabilities(stated: dict[str, float]) -> None:
    with pytest.raises(bm.StudyError, match="in \\(0, 1\\]"):
        elicited_posterior().levers(**stated)


def test_a_report_says_what_changes_and_that_it_is_no_cause() -> None:
    posterior = elicited_posterior()
    text = to_markdown(gather(posterior), {})
    assert "What if shares or levels were others" in text
    assert NOT_CAUSES in text
    assert "The smallest single changes that bring P(ma) of all populations together below" in text
    assert "levers" in draw_figures(gather(posterior))
    plain = single_posterior()
    assert "smallest single change" not in to_markdown(gather(plain), {})
    assert "levers" not in draw_figures(gather(plain))
    assert plain.plot.levers().axes
    rows = csv_tables(gather(posterior))["levers.csv"].splitlines()
    assert len(rows) == len(posterior.levers()) + 1
    assert posterior.plot.levers().axes


def test_what_is_withheld_has_no_levers_in_a_report() -> None:
    assert gather(withheld_posterior()).levers == {}


def test_labels_are_escaped() -> None:
    posterior = hostile_posterior()
    assert "<script>" not in posterior.levers(posterior.populations[0])._repr_html_()
    assert "<script>" not in to_markdown(gather(posterior), {})


def test_one_population_without_a_name_is_not_named() -> None:
    assert "of all" not in str(single_posterior().levers())
