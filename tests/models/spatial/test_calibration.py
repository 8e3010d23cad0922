"""Exact draws of positions are calibrated, and broken ones are found out."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.models.spatial import calibration as designs
from bayes_misalign.models.spatial import generative as spatial
from bayes_misalign.models.spatial.evidence import SpatialConflict


def without_ratings(design: SpatialConflict) -> SpatialConflict:
    return replace(design, rated=np.zeros((0, 2)), counts=np.zeros((0, 0)), levels=())


DESIGNS = {
    "learnt error": without_ratings(designs.placements()),
    "known error": without_ratings(designs.placed_with_known_error()),
    "length is known": replace(without_ratings(designs.placements()), length=0.4, form="linear"),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_exact_draws_are_calibrated(name: str) -> None:
    found = calibrate("spatial", 400, seed=5, design=DESIGNS[name])
    assert found.passed, found.to_plain()
    assert "log_likelihood" in found.p_values
    assert ("length" in found.p_values) == (name != "length is known")
    assert ("noise[1]" in found.p_values) == (name != "known error")


def other_error(factor: float) -> Any:
    """Return a posterior that takes the error of placements for larger or smaller than it is."""

    def draw(evidence: Any, prior: Any, draws: int, rng: np.random.Generator) -> Any:
        changed = {"error": factor * evidence.error, "square": factor**2 * evidence.square}
        return spatial.draw(replace(evidence, **changed), prior, draws, rng)

    return draw


@pytest.mark.parametrize("name", ["learnt error", "known error"])
@pytest.mark.parametrize("broken", [spatial.draw_prior, other_error(0.5)])
def test_broken_posteriors_are_found_out(name: str, broken: Any) -> None:
    assert not calibrate("spatial", 400, seed=5, design=DESIGNS[name], posterior=broken).passed
