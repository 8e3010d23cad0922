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

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from bayes_misalign.contract.base import Array, Dims, Draws, EvidenceModel, Model, Rng
from bayes_misalign.contract.claims import Claims
from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.errors import StudyError
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.pairing import Pairing

STATED_TWICE = "the prior of the shares is stated twice. Fix: state it under [shares] only"


class GoalsModel(EvidenceModel):
    """A model of what goals agents hold; its evidence is a `reading.goal_evidence.GoalEvidence`.

    Attributes
    ----------
    table_roles : mapping of str to str
        Keys of the declaration by the role that a column has in a table: "goal", "population",
        "weight", "id", "wave", "rater", "count", "weight_sum", "weight_sq_sum", "percent", "asked"
        (agents behind the percentages), "counts" (columns with the agents of each goal). With them
        a study of this model can be started from a table.
    needed_roles : frozenset of str
        Roles without which the model is not proposed for a table.
    """

    table_roles: ClassVar[Mapping[str, str]] = {}
    needed_roles: ClassVar[frozenset[str]] = frozenset()
    dims: ClassVar[Dims] = {
        "proportion": ("population", "goal"),
        "index": ("population",),
        "log_concentration": ("population",),
        "log_concentration_within": ("population", "class"),
        "log_evenness": ("population",),
    }

    @abstractmethod
    def held(self, evidence: Any, drawn: Mapping[str, Array], rng: Rng, /) -> Array:
        """Return how many observed agents hold each goal: (population, goal), or for each draw."""

    def of_populations(self, evidence: Any, places: Any, /) -> Any:
        """Return the evidence about some populations alone, by their places.

        None where that says less of them than the whole evidence does, as where agents are in
        several populations, or where a model cannot be parted: then all are drawn at once.
        """
        del evidence, places

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

    def with_shares_prior(self, priors: Any, shares: Any, /) -> Any:
        """Return priors, as `priors` returned them, with another prior of the shares."""
        return replace(priors, shares=shares)

    def check(self, priors: Any, evidence: Any, /) -> None:
        """Raise a StudyError where priors do not fit the goals of the evidence."""
        del priors, evidence

    def quantities(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return P(ma) of mutually exclusive goals and the goal shares, by population."""
        from bayes_misalign.contract.calibrated import goal_quantities

        return goal_quantities(evidence, parameters)

    def advice(self, evidence: Any, /) -> str:
        """Return what to do so that goal shares are known better, as in "ask more agents"."""
        del evidence
        return "ask more agents"

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
    """A model of how much goals conflict; its evidence is a `reading.conflict.ConflictSource`.

    Attributes
    ----------
    nothing_observed : str
        What is said of a population of which `observations` counts none, such as "nobody rated
        conflict".
    """

    nothing_observed: ClassVar[str] = "nobody observed conflict"

    def started(
        self, pairs: Sequence[tuple[str, str]], bounds: tuple[float, float] | None, /
    ) -> Mapping[str, Any] | None:
        """Return keys of a study file for what is said of all pairs alike, if the model takes it.

        Parameters
        ----------
        pairs : sequence of (str, str)
            All pairs of goals.
        bounds : (float, float), optional
            A plausible range of the level of every pair; None if the goals exclude each other.

        Returns
        -------
        mapping of str to object, or None
            None where the model does not take such a statement.
        """
        del pairs, bounds
        return None

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

    def other_readings(self, evidence: Any, /) -> Mapping[str, Any]:
        """Return the same evidence as somebody else might have read it, by what a report says.

        Not the data differ, but a choice of how they were coded, such as the scores of the levels
        of a scale.
        """
        del evidence
        return {}

    def source_text(self, evidence: Any, pair: tuple[str, str], /) -> str:
        """Return where a report says that the level of a pair comes from."""
        del pair
        return f"{self.name} ({named(evidence.origin)})"

    def observations(self, evidence: Any, /) -> Array | None:
        """Return how many observations tell of each pair itself, (population or 1, pair).

        None where observations are not of single pairs, or there are statements only. A pair or a
        population without any is known by others, or by the prior, and a report says so.
        """
        del evidence
        return None

    def source_text_in(self, evidence: Any, pair: tuple[str, str], population: str, /) -> str:
        """Return where the level of a pair in one population comes from."""
        del population
        return self.source_text(evidence, pair)

    def advice(self, evidence: Any, them: str, /) -> str:
        """Return what to do so that levels are known better; `them` stands for these levels.

        Empty where the usual advice will do.
        """
        del evidence, them
        return ""


class SharesModel(Model):
    """A model of how the goal shares of several populations are related.

    Attributes
    ----------
    helpers : frozenset of str
        Free variables of the PyMC model that only set the scale of its coordinates. They are drawn
        anew given the shares, by `free_variables`, before anybody asks whether chains agree.
    draws_pairs : bool
        Whether `draw_paired` draws populations jointly that have agents in common. Without it they
        are drawn as if they had none, and a report says so.
    draws_apart : bool
        Whether populations are independent, so that each may be drawn without the others.
    """

    draws_apart: ClassVar[bool] = False
    helpers: ClassVar[frozenset[str]] = frozenset()
    draws_pairs: ClassVar[bool] = False

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

    def log_evidence(
        self, priors: Any, counts: Array, categories: tuple[str, ...], /
    ) -> Array | None:
        """Return the log probability (S,) of agents with these goals, one after another.

        Up to a constant that depends on the number of agents alone; counts (S, goal) may be
        fractional. None where it is not known, or where populations are related, so that one has
        no probability of its own.
        """
        del priors, counts, categories
        return None

    def draw_paired(
        self,
        priors: Any,
        counts: Array,
        categories: tuple[str, ...],
        draws: int,
        rng: Rng,
        pairing: Pairing,
        /,
    ) -> Draws:
        """Return draws as `draw` does, of populations that have agents in common.

        The posterior of each population alone is that of `draw`; the pairing says how they are
        related.

        Parameters
        ----------
        priors, counts, categories, draws, rng : object
            As in `draw`, of these populations only.
        pairing : reading.pairing.Pairing
            The agents that are in several of them.
        """
        del counts, categories, draws, rng, pairing
        raise StudyError(f"{priors.model!r} does not draw populations with agents in common")

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
    def free_variables(
        self,
        priors: Any,
        categories: tuple[str, ...],
        order: Any,
        name: str,
        drawn: Mapping[str, Array],
        /,
    ) -> FreeVariables:
        """Return draws of shares as the free variables that `declare` adds.

        Parameters
        ----------
        priors : object
            What `priors` returned.
        categories : tuple of str
            The goals, then "no goal" if it is an answer.
        order : ndarray of int, shape (population, goal)
            As in `declare`.
        name : str
            Name of the shares.
        drawn : mapping of str to ndarray
            What `draw` returned, leading axis draw.
        """

    @abstractmethod
    def describe(self, priors: Any, categories: tuple[str, ...], /) -> tuple[str, str]:
        """Return the prior of the shares as a formula, and its reason."""

    @abstractmethod
    def check(self, priors: Any, categories: tuple[str, ...], /) -> None:
        """Raise a StudyError where priors do not name the goals."""

    def with_classes(self, priors: Any, classes: GoalClasses | None, /) -> Any:
        """Return priors that know which goals have the same conflicts; most need not.

        Parameters
        ----------
        priors : object
            What `priors` returned.
        classes : GoalClasses or None
            Goals by classes of known, equal conflict; None where no two goals have the same.

        Raises
        ------
        StudyError
            When the priors state other classes.
        """
        del classes
        return priors

    def exchangeable(self, priors: Any, /) -> bool:
        """Return whether the prior treats all goals alike, as one that names none does."""
        del priors
        return True

    @abstractmethod
    def named(self, priors: Any, /) -> str:
        """Return the name of the prior, with its number if it has one."""
