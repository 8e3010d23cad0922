"""Which populations of few answers a report says would gain from being pooled."""

from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.independent.small_populations import (
    concentration_of,
    small_populations,
)
from bayes_misalign.models.single_choice.evidence import ChoiceCounts

AREA = bm.ProblemArea("letter", ["a", "b"])
HOSTILE = "<b>s1</b>|`x`"


def answers(counts: list[list[float]], first: str = "s1") -> ChoiceCounts:
    names = [first, *(f"s{i + 2}" for i in range(len(counts) - 1))]
    return ChoiceCounts.from_counts(("a", "b"), names, counts)


@pytest.mark.parametrize("concentration", [2.0, 10.0, 50.0])
def test_the_correlation_is_estimated_without_bias(concentration: float) -> None:
    rng, found = np.random.default_rng(1), []
    for _ in range(200):
        shares = rng.dirichlet(concentration * np.array([0.5, 0.3, 0.2]), 60)
        counts = rng.multinomial(rng.integers(3, 40, 60), shares).astype(float)
        found.append(1 / (1 + concentration_of(counts)))
    error = np.std(found) / np.sqrt(len(found))
    # one that is not positive counts as zero, which lifts the smallest a little
    assert np.mean(found) == pytest.approx(1 / (1 + concentration), abs=4.5 * error + 5e-4)


def test_populations_that_are_alike_have_no_limit() -> None:
    assert concentration_of(np.array([[5.0, 5.0], [10.0, 10.0]])) == np.inf


def test_two_answers_a_population_by_hand() -> None:
    # three populations of two answers: one is split; mean squares 3/4 and 1/3
    assert concentration_of(np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]])) == pytest.approx(1.0)


ALIKE = [[6.0, 2.0], [5.0, 3.0], [7.0, 3.0], [4.0, 4.0], [5.0, 2.0], [8.0, 2.0]]


def test_half_of_six_populations_are_small() -> None:
    found = small_populations(answers(ALIKE))
    assert found is not None
    assert (found.below, len(found.names), found.populations) == (np.inf, 6, 6)
    assert small_populations(answers(ALIKE[:5])) is None
    apart = [[30.0, 2.0], [3.0, 30.0], [28.0, 4.0], [5.0, 29.0], [16.0, 17.0], [2.0, 33.0]]
    assert small_populations(answers(apart)) is None
    # nobody's answers are neither few nor many
    silent = small_populations(answers([*ALIKE, [0.0, 0.0]]))
    assert silent is not None
    assert silent.populations == 6
    assert "s7" not in silent.names


@pytest.mark.parametrize("large", [3, 4])
def test_small_is_below_the_concentration(large: int) -> None:
    rng = np.random.default_rng(5)
    n = np.array([400] * large + [4] * (6 - large))
    counts = rng.multinomial(n, rng.dirichlet([10.0, 10.0], 6)).astype(float)
    found, below = small_populations(answers(counts.tolist())), concentration_of(counts)
    assert 4 < below < 400
    if large == 3:
        assert found is not None
        assert found.names == ("s4", "s5", "s6")
        assert found.below == below
    else:
        assert found is None


def test_a_report_names_the_model_that_relates_them(tmp_path: Path) -> None:
    made = bm.fit(AREA, answers(ALIKE, HOSTILE), bm.MutuallyExclusive(), random_seed=1)
    text = made.report(tmp_path / "six.md").read_text(encoding="utf-8")
    assert 'model = "pooled" under' in text
    assert "6 of 6 populations" in text
    assert "\\<b\\>s1" in text
    fewer = bm.fit(AREA, answers(ALIKE[:5]), bm.MutuallyExclusive(), random_seed=1)
    assert "pooled" not in fewer.report(tmp_path / "five.md").read_text(encoding="utf-8")
