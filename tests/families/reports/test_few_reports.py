"""Tables that are mostly empty: report by report they are what they are as a whole."""

from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from arviz_stats.base import array_stats

from bayes_misalign.families.reports import (
    agreement,
    distinct_reports,
    few_reports,
    report_outcomes,
)
from bayes_misalign.families.reports import summed_out_pymc as summed_out
from bayes_misalign.families.reports.distinct_reports import compress
from bayes_misalign.inference import nuts
from bayes_misalign.inference.sampled import settings_asked_for
from bayes_misalign.models.behaviour.model import MODEL as behaviour
from bayes_misalign.models.behaviour.priors import ActionPriors
from bayes_misalign.models.noisy_labels.model import MODEL as noisy_labels
from bayes_misalign.models.noisy_labels.priors import LabelPriors
from bayes_misalign.study.options import Fitting
from tests.models.behaviour import test_generative as actions
from tests.models.noisy_labels import test_generative as labels
from tests.noisy_studies import PLAIN, labelled, ones

slow = pytest.mark.slow
CLOSE = 1e-10


@pytest.fixture
def report_by_report(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Take every table report by report until the patch is undone."""
    monkeypatch.setattr(few_reports, "SMALLEST_TABLE", 0)
    monkeypatch.setattr(few_reports, "MOST_FILLED", 1.0)
    return monkeypatch


def densities(model: pm.Model) -> list[np.ndarray]:
    """Return the log density at two random points, and its gradient there."""
    density = model.logp()
    slopes = pytensor.grad(density, model.value_vars)
    run = pytensor.function(model.value_vars, [density, *slopes], mode=PLAIN)
    start, rng, found = model.initial_point(), np.random.default_rng(6), []
    for _ in range(2):
        point = [rng.normal(scale=0.8, size=np.shape(start[x.name])) for x in model.value_vars]
        found += run(*point)
    return found


def agree(one: list[np.ndarray], other: list[np.ndarray]) -> None:
    """See that numbers agree to the last digits."""
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=CLOSE, atol=CLOSE)


@slow
@pytest.mark.parametrize("pooling", labels.POOLINGS)
@pytest.mark.parametrize("case", labels.CASES)
def test_labels_have_the_same_density_and_gradient(
    report_by_report: pytest.MonkeyPatch, case: str, pooling: Any
) -> None:
    evidence, prior = labels.seen(**labels.CASES[case]), LabelPriors(pooling=pooling)
    model = noisy_labels.build(evidence, prior)
    few = densities(model)
    assert "reports" not in model.named_vars
    assert set(noisy_labels.data(evidence, prior)) == {x.name for x in model.data_vars}
    report_by_report.undo()
    assert not few_reports.few(evidence.reports)
    agree(few, densities(noisy_labels.build(evidence, prior)))


@slow
@pytest.mark.parametrize("overdispersion", [True, False])
@pytest.mark.parametrize("case", actions.CASES)
def test_actions_have_the_same_density_and_gradient(
    report_by_report: pytest.MonkeyPatch, case: str, overdispersion: bool
) -> None:
    evidence = actions.seen(**actions.CASES[case])
    prior = ActionPriors(overdispersion=overdispersion)
    few = densities(behaviour.build(evidence, prior))
    report_by_report.undo()
    agree(few, densities(behaviour.build(evidence, prior)))


def test_sums_in_a_graph_have_the_same_gradient() -> None:
    rng = np.random.default_rng(9)
    table = np.where(rng.random((250, 100)) < 0.05, rng.integers(1, 4, (250, 100)), 0)
    weights = rng.normal(size=(250, 3))
    values = pt.matrix("values")
    given = {"excluded": pt.zeros((250, 3)), **summed_out.table_data("table", table)}
    assert set(given) == {"excluded", "table_row", "table_column", "table_times"}
    found = summed_out.sums_by_pattern(given, "table", values)
    slope = pytensor.grad((weights * found).sum(), values)
    run = pytensor.function([values], [found, slope], mode=PLAIN)
    at = rng.normal(size=(100, 3))
    agree(run(at), [table @ at, table.T @ weights])


def test_what_is_worked_out_at_draws_is_the_same(report_by_report: pytest.MonkeyPatch) -> None:
    seen, did = labels.seen(**labels.CASES["weights"]), actions.seen()
    rng = np.random.default_rng(7)
    of_labels = noisy_labels.draw_prior(seen, LabelPriors(), 3, rng)
    of_labels["sampled_proportion"] = of_labels["proportion"]
    of_actions = behaviour.draw_prior(did, ActionPriors(), 3, rng)

    def found() -> list[np.ndarray]:
        outcomes = report_outcomes.outcomes(seen, noisy_labels.terms, of_labels)
        return [
            noisy_labels.terms(seen, of_labels),
            behaviour.terms(did, of_actions),
            behaviour.terms(did, {"action": of_actions["action"]}),
            outcomes[0].log_likelihood,
        ]

    few = found()
    report_by_report.undo()
    agree(few, found())


def test_a_table_is_taken_report_by_report_where_it_is_large_and_hardly_filled() -> None:
    table = np.zeros((200, 100), int)
    table[:, :10] = 1
    assert few_reports.few(table)
    assert not few_reports.few(table[:199])
    table[0, 10] = 3
    assert not few_reports.few(table)
    table[0, 9] = 0
    rows, columns, times = few_reports.report_list(table)
    again = np.zeros_like(table)
    again[rows, columns] = times
    np.testing.assert_array_equal(again, table)


def test_labels_of_large_panels_are_sampled_in_larger_steps(
    report_by_report: pytest.MonkeyPatch,
) -> None:
    evidence = labels.seen(**next(iter(labels.CASES.values())))
    usual = Fitting()
    assert settings_asked_for(usual, [evidence]).target_accept == 0.8
    stated = replace(usual, target_accept=0.95)
    assert settings_asked_for(stated, [evidence]).target_accept == 0.95
    report_by_report.undo()
    assert settings_asked_for(usual, [evidence]) == usual


def test_sums_over_reports_keep_the_order_of_their_axes() -> None:
    rng = np.random.default_rng(8)
    table = np.where(rng.random((250, 100)) < 0.05, rng.integers(1, 4, (250, 100)), 0)
    values = rng.normal(size=(2, 3, 100, 4))
    assert few_reports.few(table)
    np.testing.assert_allclose(few_reports.pattern_sums(table, values), table @ values, rtol=1e-12)


def test_rows_that_report_the_same_are_the_same_rows() -> None:
    rng = np.random.default_rng(10)
    table = np.where(rng.random((400, 60)) < 0.02, rng.integers(1, 3, (400, 60)), 0)
    assert len(np.unique(table, axis=0)) < len(table)
    first, pattern = compress(table)
    narrow = few_reports.report_columns(400, *few_reports.report_list(table))
    assert narrow.shape[1] == (table > 0).sum(axis=1).max()
    for found, expected in zip(compress(narrow), (first, pattern), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_simulated_labels_of_few_raters_follow_their_probabilities(
    report_by_report: pytest.MonkeyPatch,
) -> None:
    del report_by_report
    design = replace(labels.seen(), agents=np.full(len(labels.seen().agents), 400.0))
    rng = np.random.default_rng(11)
    emission = rng.dirichlet(np.ones(3), (3, 2))
    shares = np.array([[0.7, 0.3], [0.2, 0.8]])
    made, agents, row = noisy_labels.simulate_agents(
        {"proportion": shares, "emission": emission}, design, rng
    )
    np.testing.assert_array_equal(made.per_source[row], design.per_source[agents.row])
    assert made.agents.sum() == design.agents.sum()
    for goal in range(2):
        given = made.by_rater[row[agents.goal == goal]].sum(axis=0)
        number = given.sum(axis=-1, keepdims=True)
        error = np.sqrt(emission[:, goal] * (1 - emission[:, goal]) / number)
        assert (np.abs(given / number - emission[:, goal]) < labels.WITHIN * error).all()


@pytest.mark.parametrize("weighted", [False, True])
def test_figures_of_reports_are_the_same(
    report_by_report: pytest.MonkeyPatch, weighted: bool
) -> None:
    case = labels.CASES["weights"] if weighted else {}
    designs = [labels.seen(**case), actions.seen()]

    def found() -> list[np.ndarray]:
        figures = []
        for design in designs:
            counted = report_outcomes.observed(design)["reported"]
            pairs = np.array(agreement.pairs_of(design))
            assert (pairs[:, 0] != pairs[:, 1]).any() == design.comparable
            assert (pairs[:, 0] == pairs[:, 1]).any()
            figures += [counted.values, counted.totals, *agreement._equal_and_able(design, pairs)]
        return figures

    few = found()
    report_by_report.undo()
    agree(few, found())


def test_wide_rows_are_summed_to_the_same_digits() -> None:
    rng = np.random.default_rng(12)
    design = labels.seen()
    rows = rng.normal(size=(len(design.agents), distinct_reports.WIDE // 10))
    assert rows.size > distinct_reports.WIDE
    found, expected = design.by_population(rows), np.zeros((2, rows.shape[1]))
    np.add.at(expected, design.population, rows)
    np.testing.assert_array_equal(found, expected)


@slow
def test_posteriors_are_the_same(report_by_report: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(13)
    agents, raters, goals = 200, 40, 3
    goal = rng.choice(goals, size=agents, p=[0.5, 0.3, 0.2])
    said = np.full((agents, raters), -1)
    for i in range(agents):
        who = rng.choice(raters, 5, replace=False)
        said[i, who] = np.where(rng.random(5) < 0.7, goal[i], rng.integers(goals, size=5))
    evidence, prior = labelled(ones(said, goals), "abc"), LabelPriors()
    fitting = Fitting(draws=1000, tune=500, chains=4, seed=3)

    def drawn() -> tuple[float, float]:
        tree = nuts.Frozen(noisy_labels.build(evidence, prior)).sample(fitting)
        conflict = 1 - (tree["posterior"]["proportion"].values[:, :, 0] ** 2).sum(axis=-1)
        error = array_stats.mcse(conflict, chain_axis=0, draw_axis=1)
        return float(conflict.mean()), float(error)

    few, error = drawn()
    report_by_report.undo()
    whole, other_error = drawn()
    assert abs(few - whole) < labels.WITHIN * np.hypot(error, other_error)
    assert error < 0.001
