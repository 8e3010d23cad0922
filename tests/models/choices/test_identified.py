"""What choices with stated payoffs can tell, against counts of numbers that are known by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_misalign.families.reports.identification import count_rule
from bayes_misalign.models.choices.calibration import choices, goals_that_differ
from bayes_misalign.models.choices.evidence import DistinctChoices


def chosen(payoffs: Any, reports: Any, populations: int = 1, **more: Any) -> DistinctChoices:
    """Return choices in one situation, or in as many as `actions` says, nobody's goal known."""
    payoffs, reports = np.array(payoffs, float), np.array(reports)
    number = np.full(populations, 50.0)
    actions = more.pop("actions", [[f"x{i}" for i in range(payoffs.shape[1])]])
    return DistinctChoices(
        categories=tuple("abcd"[: len(payoffs)]),
        populations=tuple("pqrs"[:populations]),
        situations=tuple(f"q{i + 1}" for i in range(len(actions))),
        actions=tuple(map(tuple, actions)),
        payoffs=payoffs,
        reports=np.tile(reports, (populations, 1)),
        population=np.arange(populations),
        gold=np.full(populations, -1),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
        **more,
    )


TWO = [[1, 0], [0, 1]]
OWN_EQUAL = [[75, 50, 25], [-50, 0, -50]]
THREE = [[2, 1, 0], [0, 1, 0], [0, 1, 2]]
CASES: dict[str, tuple[DistinctChoices, bool, bool]] = {
    # numbers that can be seen, against shares and rationality: 1 against 2, in any population
    "one choice of two": (chosen(TWO, [1, 0]), False, False),
    "one choice of two, populations": (chosen(TWO, [1, 0], 4), False, False),
    # 2 against 2
    "one choice of three": (chosen(OWN_EQUAL, [1, 0, 0]), False, True),
    # two choices of one agent: 2 against 2, and 2 against 3 where agents differ
    "two choices of two": (chosen(TWO, [2, 0]), False, True),
    "two choices of two, agents differ": (chosen(TWO, [2, 0]), True, False),
    "three choices of two, agents differ": (chosen(TWO, [3, 0]), True, True),
    "three goals, one choice of three": (chosen(THREE, [1, 0, 0]), False, False),
    "three goals, one choice of three, populations": (chosen(THREE, [1, 0, 0], 3), False, False),
    "three goals, two choices of three": (chosen(THREE, [2, 0, 0]), False, True),
    # whatever the rationality, three goals cannot be told from a choice of two
    "three goals, one choice of two": (chosen([[1, 0], [0, 1], [0, 0]], [1, 0], 3), False, False),
    "rationality of each goal": (
        chosen(OWN_EQUAL, [1, 0, 0], rationality="goal"),
        False,
        False,
    ),
    "rationality of each goal, two populations": (
        chosen(OWN_EQUAL, [1, 0, 0], 2, rationality="goal"),
        False,
        True,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_scores_tell_what_counting_tells(case: str) -> None:
    evidence, overdispersed, expected = CASES[case]
    basis, why = count_rule(evidence, overdispersed)
    assert (basis == "stated payoffs") is expected, why
    assert basis in ("stated payoffs", "the prior only")
    alone = "even if the rationality were known" in why
    assert alone is (case == "three goals, one choice of two")


def test_known_goals_of_each_goal_come_first() -> None:
    design = choices()
    assert count_rule(design)[0] == "stated payoffs"
    gold = np.array([-1, 0, -1, 1])
    assert count_rule(replace(design, gold=gold))[0] == "gold labels"
    everybody = replace(goals_that_differ(), gold=np.array([0, 0, 1]))
    assert count_rule(everybody) == ("the prior only", "no agent of unknown goal chose anything")
