"""Effective draws of P(ma) a second, 20 goals and 50 raters: beside Stan, and a naive model.

uv run --group stan python benchmarks/rated_speed.py
uv run --group stan python benchmarks/rated_speed.py gradients

The latter compares what a gradient costs, for more goals and raters than Stan samples in hours.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

import numpy as np
from common import ROOT, process, publish, spread, table, verdict
from numpy.typing import NDArray
from rated_coverage import LEVELS, Row, of_levels
from sampling import CHAINS, DRAWS, SEED, TARGET_ACCEPT, TUNE, one_core, sampled, sampled_by_stan

from bayes_misalign.families.raters.rating_levels import gap_signs
from bayes_misalign.families.raters.round_robin import incidence
from bayes_misalign.models.rated import generative as rated
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells

Array = NDArray[np.float64]

SIZES = ((20, 50), (40, 200))  # goals and raters
SHORT, SHORT_OF_STAN, DEPTH = 30, 5, 4  # iterations, and doublings of a trajectory at most
STATS = ("warmup_sample_stats", "sample_stats")
RUNS = {"ours": 3, "naive": 1, "stan": 1}
LEAST = {"Stan": 1.0, "naive": 20.0}
AGREE = 4.0  # combined Monte Carlo standard errors that two means may differ by
HELD = ("ours", "naive", "stan")


def evidence(goals: int = 20, raters: int = 50) -> RatedConflict:
    """Return simulated ratings of two thirds of the pairs of goals by each of the raters."""
    row = Row(goals, raters, 0.5)
    rng = np.random.default_rng(SEED)
    design = row.design()
    return rated.simulate(row.truth(design, rng), design, rng)


def ratings(seen: RatedConflict) -> tuple[Array, Array, Array]:
    """Return pair, rater and level of each rating."""
    return np.asarray(seen.pair), np.asarray(seen.rater), seen.counts.argmax(axis=1)


def run_ours() -> list[dict[str, float]]:
    """Sample with this package."""
    seen = evidence()

    def levels(posterior: Any) -> Array:
        return of_levels(seen, posterior["conflict_rated"].values)

    return sampled(rated.build(seen, rated.priors()), levels, RUNS["ours"])


def naive_model(seen: RatedConflict) -> Any:
    """Return the same model as it is written first: every effect normal around zero, centred."""
    import pymc as pm
    import pytensor.tensor as pt

    prior, k, r = rated.priors(), len(seen.members), len(seen.raters)
    pair, rater, level = ratings(seen)
    with pm.Model() as model:
        location = pm.Normal("location", 0, prior.location)
        gap = pm.LogNormal("gap", np.log(prior.spread / (LEVELS - 1)), prior.gap, shape=LEVELS - 2)
        goal_sd = pm.HalfNormal("goal_sd", prior.goal)
        pair_sd = pm.HalfNormal("pair_sd", prior.pair)
        severity_sd = pm.HalfNormal("severity_sd", prior.severity)
        width_sd = pm.HalfNormal("width_sd", prior.scale_use)
        goal = pm.Normal("goal", 0, goal_sd, shape=k)
        own = pm.Normal("pair", 0, pair_sd, shape=len(seen.pairs))
        severity = pm.Normal("severity", 0, severity_sd, shape=r)
        width = pm.Normal("width", 0, width_sd, shape=r)
        eta = pm.Deterministic("eta", location + pt.dot(incidence(k), goal) + own)
        cuts = pt.dot(gap_signs(LEVELS), gap)
        pm.OrderedLogistic(
            "rating",
            eta=eta[pair] + severity[rater],
            cutpoints=cuts[None] * pt.exp(-width[rater])[:, None],
            observed=level,
        )
    return model


def run_naive() -> list[dict[str, float]]:
    """Sample the naive model."""
    seen = evidence()
    cells = RatedCells(seen, rated.priors())

    def levels(posterior: Any) -> Array:
        flat = {n: posterior[n].values.reshape(CHAINS * DRAWS, -1) for n in posterior.data_vars}
        effects = {
            "location": flat["eta"] @ cells.rated_evenly,
            "pair_effect": flat["eta"],  # everything about a pair
            "gap": flat["gap"],
            "severity_sd": flat["severity_sd"][:, 0],
            "severity_shift": np.zeros(CHAINS * DRAWS),
            "width_sd": flat["width_sd"][:, 0],
            "width": flat["width"],
        }
        level = rated.conflict_levels(cells, effects)["conflict_level"]
        return of_levels(seen, level).reshape(CHAINS, DRAWS)

    return sampled(naive_model(seen), levels, RUNS["naive"])


def stan_data(seen: RatedConflict) -> dict[str, Any]:
    """Return ratings as `models/rated/model.stan` takes them."""
    prior = rated.priors()
    pair, rater, level = ratings(seen)
    k = len(seen.members)
    shares = 1 / np.arange(1, k + 1)
    place = {name: i + 1 for i, name in enumerate(seen.members)}
    nodes, weight = np.polynomial.hermite_e.hermegauss(7)
    return {
        "K": k,
        "P": len(seen.pairs),
        "pair": [[place[a], place[b]] for a, b in seen.pairs],
        "R": len(seen.raters),
        "L": LEVELS,
        "value": list(map(float, seen.values)),
        "N": len(pair),
        "rated": (pair + 1).tolist(),
        "rater": (rater + 1).tolist(),
        "level": (level + 1).tolist(),
        "shares": (shares / shares.sum()).tolist(),
        **{
            f"prior_{name}": getattr(prior, name)
            for name in ("location", "spread", "gap", "goal", "pair", "severity", "scale_use")
        },
        "Q": len(nodes),
        "node": nodes.tolist(),
        "weight": (weight / weight.sum()).tolist(),
    }


def program() -> str:
    """Return the Stan program."""
    return (ROOT / "models" / "rated" / "model.stan").read_text(encoding="utf-8")


def run_stan() -> list[dict[str, float]]:
    """Sample `models/rated/model.stan`."""
    return sampled_by_stan(program(), stan_data(evidence()), RUNS["stan"])


def gradient_of_ours(seen: RatedConflict) -> float:
    """Return seconds for a gradient of this package, as the sampler takes it."""
    import nutpie

    from bayes_misalign.inference.nuts import reproducible

    with reproducible():
        compiled = nutpie.compile_pymc_model(rated.build(seen, rated.priors()), freeze_model=True)
    start = time.perf_counter()
    tree = nutpie.sample(
        compiled,
        draws=SHORT,
        tune=SHORT,
        chains=1,
        cores=1,
        seed=SEED,
        save_warmup=True,
        maxdepth=DEPTH,
        progress_bar=False,
    )
    taken = time.perf_counter() - start
    steps = [tree[group]["n_steps"].values.sum() for group in STATS if group in tree.children]
    return taken / float(sum(steps))


def gradient_of_stan(seen: RatedConflict) -> float:
    """Return seconds for a gradient of `models/rated/model.stan`."""
    import stan as pystan

    built = pystan.build(program(), data=stan_data(seen), random_seed=SEED)
    length = {"num_samples": SHORT_OF_STAN, "num_warmup": SHORT_OF_STAN}
    start = time.perf_counter()
    fit = built.sample(num_chains=1, save_warmup=True, max_depth=DEPTH, **length)
    taken = time.perf_counter() - start
    return taken / float(fit["n_leapfrog__"].sum())


def gradients() -> None:
    """Compare what a gradient costs, for a survey of usual size and for a large one."""
    rows = []
    for goals, raters in SIZES:
        seen = evidence(goals, raters)
        ours, other = gradient_of_ours(seen), gradient_of_stan(seen)
        row = [f"{goals}", f"{raters}", f"{len(seen.pair):,}"]
        row += [f"{1e3 * ours:.2f} ms", f"{1e3 * other:.2f} ms", f"{other / ours:.1f}"]
        rows.append(row)
        print(row, flush=True)
    publish(
        "rated_gradients",
        f"What a gradient costs where goals and raters are many, {LEVELS} levels, two thirds of "
        f"the pairs rated by each rater (simulated): one chain of {SHORT} + {SHORT} iterations, "
        f"of Stan {SHORT_OF_STAN} + {SHORT_OF_STAN}, time over leapfrog steps, on one core.",
        table(["goals", "raters", "ratings", "this package", "Stan", "ratio"], rows),
        command="--group stan python benchmarks/rated_speed.py gradients",
    )


INSIDE = {"ours": run_ours, "naive": run_naive, "stan": run_stan}


def main() -> None:
    found: dict[str, list[dict[str, float]]] = {}
    for name in HELD:
        found[name] = json.loads(process(sys.executable, __file__, name).splitlines()[-1])
        print(name, found[name], flush=True)
    names = {"ours": "this package", "stan": "Stan", "naive": "naive"}
    rate = {
        n: statistics.median(r["ess"] / r["sampling"] for r in runs) for n, runs in found.items()
    }
    for other in ("stan", "naive"):
        apart = [
            abs(a["mean"] - b["mean"]) / np.hypot(a["error"], b["error"])
            for a in found["ours"]
            for b in found[other]
        ]
        if min(apart) > AGREE:
            raise SystemExit(f"{other} differs by {min(apart):.1f} standard errors")
    rows = []
    for name in HELD:
        runs, ratio = found[name], rate["ours"] / rate[name]
        least = LEAST.get(names[name])
        rows.append(
            [
                names[name],
                spread([one["sampling"] for one in runs], " s"),
                spread([one["ess"] for one in runs]),
                spread([one["ess"] / one["sampling"] for one in runs]),
                spread([one["steps"] for one in runs]),
                sum(int(one["divergences"]) for one in runs),
                f"{max(one['rhat'] for one in runs):.3f}",
                f"{statistics.median(one['mean'] for one in runs):.4f}",
                "" if least is None else f"{ratio:.1f} >= {least:g}: {verdict(ratio >= least)}",
            ]
        )
    head = ["", "sampling", "ESS of P(ma)", "ESS a second", "leapfrog steps", "divergences"]
    publish(
        "rated_speed",
        f"20 goals, two thirds of whose 190 pairs are rated by each of 50 raters, {LEVELS} levels "
        "(simulated): effective draws of P(ma) for a second of warm-up and sampling, "
        f"{CHAINS} chains of {TUNE} + {DRAWS}, target acceptance {TARGET_ACCEPT:g}, each program "
        f"held to one core; median and range of {RUNS['ours']} runs with other seeds, one run of "
        "the others. Building is not counted. Stan is "
        "`models/rated/model.stan`; naive is the same model in PyMC with independent rater "
        "intercepts, every effect centred and around zero, and `pm.OrderedLogistic`. The ratio is "
        "that of the medians of effective draws a second, this package to the other.",
        table([*head, "largest R-hat", "mean P(ma)", "ratio, target"], rows),
    )


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] in INSIDE:
        one_core()
        print(json.dumps(INSIDE[sys.argv[1]]()))
    elif sys.argv[1:] == ["gradients"]:
        one_core()
        gradients()
    else:
        main()
