"""How much P(ma) moves when the prior does: exact refits under other priors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference import draw_blocks as blocks
from bayes_misalign.measure import misalignment
from bayes_misalign.models.independent.priors import SharePrior, shares_prior
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
FACTORS = {"halved": 0.5, "doubled": 2.0}


def refits(study: Study) -> dict[str, Array]:
    """Return draws of P(ma) under other priors than the study's own.

    Parameters
    ----------
    study : Study
        A study whose blocks are all conjugate.

    Returns
    -------
    dict of str to ndarray, shape (draw, population)
        By the name of the prior; empty where a block is not conjugate.

    Notes
    -----
    Power-scaling of Kallioinen, Paananen, Buerkner and Vehtari (Statistics and Computing 34, 2024)
    reweights draws; conjugate blocks need no weights, they are drawn again.
    """
    total = study.fitting.chains * study.fitting.draws
    found: dict[str, Array] = {}
    for name, changed in _alternatives(study).items():
        goals = blocks.draw_goals(changed, total)
        conflict = blocks.draw_conflict(changed, total)
        if goals is None or conflict is None:
            return {}
        shares = blocks.finite_shares(changed, goals, prior=False)
        found[name] = misalignment(shares, blocks.facing_populations(conflict))
    return found


def _alternatives(study: Study) -> dict[str, Study]:
    other: dict[str, Any] = {}
    prior = study.goal_prior
    k = len(study.goals.categories)
    for name, shares in _share_priors(shares_prior(prior), k).items():
        changed = shares if isinstance(prior, SharePrior) else replace(prior, shares=shares)
        other[name] = replace(study, goal_prior=changed)
    if any(source.model == "judged" for source in study.conflict.sources):
        for word, factor in FACTORS.items():
            scaled = tuple(
                replace(p, yes=p.yes * factor, no=p.no * factor) if s.model == "judged" else p
                for s, p in zip(study.conflict.sources, study.conflict_priors, strict=True)
            )
            other[f"prior of judged conflict {word}"] = replace(study, conflict_priors=scaled)
    if any(isinstance(s, SpatialConflict) and s.length is None for s in study.conflict.sources):
        for word, factor in FACTORS.items():
            scaled = tuple(
                replace(p, length=p.length * factor) if s.model == "spatial" else p
                for s, p in zip(study.conflict.sources, study.conflict_priors, strict=True)
            )
            named = f"median of the length of conflict {word}"
            other[named] = replace(study, conflict_priors=scaled)
    return other


def _share_priors(prior: SharePrior, k: int) -> dict[str, SharePrior]:
    if prior.kind == "index-flat":
        return {
            "shares ~ Dirichlet(1, ..., 1)": SharePrior("concentration", concentration=float(k)),
            "shares ~ Dirichlet(1/2, ..., 1/2)": SharePrior("concentration", concentration=k / 2),
        }
    others = {"index-flat shares": SharePrior()}
    for word, factor in FACTORS.items():
        if prior.concentration is not None:
            changed = SharePrior("concentration", concentration=prior.concentration * factor)
        else:
            vector = {name: a * factor for name, a in (prior.dirichlet or {}).items()}
            changed = SharePrior("dirichlet", dirichlet=vector)
        others[f"concentration of shares {word}"] = changed
    return others
