"""How kinds of raters judge the same pairs, and how raters of each kind differ, in a PyMC model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kind_effects import GOAL_PART, own_effects
from bayes_misalign.families.raters.rater_effects_pymc import declare_within_kinds
from bayes_misalign.families.raters.round_robin import FEWEST_FOR_PAIRS
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import (
    again_by_kind,
    again_cells,
    every_pair,
    goals_of,
    has_slopes,
    judged_evenly,
    of_judged,
)
from bayes_misalign.models.judged.priors import JudgedPriors
from bayes_misalign.reading.pair_labels import pair_labels


def declare_kinds(
    evidence: JudgedConflict,
    prior: JudgedPriors,
    eta: Any,
    known: NDArray[np.bool_],
    name: str,
) -> dict[str, Any]:
    """Add kinds and their raters to the open model; `known` tells whose severity data tell well.

    `seen` are log-odds (kind, pair) of the average rater of each kind, and `again` is told of all
    cells.
    """
    import pymc as pm
    import pytensor.tensor as pt

    model, kinds = pm.modelcontext(None), len(evidence.kinds)
    kind, other = f"kind_{name}", f"other_kind_{name}"
    model.add_coord(kind, evidence.kinds)
    model.add_coord(other, evidence.kinds[1:])
    location = pm.Normal(f"kind_location_{name}", 0.0, prior.location, dims=other)
    seen = location[:, None] + pt.zeros((kinds - 1, len(evidence.pairs)))
    if has_slopes(evidence):
        members = goals_of(evidence)
        model.add_coord(f"goal_{name}", members)
        slope = pm.Normal(f"slope_{name}", 1.0, prior.slope, dims=other)
        sd = pm.HalfNormal(f"disagreement_{name}", prior.disagreement, dims=other)
        goal = pm.ZeroSumNormal(f"kind_goal_{name}_z", dims=(other, f"goal_{name}"))
        pair: Any = 0.0
        if len(members) >= FEWEST_FOR_PAIRS:
            model.add_coord(f"every_pair_{name}", pair_labels(every_pair(evidence)))
            pair = pm.Normal(f"kind_pair_{name}_z", dims=(other, f"every_pair_{name}"))
        own = own_effects(sd[:, None], GOAL_PART, goal, pair, len(members))
        own = of_judged(evidence, own)
        own = pm.Deterministic(f"kind_effect_{name}", own, dims=(other, f"pair_{name}"))
        beyond = eta - pt.dot(judged_evenly(evidence), eta)
        seen = seen + slope[:, None] * beyond[None] + own
    found = {"seen": pt.concatenate([eta[None], seen])}
    if prior.severity > 0:
        spread = pm.HalfNormal(f"severity_sd_{name}", prior.severity, dims=kind)
        whose = evidence.raters, evidence.kind_of_rater
        found["severity_sd"] = spread
        found["severity"] = declare_within_kinds("severity", *whose, spread, known, name)
        unseen = pm.Normal(f"severity_unseen_{name}", 0.0, 1.0)
        first = np.sqrt(np.sum(evidence.kind_of_rater == 0))
        shift = spread[0] * unseen / first
        found["severity_shift"] = pm.Deterministic(f"severity_shift_{name}", shift)
    if again_by_kind(evidence).any():
        cells = again_cells(evidence)
        dim = f"judgement_cell_{name}"
        model.add_coord(dim, cells + 1)
        found["again_sd"] = pm.HalfNormal(f"again_sd_{name}", prior.again, dims=kind)
        z = pm.Normal(f"again_{name}_z", 0.0, 1.0, dims=dim)
        spread = found["again_sd"][evidence.kind[cells]]
        again = pm.Deterministic(f"again_{name}", spread * z, dims=dim)
        found["again"] = pt.set_subtensor(pt.zeros(len(evidence.pair))[cells], again)
    return found
