"""What every generative model offers, so that all of them fit the same study.

A generative model is a module. Its functions take frozen evidence (sufficient statistics) and
frozen priors, and know nothing of files, studies or reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.description import Description

if TYPE_CHECKING:
    import pymc as pm

Dims = Mapping[str, tuple[str, ...]]
Draws = dict[str, NDArray[np.float64]]
Kind = Literal["goals", "conflict"]


class GenerativeModel(Protocol):
    """The contract. A goals model yields `proportion`, a conflict model yields `conflict_level`.

    Notes
    -----
    Shapes of what `draw` and `draw_prior` return: `proportion` is (draw, population, goal),
    `conflict_level` is (draw, pair) in the order of the evidence's pairs, or (draw, population,
    pair) where the evidence has `populations` and conflict was measured in each of them; `declare`
    returns the same without draws. Anything else a model returns beside these is its own
    parameters, leading axis draw.
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
        """Return evidence of the design's size that one draw of the parameters gives rise to.

        The parameters are all that `draw_prior` returns, without the leading draws.
        """
        ...

    def describe(self, evidence: Any, priors: Any, /) -> Description:
        """Return the model, its likelihood and its priors in words and formulas."""
        ...


class GoalsModel(GenerativeModel, Protocol):
    """What a model of goals offers beside the contract.

    Attributes
    ----------
    DIMS : mapping of str to tuple of str
        Dimensions of each quantity that `draw_prior` returns, without the leading draws.
    """

    DIMS: Dims

    def coords(self, evidence: Any, /) -> dict[str, tuple[str, ...]]:
        """Return the labels of dimensions other than population and goal."""
        ...

    def held(
        self, evidence: Any, drawn: Mapping[str, NDArray[np.float64]], rng: np.random.Generator, /
    ) -> NDArray[np.float64]:
        """Return how many observed agents hold each goal: (population, goal), or for each draw."""
        ...

    def sized(self, evidence: Any, agents: int, rng: np.random.Generator, /) -> Any:
        """Return a design of the evidence's shape with this many agents in each population."""
        ...


class LatentGoalsModel(GoalsModel, Protocol):
    """What a model offers whose agents' goals are seen through reports only."""

    def declare_with_holders(self, evidence: Any, priors: Any, name: str = ..., /) -> Any:
        """Declare, and return shares, and log P(goal | reports) of each pattern (pattern, goal)."""
        ...

    def data(self, evidence: Any, priors: Any, /) -> dict[str, NDArray[Any]]:
        """Return what a compiled model needs of other evidence of the same shape."""
        ...

    def simulate_agents(
        self, parameters: Any, design: Any, rng: np.random.Generator, /
    ) -> tuple[Any, Any, NDArray[np.intp]]:
        """Simulate; return the evidence, agents with their goals, and the row of each agent."""
        ...

    def terms(
        self, evidence: Any, drawn: Mapping[str, NDArray[np.float64]], /
    ) -> NDArray[np.float64]:
        """Return the log probability of each pattern's reports given each goal."""
        ...


class MeetingModel(GenerativeModel, Protocol):
    """What a model of conflict offers whose evidence takes the levels of all pairs.

    Where goals are uncertain, shares and conflict have one posterior together.
    """

    def observe(
        self, evidence: Any, priors: Any, name: str, matrix: Any, log_holding: Any = ..., /
    ) -> None:
        """Add the evidence to the open model: the matrix of levels (goal, goal) is there.

        The log probability of each goal given what was reported, (pattern, goal), is needed where
        goals are uncertain.
        """
        ...
