"""What a fit of waves is cautioned about: shares that moved otherwise than a walk does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.fit_findings import FitView
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.models.waves.steps import STEP, WAVE, Move, differs, surprise
from bayes_misalign.page.safe_text import named
from bayes_misalign.settings import NO_GOAL

REMEDY = (
    "compare this change with that of shares that say nothing of each other, "
    '`model = "independent"` under [shares]'
)


def check_walk(prior: WavesPrior, fit: FitView) -> Iterator[Reason]:
    """Yield the move of counted answers that a walk makes least likely, where it matters."""
    goals = fit.study.goals
    counts = goals_model(goals.model).counted(goals)
    if counts is None or goals.tilt is not None or "proportion" not in fit.posterior:
        return
    answers, places = np.asarray(counts, float), prior.places(len(goals.populations))
    move = surprise(prior, answers, places, goals.categories)
    none = NO_GOAL in goals.categories
    conflict = exclusive_conflict(len(goals.categories) - none, none)
    shares = np.asarray(fit.posterior["proportion"][1])
    pma = misalignment(shares.reshape(-1, *shares.shape[-2:]), conflict)
    if move is not None and differs(move, answers, np.asarray(pma), conflict):
        yield Reason(_said(move, goals.populations), REMEDY)


def _said(move: Move, populations: tuple[str, ...]) -> str:
    first, last = (named(populations[move.populations[i]]) for i in (0, -1))
    chance = f"as a walk from wave to wave does with probability {move.corrected:.2g} only"
    if move.kind == WAVE:
        return (
            f"goal shares in {first} are unlike those before and after it, {chance}: they are "
            "drawn to their neighbours, and the interval of P(ma) there may be too narrow"
        )
    if move.kind == STEP:
        return (
            f"goal shares moved from {first} to {last} by so much beside other steps, {chance}: "
            "waves near it are drawn together, and intervals of P(ma) there may be too narrow"
        )
    return (
        f"goal shares moved from {first} to {last} in one direction, {chance}: both ends are drawn "
        "to their neighbours, and the change of P(ma) between them may come out too small"
    )
