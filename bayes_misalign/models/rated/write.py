"""Ratings of conflict to a table, and the lines of a study file that read it back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.families.raters.rating_counts import SECOND
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.write import write_table

RATINGS = "ratings"


def write_ratings(
    source: RatedConflict, prior: Any, area: ProblemArea, folder: Path
) -> dict[str, Any]:
    """Write ratings as a table, a cell and level a row."""
    number = len(list(folder.glob(f"{RATINGS}*.csv")))
    file = f"{RATINGS}{f'_{number + 1}' if number else ''}.csv"
    columns = ["goal", "goal_other", "rating", "count"]
    columns += ["rater"] if source.raters else []
    columns += ["population"] if source.populations else []
    columns += ["rater_kind"] if source.kinds else []
    rows = []
    for cell, level in zip(*np.nonzero(source.counts), strict=True):
        pair = [area.no_goal[0] if x == NO_GOAL else x for x in source.pairs[source.pair[cell]]]
        pair = pair[::-1] if source.side[cell] == SECOND else pair
        row = [*pair, source.levels[level], int(source.counts[cell, level])]
        row += [source.raters[source.rater[cell]]] if source.raters else []
        row += [source.populations[source.population[cell]]] if source.populations else []
        row += [source.kinds[source.kind[cell]]] if source.kinds else []
        rows.append(tuple(row))
    write_table(folder / file, tuple(columns), rows)
    table: dict[str, Any] = {
        "model": source.model,
        "data": file,
        "levels": list(source.levels),
        "values": source.values.tolist(),
        "count": "count",
        "directed": source.directed,
        "repeated": source.repeated,
        "prior": asdict(prior),
    }
    if source.over_time is not None:
        table["over_time"] = source.over_time
    if source.time is not None:
        table["time"] = dict(source.time)
    for role in ("rater", "population", "rater_kind"):
        if role in columns:
            table[role] = role
    if source.kinds:
        table["reference"] = source.kinds[0]
    return table
