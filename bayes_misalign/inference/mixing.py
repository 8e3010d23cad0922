"""P(ma) of two populations along the share of one of them, as a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.errors import ResultError, StudyError
from bayes_misalign.inference.derived import two_populations
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.page.estimate import Estimate, Estimates, cells_of, columns_of
from bayes_misalign.page.frames import Framed
from bayes_misalign.page.notebook import Cells, as_html
from bayes_misalign.page.number_text import probability
from bayes_misalign.page.safe_text import named

Array = NDArray[np.float64]
FEWEST = 20  # draws that cross a threshold, for an estimate of where they do
PEAK = "share at the largest P(ma)"
HEIGHT = "largest P(ma)"
INNER = "P(largest at a share between 0 and 1)"
ONE_GOAL = "; the guest holds one goal, the same for all"


@dataclass(frozen=True)
class MixingResult(Framed):
    """P(ma) of a union of two populations, as the share of one of them grows from 0 to 1.

    Parameters
    ----------
    host, guest : str
        The populations; the share is that of the guest.
    quadratic : measure.Mixing
        P(ma) at every share, draw by draw.
    estimate : callable
        Makes an estimate of a name and draws (draw,) of P(ma).
    peak, height : Estimate
        The share at which P(ma) is largest, and how large it is there.
    inner : float
        Posterior probability that P(ma) is largest at a share between 0 and 1, so that the union
        is more misaligned than either population.
    threshold : float, optional
        A value of P(ma).
    rises, falls : Estimate, optional
        The share at which P(ma) rises above the threshold, and at which it falls below, among the
        draws that do; None where fewer than 20 draws do.
    chance_to_rise, chance_to_fall : float
        The part of the draws that do.
    one_goal : bool
        Whether all agents of the guest hold one goal, the same for all of them.
    """

    host: str
    guest: str
    quadratic: measure.Mixing = field(repr=False)
    estimate: Callable[[str, Array], Estimate] = field(repr=False)
    peak: Estimate
    height: Estimate
    inner: float
    threshold: float | None = None
    rises: Estimate | None = None
    falls: Estimate | None = None
    chance_to_rise: float = 0.0
    chance_to_fall: float = 0.0
    one_goal: bool = False

    def at(self, share: float) -> Estimate:
        """Return P(ma) of the union at a share of the guest.

        Parameters
        ----------
        share : float
            In [0, 1].

        Returns
        -------
        Estimate

        Raises
        ------
        StudyError
            When the share is outside [0, 1].
        """
        if not 0 <= share <= 1:
            raise StudyError(f"a share of {self.guest!r} is in [0, 1], not {share:g}")
        like = self.peak
        draws = self.quadratic.at(share).reshape(like.draws.shape)
        name = f"P(ma) with a share {share:g} of {self.guest}"
        return Estimate(
            name, draws, like.interval_kind, like.independent, like.withheld, like.worth
        )

    def probability_above(self, threshold: float, share: float) -> float:
        """Return the posterior probability that P(ma) at a share exceeds a threshold."""
        return self.at(share).probability_above(threshold)

    def quantities(self) -> dict[str, Estimate]:
        """Return every estimate by what it is."""
        found = {PEAK: self.peak, HEIGHT: self.height}
        for verb, crossing in (("rises above", self.rises), ("falls below", self.falls)):
            if crossing is not None:
                found[f"share at which P(ma) {verb} {self.threshold:g}"] = crossing
        return found

    def probabilities(self) -> dict[str, float]:
        """Return the posterior probabilities by what they are of.

        Raises
        ------
        ResultError
            When the fit has not converged.
        """
        if self.peak.withheld:
            raise ResultError(
                "probabilities are withheld: the fit has not converged. Fix: sample longer"
            )
        found = {INNER: self.inner}
        if self.threshold is not None:
            found[f"P(rises above {self.threshold:g})"] = self.chance_to_rise
            found[f"P(falls below {self.threshold:g})"] = self.chance_to_fall
        return found

    def columns_of_frame(self) -> dict[str, list[Any]]:
        """Return the columns of its frame, a quantity a row; a probability is a mean alone."""
        columns = columns_of(("quantity",), (((q,), e) for q, e in self.quantities().items()))
        for what, value in ({} if self.peak.withheld else self.probabilities()).items():
            for name, column in columns.items():
                column.append({"quantity": what, "mean": value}.get(name))
        return columns

    @property
    def title(self) -> str:
        """What the numbers are of."""
        alike = ONE_GOAL if self.one_goal else ""
        return f"P(ma) of {named(self.host)} with a share of {named(self.guest)}{alike}"

    def __str__(self) -> str:
        """Return a table as text."""
        text = str(Estimates(self.title, self.quantities(), "quantity"))
        if self.peak.withheld:
            return text
        return "\n".join([text, *(f"  {what}: {said}" for what, said in self._said())])

    def _said(self) -> list[list[str]]:
        """Return the probabilities as text; those of what is known are 0 or 1."""
        known, draws = self.height.sd == 0 and self.peak.sd == 0, self.peak.draws.size
        return [
            [what, f"{value:.0f}" if known else probability(value, draws)]
            for what, value in self.probabilities().items()
        ]

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [[what, *cells_of(e)] for what, e in self.quantities().items()]
        if not self.peak.withheld:
            rows += [[*said, ""] for said in self._said()]
        columns = ["", "mean", str(self.peak.interval_kind)]
        return as_html(Cells(columns, rows, self.title))


def mixing(
    drawn: Drawn, host: str, guest: str, threshold: float | None, one_goal: bool
) -> MixingResult:
    """Return P(ma) of a union of two populations along the share of the second."""
    if host == guest:
        raise StudyError(f"mixing takes two different populations, not {host!r} twice")
    if threshold is not None and not 0 < threshold < 1:
        raise StudyError(f"a threshold of P(ma) is in (0, 1), not {threshold:g}")
    a, b, conflict = two_populations(drawn, host, guest)
    found = measure.mixing(a, b, conflict, one_goal=one_goal)

    def estimate(name: str, draws: Array) -> Estimate:
        # one goal of all copies can hold P(ma) below what other shares would reach
        within = () if one_goal else drawn.limits(draws, None, "with-replacement")
        return drawn.estimate(name, draws, within)

    peak = drawn.estimate(PEAK, found.peak)
    up, down = (
        np.full(1, np.nan) if threshold is None else cross(threshold)
        for cross in (found.rises, found.falls)
    )
    return MixingResult(
        host,
        guest,
        found,
        estimate,
        peak,
        estimate(HEIGHT, found.height),
        float(found.inner.mean()),
        threshold,
        _among(peak, f"share at which P(ma) rises above {threshold}", up),
        _among(peak, f"share at which P(ma) falls below {threshold}", down),
        float(np.isfinite(up).mean()),
        float(np.isfinite(down).mean()),
        one_goal,
    )


def _among(like: Estimate, name: str, draws: Array) -> Estimate | None:
    """Return an estimate of the draws that are there, as one chain; None where they are few."""
    there = draws[np.isfinite(draws)]
    if len(there) < FEWEST:
        return None
    kind = like.interval_kind
    return Estimate(name, there[None, :], kind, like.independent, like.withheld, like.worth)
