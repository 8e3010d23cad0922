"""What models of given draws have in common: nothing to state, nothing to calibrate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array, EvidenceModel, Rng
from bayes_misalign.errors import StudyError


class OfGivenDraws(EvidenceModel):
    """A model whose posterior somebody else has drawn, its prior inside the draws."""

    def assets(self) -> Path:
        """Return the folder of the model's card and defaults."""
        return models_root() / self.name

    def priors(self, stated: Any = None, /) -> None:
        """Return nothing; refuse any prior, for that of the draws is inside them."""
        if stated:
            raise StudyError(
                f"{self.name!r} takes no prior: that of the draws is inside them. Fix: state it "
                "where the draws are made"
            )

    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        """Return nothing: another prior would make other draws."""
        del priors, evidence
        return {}

    def observes(self, evidence: Any, /) -> bool:
        """Return that nothing is observed here."""
        del evidence
        return False

    def simulate(self, parameters: Mapping[str, Array], design: Any, rng: Rng, /) -> Any:
        """Return the same draws: nothing is observed that could be simulated."""
        del parameters, rng
        return design

    def designs(self) -> Mapping[str, Any]:
        """Return nothing: there is nothing to calibrate."""
        return {}

    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return nothing: there are no data."""
        del evidence, parameters
        return {}
