"""What a calibration of poststratified answers looks at."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import goal_quantities
from bayes_misalign.measure import exclusive_conflict
from bayes_misalign.models.poststratified.effects import of_parameters, slopes, starts, terms_of
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]


def designs() -> dict[str, CellCounts]:
    """Return three covariates, one of them ordered, and cells in which nobody answered."""
    return {"cells": cells(), "interactions": cells(interactions=(("age", "region"),))}


def cells(
    agents: int = 6, interactions: tuple[tuple[str, ...], ...] = (), *, no_goal: bool = True
) -> CellCounts:
    """Return so many agents in each cell that has some; the old and men are below their share."""
    levels = (("18-34", "35-54", "55-74", "75+"), ("women", "men"), ("north", "south", "west"))
    table = np.array(list(product(*(range(len(names)) for names in levels))))
    asked = table[(table[:, 0] != 3) | (table[:, 2] != 2)]  # nobody of 75+ in the west
    categories = ("a", "b", *([NO_GOAL] if no_goal else ["c"]))
    counts = np.zeros((len(asked), len(categories)))
    counts[:, 0] = agents
    people = np.array([1.0, 2.0, 3.0, 6.0])[table[:, 0]] * np.array([1.0, 2.0])[table[:, 1]]
    return CellCounts(
        categories=categories,
        populations=("north", "south", "west"),
        covariates=("age", "sex", "region"),
        levels=levels,
        cells=asked,
        cell_counts=counts,
        table=table,
        sizes=np.asarray(people * (1.0 + np.arange(len(table)) % 5), dtype=np.float64),
        by=("region",),
        ordered=("age",),
        interactions=interactions,
        not_answers={},
        not_asked=np.zeros(3),
    )


def with_data(evidence: CellCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood, and how far shares in cells are from those seen."""
    draws = len(parameters["intercept"])
    likelihood, residual = np.empty(draws), np.empty(draws)
    counts, n = evidence.cell_counts, evidence.cell_n[:, None]
    for some, logs in of_parameters(evidence, parameters):
        likelihood[some] = (counts * logs).sum(axis=(-2, -1))
        residual[some] = np.abs(counts - n * np.exp(logs)).sum(axis=(-2, -1))
    return {"log_likelihood": likelihood, "residual": residual}


def quantities(evidence: CellCounts, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma) of the parts and of all, shares, and what covariates tell."""
    found = goal_quantities(evidence, parameters)
    goals = [label for label in evidence.categories if label != NO_GOAL]
    conflict = exclusive_conflict(len(goals), no_goal=NO_GOAL in evidence.categories)
    shares = parameters["proportion"]
    whole = (evidence.part_sizes / evidence.part_sizes.sum()) @ shares
    found["misalignment"] = ((whole @ conflict) * whole).sum(axis=-1)
    if len(evidence.populations) > 1:
        one, other = shares[:, 0], shares[:, -1]
        found["misalignment between"] = ((one @ conflict) * other).sum(axis=-1)
    terms = terms_of(evidence)
    for i, (term, start) in enumerate(zip(terms, starts(terms), strict=False)):
        found[f"sd[{term.name}]"] = parameters["sd"][:, i]
        found[f"effect[{term.name}]"] = parameters["effect"][:, start, 0]
        if term.kind != "interaction":
            own = parameters["effect"][:, start : start + len(term.labels)]
            found[f"slope[{term.name}]"] = slopes(term, own)[:, 0]
    return found
