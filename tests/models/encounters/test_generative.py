"""Encounters: exact where they can be, and all goals summed out where they are not known."""

from itertools import product

import numpy as np
import pytest

from bayes_misalign.errors import StudyError
from bayes_misalign.models.encounters import generative as encounters
from bayes_misalign.models.encounters import reports_and_encounters as joint_encounters
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative_sums import log_likelihood
from bayes_misalign.models.encounters.meeting_trees import to_trees
from bayes_misalign.models.encounters.priors import priors as encounter_priors
from tests.calls import labelled_who_met
from tests.likelihoods import likelihoods

PAIRS = (("a", "b"), ("a", "c"), ("b", "c"))
K = 3


def probabilities(matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Return how likely agents of each two goals are seen in conflict, one by one."""
    seen = np.zeros((K, K))
    for i, j in product(range(K), repeat=2):
        peace = (1 - background[i]) ** 0.5 * (1 - background[j]) ** 0.5
        seen[i, j] = 1 - (1 - matrix[i, j]) * peace
    return seen


@pytest.mark.parametrize("seed", range(6))
def test_goals_are_summed_out_as_if_each_combination_were_listed(seed: int) -> None:
    rng, n = np.random.default_rng(seed), 6
    met = {}
    for agent in range(1, n):
        if rng.random() < 0.75:
            met[int(rng.integers(agent)), agent] = (float(rng.integers(3)), float(rng.integers(2)))
    pattern = rng.integers(2, size=n)
    known = rng.integers(2, size=(2, n, K)).astype(float)
    level, background = rng.random(3), rng.random(K) * 0.3
    matrix = np.zeros((K, K))
    for (i, j), c in zip(((0, 1), (0, 2), (1, 2)), level, strict=True):
        matrix[i, j] = matrix[j, i] = c
    holding = rng.dirichlet(np.ones(K), size=2)
    seen = np.triu(rng.integers(3, size=(2, K, K))).astype(float)
    trees = to_trees(pattern.tolist(), known[0], known[1], met)
    evidence = EncounterConflict.of("abc", PAIRS, seen[0], seen[1], background=True, trees=trees)
    found = log_likelihood(evidence, matrix[None], background[None], np.log(holding)[None])

    f = probabilities(matrix, background)
    total = 0.0
    for goals in product(range(K), repeat=n):
        chance = 1.0
        for agent, goal in enumerate(goals):
            chance *= holding[pattern[agent], goal]
            for other in range(K):
                chance *= f[goal, other] ** known[0, agent, other]
                chance *= (1 - f[goal, other]) ** known[1, agent, other]
        for (one, other), (yes, no) in met.items():
            both = f[goals[one], goals[other]]
            chance *= both**yes * (1 - both) ** no
        total += chance
    of_known = (seen[0] * np.log(f) + seen[1] * np.log(1 - f)).sum()
    np.testing.assert_allclose(found, np.log(total) + of_known, rtol=1e-10)


def test_the_joint_density_is_that_of_reports_and_encounters() -> None:
    """The PyMC model, the goals of whose agents are tied by encounters, against numpy."""
    from bayes_misalign.families.reports.latent import log_joint
    from bayes_misalign.families.reports.latent import log_likelihood as of_reports
    from bayes_misalign.models.noisy_labels.model import MODEL as noisy_labels

    design = labelled_who_met(agents=60, pairs=6, stars=3)
    prior = joint_encounters.priors(design)
    rng = np.random.default_rng(2)
    truth = joint_encounters.draw_prior(design, prior, 1, rng)
    data = joint_encounters.simulate({k: v[0] for k, v in truth.items()}, design, rng)
    assert data.met.number == design.met.number
    assert data.met.trees.agents.sum() == design.met.trees.agents.sum()
    model = joint_encounters.build(data, prior)
    terms = likelihoods(model)
    names = ("proportion", "emission", "conflict_encounters", "background_encounters")
    import pytensor
    from pytensor.compile.mode import Mode

    point = model.initial_point()
    function = pytensor.function(
        model.value_vars,
        [
            terms["reported"],
            terms["seen_in_conflict_encounters"] + terms["conflicts_encounters"],
            *model.replace_rvs_by_values([model[name] for name in names]),
        ],
        mode=Mode(linker="py", optimizer=None),
        on_unused_input="ignore",
    )
    for shift in (0.0, 0.4):
        moved = [
            point[v.name] + shift * rng.normal(size=np.shape(point[v.name]))
            for v in model.value_vars
        ]
        reports, met, *values = function(*moved)
        parameters = dict(
            zip(
                ("proportion", "emission", "conflict_level", "background"),
                (np.asarray(v)[None] for v in values),
                strict=True,
            )
        )
        terms = noisy_labels.terms(data.goals, parameters)
        joint = log_joint(data.goals, terms, parameters["proportion"])
        np.testing.assert_allclose(reports, of_reports(data.goals, joint)[0], rtol=1e-9)
        expected = joint_encounters.encounters_log_likelihood(data, parameters)[0]
        np.testing.assert_allclose(met, expected, rtol=1e-9)


def test_known_goals_without_background_are_conjugate() -> None:
    seen = np.zeros((2, K, K))
    seen[:, 0, 1], seen[:, 1, 2] = (14, 6), (0, 5)
    evidence = EncounterConflict.of("abc", PAIRS, seen[0], seen[1], background=False)
    prior = encounter_priors({"yes": 2.0})
    drawn = encounters.draw(evidence, prior, 100_000, np.random.default_rng(1))
    assert drawn is not None
    mean = np.array([16 / 23, 2 / 3, 2 / 8])
    np.testing.assert_allclose(drawn["conflict_level"].mean(axis=0), mean, atol=0.004)
    variance = mean * (1 - mean) / (np.array([23, 3, 8]) + 1)
    np.testing.assert_allclose(drawn["conflict_level"].var(axis=0), variance, rtol=0.03)


@pytest.mark.parametrize("kind", ["background", "elsewhere", "uncertain"])
def test_what_is_not_conjugate_is_not_drawn_exactly(kind: str) -> None:
    seen = np.zeros((2, K, K))
    seen[1, 0, 1] = 3
    trees = to_trees([0], np.zeros((1, K)), np.ones((1, K)), {}) if kind == "uncertain" else None
    pairs = PAIRS[1:] if kind == "elsewhere" else PAIRS
    evidence = EncounterConflict.of(
        "abc", pairs, seen[0], seen[1], background=kind == "background", trees=trees
    )
    rng = np.random.default_rng(1)
    assert encounters.draw(evidence, encounter_priors(), 5, rng) is None


def test_uncertain_goals_need_the_evidence_about_goals() -> None:
    none = np.zeros((K, K))
    trees = to_trees([0], np.zeros((1, K)), np.ones((1, K)), {})
    evidence = EncounterConflict.of("abc", PAIRS, none, none, background=True, trees=trees)
    with pytest.raises(StudyError, match="joint model"):
        encounters.build(evidence, encounter_priors())
    truth = encounters.draw_prior(evidence, encounter_priors(), 1, np.random.default_rng(1))
    one = {key: value[0] for key, value in truth.items()}
    with pytest.raises(StudyError, match="are not simulated"):
        encounters.simulate(one, evidence, np.random.default_rng(1))


def test_simulated_encounters_are_as_frequent_as_they_should_be() -> None:
    seen = np.triu(np.full((K, K), 40_000.0))
    evidence = EncounterConflict.of("abc", PAIRS, np.zeros((K, K)), seen, background=True)
    truth = {"conflict_level": np.array([0.7, 0.2, 0.0]), "background": np.array([0.1, 0.0, 0.4])}
    made = encounters.simulate(truth, evidence, np.random.default_rng(1))
    matrix = encounters.conflict_matrix(evidence, truth["conflict_level"])
    expected = np.triu(probabilities(matrix, truth["background"]))
    np.testing.assert_allclose(made.seen_yes / 40_000, expected, atol=0.01)
    np.testing.assert_array_equal(made.seen_yes + made.seen_no, seen)


@pytest.mark.parametrize("prior", [{"yes": 0.0}, {"background_no": float("inf")}])
def test_priors_are_positive(prior: dict[str, float]) -> None:
    with pytest.raises(StudyError, match="is a positive number"):
        encounter_priors(prior)
