"""P(ma) of all who were asked, whatever may be of the goals of those who gave no answer."""

import json
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.refusals import part_without_answer
from bayes_misalign.measure import (
    cluster_covariance,
    departing_shares,
    exclusive_conflict,
    misalignment,
    student_widening,
)
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_json import summary
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.study.refusals import AT_RANDOM
from bayes_misalign.study.study import Study

AREA = bm.ProblemArea("plan", ["a", "b"], not_answers=["refused", "ill"])
COUNTS = {
    "north": {"a": 60, "b": 40, "refused": 20, "ill": 5},
    "south": {"a": 30, "b": 90, "refused": 60, "ill": 0},
}


def posterior(stated: bm.Refusals | None = None, counts: Any = COUNTS, **more: Any) -> bm.Posterior:
    goals = bm.SingleChoice(counts=counts)
    return bm.fit(AREA, goals, bm.MutuallyExclusive(), refusals=stated, random_seed=3, **more)


def test_shares_of_all_are_mixed_draw_by_draw() -> None:
    stated = bm.Refusals(odds={"a": 2}, shares={"b": 1.0}, labels=["refused"])
    result = posterior(stated)
    found = result.refusals()
    p = result.shares()
    m = np.stack([found.part[s].draws.ravel() for s in result.populations], axis=1)
    assert m.mean(axis=0) == pytest.approx([20.5 / 121, 60.5 / 181], abs=0.002)
    held = {
        AT_RANDOM: p,
        "odds of a × 2": departing_shares(p, [2.0, 1.0]),
        "100 % b": np.broadcast_to([0.0, 1.0], p.shape),
    }
    assert list(found.readings) == list(held)
    for name, q in held.items():
        mixed = (1 - m[..., None]) * p + m[..., None] * q
        draws = misalignment(mixed, exclusive_conflict(2))
        for i, s in enumerate(result.populations):
            np.testing.assert_allclose(found.readings[name][s].draws.ravel(), draws[:, i])
    fitted = result.misalignment()
    assert found.readings[AT_RANDOM]["north"].mean == pytest.approx(fitted["north"].mean)


def test_worst_cases_hold_every_departure() -> None:
    result = posterior(bm.Refusals(odds=[0.01, 0.5, 2, 100]))
    found = result.refusals()
    every = len(next(iter(found.readings.values()))["north"].draws.ravel())
    kept = result.thinned(1000)
    assert found.exact
    assert every == 4000
    for s in result.populations:
        low, high = found.lower[s].draws.ravel(), found.upper[s].draws.ravel()
        for by_group in found.readings.values():
            draws = by_group[s].draws.ravel()[kept]
            assert (low <= draws + 1e-12).all()
            assert (draws <= high + 1e-8).all()
        ends = found.sets[s]
        assert ends.interval[0] < ends.lower < ends.upper <= ends.interval[1]


def test_half_the_odds_of_one_of_two_goals_are_not_tried_twice() -> None:
    found = posterior(bm.Refusals(odds=[0.5, 2])).refusals()
    assert list(found.readings)[1:] == ["odds of a × 0.5", "odds of b × 0.5"]


def test_a_range_is_drawn_as_wide_as_stated() -> None:
    result = posterior()
    narrow = result.refusals(bm.Refusals(odds={"a": 2}))
    drawn = result.refusals(bm.Refusals(ranges={"a": (1, 4)}))
    name, at = "odds of a × 1 to 4", "odds of a × 2"
    assert drawn.readings[name]["south"].mean == pytest.approx(
        narrow.readings[at]["south"].mean, abs=0.01
    )
    assert drawn.readings[name]["south"].sd > 1.02 * narrow.readings[at]["south"].sd
    p = result.shares()[:, 1]
    m = drawn.part["south"].draws.ravel()
    odds = np.exp(np.log(2) + np.log(4) / (2 * 1.96) * np.random.default_rng(1).normal(size=len(p)))
    q = p * np.stack([odds, np.ones_like(odds)], axis=1)
    q /= q.sum(axis=1, keepdims=True)
    expected = misalignment((1 - m[:, None]) * p + m[:, None] * q, exclusive_conflict(2))
    assert drawn.readings[name]["south"].sd == pytest.approx(expected.std(), rel=0.06)


def test_shares_of_a_union_from_answers_are_those_of_all_who_were_asked() -> None:
    result = posterior(populations=bm.Populations(shares="answers"))
    found = result.refusals(bm.Refusals(shares={"a": 1.0}))
    asked = np.array([125, 180])
    answered, without = np.array([[60, 40], [30, 90]]), np.array([25, 60])
    all_a = (answered.sum(axis=0) + np.array([without.sum(), 0])) / asked.sum()
    expected = misalignment(all_a, exclusive_conflict(2))
    assert found.readings["100 % a"][None].mean == pytest.approx(expected, abs=0.01)
    assert found.part[None].mean == pytest.approx(85 / 305, abs=0.01)


def test_the_part_without_answer_has_the_weights_and_the_design_of_the_sample() -> None:
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(30), 10)
    refuses = rng.random(300) < np.repeat(rng.beta(1, 3, 30), 10)
    goal = np.where(refuses, "refused", rng.choice(["a", "b"], 300))
    data = {"goal": goal.tolist(), "c": cluster.astype(str).tolist(), "w": [1.0] * 300}
    plain = bm.SingleChoice(data, goal="goal")
    clustered = bm.SingleChoice(data, goal="goal", cluster="c")
    sds = {}
    for name, goals in {"plain": plain, "clusters": clustered}.items():
        study = Study.of(AREA, goals, bm.MutuallyExclusive())
        left = study.goals.left_out
        assert left is not None
        chosen = left.chosen(None, not_asked=False)
        draws = part_without_answer(study.goals, left, chosen, 20_000, np.random.default_rng(1))
        sds[name] = draws[:, 0].std()
        assert draws.mean() == pytest.approx(refuses.mean(), abs=0.004)
    totals = np.stack([np.bincount(cluster, refuses == x, 30) for x in (0, 1)], axis=1)
    variance = cluster_covariance(totals)[1, 1] * float(student_widening(29))
    assert sds["clusters"] == pytest.approx(np.sqrt(variance), rel=0.03)
    assert sds["clusters"] > 1.3 * sds["plain"]


def test_weights_of_who_refused_count_where_they_are_known() -> None:
    data = {
        "goal": ["a"] * 40 + ["b"] * 40 + ["refused"] * 20,
        "w": [1.0] * 80 + [4.0] * 20,
    }
    goals = bm.SingleChoice(data, goal="goal", weight="w")
    result = bm.fit(AREA, goals, bm.MutuallyExclusive(), random_seed=1)
    assert result.refusals().part["all"].mean == pytest.approx(0.5, abs=0.02)
    data["w"][80:] = [""] * 20
    goals = bm.SingleChoice(data, goal="goal", weight="w")
    result = bm.fit(AREA, goals, bm.MutuallyExclusive(), random_seed=1)
    found = result.refusals()
    assert found.part["all"].mean == pytest.approx(0.2, abs=0.02)
    assert not found.weights_known
    assert "one of agents, not of weights" in to_markdown(gather(result), {})


def test_who_was_not_asked_counts_if_the_study_says_so() -> None:
    goals = bm.SingleChoice({"g": ["a", "b", "", "a", ""]}, goal="g")
    area = bm.ProblemArea("plan", ["a", "b"])
    result = bm.fit(area, goals, bm.MutuallyExclusive())
    with pytest.raises(bm.ResultError, match="nobody among the evidence"):
        result.refusals()
    assert gather(result).refusals is None
    found = result.refusals(bm.Refusals(not_asked=True))
    assert found.part["all"].mean == pytest.approx(2.5 / 6, abs=0.02)


def test_uncertain_conflict_is_paired_with_the_draws() -> None:
    goals, levels = bm.SingleChoice(counts=COUNTS), bm.Elicited({("a", "b"): (0.3, 0.7)})
    result = bm.fit(AREA, goals, levels, random_seed=1)
    found = result.refusals()
    kept = result.thinned(1000)
    ends = found.upper["north"].draws.ravel() / result.conflict()[kept, 0, 1]
    assert None not in found.part
    assert ends.max() <= 0.5 + 1e-9


def test_every_face_has_it() -> None:
    result = posterior(bm.Refusals(odds={"a": [0.5, 3]}), populations=bm.Populations("answers"))
    said = summary(result)["problem_areas"][0]["refusals"]
    assert said["readings"][0]["reading"] == AT_RANDOM
    assert said["identified_set"][-1]["population"] is None
    assert "refusals.csv" in csv_tables(gather(result))
    assert "odds of a × 3" in result.summary()
    frame = result.refusals().to_frame("polars")
    assert frame.filter(frame["scope"] == "union").height == 5
    again = Study.from_plain(json.loads(json.dumps(result.study.to_plain())))
    assert again.goals == result.study.goals
    assert again.refusals is not None
    assert again.refusals.odds == {"a": [0.5, 3]}
    drawn = result.plot.refusals()
    assert "possible" in drawn.alt


def test_percentages_that_were_published_with_refusals_tell_of_them() -> None:
    shown = {"a": 45.0, "b": 35.0, "refused": 20.0}
    goals = bm.Published(shares=shown, n=400, rounding=1)
    stated = bm.Refusals(odds={"a": 2})
    result = bm.fit(AREA, goals, bm.MutuallyExclusive(), refusals=stated, random_seed=3)
    found = result.refusals()
    assert found.part["all"].mean == pytest.approx(80.5 / 401, abs=0.002)
    p, m = result.shares(), found.part["all"].draws.ravel()[:, None, None]
    mixed = (1 - m) * p + m * departing_shares(p, [2.0, 1.0])
    draws = misalignment(mixed, exclusive_conflict(2))[:, 0]
    np.testing.assert_allclose(found.readings["odds of a × 2"]["all"].draws.ravel(), draws)
    assert "Agents who gave no answer" in to_markdown(gather(result), {})


def test_departures_stand_beside_other_priors() -> None:
    result = posterior(bm.Refusals(odds={"a": [0.5, 3]}))
    told = result.sensitivity()
    names = ["no answer: like those who answered", "no answer: odds of a × 0.5"]
    assert list(told)[-3:] == [*names, "no answer: odds of a × 3"]
    by_group = result.refusals().readings["odds of a × 3"]
    one = told["no answer: odds of a × 3"]
    assert {s: e.mean for s, e in one.items()} == {s: by_group[s].mean for s in result.populations}
    assert not any(name.startswith("no answer") for name in posterior().sensitivity())


@pytest.mark.parametrize(("refused", "said"), [(1, "1 agent gave"), (2, "2 agents gave")])
def test_one_agent_is_not_agents(refused: int, said: str) -> None:
    counts = {"a": 6, "b": 4, "refused": refused, "ill": 0}
    result = bm.fit(AREA, bm.SingleChoice(counts=counts), bm.MutuallyExclusive(), random_seed=3)
    assert f"{said} no answer (refused and ill)" in to_markdown(gather(result), {})
