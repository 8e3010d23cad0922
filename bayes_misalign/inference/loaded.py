"""What a result says of itself, looked at before anything is worked out from it."""

from __future__ import annotations

import numpy as np

from bayes_misalign.errors import BayesMisalignError, ResultError
from bayes_misalign.inference.conflict_draws import KNOWN, LEVEL
from bayes_misalign.inference.diagnose import Diagnosis
from bayes_misalign.inference.groups import CONSTANT, IN_BLOCKS, POSTERIOR, PRIOR, Groups
from bayes_misalign.study.study import Study


def study_and_diagnosis(groups: Groups) -> tuple[Study, Diagnosis]:
    """Return the study of a result and the diagnosis of its fit, if its draws are theirs."""
    try:
        study = Study.from_plain(groups.metadata["study"])
        diagnosis = Diagnosis.from_plain(groups.metadata["diagnosis"])
        populations, goals = len(study.goals.populations), len(study.goals.categories)
    except BayesMisalignError:
        raise
    except Exception as error:  # whatever a table of another shape does to what reads it
        raise ResultError(
            f"the metadata of the result are of another shape ({type(error).__name__}: {error}). "
            "Fix: fit the study again"
        ) from error
    if IN_BLOCKS in groups.metadata:
        _check_in_blocks(groups, study)
        return study, diagnosis
    for group in (POSTERIOR, PRIOR):
        _check_shapes(groups, group, populations, goals)
    return study, diagnosis


def _check_in_blocks(groups: Groups, study: Study) -> None:
    chains, draws = study.fitting.chains, study.fitting.draws
    populations, goals = len(study.goals.populations), len(study.goals.categories)
    for group, name, shape in (
        (POSTERIOR, "misalignment", (chains, draws, populations)),
        (PRIOR, "proportion", (chains, draws, goals)),
        (CONSTANT, KNOWN, (goals, goals)),
    ):
        if (found := groups.values(group, name).shape) != shape:
            raise ResultError(
                f"{name} in group {group} has the shape {found}, which does not fit "
                f"{populations:,} populations and {goals:,} categories. Fix: fit the study again"
            )


def _check_shapes(groups: Groups, group: str, populations: int, goals: int) -> None:
    trailing: dict[str, list[tuple[int, ...]]] = {
        "proportion": [(populations, goals)],
        "misalignment": [(populations,)],
    }
    known = groups.values(CONSTANT, KNOWN)
    uncertain = int(np.triu(np.isnan(known)).sum())
    if uncertain or groups.has(group, LEVEL):
        trailing[LEVEL] = [(uncertain,), (populations, uncertain), (1, uncertain)]
    if known.shape != (goals, goals):
        raise ResultError(
            f"{KNOWN} in group {CONSTANT} has the shape {known.shape}, which does not fit {goals} "
            "categories. Fix: fit the study again"
        )
    sample = groups.values(group, "proportion").shape[:2]
    for name, allowed in trailing.items():
        shape = groups.values(group, name).shape
        if shape not in [(*sample, *rest) for rest in allowed] or 0 in sample:
            raise ResultError(
                f"{name} in group {group} has the shape {shape}, which does not fit "
                f"{populations} populations and {goals} categories. Fix: fit the study again"
            )
