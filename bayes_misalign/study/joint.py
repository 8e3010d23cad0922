"""Shares and conflict together, as one ordinary `pm.Model`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.errors import StudyError
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.study.lifted import lifts

if TYPE_CHECKING:
    import pymc as pm


SHARES = "proportion"
# levels of goals, where categories are made of them; else they are those of the categories
OF_GOALS, OF_CATEGORIES = "goal_conflict", "conflict"


def source_names(conflict: ConflictEvidence) -> list[str]:
    """Return a name for each source of conflict levels: its model's, numbered where it repeats."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for source in conflict.sources:
        base = source.model.replace("-", "_")
        seen[base] += 1
        names.append(base if seen[base] == 1 else f"{base}_{seen[base]}")
    return names


def build_joint(
    goals: Any, goal_prior: Any, conflict: ConflictEvidence, conflict_priors: Sequence[Any]
) -> pm.Model:
    """Return one model of goal shares, conflict levels and misalignment."""
    import pymc as pm

    if len(conflict.categories) == 1:
        raise StudyError("with one goal only there is nothing to model. Fix: list the other goals")
    coords = {"population": goals.populations, **_goal_coords(conflict, goals)}
    with pm.Model(coords=coords) as model:
        log_holding = None
        of_goals = goals_model(goals.model)
        if conflict.joint:
            shares, log_holding = of_goals.declare_with_holders(goals, goal_prior, SHARES)
        else:
            shares = of_goals.declare(goals, goal_prior, SHARES)
        matrix = _declare_conflict(conflict, conflict_priors, log_holding, goals)
        against = _facing(shares, matrix) if conflict.by_population else shares @ matrix
        pm.Deterministic("misalignment", (against * shares).sum(-1), dims="population")
    return model


def build_alone(model: EvidenceModel, evidence: Any, priors: Any) -> pm.Model:
    """Return one model on its own evidence, with named coords."""
    import pymc as pm

    if (built := model.build(evidence, priors)) is not None:
        return built
    if model.traits.kind == "goals":
        coords = {"population": evidence.populations, "goal": evidence.categories}
        with pm.Model(coords=coords) as alone:
            model.declare(evidence, priors, SHARES)
        return alone
    with pm.Model() as alone:
        model.declare(evidence, priors, model.name.replace("-", "_"))
    return alone


def build_common(
    goals: Any, goal_prior: Any, conflict: ConflictEvidence | None, conflict_priors: Sequence[Any]
) -> pm.Model:
    """Return the model of what populations have in common, the shares integrated out.

    With it that of the conflict levels, where a source of conflict is given. See
    `SharesModel.common`.
    """
    import pymc as pm

    model = goals_model(goals.model)
    prior, counts = model.shares_prior(goal_prior), model.counted(goals)
    if counts is None:
        raise StudyError(f"shares cannot be integrated out of what {goals.model!r} observes")
    coords = {"population": goals.populations, "goal": goals.categories}
    if conflict is not None:
        coords |= _goal_coords(conflict, goals)
    with pm.Model(coords=coords) as built:
        shares_of(prior).declare_common(prior, goals.categories, counts)
        if conflict is not None:
            _declare_conflict(conflict, conflict_priors, None, goals)
    return built


def build_conflict(conflict: ConflictEvidence, priors: Sequence[Any]) -> pm.Model:
    """Return the model of the conflict levels alone, with `conflict` as in `build_joint`."""
    import pymc as pm

    coords = _goal_coords(conflict)
    if conflict.by_population:
        coords["population"] = conflict.by_population
    with pm.Model(coords=coords) as model:
        _declare_conflict(conflict, priors)
    return model


def _goal_coords(conflict: ConflictEvidence, goals: Any = None) -> dict[str, Any]:
    names = conflict.categories
    if goals is None or not lifts(goals):
        return {"goal": names, "goal_other": names}
    held = dict.fromkeys(("held_goal", "held_goal_other"), names)
    return {"goal": goals.categories, "goal_other": goals.categories, **held}


def _facing(shares: Any, matrix: Any) -> Any:
    """Return C p of every population, (population, goal), each with its own C."""
    return (matrix * shares[:, None, :]).sum(-1)


def _declare_conflict(
    conflict: ConflictEvidence, priors: Sequence[Any], log_holding: Any = None, goals: Any = None
) -> Any:
    """Add conflict of goals, and of the categories that shares are of, if they are given."""
    import pymc as pm
    import pytensor.tensor as pt

    position = {label: i for i, label in enumerate(conflict.categories)}
    populations = conflict.by_population
    # populations last, so that a pair's levels in all of them are set at once
    after = (len(populations),) if populations else ()
    matrix = pt.zeros((len(position), len(position), *after))
    for name, source, prior in zip(source_names(conflict), conflict.sources, priors, strict=True):
        if not source.pairs:
            continue
        level = conflict_model(source.model).declare(source, prior, name)
        rows = np.array([position[a] for a, _ in source.pairs])
        columns = np.array([position[b] for _, b in source.pairs])
        if populations:
            level = (
                level.T if source.measured_in else level[:, None] + pt.zeros((1, len(populations)))
            )
        matrix = pt.set_subtensor(matrix[rows, columns], level)
        matrix = pt.set_subtensor(matrix[columns, rows], level)
    for name, source, prior in zip(source_names(conflict), conflict.sources, priors, strict=True):
        # conflict that differs by population is not met: levels are the same in all
        levels = matrix[..., 0] if populations else matrix
        conflict_model(source.model).observe(source, prior, name, levels, log_holding)
    dims = ("goal", "goal_other")
    apart = ("population",) if populations else ()
    if populations:
        matrix = matrix.transpose(2, 0, 1)
    if goals is not None and lifts(goals):
        held = ("held_goal", "held_goal_other")
        matrix = pm.Deterministic(OF_GOALS, matrix, dims=(*apart, *held))
        matrix = goals_model(goals.model).declare_lifted(goals, matrix)
    return pm.Deterministic(OF_CATEGORIES, matrix, dims=(*apart, *dims))
