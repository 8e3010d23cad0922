"""Patterns of reports: what is counted, weighted and known of the agents behind each."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bayes_misalign.errors import ResultError
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, compress
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from tests.noisy_studies import acted, labelled, ones, symmetric
from tests.readers import read

# seven agents of two populations, two raters: -1 where a rater said nothing
SAID = [[0, 0], [0, 1], [1, 1], [1, -1], [0, 0], [2, 2], [0, 0]]
COLUMNS = {
    "population": [0, 0, 0, 0, 1, 1, 1],
    "gold": [0, -1, -1, 1, -1, -1, 0],
    "weight": [2.0, 1.0, 0.5, 1.0, 3.0, 1.0, 1.0],
}


def seen(**more: object) -> DistinctLabels:
    reports = ones(SAID, 3)
    return labelled(reports, "ab", "abx", "pq", COLUMNS, **more)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_equal_rows_are_one_pattern(seed: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(-1, 3, size=(80, columns))
    first, pattern = compress(*table.T)
    rows = [tuple(row) for row in table.tolist()]
    assert [rows[i] for i in first] == list(dict.fromkeys(rows))  # by first appearance
    assert [rows[first[d]] for d in pattern] == rows


def test_agents_are_counted_by_goal_at_face_value() -> None:
    evidence = seen()
    # an even vote is shared, a label that names no goal counts for none
    np.testing.assert_array_equal(evidence.counts, [[1.5, 2.5], [2, 0]])
    np.testing.assert_array_equal(evidence.weight_sum, [[2.5, 2], [4, 0]])
    np.testing.assert_array_equal(evidence.n, [4, 3])
    np.testing.assert_array_equal(evidence.weight_total, [4.5, 5])
    np.testing.assert_array_equal(evidence.weight_sq_total, [6.25, 11])
    plain = replace(evidence, weighted=False)
    np.testing.assert_array_equal(plain.counted(plain.votes).counts, [[3, 4], [4, 0]])
    np.testing.assert_array_equal(evidence.reports_of_raters, [[4, 2, 1], [3, 2, 1]])
    assert evidence.per_source.sum() == 13


def test_weights_count_by_the_goals_that_agents_may_hold() -> None:
    evidence = seen()
    by_population = np.bincount(evidence.population, weights=evidence.effective_agents)
    np.testing.assert_allclose(by_population, evidence.effective_counts.sum(axis=1))
    sums, _, agents = evidence.goal_weights
    np.testing.assert_allclose(sums.sum(axis=1), evidence.weight_total)
    np.testing.assert_array_equal(agents, evidence.n)
    plain = replace(evidence, weighted=False)
    np.testing.assert_array_equal(plain.effective_agents, plain.agents)
    np.testing.assert_array_equal(plain.effective_counts, plain.counts)


def test_weights_of_equal_reports_are_added() -> None:
    evidence = labelled(ones([[0], [0], [1]], 2), columns={"weight": [2.0, 3.0, 1.0]})
    np.testing.assert_array_equal(evidence.agents, [2, 1])
    np.testing.assert_array_equal(evidence.row_weight, [5, 1])
    np.testing.assert_array_equal(evidence.row_weight_sq, [13, 1])


def test_reports_without_error_weigh_as_goals_do() -> None:
    weights = np.random.default_rng(1).lognormal(size=12)
    said = [[0]] * 5 + [[1]] * 4 + [[2]] * 3
    evidence = labelled(ones(said, 3), "abc", emission=np.eye(3)[None], columns={"weight": weights})
    goals = np.repeat(np.arange(3), [5, 4, 3])
    counts, sums, squares = (
        np.bincount(goals, x)[None] for x in (np.ones(12), weights, weights**2)
    )
    stated = ChoiceCounts.from_counts(
        ["a", "b", "c"], ["all"], counts, weight_sum=sums, weight_sq_sum=squares
    )
    np.testing.assert_allclose(evidence.effective_counts, stated.effective_counts, rtol=1e-9)
    np.testing.assert_allclose(evidence.effective.scale, stated.effective.scale, rtol=1e-9)
    np.testing.assert_allclose(evidence.n_effective, stated.n_effective, rtol=1e-9)
    deff = replace(evidence, stated_deff=np.array([3.0]))
    np.testing.assert_allclose(deff.effective_agents.sum(), 4)
    np.testing.assert_allclose(deff.effective_counts, 4 * sums / sums.sum())


def test_weighted_reports_are_fitted_by_the_weighted_shares() -> None:
    # as many agents of each kind as are expected: holders of a weigh 4, those of b 1
    rates = symmetric(2, 0.2)
    sampled, weight = np.array([0.4, 0.6]), np.array([4.0, 1.0])
    number = 1000 * sampled[:, None] * rates
    evidence = replace(
        labelled(ones([[0], [1]], 2), emission=rates[None], columns={"weight": [1.0, 2.0]}),
        agents=number.sum(axis=0),
        row_weight=weight @ number,
        row_weight_sq=weight**2 @ number,
    )
    sums, _, _ = evidence.goal_weights
    np.testing.assert_allclose(sums, [1000 * sampled * weight], rtol=1e-4)
    # shares behind the effective agents, tilted, are the weighted shares
    scale = evidence.effective.scale[0]
    expected = sampled * weight / scale
    fitted = np.linalg.solve(rates.T, evidence.effective_agents)
    np.testing.assert_allclose(fitted / fitted.sum(), expected / expected.sum(), rtol=1e-3)


def test_known_goals_are_counted_and_the_only_ones_allowed() -> None:
    evidence = seen()
    np.testing.assert_array_equal(evidence.gold_counts, [2, 1])
    for gold, allowed in zip(evidence.gold, evidence.allowed, strict=True):
        assert allowed.tolist() == ([True, True] if gold == UNKNOWN else [gold == 0, gold == 1])


def test_agents_chosen_by_their_goal_say_nothing_of_shares() -> None:
    np.testing.assert_array_equal(seen().informs_shares, np.ones(7))
    chosen = seen(gold_chosen=True)
    np.testing.assert_array_equal(chosen.informs_shares, chosen.gold == UNKNOWN)


def test_labels_of_raters_without_error_are_goals_whatever_they_are_called() -> None:
    said = ones([[0], [0], [1], [2]], 3)
    named = np.array([[[0, 1, 0], [1, 0, 0], [0, 0, 1]]], dtype=float)
    evidence = labelled(said, "abc", emission=named)
    assert evidence.errorless
    np.testing.assert_array_equal(evidence.counts, [[1, 2, 1]])
    wrong = labelled(said, "abc", emission=symmetric(3, 0.1)[None])
    assert not wrong.errorless
    np.testing.assert_array_equal(wrong.counts, [[2, 1, 1]])


def test_actions_at_face_value_are_those_that_fit_best() -> None:
    actions = (("x", "y"), ("u", "v", "w"))
    expected = [[0.9, 0.1, 0.2, 0.3, 0.5], [0.3, 0.7, 0.2, 0.7, 0.1]]
    did = [[2, 0, 0, 0, 1], [0, 1, 0, 2, 0], [0, 0, 1, 0, 0], [2, 0, 0, 0, 1]]
    evidence = acted(did, actions, expected=expected, columns={"gold": [-1, -1, -1, 1]})
    assert evidence.spans == (slice(0, 2), slice(2, 5))
    assert evidence.cell_names == ("q1: x", "q1: y", "q2: u", "q2: v", "q2: w")
    np.testing.assert_array_equal(evidence.face_value, [[1, 0], [0, 1], [0.5, 0.5], [0, 1]])
    np.testing.assert_array_equal(evidence.per_source, [[2, 1], [1, 2], [0, 1], [2, 1]])
    np.testing.assert_allclose(evidence.actions_by_goal, [[2, 0, 0.5, 0, 1], [2, 1, 0.5, 2, 1]])


def test_many_agents_with_equal_reports_are_as_many_rows_as_two() -> None:
    area = ProblemArea("vote", ["a", "b"])
    few, many = (
        read(NoisyLabels({"r": ["a", "b"], "n": [n, n]}, raters=["r"], count="n"), area)
        for n in (1, 1_000_000)
    )
    assert (few.n[0], many.n[0]) == (2, 2_000_000)
    assert few.reports.shape == many.reports.shape == (2, 2)
    said = np.random.default_rng(1).integers(2, size=(50_000, 3))
    assert len(labelled(ones(said, 2)).agents) == 8


@pytest.mark.parametrize(
    "evidence",
    [
        seen(),
        seen(
            gold_chosen=True,
            emission=[[[0.9, 0.1, 0], [0.2, 0.7, 0.1]], np.full((2, 3), np.nan)],
            validation=[np.zeros((2, 3)), [[7, 1, 0], [0, 5, 2]]],
            population_size=[100, 200],
            not_answers={"refused": [1, 2]},
            not_asked=[3, 4],
            zero_weights=2,
            notes=("a note",),
            source="labels.csv",
        ),
        acted([[1, 0], [0, 2]], (("x", "y"),), expected=[[0.9, 0.1], [np.nan, np.nan]]),
    ],
)
def test_patterns_survive_strict_json_exactly(evidence: object) -> None:
    text = json.dumps(to_plain(evidence), allow_nan=False)  # type: ignore[arg-type]
    again = from_plain(json.loads(text))
    assert type(again) is type(evidence)
    assert again == evidence
    assert json.dumps(to_plain(again), allow_nan=False) == text


@pytest.mark.parametrize(
    "change",
    [
        {"agents": [1.0]},
        {"reports": [[1, 0, 0]] * 7},
        {"emission": [[[1.0, 0.0]]]},
        {"validation": [[[1.0, 0.0]]]},
    ],
)
def test_figures_that_do_not_fit_together_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ResultError, match="damaged"):
        from_plain({**to_plain(seen()), **change})


@pytest.mark.parametrize("wide", [False, True])
def test_patterns_are_numbered_by_first_appearance(wide: bool) -> None:
    rng = np.random.default_rng(1)
    table = rng.integers(-1, 3, (500, 4)) * (2**40 if wide else 1)  # too wide for one number
    first, pattern = compress(table[:, 0], table[:, 1:])
    rows = [tuple(row) for row in table.tolist()]
    seen = list(dict.fromkeys(rows))
    assert [rows[i] for i in first] == seen
    assert [seen[p] for p in pattern] == rows
    assert (np.diff(first) > 0).all()
