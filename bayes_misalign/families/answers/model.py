"""Models of goals that agents state themselves: all their priors are those of the shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.contract.model import STATED_TWICE, GoalsModel
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.errors import StudyError


class OfAnswers(GoalsModel):
    """What agents state is taken for what they hold, so that nothing but shares has a prior."""

    def shares_prior(self, priors: Any, /) -> Any:
        """Return the priors themselves: there are no others."""
        return priors

    def with_shares_prior(self, priors: Any, shares: Any, /) -> Any:
        """Return the priors of the shares."""
        del priors
        return shares

    def with_shares(self, stated: Any, shares: Any, /) -> Any:
        """Return the priors of the shares, unless they are stated twice."""
        if stated is not None:
            raise StudyError(STATED_TWICE)
        return shares

    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        """Return other priors of the shares."""
        return shares_of(priors).alternatives(priors, evidence)

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        """Return the prior of the shares in a few words."""
        return shares_of(priors).prior_in_brief(priors, evidence)

    def check(self, priors: Any, evidence: Any, /) -> None:
        """Raise a StudyError where the prior does not fit the goals."""
        shares_of(priors).check(priors, evidence.categories)
