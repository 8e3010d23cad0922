"""What a fit of waves is cautioned about: shares that moved otherwise than a walk does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.fit_findings import FitView
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.steps import Step, surprises
from bayes_misalign.page.safe_text import named

REMEDY = (
    "compare this change with that of shares that say nothing of each other, "
    '`model = "independent"` under [shares]'
)


def check_walk(prior: WavesPrior, fit: FitView) -> Iterator[Reason]:
    """Yield the steps of counted answers that the walk makes unlikely, if there are any."""
    goals = fit.study.goals
    counts = goals_model(goals.model).counted(goals)
    if counts is None or goals.tilt is not None or "drift" not in fit.posterior:
        return
    drift = np.asarray(fit.posterior["drift"][1]).ravel()
    places = prior.places(len(goals.populations))
    for step in surprises(np.asarray(counts, float), places, goals.categories, drift):
        yield Reason(_said(step, goals.populations), REMEDY)


def _said(step: Step, populations: tuple[str, ...]) -> str:
    first, last = named(populations[step.first]), named(populations[step.last])
    return (
        f"goal shares moved from {first} to {last} as the walk between waves hardly does: so large "
        f"a change has a probability of {step.corrected:.2g}. Waves are drawn to their neighbours, "
        "and intervals of P(ma) near that change may be too narrow"
    )
