"""Draws in blocks: those of each block's own study, and one prior for all populations."""

import numpy as np
import pytest
from scipy import stats

import bayes_misalign as bm
from bayes_misalign.inference import blocks, draw_blocks
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.study.some_populations import of_populations

GOALS = ["a", "b", "c"]
AREA = bm.ProblemArea("choice", goals=GOALS)


def study(populations: int = 10, draws: int = 250, **more: object) -> bm.Study:
    counts = np.random.default_rng(1).integers(0, 40, (populations, 3))
    names = [f"p{i}" for i in range(populations)]
    counted = ChoiceCounts.from_counts(GOALS, names, counts, **more)  # type: ignore[arg-type]
    return bm.Study.of(AREA, counted, bm.MutuallyExclusive()).with_fitting(draws=draws)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "POPULATIONS", 4)


def test_a_block_is_drawn_as_its_own_study(few: None) -> None:
    whole = study()
    own = blocks.block(whole, 2)
    assert own.goals.populations == ("p8", "p9")
    drawn = draw_blocks.draw_goals(own, blocks.total(whole))
    assert drawn is not None
    np.testing.assert_array_equal(blocks.draws(whole, 2), drawn["proportion"])
    seeds = {blocks.block(whole, i).fitting.seed for i in range(3)}
    assert len(seeds) == 3
    assert [len(places) for _, places in blocks.places_of(whole)] == [4, 4, 2]
    assert blocks.block_of(9) == (2, 1)


@pytest.mark.parametrize("at_once", [1, 3])
def test_blocks_that_are_drawn_ahead_are_the_same(
    few: None, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(blocks, "MOST_AT_ONCE", at_once)
    whole = study(populations=22)
    found = list(blocks.each(whole, {}, lambda places, drawn: (places, drawn)))
    np.testing.assert_array_equal(np.concatenate([places for places, _ in found]), np.arange(22))
    for number, (_, drawn) in enumerate(found):
        np.testing.assert_array_equal(drawn, blocks.draws(whole, number))


def test_blocks_have_the_posterior_of_the_whole_study(few: None) -> None:
    whole = study(populations=8, draws=1000)
    apart = np.concatenate([blocks.draws(whole, i) for i in range(2)], axis=1)
    together = draw_blocks.draw_goals(whole, blocks.total(whole))
    assert together is not None
    for s in range(8):
        for k in range(3):
            pair = apart[:, s, k], together["proportion"][:, s, k]
            assert stats.ks_2samp(*pair).pvalue > 1e-4


def test_what_is_drawn_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_WHOLE", 10)
    assert blocks.wanted(study())
    assert not blocks.wanted(study().with_fitting(method="nuts"))
    labels = {"one": ["a", "b", "c"], "two": ["a", "b", "b"]}
    given = bm.NoisyLabels(labels, raters=["one", "two"])
    assert not blocks.wanted(bm.Study.of(AREA, given, bm.MutuallyExclusive()))
    monkeypatch.setattr(blocks, "MOST_WHOLE", 1 << 26)
    assert not blocks.wanted(study())


def test_each_population_has_the_prior_in_an_order_of_its_own() -> None:
    whole = study(draws=1000)
    drawn = blocks.prior_draws(whole)
    assert drawn.shape == (4000, 3)
    own = [blocks.prior_of(whole, s, drawn) for s in range(3)]
    for one in own:
        np.testing.assert_array_equal(np.sort(one, axis=0), np.sort(drawn, axis=0))
    assert (own[0] == blocks.prior_of(whole, 0, drawn)).all()
    assert not (own[0] == own[1]).all()


def test_contrasts_have_independent_priors() -> None:
    whole = study(populations=40, draws=1000)
    drawn = blocks.prior_draws(whole)
    first = np.stack([blocks.prior_of(whole, s, drawn)[:, 0] for s in range(40)])
    total, pairs = first.shape[1], [(s, t) for s in range(40) for t in range(s)]
    # the same draw stands at the same place of two populations in one of `total` cases
    same = sum((first[s] == first[t]).sum() for s, t in pairs)
    assert stats.poisson(len(pairs)).cdf(same) > 1e-4
    assert stats.poisson(len(pairs)).sf(same - 1) > 1e-4
    # correlations are those of random orders: mean -1 / (M - 1), sd 1 / sqrt(M - 1)
    found = np.corrcoef(first)[np.tril_indices(40, -1)] * np.sqrt(total - 1)
    assert stats.kstest(found, "norm").pvalue > 1e-4
    # and a contrast is distributed as that of independent draws
    rng = np.random.default_rng(5)
    one = of_populations(whole, [0])
    assert one is not None
    other = [draw_blocks.draw_goals(one.with_fitting(seed=i), total, prior=True) for i in (1, 2)]
    independent = other[0]["proportion"][:, 0, 0] - other[1]["proportion"][:, 0, 0]  # type: ignore[index]
    picked = [pairs[i] for i in rng.choice(len(pairs), 20, replace=False)]
    pvalues = [stats.ks_2samp(first[s] - first[t], independent).pvalue for s, t in picked]
    assert min(pvalues) > 1e-4


def test_finite_populations_have_priors_of_their_size() -> None:
    whole = study(population_size=np.arange(50, 60))
    drawn = blocks.prior_draws(whole)
    for place, size in ((0, 50), (9, 59)):
        agents = blocks.prior_of(whole, place, drawn) * size
        np.testing.assert_allclose(agents, agents.round(), atol=1e-9)
        np.testing.assert_allclose(agents.sum(axis=1), size)


def test_the_prior_of_a_union_is_that_of_independent_populations(few: None) -> None:
    whole, weights = study(populations=12, draws=1000), np.full(12, 1 / 12)
    found = blocks.union_prior(whole, weights)
    drawn = draw_blocks.draw_goals(whole, 4000, prior=True)
    assert drawn is not None
    independent = np.einsum("s,dsk->dk", weights, drawn["proportion"])
    for k in range(3):
        assert stats.ks_2samp(found[:, k], independent[:, k]).pvalue > 1e-4
