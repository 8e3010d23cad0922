"""What waves say beside their shares: how far shares drifted, and which waves are borrowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.page.estimate import Estimate


@dataclass(frozen=True)
class WavesResults:
    """What the walk of goal shares says.

    Parameters
    ----------
    drift : Estimate
        Standard deviation of the change of the log odds of two goals from the first wave to the
        last.
    series : tuple of str
        The series; one without a name where all populations are waves of one.
    waves : tuple of str
        The waves in their order of time.
    borrowed : tuple of str
        Populations in which nobody answered.
    """

    drift: Estimate
    series: tuple[str, ...]
    waves: tuple[str, ...]
    borrowed: tuple[str, ...]


def results_of(prior: WavesPrior, posterior: Any) -> WavesResults | None:
    """Return what a posterior says of its walk; None where no wave has an answer."""
    goals = posterior.study.goals
    if not posterior.groups.has(POSTERIOR, "drift"):
        return None
    places = prior.places(len(goals.populations))
    drift = np.asarray(posterior.groups.values(POSTERIOR, "drift")).reshape(-1)
    silent = tuple(s for s, n in zip(goals.populations, goals.n, strict=True) if n == 0)
    return WavesResults(posterior.estimate("drift", drift), places.series, places.waves, silent)
