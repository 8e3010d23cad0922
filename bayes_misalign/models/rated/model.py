"""The model `rated`, as the core reaches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.claims import contested_pairs
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.registry import defaults
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import Problem, StudyError
from bayes_misalign.models.rated import calibration, generative, rating_outcomes, resized
from bayes_misalign.models.rated.declaration import Rated
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.models.rated.priors import RatedPriors
from bayes_misalign.models.rated.write import write_ratings
from bayes_misalign.page.safe_text import named


class _Rated(ConflictModel):
    """Raters score how much pairs of goals conflict."""

    name = "rated"
    traits = Traits(
        "conflict", "sampled", levels_together=True, by_population=True, speaks_for="unnamed"
    )
    not_varied: ClassVar[Mapping[str, str]] = {
        "gap": "how even the levels of the scale are, which every rating tells of",
    }
    nothing_observed = "nobody rated conflict"
    declaration = Rated
    evidence = RatedConflict

    priors = staticmethod(generative.priors)
    declare = staticmethod(generative.declare)
    data = staticmethod(generative.data)
    draw = staticmethod(generative.draw)
    draw_prior = staticmethod(generative.draw_prior)
    observed = staticmethod(rating_outcomes.observed)
    compared = staticmethod(rating_outcomes.compared)
    other_readings = staticmethod(rating_outcomes.other_scores)
    outcomes = staticmethod(generative.outcomes)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(generative.describe)
    write = staticmethod(write_ratings)
    measurements = staticmethod(resized.measurements)
    resized = staticmethod(resized.resized)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)
    quantities = staticmethod(calibration.quantities)

    def assets(self) -> Path:
        return models_root() / self.name

    def target_accept(self, evidence: RatedConflict, /) -> float:
        asked = defaults(self.name)["sampling"]
        return float(asked["target_accept_kinds" if evidence.kinds else "target_accept"])

    def report(self) -> Any:
        from bayes_misalign.models.rated.section import REPORT

        return REPORT

    def alternatives(self, priors: RatedPriors, evidence: RatedConflict, /) -> Mapping[str, Any]:
        cells = RatedCells(evidence, priors)
        levels, raters = ["location"], ["severity"] if cells.has_raters else []
        levels += ["goal", "pair"] if cells.has_member_effects else []
        levels += ["side"] if evidence.directed else []
        levels += ["population"] if cells.differing > 1 else []
        levels += ["drift"] if cells.places is not None else []
        raters += ["scale_use"] if cells.units or (evidence.kinds and cells.has_widths) else []
        raters += ["again"] if cells.again else []
        found = halved_and_doubled(priors, "scales of rated conflict", *levels)
        if raters:
            found |= halved_and_doubled(priors, "scales of how raters differ", *raters)
        if evidence.kinds and cells.has_member_effects:
            found |= halved_and_doubled(
                priors, "scales of how kinds of raters differ", "slope", "disagreement", "noise"
            )
        if cells.levels > 2:
            found |= halved_and_doubled(priors, "spread of the levels of the scale", "spread")
        return found

    def needs_prior(self, evidence: RatedConflict, /) -> Problem | None:
        if not evidence.silent:
            return None
        return Problem(
            "there is no rating at all, and no prior of ratings is stated",
            where=f"[conflict] {self.name}, {evidence.origin}",
            valid="ratings, or a prior of your own to go by",
            fix="state one, as in `prior = { location = 1.5 }`",
        )

    def unfit(self, evidence: RatedConflict, /) -> Problem | None:
        try:
            _ = evidence.places
        except StudyError as error:
            return replace(error.problems[0], where=f"[conflict] {self.name}, {evidence.origin}")
        return None

    def contested(
        self, sources: Sequence[RatedConflict], pairs: Sequence[tuple[str, str]], /
    ) -> Problem | None:
        fix = "state a level for these pairs in `unnamed_pairs`"
        return contested_pairs(sources, pairs, "ratings", "nobody rated", fix)

    def results(self, evidence: Any, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.rated.results import results_of

        return results_of(evidence, name, posterior)

    def observations(self, evidence: RatedConflict, /) -> Array:
        return evidence.ratings_in

    def source_text(self, evidence: RatedConflict, pair: tuple[str, str], /) -> str:
        place = evidence.pairs.index(pair)
        return _counted(evidence, evidence.ratings[place], evidence.ratings_by_kind[0, place])

    def source_text_in(
        self, evidence: RatedConflict, pair: tuple[str, str], population: str, /
    ) -> str:
        if population not in evidence.populations:
            return self.source_text(evidence, pair)
        place = evidence.populations.index(population), evidence.pairs.index(pair)
        return _counted(evidence, evidence.ratings_in[place])

    def advice(self, evidence: Any, them: str, /) -> str:
        of_kind = f" of kind {named(evidence.kinds[0])}" if evidence.kinds else ""
        return f"have {them} rated by more raters{of_kind}"

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        return "rated conflict levels close to uniform on average"


def _counted(evidence: RatedConflict, number: float, by_first: float = 0.0) -> str:
    origin, several = named(evidence.origin), "" if number == 1 else "s"
    if not number:
        return f"0 ratings, borrowed ({origin})"
    by = f", {by_first:,.0f} by {named(evidence.kinds[0])}" if evidence.kinds else ""
    return f"rated: {number:,.0f} rating{several}{by} ({origin})"


MODEL = _Rated()
