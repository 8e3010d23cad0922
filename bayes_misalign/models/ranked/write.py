"""Orders to a table of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.shares import prior_table
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
    figures = {"count": evidence.counts.astype(int)}
    if evidence.weighted:
        figures |= {"weight_sum": evidence.weight_sum, "weight_sq_sum": evidence.weight_sq_sum}

    def cell(order: Order) -> str:
        groups = [
            [goal for goal, at in zip(area.goals, order, strict=True) if at == place]
            for place in range(1, max(order) + 1)
        ]
        return f" {before} ".join(f" {tied} ".join(group) for group in groups) or none[0]

    cells = [cell(tuple(row)) for row in evidence.position.tolist()]
    rows: list[tuple[Any, ...]] = [
        (population, text, *(values[s, m].item() for values in figures.values()))
        for s, population in enumerate(evidence.populations)
        for m, text in enumerate(cells)
    ]
    nothing = [0.0] * (len(figures) - 1)
    left = {**evidence.not_answers, "": evidence.not_asked}
    rows += [
        (population, label, int(number[s]), *nothing)
        for s, population in enumerate(evidence.populations)
        for label, number in left.items()
        if number[s]
    ]
    write_table(folder / ORDERS, ("population", "order", *figures), rows)
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
