"""People and AI systems together: methods of a posterior of several populations."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, overload

from bayes_misalign.errors import StudyError
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.grouped import EstimateMatrix
from bayes_misalign.report.posterior_plan import WithPlan

if TYPE_CHECKING:
    from bayes_misalign.inference.mixing import MixingResult
    from bayes_misalign.inference.stand_in import By, EquivalentSample, Nearest


class WithPeople(WithPlan):
    """Draws of a study, with what they say of one population among, or for, another."""

    def mixing(
        self, host: str, guest: str, *, threshold: float | None = None, one_goal: bool = False
    ) -> MixingResult:
        """Return P(ma) of a union of two populations along the share of the second.

        Parameters
        ----------
        host, guest : str
            Two populations, such as people and a language model.
        threshold : float, optional
            A value of P(ma): at which share does P(ma) rise above it, or fall below?
        one_goal : bool
            Whether all agents of the guest hold one goal, the same for all of them and drawn from
            its shares, as copies of one model may. By default each agent has its own.

        Returns
        -------
        MixingResult
            The share at which P(ma) is largest, that largest P(ma), the probability that it is at a
            share between 0 and 1, and the shares at which P(ma) crosses the threshold.
            ``at(share)`` is P(ma) at any share.

        Raises
        ------
        StudyError
            When conflict was measured within each population only, both populations are the same,
            or the threshold is outside (0, 1).

        Notes
        -----
        See `measure.mixing`: each draw of P(ma) is a quadratic in the share, so that its peak and
        crossings are exact. Both agents are drawn with replacement.
        """
        from bayes_misalign.inference.mixing import mixing

        return mixing(self, host, guest, threshold, one_goal)

    @overload
    def excess(self, one: str, other: str) -> Estimate: ...
    @overload
    def excess(self, one: None = None, other: None = None) -> EstimateMatrix: ...
    def excess(self, one: str | None = None, other: str | None = None) -> Estimate | EstimateMatrix:
        """Return by how much two populations conflict more than they do within, on average.

        Parameters
        ----------
        one, other : str, optional
            Two populations. By default all of them.

        Returns
        -------
        Estimate or EstimateMatrix
            P(ma) between the two, minus the mean of P(ma) within them. Zero for equal goal shares;
            of all populations as a symmetric matrix.

        Raises
        ------
        StudyError
            When conflict was measured within each population only, or one population is named.

        Notes
        -----
        See `measure.excess`. Two populations whose shares are the same have draws of the excess
        above zero, since both were estimated; the fewer answers, the further above.
        """
        from bayes_misalign.inference.stand_in import excess

        if (one is None) != (other is None):
            raise StudyError("excess takes two populations, or none for all of them")
        if one is None or other is None:
            self.across()  # where nobody measured it, say so now
            what = "excess of P(ma) between populations over the mean within"
            return EstimateMatrix(what, self.populations, lambda a, b: excess(self, a, b))
        return excess(self, one, other)

    def nearest(self, of: str, among: Sequence[str] | None = None, *, by: By = "excess") -> Nearest:
        """Return to which population another is nearest, with probabilities.

        Parameters
        ----------
        of : str
            A population, such as a language model.
        among : sequence of str, optional
            The populations it may be nearest to. By default all others.
        by : {"excess", "between"}
            What is smallest for the nearest: the excess, which is zero where goal shares are
            the same, or P(ma) between the two, which is small where agents of both mostly hold the
            same goal.

        Returns
        -------
        Nearest
            For each population the posterior probability that it is the nearest, the excess, and
            P(ma) between the two.

        Raises
        ------
        StudyError
            When conflict was measured within each population only, or a name is not allowed.
        """
        from bayes_misalign.inference.stand_in import nearest

        return nearest(self, of, among, by)

    def equivalent_sample(
        self, stand_in: str, people: str, *, answers: float = inf
    ) -> EquivalentSample:
        """Return how many people, drawn at random, tell as much of people as a stand-in does.

        Parameters
        ----------
        stand_in, people : str
            Two populations, such as a language model and people.
        answers : float
            How many answers of the stand-in are used. By default as many as one likes, so that only
            its shares matter, which are not those of people.

        Returns
        -------
        EquivalentSample
            Median and interval of the size of a simple random sample of people that has the same
            expected squared error.

        Raises
        ------
        StudyError
            When conflict was measured within each population only, both populations are the same,
            or `answers` is not positive.

        Notes
        -----
        See `measure.equivalent_sample_size`.
        """
        from bayes_misalign.inference.stand_in import equivalent_sample

        return equivalent_sample(self, stand_in, people, answers)
