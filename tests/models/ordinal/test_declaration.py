"""Conflict by the steps between ordered goals."""

from itertools import product

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import DataError, Problems
from bayes_misalign.measure import misalignment
from bayes_misalign.models.ordinal import generative
from bayes_misalign.models.ordinal.evidence import OrdinalConflict
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.study.toml import read_study
from bayes_misalign.study.write import write_study

FIVE = ("--", "-", "0", "+", "++")
AREA = bm.ProblemArea("wolves", goals=FIVE, no_goal=["indifferent"], not_answers=["don't know"])


def matrix(**stated):
    """Levels of five ordered goals as a matrix, in the order of the problem area."""
    found = bm.Ordinal(**stated).read(AREA, Problems())
    made = np.zeros((5, 5))
    for (a, b), level in zip(found.pairs, found.conflict, strict=True):
        i, j = FIVE.index(a), FIVE.index(b)
        made[i, j] = made[j, i] = level
    return made


def refused(**stated):
    problems = Problems()
    assert bm.Ordinal(**stated).read(AREA, problems) is None
    return "; ".join(map(str, problems))


def test_half_of_pci2_person_by_person():
    answers = [0, 0, 0, 1, 2, 2, 3, 4, 4, 4, 4, 4]  # an even number of people
    distance = sum(abs(x - y) for x, y in product(answers, answers))
    pci2 = distance / (4 * len(answers) ** 2 / 2)
    shares = np.bincount(answers, minlength=5) / len(answers)
    assert misalignment(shares, matrix()) == pytest.approx(pci2 / 2, abs=1e-14)


def test_levels_by_power_and_by_threshold():
    steps = np.abs(np.subtract.outer(range(5), range(5)))
    np.testing.assert_array_equal(matrix(), steps / 4)
    np.testing.assert_array_equal(matrix(power=2), (steps / 4) ** 2)
    np.testing.assert_array_equal(matrix(power=0.5), np.sqrt(steps / 4))
    np.testing.assert_array_equal(matrix(threshold=3), steps >= 3)
    np.testing.assert_array_equal(matrix(threshold=1), steps >= 1)  # mutually exclusive goals


def test_squared_distances_are_twice_the_variance():
    shares = np.array([0.1, 0.3, 0.25, 0.05, 0.3])
    place = np.arange(5) / 4
    variance = shares @ place**2 - (shares @ place) ** 2
    assert misalignment(shares, matrix(power=2)) == pytest.approx(2 * variance, abs=1e-14)


def test_a_stated_order_is_not_that_of_the_problem_area():
    order = ["0", "++", "--", "+", "-"]
    found = bm.Ordinal(order).read(AREA, Problems())
    level = dict(zip(found.pairs, found.conflict, strict=True))
    assert (level["--", "-"], level["0", "++"], level["-", "0"]) == (0.5, 0.25, 1.0)
    assert found.order == tuple(order)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"order": ["--", "++", "+-"]}, "there is no goal '+-'"),
        ({"order": ["--", "indifferent", "++"]}, "move it from no_goal to goals"),
        ({"order": ["--", "don't know", "++"]}, "is declared not to be an answer"),
        ({"order": ["--", "--"]}, "'--' is in the order twice"),
        ({"order": ["--"]}, "the order has one goal, '--'"),
        ({"order": []}, "the order has no goal"),
        ({"order": "--"}, "a list, as in"),
        ({"power": 0}, "the power is 0"),
        ({"power": "two"}, "the power is not a number: 'two'"),
        ({"power": 1e400}, "the power is infinite"),
        ({"threshold": 5}, "5 goals are 4 steps apart at most"),
        ({"threshold": 0}, "Valid: a whole number from 1 to 4"),
        ({"threshold": 1.5}, "the threshold is 1.5"),
        ({"threshold": True}, "the threshold is not a number"),
        ({"threshold": 2, "power": 2}, "leave one of them out"),
    ],
)
def test_what_is_no_order_is_refused_in_words(stated, words):
    assert words in refused(**stated)


@pytest.mark.parametrize("stated", [{}, {"power": 2.0}, {"threshold": 3}])
def test_what_is_written_is_read_again(stated, tmp_path):
    goals = bm.SingleChoice(counts=dict.fromkeys(FIVE, 10))
    study = bm.Study.of(AREA, goals, bm.Ordinal(FIVE[::-1], **stated))
    again = read_study(write_study(study, tmp_path)).conflict.sources[0]
    assert isinstance(again, OrdinalConflict)
    assert again == study.conflict.sources[0]


def test_a_goal_outside_the_order_needs_another_source():
    goals = bm.SingleChoice(counts=dict.fromkeys(FIVE, 10))
    with pytest.raises(DataError, match="nothing is said about the conflict of 4 pairs"):
        bm.Study.of(AREA, goals, bm.Ordinal(FIVE[:4]))
    study = bm.Study.of(AREA, goals, bm.Ordinal(FIVE[:4], unnamed_pairs=1.0))
    assert {source.model for source in study.conflict.sources} == {"ordinal", "fixed"}


def test_the_report_says_the_order_and_the_steps():
    goals = bm.SingleChoice(counts=dict.fromkeys(FIVE, 10))
    posterior = bm.fit(AREA, goals, bm.Ordinal(), random_seed=1)
    found = gather(posterior)
    assert "ordinal,steps apart on a scale of 5" in csv_tables(found)["conflict.csv"]
    assert "ordinal (1 step apart)" in to_markdown(found)
    evidence = posterior.study.conflict.sources[0]
    described = generative.describe(evidence)
    assert "Order: -- < - < 0 < + < ++" in described.priors[0]
    assert "Potential for Conflict Index" in described.words
    by_steps = generative.describe(OrdinalConflict.of(FIVE, FIVE, threshold=1))
    assert "at least 1 step apart" in by_steps.words
