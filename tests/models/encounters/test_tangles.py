"""Encounters in circles: goals summed out as if each combination were listed."""

from itertools import combinations, product
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode

from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative_sums import (
    declare_trees,
    log_conflict,
    log_likelihood,
)
from bayes_misalign.models.encounters.meeting_trees import MeetingTrees, to_trees, with_members
from bayes_misalign.models.encounters.tangles import TooTied, clusters_of, tangle_sums

K = 3
PLAIN = Mode(linker="py", optimizer=None)
Met = dict[tuple[int, int], tuple[float, float]]


def circle(number: int, first: int = 0) -> list[tuple[int, int]]:
    return [(first + i, first + i + 1) for i in range(number - 1)] + [(first, first + number - 1)]


# circles, one with a chord, two that share an agent, all who met all, a grid, trees that hang on
SHAPES = {
    "three": circle(3),
    "six": circle(6),
    "a chord": [*circle(5), (1, 4)],
    "two that share an agent": [*circle(3), (0, 3), (3, 4), (0, 4)],
    "all of five": list(combinations(range(5), 2)),
    "a grid": [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)],
    "trees that hang on": [*circle(3), (2, 3), (3, 4), (3, 5), (0, 6)],
    "a way between two": [*circle(3), (2, 3), *circle(3, 3)],
    "a circle, a tree and one alone": [*circle(3), (3, 4), (4, 5)],
}


def figures(shape: str, seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    ties = SHAPES[shape]
    number = max(map(max, ties)) + 1 + (shape == "a circle, a tree and one alone")
    met = {tie: (float(rng.integers(3)), float(rng.integers(1, 3))) for tie in ties}
    known = rng.integers(2, size=(2, number, K)).astype(float)
    return rng.integers(2, size=number), known, met, rng.dirichlet(np.ones(K), size=2), rng


def brute_force(pattern: Any, known: Any, met: Met, holding: Any, f: Any) -> float:
    """Return the log probability, over every combination of goals."""
    total = 0.0
    own = holding[pattern] * np.exp(known[0] @ np.log(f).T + known[1] @ np.log(1 - f).T)
    for goals in product(range(K), repeat=len(pattern)):
        chance = float(np.prod(own[np.arange(len(pattern)), list(goals)]))
        for (one, other), (yes, no) in met.items():
            both = f[goals[one], goals[other]]
            chance *= both**yes * (1 - both) ** no
        total += chance
    return float(np.log(total))


def levels(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    matrix = np.triu(rng.random((K, K)), 1)
    return matrix + matrix.T, rng.random(K) * 0.3


@pytest.mark.parametrize("shape", SHAPES)
def test_goals_are_summed_out_as_if_each_combination_were_listed(shape: str) -> None:
    pattern, known, met, holding, rng = figures(shape, 1)
    trees = to_trees(pattern.tolist(), known[0], known[1], met)
    none = np.zeros((K, K))
    evidence = EncounterConflict.of("abc", [], none, none, background=True, trees=trees)
    both = [levels(rng) for _ in range(2)]
    matrix, background = (np.array(x) for x in zip(*both, strict=True))
    log_holding = np.log(np.array([holding, holding[::-1]]))
    found = log_likelihood(evidence, matrix, background, log_holding)
    for i in range(2):
        log_yes, log_no = log_conflict(matrix[i], background[i], np.log, np.maximum)
        np.testing.assert_allclose(np.exp(log_yes) + np.exp(log_no), 1)
        expected = brute_force(pattern, known, met, np.exp(log_holding[i]), np.exp(log_yes))
        assert found[i] == pytest.approx(expected, rel=1e-10)
        # and so in PyMC
        import pymc as pm

        with pm.Model(coords={"met_m": list("abc")}):
            told = declare_trees(trees, "m", *map(pt.constant, (log_yes, log_no, log_holding[i])))
            value = pytensor.function([], told, mode=PLAIN)()
        assert float(value) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_whom_they_met_comes_back(shape: str) -> None:
    pattern, known, met, _, _ = figures(shape, 2)
    trees, members = with_members(pattern.tolist(), known[0], known[1], met)
    assert trees.agents.sum() == len(pattern)
    assert len(members) == len(trees.member)
    assert trees.encounters == known.sum() + sum(map(sum, met.values()))
    assert trees.conflicts == known[0].sum() + sum(yes for yes, _ in met.values())
    kind, again = trees.expanded()
    assert len(kind) == len(pattern)
    rest = to_trees(
        trees.pattern[kind].tolist(),
        trees.met_yes[kind],
        trees.met_no[kind],
        {(one, other): (yes, no) for one, other, yes, no in again},
    )
    assert sorted(rest.tangles) == sorted(trees.tangles)
    assert (rest.encounters, rest.conflicts) == (trees.encounters, trees.conflicts)
    assert sorted(rest.tie_yes) == sorted(trees.tie_yes)


@pytest.mark.parametrize("shape", ["six", "a chord", "all of five", "a grid", "trees that hang on"])
def test_equal_tangles_are_one_whoever_comes_first(shape: str) -> None:
    rng = np.random.default_rng(4)
    number = max(map(max, SHAPES[shape])) + 1
    pattern, met = np.zeros(0, int), Met()
    own = rng.integers(2, size=number)
    ties = {tie: (1.0, float(sum(tie) % 2)) for tie in SHAPES[shape]}
    for copy in range(20):
        place = copy * number + rng.permutation(number)
        turned = np.zeros(number, int)
        turned[place - copy * number] = own
        pattern = np.concatenate([pattern, turned])
        for (one, other), both in ties.items():
            a, b = sorted((int(place[one]), int(place[other])))
            met[a, b] = both
    none = np.zeros((len(pattern), K))
    assert to_trees(pattern.tolist(), none, none, met).tangles.tolist() == [20.0]


def test_a_long_circle_is_summed_out_in_few_steps() -> None:
    none = np.zeros((1_000, K))
    trees = to_trees([0] * 1_000, none, none, dict.fromkeys(circle(1_000), (1.0, 0.0)))
    sums = tangle_sums(trees)
    assert len(sums.steps) <= 15
    assert sum(len(step) for step in sums.steps) <= 1_000 * K**3


def test_closely_tied_agents_are_refused() -> None:
    ties = list(combinations(range(12), 2))
    with pytest.raises(TooTied) as caught:
        clusters_of(range(12), ties, K, 100_000)
    assert caught.value.members == range(12)
    assert len(clusters_of(range(12), ties, K, 10**7)) == 12


def test_nobody_met_in_a_circle() -> None:
    assert len(tangle_sums(MeetingTrees.nobody(2)).root) == 0
