"""Data that a posterior gives rise to, beside those that were observed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.model import GoalsModel
from bayes_misalign.contract.observed import Observed
from bayes_misalign.errors import ResultError
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.groups import Groups
from bayes_misalign.inference.parameters import Part, parts_of
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
PREDICTIVE = 400  # stream of random numbers, apart from those of fits and simulated studies


@dataclass(frozen=True, eq=False)
class Replicates:
    """One thing that was observed, and replicates of it.

    Parameters
    ----------
    variable : str
        Its name in a tree.
    source : str
        Name of the evidence in the study: that of a source of conflict, or "goals".
    observed : Observed
        As it was observed.
    replicated : ndarray
        Replicates, leading axis draw, then the shape of what was observed.
    """

    variable: str
    source: str
    observed: Observed
    replicated: Array


def replicate(
    study: Study,
    groups: Groups,
    rows: NDArray[np.intp],
    seed: int,
    *,
    compared: bool = False,
    sources: Collection[str] | None = None,
) -> list[Replicates]:
    """Simulate everything random that was observed, once for each of these draws.

    Parameters
    ----------
    study : Study
        What was fitted.
    groups : Groups
        Draws of its posterior.
    rows : ndarray of int
        Which draws, of all chains one after the other.
    seed : int
        Of the random numbers.
    compared : bool
        Whether to return what a report compares, in place of all that was observed.
    sources : collection of str, optional
        Which evidence, by name; by default all.
    """
    found: list[Replicates] = []
    for number, part in enumerate(with_holders(study, parts_of(study, with_known(groups), rows))):
        observed = part.model.observed(part.evidence, part.name)
        source = "goals" if part.of_goals else part.name
        if not observed or (sources is not None and source not in sources):
            continue
        rng = stream(seed, PREDICTIVE, number)
        made = [_one(part, row, rng) for row in range(len(rows))]
        if compared:
            shown = part.model.compared(part.evidence, observed)
            again = [part.model.compared(part.evidence, one) for one in made]
            pairs = [(one, [x[i] for x in again]) for i, one in enumerate(shown)]
            keys = [f"{part.name}_{i}" for i in range(len(shown))]
        else:
            pairs = [(one, [x[key] for x in made]) for key, one in observed.items()]
            keys = list(observed)
        for key, (one, others) in zip(keys, pairs, strict=True):
            values = np.stack([np.asarray(x.values, dtype=float) for x in others])
            found.append(Replicates(key, source, one, values))
    return found


def _one(part: Part, row: int, rng: np.random.Generator) -> Mapping[str, Observed]:
    parameters = {key: values[row] for key, values in part.parameters.items()}
    try:
        return part.model.replicated(parameters, part.evidence, rng, part.name)
    except KeyError as error:
        raise ResultError(
            f"the result has no draws of {error} of {part.model.name!r}, without which its data "
            "cannot be simulated. Fix: fit the study again"
        ) from error


def with_holders(study: Study, parts: Sequence[Part]) -> list[Part]:
    """Return the parts, with log P(goal | reports) added to conflict seen between these agents."""
    if not study.conflict.joint:
        return list(parts)
    goals, *others = parts
    if not isinstance(goals.model, GoalsModel):
        return list(parts)
    holding = goals.model.log_holding(goals.evidence, goals.parameters)
    return [
        goals,
        *(
            Part(p.model, p.evidence, p.priors, p.name, {**p.parameters, "log_holding": holding})
            for p in others
        ),
    ]
