"""What every model offers, so that all of them fit the same study and fill the same report.

A model is an object of a class below, `GoalsModel`, `ConflictModel` or `SharesModel`, in a folder
of its own. It takes frozen evidence (sufficient statistics) and frozen priors. The core reaches it
by its name through `contract.registry`, and knows nothing else of it.

Notes
-----
Shapes of what `draw` and `draw_prior` return, leading axis draw: `proportion` is (draw, population,
goal); `conflict_level` is (draw, pair) in the order of the evidence's pairs, or (draw, population,
pair) where conflict was measured in each population. Anything else is the model's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.claims import Claims
from bayes_misalign.contract.description import Description
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import StudyError
from bayes_misalign.reading.problem_area import ProblemArea

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
Draws = dict[str, Array]
Dims = Mapping[str, tuple[str, ...]]
Rng = np.random.Generator


class Model(ABC):
    """What models of all kinds offer.

    Attributes
    ----------
    name : str
        What a study calls the model; lower case, words joined by hyphens.
    traits : Traits
        Facts about it.
    not_varied : mapping of str to str
        Numbers of `model.toml` that `alternatives` leaves alone, each with the reason.
    """

    name: ClassVar[str]
    traits: ClassVar[Traits]
    not_varied: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def assets(self) -> Path:
        """Return the folder of the model's card, `README.md`, and its defaults, `model.toml`."""

    @abstractmethod
    def priors(self, stated: Any = None, /) -> Any:
        """Return the default priors with a study's own choices put over them.

        Parameters
        ----------
        stated : object, optional
            What the study says, most often a mapping of names to numbers; None for the defaults.

        Returns
        -------
        object
            A frozen dataclass that compares by value, or None where nothing has a prior.

        Raises
        ------
        StudyError
            When the study names a prior that the model does not have, or a value that cannot be.
        """

    @abstractmethod
    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        """Return other priors that somebody might have stated, by what a report calls them.

        Parameters
        ----------
        priors : object
            What `priors` returned.
        evidence : object
            What was observed; a prior that it does not use need not be varied.

        Returns
        -------
        mapping of str to object
            Every number of `model.toml` is varied by one of them, or stands in `not_varied`.
        """

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        """Return the priors in a few words, for a methods section, or nothing."""
        del priors, evidence
        return ""

    def citations(self, evidence: Any, /) -> Sequence[str]:
        """Return works that a report of this evidence should cite, beside those of the package."""
        del evidence
        return ()


class EvidenceModel(Model):
    """What a model with evidence of its own offers.

    Attributes
    ----------
    declaration : type
        Dataclass that a user writes, or that a table of study.toml is read into. Its method
        ``read(area, problems, base)`` returns evidence, or None after noting what is wrong; with
        the trait `needs_agents` it also takes what finds agents by id.
    evidence : type
        Frozen dataclass, see `reading.evidence.Evidence`; its `model` is the model's name.
    dims : mapping of str to tuple of str
        Dimensions of quantities of `draw` that are kept in a result, without the leading draws.
    """

    declaration: ClassVar[type[Any]]
    evidence: ClassVar[type[Any]]
    dims: ClassVar[Dims] = {}

    @abstractmethod
    def declare(self, evidence: Any, priors: Any, name: str, /) -> Any:
        """Add the model's variables to the open `pm.Model`; return its main quantity's tensor.

        Parameters
        ----------
        evidence, priors : object
            What was observed, and what `priors` returned.
        name : str
            Ends the names of variables, for a study may have two sources of one model; for a model
            of goals the name of the shares.

        Returns
        -------
        tensor
            Goal shares (population, goal), or conflict levels (pair) or (population, pair).
        """

    @abstractmethod
    def draw_prior(self, evidence: Any, priors: Any, draws: int, rng: Rng, /) -> Draws:
        """Return independent draws from the prior, for the same populations, goals and pairs."""

    @abstractmethod
    def simulate(self, parameters: Mapping[str, Array], design: Any, rng: Rng, /) -> Any:
        """Return evidence of the design's size that one draw of the parameters gives rise to.

        Parameters
        ----------
        parameters : mapping of str to ndarray
            All that `draw_prior` returns, without the leading draws.
        design : evidence
            Its sizes count, what it observed does not.
        rng : numpy.random.Generator
            Source of randomness.
        """

    @abstractmethod
    def describe(self, evidence: Any, priors: Any, /) -> Description:
        """Return the model, its likelihood and its priors in words and formulas."""

    @abstractmethod
    def write(
        self, evidence: Any, priors: Any, area: ProblemArea, folder: Path, /
    ) -> dict[str, Any] | None:
        """Write evidence as tables into a folder; return the table of study.toml that reads it.

        None where nothing has to be written, because reading a study without it gives the same.

        Raises
        ------
        StudyError
            When evidence of this kind cannot be written.
        """

    @abstractmethod
    def designs(self) -> Mapping[str, Any]:
        """Return small designs by name, the default first; empty if nothing is uncertain."""

    @abstractmethod
    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return the log-likelihood and a residual for every draw of the parameters.

        Returns
        -------
        dict of str to ndarray, shape (draw,)
            `log_likelihood`, up to a constant, and `residual`, a distance between what was observed
            and what was expected. Empty only where `observes` is false.

        Notes
        -----
        Posterior draws that ignore the data are calibrated in every parameter; only quantities in
        which the data take part give them away (Modrák et al., Bayesian Analysis 20, 2025).
        """

    def observes(self, evidence: Any, /) -> bool:
        """Return whether anything in the evidence is a random observation, not a statement."""
        del evidence
        return self.traits.drawn not in ("known", "given")

    def draw(self, evidence: Any, priors: Any, draws: int, rng: Rng, /) -> Draws | None:
        """Return independent draws from the exact posterior, or None where it is not conjugate."""
        del evidence, priors, draws, rng
        return None

    def build(self, evidence: Any, priors: Any, /) -> pm.Model | None:
        """Return the model on its own; None where declaring it in an empty model is enough."""
        del evidence, priors
        return None

    def coords(self, evidence: Any, /) -> dict[str, tuple[str, ...]]:
        """Return the labels of the dimensions in `dims` that are the model's own."""
        del evidence
        return {}

    def data(self, evidence: Any, priors: Any, /) -> dict[str, NDArray[Any]]:
        """Return what a compiled model needs of other evidence of the same shape, by container."""
        del evidence, priors
        raise StudyError(f"{self.name!r} cannot be given other data once it is compiled")

    @abstractmethod
    def quantities(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return what a calibration looks at beside `with_data`, each (draw,)."""

    def against_statements(self, evidence: Any, priors: Any, levels: Array, /) -> dict[str, float]:
        """Return how well independent draws (draw, pair) keep what was stated, as p-values."""
        del evidence, priors, levels
        return {}

    def results(self, evidence: Any, name: str, posterior: Any, /) -> Any:
        """Return what the model says of a posterior beside shares and levels, or None.

        The posterior is an `inference.result.Result`; the source's name ends those of its
        variables, and is empty for a model of goals.
        """
        del evidence, name, posterior
        return None

    def for_design(self, design: Any, /) -> EvidenceModel:
        """Return the model that a design for calibration is of: this one, or it with another."""
        del design
        return self


class GoalsModel(EvidenceModel):
    """A model of what goals agents hold; its evidence is a `reading.goal_evidence.GoalEvidence`."""

    dims: ClassVar[Dims] = {"proportion": ("population", "goal"), "index": ("population",)}

    @abstractmethod
    def held(self, evidence: Any, drawn: Mapping[str, Array], rng: Rng, /) -> Array:
        """Return how many observed agents hold each goal: (population, goal), or for each draw."""

    @abstractmethod
    def sized(self, evidence: Any, agents: int, rng: Rng, /) -> Any:
        """Return a design of the evidence's shape with this many agents in each population."""

    def shares_prior(self, priors: Any, /) -> Any:
        """Return the priors of the model of shares, which are among those of this model."""
        return priors.shares

    def with_shares(self, stated: Any, shares: Any, /) -> Any:
        """Return what `priors` takes, with the priors of a model of shares put into it.

        Raises
        ------
        StudyError
            When the prior of the goals model states the shares too.
        """
        if isinstance(stated, str) or (isinstance(stated, Mapping) and "shares" in stated):
            raise StudyError(
                "the prior of the shares is stated twice. Fix: state it under [shares]"
            )
        return {**(stated or {}), "shares": shares}

    def check(self, priors: Any, evidence: Any, /) -> None:
        """Raise a StudyError where priors do not fit the goals of the evidence."""
        del priors, evidence

    def quantities(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return P(ma) of mutually exclusive goals and the goal shares, by population."""
        from bayes_misalign.contract.calibrated import goal_quantities

        return goal_quantities(evidence, parameters)

    def check_fit(self, fit: Any, /) -> Any:
        """Return what else is to be found in a fit, `inference.fit_findings.FitFindings`, or None.

        Parameters
        ----------
        fit : inference.fit_findings.FitView
            Study, draws of posterior and prior, and whether the chains agree.
        """
        del fit
        return None

    # where the trait `uncertain_agents` says that goals are seen through reports only
    def declare_with_holders(self, evidence: Any, priors: Any, name: str = "proportion", /) -> Any:
        """Declare; return shares, and log P(goal | reports) of each pattern (pattern, goal)."""
        del evidence, priors, name
        raise StudyError(f"in {self.name!r} nobody's goal is uncertain")

    def simulate_agents(self, parameters: Any, design: Any, rng: Rng, /) -> Any:
        """Simulate; return the evidence, agents with their goals, and the row of each agent."""
        del parameters, design, rng
        raise StudyError(f"in {self.name!r} nobody's goal is uncertain")

    def log_holding(self, evidence: Any, drawn: Mapping[str, Array], /) -> Array:
        """Return log P(goal | reports) of every pattern, (draw, pattern, goal)."""
        del evidence, drawn
        raise StudyError(f"in {self.name!r} nobody's goal is uncertain")


class ConflictModel(Claims, EvidenceModel):
    """A model of how much goals conflict; its evidence is a `reading.conflict.ConflictSource`."""

    def observe(
        self, evidence: Any, priors: Any, name: str, matrix: Any, log_holding: Any = None, /
    ) -> None:
        """Add evidence that takes the levels of all pairs to the open model.

        Parameters
        ----------
        evidence, priors : object
            What was observed, and what `priors` returned.
        name : str
            Ends the names of variables.
        matrix : tensor, shape (goal, goal)
            Conflict levels of all pairs, declared by whichever source.
        log_holding : tensor, shape (pattern, goal), optional
            Log probability of each goal given what was reported, where goals are uncertain.
        """

    def stated(self, pairs: Sequence[tuple[str, str]], level: float, origin: str, /) -> Any:
        """Return evidence that these pairs have a known level, for the trait `states_levels`."""
        del pairs, level, origin
        raise StudyError(f"{self.name!r} cannot take a level of conflict as known")

    def quantities(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return P(ma) of a population with known unequal shares, and each conflict level."""
        from bayes_misalign.contract.calibrated import conflict_quantities

        return conflict_quantities(evidence, parameters)

    def source_text(self, evidence: Any, pair: tuple[str, str], /) -> str:
        """Return where a report says that the level of a pair comes from."""
        del pair
        return f"{self.name} ({evidence.origin})"

    def advice(self, evidence: Any, them: str, /) -> str:
        """Return what to do so that levels are known better; `them` stands for these levels."""
        del evidence
        return f"judge or elicit {them} more closely"


class SharesModel(Model):
    """A model of how the goal shares of several populations hang together."""

    @abstractmethod
    def draw(
        self, priors: Any, counts: Array, categories: tuple[str, ...], draws: int, rng: Rng, /
    ) -> Draws:
        """Return independent draws of `proportion` given counts; zeros give the prior.

        Parameters
        ----------
        priors : object
            What `priors` returned.
        counts : ndarray, shape (population, goal)
            Counts of the agents' goals; fractional where design weights tempered them.
        categories : tuple of str
            The goals, then "no goal" if it is an answer.
        draws : int
            How many draws.
        rng : numpy.random.Generator
            Source of randomness.
        """

    @abstractmethod
    def declare(
        self, priors: Any, categories: tuple[str, ...], counts: Any, order: Any, name: str, /
    ) -> tuple[Any, Any]:
        """Add the shares to the open `pm.Model`; return their logarithm, and them.

        Parameters
        ----------
        priors, categories : object
            As in `draw`.
        counts : ndarray or tensor, shape (population, goal)
            Counts that choose the sampling coordinates, each row in the given order; the posterior
            does not depend on them.
        order : ndarray or tensor of int, shape (population, goal)
            Categories of each population, a frequent one last.
        name : str
            Name of the shares.
        """

    @abstractmethod
    def describe(self, priors: Any, categories: tuple[str, ...], /) -> tuple[str, str]:
        """Return the prior of the shares as a formula, and its reason."""

    @abstractmethod
    def check(self, priors: Any, categories: tuple[str, ...], /) -> None:
        """Raise a StudyError where priors do not name the goals."""

    @abstractmethod
    def named(self, priors: Any, /) -> str:
        """Return the name of the prior, with its number if it has one."""
