"""Moves of waves that a walk makes unlikely."""

import numpy as np
import pytest

from bayes_misalign.inference.fit_findings import FitView
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.waves import steps
from bayes_misalign.models.waves.checks import check_walk
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.walk import draw_prior
from bayes_misalign.settings import NO_GOAL
from tests.noisy_studies import study_of

YEARS = ("2000", "2001", "2002", "2003", "2006", "2007", "2009", "2010")
GOALS = ("a", "b", "c", NO_GOAL)
PRIOR = WavesPrior.of().with_populations(YEARS)
PLACES = PRIOR.places(len(YEARS))
LATER = np.arange(len(YEARS)) >= 3
MOVED = {
    "none": np.zeros(len(YEARS)),
    "jump": 1.0 * LATER,
    "one": 1.0 * (np.arange(len(YEARS)) == 3),
    "trend": 1.5 * (PLACES.at - 2000) / 10,
}


def counted(moved: np.ndarray, answers: int = 2_000) -> np.ndarray:
    """Return answers of each wave, the log odds of the first goal moved by so much."""
    odds = np.log([0.3, 0.3, 0.2, 0.2]) + np.outer(moved, [1.0, 0.0, 0.0, 0.0])
    return np.asarray(answers * np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True))


def found(counts: np.ndarray) -> tuple[str, tuple[int, ...]] | None:
    move = steps.surprise(PRIOR, counts, PLACES, GOALS)
    return None if move is None else (move.kind, move.populations)


def test_tails_are_uniform_where_shares_walk() -> None:
    rng, number = np.random.default_rng(1), 200
    shares = draw_prior(PRIOR, PLACES, GOALS, 2 * number, rng)["proportion"]
    shares = shares[shares.min(axis=(1, 2)) > 0.02][:number]  # rare goals have no normal log odds
    tails = np.array(
        [
            [x.tail for x in steps.moves_of(PRIOR, rng.multinomial(2_000, p) + 0.0, PLACES, GOALS)]
            for p in shares
        ]
    )
    assert tails.shape[1] == 7 + 6 + 1
    assert len(tails) > 60
    # of so few the mean has an sd of at most 0.036, the part below a tenth one of 0.038
    np.testing.assert_allclose(tails.mean(axis=0), 0.5, atol=0.13)
    np.testing.assert_allclose((tails < 0.1).mean(axis=0), 0.1, atol=0.13)
    assert abs(tails.mean() - 0.5) < 0.03


def test_what_moved_is_named() -> None:
    assert found(counted(MOVED["none"])) is None
    assert found(counted(MOVED["jump"])) == (steps.STEP, (2, 3))
    assert found(counted(MOVED["one"])) == (steps.WAVE, (3,))
    assert found(counted(MOVED["trend"])) == (steps.WHOLE, (0, 7))
    # where nobody answered beside it, the step is from the last wave that somebody answered
    silent = counted(MOVED["jump"])
    silent[2] = 0
    assert found(silent) == (steps.STEP, (1, 3))
    assert found(np.zeros_like(silent)) is None


def test_one_direction_of_steps_is_the_largest_ratio() -> None:
    """The square of a move is that of generalised least squares, written out."""
    counts = counted(MOVED["jump"], 300)
    (series,) = steps._series(counts, PLACES, GOALS)
    a = np.array([move for _, _, move in series.moves()])
    walks = np.full((1, 3), 0.3)
    _, _, squares = steps._densities(series, a, walks)
    by_hand = np.zeros(len(a))
    for j in range(3):
        covariance = series.chance[j] + 0.3 * np.diag(series.passed)
        for m, move in enumerate(a):
            weight = np.linalg.solve(covariance, move)
            estimate = weight @ series.steps[:, j] / (weight @ move)
            by_hand[m] += estimate**2 * (weight @ move)
    np.testing.assert_allclose(squares[0], by_hand, rtol=1e-9)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("jump", "from 2002 to 2003 by so much"),
        ("one", "in 2003 are unlike"),
        ("trend", "from 2000 to 2010 in one direction"),
    ],
)
def test_a_fit_says_what_is_unlikely(kind: str, words: str) -> None:
    answers = ChoiceCounts.from_counts(GOALS, YEARS, counted(MOVED[kind]))
    study = study_of(answers, shares=PRIOR)
    dims = ("population", "goal")
    shares = counted(MOVED[kind], 1)
    scatter = np.random.default_rng(1).normal(0, 0.01, (50, *shares.shape))
    scatter -= scatter.mean(axis=0)
    scatter -= scatter.mean(axis=-1, keepdims=True)
    smoothed = np.broadcast_to(shares.mean(axis=0), shares.shape)
    fits = [
        FitView(study, {"proportion": (dims, around + scatter)}, {}, {})
        for around in (smoothed, shares)
    ]
    (reason,) = check_walk(PRIOR, fits[0])
    assert words in reason.what
    assert reason.state == "caution"
    # where answers are so many that the walk moves nothing, it does no harm
    assert not list(check_walk(PRIOR, fits[1]))
