"""Goals that choose as a mixture of others, against mixtures that are known by hand."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.mixtures import _closest, _groups
from tests.models.choices.test_identified import chosen
from tests.models.choices.test_section import said_of


def matrix(chances: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the sum over outcomes of P(outcome) r r', of chances (goal, outcome)."""
    of_all = shares @ chances
    ratio = chances / of_all
    return np.asarray((of_all * ratio) @ ratio.T)


def test_the_distance_of_two_goals_is_the_difference_of_their_chances() -> None:
    chances = np.array([[0.6, 0.4], [0.4, 0.6]])
    found = _closest(matrix(chances, np.array([0.5, 0.5])), [0], [1])
    assert found.distance == pytest.approx(0.2, rel=1e-6)
    assert found.goals == (frozenset({0}), frozenset({1}))


def test_the_nearest_mixture_has_the_weights_that_make_it() -> None:
    chances = np.array([[0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.0, 0.0, 0.0]])
    chances[2] = 0.7 * chances[0] + 0.3 * chances[1]
    of = matrix(chances, np.array([0.2, 0.3, 0.5]))
    found = _closest(of, [2], [0, 1])
    assert found.distance < 1e-6
    assert [k for k, _ in found.other] == [0, 1]
    assert [w for _, w in found.other] == pytest.approx([0.7, 0.3], abs=1e-4)
    # the others are no mixtures: the nearest one is the end of the line
    away = _closest(of, [0], [1, 2])
    assert away.goals[1] == {2}
    assert away.distance > 0.1


def test_the_distance_is_the_least_over_all_mixtures() -> None:
    rng = np.random.default_rng(3)
    chances, shares = rng.dirichlet(np.ones(6), size=4), rng.dirichlet(np.ones(4))
    of = matrix(chances, shares)
    found = _closest(of, [1], [0, 2, 3]).distance
    weights = rng.dirichlet(np.full(3, 0.7), size=100_000)
    contrast = np.insert(-weights, 1, 1.0, axis=1)
    least = np.sqrt(np.einsum("nk,kl,nl->n", contrast, of, contrast).min()) / 2
    assert found <= least + 1e-9
    assert found == pytest.approx(least, rel=0.01)


def test_two_halves_of_goals_can_choose_alike_where_no_goal_is_a_mixture() -> None:
    chances = np.array([[4, 3, 2, 1], [2, 1, 4, 3], [4, 1, 4, 1], [2, 3, 2, 3]]) / 10
    of = matrix(chances, np.full(4, 0.25))
    each = {tuple(one): _closest(of, one, other).distance for one, other in _groups(4)}
    assert each.pop((0, 1)) < 1e-6
    assert min(each.values()) > 0.05
    assert len(each) == 6  # four goals alone, and two other pairs of two
    assert len(list(_groups(9))) == 9


def one_between(reports: list[list[int]], agents: list[float]) -> DistinctChoices:
    """Return choices between two actions of two goals that want one each, and one without."""
    evidence = chosen([[1, 0], [0, 1], [0, 0]], reports[0])
    number = np.array(agents)
    return replace(
        evidence,
        reports=np.array(reports),
        population=np.zeros(len(number), int),
        gold=np.full(len(number), -1),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def test_a_goal_that_chooses_as_a_mixture_of_others_is_told() -> None:
    said = said_of(one_between([[1, 0], [0, 1]], [200.0, 200.0]), 3.0)
    assert "agents of 'c' choose nearly as a mixture of agents of 'a' (50 %) and 'b' (50 %)" in said
    assert "nearly alike" not in said
    # whoever chooses often enough shows whether it wants one action or is indifferent
    often = one_between([[5, 0], [3, 2], [2, 3], [0, 5]], [100.0, 100.0, 100.0, 100.0])
    assert "mixture" not in said_of(often, 3.0)
    # where two goals choose alike, that is said in its place
    near = replace(one_between([[1, 0], [0, 1]], [200.0, 200.0]), payoffs=np.array([[1, 0.0]] * 3))
    assert "mixture" not in said_of(near, 3.0)
