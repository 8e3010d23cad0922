"""Who was seen in conflict, as replicates are compared with it, and how likely it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import (
    FreeVariables,
    Observed,
    Outcomes,
    levels_as_variable,
)
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative_sums import log_conflict, tied_log_likelihood

Array = NDArray[np.float64]


def free_variables(
    evidence: EncounterConflict, prior: Any, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variable of the PyMC model."""
    del prior
    return levels_as_variable(evidence.pairs, name, drawn)


def observed(evidence: EncounterConflict, name: str) -> dict[str, Observed]:
    """Return encounters with conflict, by the goals of the two where both are known."""
    dims = (f"met_{name}", f"met_other_{name}")
    coords = dict.fromkeys(dims, evidence.categories)
    total = np.asarray(evidence.seen_yes + evidence.seen_no)
    what = "encounters with conflict"
    found = {f"seen_in_conflict_{name}": Observed(what, dims, evidence.seen_yes, coords, total)}
    if evidence.uncertain:
        trees = evidence.trees
        of_unknown = f"{what} where a goal is uncertain"
        found[f"conflicts_{name}"] = Observed(
            of_unknown, (), np.asarray(trees.conflicts), {}, np.asarray(trees.encounters)
        )
    return found


def replicated(
    parameters: Mapping[str, Array],
    evidence: EncounterConflict,
    rng: np.random.Generator,
    name: str,
) -> dict[str, Observed]:
    """Return encounters of as many agents who meet as those of the evidence did.

    Goals that are uncertain are drawn given what was reported of their holders.
    """
    background = np.asarray(parameters.get("background", np.zeros(len(evidence.categories))))
    log_yes = log_conflict(np.asarray(parameters["conflict"]), background, np.log, np.maximum)[0]
    seen = np.clip(np.exp(log_yes), 0, 1)
    found = observed(evidence, name)
    total = (evidence.seen_yes + evidence.seen_no).astype(int)
    key = f"seen_in_conflict_{name}"
    found[key] = replace(found[key], values=rng.binomial(total, seen).astype(float))
    if evidence.uncertain:
        conflicts = _of_unknown(evidence, seen, np.asarray(parameters["log_holding"]), rng)
        key = f"conflicts_{name}"
        found[key] = replace(found[key], values=np.asarray(float(conflicts)))
    return found


def _of_unknown(
    evidence: EncounterConflict, seen: Array, log_holding: Array, rng: np.random.Generator
) -> int:
    """Return how many encounters of agents of uncertain goals are with conflict."""
    trees = evidence.trees
    kind, met = trees.expanded()
    cumulative = np.exp(log_holding).cumsum(axis=1)[trees.pattern[kind]]
    goal = (rng.random((len(kind), 1)) * cumulative[:, -1:] >= cumulative).sum(axis=1)
    known = (trees.met_yes + trees.met_no)[kind].astype(int)
    number = int(rng.binomial(known, seen[goal]).sum())
    if met:
        ends = np.array([(one, other) for one, other, _, _ in met])
        times = np.array([yes + no for _, _, yes, no in met]).astype(int)
        number += int(rng.binomial(times, seen[goal[ends[:, 0]], goal[ends[:, 1]]]).sum())
    return number


def outcomes(evidence: EncounterConflict, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely each encounter was; those that uncertain goals tie together are one."""
    matrix = parameters["conflict"]
    nothing = np.zeros((len(matrix), len(evidence.categories)))
    background = parameters.get("background", nothing)
    log_yes, log_no = log_conflict(matrix, background, np.log, np.maximum)
    found = []
    rows, columns = np.nonzero(evidence.seen_yes + evidence.seen_no)
    if len(rows):
        both = np.stack([log_no[:, rows, columns], log_yes[:, rows, columns]], axis=-1)
        names = [
            (evidence.categories[i], evidence.categories[j])
            for i, j in zip(rows, columns, strict=True)
        ]
        counts = np.stack([evidence.seen_no[rows, columns], evidence.seen_yes[rows, columns]], 1)
        found.append(
            Outcomes(
                "encounter",
                tuple(f"{a} | {b}: {word}" for a, b in names for word in ("peace", "conflict")),
                both.reshape(len(matrix), -1),
                counts.ravel(),
                np.repeat(np.arange(len(rows)), 2),
                np.tile([0.0, 1.0], len(rows)),
            )
        )
    if evidence.uncertain:
        holding = parameters["log_holding"]
        of_trees, of_tangles = tied_log_likelihood(evidence, log_yes, log_no, holding)
        roots = np.flatnonzero(evidence.times)
        tied = np.concatenate([of_trees[:, roots], of_tangles], axis=1)
        groups = tied.shape[1]
        found.append(
            Outcomes(
                "encounters_of_uncertain_goals",
                tuple(f"agents who are tied by encounters, {i + 1}" for i in range(groups)),
                tied,
                np.concatenate([evidence.times[roots], evidence.tangles]),
                np.arange(groups),
                np.zeros(groups),
                np.zeros((len(matrix), groups)),
            )
        )
    return tuple(found)
