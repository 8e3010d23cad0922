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
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.base import Array, Dims, Draws, EvidenceModel, Rng
from bayes_misalign.contract.claims import Claims
from bayes_misalign.contract.shares_model import SharesModel as SharesModel
from bayes_misalign.errors import StudyError
from bayes_misalign.measure.bounds import Maximum
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.page.safe_text import named

if TYPE_CHECKING:
    from bayes_misalign.contract.first_look import FirstGoals, SeenTable
    from bayes_misalign.contract.measured import Measurement, Resized

STATED_TWICE = "the prior of the shares is stated twice. Fix: state it under [shares] only"


class GoalsModel(EvidenceModel):
    """A model of what goals agents hold; its evidence is a `reading.goal_evidence.GoalEvidence`.

    Attributes
    ----------
    table_roles : mapping of str to str
        Keys of the declaration by the role that a column has in a table: "goal", "population",
        "weight", "id", "wave", "rater", "count", "weight_sum", "weight_sq_sum", "percent", "asked"
        (agents behind the percentages), "counts" (columns with the agents of each goal), "several"
        (columns that `first_goals` knows), "cluster", "strata", "fpc". With them a study of this
        model can be started from a table.
    needed_roles : frozenset of str
        Roles without which the model is not proposed for a table.
    reads_table_of : str
        Another model of goals, whose table this one reads. A study may then name this model under
        [shares], beside that one under [goals]; empty for all others.
    """

    table_roles: ClassVar[Mapping[str, str]] = {}
    needed_roles: ClassVar[frozenset[str]] = frozenset()
    reads_table_of: ClassVar[str] = ""
    dims: ClassVar[Dims] = {"proportion": ("population", "goal")}

    def first_goals(self, table: SeenTable, /) -> FirstGoals | None:
        """Return what a first study says of columns about goals, if they have this model's form.

        Parameters
        ----------
        table : SeenTable
            Columns that may be about goals.

        Returns
        -------
        FirstGoals or None
            None where nothing speaks for it; then, and by default, a first study takes one column
            with one answer of each agent.
        """
        del table
        return None

    @abstractmethod
    def held(self, evidence: Any, drawn: Mapping[str, Array], rng: Rng, /) -> Array:
        """Return how many observed agents hold each goal: (population, goal), or for each draw."""

    def of_populations(self, evidence: Any, places: Any, /) -> Any:
        """Return the evidence about some populations alone, by their places.

        None where that says less of them than the whole evidence does, as where agents are in
        several populations, or where a model cannot be parted: then all are drawn at once.
        """
        del evidence, places

    def counted(self, evidence: Any, /) -> Array | None:
        """Return counts (population, goal) that are all that the evidence says of the shares.

        Fractional where design weights tempered them. None where goals are seen in another way,
        as through reports: then shares cannot be integrated out.
        """
        del evidence
        return None

    def draw_given(
        self, evidence: Any, priors: Any, common: Mapping[str, Array], rng: Rng, /
    ) -> Draws:
        """Return what `draw` does, given draws of what populations have in common.

        See `SharesModel.common`; asked only where `counted` returns counts.
        """
        del evidence, priors, common, rng
        raise StudyError(f"{self.name!r} does not draw populations given what they have in common")

    @abstractmethod
    def sized(self, evidence: Any, agents: int | NDArray[np.int64], rng: Rng, /) -> Any:
        """Return a design of the evidence's shape with so many agents in each population.

        Parameters
        ----------
        evidence : evidence
            Its populations and goals count.
        agents : int or ndarray of int, shape (population,)
            How many, of a simple random sample.
        rng : numpy.random.Generator
            For models whose agents differ in what is asked of them.
        """

    def measurements(self, evidence: Any, /) -> tuple[Measurement, ...]:
        """Return the agents, and the clusters that they come from."""
        from bayes_misalign.contract.measured import goals_measured

        return goals_measured(evidence)

    def resized(self, evidence: Any, name: str, number: int, rng: Rng, /) -> Resized:
        """Return a design with another number of agents or clusters.

        Its agents are those of a simple random sample that would tell as much, see
        `contract.measured.agents_worth`.
        """
        from bayes_misalign.contract.measured import Resized, agents_worth

        return Resized(self.sized(evidence, agents_worth(evidence, name, number), rng))

    def resized_together(self, evidence: Any, sizes: Mapping[str, int], rng: Rng, /) -> Resized:
        """Return a design with other numbers of agents and clusters, see `agents_in_clusters`."""
        from bayes_misalign.contract.measured import AGENTS, CLUSTERS, Resized, agents_in_clusters

        if set(sizes) == {AGENTS, CLUSTERS}:
            worth = agents_in_clusters(evidence, sizes[AGENTS], sizes[CLUSTERS])
            return Resized(self.sized(evidence, worth, rng))
        return super().resized_together(evidence, sizes, rng)

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

    def minds_few_answers(self, evidence: Any, priors: Any, /) -> bool:
        """Return whether intervals of P(ma) are in doubt where there are few answers a category.

        Asked where conflict is graded and the prior treats all categories alike: what it says of
        unseen categories then moves P(ma). Not so where it says the same of what P(ma) depends on,
        however many categories there are.
        """
        del evidence, priors
        return True

    # where the trait `lifts_conflict` says that categories are made of goals
    def goals_of(self, evidence: Any, /) -> tuple[str, ...]:
        """Return the goals that categories are made of, "no goal" last if it is an answer.

        They are the categories of the evidence about conflict; by default those of the shares.
        """
        categories: tuple[str, ...] = evidence.categories
        return categories

    def lift(self, evidence: Any, conflict: PartlyKnown, /) -> PartlyKnown:
        """Return the conflict of categories given that of goals, draw by draw.

        Parameters
        ----------
        evidence : object
            What was observed.
        conflict : PartlyKnown, shape (..., goal, goal)
            Levels of conflict of the goals that `goals_of` returns.

        Returns
        -------
        PartlyKnown, shape (..., category, category)
            By default the same.
        """
        del evidence
        return conflict

    def declare_lifted(self, evidence: Any, matrix: Any, /) -> Any:
        """Return what `lift` does, of a tensor ([population,] goal, goal)."""
        del evidence
        return matrix

    def largest(self, evidence: Any, conflict: Any, /) -> Maximum | None:
        """Return the largest P(ma) that any shares reach, where the model knows it; else None.

        Parameters
        ----------
        evidence : object
            What was observed.
        conflict : ndarray or PartlyKnown, shape (..., category, category)
            Levels of conflict as `lift` returns them.
        """
        del evidence, conflict
        return None

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
