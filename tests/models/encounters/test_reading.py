"""Tables of encounters: goals or agents named, and everything that can be wrong with them."""

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bayes_misalign as bm
from bayes_misalign.errors import DataError
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.meeting_trees import to_trees
from bayes_misalign.study.stored import from_plain, to_plain

AREA = bm.ProblemArea("vote", goals=["a", "b", "c"], no_goal=["Unsure"])
ANSWERS = bm.SingleChoice(
    {"id": list("uvwxyz"), "goal": ["a", "b", "c", "a", "Unsure", ""]},
    goal="goal",
    respondent="id",
)
LABELS = {
    "id": list("uuvvwwxxyy"),
    "rater": ["r", "s"] * 5,
    "label": ["a", "a", "b", "b", "c", "c", "a", "b", "b", "c"],
    "known": ["a"] * 2 + [""] * 8,
}
NOISY = bm.NoisyLabels(LABELS, label="label", agent="id", rater="rater", gold="known")


def met(rows: list[tuple[Any, ...]], **how: Any) -> bm.Encounters:
    columns = dict(zip(("goal", "goal_other", "conflict"), zip(*rows, strict=True), strict=True))
    return bm.Encounters({key: list(values) for key, values in columns.items()}, **how)


def agents(rows: list[tuple[Any, ...]], **how: Any) -> bm.Encounters:
    return met(rows, agent="goal", agent_other="goal_other", **how)


def evidence(
    encounters: Any, goals: Any = ANSWERS, others: tuple[Any, ...] = ()
) -> EncounterConflict:
    study = bm.Study.of(AREA, goals, [encounters, *others])
    return next(s for s in study.conflict.sources if isinstance(s, EncounterConflict))


def refused(encounters: Any, goals: Any = ANSWERS) -> str:
    with pytest.raises(DataError) as caught:
        bm.Study.of(AREA, goals, [encounters, bm.Fixed({}, unnamed_pairs=0.5)])
    return str(caught.value)


def test_goals_in_either_order_are_counted_together() -> None:
    rows = [("a", "b", "yes"), ("b", "a", "no"), ("b", "c", 1), ("c", "c", "No"), ("a", "c", "")]
    found = evidence(met(rows), others=(bm.Fixed({("a", "c"): 0.5}),))
    assert found.pairs == (("a", "b"), ("b", "c"))
    np.testing.assert_array_equal(found.between, [[1, 1], [1, 0]])
    assert (found.seen_no[2, 2], found.number, found.conflicts) == (1, 4, 2)
    assert found.background
    assert found.notes == (
        "Of 1 encounters in data frame nobody saw whether there was conflict; they are left out.",
    )


def test_counts_stand_for_rows() -> None:
    single = evidence(met([("a", "b", "yes")] * 3 + [("a", "c", "no"), ("b", "c", "no")]))
    several = {"goal": ["a", "a", "b"], "goal_other": ["b", "c", "c"], "n": [3, 1, 1]}
    counted = bm.Encounters({**several, "conflict": ["yes", "no", "no"]}, count="n")
    assert evidence(counted) == single
    wide = bm.Encounters({**several, "y": [3, 0, 0], "x": [0, 1, 1]}, yes_count="y", no_count="x")
    assert evidence(wide) == single
    assert not single.background


def test_goals_of_named_agents_are_looked_up() -> None:
    rows = [("u", "v", "yes"), ("v", "u", "no"), ("x", "u", "no"), ("w", "y", "yes")]
    found = evidence(agents([*rows, ("z", "u", "yes")]))
    assert found.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    np.testing.assert_array_equal(found.between, [[1, 1], [0, 0], [0, 0]])
    assert found.seen_yes[2, 3] == 1  # with somebody who holds no goal
    assert (found.background, found.uncertain) == (True, False)
    assert "1 encounters in data frame are of agents of whose goals nothing" in found.notes[0]


def test_agents_of_uncertain_goals_become_trees() -> None:
    rows = [("u", "v", "yes"), ("v", "w", "no"), ("w", "v", "no"), ("w", "x", "yes")]
    found = evidence(agents(rows), NOISY)
    assert found.uncertain
    assert (found.number, found.conflicts, found.trees.agents.sum()) == (4, 2, 3)
    at = np.flatnonzero(found.met_yes.any(axis=1))
    np.testing.assert_array_equal(found.met_yes[at], [[1, 0, 0, 0]])  # v met u, who is known
    assert sorted(found.edge_no.tolist()) == [0, 2]
    goals = bm.Study.of(AREA, NOISY, bm.MutuallyExclusive()).goals
    assert {int(x) for x in found.pattern} <= set(range(len(goals.agents)))  # type: ignore[attr-defined]


def test_reports_that_are_known_to_be_right_are_goals() -> None:
    sure = bm.NoisyLabels(
        LABELS | {"label": list("aabbccaabb")},
        label="label",
        agent="id",
        rater="rater",
        error_rate=0.0,
    )
    found = evidence(agents([("u", "v", "yes"), ("x", "w", "no")]), sure)
    assert not found.uncertain
    np.testing.assert_array_equal(found.between, [[1, 0], [0, 1], [0, 0]])


def test_choices_name_agents_as_well() -> None:
    chosen = {"who": ["x", "x", "y"], "did": ["give", "take", "take"]}
    expected = {g: {"give": p, "take": 1 - p} for g, p in (("a", 0.8), ("b", 0.1), ("c", 0.4))}
    expected["Unsure"] = {"give": 0.5, "take": 0.5}
    goals = bm.Behaviour(chosen, agent="who", action="did", expected=expected)
    assert evidence(agents([("x", "y", "yes")]), goals).trees.agents.sum() == 2


def test_encounters_come_back_from_json() -> None:
    found = evidence(agents([("u", "v", "yes"), ("v", "w", "no")]), NOISY)
    assert from_plain(to_plain(found)) == found
    with pytest.raises(ValueError, match="the categories say"):
        EncounterConflict.of("ab", [], np.zeros((3, 3)), np.zeros((2, 2)), background=False)


@pytest.mark.parametrize(
    ("encounters", "said"),
    [
        (met([("a", "d", "yes")]), "there is no goal 'd'"),
        (met([("a", "b", "perhaps")]), "neither with nor without conflict"),
        (met([("a", "b", "")]), "no encounter of which anybody saw"),
        (met([("a", "a", "yes")], background=False), "holders of the same goal, 'a', were seen"),
        (met([("a", "b", "yes")], yes="no"), "means both yes and no"),
        (met([("a", "b", "yes")], yes_count="y"), "only one of yes_count and no_count"),
        (met([("a", "b", "yes")], agent="goal"), "only one of agent and agent_other"),
        (met([("a", "b", "yes")], count="k", yes_count="y", no_count="x"), "both stated"),
        (met([("a", "b", "yes")], count="k"), "'k'"),
        (bm.Encounters(), "data is not stated"),
        (bm.Encounters("nowhere.csv"), "nowhere.csv"),
        (
            bm.Encounters(
                {"goal": ["a"], "goal_other": ["b"], "conflict": [1], "n": [-1]}, count="n"
            ),
            "count",
        ),
        (agents([("u", "v", "yes")], unnamed_pairs=0.5), "are about all pairs"),
        (agents([("u", "u", "yes")]), "the agent 'u' meets itself"),
        (agents([("u", "U", "yes")]), "there is no agent 'U' in the evidence about goals"),
        (agents([("u", "", "yes")]), "the id of an agent is blank"),
        (agents([("u", "z", "yes")]), "no encounter of which anybody saw"),
    ],
)
def test_bad_input_is_refused_with_what_where_and_how(encounters: Any, said: str) -> None:
    assert said in refused(encounters)


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = refused(agents([("u", "U", "yes"), ("u", "v", "perhaps")]))
    assert "the encounter is neither with nor without conflict: 'perhaps'" in said
    assert "there is no agent 'U'" in said
    only = refused(met([("a", "b", "perhaps")] * 1000))
    assert only.count("perhaps") == 1  # not once for each row
    assert "no encounter" not in only


@pytest.mark.parametrize(
    ("goals", "said"),
    [
        (bm.SingleChoice({"goal": ["a", "b"]}, goal="goal"), "respondent='id'"),
        (bm.NoisyLabels({"r": ["a", "b"]}, raters=["r"]), "agent='id'"),
    ],
)
def test_agents_need_ids_in_the_evidence_about_goals(goals: Any, said: str) -> None:
    assert said in refused(agents([("u", "v", "yes")]), goals)


def test_a_broken_table_of_goals_is_all_that_is_said() -> None:
    broken = bm.SingleChoice({"id": ["u"], "goal": ["a"]}, goal="gaol", respondent="id")
    said = refused(agents([("u", "v", "yes")]), broken)
    assert "there is no column 'gaol'" in said
    assert "ids of agents" not in said


def test_counts_of_goals_hold_no_agents() -> None:
    counts = bm.Study.of(AREA, ANSWERS, bm.MutuallyExclusive()).goals
    assert "the evidence about goals holds no ids" in refused(agents([("u", "v", "yes")]), counts)


def test_circles_of_uncertain_agents_are_tangles() -> None:
    rows = [("v", "w", "yes"), ("w", "x", "no"), ("x", "v", "no"), ("x", "y", "no")]
    found = evidence(agents(rows), NOISY)
    assert (found.number, found.conflicts, found.trees.agents.sum()) == (4, 1, 4)
    assert found.tangles.tolist() == [1.0]
    assert from_plain(to_plain(found)) == found
    through_known = [("u", "v", "yes"), ("v", "w", "no"), ("w", "u", "no")]
    assert len(evidence(agents(through_known), NOISY).tangles) == 0


def test_too_many_circles_are_refused() -> None:
    ids = [f"agent {i}" for i in range(12)]
    labels = {"id": ids, "rater": ["r"] * 12, "label": list("abcabcabcabc")}
    goals = bm.NoisyLabels(labels, label="label", agent="id", rater="rater", error_rate=0.1)
    said = refused(agents([(one, other, "no") for one, other in combinations(ids, 2)]), goals)
    assert "12 agents of unknown goals, such as 'agent 0', 'agent 1'" in said
    assert "takes tables of more than 100,000 numbers" in said
    assert "state the goals of some of these agents" in said


def test_sizes_are_refused_where_goals_are_uncertain() -> None:
    sized = bm.NoisyLabels(LABELS, label="label", agent="id", rater="rater", population_size=50)
    with pytest.raises(bm.StudyError, match="leave population_size out"):
        bm.Study.of(AREA, sized, agents([("v", "w", "yes")]))


def test_pairs_of_another_source_keep_it() -> None:
    study = bm.Study.of(
        AREA, ANSWERS, [agents([("u", "v", "yes"), ("u", "w", "no")]), bm.Fixed({("a", "c"): 0.5})]
    )
    assert study.conflict.source_of("a", "c").model == "fixed"
    found = study.conflict.source_of("a", "b")
    assert found.pairs == (("a", "b"), ("b", "c"))
    assert found.elsewhere  # type: ignore[union-attr]
    with pytest.raises(DataError, match="two sources name the same pair"):
        bm.Study.of(AREA, ANSWERS, [met([("a", "c", "yes")]), bm.Fixed({("a", "c"): 0.5})])


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_trees_do_not_depend_on_the_order_of_agents(data: Any) -> None:
    n = 5
    parents = [data.draw(st.integers(-1, i - 1)) for i in range(1, n)]
    edges = {(p, i): (1.0, float(i % 2)) for i, p in enumerate(parents, start=1) if p >= 0}
    pattern = data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    known = np.zeros((n, 2))
    one = to_trees(pattern, known, known, edges)
    order = data.draw(st.sampled_from(list(permutations(range(n)))))
    place = {old: new for new, old in enumerate(order)}
    turned = {
        (min(place[a], place[b]), max(place[a], place[b])): both for (a, b), both in edges.items()
    }
    other = to_trees([pattern[old] for old in order], known, known, turned)
    assert one.agents.sum() == other.agents.sum() == n
    assert one.times.sum() == other.times.sum() == n - len(edges)
    assert one.encounters == other.encounters == sum(map(sum, edges.values()))
    kind, met_again = one.expanded()
    assert sorted(one.pattern[kind].tolist()) == sorted(pattern)
    assert sorted(two[2:] for two in met_again) == sorted(edges.values())


def test_two_agents_are_one_kind_of_tree_whoever_comes_first() -> None:
    none = np.zeros((4, 2))
    trees = to_trees([0, 1, 1, 0], none, none, {(0, 1): (1.0, 0.0), (2, 3): (1.0, 0.0)})
    assert trees.times.tolist() == [0, 2]


@pytest.mark.parametrize("first", [0, 3])
def test_a_tree_is_rooted_at_its_centre(first: int) -> None:
    """Trees of one shape are as high, whatever was reported of whom."""
    for pattern in ([0, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 1]):
        edges = {tuple(sorted((first, other))): (1.0, 0.0) for other in range(4) if other != first}
        star = to_trees(pattern, np.zeros((4, 2)), np.zeros((4, 2)), edges)
        assert star.height.max() == 1
        chain = {(i, i + 1): (1.0, 0.0) for i in range(3)}
        assert to_trees(pattern, np.zeros((4, 2)), np.zeros((4, 2)), chain).height.max() == 2
