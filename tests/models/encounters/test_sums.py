import numpy as np

from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative_sums import log_conflict, log_likelihood
from bayes_misalign.models.encounters.meeting_trees import MeetingTrees, to_trees


def test_who_keeps_the_peace_does_so_over_everything() -> None:
    matrix, background = np.array([[0.0, 0.5], [0.5, 0.0]]), np.array([0.19, 0.0])
    _, log_no = log_conflict(matrix, background, np.log, np.maximum)
    np.testing.assert_allclose(np.exp(log_no), [[0.81, 0.45], [0.45, 1.0]])


def test_one_encounter_has_the_probability_of_its_level() -> None:
    seen, none = np.array([[0.0, 1.0], [0.0, 0.0]]), np.zeros((2, 2))
    met = EncounterConflict.of("ab", [("a", "b")], seen, none, background=False)
    level = np.array([[[0.0, 0.5], [0.5, 0.0]]])
    found = log_likelihood(met, level, np.zeros((1, 2)), np.zeros((1, 0, 2)))
    np.testing.assert_allclose(np.exp(found), [0.5])


def test_equal_trees_are_counted_and_told_apart_again() -> None:
    assert MeetingTrees.nobody(2).encounters == 0
    twice = {(0, 1): (1.0, 0.0), (2, 3): (1.0, 0.0)}
    trees = to_trees([5, 5, 5, 5], np.zeros((4, 2)), np.zeros((4, 2)), twice)
    assert (trees.times.tolist(), trees.child.tolist(), trees.parent.tolist()) == ([0, 2], [0], [1])
    once = to_trees([0, 0], np.zeros((2, 2)), np.zeros((2, 2)), {(0, 1): (1.0, 0.0)})
    kind, met = once.expanded()
    assert kind.tolist() == [1, 0]
    assert met == [(0, 1, 1.0, 0.0)]
