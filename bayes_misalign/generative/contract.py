"""What every generative model offers, so that all of them fit the same study.

A generative model is a module. Its functions take frozen evidence (sufficient statistics) and
frozen priors, and know nothing of files, studies or reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.generative.description import Description

if TYPE_CHECKING:
    import pymc as pm

Draws = dict[str, NDArray[np.float64]]
Kind = Literal["goals", "conflict"]


class GenerativeModel(Protocol):
    """The contract. A goals model yields `proportion`, a conflict model yields `conflict_level`.

    Notes
    -----
    Shapes of what `draw` and `draw_prior` return: `proportion` is (draw, population, goal),
    `conflict_level` is (draw, pair) in the order of the evidence's pairs; anything else a model
    returns beside these is its own parameters, leading axis draw.
    """

    def priors(self, overrides: Mapping[str, Any] | None = None, /) -> Any:
        """Return the model's default priors with a study's own choices put over them."""
        ...

    def declare(self, evidence: Any, priors: Any, name: str = ..., /) -> Any:
        """Add the model's variables to the open `pm.Model`; return its main quantity's tensor.

        The name tells variables of two sources of one model apart.
        """
        ...

    def build(self, evidence: Any, priors: Any, /) -> pm.Model:
        """Return the model on its own, with named coords."""
        ...

    def draw(
        self, evidence: Any, priors: Any, draws: int, rng: np.random.Generator, /
    ) -> Draws | None:
        """Return independent draws from the exact posterior, or None where it is not conjugate."""
        ...

    def draw_prior(
        self, evidence: Any, priors: Any, draws: int, rng: np.random.Generator, /
    ) -> Draws:
        """Return independent draws from the prior, for the same populations, goals and pairs."""
        ...

    def simulate(
        self,
        parameters: Mapping[str, NDArray[np.float64]],
        design: Any,
        rng: np.random.Generator,
        /,
    ) -> Any:
        """Return evidence of the design's size that one draw of the parameters gives rise to."""
        ...

    def describe(self, evidence: Any, priors: Any, /) -> Description:
        """Return the model, its likelihood and its priors in words and formulas."""
        ...
