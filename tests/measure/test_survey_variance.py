"""Variances of weighted shares in designs, against closed forms; R's survey is in tests/reading."""

import re

import numpy as np
import pytest

from bayes_misalign.measure import (
    cluster_covariance,
    effective_counts,
    effective_covariance,
    exclusive_conflict,
    misalignment,
    replicate_covariance,
    replicate_rank,
    replicate_scales,
    stratified_covariance,
    student_widening,
    variance_ratio,
    weighted_plug_in,
)

RNG = np.random.default_rng(8)
TOTALS = RNG.gamma(2.0, 3.0, (12, 3))
STRATA = np.arange(12) % 3


def test_agents_are_clusters_of_one() -> None:
    goal, weight = RNG.integers(0, 3, 60), RNG.gamma(2.0, 1.0, 60)
    stratum = RNG.integers(0, 4, 60)
    each = np.zeros((60, 3))
    each[np.arange(60), goal] = weight
    sums, squares = np.zeros((4, 3)), np.zeros((4, 3))
    np.add.at(sums, (stratum, goal), weight)
    np.add.at(squares, (stratum, goal), weight**2)
    n = np.bincount(stratum, minlength=4)
    sizes = n * np.array([2.0, 3.0, 4.0, 10.0])
    found = stratified_covariance(sums, squares, n, sizes=sizes)
    np.testing.assert_allclose(found, cluster_covariance(each, stratum, sizes=sizes), rtol=1e-10)
    # one stratum is a sample with weights, as `weighted_plug_in` has it
    alone = stratified_covariance(sums.sum(axis=0)[None], squares.sum(axis=0)[None], [60])
    p = sums.sum(axis=0) / sums.sum()
    c = exclusive_conflict(3)
    expected = weighted_plug_in(sums.sum(axis=0), squares.sum(axis=0), 60, c).variance
    assert 4 * (c @ p) @ alone @ (c @ p) == pytest.approx(float(expected), rel=1e-12)


def test_domains_are_worked_out_side_by_side() -> None:
    domains = np.stack([TOTALS, TOTALS * (RNG.random((12, 1)) < 0.5)])
    found = cluster_covariance(domains, STRATA)
    for own, one in zip(domains, found, strict=True):
        np.testing.assert_allclose(cluster_covariance(own, STRATA), one)
    # clusters that are not listed count in the number of those sampled
    there = np.flatnonzero(domains[1].any(axis=1))
    listed = cluster_covariance(domains[1][there], STRATA[there], sampled=np.bincount(STRATA))
    np.testing.assert_allclose(listed, found[1], rtol=1e-12)


def test_a_jackknife_of_a_mean_is_its_linearised_variance() -> None:
    # clusters of the same weight: the share is a mean, and both are the same
    totals = TOTALS / TOTALS.sum(axis=1, keepdims=True)
    left_out = (totals.sum(axis=0) - totals) * 12 / 11
    scales = replicate_scales("jk1", 12)
    found = replicate_covariance(totals.sum(axis=0), left_out, scales)
    np.testing.assert_allclose(found, cluster_covariance(totals), rtol=1e-10)
    assert scales.df == 11
    assert replicate_scales("jkn", 6, rscales=[0.5] * 2 + [0.75] * 4).df == 4
    assert replicate_scales("jk2", 6).df == 6
    assert replicate_scales("successive-difference", 80).scale == 0.05


def test_a_census_has_no_variance() -> None:
    found = cluster_covariance(TOTALS, STRATA, sizes=[4, 4, 4])
    np.testing.assert_array_equal(found, np.zeros((3, 3)))
    assert np.isnan(cluster_covariance(np.zeros((3, 2)))).all()


def test_effective_counts_have_the_variance_of_their_draws() -> None:
    counts, scale = effective_counts([300.0, 120.0, 90.0], [700.0, 130.0, 400.0], 400)
    draws = RNG.standard_gamma(counts, (200_000, 3)) * scale
    draws /= draws.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(effective_covariance(counts, scale), np.cov(draws.T), rtol=0.03)


def test_the_ratio_is_that_of_normal_shares() -> None:
    p, c = np.array([0.36, 0.33, 0.31]), exclusive_conflict(3)
    v = cluster_covariance(TOTALS) / 3
    v0 = np.diag(p) / 150 - np.outer(p, p) / 150
    a = float(variance_ratio(v, v0, p, c))

    def spread(matrix: np.ndarray) -> float:
        draws = RNG.multivariate_normal(p, matrix, 400_000, check_valid="ignore")
        return float(np.var(np.einsum("ni,ij,nj->n", draws, c, draws)))

    assert spread(a * v0) == pytest.approx(spread(v), rel=0.02)
    even = np.full(3, 1 / 3)  # where the gradient tells nothing
    v0 = np.diag(even) / 150 - np.outer(even, even) / 150
    assert float(variance_ratio(4 * v0, v0, even, c)) == pytest.approx(4.0)
    assert np.isnan(variance_ratio(v, np.zeros((3, 3)), even, c))
    assert misalignment(even, c) == pytest.approx(2 / 3)


def test_widening_has_the_quantiles_of_students_t() -> None:
    # R: (qt(.975, c(1, 2, 14)) / qnorm(.975))^2
    expected = [42.027689566229895, 4.819216182428155, 1.197490367953031]
    np.testing.assert_allclose(student_widening([1, 2, 14]), expected, rtol=1e-9)
    assert student_widening(1e300) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: cluster_covariance([1.0, 2.0]), "not (..., clusters, goals)"),
        (lambda: cluster_covariance(TOTALS, [0, 1]), "totals has 12 clusters"),
        (lambda: cluster_covariance(TOTALS, STRATA, sampled=[1, 4, 4]), "more clusters in totals"),
        (lambda: cluster_covariance(TOTALS, STRATA, sizes=[3, 9, 9]), "fewer clusters than"),
        (lambda: cluster_covariance(TOTALS, STRATA, sizes=[9, 9]), "there are 3 strata"),
        (lambda: cluster_covariance(TOTALS[:1]), "has one sampled cluster"),
        (lambda: cluster_covariance(TOTALS, lonely="no"), "lonely is 'no'"),  # type: ignore[arg-type]
        (lambda: stratified_covariance([[1.0]], [[1.0]], [1, 2]), "do not fit together"),
        (lambda: effective_covariance([1.0], [1.0, 2.0]), "do not fit together"),
        (lambda: variance_ratio(np.eye(2), np.eye(2), np.ones(3), np.eye(3)), "do not fit"),
        (lambda: replicate_scales("brr", 1), "at least two replicates"),
        (lambda: replicate_scales("no", 4), "method is 'no'"),  # type: ignore[arg-type]
        (lambda: replicate_scales("brr", 4, fay=0.3), "of the method 'fay'"),
        (lambda: replicate_scales("other", 4, rscales=[1.0] * 4), "other needs a scale"),
        (lambda: replicate_scales("jk1", 2, rscales=[1.0, -1.0]), "positive numbers"),
        (
            lambda: replicate_covariance([1.0, 2.0], [[1.0, 2.0]], replicate_scales("brr", 2)),
            "do not fit together",
        ),
        (lambda: student_widening(0), "above 0"),
    ],
)
def test_wrong_arguments_are_refused(call: object, word: str) -> None:
    with pytest.raises(ValueError, match=re.escape(word)):
        call()  # type: ignore[operator]


@pytest.mark.parametrize(("rows", "rank", "replicates"), [(40, 7, 60), (300, 60, 60), (5, 5, 80)])
def test_the_rank_of_replicates_is_that_of_their_matrix(
    rows: int, rank: int, replicates: int
) -> None:
    rng = np.random.default_rng(1)
    weights = rng.random((rows, rank)) @ rng.random((rank, replicates))
    assert replicate_rank(weights) == np.linalg.matrix_rank(weights) == min(rank, rows)


def test_weights_of_nobody_have_no_rank_and_others_must_be_numbers() -> None:
    assert replicate_rank(np.zeros((4, 3))) == 0
    for wrong in ([1.0, 2.0], [[1.0, np.nan]]):
        with pytest.raises(ValueError, match="no matrix of numbers"):
            replicate_rank(wrong)


def test_factors_multiply_the_variance_of_strata() -> None:
    whole = cluster_covariance(TOTALS, STRATA)
    parts = [cluster_covariance(TOTALS, STRATA, factors=own) for own in np.eye(3)]
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-12)
    for wrong in ([1.0], [1.0, -1.0, 1.0], [1.0, np.inf, 1.0]):
        with pytest.raises(ValueError, match="factors are not 3 numbers"):
            cluster_covariance(TOTALS, STRATA, factors=wrong)


def test_a_stratum_sampled_whole_tells_its_variance_where_lonely_ones_are_averaged() -> None:
    # R, survey: options(survey.lonely.psu = "average")
    # d <- data.frame(h = c("a", "b", "c", "c", "c", "c"), u = 1:6, N = c(1, 5, 10, 10, 10, 10),
    #   w = c(1, 5, 2.5, 2.5, 2.5, 2.5), y = c(1, 0, 1, 0, 0, 1))
    # vcov(svymean(~factor(y), svydesign(ids = ~u, strata = ~h, fpc = ~N, weights = ~w, data = d)))
    totals = np.array([[0.0, 1.0], [5.0, 0.0], [0.0, 2.5], [2.5, 0.0], [2.5, 0.0], [0.0, 2.5]])
    stratum, sizes = [0, 1, 2, 2, 2, 2], [1.0, 5.0, 10.0]
    found = cluster_covariance(totals, stratum, sizes=sizes, lonely="average")
    assert found[0, 0] == pytest.approx(0.02929687500000001, rel=1e-12)
    sums, squares = np.zeros((3, 2)), np.zeros((3, 2))
    np.add.at(sums, stratum, totals)
    np.add.at(squares, stratum, totals**2)
    agents = stratified_covariance(sums, squares, [1, 1, 4], sizes=sizes, lonely="average")
    np.testing.assert_allclose(agents, found, rtol=1e-12)
