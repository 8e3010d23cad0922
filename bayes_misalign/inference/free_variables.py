"""The free variables of a study's PyMC model, as far as a result does not hold them already.

What NUTS sampled is stored as it is. Exact draws are stored once, as what they are draws of; the
variables that PyMC has for them are worked out when a tree is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.groups import POSTERIOR, SAMPLE_DIMS, Groups, Variable
from bayes_misalign.inference.parameters import Part, parts_of
from bayes_misalign.study.study import Study


def free_variables(
    study: Study, groups: Groups, group: str = POSTERIOR
) -> tuple[dict[str, Variable], dict[str, tuple[str, ...]]]:
    """Return variables with axes chain and draw, and the labels of their other dims."""
    posterior, drawn = groups.groups[POSTERIOR], with_known(groups, group)
    if len(study.goals.categories) == 1:
        return {}, {}  # there is no model of one goal
    chains, draws = drawn["proportion"][1].shape[:2]
    found: dict[str, Variable] = {}
    coords: dict[str, tuple[str, ...]] = {}
    for part in parts_of(study, drawn):
        if not _was_exact(part, posterior):
            continue
        try:
            made = part.model.free_variables(part.evidence, part.priors, part.name, part.parameters)
        except KeyError:
            if group == POSTERIOR:
                raise
            continue  # of the prior only P(ma) and what it is made of are stored
        for name, (dims, values) in made.variables.items():
            every = np.broadcast_to(values, (chains * draws, *values.shape[1:]))
            shaped = every.reshape(chains, draws, *every.shape[1:])
            found[name] = ((*SAMPLE_DIMS, *dims), shaped)
        coords |= made.coords
    return {name: x for name, x in found.items() if name not in drawn}, coords


def sampled_sources(study: Study, groups: Groups) -> set[str]:
    """Return the names of the evidence whose model was sampled, "goals" among them."""
    posterior = with_known(groups)
    return {
        "goals" if part.of_goals else part.name
        for part in parts_of(study, posterior)
        if not _was_exact(part, posterior)
    }


def _was_exact(part: Part, posterior: Mapping[str, Variable]) -> bool:
    """Return whether a part was drawn exactly: a sampler leaves variables of its own."""
    if not isinstance(part.model, GoalsModel):
        return f"conflict_{part.name}" not in posterior
    shares = part.model.shares_prior(part.priors)
    if shares is None:
        sampled = part.model.traits.drawn == "sampled"
    else:
        sampled = shares_of(shares).was_sampled(part.name, posterior)
    return not sampled and f"place_{part.name}" not in posterior
