"""What makes strengths doubtful: few agents who agree, where goals are held all alike."""

import numpy as np

from bayes_misalign.models.endorsement.evidence import StrengthCounts, _association

GOALS = ("a", "b", "c", "d", "e")


def rated(
    agents: np.ndarray, populations: tuple[str, ...] = ("all",), **more: str
) -> StrengthCounts:
    """Return evidence of agents (population, agent, goal) in fifths of a scale."""
    kinds, rows = np.unique(agents.reshape(-1, agents.shape[-1]), axis=0, return_inverse=True)
    of = np.repeat(np.arange(len(populations)), agents.shape[1])
    counts = np.zeros((len(populations), len(kinds)))
    np.add.at(counts, (of, rows.ravel()), 1)
    goals = GOALS[: agents.shape[-1]]
    return StrengthCounts.of(goals, populations, list(map(tuple, kinds.tolist())), counts, **more)  # type: ignore[arg-type]


def alike(agents: int, seed: int = 1, goals: int = 5) -> np.ndarray:
    """Return agents of whom most hold all goals strongly, and some hold all weakly."""
    rng = np.random.default_rng(seed)
    level = 1.3 * rng.normal(size=(1, agents, 1)) + 0.5 * rng.normal(size=(1, agents, goals))
    return np.maximum(np.round(4 / (1 + np.exp(-level))), 1) / 4


def test_few_agents_who_hold_all_goals_alike_are_cautioned() -> None:
    (caution,) = rated(alike(30)).cautions
    assert "those of 30 agents who hold one goal strongly hold the others strongly" in caution[0]
    assert "intervals of P(ma) may contain the true value much less often" in caution[0]
    assert rated(alike(1_500)).cautions == ()  # many are enough
    numbers = np.random.default_rng(5).uniform(0.9, 1, (1, 30, 1)) * alike(30)
    assert rated(numbers).cautions == ()  # room for further numbers is enough there
    assert rated(alike(30), lift="mean").cautions == ()  # where pairs are averaged nobody is rare


def test_goals_that_are_held_apart_are_not() -> None:
    rng = np.random.default_rng(2)
    apart = rng.permuted(alike(30), axis=1)  # each goal is another agent's
    assert rated(apart).cautions == ()


def test_the_worst_population_is_named() -> None:
    both = np.concatenate([alike(30), alike(30, 3)])
    ((text, _),) = rated(both, ("p", "q")).cautions
    assert "those of 30 agents of q who" in text
    assert "agents; so it is in 1 more: where" in text


def test_association_is_the_mean_correlation() -> None:
    strength, p = np.random.default_rng(4).random((40, 3)), np.full(40, 1 / 40)
    expected = np.corrcoef(strength.T)[np.triu_indices(3, 1)].mean()
    np.testing.assert_allclose(_association(strength, p), expected)
    assert _association(np.ones((4, 2)), np.full(4, 0.25)) == 0.0
