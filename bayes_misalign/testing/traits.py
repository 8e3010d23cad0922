"""Whether a model is what its traits say."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import numpy as np

from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.model import ConflictModel, GoalsModel
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.testing.cases import Case


def traits_problems(model: EvidenceModel, cases: list[Case]) -> Iterator[str]:
    """Find traits that do not fit what the model does."""
    traits = model.traits
    kind, evidence = (
        (GoalsModel, GoalEvidence) if traits.kind == "goals" else (ConflictModel, ConflictSource)
    )
    if not isinstance(model, kind):
        yield f"its kind is {traits.kind!r}, and it is no {kind.__name__}"
    if not issubclass(model.evidence, evidence):
        yield f"its evidence is no {evidence.__name__}"
    for named in (model.declaration, model.evidence):
        if getattr(named, "model", None) != model.name:
            yield f"{named.__name__}.model is not {model.name!r}"
    yield from _drawn(model, cases)
    takes = len(inspect.signature(model.declaration.read).parameters) - 1  # without self
    if (takes > 3) != traits.needs_agents:
        yield f"needs_agents is {traits.needs_agents}, and read takes {takes} arguments"
    for case in cases:
        if getattr(case.evidence, "measured_in", ()) and not traits.by_population:
            yield f"design {case.name!r} is by population, and by_population is False"
    for trait, owner, base, method in (
        (traits.speaks_for != "named", model.evidence, ConflictSource, "speaking_for"),
        (traits.states_levels, type(model), ConflictModel, "stated"),
        (traits.uncertain_agents, type(model), GoalsModel, "declare_with_holders"),
        (traits.uncertain_agents, type(model), GoalsModel, "simulate_agents"),
        (traits.uncertain_agents, type(model), GoalsModel, "log_holding"),
    ):
        own = getattr(owner, method, None)
        if trait != (own is not None and own is not getattr(base, method)):
            yield f"what its traits say {'needs' if trait else 'does not go with'} {method}"


def _drawn(model: EvidenceModel, cases: list[Case]) -> Iterator[str]:
    drawn = model.traits.drawn
    rng = np.random.default_rng(1)
    exact = [
        case.model.draw(case.evidence, case.priors, 1, rng) is not None
        for case in cases
        if case.model is model
    ]
    if drawn in ("known", "given") and not all(exact):
        yield f"drawn is {drawn!r}, and draw returns None"
    if drawn in ("known", "given") and any(model.observes(case.evidence) for case in cases):
        yield f"drawn is {drawn!r}, and it observes something"
    if drawn == "exact" and type(model).draw is EvidenceModel.draw:
        yield "drawn is 'exact', and it has no draw"
    if drawn == "sampled" and any(exact):
        yield "drawn is 'sampled', and draw is exact for a design"
