"""The figures of a report for notebooks and scripts, one method each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure, SubFigure
from numpy.typing import ArrayLike

from bayes_misalign.errors import ResultError, StudyError
from bayes_misalign.inference import derived
from bayes_misalign.inference.attribution import Attribution
from bayes_misalign.inference.pair_estimates import ByPair
from bayes_misalign.report.figures import (
    beside_people,
    canvas,
    change,
    contact,
    levels,
    levers,
    matrices,
    misalignment,
    mixture,
    panels,
    plan,
    predictive,
    refusals,
    variance,
)
from bayes_misalign.report.findings import MIXTURE_POINTS, Findings, Group, gather
from bayes_misalign.report.hooks import report_of
from bayes_misalign.report.in_words import say_figure, world_of
from bayes_misalign.report.predictive_checks import check_data
from bayes_misalign.report.result_figure import ResultFigure, finished, let_notebook_show

if TYPE_CHECKING:
    from bayes_misalign.inference.planned import Plan
    from bayes_misalign.inference.planned_jointly import JointPlan
    from bayes_misalign.report.posterior import Posterior

MOST_POPULATIONS = 60  # of which a matrix, panels or bars are drawn


class Plots:
    """The figures of a posterior, those of its report.

    Every method returns a `matplotlib.figure.Figure`. ``figure.savefig("p.pdf")`` writes it, and
    ``figure.axes`` are there to be changed. A notebook shows it once: where it stands last in a
    cell, or at the end of the cell, as figures of pyplot are, also after a semicolon. Elsewhere
    pyplot does not manage it, and ``matplotlib.pyplot.figure(figure)`` lets pyplot do so. The
    keywords of every method are the same.

    Parameters
    ----------
    result : Posterior
        What is drawn.

    Notes
    -----
    As of the plots of ArviZ, there is no `ax`: several of the figures have several axes. A figure
    is drawn into a part of another one by `figure`, which takes what
    ``matplotlib.figure.Figure.subfigures`` returns. Intervals are those of the study
    (`Reporting`).
    """

    def __init__(self, result: Posterior) -> None:
        self._result = result

    def misalignment(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw P(ma) of every population and of their union, with the prior beside it.

        Parameters
        ----------
        figsize : (float, float), optional
            Width and height in inches. By default what the figure needs.
        figure : Figure or SubFigure, optional
            An empty figure to draw on, laid out with ``layout="constrained"``; or a part of one.

        Returns
        -------
        matplotlib.figure.Figure
            The one given, or a new one.

        Raises
        ------
        ResultError
            When the fit has not converged, or there is nothing to draw.
        """
        findings = self._findings()
        if findings.prior_only:
            raise ResultError(
                "nothing but the prior stands behind one number of P(ma). Fix: posterior.assumed() "
                "and posterior.plot.of_models() show it under assumed error rates"
            )
        return self._draw(misalignment.draw, findings, "", figsize, figure)

    def shares(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw goal shares by population; see `misalignment` for the keywords."""
        why = "there are too many populations and goals to draw. Fix: posterior.proportions()"
        return self._draw(panels.draw_shares, self._findings(), why, figsize, figure)

    def conflict(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw the conflict levels of pairs of goals; see `misalignment` for the keywords.

        They are a matrix, or profiles over the populations where levels differ by them.
        """
        draw = levels.draw if self._result.by_population else matrices.draw_conflict
        why = "there are not two goals that may conflict"
        return self._draw(draw, self._findings(), why, figsize, figure)

    def between(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw P(ma) between populations as a matrix; see `misalignment` for the keywords.

        Raises
        ------
        ResultError
            When there is one population, or more than 60; or the fit has not converged.
        StudyError
            When conflict was measured within each population only.
        """
        self._shown()
        result, names = self._result, self._result.populations
        every = result.between()
        self._few("between")
        if len(names) == 1:
            raise ResultError("there is nothing to draw: the study has one population")
        pairs = {(a, b): every[a, b] for i, a in enumerate(names) for b in names[i + 1 :]}
        found = replace(gather(result), between=pairs)
        return self._draw(matrices.draw_between, found, "", figsize, figure)

    def change(
        self,
        *contrasts: tuple[str, str],
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw differences of P(ma) between populations, taken apart where that is possible.

        Parameters
        ----------
        *contrasts : (str, str)
            Pairs of populations, first minus second. By default those of the study.
        figsize, figure : optional
            As of `misalignment`.
        """
        found = self._findings()
        if contrasts and len(found.populations) > 1:
            if not all(map(_names_two, contrasts)):
                a, b = found.populations[:2]
                raise ResultError(
                    "change takes pairs of populations, each as an argument, not a list of pairs "
                    f'and not bare names. Fix: write change(("{a}", "{b}"))'
                )
            pairs = tuple(self._result.contrast(one, other) for one, other in contrasts)
            found = replace(found, contrasts=pairs)
        why = (
            "there are no two populations to compare"
            if len(found.populations) == 1
            else 'the study names no contrasts. Fix: name pairs, as in change(("a", "b"))'
        )
        return self._draw(change.draw, found, why, figsize, figure)

    def contributions(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw the largest parts of P(ma) by pair of goals; see `misalignment` for the keywords."""
        found = self._findings()
        if not found.contributions:
            of, pairs = partial(derived.contributions, self._result), found.study.conflict.pairs
            every: dict[Group, ByPair]
            every = {s: ByPair(of(s), pairs) for s in self._few("contributions")}
            found = replace(found, contributions=every)
        why = "no two goals conflict"
        return self._draw(panels.draw_contributions, found, why, figsize, figure)

    def levers(
        self,
        population: str | None = None,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw what would lower P(ma) most: other shares, or less conflict.

        Parameters
        ----------
        population : str, optional
            A population. By default the union, or the only population.
        figsize, figure : optional
            As of `misalignment`.
        """
        found = self._findings()
        found = replace(found, levers={population: self._result.levers(population)})
        why = "no change of a share or a level lowers P(ma)"
        return self._draw(levers.draw, found, why, figsize, figure)

    def contact(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw P(ma) of two who are in contact; see `misalignment` for the keywords."""
        why = "the study does not say who is in contact with whom"
        return self._draw(contact.draw, self._findings(), why, figsize, figure)

    def people(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw P(ma) along the shares of others among people; see `misalignment` for keywords."""
        why = "the study does not say in `people` which populations are of people, or has too many"
        return self._draw(beside_people.draw, self._findings(), why, figsize, figure)

    def plan(
        self,
        found: Plan | JointPlan,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw what studies of other sizes would tell.

        Parameters
        ----------
        found : Plan
            What `Posterior.plan` or `plan_jointly` returned.
        figsize, figure : optional
            As of `misalignment`.
        """
        of: Any = plan.draw if isinstance(found, Sequence) else plan.draw_jointly
        return self._draw(of, found, "nothing was planned", figsize, figure)

    def attribution(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw where the variance of P(ma) comes from; see `misalignment` for the keywords."""
        found = self._findings()
        if not found.attribution:
            each: dict[Group, Attribution]
            each = {s: derived.attribution(self._result, s) for s in self._few("attribution")}
            found = replace(found, attribution=each)
        why = "P(ma) is known, and has no variance"
        return self._draw(variance.draw, found, why, figsize, figure)

    def mixture(
        self,
        host: str,
        guest: str,
        shares: ArrayLike | None = None,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw P(ma) of mixtures of two populations.

        Parameters
        ----------
        host, guest : str
            Two populations.
        shares : array_like, optional
            Shares of the guest, at least two. By default 41 from 0 to 1.
        figsize, figure : optional
            As of `misalignment`.
        """
        self._shown()
        grid = [i / (MIXTURE_POINTS - 1) for i in range(MIXTURE_POINTS)]
        found = self._result.mixture(host, guest, grid if shares is None else shares)
        if len(found) < 2:
            raise StudyError("a line takes at least two shares of the guest")

        def draw(_: None) -> canvas.Drawn:
            return mixture.draw_mixture(host, guest, found.shares, found.estimates)

        return self._draw(draw, None, "", figsize, figure)

    def refusals(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw P(ma) of all who were asked, whatever may be of agents who gave no answer.

        See `misalignment` for the keywords.
        """
        self._shown()
        why = "nobody gave no answer"
        return self._draw(refusals.draw, gather(self._result), why, figsize, figure)

    def predictive(
        self,
        *,
        figsize: tuple[float, float] | None = None,
        figure: Figure | SubFigure | None = None,
    ) -> Figure:
        """Draw what was observed beside data simulated from the posterior, exact draws too.

        See `misalignment` for the keywords.
        """
        found = replace(self._findings(), checks=check_data(self._result, every=True))
        why = "nothing random was observed in this study, so that there are no data to replicate"
        return self._draw(predictive.draw, found, why, figsize, figure)

    def of_models(self) -> dict[str, Figure]:
        """Draw what only the models of this study have figures of, such as raters; by name."""
        found = self._findings()
        made: dict[str, Figure] = {}
        world = world_of(self._result.study)
        with canvas.style(), canvas.placed(canvas.Place(kind=ResultFigure)):
            for name, own in found.of_models.items():
                drawn = [one for one in report_of(name).figures(own, found) if one is not None]
                made |= {one.name: finished(say_figure(one, world)) for one in drawn}
        for one in made.values():
            let_notebook_show(one)
        return made

    def _few(self, numbers: str) -> tuple[str, ...]:
        """Return the populations, if they are not too many to be drawn."""
        names = self._result.populations
        if len(names) > MOST_POPULATIONS:
            raise ResultError(
                f"{len(names)} populations are too many to draw (the most is {MOST_POPULATIONS}). "
                f"Fix: posterior.{numbers}() has all numbers"
            )
        return names

    def _findings(self) -> Findings:
        self._shown()
        return gather(self._result)

    def _draw[Found](
        self,
        draw: Callable[[Found], canvas.Drawn | None],
        found: Found,
        why: str,
        figsize: tuple[float, float] | None,
        figure: Figure | SubFigure | None,
    ) -> Figure:
        """Draw on a new figure or the one given, under the settings of a report."""
        if figure is not None and figsize is not None:
            raise ResultError("a figure that is given has its size: leave out figsize")
        with canvas.style(), canvas.placed(canvas.Place(figure, figsize, ResultFigure)):
            drawn = draw(found)
            if drawn is None:
                raise ResultError(f"there is nothing to draw: {why}")
            made = finished(say_figure(drawn, world_of(self._result.study)))
        if figure is None:
            let_notebook_show(made)
        return made

    def _shown(self) -> None:
        if self._result.withheld:
            raise ResultError(
                "figures are withheld: the fit has not converged. Fix: sample longer, or draw "
                "posterior.unlocked() if you know why"
            )


def _names_two(pair: object) -> bool:
    """Return whether something is a pair of names."""
    return isinstance(pair, Sequence) and len(pair) == 2 and all(isinstance(x, str) for x in pair)
