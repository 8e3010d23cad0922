"""Orders to a table of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.families.answers.counted_rows import figures_to_write, rows_to_write
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.ranked.forms import marks_for
from bayes_misalign.models.ranked.orders import Order
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

ORDERS = "orders.csv"


def write(evidence: OrderCounts, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write counts of orders, with the sums of their weights; return the table `[goals]`."""
    none = area.no_goal[:1]
    before, tied = marks_for((*area.goals, *none, *area.not_answers))

    def cell(order: Order) -> str:
        groups = [
            [goal for goal, at in zip(area.goals, order, strict=True) if at == place]
            for place in range(1, max(order) + 1)
        ]
        return f" {before} ".join(f" {tied} ".join(group) for group in groups) or none[0]

    cells = [[cell(tuple(row))] for row in evidence.position.tolist()]
    figures = figures_to_write(evidence)
    write_table(folder / ORDERS, ("population", "order", *figures), rows_to_write(evidence, cells))
    return {
        "model": evidence.model,
        "data": ORDERS,
        "order": "order",
        "before": before,
        "tied": tied,
        "population": "population",
        **{name: name for name in figures},
        "distance": evidence.distance,
        "ties": evidence.ties,
        "unranked": evidence.unranked,
        **({"pairs": [list(pair) for pair in evidence.pairs]} if evidence.pairs else {}),
        **stated_of_populations(evidence),
        "prior": prior_table(priors),
    }
