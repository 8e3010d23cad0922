"""Write what priors say of a few numbers into the cards, from draws before any data.

    uv run python models/prior_quantiles.py [NAME ...]

The text between the two marks in `README.md` is replaced; a test compares it with other draws.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model, shares_model
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
MODELS = Path(__file__).parent
BEGIN, END = "<!-- prior quantiles -->", "<!-- end of prior quantiles -->"
LEVELS = (0.05, 0.5, 0.95)
DRAWS = 400_000
SEED = 90_210
SPAN = "distance from the first to the last cut point"
PMA = "P(ma) of exclusive goals"
BEST = "P(best of two actions, the range of payoffs apart)"
CHANGE_OF_LEVEL = "size of the change of a level of conflict, first wave to last"
BIAS = "bias: location of another kind of rater less that of the reference"
LINE = "P(ma) of goals on a line"
BY_PAIRS, BY_FIRST = "P(ma) by pairs of alternatives", "P(ma) by first choices"
BETWEEN = "the same between two populations"
# designs that no model of goals has, but that say what the prior of shares does
SHARES = {
    "2 goals": (2, False),
    "8 goals": (8, False),
    "2 goals, and agents without": (2, True),
    "8 goals, and agents without": (8, True),
}
WAVES = {"2 goals, 5 waves": (2, False, 5), "8 goals, and agents without, 5 waves": (8, True, 5)}
CHANGE = "size of the change of P(ma), first wave to last"
# numbers of each design of a model: variables, all their elements together, or those named above
SHOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "independent": dict.fromkeys(SHARES, (PMA,)),
    "waves": dict(zip(WAVES, ((PMA, CHANGE, "drift"), (PMA, CHANGE)), strict=True)),
    "pooled": dict.fromkeys(SHARES, (PMA, BETWEEN)),
    "single-choice": {"answers": (PMA,)},
    "multi-select": {"holdings": (PMA, LINE)},
    "endorsement": {"strengths": (PMA, LINE)},
    "ranked": {"orders": (BY_PAIRS, BY_FIRST)},
    "published": {"percentages": (PMA,)},
    "noisy-labels": {"labels": (PMA, "accuracy", "agreement"), "retested labels": (PMA,)},
    "behaviour": {"actions": (PMA, "correlation"), "unstated actions": (PMA, "action")},
    "choices": {
        "choices": (PMA, "rationality", BEST, "correlation"),
        "goals that differ": (PMA, "rationality"),
    },
    "poststratified": {"cells": (PMA, "sd"), "interactions": (PMA,)},
    "clustered": {"clusters": (PMA, "correlation"), "uneven": (PMA,)},
    "elicited": {"ranges and a mean": ("conflict_level[0]", "conflict_level[1]")},
    "encounters": {"goals known": ("conflict_level", "background")},
    "experts": {
        "a panel": ("typical_level", "pair_sd", "leaning_sd", "disagreement", "shared"),
    },
    "judged": {
        "nobody named": ("conflict_level",),
        "raters": ("conflict_level", "severity_sd", "lapse", "lapse_sd"),
        "raters asked again": ("again_sd",),
        "kinds of raters": (BIAS, "slope", "disagreement"),
    },
    "rated": {
        "nobody named": ("location", "goal_sd", "pair_sd", "conflict_level", SPAN),
        "raters": (SPAN, "severity_sd", "width_sd"),
        "raters asked again": ("again_sd",),
        "holders of the goals": ("population_sd", SPAN),
        "11 levels": (SPAN,),
        "over time": ("drift", CHANGE_OF_LEVEL),
        "kinds of raters": (BIAS, "slope", "disagreement", "noise"),
    },
    "spatial": {
        "several placements": ("position", "noise", "length", "precision", "conflict_level"),
    },
}


def draws_of(name: str, design: str, draws: int, rng: np.random.Generator) -> Mapping[str, Array]:
    """Return draws from the prior of a model, (draw, ...) by variable, for one of its designs."""
    if design in SHARES or design in WAVES:
        goals, no_goal, number = WAVES.get(design) or (
            *SHARES[design],
            2 if BETWEEN in SHOWN[name][design] else 1,
        )
        categories = tuple(f"goal {i + 1}" for i in range(goals)) + (NO_GOAL,) * no_goal
        model: Any = shares_model(name)
        none = np.zeros((number, len(categories)))
        found = model.draw(model.priors(), none, categories, draws, rng)
        shares, conflict = found["proportion"], exclusive_conflict(goals, no_goal)
        pma = np.asarray(misalignment(shares, conflict))
        return {
            **found,
            PMA: pma[:, 0],
            CHANGE: np.abs(pma[:, -1] - pma[:, 0]),
            BETWEEN: ((shares[:, 0] @ conflict) * shares[:, -1]).sum(axis=-1),
        }
    model = evidence_model(name)
    evidence = _eleven_levels() if design == "11 levels" else model.designs()[design]
    found = dict(model.draw_prior(evidence, model.priors(), draws, rng))
    if LINE in SHOWN[name].get(design, ()):
        of_line = model.quantities(evidence, found)
        population = evidence.populations[0]
        exclusive, line = (of_line[f"{x}[{population}]"] for x in ("misalignment", "graded"))
        return {**found, PMA: exclusive, LINE: line}
    if BY_PAIRS in SHOWN[name].get(design, ()):
        of_orders = model.quantities(evidence, found)
        population = evidence.populations[0]
        pairs, first = (of_orders[f"{x}[{population}]"] for x in ("misalignment", "first"))
        return {**found, BY_PAIRS: pairs, BY_FIRST: first}
    if "proportion" in found:
        no_goal = NO_GOAL in evidence.categories
        conflict = exclusive_conflict(len(evidence.categories) - no_goal, no_goal)
        found[PMA] = np.asarray(misalignment(found["proportion"][:, 0], conflict))
    if "drift" in found:
        level = found["conflict_level"]
        found[CHANGE_OF_LEVEL] = np.abs(level[:, -1, 0] - level[:, 0, 0])
    if "kind_location" in found:
        own = found["location"] if "location" in found else found["latent"].mean(axis=1)
        found[BIAS] = found["kind_location"][:, 0] - own
    if "gap" in found:
        found[SPAN] = found["gap"].sum(axis=1)
    if "rationality" in found:
        found[BEST] = 1 / (1 + np.exp(-found["rationality"]))
    if "emission" in found:
        found["accuracy"] = found["emission"][..., 0, 0]
    return found


def _eleven_levels() -> Any:
    from bayes_misalign.models.rated.evidence import RatedConflict

    counts = np.ones((1, 11))
    levels = [str(i) for i in range(11)]
    values = np.linspace(0, 1, 11).tolist()
    return RatedConflict.from_counts([("a", "b")], levels, values, [0], counts, origin="a design")


def values_of(found: Mapping[str, Array], quantity: str) -> Array:
    """Return draws (draw, ...) of a quantity, of one of its elements where a place is named."""
    base, _, rest = quantity.partition("[")
    return found[base][:, int(rest.rstrip("]"))] if rest else found[base]


def table_of(name: str) -> str:
    """Return the table of a model."""
    lines = ["| design | quantity | 5 % | 50 % | 95 % |", "|---|---|---|---|---|"]
    rng = np.random.default_rng(SEED)
    for design, quantities in SHOWN[name].items():
        found = draws_of(name, design, DRAWS // 10 if name in SLOW else DRAWS, rng)
        for quantity in quantities:
            ends = np.quantile(values_of(found, quantity), LEVELS)
            shown = quantity if " " in quantity else f"`{quantity}`"
            lines.append(f"| {design} | {shown} | " + " | ".join(f"{x:.3g}" for x in ends) + " |")
    return "\n".join(lines)


SLOW = {"experts", "rated", "spatial", "noisy-labels", "judged", "behaviour", "choices"}


def rows_of(card: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return design, quantity and the stated numbers of every row of a card's table."""
    if BEGIN not in card:
        return []
    body = card.partition(BEGIN)[2].partition(END)[0]
    rows = [line.strip("|").split("|") for line in body.splitlines() if line.startswith("| ")]
    cells = [[cell.strip().strip("`") for cell in row] for row in rows[1:]]
    return [(design, quantity, tuple(numbers)) for design, quantity, *numbers in cells]


def main() -> None:
    """Write the tables."""
    for name in sys.argv[1:] or SHOWN:
        path = MODELS / name / "README.md"
        card = path.read_text(encoding="utf-8")
        own = set(SHOWN[name]) <= {*SHARES, *WAVES}
        what = "before any data" + ("" if own else ", of the designs that calibrations use")
        text = f"{BEGIN}\n**Prior quantiles**, {what}:\n\n{table_of(name)}\n{END}\n"
        if BEGIN in card:
            before, _, rest = card.partition(BEGIN)
            card = before + text + rest.partition(END + "\n")[2]
        else:
            before, mark, rest = card.partition("## In a study\n")
            card = before + text + "\n" + mark + rest
        path.write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
