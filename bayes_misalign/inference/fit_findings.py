"""What a model of goals is shown of a fit, and what it finds there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.groups import Variable
from bayes_misalign.study.study import Study


@dataclass(frozen=True, eq=False)
class FitView:
    """A fit before it is a result.

    Parameters
    ----------
    study : Study
        What was fitted.
    posterior, prior : mapping of str to (dims, array)
        Draws of both.
    sd_ratio : mapping of str to float
        Posterior over prior sd of P(ma), by population.
    converged : bool
        Whether the chains agree.
    say : callable, optional
        Takes a line of text before anything that takes long.
    """

    study: Study
    posterior: Mapping[str, Variable]
    prior: Mapping[str, Variable]
    sd_ratio: Mapping[str, float]
    converged: bool = True
    say: Callable[[str], None] | None = None


@dataclass(frozen=True, eq=False)
class FitFindings:
    """What was found, ready to be put beside posterior and prior.

    Parameters
    ----------
    groups : mapping
        More groups of the result.
    coords : mapping
        Labels of their dimensions.
    metadata : mapping
        More metadata of the result.
    reasons : tuple of Reason
        What lowers trust in the fit.
    """

    groups: Mapping[str, Mapping[str, Variable]] = field(default_factory=dict)
    coords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
