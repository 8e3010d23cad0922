"""The model `drawn-shares`: draws of goal shares are taken as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.contract.base import Array, Draws, Rng
from bayes_misalign.contract.description import Description
from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.draws.kept import MIDDLE, taken
from bayes_misalign.families.draws.models import OfGivenDraws
from bayes_misalign.models.drawn_shares.declaration import DrawnShares
from bayes_misalign.models.drawn_shares.evidence import DrawnGoals
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.write import write_table

TABLE = "draws_of_shares.csv"


class DrawnSharesModel(OfGivenDraws, GoalsModel):
    """Draws of goal shares, given."""

    name = "drawn-shares"
    traits = Traits("goals", "given")
    declaration = DrawnShares
    evidence = DrawnGoals
    dims: ClassVar = {"proportion": ("population", "goal"), "place": ()}

    def shares_prior(self, priors: Any, /) -> None:
        """Return nothing: no model of shares is used."""
        del priors

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        """Return whose prior it is."""
        del priors, evidence
        return "that of the goal shares is inside their given draws"

    def advice(self, evidence: Any, /) -> str:
        """Return what to do so that goal shares are known better."""
        del evidence
        return "give the model that drew them more data"

    def declare(self, evidence: DrawnGoals, priors: Any, name: str, /) -> Any:
        """Add a draw taken at random to the open model; return its shares (population, goal)."""
        from bayes_misalign.families.draws.draws_pymc import declare_one_of

        del priors
        return declare_one_of(evidence.shares, name, ("population", "goal"), {})

    def draw(self, evidence: DrawnGoals, priors: Any, draws: int, rng: Rng, /) -> Draws:
        """Return the given draws in order if as many, else as many of them in random order."""
        del priors
        given = len(evidence.shares)
        ordered = evidence.paired or given == draws
        which = taken(given, draws, rng, ordered=ordered)
        return {
            "proportion": evidence.shares[which],
            "place": np.asarray(which + MIDDLE, dtype=float),
        }

    def free_variables(
        self, evidence: DrawnGoals, priors: Any, name: str, drawn: Mapping[str, Array], /
    ) -> FreeVariables:
        """Return which of the given draws each is, as the free variable of the PyMC model."""
        del evidence, priors
        return FreeVariables({f"place_{name}": ((), drawn["place"])})

    def draw_prior(self, evidence: DrawnGoals, priors: Any, draws: int, rng: Rng, /) -> Draws:
        """Return the same as `draw`: without the data behind the draws no prior can be told."""
        return self.draw(evidence, priors, draws, rng)

    def held(self, evidence: DrawnGoals, drawn: Mapping[str, Array], rng: Rng, /) -> Array:
        """Return that nobody was observed here."""
        del drawn, rng
        return np.zeros(evidence.shares.shape[1:])

    def sized(self, evidence: DrawnGoals, agents: Any, rng: Rng, /) -> DrawnGoals:
        """Return the same draws: they have no agents."""
        del agents, rng
        return evidence

    def describe(self, evidence: DrawnGoals, priors: Any, /) -> Description:
        """Return where the shares come from, and what is not known of them here."""
        del priors
        whence = named(evidence.source)
        return Description(
            f"The goal shares were not estimated here: their {len(evidence.shares)} posterior "
            f"draws were taken from {whence}, and are as good as the model, the data and the "
            "sampler that made them.",
            ("p = one of the given draws, each as likely as the others",),
            (
                "The prior of the goal shares is inside the given draws: it can be neither shown "
                "nor varied here.",
            ),
            ("The draws are from the posterior that they are said to be from, and have converged",),
        )

    def write(
        self, evidence: DrawnGoals, priors: Any, area: ProblemArea, folder: Path, /
    ) -> dict[str, Any]:
        """Write a row for each draw, population and goal; return the table of study.toml."""
        del priors
        goals = [area.no_goal[0] if goal == NO_GOAL else goal for goal in evidence.categories]
        rows = (
            (draw, population, goal, share)
            for draw, row in enumerate(evidence.shares.tolist(), start=1)
            for population, shares in zip(evidence.populations, row, strict=True)
            for goal, share in zip(goals, shares, strict=True)
        )
        write_table(folder / TABLE, ("draw", "population", "goal", "share"), rows)
        return {"model": self.name, "data": TABLE, "paired": evidence.paired}


MODEL = DrawnSharesModel()
