"""People and AI systems together: methods of a posterior of several populations."""

from __future__ import annotations

from bayes_misalign.inference.mixing import MixingResult, mixing
from bayes_misalign.report.posterior_plan import WithPlan


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
        return mixing(self, host, guest, threshold, one_goal)
