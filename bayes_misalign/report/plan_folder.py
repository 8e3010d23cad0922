"""A plan to disk: its table, its figure, and what was asked."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from bayes_misalign.inference.planned import Plan
from bayes_misalign.inference.planned_jointly import Combination, JointPlan
from bayes_misalign.page.csv_text import csv_text
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.figures import plan as figure_of
from bayes_misalign.report.folder import replaced_folder


def write_plan(plan: Plan, folder: str | Path, *, seed: int, force: bool = False) -> None:
    """Write plan.csv, plan.json and plan.svg into one folder."""
    columns = plan.columns_of_frame()
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    with replaced_folder(folder, force=force, about={"plan": True, "seed": seed}) as fresh:
        text = csv_text([list(columns), *rows])
        (fresh / "plan.csv").write_text(text, encoding="utf-8", newline="")
        plain = json.dumps(_plain(plan, seed), ensure_ascii=False, indent=1, allow_nan=False)
        (fresh / "plan.json").write_text(plain + "\n", encoding="utf-8")
        with canvas.style():
            svg = canvas.to_svg(figure_of.draw(plan).figure)
        (fresh / "plan.svg").write_text(svg, encoding="utf-8")


def write_joint_plan(
    plan: JointPlan, folder: str | Path, *, seed: int, force: bool = False
) -> None:
    """Write plan.csv, plan.json and plan.svg of two kinds of measurement into one folder."""
    columns = plan.columns_of_frame()
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    plain = {
        "aim": plan.aim.words,
        "target": plan.aim.target,
        "seed": seed,
        "simulations": plan.simulations,
        "notes": list(plan.notes),
        "measurements": [
            {"name": name, "now": now, "cost_of_one": cost}
            for name, now, cost in zip(plan.names, plan.now, plan.costs, strict=True)
        ],
        "cheapest": _combination(plan.cheapest),
        "enough": [_combination(x) for x in plan.enough],
        "by_delta_method": None if plan.closed is None else list(plan.closed),
        "budget": plan.budget,
        "within_budget": _combination(plan.within),
    }
    with replaced_folder(folder, force=force, about={"plan": True, "seed": seed}) as fresh:
        text = csv_text([list(columns), *rows])
        (fresh / "plan.csv").write_text(text, encoding="utf-8", newline="")
        stored = json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False)
        (fresh / "plan.json").write_text(stored + "\n", encoding="utf-8")
        with canvas.style():
            svg = canvas.to_svg(figure_of.draw_jointly(plan).figure)
        (fresh / "plan.svg").write_text(svg, encoding="utf-8")


def _combination(x: Combination | None) -> dict[str, Any] | None:
    if x is None:
        return None
    return {
        "numbers": list(x.numbers),
        "cost": x.cost,
        "farthest": x.of,
        "average": x.average,
        "standard_error": _number(x.error),
    }


def _plain(plan: Plan, seed: int) -> dict[str, Any]:
    return {
        "aim": plan.aim.words,
        "target": plan.aim.target,
        "seed": seed,
        "simulations": plan.simulations,
        "notes": list(plan.notes),
        "measurements": [
            {
                "name": kind.name,
                "now": kind.now,
                "stays": kind.same,
                "needed": _number(kind.needed),
                "enough_exists": not math.isinf(kind.needed),
                "more_than": kind.most if math.isnan(kind.needed) else None,
                "needed_by_delta_method": kind.closed,
                "cost_of_one": kind.cost,
                "limit": _number(kind.limit),
                "sizes": [
                    {
                        "number": size.number,
                        "farthest": size.of,
                        "average": size.average,
                        "standard_error": _number(size.error),
                    }
                    for size in kind.sizes
                ],
            }
            for kind in plan
        ],
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
