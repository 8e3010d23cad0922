"""What a fit of choices looks at beside identification: the rationality, and how choices fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN
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
from bayes_misalign.models.choices.mixtures import nearest
from bayes_misalign.tables.labels import show, shown

STREAM = 305  # of random numbers
HARDLY, CHANCE = 0.6, 0.05  # P(best of two) below which choices hardly go with goals
# by less than this, chances of actions of two goals hardly differ; and by less than the second
# over the root of the number of choices: then a share of 1/4 moved between them is one sd of noise
ALIKE, IN_NOISE = 0.1, 2.0
RATIONALITIES = np.log(np.linspace(0.55, 0.999, 40) / np.linspace(0.45, 0.001, 40))


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
        reasons=(
            *found.reasons,
            *(r for of in reasons_of(evidence, drawn, fits).values() for r in of),
        ),
    )


def reasons_of(
    evidence: DistinctChoices, drawn: Mapping[str, NDArray[np.float64]], fits: FitOfChoices
) -> dict[str, list[Reason]]:
    """Return what to be careful about, by its kind."""
    alike = _alike(evidence, drawn["rationality"])
    return {
        "random": _random(evidence, drawn["rationality"]),
        "alike": [reason for _, reason in alike],
        "mixture": _mixed(evidence, drawn, [goals for goals, _ in alike]),
        "odd": _odd(evidence, fits),
        "pairs": _odd_pairs(fits),
    }


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


def apart(
    evidence: DistinctChoices, rationality: NDArray[np.float64]
) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return how far apart agents of each two goals choose, of rationalities (draw, G).

    It is the total variation distance of their actions in the situation where it is largest, of
    those in which somebody chose: by so much two agents, one of each goal, can at most differ.
    """
    action = np.exp(evidence.log_action(rationality))
    asked = [span for span, n in zip(evidence.spans, evidence.per_source.T, strict=True) if n.any()]
    return {
        (i, j): np.stack(
            [np.abs(action[:, i, s] - action[:, j, s]).sum(axis=1) / 2 for s in asked]
        ).max(axis=0)
        for i, j in combinations(range(len(evidence.categories)), 2)
        if asked
    }


def _alike(
    evidence: DistinctChoices, rationality: NDArray[np.float64]
) -> list[tuple[set[int], Reason]]:
    """Return that some goals choose nearly alike, so that choices hardly tell their shares."""
    unknown = evidence.gold == UNKNOWN
    choices = float(evidence.agents[unknown] @ evidence.per_source[unknown].sum(axis=1))
    limit = min(ALIKE, IN_NOISE / np.sqrt(max(choices, 1.0)))
    of_any = apart(evidence, np.repeat(RATIONALITIES[:, None], len(evidence.ruled), axis=1))
    found = []
    for (i, j), learnt in apart(evidence, rationality).items():
        always = of_any[i, j].max() < limit
        if always or np.median(learnt) < limit:
            far = of_any[i, j].max() if always else np.median(learnt)
            when = "however rational they are" if always else "as rational as they seem to be"
            both = " and ".join(show(evidence.categories[k]) for k in (i, j))
            reason = Reason(
                f"agents of {both} choose nearly alike, {when}: chances of actions differ by "
                f"{far:.2f} at most, and hardly tell how many hold which of the goals",
                "a situation in which the two goals want different actions, known goals of "
                "some agents, or one goal in place of the two",
            )
            found.append(({i, j}, reason))
    return found


def _mixed(
    evidence: DistinctChoices, drawn: Mapping[str, NDArray[np.float64]], alike: list[set[int]]
) -> list[Reason]:
    """Return goals that choose as a mixture of others, where no two of them were said to."""
    mixtures, agents = nearest(evidence, drawn)
    limit = min(ALIKE, IN_NOISE / np.sqrt(max(agents, 1.0)))
    said: list[set[int]] = []
    found = []
    for mixture in mixtures:
        one, other = mixture.goals
        if mixture.distance >= limit or any(pair <= one | other for pair in [*alike, *said]):
            continue
        said.append(set(one | other))
        words = [_in_words(evidence, side) for side in (mixture.one, mixture.other)]
        found.append(
            Reason(
                f"agents of {words[0]} choose nearly as a mixture of agents of {words[1]} would: "
                "choices hardly tell how many hold which of these goals",
                "a situation in which what these goals want is no mixture of what the others want, "
                "more choices of each agent, known goals of some agents, or fewer goals",
            )
        )
    return found


def _in_words(evidence: DistinctChoices, side: tuple[tuple[int, float], ...]) -> str:
    """Return goals with their weights in a mixture."""
    if len(side) == 1:
        return show(evidence.categories[side[0][0]])
    total = sum(weight for _, weight in side)
    named = [f"{show(evidence.categories[k])} ({100 * w / total:.0f} %)" for k, w in side]
    return f"{', '.join(named[:-1])} and {named[-1]}"


def _odd_pairs(fits: FitOfChoices) -> list[Reason]:
    if not fits.odd_pairs:
        return []
    return [
        Reason(
            "what one agent chooses in several situations goes together otherwise than any of the "
            "goals makes it: pairs of its choices are further from the expected ones than in "
            "replicated data",
            "a goal that is missing, or payoffs that are nearer to what agents choose by",
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
