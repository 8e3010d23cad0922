"""How kinds of raters see the same pairs, and how raters of each kind differ, in a PyMC model."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.families.raters.kind_effects import GOAL_PART, own_effects
from bayes_misalign.families.raters.rater_effects_pymc import declare_within_kinds, enough
from bayes_misalign.models.rated.generative_cells import OF_WIDTH, RatedCells


def declare_kinds(cells: RatedCells, eta: Any, location: Any, name: str) -> dict[str, Any]:
    """Add kinds and their raters to the open model.

    `seen` are latent levels (kind, population, pair, side); `narrower`, `severity` and `again` are
    in units of each kind's noise, as a likelihood takes them.
    """
    import pymc as pm
    import pytensor.tensor as pt

    model, evidence, prior = pm.modelcontext(None), cells.evidence, cells.prior
    kind, other, pair = f"kind_{name}", f"other_kind_{name}", f"every_pair_{name}"
    model.add_coord(kind, evidence.kinds)
    model.add_coord(other, evidence.kinds[1:])
    model.add_coord(f"rater_{name}", evidence.raters)
    own = pm.Normal(f"kind_location_{name}", 0.0, prior.location, dims=other)
    seen = own[:, None, None, None] + pt.zeros((len(evidence.kinds) - 1, *cells.shape))
    if cells.has_member_effects:
        slope = pm.Normal(f"slope_{name}", 1.0, prior.slope, dims=other)
        sd = pm.HalfNormal(f"disagreement_{name}", prior.disagreement, dims=other)
        of_goal = pm.ZeroSumNormal(f"kind_goal_{name}_z", dims=(other, f"goal_{name}"))
        of_pair: Any = 0.0  # of three goals nothing is left to pairs
        if cells.has_pair_effects:
            of_pair = pm.Normal(f"kind_pair_{name}_z", dims=(other, pair))
        delta = own_effects(sd[:, None], GOAL_PART, of_goal, of_pair, len(cells.members))
        delta = pm.Deterministic(f"kind_effect_{name}", delta, dims=(other, pair))
        seen = seen + slope[:, None, None, None] * (eta - location)[None]
        seen = seen + delta[:, None, :, None]
    sharp: Any = pt.ones(len(evidence.kinds))
    if cells.levels > 2:
        noise = pm.Normal(f"noise_{name}", 0.0, prior.noise, dims=other)
        sharp = pt.concatenate([np.ones(1), pt.exp(-noise)])
    seen = pt.concatenate([eta[None], seen]) * sharp[:, None, None, None]
    of_rater = sharp[evidence.kind_of_rater]
    spread = pm.HalfNormal(f"severity_sd_{name}", prior.severity, dims=kind)
    found = {"seen": seen, "severity_sd": spread}
    whose = evidence.raters, evidence.kind_of_rater
    told = cells.told(np.asarray(evidence.rater), len(evidence.raters))
    known = enough(told, prior.severity)
    severity = declare_within_kinds("severity", *whose, spread, known, name)
    found["severity"] = severity * of_rater
    unseen = pm.Normal(f"severity_unseen_{name}", 0.0, 1.0)
    first = np.sqrt(np.sum(evidence.kind_of_rater == 0))
    found["severity_shift"] = pm.Deterministic(f"severity_shift_{name}", spread[0] * unseen / first)
    found["narrower"] = of_rater
    if cells.has_widths:
        found["width_sd"] = pm.HalfNormal(f"width_sd_{name}", prior.scale_use, dims=kind)
        known = enough(OF_WIDTH * told, prior.scale_use)
        width = declare_within_kinds("width", *whose, found["width_sd"], known, name)
        found["narrower"] = pt.exp(-width) * of_rater
    if cells.kinds_again.any():
        kinds = evidence.kind[cells.again_cells]
        dim = f"rating_cell_{name}"
        model.add_coord(dim, np.arange(1, len(kinds) + 1))
        found["again_sd"] = pm.HalfNormal(f"again_sd_{name}", prior.again, dims=kind)
        z = pm.Normal(f"again_{name}_z", 0.0, 1.0, dims=dim)
        again = pm.Deterministic(f"again_{name}", found["again_sd"][kinds] * z, dims=dim)
        every = pt.zeros(len(evidence.rater))
        found["again"] = pt.set_subtensor(every[cells.again_cells], again * sharp[kinds])
    return found
