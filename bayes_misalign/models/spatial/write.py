"""Positions of goals to a table, and the lines of a study file that read it back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.tables.write import write_table

POSITIONS, RATINGS = "positions", "ratings_of_placed"


def write_positions(source: SpatialConflict, prior: Any, folder: Path) -> dict[str, Any]:
    """Write positions as a table, a goal and dimension a row, and ratings beside it."""
    names = ("goal", "dimension", "position")
    figures: tuple[str, ...] = () if source.is_exact else ("error",)
    if source.learns_noise:
        figures = ("sd", "count")
    rows = [
        (
            goal,
            dimension,
            float(source.in_units(d, source.mean[g, d])),
            *(_figure(source, name, g, d) for name in figures),
        )
        for g, goal in enumerate(source.goals)
        for d, dimension in enumerate(source.dimensions)
    ]
    table: dict[str, Any] = {
        "model": source.model,
        "data": _free(folder, POSITIONS),
        "dimension": "dimension",
        "ends": dict(zip(source.dimensions, source.ends.tolist(), strict=True)),
        "weights": dict(zip(source.dimensions, source.weights.tolist(), strict=True)),
        "form": source.form,
        "prior": asdict(prior),
    }
    write_table(folder / table["data"], (*names, *figures), rows)
    table |= {name: name for name in figures}
    if source.is_exact:
        table["error"] = 0.0
    if source.length is not None:
        table["length"] = source.length
    if ((source.mean < 0) | (source.mean > 1)).any():  # as simulated placements may
        table["beyond_ends"] = True
    if source.has_ratings:
        table |= _write_ratings(source, folder)
    return table


def _figure(source: SpatialConflict, name: str, g: int, d: int) -> Any:
    width = float(np.abs(np.diff(source.ends[d]))[0])
    if name == "error":
        return float(source.error[g, d]) * width
    number = source.number[g, d]
    if name == "count":
        return int(number)
    return float(np.sqrt(source.square[g, d] / (number - 1))) * width if number > 1 else ""


def _write_ratings(source: SpatialConflict, folder: Path) -> dict[str, Any]:
    file = _free(folder, RATINGS)
    rows = [
        (*source.rated_pairs[n], source.levels[level], int(source.counts[n, level]))
        for n, level in zip(*np.nonzero(source.counts), strict=True)
    ]
    write_table(folder / file, ("goal", "goal_other", "rating", "count"), rows)
    return {"ratings": file, "rating_levels": list(source.levels), "rating_count": "count"}


def _free(folder: Path, name: str) -> str:
    number = len(list(folder.glob(f"{name}*.csv")))
    return f"{name}{f'_{number + 1}' if number else ''}.csv"
