"""Calibration: the models pass it at length, and models broken on purpose do not."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.calibrate import Calibration, calibrate, default_design
from bayes_misalign.models.elicited.evidence import ElicitedConflict
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from tests.calls import against_statements, with_data

Draw = Callable[[Any, Any, int, np.random.Generator], Any]
UNCERTAIN = ("single-choice", "judged", "elicited")
choice, judged, elicited = (evidence_model(name) for name in UNCERTAIN)


def on(model: Any, change: Callable[[Any], Any]) -> Draw:
    """Return the model's own posterior on evidence that was changed behind its back."""
    return lambda evidence, prior, draws, rng: model.draw(change(evidence), prior, draws, rng)


def counted(change: Callable[[np.ndarray], np.ndarray]) -> Draw:
    def changed(evidence: ChoiceCounts) -> ChoiceCounts:
        counts = change(evidence.counts)
        return replace(evidence, counts=counts, weight_sum=counts, weight_sq_sum=counts)

    return on(choice, changed)


def one_dropped(counts: np.ndarray) -> np.ndarray:
    return counts * (np.arange(counts.shape[1]) != 1)


def one_category_too_many(
    evidence: ChoiceCounts, prior: Any, draws: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    counts = np.pad(evidence.counts, ((0, 0), (0, 1)))
    found = prior.draw(counts, (*evidence.categories, "none of them"), draws, rng)
    kept = found["proportion"][..., :-1]
    return {**found, "proportion": kept / kept.sum(axis=-1, keepdims=True)}


def judgements(yes: Callable[..., Any], no: Callable[..., Any]) -> Draw:
    def changed(evidence: JudgedConflict) -> JudgedConflict:
        return replace(
            evidence, yes=yes(evidence.yes, evidence.no), no=no(evidence.yes, evidence.no)
        )

    return on(judged, changed)


def surer(evidence: ElicitedConflict) -> ElicitedConflict:
    return replace(evidence, probability=np.where(np.isnan(evidence.mean), 0.95, np.nan))


# the number of simulations at which an error of this kind is found
BROKEN: dict[str, tuple[str, int, Draw]] = {
    "ignores the data": ("single-choice", 100, choice.draw_prior),
    "answers shifted by one goal": ("single-choice", 250, counted(lambda n: np.roll(n, 1, 1))),
    "populations swapped": ("single-choice", 1_000, counted(lambda n: np.flipud(n))),
    "one goal's answers dropped": ("single-choice", 250, counted(one_dropped)),
    "weights applied twice": ("single-choice", 1_000, counted(lambda n: 2 * n)),
    "half of the answers": ("single-choice", 1_000, counted(lambda n: n / 2)),
    "one category too many": ("single-choice", 1_000, one_category_too_many),
    "judgements ignored": ("judged", 100, judged.draw_prior),
    "yes taken for no": ("judged", 100, judgements(lambda y, n: n, lambda y, n: y)),
    "judgements counted twice": ("judged", 250, judgements(lambda y, n: 2 * y, lambda y, n: 2 * n)),
    "one yes too many": ("judged", 1_000, judgements(lambda y, n: y + 1, lambda y, n: n)),
    "pairs in another order": (
        "judged",
        250,
        judgements(lambda y, n: y[::-1], lambda y, n: n[::-1]),
    ),
    "ranges held more surely": ("elicited", 1_000, on(elicited, surer)),
    "strength doubled": (
        "elicited",
        1_000,
        on(elicited, lambda e: replace(e, strength=2 * e.strength)),
    ),
}


@cache
def as_it_is(name: str, simulations: int) -> Calibration:
    return calibrate(name, simulations, seed=11)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_model_broken_on_purpose_is_found(broken: str) -> None:
    name, simulations, posterior = BROKEN[broken]
    assert not calibrate(name, simulations, seed=11, posterior=posterior).passed
    assert as_it_is(name, simulations).passed


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow if n == "single-choice" else ()) for n in UNCERTAIN],
)
def test_the_model_passes_at_length(name: str) -> None:
    found = calibrate(name, 10_000, seed=12)
    assert found.passed, found.to_plain()
    assert any(quantity.startswith("misalignment") for quantity in found.p_values)
    assert {"log_likelihood", "residual"} <= set(found.p_values) or name == "elicited"


def test_ignoring_the_data_shows_in_quantities_of_the_data_alone() -> None:
    found = calibrate("single-choice", 2_000, seed=13, posterior=choice.draw_prior)
    low = {name for name, p in found.adjusted.items() if p < 1e-3}
    assert low == {"log_likelihood", "residual"}


def test_a_wrong_prior_is_found() -> None:
    prior = judged.priors({"yes": 2.0, "no": 1.0})
    found = calibrate(
        "judged",
        1_000,
        seed=14,
        posterior=lambda evidence, _, draws, rng: judged.draw(evidence, prior, draws, rng),
    )
    assert not found.passed
    assert calibrate("judged", 1_000, seed=14, prior=prior).passed


def test_the_same_seed_gives_the_same_ranks() -> None:
    first, again, other = (calibrate("judged", 20, seed=seed) for seed in (1, 1, 2))
    for name, ranks in first.ranks.items():
        np.testing.assert_array_equal(ranks, again.ranks[name])
    assert first.to_plain() == again.to_plain()
    assert first.p_values != other.p_values
    assert all(
        ranks.shape == (20,) and ranks.min() >= 0 and ranks.max() <= 99
        for ranks in first.ranks.values()
    )


@pytest.mark.parametrize("name", ["fixed", "mutually-exclusive"])
def test_known_levels_have_nothing_to_calibrate(name: str) -> None:
    with pytest.raises(StudyError, match="nothing uncertain"):
        calibrate(name, 10, seed=1)


def test_a_model_without_exact_draws_asks_for_a_posterior() -> None:
    with pytest.raises(StudyError, match="state `posterior`"):
        calibrate("judged", 10, seed=1, posterior=lambda *_: None)


def test_log_likelihoods_are_those_of_scipy() -> None:
    rng = np.random.default_rng(1)
    goals = ChoiceCounts.from_counts(("a", "b", "c"), ("p", "q"), [[3, 0, 7], [1, 1, 0]])
    shares = rng.dirichlet([1, 1, 1], size=(5, 2))
    found = with_data(goals, {"proportion": shares})["log_likelihood"]
    expected = stats.multinomial.logpmf(goals.counts, goals.n, shares).sum(axis=1)
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-10)
    conflict = JudgedConflict((("a", "b"), ("a", "c")), np.array([3.0, 0]), np.array([1.0, 4]), "x")
    level = rng.random((5, 2))
    found = with_data(conflict, {"conflict_level": level})["log_likelihood"]
    expected = stats.binom.logpmf(conflict.yes, conflict.yes + conflict.no, level).sum(axis=1)
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-10)


def test_residuals_of_nothing_observed_are_zero() -> None:
    nobody = ChoiceCounts.from_counts(("a", "b"), ("p",), [[0, 0]])
    found = with_data(nobody, {"proportion": np.full((3, 1, 2), 0.5)})
    np.testing.assert_array_equal(found["residual"], 0)
    np.testing.assert_array_equal(found["log_likelihood"], 0)


def test_statements_are_kept_by_draws_of_their_own_distributions_only() -> None:
    design, prior = default_design("elicited"), elicited.priors()
    level = elicited.draw(design, prior, 5_000, np.random.default_rng(2))["conflict_level"]
    kept = against_statements(design, prior, level)
    assert list(kept) == ["mass in the range[a | b]", "mass in the range[a | c]", "mean[b | c]"]
    assert min(kept.values()) > 1e-3
    assert max(against_statements(design, prior, level**1.2).values()) < 1e-3
