import numpy as np
import pytest

from bayes_misalign.models.single_choice.evidence import ChoiceCounts


def test_unweighted_answers_count_fully() -> None:
    counts = ChoiceCounts.from_counts(["a", "b"], ["s", "t"], [[3, 1], [0, 0]])
    np.testing.assert_array_equal(counts.n_effective, [4, 0])
    np.testing.assert_array_equal(counts.effective_counts, counts.counts)
    np.testing.assert_array_equal(counts.design_effect, [1, np.nan])
    assert counts.no_answer_populations == ("t",)


def weighted(**more: object) -> ChoiceCounts:
    """Return ten holders of a, of weight 3, and ten of b, of weight 1."""
    return ChoiceCounts.from_counts(
        ["a", "b"],
        ["s"],
        [[10, 10]],
        weight_sum=[[30.0, 10.0]],
        weight_sq_sum=[[90.0, 10.0]],
        **more,  # type: ignore[arg-type]
    )


def test_each_goal_counts_for_what_its_own_weights_leave() -> None:
    evidence = weighted()
    # by hand: m S/n = 60 and m W/n = 24, so s = 150/54 and 70/34
    np.testing.assert_allclose(evidence.effective.scale, [[150 / 54, 70 / 34]], rtol=1e-14)
    np.testing.assert_allclose(evidence.effective_counts, [[10.8, 34 / 7]], rtol=1e-14)
    # d = -1/8 and 3/8 at shares 3/4 and 1/4
    deff = 0.5 * (30 * 150 / 54 + 10 * 70 / 34 * 9) / (30 + 10 * 9)
    np.testing.assert_allclose(evidence.design_effect, [deff], rtol=1e-13)
    np.testing.assert_allclose(evidence.n_effective, [20 / deff], rtol=1e-13)


def test_n_effective_is_that_of_the_quantity_asked_for() -> None:
    shares = np.array([[40.0, 30, 30]])
    evidence = ChoiceCounts.from_counts(
        ["a", "b", "c"],
        ["s"],
        [[20, 30, 40]],
        weight_sum=shares,
        weight_sq_sum=[[400.0, 30, 30]],
    )
    exclusive = 1 - np.eye(3)
    only_bc = np.zeros((3, 3))
    only_bc[1, 2] = only_bc[2, 1] = 1.0
    # variances by the posterior of the shares behind the effective counts, not by any formula
    rng = np.random.default_rng(3)
    counts, scale = evidence.effective
    p = rng.dirichlet(counts[0] * 1000, size=200_000) * scale
    p /= p.sum(axis=1, keepdims=True)
    plain = rng.dirichlet(shares[0] / 100 * 90 * 1000, size=200_000)
    for conflict in (exclusive, only_bc):
        ratio = np.einsum("di,ij,dj->d", p, conflict, p).var()
        ratio /= np.einsum("di,ij,dj->d", plain, conflict, plain).var()
        np.testing.assert_allclose(evidence.design_effect_of(conflict), [ratio], rtol=0.02)
    np.testing.assert_array_equal(
        evidence.design_effect_of(exclusive), evidence.design_effect, strict=True
    )


def test_equal_weights_are_no_weights() -> None:
    counts = np.array([[3.0, 1.0, 0.0], [7.0, 0.0, 2.0]])
    evidence = ChoiceCounts.from_counts(
        ["a", "b", "c"], ["s", "t"], counts, weight_sum=0.3 * counts, weight_sq_sum=0.09 * counts
    )
    np.testing.assert_array_equal(evidence.effective_counts, counts)
    np.testing.assert_array_equal(evidence.design_effect, [1, 1])
    assert evidence.tilt is None


def test_a_stated_design_effect_takes_the_place_of_the_weights() -> None:
    evidence = weighted(stated_deff=[2.5])
    np.testing.assert_allclose(evidence.effective_counts, [[6, 2]])
    np.testing.assert_array_equal(evidence.n_effective, [8])
    assert evidence.tilt is None
    plain = ChoiceCounts.from_counts(
        ["a", "b"], ["s", "t"], [[6, 4], [6, 4]], stated_deff=[np.nan, 2.0]
    )
    np.testing.assert_array_equal(plain.effective_counts, [[6, 4], [3, 2]])
    np.testing.assert_array_equal(plain.design_effect, [1, 2])
    np.testing.assert_array_equal(plain.stated, [False, True])


@pytest.mark.parametrize(
    ("size", "sums", "how"),
    [
        ([40], [[30.0, 10.0]], "weighted"),
        ([41], [[30.0, 10.0]], "left out"),
        ([4000], [[20.0, 20.0]], "alike"),
    ],
)
def test_how_the_unseen_are_completed(size: list[int], sums: list[list[float]], how: str) -> None:
    squares = [[90.0, 10.0]] if sums[0][0] == 30 else [[40.0, 40.0]]
    evidence = ChoiceCounts.from_counts(
        ["a", "b"],
        ["s"],
        [[10, 10]],
        weight_sum=sums,
        weight_sq_sum=squares,
        population_size=size,
    )
    assert evidence.completed == (how,)
    if how == "weighted":
        # weights less one: twenty unseen holders of a, and nobody of b
        np.testing.assert_allclose(evidence.goal_weights[0], [[20, 0]])
        np.testing.assert_allclose(evidence.goal_weights[1], [[40, 0]])


def test_a_common_factor_of_the_weights_changes_nothing() -> None:
    def scaled(factor: float) -> ChoiceCounts:
        return ChoiceCounts.from_counts(
            ["a", "b"],
            ["s"],
            [[5, 5]],
            weight_sum=np.array([[4.0, 7.0]]) * factor,
            weight_sq_sum=np.array([[5.0, 11.0]]) * factor**2,
        )

    np.testing.assert_allclose(scaled(1).effective_counts, scaled(1e6).effective_counts, rtol=1e-13)


def test_arrays_are_read_only_copies() -> None:
    given = np.array([[1.0, 2.0]])
    counts = ChoiceCounts.from_counts(["a", "b"], ["s"], given)
    given[0, 0] = 9
    assert counts.counts[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        counts.counts[0, 0] = 2


@pytest.mark.parametrize(
    "wrong", [{"counts": [[1.0]]}, {"counts": [[1.0, 2.0]], "weight_sum": [[1.0, 2.0]]}]
)
def test_figures_must_fit_the_labels(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"weight_sum|shape"):
        ChoiceCounts.from_counts(["a", "b"], ["s"], **wrong)  # type: ignore[arg-type]
