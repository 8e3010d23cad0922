"""What a model of shares offers: how the goal shares of several populations are related.

Three ways of being related are told apart, and the core asks for no other difference. Populations
are independent (`draws_apart`); or they are so given a few quantities in common (`common`), which
are sampled with the shares integrated out where goals are counted; or all shares are sampled
together, as `declare` has them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.contract.base import Array, Dims, Draws, Model, Rng
from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.errors import StudyError
from bayes_misalign.reading.pairing import Pairing


@dataclass(frozen=True)
class FewAnswers:
    """What a population rests on in which few agents answered, or nobody did."""

    none: str = "prior only"
    alone: str = "the prior alone"
    beside: str = "the prior of the goal shares"


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
    common : tuple of str
        Quantities that populations have in common, and given which they are independent; empty
        where they have none, or where nobody can integrate the shares out. See `declare_common`,
        which may add others that these are made of.
    dims : mapping of str to tuple of str
        Dimensions of quantities beside the shares that are kept in a result, those in `common`
        among them, without the leading draws.
    few_answers : FewAnswers
        What a population rests on in which few agents answered.
    of_population : bool
        Whether the shares are those of the populations, where weights say that goals were sampled
        unevenly. By default they are those among the sampled, which weights tilt afterwards; that
        does where no population says anything of another.
    weights_in_common : bool
        Whether populations also tell of each other what an answer of each goal weighs.
    takes_pairs : bool
        Whether agents may be in several populations. Where populations borrow, they would count as
        new agents in each.
    """

    draws_apart: ClassVar[bool] = False
    common: ClassVar[tuple[str, ...]] = ()
    dims: ClassVar[Dims] = {}
    few_answers: ClassVar[FewAnswers] = FewAnswers()
    helpers: ClassVar[frozenset[str]] = frozenset()
    draws_pairs: ClassVar[bool] = False
    of_population: ClassVar[bool] = False
    weights_in_common: ClassVar[bool] = False
    takes_pairs: ClassVar[bool] = True

    @abstractmethod
    def draw(
        self, priors: Any, counts: Array, categories: tuple[str, ...], draws: int, rng: Rng, /
    ) -> Draws | None:
        """Return independent draws of `proportion` given counts; zeros give the prior.

        None where the posterior is not known in closed form; the prior always is.

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

    def draw_prior(
        self, priors: Any, populations: int, categories: tuple[str, ...], draws: int, rng: Rng, /
    ) -> Draws:
        """Return independent draws of everything that `draw` gives from the prior."""
        found = self.draw(priors, np.zeros((populations, len(categories))), categories, draws, rng)
        if found is None:
            raise StudyError(f"{priors.model!r} has no prior draws, so that it cannot be reported")
        return found

    def declare_common(self, priors: Any, categories: tuple[str, ...], counts: Array, /) -> None:
        """Add what is in `common` to the open `pm.Model`, with the likelihood of counts.

        The shares are integrated out of it. The coords `population` and `goal` are those of the
        counts.

        Parameters
        ----------
        priors, categories : object
            As in `draw`.
        counts : ndarray, shape (population, goal)
            Counts of the agents' goals; fractional where design weights tempered them.
        """
        del categories, counts
        raise StudyError(f"populations of {priors.model!r} have nothing in common")

    def common_data(
        self, priors: Any, categories: tuple[str, ...], counts: Array, /
    ) -> Mapping[str, Any]:
        """Return what `declare_common`, once compiled, needs of other counts of as many agents."""
        del priors, categories, counts
        return {}

    def draw_given(
        self,
        priors: Any,
        counts: Array,
        categories: tuple[str, ...],
        common: Mapping[str, Array],
        rng: Rng,
        /,
    ) -> Draws:
        """Return a draw of `proportion`, given counts, for each draw of what is in `common`.

        Parameters
        ----------
        priors, categories, rng : object
            As in `draw`.
        counts : ndarray, shape (population, goal)
            Those of some or all populations; zeros give draws of the prior.
        common : mapping of str to ndarray
            By name, leading axis draw.
        """
        del counts, categories, common, rng
        raise StudyError(f"populations of {priors.model!r} have nothing in common")

    def draw_quickly(
        self, priors: Any, counts: Array, common: Mapping[str, Array], rng: Rng, /
    ) -> Any:
        """Return what `draw_given` draws of very many populations, in less time.

        Returns
        -------
        ndarray of float32, shape (population, goal, draw), or None
            In single precision and contiguous; None where there is no quicker way. Digits are
            others than those of `draw_given`.
        """
        del priors, counts, common, rng

    def common_of(self, priors: Any, /) -> tuple[str, ...]:
        """Return `common` under these priors, where it depends on them."""
        del priors
        return self.common

    def dims_of(self, priors: Any, /) -> Dims:
        """Return `dims` under these priors, where they depend on them."""
        del priors
        return self.dims

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
        self,
        priors: Any,
        categories: tuple[str, ...],
        counts: Any,
        order: Any,
        name: str,
        /,
        told: Any = 1.0,
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
        told : scalar tensor or float
            The part of the counts that is told, in (0, 1], where it moves with other parameters:
            where reports say less of goals, shares are freer, and coordinates as fine as the
            counts would have them are slow to walk. Those that can take it multiply counts by it.
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

    def with_populations(self, priors: Any, populations: Sequence[str], /) -> Any:
        """Return priors that know which populations there are, in their order; most need not.

        Raises
        ------
        StudyError
            When the priors state something of other populations, or not of all.
        """
        del populations
        return priors

    def column(self, priors: Any, /) -> str | None:
        """Return the column of the table of goals that the priors need; None where they need none.

        It says one thing of each population.
        """
        del priors
        return None

    def with_column(self, priors: Any, found: Mapping[str, str], /) -> Any:
        """Return priors that know what the column says, by population."""
        del found
        return priors

    def check_populations(self, priors: Any, populations: Sequence[str], /) -> None:
        """Raise a StudyError where a study has not the populations that the model is for."""
        del priors, populations

    def coords(self, priors: Any, /) -> dict[str, tuple[str, ...]]:
        """Return the labels of the dimensions in `dims` that are the model's own."""
        del priors
        return {}

    def was_sampled(self, name: str, variables: Collection[str], /) -> bool:
        """Return whether variables of a posterior are those that `declare` adds, left by NUTS.

        By default one of them is `log_` and the name of the shares, with anything around it.
        """
        return any(f"log_{own}" in x for own in (name, f"sampled_{name}") for x in variables)

    def check_fit(self, priors: Any, fit: Any, /) -> Iterable[Any]:
        """Return what lowers trust in a fit, each an `inference.diagnose.Reason`; none by default.

        Parameters
        ----------
        priors : object
            What `priors` returned.
        fit : inference.fit_findings.FitView
            Study, draws of posterior and prior, and whether the chains agree.
        """
        del priors, fit
        return ()

    def results(self, priors: Any, posterior: Any, /) -> Any:
        """Return what the model says of a posterior beside the shares, or None."""
        del priors, posterior
        return None

    def exchangeable(self, priors: Any, /) -> bool:
        """Return whether the prior treats all goals alike, as one that names none does."""
        del priors
        return True

    @abstractmethod
    def named(self, priors: Any, /) -> str:
        """Return the name of the prior, with its number if it has one."""
