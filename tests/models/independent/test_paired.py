"""Populations with agents in common: margins as without them, differences by who switched."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from bayes_misalign.models.independent.paired import OWN, Together
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.reading.pairing import ABSENT, Pairing
from bayes_misalign.settings import NO_GOAL

DRAWS = 20_000


def pairing(table: dict[tuple[int, ...], float], k: int, alone: list[list[float]]) -> Pairing:
    """Patterns with their numbers, and answers of those who are in one population only."""
    places = np.array(list(table), np.int64)
    counts = np.array(list(table.values()), float)
    answers = np.array(alone, float)
    for pattern, n in table.items():
        for s, i in enumerate(pattern):
            if i != ABSENT:
                answers[s, i] += n
    worth = np.where(places == ABSENT, 0.0, counts[:, None])
    assert answers.shape == (places.shape[1], k)
    return Pairing(places, counts, worth, np.ones(len(counts)), answers)


THREE = pairing(
    {(0, 0, 0): 20, (0, 1, ABSENT): 3, (1, 1, 1): 12, (2, 2, 1): 2, (ABSENT, 2, 2): 4},
    3,
    [[5, 0, 1], [0, 0, 0], [2, 2, 2]],
)
PRIORS = {
    "matched": (SharePrior(), ("a", "b", "c")),
    "matched, no goal": (SharePrior(), ("a", "b", NO_GOAL)),
    "index-uniform": (SharePrior("index-uniform"), ("a", "b", "c")),
    "dirichlet": (SharePrior.of({"dirichlet": {"a": 2.0, "b": 0.1, "c": 5.0}}), ("a", "b", "c")),
    "classes": (
        SharePrior(classes={"same": [["a", "b"]], "apart": [NO_GOAL]}),  # type: ignore[arg-type]
        ("a", "b", NO_GOAL),
    ),
}


@pytest.mark.parametrize("name", PRIORS)
def test_each_population_alone_has_the_posterior_that_it_has_without_the_others(name: str) -> None:
    prior, categories = PRIORS[name]
    counts = THREE.answers
    joint = prior.draw_paired(counts, categories, DRAWS, np.random.default_rng(1), THREE)
    apart = prior.draw(counts, categories, DRAWS, np.random.default_rng(2))
    assert set(joint) == set(apart)
    p_values = []
    for key, values in apart.items():
        one, other = (x.reshape(DRAWS, 3, -1) for x in (values, joint[key]))
        for s in range(3):
            pairs = [(one[:, s, i], other[:, s, i]) for i in range(one.shape[2])]
            if key == "proportion":  # P(ma), and a product, so that shares belong together
                pairs.append(((one[:, s] ** 2).sum(axis=-1), (other[:, s] ** 2).sum(axis=-1)))
                pairs.append((one[:, s, 0] * one[:, s, 1], other[:, s, 0] * other[:, s, 1]))
            p_values += [ks_2samp(x, y).pvalue for x, y in pairs]
    assert min(p_values) > 0.01 / len(p_values)


def test_under_a_dirichlet_prior_of_the_own_answers_it_is_a_dirichlet_on_the_table() -> None:
    table = pairing({(0, 0): 40, (0, 1): 3, (1, 1): 20, (1, 0): 1}, 2, [[0, 0], [0, 0]])
    prior = SharePrior("concentration", concentration=OWN)
    drawn = prior.draw_paired(table.answers, ("a", "b"), DRAWS, np.random.default_rng(3), table)
    change = drawn["proportion"][:, 1, 0] - drawn["proportion"][:, 0, 0]
    # agents of the table, and OWN / 2 of its own that each wave has for each goal
    rng = np.random.default_rng(4)
    g = rng.standard_gamma(table.counts, (DRAWS, 4))
    own = rng.standard_gamma(OWN / 2, (DRAWS, 2, 2))
    one, two = (
        np.stack([g[:, left].sum(axis=1), g[:, right].sum(axis=1)], axis=1) + own[:, s]
        for s, (left, right) in enumerate((([0, 1], [2, 3]), ([0, 3], [1, 2])))
    )
    expected = two[:, 0] / two.sum(axis=1) - one[:, 0] / one.sum(axis=1)
    assert ks_2samp(change, expected).pvalue > 0.001
    # the delta method: (3 + 1) switched of 64
    assert change.mean() == pytest.approx(-2 / 66, abs=0.002)
    assert change.std() == pytest.approx(np.sqrt(4 + 0.55) / 66, rel=0.1)


def test_a_change_is_as_wide_as_few_switched_and_consistent_over_waves() -> None:
    table = pairing({(0, 0, 0): 500, (1, 1, 1): 480, (0, 1, 1): 12, (1, 0, 0): 8}, 2, [[0, 0]] * 3)
    prior, rng = SharePrior(), np.random.default_rng(5)
    shares = prior.draw_paired(table.answers, ("a", "b"), DRAWS, rng, table)["proportion"][..., 0]
    apart = prior.draw(table.answers, ("a", "b"), DRAWS, rng)["proportion"][..., 0]
    assert (shares[:, 0] - shares[:, 1]).std() < 0.25 * (apart[:, 0] - apart[:, 1]).std()
    # nobody switched between the last two
    assert (shares[:, 1] - shares[:, 2]).std() < 0.1 * (apart[:, 1] - apart[:, 2]).std()


def test_waves_that_have_nothing_to_do_with_each_other_are_independent() -> None:
    table = pairing({(0, 0): 25, (0, 1): 25, (1, 0): 25, (1, 1): 25}, 2, [[0, 0], [0, 0]])
    np.testing.assert_allclose(table.agreement(), [[1, 1 / 51], [1 / 51, 1]])
    drawn = SharePrior().draw_paired(
        table.answers, ("a", "b"), DRAWS, np.random.default_rng(6), table
    )
    shares = drawn["proportion"][..., 0]
    assert abs(np.corrcoef(shares.T)[0, 1]) < 0.05


def test_agreement_is_a_correlation_matrix_and_one_where_nobody_switched() -> None:
    found = THREE.agreement()
    np.testing.assert_allclose(found, found.T)
    assert np.linalg.eigvalsh(found).min() > -1e-12
    same = pairing({(0, 0): 9, (1, 1): 1}, 2, [[0, 0], [0, 0]])
    np.testing.assert_allclose(same.agreement(), 1.0)
    unanimous = pairing({(0, 0): 9}, 2, [[0, 0], [0, 0]])
    np.testing.assert_allclose(unanimous.agreement(), 1.0)


def test_worth_is_shared_as_far_as_both_populations_have_it() -> None:
    places = np.array([[0, 0, 1], [0, ABSENT, 1]])
    worth = np.array([[3.0, 2.0, 5.0], [1.0, 0.0, 1.0]])
    answers = np.array([[6.0, 0], [2, 3], [0, 9]])
    table = Pairing(places, np.array([4.0, 1]), worth, np.array([1.0, 0.5]), answers)
    sizes, pattern, inside = table.pieces()
    assert sorted(zip(sizes.tolist(), pattern.tolist(), inside.tolist(), strict=True)) == [
        (0.5, 1, [True, False, True]),
        (1.0, 0, [True, False, True]),
        (2.0, 0, [True, True, True]),
    ]
    gammas = Together(table, answers, DRAWS, np.random.default_rng(7)).gammas
    values = np.exp(gammas.logs)
    np.testing.assert_allclose(values.mean(axis=0), answers + 1, rtol=0.05)
    np.testing.assert_allclose(values.var(axis=0), answers + 1, rtol=0.1)
    covariance = np.cov(values[:, 0, 0], values[:, 2, 1])[0, 1]
    assert covariance == pytest.approx(0.5 + 1 + 2, rel=0.1)


def test_what_is_tiny_stays_a_share() -> None:
    table = pairing({(0, 0): 1}, 40, np.zeros((2, 40)).tolist())
    names = tuple(f"g{i}" for i in range(40))
    for prior in (SharePrior(), SharePrior("concentration", concentration=1e-6)):
        drawn = prior.draw_paired(table.answers, names, 500, np.random.default_rng(8), table)
        assert np.isfinite(drawn["proportion"]).all()
        np.testing.assert_allclose(drawn["proportion"].sum(axis=-1), 1.0)
