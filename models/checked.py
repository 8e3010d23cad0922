"""Write what a model's checks found into its card, from `reference.json` and `calibration.json`.

    uv run python models/checked.py [NAME ...]

The text between the two marks in `README.md` is replaced. Needs nothing but Python.
"""

from __future__ import annotations

import json
import sys
from itertools import combinations
from pathlib import Path
from textwrap import fill
from typing import Any

MODELS = Path(__file__).parent
BEGIN, END = "<!-- checked -->", "<!-- end -->"
WIDTH = 105
# models that are another one for some data: what their files end with, and what to call them
KINDS = {
    "judged": {"_raters": "Named raters", "_kinds": "Kinds of raters"},
    "encounters": {"_reports": "Uncertain goals"},
    "pooled": {
        "_groups": "Populations within groups",
        "_labels_groups": "Labels within groups",
        "_actions_groups": "Actions within groups",
        "_published_groups": "Percentages within groups",
    },
    "rated": {"_walk": "Over time", "_kinds": "Kinds of raters"},
}
CAPTION = (
    "*Distribution of the true value's rank minus the uniform distribution. Uniform ranks leave "
    "the grey band once in a thousand times; lines that end at the frame go on beyond it.*"
)


def read(folder: Path, name: str) -> dict[str, Any]:
    """Return the contents of one of a folder's JSON files."""
    return dict(json.loads((folder / name).read_text(encoding="utf-8")))


def label_of(name: str, evidence: dict[str, Any]) -> str:
    """Return a quantity of the Stan program with labels in place of its indices."""
    base, _, rest = name.partition("[")
    index = [int(part) - 1 for part in rest.rstrip("]").split(",")] if rest else []
    if not index:
        return f"`{base}`"
    dims: dict[str, tuple[str, ...]]
    dims = {"accuracy": ("raters", "categories"), "action": ("categories", "situations")}
    dims |= {"severity": ("raters",), "width": ("raters",), "leaning": ("experts",)}
    dims |= {"background": ("categories",), "intercept": ("categories",)}
    dims |= {"root_sd": ("covariates",)}
    dims |= {"lapse_log_odds": ("raters",), "mean_share": ("categories",)}
    if kinds := evidence.get("kinds"):  # of raters, of which the first defines the level
        evidence = {**evidence, "others": kinds[1:]}
        dims |= dict.fromkeys(("kind_location", "slope", "disagreement", "noise"), ("others",))
        dims |= dict.fromkeys(("severity_sd", "again_sd"), ("kinds",))
    dims |= {"group_mean_share": ("groups", "categories")}
    if "met" in evidence:  # evidence of two kinds
        evidence = {**evidence["goals"], **evidence["met"]}
        dims |= {"proportion": ("categories",)}
    if {"goals", "counts"} <= set(evidence):  # of categories that are made of goals
        dims |= {"proportion": ("populations", "categories")}
        dims |= dict.fromkeys(("index", "misalignment"), ("populations",))
    if base in dims:
        parts = [str(evidence[dim][i]) for dim, i in zip(dims[base], index[:2], strict=True)]
        if base == "action":
            parts.append(str(evidence["actions"][index[1]][index[2]]))
        return f"`{base}` of {', '.join(parts)}"
    if base == "noise":
        return f"`{base}` on dimension {index[0] + 1}"
    if base == "position":
        return f"`{base}` of {evidence['goals'][index[0]]} on dimension {index[1] + 1}"
    pairs = evidence.get("pairs") or list(combinations(evidence.get("goals", ()), 2))
    if pairs and len(evidence.get("populations", ())) > 1:  # conflict of each pair in each
        of = (
            f"`{base}` of {' and '.join(pairs[index[1]])} in" if len(index) == 2 else f"`{base}` of"
        )
        return f"{of} {evidence['populations'][index[0]]}"
    if pairs:
        return f"`{base}` of {' and '.join(pairs[index[0]])}"
    label = str(evidence["populations"][index[0]])
    if len(index) == 2:
        label += f", {evidence['categories'][index[1]]}"
    return f"`{base}` of {label}"


def reference_part(folder: Path, variant: str = "") -> list[str]:
    """Return what the Stan program found, as lines of Markdown."""
    reference = read(folder, f"reference{variant}.json")
    data = read(folder, f"data{variant}.json")
    found, settings = reference["summary_statistics"], reference["inference"]["method_arguments"]
    diagnostics = reference["diagnostics"]
    sampled = "pymc" in read(folder, f"calibration{variant}.json")["versions"]
    checks = sum(reference["checks_made"].values())
    words = (
        f"**Against Stan.** `model{variant}.stan` says the same in another language. "
        f"{settings['num_chains']} chains of {settings['num_samples']:,} draws, every "
        f"{settings['num_thin']}th kept, seed {settings['random_seed']}: largest R-hat "
        f"{max(diagnostics['r_hat']):.4f}, {sum(diagnostics['divergent_transitions'])} divergent "
        f"transitions, {checks} of {len(reference['checks_made'])} checks hold. The PyMC model "
        + ("has" if sampled else "and the exact draws have")
        + " these means within 4 combined Monte Carlo errors, and these standard deviations within "
        "5 %."
    )
    lines = [
        fill(words, WIDTH),
        "",
        "| quantity | mean | its error | sd | its error |",
        "|---|---|---|---|---|",
    ]
    columns = ("names", "mean", "mcse_mean", "sd", "mcse_sd")
    for name, mean, of_mean, sd, of_sd in zip(*(found[c] for c in columns), strict=True):
        label = label_of(name, {**data["evidence"], "groups": data.get("groups", ())})
        lines.append(f"| {label} | {mean:.4f} | {of_mean:.5f} | {sd:.4f} | {of_sd:.5f} |")
    return lines


def calibration_part(folder: Path, variant: str = "") -> list[str]:
    """Return what the calibration found, as lines of Markdown."""
    found = read(folder, f"calibration{variant}.json")
    designs = found["designs"]
    words = (
        f"**By simulation.** {found['simulations']:,} data sets for {_each(len(designs))}"
        f"{_fewer(designs)}, "
        f"{found['draws']} posterior draws each, seed {found['seed']}; "
        f"{found['quantities_in_all_designs']} quantities in all. The gate asks for a p-value "
        f"above {found['alpha']:g} after Holm's correction."
    )
    for number, one in enumerate(designs, 1):
        if "fewest_draws_worth" in one:
            words += (
                f" Design number {number} is drawn by weights in place of NUTS; its draws are "
                f"worth {one['fewest_draws_worth']:,.0f} independent ones at least."
            )
    lines = [
        fill(words, WIDTH),
        "",
        "| posterior | quantity with the smallest p-value | p-value, corrected | calibrated |",
        "|---|---|---|---|",
        f"| the model, {_all(len(designs))} | | "
        f"{found['smallest_p_value_corrected_for_all']:.2g} | {_yes(found['passed'])} |",
    ]
    shown = [("the model, design of the figure", found["default_design"])]
    shown += [(f"broken: {one['posterior']}", one) for one in found["broken_on_purpose"]]
    for what, one in shown:
        p = one["adjusted_p_value_of_worst"]
        small = "< 1e-12" if p < 1e-12 else f"{p:.2g}"
        worst = one["worst"].replace("|", "\\|")  # a bar would end the cell
        lines.append(f"| {what} | `{worst}` | {small} | {_yes(one['passed'])} |")
    return [
        *lines,
        "",
        f"![How far the distribution of ranks strays from uniform](ranks{variant}.svg)",
        "",
        fill(CAPTION, WIDTH),
    ]


def _each(designs: int) -> str:
    return "one design" if designs == 1 else f"each of {designs} designs"


def _fewer(designs: list[dict[str, Any]]) -> str:
    less = [
        f"{one['simulations']:,} for number {i + 1}"
        for i, one in enumerate(designs)
        if "simulations" in one
    ]
    return f" ({', '.join(less)})" if less else ""


def _all(designs: int) -> str:
    return "one design" if designs == 1 else f"all {designs} designs"


def _yes(passed: bool) -> str:
    return "yes" if passed else "**no**"


def section(folder: Path) -> str:
    """Return the text between the marks of a model's card, a part for each of its kinds."""
    lines = [*reference_part(folder), "", *calibration_part(folder)]
    for variant, heading in KINDS.get(folder.name, {}).items():
        lines += ["", f"### {heading}", "", *reference_part(folder, variant), ""]
        lines += calibration_part(folder, variant)
    return "\n".join(lines)


def write(folder: Path) -> None:
    """Replace the text between the marks of a model's card."""
    path = folder / "README.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = f"{before}{BEGIN}\n{section(folder)}\n{END}{after}"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.parent.name for path in MODELS.glob("*/model.stan")):
        write(MODELS / name)
