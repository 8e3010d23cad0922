import numpy as np
import pytest

from bayes_misalign.models.single_choice.evidence import ChoiceCounts


def test_unweighted_answers_count_fully() -> None:
    counts = ChoiceCounts.from_counts(["a", "b"], ["s", "t"], [[3, 1], [0, 0]])
    np.testing.assert_array_equal(counts.n_effective, [4, 0])
    np.testing.assert_array_equal(counts.effective_counts, counts.counts)
    np.testing.assert_array_equal(counts.design_effect, [1, np.nan])
    assert counts.no_answer_populations == ("t",)


def test_kish_effective_size_and_weighted_shares() -> None:
    weights = np.array([1.0, 1.0, 4.0])
    counts = ChoiceCounts.from_counts(
        ["a", "b"],
        ["s"],
        [[2, 1]],
        weight_sum=[[2.0, 4.0]],
        weight_sq_sum=[[2.0, 16.0]],
    )
    kish = weights.sum() ** 2 / (weights**2).sum()
    np.testing.assert_allclose(counts.n_effective, [kish], rtol=1e-14)
    np.testing.assert_allclose(counts.design_effect, [3 / kish], rtol=1e-14)
    np.testing.assert_allclose(counts.effective_counts, [[kish / 3, 2 * kish / 3]], rtol=1e-14)


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
