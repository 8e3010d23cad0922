"""Posteriors of ratings by kinds of raters: Stan's, and calibrated ones."""

from functools import cache

import numpy as np
import pytest

from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.calibration import ratings_by_kinds
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.study.options import Fitting
from tests.kinds_of_raters import (
    assert_calibrated,
    assert_calibration_is_committed,
    assert_reference_is_met,
    assert_stan_was_given,
    contents,
)

SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.9)  # of each of a hundred fits


@cache
def evidence() -> RatedConflict:
    return RatedConflict.from_counts(**contents("rated", "data_kinds.json")["evidence"])


def test_the_stan_program_was_given_the_same_data() -> None:
    ours = evidence()
    columns = {
        "rated": ours.pair,
        "rater": ours.rater,
        "kind": ours.kind_of_rater,
        "level": ours.counts.argmax(axis=1),
    }
    assert assert_stan_was_given("rated", ours, columns) == 10
    np.testing.assert_array_equal(ours.sizes, 1)
    given = contents("rated", "data_kinds.json")["stan"]
    np.testing.assert_array_equal(given["value"], ours.values)


@pytest.mark.slow
def test_the_pymc_model_meets_the_reference() -> None:
    target = conflict_model("rated").target_accept(evidence())
    assert_reference_is_met("rated", rated.build, evidence(), "conflict", target)


def test_the_committed_calibration_holds() -> None:
    text = assert_calibration_is_committed("rated", 250)
    designs = contents("rated", "calibration_kinds.json")["designs"]
    first, second = (one["divergences"] / one["fits"] for one in designs)
    said = f"{first:.1f} divergent transitions in a fit of 1,000 draws in the first design and"
    assert f"{said} {second:.1f} in the second" in text


@pytest.mark.slow
def test_a_short_calibration_passes() -> None:
    assert_calibrated("rated", ratings_by_kinds(), SHORT)
