"""What a report says of goals that were placed on scales, as plain numbers and as tables."""

from __future__ import annotations

from typing import Any

from bayes_misalign.models.spatial.results import SpatialResults
from bayes_misalign.page.estimate import Estimate

FORMS = {
    "gaussian": "1 - exp(-(d/l)^2)",
    "exponential": "1 - exp(-d/l)",
    "linear": "min(1, d/l)",
}
Rows = list[tuple[str, str, str, Estimate]]


def spatial_plain(found: SpatialResults) -> dict[str, Any]:
    """Return what positions add to a report as dictionaries, lists, texts and numbers."""
    source = found.source
    return {
        "origin": source.origin,
        "form": source.form,
        "known_length": source.length,
        "length": None if found.length is None else found.length.as_dict(),
        "ratings_origin": source.rated_in or None,
        "ratings": [
            {"goals": list(pair), "ratings": float(counts.sum())}
            for pair, counts in zip(source.rated_pairs, source.counts, strict=True)
        ],
        "precision": None if found.precision is None else found.precision.as_dict(),
        "dimensions": [
            {
                "name": dimension,
                "ends": source.ends[d].tolist(),
                "weight": float(source.weights[d]),
                "noise": found.noise[dimension].as_dict() if found.noise else None,
                "positions": {goal: e.as_dict() for goal, e in positions.items()},
            }
            for d, (dimension, positions) in enumerate(found.positions.items())
        ],
    }


def spatial_rows(found: SpatialResults) -> Rows:
    """Return every number as a row of quantity, dimension, goal and estimate, for a table."""
    rows: Rows = [
        ("position", dimension, goal, estimate)
        for dimension, positions in found.positions.items()
        for goal, estimate in positions.items()
    ]
    rows += [("sd of a placement", dimension, "", e) for dimension, e in found.noise.items()]
    if found.length is not None:
        rows.append(("length", "", "", found.length))
    if found.precision is not None:
        rows.append(("precision of ratings", "", "", found.precision))
    return rows
