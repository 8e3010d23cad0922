"""Models of agents that are counted by what they hold, of which goals are only a part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.answers import counts_pymc
from bayes_misalign.families.answers.counted import CountedAgents
from bayes_misalign.families.answers.model import OfAnswers


class OfCountedAgents(OfAnswers):
    """Counts of agents by what they hold are multinomial; conflict of two follows from goals."""

    traits = Traits("goals", "exact", lifts_conflict=True)
    dims = counts_pymc.DIMS
    table_roles: ClassVar[Mapping[str, str]] = {
        "several": "columns",
        "population": "population",
        "weight": "weight",
        "count": "count",
        "weight_sum": "weight_sum",
        "weight_sq_sum": "weight_sq_sum",
        "id": "respondent",
        "cluster": "cluster",
        "strata": "strata",
        "fpc": "fpc",
    }
    needed_roles = frozenset({"several"})

    def assets(self) -> Path:
        """Return the folder of the card and of what else is no code."""
        return models_root() / self.name

    def goals_of(self, evidence: Any, /) -> tuple[str, ...]:
        """Return the goals that categories are made of."""
        found: tuple[str, ...] = evidence.goals
        return found

    def coords(self, evidence: Any, /) -> dict[str, tuple[str, ...]]:
        """Return none beside populations and categories."""
        del evidence
        return {}

    declare = staticmethod(counts_pymc.declare)
    build = staticmethod(counts_pymc.build)
    draw = staticmethod(counts_pymc.draw)
    counted = staticmethod(counts_pymc.counted)
    draw_given = staticmethod(counts_pymc.draw_given)
    draw_prior = staticmethod(counts_pymc.draw_prior)
    free_variables = staticmethod(counts_pymc.free_variables)
    observed = staticmethod(counts_pymc.observed)
    replicated = staticmethod(counts_pymc.replicated)
    outcomes = staticmethod(counts_pymc.outcomes)
    held = staticmethod(counts_pymc.held)
    of_populations = staticmethod(CountedAgents.of_populations)
    sized = staticmethod(counts_pymc.sized)
    simulate = staticmethod(counts_pymc.simulate)
    with_data = staticmethod(counts_pymc.with_data)
