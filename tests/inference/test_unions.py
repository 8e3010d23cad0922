"""Shares of populations in their union: known ones stay, estimated ones are drawn and stored."""

from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.inference.attribution import attribute
from bayes_misalign.measure import decompose
from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.study.options import Fitting, Populations
from bayes_misalign.study.study import Study
from bayes_misalign.study.union import UnionShares, union_shares

AREA = bm.ProblemArea("area", ["a", "b"])
COUNTS = np.array([[30.0, 5.0], [6.0, 59.0]])


def evidence(weighted: bool = False, sizes: list[int] | None = None) -> ChoiceCounts:
    sums = np.array([[1.0], [3.0]]) * COUNTS
    more = {"weight_sum": sums, "weight_sq_sum": 1.5 * sums**2 / COUNTS} if weighted else {}
    return ChoiceCounts.from_counts(AREA.goals, ["s", "t"], COUNTS, population_size=sizes, **more)


def posterior(
    shares: object, weighted: bool = False, sizes: list[int] | None = None
) -> bm.Posterior:
    study = Study.of(
        AREA,
        evidence(weighted, sizes),
        MutuallyExclusive(),
        populations=Populations(shares=shares),  # type: ignore[arg-type]
        fitting=Fitting(draws=500),
    )
    return bm.fit(study)


@pytest.mark.parametrize(
    ("shares", "weighted", "sizes", "estimated"),
    [
        ("answers", False, None, True),
        (None, True, None, True),
        ({"s": 0.4, "t": 0.6}, True, None, False),
        (None, False, [4000, 6000], False),
    ],
)
def test_only_shares_that_were_estimated_are_drawn(
    shares: object, weighted: bool, sizes: list[int] | None, estimated: bool
) -> None:
    found = posterior(shares, weighted, sizes)
    union = found.study.union
    assert union is not None
    assert union.estimated is estimated
    assert found.groups.has("posterior", "union_share") is estimated
    weights = found.union_weights(None)
    assert weights is not None
    assert weights.shape == ((2000, 2) if estimated else (2,))
    np.testing.assert_allclose(np.atleast_2d(weights).mean(axis=0), union.shares, atol=0.01)


def test_drawn_shares_have_the_variance_of_their_counts() -> None:
    plain = union_shares("answers", evidence(), Problems())
    assert plain is not None
    drawn = plain.draw(100_000, np.random.default_rng(1))
    np.testing.assert_allclose(drawn[:, 0].mean(), 0.35, atol=0.001)
    np.testing.assert_allclose(drawn[:, 0].var(), 0.35 * 0.65 / 101, rtol=0.03)
    weighted = union_shares("weights", evidence(weighted=True), Problems())
    assert weighted is not None
    drawn = weighted.draw(100_000, np.random.default_rng(1))
    counts, pi = np.array(weighted.counts), np.array(weighted.shares)
    np.testing.assert_allclose(drawn[:, 0].var(), (pi.prod() ** 2 / counts).sum(), rtol=0.1)


def test_parts_within_and_between_sum_to_the_union_draw_by_draw() -> None:
    found = posterior("answers")
    whole, parts = found.overall(), found.decompose()
    assert whole is not None
    total = sum(estimate.draws for estimate in parts.values())
    np.testing.assert_allclose(total, whole.draws, rtol=1e-13)
    weights = found.union_weights(None)
    assert weights is not None
    by_hand = decompose(found.shares(), found.matrix(), weights).total
    np.testing.assert_array_equal(whole.draws.ravel(), by_hand)
    np.testing.assert_allclose(
        sum(e.draws for e in found.contributions(None).values()), whole.draws, rtol=1e-12
    )
    fixed = posterior(dict(zip(("s", "t"), (0.35, 0.65), strict=True))).overall()
    assert fixed is not None
    assert whole.sd > 1.2 * fixed.sd


def test_a_saved_union_is_the_same_again(tmp_path: Path) -> None:
    found = posterior("answers")
    found.save(tmp_path / "posterior.nc")
    again = bm.load(tmp_path / "posterior.nc")
    assert again.study.union == found.study.union
    one, other = found.overall(), again.overall()
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(one.draws, other.draws)
    old = UnionShares.from_plain({"shares": [0.5, 0.5], "origin": "sums of weights"})
    assert not old.estimated  # as they were fitted


def test_the_variance_has_a_part_for_the_shares_of_populations() -> None:
    found = posterior("answers").attribution(None)
    assert found.populations > 0.1
    parts = found.shares + found.conflict + found.interaction + found.populations
    assert parts == pytest.approx(1)
    known = posterior({"s": 0.35, "t": 0.65}).attribution(None)
    assert known.populations == 0


def test_parts_of_the_variance_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(2)
    shares = np.stack([rng.dirichlet(c, 4000) for c in ([6.0, 2, 2], [1.0, 5, 4])], axis=1)
    parts = rng.dirichlet([4.0, 6.0], 4000)
    conflict = np.ones((3, 3)) - np.eye(3)
    union = np.einsum("ns,nsk->nk", parts, shares)
    found = attribute(union, conflict[None], ("a", "b", "c"), union=(shares, parts))
    # the mean over one of them, for many values of the other
    some = slice(0, 1500)
    both = np.einsum("ns,msk->nmk", parts[some], shares[some])
    values = 1 - (both**2).sum(axis=-1)
    of_parts, of_shares = values.mean(axis=1).var(), values.mean(axis=0).var()
    assert found.populations / found.shares == pytest.approx(of_parts / of_shares, rel=0.15)


def test_every_face_says_which_shares_are_estimates() -> None:
    drawn, known = posterior("answers"), posterior({"s": 0.35, "t": 0.65})
    assert "estimated" in drawn.summary()
    assert "taken as known" in known.summary()
