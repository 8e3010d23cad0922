"""What encounters say beside the levels of conflict: conflict over something else."""

from __future__ import annotations

from dataclasses import dataclass

from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.inference.result import Result
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.page.estimate import Estimates
from bayes_misalign.study.joint import source_names


@dataclass(frozen=True)
class EncounterResults:
    """What one source of encounters says beside the levels of conflict."""

    source: EncounterConflict
    # how often holders of each goal are in conflict with each other, unless that is ruled out
    background: Estimates | None


def encounter_results(result: Result) -> tuple[EncounterResults, ...]:
    """Return what each source of encounters says beside the levels of conflict."""
    conflict, found = result.study.conflict, []
    for name, source in zip(source_names(conflict), conflict.sources, strict=True):
        if not isinstance(source, EncounterConflict):
            continue
        background = None
        if result.groups.has(POSTERIOR, f"background_{name}"):
            draws = result.groups.values(POSTERIOR, f"background_{name}")
            flat = draws.reshape(-1, draws.shape[-1])
            background = Estimates(
                "conflict over something else",
                {
                    goal: result.estimate(goal, flat[:, i])
                    for i, goal in enumerate(source.categories)
                },
            )
        found.append(EncounterResults(source, background))
    return tuple(found)
