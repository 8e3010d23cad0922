"""Known conflict levels: stated ones, and those of mutually exclusive goals."""

import numpy as np
import pytest

from bayes_misalign.errors import StudyError
from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.models.fixed import generative as fixed
from bayes_misalign.models.mutually_exclusive import generative as mutually_exclusive
from bayes_misalign.models.mutually_exclusive.declaration import ExclusiveConflict

PAIRS = (("a", "b"), ("a", "c"))


@pytest.mark.parametrize(
    ("model", "evidence"),
    [
        (fixed, FixedConflict(PAIRS, np.array([0.25, 0.0]), origin="a study")),
        (mutually_exclusive, ExclusiveConflict(PAIRS, np.ones(2), origin="exclusive goals")),
    ],
)
def test_known_levels_stay_as_they_are(model, evidence) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(1)
    for draw in (model.draw, model.draw_prior):
        np.testing.assert_array_equal(
            draw(evidence, None, 10, rng)["conflict_level"], evidence.conflict[None]
        )
    assert model.simulate({}, evidence, rng) is evidence
    assert model.build(evidence, None).free_RVs == []
    assert model.priors() is None
    with pytest.raises(StudyError, match="no key 'level'"):
        model.priors({"level": 1.0})


def test_descriptions() -> None:
    stated = fixed.describe(FixedConflict(PAIRS, np.array([0.25, 0.0]), origin="a study"))
    assert stated.priors == (
        "Conflict of a and b: 0.25, a study.",
        "Conflict of a and c: 0, a study.",
    )
    alone = [("a", "no goal"), ("b", "no goal")]
    none = fixed.describe(FixedConflict(tuple(alone), np.zeros(2), origin="nothing is lost"))
    assert none.priors == ("Conflict of no goal with each of 2 goals: 0, nothing is lost.",)
    exclusive = ExclusiveConflict(PAIRS, np.ones(2), origin="exclusive goals")
    assert "by assumption" in mutually_exclusive.describe(exclusive).priors[0]
