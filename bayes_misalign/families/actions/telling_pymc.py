"""How much choices tell of goals at a point of the sampler, by which coordinates of shares go.

Where goals choose alike, shares of agents are as free as their prior leaves them; where choices
tell goals apart, they are as narrow as counts of goals make them. Coordinates scaled by all agents
are far too fine for the first, and a sampler crawls there; so counts that scale coordinates are
multiplied by the part that choices tell. The posterior does not depend on it.

A single choice that tells two goals apart with a chance d at even odds tells of their shares what
d^2 known goals do. It is 1 - B^2 with B = sum_a sqrt(theta_ia theta_ja) (Bhattacharyya, Bulletin of
the Calcutta Mathematical Society 35, 1943), and B of several choices is a product.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.acted import ActedReports
from bayes_misalign.families.reports.distinct_reports import UNKNOWN

KNOWN, ASKED = "known_part", "asked"


def telling_data(evidence: ActedReports) -> dict[str, NDArray[Any]]:
    """Return the part of agents whose goal is known, and choices of others by situation (Q,)."""
    agents = evidence.agents * evidence.informs_shares
    unknown = agents * (evidence.gold == UNKNOWN)
    number, total = float(unknown.sum()), float(agents.sum())
    return {
        KNOWN: np.array(1 - number / total if total else 0.0),
        ASKED: np.asarray(unknown @ evidence.per_source / max(number, 1.0), dtype=float),
    }


def telling(evidence: ActedReports, log_action: Any, correlation: Any = None) -> Any:
    """Return the part of agents whose goal is told, from log P(action | goal), (goal, choice)."""
    import pymc as pm
    import pytensor.tensor as pt

    if len(evidence.categories) < 2:
        return 1.0
    found = telling_data(evidence)
    known = pm.Data(KNOWN, found[KNOWN])
    pm.modelcontext(None).add_coord("situation", evidence.situations)
    asked = pm.Data(ASKED, found[ASKED], dims=("situation",), shape=found[ASKED].shape)
    if correlation is not None:  # as many choices as tell as much where they are not alike
        asked = asked / (1 + pt.maximum(asked - 1, 0.0) * correlation)
    of = np.repeat(np.arange(len(evidence.spans)), [s.stop - s.start for s in evidence.spans])
    same = (of[:, None] == np.arange(len(evidence.spans))).astype(float)
    first, other = np.triu_indices(len(evidence.categories), 1)
    alike = pt.log(pt.exp((log_action[first] + log_action[other]) / 2) @ same) @ asked
    return known + (1 - known) * (1 - pt.exp(2 * alike).mean())
