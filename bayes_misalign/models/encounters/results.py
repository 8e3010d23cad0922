"""What encounters say beside the levels of conflict: conflict over something else."""

from __future__ import annotations

from dataclasses import dataclass

from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.joint import source_names


@dataclass(frozen=True)
class EncounterResults:
    """What one source of encounters says beside the levels of conflict."""

    source: EncounterConflict
    # how often holders of each goal are in conflict with each other, unless that is ruled out
    background: Estimates | None


def encounter_results(result: Posterior) -> tuple[EncounterResults, ...]:
    """Return what each source of encounters says beside the levels; empty where there is none."""
    conflict = result.study.conflict
    return tuple(
        results_of(source, name, result)
        for name, source in zip(source_names(conflict), conflict.sources, strict=True)
        if isinstance(source, EncounterConflict)
    )


def results_of(source: EncounterConflict, name: str, result: Posterior) -> EncounterResults:
    """Return what one source of encounters, by its name in the study, says beside the levels."""
    if not result.groups.has(POSTERIOR, f"background_{name}"):
        return EncounterResults(source, None)
    draws = result.groups.values(POSTERIOR, f"background_{name}")
    flat = draws.reshape(-1, draws.shape[-1])
    estimates = {
        goal: result.estimate(goal, flat[:, i]) for i, goal in enumerate(source.categories)
    }
    return EncounterResults(source, Estimates("conflict over something else", estimates, "goal"))
