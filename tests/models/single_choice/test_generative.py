"""The single-choice model: simulated answers, and what it says of itself."""

from dataclasses import replace

import numpy as np
import pytest

from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.single_choice.model import MODEL as single_choice
from tests.studies import counts


def test_simulated_answers_follow_their_shares() -> None:
    shares = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.0, 1.0, 0.0]])
    design = counts(weighted=True)
    rng = np.random.default_rng(1)
    many = np.array(
        [single_choice.simulate({"proportion": shares}, design, rng).counts for _ in range(400)]
    )
    np.testing.assert_array_equal(many.sum(axis=2), np.broadcast_to(design.n, (400, 3)))
    error = np.sqrt(shares * (1 - shares) / design.n[:, None] / 400) + 1e-12
    found = many.mean(axis=0) / design.n[:, None]
    assert np.all(np.abs(found - shares) < 4 * error)


def test_weights_temper_and_tilt_the_posterior() -> None:
    prior, rng = SharePrior("concentration", concentration=3.0), np.random.default_rng(2)
    evidence = counts(weighted=True)
    drawn = single_choice.draw(evidence, prior, 100_000, rng)
    a = evidence.effective_counts + 1
    share = a / a.sum(axis=1, keepdims=True)
    variance = share * (1 - share) / (a.sum(axis=1, keepdims=True) + 1)
    sampled = drawn["sampled_proportion"]
    np.testing.assert_allclose(sampled.mean(axis=0), share, atol=4 * variance.max() ** 0.5 / 300)
    np.testing.assert_allclose(sampled.var(axis=0), variance, rtol=0.03)
    tilted = sampled * evidence.effective.scale
    tilted /= tilted.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(drawn["proportion"], tilted, rtol=1e-12)


def test_equal_weights_give_the_plain_posterior_to_the_last_digit() -> None:
    plain = counts(weighted=False)
    even = replace(
        plain, weight_sum=2.5 * plain.counts, weight_sq_sum=6.25 * plain.counts, weighted=True
    )
    drawn = [
        single_choice.draw(one, SharePrior(), 50, np.random.default_rng(5)) for one in (plain, even)
    ]
    np.testing.assert_array_equal(drawn[0]["proportion"], drawn[1]["proportion"])
    assert "sampled_proportion" not in drawn[1]


def test_the_prior_of_the_shares_is_the_stated_one_whatever_the_weights() -> None:
    prior = SharePrior("concentration", concentration=3.0)
    both = [
        single_choice.draw_prior(counts(weighted=w), prior, 50, np.random.default_rng(5))
        for w in (False, True)
    ]
    np.testing.assert_array_equal(both[0]["proportion"], both[1]["proportion"])


def test_the_pymc_model_tilts_what_it_samples() -> None:
    evidence = counts(weighted=True)
    model = single_choice.build(evidence, SharePrior("concentration", concentration=3.0))
    assert [v.name for v in model.free_RVs] == ["sorted_log_sampled_proportion"]
    q = np.random.default_rng(1).dirichlet(np.ones(3), size=3)
    found = model["proportion"].eval({model["sampled_proportion"]: q}, mode="FAST_COMPILE")
    tilted = q * evidence.effective.scale
    np.testing.assert_allclose(found, tilted / tilted.sum(axis=-1, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize(
    ("prior", "weighted", "size", "said"),
    [
        (SharePrior(), False, None, ("Beta(1/2, 1)", "Dirichlet(A_s/2", "n_s ~ Multinomial")),
        (SharePrior("index-uniform"), False, None, ("Dirichlet(A_s/3", "Uniform(0, 1)")),
        (
            SharePrior("concentration", concentration=2.0),
            True,
            None,
            ("Dirichlet(2/3", "n*_si = W_si / s_si"),
        ),
        (
            SharePrior("dirichlet", dirichlet={"Biden": 1, "Trump": 2, "no goal": 3}),
            False,
            [5000, 6000, 7000],
            ("Dirichlet(1, 2, 3)", "unseen_s ~ Multinomial", "Trump 2"),
        ),
    ],
)
def test_description_holds_the_numbers(
    prior: SharePrior, weighted: bool, size: list[int] | None, said: tuple[str, ...]
) -> None:
    found = single_choice.describe(counts(weighted, size), prior)
    text = " ".join((found.words, *found.formulas, *found.priors))
    for part in said:
        assert part in text


def test_nobody_answered_is_the_prior() -> None:
    evidence = ChoiceCounts.from_counts(("a", "b"), ("p",), [[0, 0]])
    prior = single_choice.priors()
    after = single_choice.draw(evidence, prior, 50, np.random.default_rng(1))
    before = single_choice.draw_prior(evidence, prior, 50, np.random.default_rng(1))
    np.testing.assert_array_equal(after["proportion"], before["proportion"])
