"""Runs of prompts: intervals hold what is true of prompts, not of one answer more."""

import numpy as np
import pytest

import bayes_misalign as bm
from tests.readers import read

AREA = bm.ProblemArea("x", ["A", "B", "C"])
ALPHA = np.array([1.0, 1.0, 0.5])  # of the shares of answers, which vary from prompt to prompt
PROMPTS, RUNS = 20, 30


def runs(rng: np.random.Generator, prompts: int = PROMPTS) -> dict[str, list[object]]:
    """Answers of a model that was asked each of some prompts many times; simulated."""
    shares = rng.dirichlet(ALPHA, size=prompts)
    said = [rng.choice(list("ABC"), size=RUNS, p=one) for one in shares]
    return {
        "sample": [prompt for prompt in range(prompts) for _ in range(RUNS)],
        "answer": [answer for of_one in said for answer in of_one.tolist()],
    }


def test_they_tell_about_as_much_as_the_theory_of_a_dirichlet_says() -> None:
    # deff of RUNS draws of a Dirichlet-multinomial: 1 + (RUNS - 1) / (1 + sum of alpha)
    found = read(
        bm.SingleChoice(runs(np.random.default_rng(2), 2_000), "answer", cluster="sample"), AREA
    )
    expected = 1 + (RUNS - 1) / (1 + ALPHA.sum())
    assert found.counts.sum() / found.n_effective[0] == pytest.approx(expected, rel=0.08)


@pytest.mark.slow
def test_intervals_hold_what_is_true_of_prompts() -> None:
    rng = np.random.default_rng(5)
    truth = 1 - np.sum((ALPHA / ALPHA.sum()) ** 2)
    repeats, held = 60, {None: 0, "sample": 0}
    for seed in range(repeats):
        log = runs(rng)
        for cluster in held:
            answers = bm.SingleChoice(log, goal="answer", cluster=cluster)
            found = bm.fit(AREA, answers, bm.MutuallyExclusive(), random_seed=seed)
            draws = np.ravel(found.misalignment()["all"].draws)
            low, high = np.quantile(draws, [0.025, 0.975])
            held[cluster] += bool(low <= truth <= high)
    assert held["sample"] / repeats > 0.86  # 95 % less three standard errors
    assert held[None] / repeats < 0.75
