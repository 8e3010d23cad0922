"""What a fit of choices looks at beside identification: the rationality, and how choices fit."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.identification_checks import flat_draws
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.fit_of_choices import (
    GROUP,
    LEVELS,
    FitOfChoices,
    check_fit_of_choices,
)
from bayes_misalign.tables.labels import shown

STREAM = 305  # of random numbers
HARDLY, CHANCE = 0.6, 0.05  # P(best of two) below which choices hardly go with goals


def with_choices(found: FitFindings, fit: FitView) -> FitFindings:
    """Return what was found of identification, with what is found of rationality and fit."""
    evidence: Any = fit.study.goals
    drawn = flat_draws(fit.study, fit.posterior)
    fits = check_fit_of_choices(evidence, drawn, stream(fit.study.fitting.seed, STREAM))
    own = {
        "observed": (("population", "choice"), fits.observed),
        "replicated": (("replicated_level", "population", "choice"), fits.replicated),
        "p_value": (("situation",), fits.p_value),
    }
    coords = {
        "situation": evidence.situations,
        "replicated_level": tuple(f"{level:g}" for level in LEVELS),
    }
    return replace(
        found,
        groups={**found.groups, GROUP: own},
        coords={**found.coords, **coords},
        reasons=(*found.reasons, *_random(evidence, drawn["rationality"]), *_odd(evidence, fits)),
    )


def _random(evidence: DistinctChoices, rationality: NDArray[np.float64]) -> list[Reason]:
    weak = (rationality < log(HARDLY / (1 - HARDLY))).mean(axis=0) > CHANCE
    if not weak.any():
        return []
    of = "" if len(weak) == 1 else f" of {shown(np.array(evidence.ruled)[weak].tolist())}"
    return [
        Reason(
            f"choices{of} may hardly go with goals: that the best action is chosen over the worst "
            f"less than {100 * HARDLY:g} % of the time has a probability above {CHANCE:g}",
            "situations in which more is at stake, more choices of each agent, or payoffs that "
            "are nearer to what agents choose by",
        )
    ]


def _odd(evidence: DistinctChoices, fits: FitOfChoices) -> list[Reason]:
    if not fits.odd.any():
        return []
    where = shown(np.array(evidence.situations)[fits.odd].tolist())
    alone = len(evidence.situations) == 1
    return [
        Reason(
            f"choices{'' if alone else f' in {where}'} are not as the stated payoffs make them: "
            "shares of actions are further from the expected ones than replicated data are",
            "payoffs that are nearer to what agents choose by, a goal that is missing, or a "
            'rationality of each situation or goal, as in `rationality = "situation"`',
        )
    ]
