"""Posteriors of judgements by kinds of raters: Stan's, and calibrated ones."""

from functools import cache

import numpy as np
import pytest

from bayes_misalign.families.raters.rating_levels import normal_nodes
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.calibration import judges_by_kinds
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import again_by_kind
from bayes_misalign.study.options import Fitting
from tests.kinds_of_raters import (
    assert_calibrated,
    assert_calibration_is_committed,
    assert_reference_is_met,
    assert_stan_was_given,
    contents,
)

SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.8)  # of each of a hundred fits


@cache
def evidence() -> JudgedConflict:
    return JudgedConflict.by_raters(**contents("judged", "data_kinds.json")["evidence"])


def test_the_stan_program_was_given_the_same_data() -> None:
    ours, given = evidence(), contents("judged", "data_kinds.json")["stan"]
    columns = {"judged": ours.pair, "rater": ours.rater, "kind": ours.kind_of_rater}
    assert assert_stan_was_given("judged", ours, columns) == len(vars(judged.priors()))
    np.testing.assert_array_equal([given["yes"], given["no"]], [ours.cell_yes, ours.cell_no])
    np.testing.assert_array_equal(np.array(given["again"], bool), again_by_kind(ours))
    nodes, weights = normal_nodes(given["Q"])
    np.testing.assert_allclose([given["node"], given["weight"]], [nodes, weights], atol=1e-9)


@pytest.mark.slow
def test_the_pymc_model_meets_the_reference() -> None:
    assert_reference_is_met("judged", judged.build, evidence(), "level", 0.95)


def test_the_committed_calibration_holds() -> None:
    assert_calibration_is_committed("judged", 300)


@pytest.mark.slow
def test_a_short_calibration_passes() -> None:
    assert_calibrated("judged", judges_by_kinds(), SHORT)
