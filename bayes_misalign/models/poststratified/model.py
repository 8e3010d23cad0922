"""Goals by covariates of agents, poststratified to a table of the population."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Draws, Rng
from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import StudyError
from bayes_misalign.models.poststratified import calibration, generative, words, write
from bayes_misalign.models.poststratified.declaration import Poststratified
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors


class PoststratifiedModel(GoalsModel):
    """What goals agents hold depends on covariates whose joint distribution is known."""

    name = "poststratified"
    traits = Traits("goals", "sampled")
    declaration = Poststratified
    evidence = CellCounts
    dims: ClassVar = {
        "proportion": ("population", "goal"),
        "intercept": ("goal",),
        "sd": ("term",),
        "effect": ("category", "goal"),
    }
    reads_table_of = "single-choice"

    def assets(self) -> Path:
        return models_root() / self.name

    def shares_prior(self, priors: Any, /) -> None:
        """Return nothing: how shares of cells hang together is what this model says."""
        del priors

    def with_shares(self, stated: Any, shares: Any, /) -> Any:
        """Refuse a model of shares beside this one."""
        del stated, shares
        raise StudyError(
            "poststratified answers have no other model of shares. Fix: leave [shares] out, and "
            "state `prior` under [goals]"
        )

    def alternatives(self, priors: CellPriors, evidence: CellCounts, /) -> Mapping[str, CellPriors]:
        names = ("sd", "interaction_sd") if evidence.interactions else ("sd",)
        found = {
            **halved_and_doubled(priors, "effects of covariates", *names),
            **halved_and_doubled(priors, "differences between goals", "intercept"),
        }
        if priors.reached > 0:
            found |= halved_and_doubled(priors, "slopes on being reached", "reached")
        return found

    def prior_in_brief(self, priors: CellPriors, evidence: Any, /) -> str:
        del evidence
        said = (
            f"log shares of goals with sd {priors.intercept:g}, effects of a covariate with an sd "
            f"that is half-normal({priors.sd:g})"
        )
        if priors.reached > 0:
            said += f", and slopes on how far categories were reached with sd {priors.reached:g}"
        return said

    def advice(self, evidence: Any, /) -> str:
        del evidence
        return "ask more agents, above all in cells with few"

    def draw(self, evidence: Any, priors: Any, draws: int, rng: Rng, /) -> Draws | None:
        """Return None: shares of cells are sampled."""
        del evidence, priors, draws, rng
        return None

    def report(self) -> Any:
        from bayes_misalign.models.poststratified.section import REPORT

        return REPORT

    priors = staticmethod(CellPriors.of)
    coords = staticmethod(generative.dims_of)
    data = staticmethod(generative.data)
    declare = staticmethod(generative.declare)
    build = staticmethod(generative.build)
    draw_prior = staticmethod(generative.draw_prior)
    free_variables = staticmethod(generative.free_variables)
    observed = staticmethod(generative.observed)
    replicated = staticmethod(generative.replicated)
    outcomes = staticmethod(generative.outcomes)
    held = staticmethod(generative.held)
    sized = staticmethod(generative.sized)
    simulate = staticmethod(generative.simulate)
    describe = staticmethod(words.describe)
    citations = staticmethod(words.citations)
    write = staticmethod(write.write)
    designs = staticmethod(calibration.designs)
    with_data = staticmethod(calibration.with_data)
    quantities = staticmethod(calibration.quantities)


MODEL = PoststratifiedModel()
