"""The whole study as one PyMC model: every pair reaches its place in the conflict matrix."""

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode

from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.mutually_exclusive.declaration import ExclusiveConflict
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.study.joint import build_conflict, source_names
from tests.studies import study

PLAIN = Mode(linker="py", optimizer="fast_compile")
CATEGORIES = ("a", "b", "c", "no goal")


def evidence() -> ConflictEvidence:
    rest = (("b", "c"), ("b", "no goal"), ("c", "no goal"))
    return ConflictEvidence(
        CATEGORIES,
        (
            JudgedConflict((("a", "c"),), np.array([5.0]), np.array([1.0]), origin="x"),
            FixedConflict((("a", "no goal"),), np.array([0.25]), origin="x"),
            JudgedConflict((("a", "b"),), np.array([1.0]), np.array([5.0]), origin="y"),
            ExclusiveConflict(rest, np.ones(3), origin="z"),
        ),
    )


def test_two_sources_of_one_model_have_two_names() -> None:
    names = source_names(evidence())
    assert names == ["judged", "fixed", "judged_2", "mutually_exclusive"]


def test_every_pair_reaches_its_place() -> None:
    prior = judged.priors()
    model = build_conflict(evidence(), [prior, None, prior, None])
    names = ("conflict_judged", "conflict_judged_2", "conflict")
    first, second, matrix = pm.draw(
        [model[name] for name in names], draws=3, random_seed=1, mode=PLAIN
    )
    expected = np.zeros((3, 4, 4))
    expected[:, 0, 2], expected[:, 0, 1] = first[:, 0], second[:, 0]
    expected[:, 0, 3] = 0.25
    expected[:, 1, 2] = expected[:, 1, 3] = expected[:, 2, 3] = 1.0
    np.testing.assert_allclose(matrix, expected + np.swapaxes(expected, 1, 2))


def test_named_raters_of_two_sources_are_told_apart() -> None:
    of, rest = JudgedConflict.by_raters, (("b", "c"),)
    one = of([("a", "b")], ["r", "s"], [0, 1], [0, 0], [1, 0], [0, 1])
    other = of([("a", "c")], ["r", "t"], [0, 1], [0, 0], [5, 1], [0, 1], repeated=True)
    sources = (one, other, FixedConflict(rest, np.ones(1), origin="x"))
    prior = judged.priors()
    model = build_conflict(ConflictEvidence(("a", "b", "c"), sources), [prior, prior, None])
    assert model.coords["rater_judged"] == ("r", "s")
    assert model.coords["rater_judged_2"] == ("r", "t")
    names = ("conflict_judged", "conflict_judged_2", "conflict")
    first, second, matrix = pm.draw(
        [model[name] for name in names], draws=3, random_seed=1, mode=PLAIN
    )
    np.testing.assert_allclose(matrix[:, 0, 1], first[:, 0])
    np.testing.assert_allclose(matrix[:, 2, 0], second[:, 0])


@pytest.mark.parametrize("weighted", [True, False])
def test_the_joint_model_has_named_coords(weighted: bool) -> None:
    from tests.studies import counts

    model = study(goals=counts(weighted)).to_pymc()
    assert model.coords["population"] == ("rarely/never", "sporadic", "always")
    assert model.coords["goal"] == model.coords["goal_other"] == ("Biden", "Trump", "no goal")
    assert model.named_vars_to_dims["misalignment"] == ("population",)
    assert model.named_vars_to_dims["proportion"] == ("population", "goal")
    shares, conflict, pma = pm.draw(
        [model[name] for name in ("proportion", "conflict", "misalignment")],
        draws=2,
        random_seed=1,
        mode=PLAIN,
    )
    np.testing.assert_allclose(pma, np.einsum("dsi,dij,dsj->ds", shares, conflict, shares))
