"""What is kept of draws in blocks."""

import numpy as np

import bayes_misalign as bm
from bayes_misalign.inference import blocks
from bayes_misalign.inference.draw_blocks import in_double
from bayes_misalign.inference.summed_shares import TILE, SummedShares, as_rows, turned
from bayes_misalign.models.single_choice.evidence import ChoiceCounts


def test_turned_draws_are_contiguous_rows() -> None:
    draws = np.arange(3.0 * (2 * TILE + 5)).reshape(-1, 3)
    rows = turned(draws)
    assert rows.flags.c_contiguous
    np.testing.assert_array_equal(rows, draws.T)
    assert turned(draws.astype(np.float32)).dtype == np.float32


def test_rows_of_single_precision_say_what_double_precision_does() -> None:
    counts = ChoiceCounts.from_counts(("a", "b", "c"), ("x", "y"), [[1, 2, 3], [4, 5, 6]])
    area = bm.ProblemArea("letter", ["a", "b", "c"])
    study = bm.Study.of(area, counts, bm.MutuallyExclusive()).with_fitting(draws=25)
    total, conflict = blocks.total(study), 1 - np.eye(3)
    levels = np.random.default_rng(1).uniform(0.2, 0.4, (total, 1, 3, 3))
    levels = (levels + levels.swapaxes(-1, -2)) * conflict
    rows = np.random.default_rng(2).dirichlet([1.0, 2, 3], (2, total)).transpose(0, 2, 1)
    quick = np.ascontiguousarray(rows, dtype=np.float32).transpose(2, 0, 1)
    assert np.shares_memory(as_rows(quick), quick)
    usual = in_double(quick)
    assert usual.flags.c_contiguous
    np.testing.assert_allclose(usual.sum(axis=-1), 1, rtol=1e-15)
    for facing, mean in ((conflict[None], conflict), (levels, levels.mean(axis=(0, 1)))):
        found = []
        for shares, kind in ((quick, np.float32), (usual, np.float64)):
            kept = SummedShares(study, np.array([0.2, 0.8]), facing, mean, {1}, kind)
            kept.add(kept.take(np.arange(2), shares))
            found.append(kept)
        one, other = found
        assert one.misalignment.dtype == np.float32
        np.testing.assert_allclose(one.misalignment, other.misalignment, rtol=1e-6)
        np.testing.assert_allclose(one.mean, other.mean, rtol=1e-6)
        np.testing.assert_allclose(one.sd, other.sd, rtol=1e-5)
        for name, values in one.shares.items():
            np.testing.assert_allclose(values, other.shares[name], rtol=1e-5)
        np.testing.assert_allclose(one.union, other.union, rtol=1e-12)
        np.testing.assert_array_equal(one.kept[1], quick[:, 1])
