"""How large a study has to be, against simulations that do without the package."""

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import BayesMisalignError, StudyError
from bayes_misalign.inference.plan import check_plannable
from bayes_misalign.inference.plan_aims import Decision, Width, read_statement
from bayes_misalign.settings import Interval

AREA = bm.ProblemArea("vote", goals=["a", "b", "c"])
COUNTS = np.array([[50.0, 40, 10], [20, 60, 20]])
PAIRS = [("a", "b"), ("a", "c"), ("b", "c")]
YES, NO = np.array([8.0, 5, 2]), np.array([2.0, 5, 8])
DRAWS, STUDIES = 1000, 150


@cache
def exclusive() -> bm.Posterior:
    """Return two populations under a Dirichlet prior, so that all is conjugate."""
    data = {"goal": ["a", "b", "c"] * 2, "of": ["x"] * 3 + ["y"] * 3, "n": COUNTS.ravel()}
    answers = bm.SingleChoice(data, goal="goal", population="of", count="n")
    prior = {"dirichlet": {"a": 1, "b": 1, "c": 1}}
    return bm.fit(AREA, answers, bm.MutuallyExclusive(), prior=prior, random_seed=1)


@cache
def judged() -> bm.Posterior:
    """Return one population whose pairs were judged."""
    answers = bm.SingleChoice({"goal": ["a", "b", "c"], "n": COUNTS[0]}, goal="goal", count="n")
    data = {
        "goal": [a for a, _ in PAIRS] * 2,
        "goal_other": [b for _, b in PAIRS] * 2,
        "conflict": ["yes"] * 3 + ["no"] * 3,
        "count": np.concatenate([YES, NO]),
    }
    levels = bm.Judged(data, count="count")
    prior = {"dirichlet": {"a": 1, "b": 1, "c": 1}}
    return bm.fit(AREA, answers, levels, prior=prior, random_seed=1)


def widths(draws: np.ndarray) -> float:
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(high - low)


def simpson(p: np.ndarray) -> np.ndarray:
    return np.asarray(1 - (p**2).sum(axis=-1))


def mean_width(counts: np.ndarray, number: int, rng: np.random.Generator) -> float:
    """Return the mean width over truths of a posterior and data of one population."""
    found = []
    for truth in rng.dirichlet(counts + 1, size=400):
        seen = rng.multinomial(number, truth)
        found.append(widths(simpson(rng.dirichlet(seen + 1, size=DRAWS))))
    return float(np.mean(found))


def test_widths_are_those_of_studies_simulated_without_the_package() -> None:
    found = exclusive().plan(width=0.1, simulations=STUDIES)
    (agents,) = found
    rng = np.random.default_rng(5)
    for size in agents.sizes:
        each = [mean_width(counts, size.number // 2, rng) for counts in COUNTS]
        assert size.of == ("x", "y")[int(np.argmax(each))]
        assert size.average == pytest.approx(max(each), abs=5 * size.error + 0.001)
    assert agents.limit == 0
    # the number is between two that were simulated, and studies of that size have the width
    last = max(size.number for size in agents.sizes if size.average > 0.1)
    assert last < agents.needed <= 2 * last
    assert mean_width(COUNTS[1], int(agents.needed) // 2, rng) == pytest.approx(0.1, rel=0.03)


def test_of_many_answers_the_delta_method_says_the_same() -> None:
    (agents,) = exclusive().plan(width=0.03, simulations=STUDIES)
    assert agents.closed == pytest.approx(agents.needed, rel=0.1)


def of_levels(shares: np.ndarray, levels: np.ndarray) -> np.ndarray:
    i, j = np.triu_indices(3, 1)
    return np.asarray((2 * shares[..., i] * shares[..., j] * levels).sum(axis=-1))


def test_other_evidence_stays_as_it_is_and_sets_the_limit() -> None:
    found = judged().plan(width=0.06, simulations=STUDIES, costs={"agents": 4, "judgements": 1})
    agents, judgements = found
    assert [kind.name for kind in found] == ["agents", "judgements"]
    rng = np.random.default_rng(7)
    level = rng.beta(1 + YES, 1 + NO, size=(DRAWS, 3))
    limit = [widths(of_levels(p, level)) for p in rng.dirichlet(COUNTS[0] + 1, size=400)]
    assert agents.limit == pytest.approx(np.mean(limit), rel=0.05)  # a width of 1,000 draws
    assert agents.limit > 0.06
    assert agents.needed == np.inf
    assert agents.needed_text == "no number is enough"
    assert f"However many agents, mean width stays at about {agents.limit:.3f}" in str(found)
    # judgements: levels anew, shares as they are
    shares = rng.dirichlet(COUNTS[0] + 1, size=DRAWS)
    for size in judgements.sizes:
        each = size.number // 3
        simulated = []
        for truth in rng.beta(1 + YES, 1 + NO, size=(400, 3)):
            yes = rng.binomial(each, truth)
            drawn = rng.beta(1 + yes, 1 + each - yes, size=(DRAWS, 3))
            simulated.append(widths(of_levels(shares, drawn)))
        assert size.average == pytest.approx(np.mean(simulated), abs=5 * size.error + 0.002)
    assert judgements.closed == pytest.approx(judgements.needed, rel=0.15)
    assert agents.closed is None
    assert found.best is judgements
    assert judgements.worth == pytest.approx(judgements.doubling / 30)
    assert "Most for a unit of cost: judgements." in str(found)


def test_decisions_are_counted() -> None:
    found = exclusive().plan(decide="P(y) > 0.5", simulations=STUDIES)
    (agents,) = found
    rng = np.random.default_rng(8)
    for size in agents.sizes[:3]:
        known = []
        for truth in rng.dirichlet(COUNTS[1] + 1, size=600):
            seen = rng.multinomial(size.number // 2, truth)
            above = np.mean(simpson(rng.dirichlet(seen + 1, size=DRAWS)) > 0.5)
            known.append(max(above, 1 - above) >= 0.95)
        assert size.average == pytest.approx(np.mean(known), abs=5 * max(size.error, 0.02))
        assert size.of == "y"
    assert agents.limit == 1
    assert agents.closed is None
    assert "P(ma) of y > 0.5" in str(found)


def test_two_populations_are_compared_draw_by_draw() -> None:
    found = exclusive().plan(compare=("x", "y"), simulations=40, certainty=0.9, power=0.6)
    (agents,) = found
    assert agents.sizes[0].average < agents.sizes[-1].average
    assert found.aim.target == 0.6
    assert "P(ma) of x - P(ma) of y > 0 with a probability of 0.9 or more" in str(found)
    assert found.farthest == ()


def test_a_plan_is_a_table_and_a_sequence() -> None:
    found = judged().plan(width=0.1, simulations=5)
    assert len(found) == 2
    assert found["judgements"] is found[1]
    frame = found.to_frame("polars")
    assert set(frame["measurement"]) == {"agents", "judgements"}
    assert frame["mean_width"].to_list() == [s.average for kind in found for s in kind.sizes]
    assert found._repr_html_().count("<tr") == 3
    assert judged().plan(width=0.1, simulations=5).to_frame("polars").equals(frame)


def test_a_study_that_is_large_enough_can_be_smaller() -> None:
    (agents,) = exclusive().plan(width=0.4, simulations=10)
    assert agents.needed < 200
    assert min(size.number for size in agents.sizes) < 100


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({}, "state one aim"),
        ({"width": 0.1, "decide": "P > 0.3"}, "state one aim"),
        ({"width": 1.5}, "is in (0, 1), not 1.5"),
        ({"decide": "P = 0.3"}, "is no statement about P(ma)"),
        ({"decide": "P > 3"}, "the number is between 0 and 1"),
        ({"decide": "P > 1e"}, "is no statement about P(ma)"),
        ({"decide": "P(x) > 0.3", "population": "y"}, "is about 'x', not 'y'"),
        ({"decide": "P(z) > 0.3"}, "there is no population 'z'"),
        ({"compare": ["x", "x"]}, "name two populations"),
        ({"width": 0.1, "population": "z"}, "there is no population 'z'"),
        ({"width": 0.1, "costs": {"agent": 1}}, "no cost of 'agent' is needed; there are 'agents'"),
        ({"width": 0.1, "costs": {"agents": 0}}, "is a number above 0"),
        ({"decide": "P > 0.3", "certainty": 0.4}, "certainty is in (0.5, 1)"),
    ],
)
def test_what_cannot_be_is_refused(stated: dict[str, object], said: str) -> None:
    with pytest.raises(BayesMisalignError) as raised:
        exclusive().plan(**{"simulations": 2, **stated})  # type: ignore[arg-type]
    assert said in str(raised.value)


def test_agents_who_met_and_have_reports_are_not_planned_for() -> None:
    conflict = SimpleNamespace(joint=True)
    drawn: Any = SimpleNamespace(study=SimpleNamespace(given=set(), conflict=conflict))
    with pytest.raises(StudyError, match="levels of conflict that it found stated"):
        check_plannable(drawn)


def test_what_is_stated_needs_no_more() -> None:
    drawn = {"goal": ["a", "b"] * 20, "draw": np.repeat(range(20), 2), "share": [0.4, 0.6] * 20}
    area = bm.ProblemArea("vote", goals=["a", "b"])
    shares = bm.DrawnShares(drawn, goal="goal", draw="draw", share="share")
    posterior = bm.fit(area, shares, bm.MutuallyExclusive())
    with pytest.raises(StudyError, match="draws made elsewhere come without the model"):
        posterior.plan(width=0.1)


def test_statements_are_read() -> None:
    assert read_statement("P > 0.3") == (None, True, 0.3)
    assert read_statement(" P(a (b)) <.25 ") == ("a (b)", False, 0.25)


def test_highest_density_intervals_have_their_own_width() -> None:
    draws = np.random.default_rng(1).gamma(1.0, size=(4000, 1))
    shortest = Width(0.1, Interval(0.9, "hdi")).scores(draws)[0]
    assert shortest < Width(0.1, Interval(0.9, "eti")).scores(draws)[0]
    assert shortest == pytest.approx(np.log(10), rel=0.1)  # the exponential's 90 % from zero
    assert not Decision(0.5).met(0.79)
    assert Decision(0.5).met(0.8)


@pytest.mark.slow
def test_what_needs_a_sampler_is_planned_too() -> None:
    rng = np.random.default_rng(3)
    goals = rng.choice(2, size=60, p=[0.6, 0.4])
    rows = [(i, r, g if rng.random() < 0.85 else 1 - g) for i, g in enumerate(goals) for r in "pqs"]
    data = {
        "agent": [i for i, _, _ in rows],
        "rater": [r for _, r, _ in rows],
        "label": [("a", "b")[g] for _, _, g in rows],
    }
    area = bm.ProblemArea("vote", goals=["a", "b"])
    labels = bm.NoisyLabels(data, agent="agent", rater="rater", label="label")
    posterior = bm.fit(area, labels, bm.MutuallyExclusive(), random_seed=1)
    found = posterior.plan(width=0.2, simulations=4)
    assert [kind.name for kind in found] == ["agents", "raters"]
    agents, raters = found
    assert agents.limit == 0
    assert np.isnan(raters.limit)  # ever more labels of 60 agents do not tell the shares of all
    assert all(0 < size.average < 0.5 for kind in found for size in kind.sizes)
    assert {size.number for size in agents.sizes} >= {60, 120}
    assert {size.number for size in raters.sizes} >= {3, 6}


def test_sets_of_goals_are_planned_for_like_goals() -> None:
    posterior = bm.fit(bm.example("french-approval"), random_seed=1)
    (agents,) = posterior.plan(width=0.05, simulations=6)
    assert agents.at(730).average < agents.at(365).average
    assert agents.closed == pytest.approx(agents.needed, rel=0.2)
