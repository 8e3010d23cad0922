"""Encounters to a table, and the lines of a study file that read it back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.errors import StudyError
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.write import write_table

ENCOUNTERS = "encounters.csv"


def write_encounters(
    source: EncounterConflict, prior: Any, area: ProblemArea, folder: Path
) -> dict[str, Any]:
    """Write encounters of known goals as a table, a pair of goals a row."""
    if source.uncertain:
        raise StudyError("encounters of agents whose goals are uncertain are not written")
    labels = [area.no_goal[0] if name == NO_GOAL else name for name in source.categories]
    met = source.seen_yes + source.seen_no
    own = np.eye(len(labels), dtype=bool)
    own[source.places] = True
    if met[~own].any():
        raise StudyError("encounters of goals whose pair has another source are not written")
    rows = [
        (labels[i], labels[j], int(source.seen_yes[i, j]), int(source.seen_no[i, j]))
        for i, j in zip(*np.nonzero(own), strict=True)
        if i != j or met[i, j]
    ]
    write_table(folder / ENCOUNTERS, ("goal", "goal_other", "yes", "no"), rows)
    return {
        "model": source.model,
        "data": ENCOUNTERS,
        "yes_count": "yes",
        "no_count": "no",
        "background": source.background,
        "prior": asdict(prior),
    }
