"""The model `drawn-conflict`: draws of conflict levels are taken as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.contract.base import Array, Dims, Draws, Rng
from bayes_misalign.contract.description import Description
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.draws.kept import MIDDLE, taken
from bayes_misalign.families.draws.models import OfGivenDraws
from bayes_misalign.models.drawn_conflict.declaration import DrawnConflict
from bayes_misalign.models.drawn_conflict.evidence import DrawnLevels
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.pair_labels import pair_labels
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.write import write_table

TABLE = "draws_of_conflict"


class DrawnConflictModel(OfGivenDraws, ConflictModel):
    """Draws of conflict levels, given."""

    name = "drawn-conflict"
    traits = Traits("conflict", "given", levels_together=True)
    declaration = DrawnConflict
    evidence = DrawnLevels
    dims: ClassVar[Dims] = {"place": ()}

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        """Return whose prior it is."""
        del priors, evidence
        return "that of given conflict levels is inside their draws"

    def declare(self, evidence: DrawnLevels, priors: Any, name: str, /) -> Any:
        """Add a draw taken at random to the open model; return its levels (pair)."""
        from bayes_misalign.families.draws.draws_pymc import declare_one_of

        del priors
        pair = f"pair_{name}"
        labels = {pair: tuple(pair_labels(evidence.pairs))}
        return declare_one_of(evidence.levels, f"conflict_{name}", (pair,), labels)

    def draw(self, evidence: DrawnLevels, priors: Any, draws: int, rng: Rng, /) -> Draws:
        """Return as many of the given draws; in random order, unless they are paired."""
        del priors
        which = taken(len(evidence.levels), draws, rng, ordered=evidence.paired)
        return {
            "conflict_level": evidence.levels[which],
            "place": np.asarray(which + MIDDLE, dtype=float),
        }

    def free_variables(
        self, evidence: DrawnLevels, priors: Any, name: str, drawn: Mapping[str, Array], /
    ) -> FreeVariables:
        """Return which of the given draws each is, as the free variable of the PyMC model."""
        del evidence, priors
        return FreeVariables({f"place_conflict_{name}": ((), drawn["place"])})

    def draw_prior(self, evidence: DrawnLevels, priors: Any, draws: int, rng: Rng, /) -> Draws:
        """Return the same as `draw`: without the data behind the draws no prior can be told."""
        return self.draw(evidence, priors, draws, rng)

    def describe(self, evidence: DrawnLevels, priors: Any, /) -> Description:
        """Return where the levels come from, and what is not known of them here."""
        del priors
        whence = named(evidence.origin)
        return Description(
            f"Conflict levels of {len(evidence.pairs)} pairs of goals were not estimated here: "
            f"their {len(evidence.levels)} posterior draws were taken from {whence}, and "
            "are as good as the model, the data and the sampler that made them"
            + (
                "; each belongs to the draw of the goal shares at the same place."
                if evidence.paired
                else "; they were taken as independent of the goal shares."
            ),
            ("c = one of the given draws, each as likely as the others",),
            (
                "The prior of these conflict levels is inside the given draws: it can be neither "
                "shown nor varied here.",
            ),
            ("The draws are from the posterior that they are said to be from, and have converged",),
        )

    def source_text(self, evidence: DrawnLevels, pair: tuple[str, str], /) -> str:
        """Return where a report says that a level comes from."""
        del pair
        return f"draws made elsewhere ({named(evidence.origin)})"

    def advice(self, evidence: DrawnLevels, them: str, /) -> str:
        """Return what to do so that levels are known better."""
        del evidence
        return f"give the model that drew {them} more data"

    def write(
        self, evidence: DrawnLevels, priors: Any, area: ProblemArea, folder: Path, /
    ) -> dict[str, Any]:
        """Write a row for each draw and pair; return the table of study.toml."""
        del priors
        used = len(list(folder.glob(f"{TABLE}*.csv")))
        path = folder / (f"{TABLE}_{used + 1}.csv" if used else f"{TABLE}.csv")
        word = {NO_GOAL: area.no_goal[0]} if area.no_goal else {}
        pairs = [(word.get(a, a), word.get(b, b)) for a, b in evidence.pairs]
        rows = (
            (draw, *pair, level)
            for draw, row in enumerate(evidence.levels.tolist(), start=1)
            for pair, level in zip(pairs, row, strict=True)
        )
        write_table(path, ("draw", "goal", "goal_other", "conflict"), rows)
        return {"model": self.name, "data": path.name, "paired": evidence.paired}


MODEL = DrawnConflictModel()
