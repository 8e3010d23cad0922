"""How much P(ma) moves when the prior does: exact refits under other priors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.inference import draw_blocks
from bayes_misalign.inference.conflict_draws import facing_populations
from bayes_misalign.measure import misalignment
from bayes_misalign.study.lifted import of_categories
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]


def refits(study: Study) -> dict[str, Array]:
    """Return draws of P(ma) under other priors than the study's own, (draw, population) by name.

    Empty where a block is not conjugate.

    Notes
    -----
    Power-scaling of Kallioinen, Paananen, Buerkner and Vehtari (Statistics and Computing 34, 2024)
    reweights draws; conjugate blocks need no weights, they are drawn again.
    """
    total = study.fitting.chains * study.fitting.draws
    found: dict[str, Array] = {}
    for name, changed in alternatives(study).items():
        goals = draw_blocks.draw_goals(changed, total)
        conflict = draw_blocks.draw_conflict(changed, total)
        if goals is None or conflict is None:
            return {}
        shares = draw_blocks.finite_shares(changed, goals, prior=False)
        conflict = of_categories(changed.goals, conflict)
        found[name] = misalignment(shares, facing_populations(conflict))
    return found


def alternatives(study: Study) -> dict[str, Study]:
    """Return the study under each other prior that its models offer, by the name of the prior.

    Other readings of the same evidence are among them. Sources of one model are varied together.
    """
    of_goals = goals_model(study.goals.model).alternatives(study.goal_prior, study.goals)
    found = {name: study.with_goal_prior(prior) for name, prior in of_goals.items()}
    stated = study.conflict_priors
    offered = [
        conflict_model(source.model).alternatives(prior, source)
        for source, prior in zip(study.conflict.sources, stated, strict=True)
    ]
    for name in dict.fromkeys(name for each in offered for name in each):
        changed = tuple(each.get(name, prior) for each, prior in zip(offered, stated, strict=True))
        found[name] = replace(study, conflict_priors=changed)
    sources = study.conflict.sources
    readings = [conflict_model(source.model).other_readings(source) for source in sources]
    for name in dict.fromkeys(name for each in readings for name in each):
        read = tuple(each.get(name, x) for each, x in zip(readings, sources, strict=True))
        found[name] = replace(study, conflict=replace(study.conflict, sources=read))
    return found
