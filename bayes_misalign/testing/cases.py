"""Small data sets to look at a model with, and studies around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.registry import goals_model, names_of, stating_model
from bayes_misalign.errors import Problems
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import Pair
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.options import Fitting
from bayes_misalign.study.study import Study

AREA = ProblemArea("checked", ("a", "b", "c"))
POPULATIONS = ("one", "other")
FITTING = Fitting(chains=2, draws=50, seed=1)


@dataclass(frozen=True)
class Case:
    """Data simulated from the default priors of a design, and the model that the design is of."""

    model: EvidenceModel
    name: str
    design: Any
    evidence: Any
    priors: Any
    trouble: str = ""

    @property
    def goals(self) -> tuple[str, ...]:
        """The goals of the problem area that evidence about goals is of."""
        of_goals: Any = self.model
        return tuple(of_goals.goals_of(self.evidence))

    @property
    def in_a_study(self) -> bool:
        """Whether the data are the evidence of a study as they stand, of one block of it."""
        kinds = (GoalEvidence, ConflictSource)
        return isinstance(self.evidence, kinds) and not getattr(self.evidence, "uncertain", False)


def designs_of(model: EvidenceModel) -> dict[str, Any]:
    """Return the model's designs; where nothing is uncertain, one of known levels if it has one."""
    if designs := dict(model.designs()):
        return designs
    if model.traits.states_levels:
        of_conflict: Any = model
        return {"stated": of_conflict.stated(tuple(combinations("abc", 2)), 0.4, "stated")}
    try:
        return {"by default": model.declaration().read(AREA, Problems(), None)}
    except TypeError:  # it cannot be declared without saying anything
        return {}


def case_of(model: EvidenceModel, name: str, design: Any) -> Case:
    """Return the design with data simulated from the priors, or as it stands if that fails."""
    own, rng = model.for_design(design), np.random.default_rng(1)
    case = Case(own, name, design, design, own.priors())
    try:
        truth = own.draw_prior(design, case.priors, 1, rng)
        behind = {key: values[0] for key, values in truth.items()}
        return replace(case, evidence=own.simulate(behind, design, rng))
    except Exception as error:
        return replace(case, trouble=f"cannot be simulated: {type(error).__name__}: {error}")


def answers(area: ProblemArea = AREA, populations: Sequence[str] = POPULATIONS) -> Any:
    """Return evidence of agents who said what their goals are, by the first model of goals."""
    labels = [*area.goals, *area.no_goal]
    table = {
        "goal": labels * len(populations),
        "population": [name for name in populations for _ in labels],
        "n": list(range(1, 1 + len(labels) * len(populations))),
    }
    first = goals_model(names_of("goals")[0])
    columns = {"goal": "goal", "population": "population", "count": "n"}
    return first.declaration(table, **columns).read(area, Problems())


def study_of(case: Case, priors: Any = None) -> Study:
    """Return a study of the case, other pairs at a known level and other goals as they come."""
    evidence = case.evidence
    priors = case.priors if priors is None else priors
    of_goals = isinstance(evidence, GoalEvidence)
    categories = case.goals if of_goals else _categories(evidence)
    area = ProblemArea(
        "checked",
        tuple(label for label in categories if label != NO_GOAL),
        ("undecided",) if NO_GOAL in categories else (),
    )
    goals = evidence if of_goals else answers(area, evidence.measured_in or POPULATIONS)
    sources: list[Any] = [] if of_goals else [evidence]
    stated: list[Any] = [] if of_goals else [priors]
    spoken = {pair for source in sources for pair in source.pairs}
    if rest := tuple(pair for pair in combinations(categories, 2) if pair not in spoken):
        known = stating_model()
        sources.append(known.stated(rest, 0.5, "known"))
        stated.append(known.priors())
    return Study(
        area,
        goals,
        ConflictEvidence(categories, tuple(sources)),
        priors if of_goals else goals_model(goals.model).priors(),
        tuple(stated),
        fitting=FITTING,
        title="checked",
    )


def _categories(evidence: Any) -> tuple[str, ...]:
    """Return the goals of the pairs in an order that every pair has."""
    if hasattr(evidence, "categories"):
        return tuple(evidence.categories)
    pairs: tuple[Pair, ...] = evidence.pairs
    left = list(dict.fromkeys(label for pair in pairs for label in pair))
    order: list[str] = []
    while left:
        first = next(x for x in left if all(a in order for a, b in pairs if b == x))
        order.append(first)
        left.remove(first)
    return tuple(order)
