"""Draws of a result as the parameters of each of its models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.inference.conflict_draws import (
    KNOWN,
    LEVEL,
    OF_GOALS,
    assemble_draws,
    goals_of_group,
)
from bayes_misalign.inference.groups import SAMPLE_DIMS, Variable
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.joint import SHARES, source_names
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
UNFINISHED = "superpopulation_proportion"  # shares before finite populations were completed


@dataclass(frozen=True, eq=False)
class Part:
    """One body of evidence of a study, and draws of what its model knows.

    Parameters
    ----------
    model : EvidenceModel
        The model.
    evidence, priors : object
        What was observed, and the priors.
    name : str
        Ends the names of variables; `proportion` for goals.
    parameters : mapping of str to ndarray
        By what the model calls them, leading axis draw.
    """

    model: EvidenceModel
    evidence: Any
    priors: Any
    name: str
    parameters: Mapping[str, Array]

    @property
    def of_goals(self) -> bool:
        """Whether the evidence is about goals."""
        return self.model.traits.kind == "goals"


def parts_of(
    study: Study, posterior: Mapping[str, Variable], rows: NDArray[np.intp] | None = None
) -> list[Part]:
    """Return the goals and every source of conflict of a study, with these rows of the draws."""
    flat = {
        name: _rows(values, rows)
        for name, (dims, values) in posterior.items()
        if dims[:2] == SAMPLE_DIMS
    }
    conflict, draws = goals_of_group(posterior), len(flat["proportion"])
    if rows is not None and len(conflict) > 1:
        conflict = conflict[rows]
    names = source_names(study.conflict)
    ends = tuple(f"_{name}" for name in names)
    own = {key: x for key, x in flat.items() if not key.endswith(ends)}
    if UNFINISHED in own:
        own["proportion"] = own[UNFINISHED]
    goals = goals_model(study.goals.model)
    found = [Part(goals, study.goals, study.goal_prior, SHARES, own)]
    for name, source, priors in zip(
        names, study.conflict.sources, study.conflict_priors, strict=True
    ):
        model = conflict_model(source.model)
        takes_all = type(model).observe is not ConflictModel.observe
        if not source.pairs and not takes_all:
            continue  # other sources speak for all its pairs, and nothing of it was used
        end = f"_{name}"
        known = {
            key.removesuffix(end): x
            for key, x in flat.items()
            if key.endswith(end) and key != f"conflict{end}"
        }
        if takes_all:
            whole = conflict.whole()
            known[KNOWN] = np.broadcast_to(whole, (draws, *whole.shape[1:]))
        level = flat.get(f"conflict{end}")
        known[LEVEL] = _levels(study, source, conflict, draws) if level is None else level
        found.append(Part(model, source, priors, name, known))
    return found


def _rows(values: Array, rows: NDArray[np.intp] | None) -> Array:
    flat = values.reshape(-1, *values.shape[2:])
    return flat if rows is None else flat[rows]


def _levels(study: Study, source: Any, conflict: PartlyKnown, draws: int) -> Array:
    """Return the levels (draw, pair), or (draw, population, pair), that a source speaks for."""
    place = {label: i for i, label in enumerate(study.conflict.categories)}
    one, other = (np.array([place[pair[side]] for pair in source.pairs], int) for side in (0, 1))
    levels = conflict.at(np.minimum(one, other), np.maximum(one, other))
    if levels.ndim == 3 and not source.measured_in:
        levels = levels[:, 0]
    return np.broadcast_to(levels, (draws, *levels.shape[1:]))


def levels_of_sources(study: Study, flat: Mapping[str, Array]) -> PartlyKnown:
    """Return draws of conflict from the levels of each source, variables of a PyMC model.

    Those of a source that has no such variable are known, or stand in the whole matrix.
    """
    place = {label: i for i, label in enumerate(study.conflict.categories)}
    parts: list[tuple[Any, Array]] = []
    for name, source, priors in zip(
        source_names(study.conflict), study.conflict.sources, study.conflict_priors, strict=True
    ):
        if not source.pairs:
            continue
        model, level = conflict_model(source.model), flat.get(f"conflict_{name}")
        if level is None and model.traits.drawn == "known":
            drawn = model.draw(source, priors, 1, np.random.default_rng())
            level = None if drawn is None else drawn[LEVEL]
        if level is None:
            one, other = ([place[pair[side]] for pair in source.pairs] for side in (0, 1))
            whole = flat[OF_GOALS.known if OF_GOALS.known in flat else KNOWN]
            level = whole[..., one, other]
        parts.append((source.pairs, level))
    return assemble_draws(study.conflict.categories, parts)
