"""What results say of reports: agents' goals, raters, naive counts, and what rests on the prior."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bayes_misalign as bm
from bayes_misalign.errors import DataError, ResultError
from bayes_misalign.families.reports.assumed_error_rates import (
    ALPHA,
    ERROR_RATES,
    assumptions,
    p_value_of_best_shares,
    speak_against,
)
from tests.noisy_studies import (
    HOSTILE,
    TWO_RATERS,
    acted,
    fitted_prior_only,
    labelled,
    made_up,
    ones,
    prior_only_posterior,
    study_of,
    two_raters,
)
from tests.report.cases import with_state

AREA = bm.ProblemArea("area", goals=["a", "b"])


@pytest.mark.slow
def test_two_raters_of_one_population_rest_on_the_prior() -> None:
    fitted, stored = fitted_prior_only(), prior_only_posterior()
    found = fitted.identification
    assert stored.identification is not None
    assert stored.identification.why == fitted.identification.why
    kept = stored.groups.values("posterior", "misalignment")
    whole = fitted.groups.values("posterior", "misalignment")
    assert abs(kept.mean() - whole.mean()) < 4 * whole.std() / np.sqrt(50)  # draws hang together
    assert kept.std() == pytest.approx(whole.std(), rel=0.3)
    assert found is not None
    assert found.basis == "the prior only"
    assert not found.identified
    assert "no agent has more than 2 labels" in found.why
    assert "no agent is known to hold 'b'" in found.why
    assert set(found.misalignment) == {"all"}
    assert set(found.accuracy) == set(HOSTILE)
    assert fitted.diagnosis.state == "caution"
    reasons = [reason.what for reason in fitted.diagnosis.reasons]
    assert any(reason.startswith("identified by the prior only") for reason in reasons)


def test_the_verdict_and_the_row_are_saved_and_loaded(tmp_path: Path) -> None:
    posterior = prior_only_posterior()
    posterior.save(tmp_path / "posterior.nc")
    again = bm.load(tmp_path / "posterior.nc")
    assert again.identification == posterior.identification
    assert list(again.assumed()) == list(posterior.assumed())
    for rate, found in posterior.assumed().items():
        for name, estimate in found.items():
            np.testing.assert_array_equal(again.assumed()[rate][name].draws, estimate.draws)
    one, other = again.agreement(), posterior.agreement()
    assert one is not None
    assert other is not None
    assert one.pairs == other.pairs
    np.testing.assert_array_equal(one.replicated, other.replicated)
    np.testing.assert_array_equal(one.observed, other.observed)
    assert list(again.accuracies()) == list(HOSTILE)
    np.testing.assert_array_equal(again.pattern_goals(), posterior.pattern_goals())


def by_grid(error: float) -> float:
    """Return the posterior mean of P(ma) at a known error rate, by sums over share and prior."""
    said = np.stack([[x == "b" for x in TWO_RATERS[name]] for name in HOSTILE], axis=1).sum(axis=1)
    p = (np.arange(4000) + 0.5) / 4000  # share of "a"
    log_likelihood = np.zeros_like(p)
    for i, wrong in enumerate(said):
        a = p * (1 - error) ** (2 - wrong) * error**wrong
        b = (1 - p) * error ** (2 - wrong) * (1 - error) ** wrong
        log_likelihood += np.log(a if i < 3 else a + b)
    density = np.exp(log_likelihood - log_likelihood.max())  # shares are uniform
    return float((density * 2 * p * (1 - p)).sum() / density.sum())


def test_a_row_of_error_rates_is_fitted_one_by_one() -> None:
    found = prior_only_posterior().assumed()
    assert list(found) == [f"{rate:g}" for rate in ERROR_RATES]
    for rate, estimates in found.items():
        estimate = estimates["all"]
        assert abs(estimate.mean - by_grid(float(rate))) < 5 * estimate.mcse
        assert not estimate.withheld
    # the more reports are wrong, the less is known
    assert found["0.3"]["all"].sd > 1.5 * found["0.01"]["all"].sd


def test_naive_counts_take_reports_at_face_value() -> None:
    posterior = prior_only_posterior()
    found = posterior.naive()
    assert list(found) == ["labels at face value", "majority vote"]
    goals: Any = posterior.study.goals
    naive = {name: found.counts for name, found in goals.naive_counts.items()}
    np.testing.assert_array_equal(naive["labels at face value"], [[48, 32]])
    # a tie is shared, and whose goal is known counts like everybody
    np.testing.assert_array_equal(naive["majority vote"], [[24, 16]])
    for name, counts in naive.items():
        share = counts[0, 0] / counts.sum()
        assert abs(found[name]["all"].mean - 2 * share * (1 - share)) < 0.02
    widths = [np.diff(found[name]["all"].interval)[0] for name in found]
    assert widths[0] < widths[1]  # each label counted as an agent


def test_goals_of_agents_can_be_asked_for_by_name() -> None:
    posterior = prior_only_posterior()
    patterns = posterior.pattern_goals()
    np.testing.assert_allclose(patterns.sum(axis=1), 1)
    gold = posterior.study.goals.gold  # type: ignore[attr-defined]
    np.testing.assert_array_equal(patterns[gold == 0], [[1, 0]])
    assert np.all((patterns[gold < 0] > 0) & (patterns[gold < 0] < 1))
    found = posterior.agent_goals(two_raters())
    frame = found.to_frame("polars")
    assert frame.columns == ["agent", "goal", "probability"]
    assert len(frame) == sum(map(len, found.values()))
    assert list(found) == TWO_RATERS["id"]
    assert [found[f"x{i}"] for i in range(3)] == [{"a": 1.0, "b": 0.0}] * 3
    same, mixed, opposed = found["x5"], found["x22"], found["x39"]
    assert found["x10"] == same
    assert same["a"] > mixed["a"] > opposed["a"]
    assert sum(mixed.values()) == pytest.approx(1)


def test_another_table_is_refused() -> None:
    posterior = prior_only_posterior()
    other = {**TWO_RATERS, HOSTILE[0]: ["b"] * 40}
    with pytest.raises(ResultError, match="not the table that was fitted"):
        posterior.agent_goals(bm.NoisyLabels(other, agent="id", raters=HOSTILE, gold="truth"))
    with pytest.raises(DataError, match="no column names the agents"):
        posterior.agent_goals(bm.NoisyLabels(TWO_RATERS, raters=HOSTILE, gold="truth"))


def test_goals_of_agents_are_withheld_like_everything_else() -> None:
    posterior = with_state(prior_only_posterior(), "not_converged")
    with pytest.raises(ResultError, match="withheld"):
        posterior.pattern_goals()
    assert all(e.withheld for e in posterior.accuracies().values())
    assert all(e.withheld for found in posterior.assumed().values() for e in found.values())
    shown = with_state(prior_only_posterior(), "not_converged", allow=True)
    np.testing.assert_array_equal(shown.pattern_goals(), prior_only_posterior().pattern_goals())


def behaviour() -> bm.Posterior:
    did, expected = [[2, 1], [0, 3], [1, 1]], [[0.8, 0.2], [0.3, 0.7]]
    return made_up(study_of(acted(did, (("x", "y"),), expected=expected)))


def test_only_a_study_with_raters_has_raters() -> None:
    answers = bm.SingleChoice({"goal": ["a", "b"]}, goal="goal")
    of_answers = bm.fit(AREA, answers, bm.MutuallyExclusive(), draws=100)
    for posterior in (of_answers, behaviour()):
        for ask in (posterior.accuracies, posterior.confusions):
            with pytest.raises(ResultError, match="no raters"):
                ask()
    with pytest.raises(ResultError, match="stated their goals"):
        of_answers.pattern_goals()
    with pytest.raises(ResultError, match="stated their goals"):
        of_answers.agent_goals(two_raters())


def test_behaviour_has_goals_of_agents_too() -> None:
    posterior = behaviour()
    np.testing.assert_allclose(posterior.pattern_goals().sum(axis=1), 1)
    assert list(posterior.naive()) == ["likeliest goal of each agent"]
    assert posterior.identification is not None
    assert posterior.identification.basis == "the prior only"
    assert posterior.identification.accuracy == {}


def test_assumed_error_rates_leave_what_is_known() -> None:
    known = np.array([[[0.7, 0.3], [0.1, 0.9]], np.full((2, 2), np.nan)])
    labels = labelled(ones([[0, 1]], 2), emission=known, validation=np.ones((2, 2, 2)))
    found = labels.assuming(0.1)
    assert found is not None
    np.testing.assert_array_equal(found.emission[0], known[0])
    np.testing.assert_allclose(found.emission[1], [[0.9, 0.1], [0.1, 0.9]])
    assert not found.validation.any()
    three = labelled(ones([[0]], 3), "ab", "xab").assuming(0.1)
    assert three is not None
    np.testing.assert_allclose(three.emission[0], [[0.05, 0.9, 0.05], [0.05, 0.05, 0.9]])


def test_error_rates_are_assumed_only_where_reports_name_goals() -> None:
    rows = assumptions(study_of(labelled(ones([[0, 1]], 2))))
    assert [error for error, _, _ in rows] == list(ERROR_RATES)
    assert all(evidence.is_known.all() for _, evidence, _ in rows)
    assert assumptions(study_of(labelled(ones([[0]], 2), "ab", "xy"))) == []
    expected = np.array([[0.8, 0.2], [0.3, 0.7]])
    actions = acted([[2, 1]], (("x", "y"),), expected=expected)
    found = assumptions(study_of(actions))
    np.testing.assert_allclose(found[2][1].expected, 0.9 * expected + 0.05)
    assert found[2][2].strength == 1e6
    even = actions.assuming(1.0)
    assert even is not None
    np.testing.assert_allclose(even.expected, 0.5)
    stated = [[0.8, 0.2], [np.nan, np.nan]]
    assert assumptions(study_of(acted([[2, 1]], (("x", "y"),), expected=stated))) == []


def spoken_against(goals: Any) -> set[str]:
    return {rate for rate, p in speak_against(study_of(goals)).items() if p < ALPHA}


def test_labels_speak_against_error_rates_that_no_shares_make_up_for() -> None:
    eighty = ones([[0]] * 160 + [[1]] * 40, 2)
    # 30 % of errors make at least 30 % of labels another one
    assert spoken_against(labelled(eighty)) == {"0.3"}
    assert spoken_against(labelled(np.repeat(eighty, 3, axis=0))) == {"0.3"}
    assert spoken_against(labelled(ones([[0]] * 120 + [[1]] * 80, 2))) == set()
    assert spoken_against(labelled(eighty[::20])) == set()  # ten labels say little
    assert spoken_against(labelled(ones([[0]] * 500, 2))) == {f"{r:g}" for r in ERROR_RATES}
    # a label that names no goal is half of the wrong ones, and shows how many there are
    unclear = ones([[0]] * 100 + [[1]] * 95 + [[2]] * 5, 3)
    assert spoken_against(labelled(unclear, "ab", "abc")) == {"0.01", "0.15", "0.2", "0.3"}


def test_only_labels_whose_errors_are_assumed_speak() -> None:
    both = ones([[0, 0]] * 160 + [[1, 1]] * 40, 2)
    known = np.full((2, 2, 2), np.nan)
    known[0] = symmetric_rates(0.01)
    assert spoken_against(labelled(both)) == {"0.3"}
    assert spoken_against(labelled(both, emission=np.stack([known[0]] * 2))) == set()
    assert spoken_against(labelled(both, emission=known)) == {"0.3"}
    one, other = ones([[0, -1]] * 200, 2), ones([[-1, 0]] * 120 + [[-1, 1]] * 80, 2)
    assert "0.01" not in spoken_against(labelled(other, emission=known))
    assert len(spoken_against(labelled(np.concatenate([one, other]), emission=known))) == 0
    # agents of known goal say what errors are, not whether shares make up for them
    gold = {"gold": [0] * 200}
    assert spoken_against(labelled(ones([[0]] * 200, 2), columns=gold)) == set()
    # three labels of an agent by one rater are no three agents
    assert spoken_against(labelled(3 * ones([[0]] * 8 + [[1]] * 2, 2))) == set()
    # what one population rules out is ruled out
    columns = {"population": [0] * 200 + [1] * 200}
    halves = np.concatenate([ones([[0]] * 160 + [[1]] * 40, 2), ones([[0], [1]] * 100, 2)])
    assert spoken_against(labelled(halves, populations="pq", columns=columns)) == {"0.3"}


def symmetric_rates(error: float) -> np.ndarray:
    return np.array([[1 - error, error], [error, 1 - error]])


def test_actions_speak_against_error_rates_too() -> None:
    expected = [[0.9, 0.1], [0.2, 0.8]]
    # at most 78 % choose x if 30 % choose without regard to their goal, 82 % if 20 % do
    apart = [[1, 0]] * 170 + [[0, 1]] * 30
    assert spoken_against(acted(apart, (("x", "y"),), expected=expected)) == {"0.3"}
    # choices of one agent are no independent ones
    assert spoken_against(acted([[17, 3]] * 10, (("x", "y"),), expected=expected)) == set()
    assert speak_against(study_of(acted([[2, 1]], (("x", "y"),)))) == {}


def test_the_p_value_is_right_where_shares_make_up_for_errors() -> None:
    rng = np.random.default_rng(3)
    for shares in ([0.7, 0.3, 0.0], [1.0, 0.0, 0.0], [0.2, 0.3, 0.5]):
        rates = np.full((3, 4), 0.05)
        rates[[0, 1, 2], [0, 1, 2]] = 0.85
        counts = rng.multinomial(500, np.array(shares) @ rates, size=1000).astype(float)
        alarms = int((p_value_of_best_shares(counts, rates) < ALPHA).sum())
        assert stats.binomtest(alarms, 1000, ALPHA, alternative="greater").pvalue > 1e-3
    # twice the log of (1 / 0.7)^50 is the ratio of fifty equal labels
    found = p_value_of_best_shares(np.array([[50.0, 0.0]]), symmetric_rates(0.3))
    assert found[0] == pytest.approx(stats.chi2.sf(100 * np.log(1 / 0.7), 1), rel=0.05)


def test_the_accuracy_of_a_rater_of_known_errors_is_known() -> None:
    known = np.full((3, 2, 2), np.nan)
    known[0], known[1] = symmetric_rates(0.05), [[0.9, 0.1], [0.3, 0.7]]
    goals = labelled(ones(np.random.default_rng(1).integers(2, size=(20, 3)), 2), emission=known)
    same, varied, unknown = made_up(study_of(goals)).accuracies().values()
    assert same.sd == 0
    assert same.text() == "0.9500 (known)"
    # it depends on the goal, and so on the shares
    assert 0.7 < varied.mean < 0.9
    assert varied.sd > 0
    assert unknown.sd > varied.sd
