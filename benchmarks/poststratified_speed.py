"""Effective draws of P(ma) a second, of answers in 5,000 cells, beside the same model in Stan.

    uv run --group stan python benchmarks/poststratified_speed.py

Both sample one posterior of simulated answers, in the same coordinates, with the same numbers of
chains, warm-up and draws. Time is that of sampling: both were compiled before. The Stan program is
`models/poststratified/model.stan`; it is stopped after a while.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import numpy as np
from common import ROOT, publish, table, verdict
from numpy.typing import NDArray

from bayes_misalign.inference import nuts
from bayes_misalign.measure import exclusive_conflict
from bayes_misalign.models.poststratified.effects import prior_draws, prior_scales, terms_of
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.generative import build, simulate
from bayes_misalign.models.poststratified.priors import CellPriors
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]
SEED = 20_161_108
LEVELS = {"age": 5, "region": 10, "sex": 2, "education": 5, "work": 10}  # 5,000 cells
GOALS, AGENTS, REGION = 8, 20_000, 1
CHAINS, TUNE, DRAWS = 2, 150, 100
OUR_ROUNDS = 3
CAP = 120.0  # seconds of Stan
READY = "ready to sample"
LEAST = 2.0


def answers() -> CellCounts:
    """Return simulated answers of agents in cells of five covariates."""
    rng = np.random.default_rng(SEED)
    cells = np.array(list(np.ndindex(*LEVELS.values())))
    people = 1 + rng.gamma(2.0, 500.0, len(cells)).round()
    asked = rng.multinomial(AGENTS, people / people.sum())
    there = asked > 0
    counts = np.zeros((int(there.sum()), GOALS))
    counts[:, 0] = asked[there]
    levels = tuple(tuple(f"{name} {i + 1}" for i in range(n)) for name, n in LEVELS.items())
    design = CellCounts(
        categories=tuple(f"goal {i + 1}" for i in range(GOALS)),
        populations=levels[REGION],
        covariates=tuple(LEVELS),
        levels=levels,
        cells=cells[there],
        cell_counts=counts,
        table=cells,
        sizes=people,
        by=("region",),
        ordered=("age",),
        interactions=(),
        not_answers={},
        not_asked=np.zeros(LEVELS["region"]),
    )
    truth = prior_draws(design, CellPriors(1.5, 0.5, 0.5, 1.0), 1, rng)
    return simulate({name: values[0] for name, values in truth.items()}, design, rng)


def of_stan(evidence: CellCounts, priors: CellPriors) -> dict[str, Any]:
    """Return the data of the Stan program."""
    terms = terms_of(evidence)
    widest = np.max([term.basis.shape for term in terms], axis=0)
    basis = np.zeros((len(terms), *widest))
    for v, term in enumerate(terms):
        basis[v, : term.basis.shape[0], : term.basis.shape[1]] = term.basis
    reached = np.zeros((len(terms), widest[0]))
    for v, term in enumerate(terms):
        reached[v, : len(term.reached)] = term.reached
    k = len(evidence.categories)
    return {
        "K": k,
        "N": len(evidence.cells),
        "T": len(evidence.table),
        "S": len(evidence.populations),
        "V": len(terms),
        "L": [term.basis.shape[0] for term in terms],
        "F": [term.basis.shape[1] for term in terms],
        "level": np.stack([term.of_cells + 1 for term in terms], axis=1).tolist(),
        "level_table": np.stack([term.of_table + 1 for term in terms], axis=1).tolist(),
        "answers": evidence.cell_counts.astype(int).tolist(),
        "size": evidence.sizes.tolist(),
        "part": (evidence.part + 1).tolist(),
        "basis": basis.tolist(),
        "reached": reached.tolist(),
        "prior_reached": priors.reached,
        "centred": [term.centred for term in terms],
        "C": exclusive_conflict(k).tolist(),
        "prior_intercept": priors.intercept,
        "prior_sd": prior_scales(terms, priors).tolist(),
    }


def start_of(given: dict[str, Any]) -> dict[str, Any]:
    """Return where chains of Stan begin: no effects, so that their first trees are not deep."""
    goals = given["K"] - 1
    effects = np.zeros((given["V"], max(given["F"]), goals))
    return {
        "intercept_contrasts": [0.0] * goals,
        "sd": [0.5] * given["V"],
        "z": effects.tolist(),
        "slope_contrasts": np.zeros((given["V"], goals)).tolist(),
    }


def quality(drawn: Array) -> dict[str, float]:
    """Return effective draws of P(ma), the least over regions, with a mean and its error."""
    from arviz_stats.base import array_stats

    ess = min(float(array_stats.ess(drawn[..., s])) for s in range(drawn.shape[-1]))
    first = drawn[..., 0]
    error = float(first.std() / np.sqrt(array_stats.ess(first)))
    rhat = max(float(array_stats.rhat(drawn[..., s])) for s in range(drawn.shape[-1]))
    return {"ess": ess, "mean": float(first.mean()), "error": error, "rhat": rhat}


def sample_ours(evidence: CellCounts, priors: CellPriors) -> dict[str, float]:
    """Sample with nutpie, as a study does."""
    nuts.usable_compile_cache()
    frozen = nuts.Frozen(build(evidence, priors))
    conflict, found = exclusive_conflict(GOALS), []
    for seed in range(OUR_ROUNDS):
        start = time.perf_counter()
        tree = frozen.sample(Fitting(tune=TUNE, draws=DRAWS, chains=CHAINS, seed=seed))
        taken = time.perf_counter() - start
        p = tree["posterior"]["proportion"].values
        steps = float(tree["sample_stats"]["n_steps"].mean())
        pma = ((p @ conflict) * p).sum(axis=-1)
        found.append({**quality(pma), "seconds": taken, "steps": steps})
    return sorted(found, key=lambda one: one["ess"] / one["seconds"])[0]  # the slowest


def sample_stan() -> None:
    """Sample with Stan in a process of its own; print what came out."""
    import stan

    evidence, given = answers(), of_stan(answers(), CellPriors.of())
    program = (ROOT / "models" / "poststratified" / "model.stan").read_text(encoding="utf-8")
    built = stan.build(program, data=given, random_seed=SEED)
    print(READY, flush=True)
    start = time.perf_counter()
    fit = built.sample(
        num_chains=CHAINS, num_warmup=TUNE, num_samples=DRAWS, init=[start_of(given)] * CHAINS
    )
    taken = time.perf_counter() - start
    pma = fit["misalignment"].reshape(len(evidence.populations), DRAWS, CHAINS).T
    steps = float(fit["n_leapfrog__"].mean())
    print(json.dumps({**quality(np.asarray(pma)), "seconds": taken, "steps": steps}))


def within_cap() -> dict[str, float] | None:
    """Return what Stan drew, or None if it had not finished when its time was over."""
    command = [sys.executable, __file__, "--stan"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:  # whatever is printed while it compiles
            if line.startswith(READY):
                break
        try:
            rest, _ = process.communicate(timeout=CAP)
        except subprocess.TimeoutExpired:
            process.kill()
            return None
    return dict(json.loads(rest.strip().splitlines()[-1]))


def main() -> None:
    """Sample one after the other, and publish."""
    evidence = answers()
    ours, theirs = sample_ours(evidence, CellPriors.of()), within_cap()
    rate = ours["ess"] / ours["seconds"]
    words = (
        f"Simulated answers of {AGENTS:,} agents in {len(evidence.cells):,} of "
        f"{len(evidence.table):,} cells of the population, {GOALS} goals; {CHAINS} chains of "
        f"{TUNE} warm-up iterations and {DRAWS} draws, in the same coordinates, compiled before. "
        f"Effective draws are those of the region with the fewest; of {OUR_ROUNDS} rounds of ours "
        "the slowest is shown. Stan goes through the cells one by one."
    )
    rows = [_row("ours", ours)]
    if theirs is None:
        most = CHAINS * DRAWS / CAP
        rows.append(("Stan", f"not finished after {CAP:g} s", "", "", "", f"at most {most:.2g}"))
        end = (
            f"Had Stan finished then with independent draws, it would have made {most:.2g} a "
            f"second: ours are at least {rate / most:.0f} times as many (at least {LEAST:g} is "
            f"asked for: {verdict(rate / most >= LEAST)})."
        )
    else:
        ratio = rate / (theirs["ess"] / theirs["seconds"])
        gap = abs(ours["mean"] - theirs["mean"]) / float(np.hypot(ours["error"], theirs["error"]))
        rows.append(_row("Stan", theirs))
        end = (
            f"Effective draws a second, ours over Stan's: {ratio:.1f} (at least {LEAST:g} is asked "
            f"for: {verdict(ratio >= LEAST)}). Means of P(ma) are {gap:.1f} standard errors apart."
        )
    head = ("", "sampling", "effective draws of P(ma)", "leapfrog steps", "largest R-hat")
    publish("poststratified_speed", words, table((*head, "effective draws a second"), rows), end)


def _row(who: str, one: dict[str, float]) -> tuple[str, ...]:
    return (
        who,
        f"{one['seconds']:.1f} s",
        f"{one['ess']:.0f}",
        f"{one['steps']:.0f}",
        f"{one['rhat']:.3f}",
        f"{one['ess'] / one['seconds']:.2g}",
    )


if __name__ == "__main__":
    if "--stan" in sys.argv:
        sample_stan()
    else:
        main()
