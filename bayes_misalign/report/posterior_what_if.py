"""What P(ma) would be under another composition, as methods of a posterior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bayes_misalign.inference.levers import LEVEL, PROBABILITY, SHARE, Levers, levers
from bayes_misalign.report.posterior_models import WithModels

if TYPE_CHECKING:
    from bayes_misalign.inference.what_if import WhatIf


class WithWhatIf(WithModels):
    """Draws of a study, with what they would say if its composition were another."""

    def levers(
        self,
        population: str | None = None,
        *,
        share: float = SHARE,
        level: float = LEVEL,
        below: float | None = None,
        probability: float = PROBABILITY,
    ) -> Levers:
        """Return by how much P(ma) changes with each share of agents, and each level of conflict.

        This is arithmetic of composition, not of causes: all else stays as it is.

        Parameters
        ----------
        population : str, optional
            A population. By default the union, or the only population.
        share : float
            Share of all agents that changes from one goal to another, or in the union from one
            population to another.
        level : float
            By how much two goals conflict less.
        below : float, optional
            A value of P(ma): how large would each change have to be for P(ma) to be below it?
        probability : float
            With which posterior probability.

        Returns
        -------
        Levers
            A sequence, those first that lower P(ma) most; ``smallest`` has the smallest single
            change of each kind that is enough. Of very many goals, the 200 that matter most.

        Raises
        ------
        StudyError
            When a number is outside (0, 1]; or when no population is named and the shares of the
            populations are not known.

        Notes
        -----
        See `measure.moving` and `measure.lowering`. Where categories are made of goals, as sets of
        them are, agents move between categories, and goals conflict less.
        """
        return levers(self, population, share, level, below, probability)

    def what_if(
        self,
        population: str | None = None,
        *,
        move: Mapping[tuple[str, str], float] | None = None,
        lower: Mapping[tuple[str, str], float] | None = None,
        goals: Mapping[str, Mapping[str, float]] | None = None,
        populations: Mapping[str, float] | None = None,
    ) -> WhatIf:
        """Return what P(ma) would be if shares or levels were others, and all else the same.

        This is arithmetic of composition, not of causes.

        Parameters
        ----------
        population : str, optional
            A population. By default the union, or the only population.
        move : mapping of (str, str) to float, optional
            Share of all agents that has left one goal for another, one move after the other:
            ``{("a", "b"): 0.1}``. Where fewer hold the first goal, all of them have.
        lower : mapping of (str, str) to float, optional
            By how much two goals conflict less, at most by their level. Where categories are made
            of goals, as sets of them are, these are the goals.
        goals : mapping of str to mapping of str to float, optional
            Goal shares of a population, in place of those that were estimated.
        populations : mapping of str to float, optional
            Shares of the populations in their union.

        Returns
        -------
        WhatIf
            ``now``, ``then`` and ``change``, each an `Estimate`.

        Raises
        ------
        StudyError
            When nothing is changed, a name is not there, or a number is no share; or when no
            population is named and the shares of the populations are not known.
        """
        from bayes_misalign.inference.what_if import what_if

        return what_if(self, population, move or {}, lower or {}, goals or {}, populations)
