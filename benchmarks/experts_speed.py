"""Effective draws of P(ma) a second where several experts state ranges: beside Stan.

uv run --group stan python benchmarks/experts_speed.py
"""

from __future__ import annotations

import json
import statistics
import sys
from typing import Any

import numpy as np
from common import ROOT, process, publish, spread, table, verdict
from sampling import CHAINS, DRAWS, TARGET_ACCEPT, TUNE, Array, one_core, sampled, sampled_by_stan

from bayes_misalign.contract.matrices import assemble
from bayes_misalign.measure import misalignment
from bayes_misalign.models.experts import generative as experts
from bayes_misalign.models.experts.declaration import ExpertConflict

RUNS = 3
LEAST = 1.0
AGREE = 4.0  # combined Monte Carlo standard errors that the two means may differ by
FOLDER = ROOT / "models" / "experts"


def given() -> dict[str, Any]:
    """Return the data of the model's reference."""
    return dict(json.loads((FOLDER / "data.json").read_text(encoding="utf-8")))


def run_ours() -> list[dict[str, float]]:
    """Sample with this package."""
    data = given()
    seen = ExpertConflict(**data["evidence"], origin="stated")
    shares = np.array(data["stan"]["shares"])
    members = tuple(dict.fromkeys(label for pair in seen.pairs for label in pair))

    def drawn(posterior: Any) -> Array:
        level = posterior["conflict_experts"].values
        flat = assemble(members, [(seen.pairs, level.reshape(-1, level.shape[-1]))])
        return np.asarray(misalignment(shares, flat)).reshape(level.shape[:2])

    return sampled(experts.build(seen, experts.priors()), drawn, RUNS)


def run_stan() -> list[dict[str, float]]:
    """Sample `models/experts/model.stan`."""
    program = (FOLDER / "model.stan").read_text(encoding="utf-8")
    return sampled_by_stan(program, given()["stan"], RUNS)


INSIDE = {"ours": run_ours, "stan": run_stan}
NAMES = {"ours": "this package", "stan": "Stan"}


def main() -> None:
    found: dict[str, list[dict[str, float]]] = {}
    for name in INSIDE:
        found[name] = json.loads(process(sys.executable, __file__, name).splitlines()[-1])
    rate = {
        n: statistics.median(r["ess"] / r["sampling"] for r in runs) for n, runs in found.items()
    }
    ours, other = found["ours"][0], found["stan"][0]
    apart = abs(ours["mean"] - other["mean"]) / np.hypot(ours["error"], other["error"])
    if apart > AGREE:
        raise SystemExit(f"the two differ by {apart:.1f} standard errors")
    ratio = rate["ours"] / rate["stan"]
    rows = [
        [
            NAMES[name],
            spread([one["sampling"] for one in runs], " s"),
            spread([one["ess"] for one in runs]),
            spread([one["ess"] / one["sampling"] for one in runs]),
            spread([one["steps"] for one in runs]),
            sum(int(one["divergences"]) for one in runs),
            f"{statistics.median(one['mean'] for one in runs):.4f}",
            f"{ratio:.1f} >= {LEAST:g}: {verdict(ratio >= LEAST)}" if name == "ours" else "",
        ]
        for name, runs in found.items()
    ]
    head = ["", "sampling", "ESS of P(ma)", "ESS a second", "leapfrog steps", "divergences"]
    publish(
        "experts_speed",
        "The hierarchical model of several experts on the data of its reference "
        "(`models/experts/data.json`): effective draws of P(ma) for a second of warm-up and "
        f"sampling, {CHAINS} chains of {TUNE} + {DRAWS}, target acceptance {TARGET_ACCEPT:g}, each "
        f"program held to one core, building not counted; median and range of {RUNS} runs. Stan is "
        "`models/experts/model.stan`.",
        table([*head, "mean P(ma)", "ratio, target"], rows),
    )


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] in INSIDE:
        one_core()
        print(json.dumps(INSIDE[sys.argv[1]]()))
    else:
        main()
