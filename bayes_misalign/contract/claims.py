"""What a model of conflict says where sources speak for the same pairs of goals, or for none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from bayes_misalign.contract.stated_level import StatedLevel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import Problem
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import Pair


def contested_pairs(
    sources: Sequence[ConflictSource],
    pairs: Sequence[Pair],
    what: str,
    lack: str = "no other source names",
    fix: str = "",
) -> Problem | None:
    """Return what is wrong where sources of `what` could speak for the same of these pairs."""
    able = [{pair for pair in pairs if source.can_speak_for(pair)} for source in sources]
    contested = sum(sum(pair in could for could in able) > 1 for pair in pairs)
    if not contested:
        return None
    return Problem(
        f"{sum(map(bool, able))} sources of {what} could speak for {contested} pairs that {lack}",
        where="conflict",
        fix="put them into one table" + (f", or {fix}" if fix else ""),
    )


class Claims:
    """What a model of conflict says of sources before anything is fitted."""

    name: ClassVar[str]
    traits: ClassVar[Traits]

    def hang_together(self, evidence: Any, /) -> bool:
        """Return whether levels of different pairs depend on each other, given this evidence."""
        del evidence
        return self.traits.levels_together

    def needs_prior(self, evidence: Any, /) -> Problem | None:
        """Return that evidence tells nothing unless a study states a prior of its own."""
        del evidence
        return None

    def unfit(self, evidence: Any, /) -> Problem | None:
        """Return why evidence does not fit the populations of the study, which it knows by now."""
        del evidence
        return None

    def contested(self, sources: Sequence[Any], pairs: Sequence[Pair], /) -> Problem | None:
        """Return that several sources of this model could speak for the same unnamed pairs."""
        return contested_pairs(sources, pairs, f"{self.name!r}")

    def speaks_for_none(self, evidence: Any, /) -> Problem | None:
        """Return that evidence is left without any pair, if it is of no use then."""
        del evidence
        return None

    def stated_levels(self, evidence: Any, /) -> Sequence[StatedLevel] | None:
        """Return what is said of each pair of the evidence, in the order of its pairs.

        None where levels are not said one by one, but observed, or known from elsewhere.
        """
        del evidence
        return None

    def statement(self, low: float, high: float, /) -> Mapping[str, Any] | None:
        """Return keys of a study file for a pair whose level lies in a range.

        Parameters
        ----------
        low, high : float
            Ends of the range, in [0, 1]; both are the same where the level is known.

        Returns
        -------
        mapping of str to object, or None
            What stands beside `between` in a list `pairs`; None where the model does not take such
            a statement.
        """
        del low, high
        return None
