"""What models of known levels of conflict have in common: nothing is drawn, or varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.stated_level import StatedLevel
from bayes_misalign.families.statements import known_levels_pymc
from bayes_misalign.families.statements.known_levels import FixedConflict


class KnownLevels(ConflictModel):
    """Base of models whose evidence is a `FixedConflict`."""

    declare = staticmethod(known_levels_pymc.declare)
    draw = staticmethod(known_levels_pymc.draw)
    draw_prior = staticmethod(known_levels_pymc.draw_prior)
    simulate = staticmethod(known_levels_pymc.simulate)

    def assets(self) -> Path:
        """Return the folder of the card."""
        return models_root() / self.name

    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        """Return nothing: there is no prior."""
        return {}

    def stated_levels(self, evidence: FixedConflict, /) -> Sequence[StatedLevel]:
        """Return the level of each pair."""
        return [StatedLevel(level, level) for level in map(float, evidence.conflict)]

    def designs(self) -> Mapping[str, Any]:
        """Return nothing: there is nothing to calibrate."""
        return {}

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return nothing: there are no data."""
        return {}
