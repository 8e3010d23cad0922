"""The model `spatial`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.claims import contested_pairs
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import Problem
from bayes_misalign.models.spatial import calibration, generative, placement_outcomes
from bayes_misalign.models.spatial.declaration import Spatial
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.models.spatial.priors import SpatialPriors
from bayes_misalign.models.spatial.write import write_positions
from bayes_misalign.page.safe_text import named


class _Spatial(ConflictModel):
    """Goals are placed on scales, and their conflict grows with distance."""

    name = "spatial"
    traits = Traits("conflict", "exact", levels_together=True, speaks_for="placed")
    not_varied: ClassVar[Mapping[str, str]] = {
        "length_spread": "how firm the prior of the length is, whose median is varied",
        "precision_spread": "how firm the prior of the precision is, whose median is varied",
        "lapse": "a guard against stray ratings, and small on purpose",
    }
    declaration = Spatial
    evidence = SpatialConflict
    dims = generative.DIMS

    priors = staticmethod(generative.priors)
    coords = staticmethod(generative.coords)
    declare = staticmethod(generative.declare)
    data = staticmethod(generative.data)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(placement_outcomes.free_variables)
    observed = staticmethod(placement_outcomes.observed)
    outcomes = staticmethod(placement_outcomes.outcomes)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)
    quantities = staticmethod(calibration.quantities)

    def assets(self) -> Path:
        return models_root() / self.name

    def report(self) -> Any:
        from bayes_misalign.models.spatial.section import REPORT

        return REPORT

    def alternatives(
        self, priors: SpatialPriors, evidence: SpatialConflict, /
    ) -> Mapping[str, Any]:
        varied = {
            "length": ("median of the length of conflict", evidence.length is None),
            "position": ("standard deviation of positions", not evidence.is_exact),
            "noise": ("scale of the error of placements", evidence.learns_noise),
            "precision": ("median of the precision of ratings", evidence.has_ratings),
        }
        found: dict[str, Any] = {}
        for name, (what, used) in varied.items():
            found |= halved_and_doubled(priors, what, name) if used else {}
        return found

    def write(
        self, evidence: SpatialConflict, priors: Any, area: Any, folder: Path, /
    ) -> dict[str, Any]:
        return write_positions(evidence, priors, folder)

    def observes(self, evidence: SpatialConflict, /) -> bool:
        return evidence.has_ratings or not evidence.is_exact

    def contested(
        self, sources: Sequence[SpatialConflict], pairs: Sequence[tuple[str, str]], /
    ) -> Problem | None:
        fix = "place each goal in one of them only"
        return contested_pairs(sources, pairs, "positions", fix=fix)

    def speaks_for_none(self, evidence: SpatialConflict, /) -> Problem | None:
        return Problem(
            "other sources name every pair of the goals that are placed",
            where=f"{self.name}, {evidence.origin}",
            valid="a pair of placed goals that no other source names",
            fix="leave the positions out, or the pairs that distance should speak for out of "
            "the other sources",
        )

    def results(self, evidence: Any, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.spatial.results import results_of

        return results_of(evidence, name, posterior)

    def source_text(self, evidence: SpatialConflict, pair: tuple[str, str], /) -> str:
        given = dict(zip(evidence.rated_pairs, evidence.counts.sum(axis=1), strict=True))
        number = given.get(pair, 0)
        rated = f", and {number:,.0f} ratings ({named(evidence.rated_in)})" if number else ""
        return f"by distance ({named(evidence.origin)}){rated}"

    def advice(self, evidence: Any, them: str, /) -> str:
        return f"have {them} and a few other pairs rated, or place the goals more closely"

    def prior_in_brief(self, priors: SpatialPriors, evidence: SpatialConflict, /) -> str:
        words = "positions of goals normal about the middle of their scale"
        if evidence.length is None:
            words += f", length of conflict log-normal with median {priors.length:g}"
        return words


MODEL = _Spatial()
