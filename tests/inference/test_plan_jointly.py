"""Two kinds of measurement together, against simulations that do without the package."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.measured import agents_in_clusters, agents_worth, alike_in_clusters
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.planned_jointly import JointPlan
from tests.inference.test_plan import DRAWS, NO, PAIRS, YES, exclusive, judged, widths

COSTS = {"agents": 4.0, "judgements": 1.0}
STUDIES = 60


@cache
def both() -> JointPlan:
    return judged().plan_jointly(
        ("agents", "judgements"), costs=COSTS, width=0.12, simulations=STUDIES, budget=1500
    )


def own_width(numbers: tuple[int, int], rng: np.random.Generator) -> float:
    """Return the mean width over truths, of answers and judgements simulated here."""
    found, each = [], np.full(3, numbers[1] / 3)
    truths = rng.dirichlet(np.array([50.0, 40, 10]) + 1, size=300)
    a, b = np.array([["abc".index(x) for x in pair] for pair in PAIRS]).T
    for p in truths:
        level = rng.beta(YES + 1, NO + 1)
        yes = rng.binomial(np.round(each).astype(int), level)
        q = rng.dirichlet(rng.multinomial(numbers[0], p) + 1, size=DRAWS)
        c = rng.beta(yes + 1, np.round(each) - yes + 1, size=(DRAWS, 3))
        found.append(widths(2 * (q[:, a] * q[:, b] * c).sum(axis=1)))
    return float(np.mean(found))


def test_widths_of_combinations_are_those_simulated_without_the_package() -> None:
    prior = judged().study.conflict_priors[0]
    assert (prior.yes, prior.no) == (1, 1)
    rng = np.random.default_rng(4)
    plan = both()
    for x in (plan.cheapest, plan.enough[0], plan.within):
        assert x is not None
        assert x.average == pytest.approx(own_width(x.numbers, rng), abs=5 * x.error)


def test_the_cheapest_is_enough_and_little_dearer_than_any() -> None:
    plan = both()
    assert plan.cheapest is not None
    assert plan.cheapest.average <= 0.12
    met = [x for x in plan.tried if x.average <= 0.12]
    assert plan.cheapest.cost <= min(x.cost for x in met) * 1.02
    assert plan.cheapest.cost == 4 * plan.cheapest.numbers[0] + plan.cheapest.numbers[1]
    # more of the first kind need no more of the second
    second = [x.numbers[1] for x in plan.enough]
    assert all(later <= 1.15 * former for former, later in pairwise(second))


def test_the_delta_method_is_near_where_much_is_known() -> None:
    answers = bm.SingleChoice({"goal": ["a", "b"], "n": [400, 1600]}, goal="goal", count="n")
    data = {"goal": ["a"] * 2, "goal_other": ["b"] * 2, "conflict": ["yes", "no"], "n": [700, 300]}
    area = bm.ProblemArea("vote", goals=["a", "b"])
    posterior = bm.fit(area, answers, bm.Judged(data, count="n"), random_seed=1)
    plan = posterior.plan_jointly(
        ("agents", "judgements"), costs={"agents": 1, "judgements": 3}, width=0.02, simulations=20
    )
    assert plan.cheapest is not None
    assert plan.closed is not None
    closed = float(np.dot(plan.closed, plan.costs))
    assert plan.cheapest.cost == pytest.approx(closed, rel=0.05)
    # dP/dq = 2 c (1 - 2 q) and dP/dc = 2 q (1 - q), so that by hand
    first, second = 4 * 0.49 * 0.36 * 0.16, 4 * 0.16**2 * 0.21
    root = np.sqrt(first), np.sqrt(3 * second)
    scale = (2 * 1.959964) ** 2 * sum(root) / 0.02**2
    np.testing.assert_allclose(plan.closed, [root[0] * scale, root[1] / 3 * scale], rtol=0.05)


def test_a_budget_is_spent_and_no_more() -> None:
    plan = both()
    assert plan.within is not None
    assert 0.95 * 1500 <= plan.within.cost <= 1500
    spent = [x for x in plan.tried if x.cost <= 1500]
    assert plan.within.average <= min(x.average for x in spent) + 2 * plan.within.error


def clustered() -> bm.Posterior:
    rng = np.random.default_rng(1)
    rows = [
        (c, "xy"[int(rng.random() < p)])
        for c, p in enumerate(rng.beta(1.5, 3, size=40))
        for _ in range(6)
    ]
    answers = {"goal": [goal for _, goal in rows], "c": [c for c, _ in rows]}
    area = bm.ProblemArea("vote", goals=["x", "y"])
    goals = bm.SingleChoice(answers, goal="goal", cluster="c")
    return bm.fit(area, goals, bm.MutuallyExclusive(), random_seed=1)


def test_clusters_and_answers_in_each() -> None:
    posterior = clustered()
    evidence = posterior.study.goals
    alike = alike_in_clusters(evidence)
    assert 0 < alike[0] < 1
    # one kind at a time is what two together are with the other as it is
    assert agents_in_clusters(evidence, 480, 40) == agents_worth(evidence, "agents", 480)
    assert agents_in_clusters(evidence, 480, 80) == agents_worth(evidence, "clusters", 80)
    plan = posterior.plan_jointly(
        ("clusters", "agents"), costs={"clusters": 30, "agents": 1}, width=0.05, simulations=40
    )
    assert plan.cheapest is not None
    assert plan.closed is not None
    each = plan.closed[1] / plan.closed[0]
    assert each == pytest.approx(np.sqrt(30 * (1 - alike[0]) / alike[0]), rel=0.1)
    assert all(x.numbers[1] >= x.numbers[0] for x in plan.tried)
    assert plan.cheapest.cost == pytest.approx(float(np.dot(plan.closed, (30, 1))), rel=0.25)
    assert "taken as known" in str(plan)


def test_a_joint_plan_is_a_table() -> None:
    plan, text = both(), str(both())
    frame = plan.to_frame()
    assert list(frame.columns)[:3] == ["agents", "judgements", "cost"]
    assert len(frame) == len(plan.tried)
    assert frame["enough"].sum() == sum(x.average <= 0.12 for x in plan.tried)
    assert "The cheapest that is enough:" in text
    assert "known to two standard errors as" in text
    assert "<table" in plan._repr_html_()
    assert judged().plot.plan(plan).axes


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"kinds": ("agents", "raters")}, "no kind of measurement 'raters'"),
        ({"kinds": ("agents", "agents")}, "name two kinds"),
        ({"costs": {"agents": 1}}, "as in --cost judgements=4"),
        ({"costs": {**COSTS, "experts": 1}}, "no cost of 'experts' is needed"),
        ({"costs": {**COSTS, "agents": 0}}, "not stated as a number above 0"),
        ({"budget": 3}, "does not pay for 2 of each kind"),
        ({"width": None}, "state one aim"),
    ],
)
def test_what_cannot_be_is_refused(stated: dict[str, object], said: str) -> None:
    given = {"kinds": ("agents", "judgements"), "costs": COSTS, "width": 0.12, "simulations": 2}
    given |= stated
    with pytest.raises(StudyError, match=said):
        judged().plan_jointly(given.pop("kinds"), **given)  # type: ignore[arg-type]


def test_one_kind_alone_is_planned_as_such() -> None:
    with pytest.raises(StudyError, match="without jointly"):
        exclusive().plan_jointly(("agents", "raters"), costs=COSTS, width=0.1)
