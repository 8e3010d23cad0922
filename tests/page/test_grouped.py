"""Results by group, matrices of estimates, mixtures."""

from dataclasses import replace

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.page.grouped import ByGroup, EstimateMatrix
from tests.report.cases import elicited_posterior, many_posterior, withheld_posterior
from tests.studies import counts, elicited, study


@pytest.fixture(scope="module")
def apart() -> bm.Posterior:
    """Return a posterior of populations of which nobody said how large each is."""
    made = study(elicited(), goals=counts(False), shares=None)
    return bm.fit(made.with_fitting(draws=250))


def test_between_is_a_symmetric_matrix_with_labels() -> None:
    posterior = elicited_posterior()
    matrix = posterior.between()
    assert matrix.labels == posterior.populations
    assert matrix.shape == (3, 3)
    p, c = posterior.shares(), posterior.conflict()
    expected = np.einsum("dsi,dij,dtj->dst", p, c, p).mean(axis=0)
    np.testing.assert_allclose(matrix.means, expected, rtol=1e-12)
    np.testing.assert_array_equal(matrix.means, matrix.means.T)
    assert (matrix.lower < matrix.means).all()
    assert (matrix.means < matrix.upper).all()
    one = posterior.between("always", "sporadic")
    assert matrix["always", "sporadic"].interval == pytest.approx(one.interval)
    assert matrix["always", "sporadic"] is matrix["sporadic", "always"]
    assert matrix["sporadic", "sporadic"].interval == posterior.misalignment()["sporadic"].interval
    assert ("always", "sporadic") in matrix
    assert ("always", "nobody") not in matrix
    assert len(list(matrix)) == 9


def test_a_matrix_becomes_a_long_and_a_square_frame() -> None:
    matrix = elicited_posterior().between()
    long, square = matrix.to_frame(), matrix.to_frame("polars", values="mean")
    assert len(long) == 9
    assert list(long.columns[:3]) == ["population", "population_other", "mean"]
    assert square.columns == ["population", *matrix.labels]
    np.testing.assert_array_equal(square.drop("population").to_numpy(), matrix.means)
    with pytest.raises(bm.ResultError, match=r"values is one of 'mean', 'sd'.*not 'kind'"):
        matrix.to_frame(values="kind")


def test_a_matrix_says_which_labels_it_has() -> None:
    matrix = elicited_posterior().between()
    for wrong in (("always", "nobody"), "always", ("always",)):
        with pytest.raises(bm.ResultError, match="Fix: two of 'rarely/never'"):
            matrix[wrong]  # type: ignore[index]
    with pytest.raises(bm.StudyError, match="takes two populations, or none"):
        elicited_posterior().between("always")  # type: ignore[call-overload]


def test_withheld_matrices_have_no_numbers() -> None:
    matrix = withheld_posterior().between()
    assert np.isnan(matrix.means).all()
    assert "withheld" in repr(matrix)
    assert matrix.to_frame(values="mean").iloc[:, 1:].isna().all(axis=None)


def test_a_large_matrix_makes_only_what_it_shows() -> None:
    matrix = many_posterior().between()
    assert isinstance(matrix, EstimateMatrix)
    assert "... and 48 more; to_frame() has all" in repr(matrix)
    assert len(matrix._made) == 12 * 13 / 2


def test_mixture_has_a_grid_by_default() -> None:
    posterior = elicited_posterior()
    mixture = posterior.mixture("always", "sporadic")
    np.testing.assert_allclose(mixture.shares, np.arange(11) / 10)
    assert len(mixture) == 11
    assert mixture[0].mean == posterior.misalignment()["always"].mean
    assert mixture[-1].mean == pytest.approx(posterior.misalignment()["sporadic"].mean)
    frame = mixture.to_frame()
    assert list(frame.columns[:4]) == ["host", "guest", "share", "mean"]
    assert frame["mean"][10] == mixture[10].mean
    assert posterior.mixture("always", "sporadic", 0.5)[0].draws.shape == mixture[5].draws.shape
    with pytest.raises(bm.StudyError, match=r"numbers in \[0, 1\]"):
        posterior.mixture("always", "sporadic", [1.5])


def test_without_a_union_results_come_by_population(apart: bm.Posterior) -> None:
    assert apart.overall() is None
    parts = apart.contributions()
    assert isinstance(parts, ByGroup)
    assert list(parts) == list(apart.populations)
    for name, estimate in apart.misalignment().items():
        total = sum(part.draws for part in parts[name].values())
        np.testing.assert_allclose(total, estimate.draws, rtol=1e-12)
        assert apart.attribution()[name].variance == apart.attribution(name).variance  # type: ignore[index]
    assert list(parts.to_frame().columns[:3]) == ["population", "goal", "goal_other"]
    assert apart.opposition()["always"]["Biden"].mean == apart.opposition("always")["Biden"].mean  # type: ignore[index]
    # with a union, or one population named, they are what they were
    assert isinstance(elicited_posterior().contributions(), Estimates)
    assert isinstance(apart.contributions("always"), Estimates)


def test_groups_are_a_dictionary_that_says_what_it_lacks() -> None:
    shares = elicited_posterior().proportions()
    assert shares == dict(shares)
    with pytest.raises(bm.ResultError, match=r"goal shares has no 'alway'; there are .*'always'"):
        shares["alway"]
    assert shares.get("alway") is None
    assert "always:\n  Biden" in repr(shares)
    assert repr(ByGroup("nothing", {})) == "nothing, by population: none"


def test_contributions_print_themselves() -> None:
    text = repr(elicited_posterior().contributions())
    assert "Biden | Trump" in text
    assert "none" not in text


def test_decimals_are_those_of_all_rows() -> None:
    vague = elicited_posterior().misalignment()["always"]
    firm = replace(vague, draws=0.3 + 0.01 * (vague.draws - vague.mean))
    assert firm.decimals > vague.decimals
    text = repr(Estimates("P", {"firm": firm, "vague": vague}))
    numbers = [word.strip("()") for word in text.split() if word.strip("(").startswith("0.")]
    assert len(numbers) == 6
    assert {len(number) - 2 for number in numbers} == {vague.decimals}
