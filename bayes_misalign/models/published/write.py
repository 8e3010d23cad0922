"""Published percentages to a table, and the lines of a study file that read it back."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.write import write_table

PERCENTAGES = "percentages.csv"


def write(
    evidence: PublishedShares, priors: Any, area: ProblemArea, folder: Path
) -> dict[str, Any]:
    """Write percentages, a label of a population a row; return the table `[goals]`."""
    names = [area.no_goal[0] if label == NO_GOAL else label for label in evidence.labels]
    rows = [
        (population, label, f"{percent:.10g}")
        for population, shown in zip(evidence.populations, evidence.percent.tolist(), strict=True)
        for label, percent in zip(names, shown, strict=True)
        if not math.isnan(percent)
    ]
    write_table(folder / PERCENTAGES, ("population", "goal", "percent"), rows)
    each = {name: s for s, name in enumerate(evidence.populations)}
    return {
        "model": evidence.model,
        "data": PERCENTAGES,
        "goal": "goal",
        "percent": "percent",
        "population": "population",
        "n": {name: int(evidence.asked[s]) for name, s in each.items()},
        "rounding": {name: float(evidence.rounding[s]) for name, s in each.items()},
        **stated_of_populations(evidence),
        "prior": prior_table(priors),
    }
