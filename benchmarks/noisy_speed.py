"""What fits of `noisy-labels` cost: more agents, PyMC with a latent goal per agent, and Stan.

    uv run --group stan python benchmarks/noisy_speed.py ["PART" ...]

The parts are agents, latent and stan; the others are kept as they were written last.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT, process, publish_parts, ratios, spread, table, verdict
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEED = 20_220_601
CHAINS, TUNE, DRAWS = 4, 1_000, 1_000
SHARES = np.array([0.6, 0.3, 0.1])
ACCURACY = (0.9, 0.85, 0.8, 0.75, 0.7)  # of the raters; wrong labels are equally likely

FEW, MANY = 10_000, 1_000_000
ROUNDS = 5
MOST_RATIO = 1.5

CAP = 600.0  # seconds
PILOT = (50, 100, 200, 400)
SIZES = tuple(step * 10**power for power in range(1, 6) for step in (1, 2, 5))
SETTLED, TIMED = 30, 20  # iterations of the pilot
OUR_ROUNDS = 3
LEAST_LATENT = 50.0

GOALS_STAN, AGENTS_STAN, RUNS_STAN = 8, 1_000, 3
ACCURACY_STAN = (0.75, 0.7, 0.65, 0.6, 0.55)
LEAST_STAN = 1.0
AGREE = 4.0  # combined Monte Carlo standard errors that two means may differ by
SWITCHED = 1.05  # R-hat of P(ma)

TITLES = {
    "agents": "#### A million agents",
    "latent": "#### A latent goal for every agent",
    "stan": "#### The same model in Stan",
}


def draw_labels(
    agents: int, shares: Array, accuracy: Iterable[float], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return labels of agents by raters whose errors are equally likely, (agent, rater)."""
    k = len(shares)
    goal = rng.choice(k, size=agents, p=shares)
    wrong = [(goal + rng.integers(1, k, agents)) % k for _ in accuracy]
    right = [rng.random(agents) < chance for chance in accuracy]
    return np.stack([np.where(r, goal, w) for r, w in zip(right, wrong, strict=True)], axis=1)


def patterns(labels: NDArray[np.int64], goals: int) -> Any:
    """Return labels (agent, rater) as evidence."""
    from bayes_misalign.families.reports.distinct_reports import compress
    from bayes_misalign.models.noisy_labels.evidence import DistinctLabels

    first, pattern = compress(labels)
    number = np.bincount(pattern).astype(float)
    names = tuple(f"goal {i + 1}" for i in range(goals))
    return DistinctLabels(
        categories=names,
        populations=("all",),
        raters=tuple(f"rater {r + 1}" for r in range(labels.shape[1])),
        labels=names,
        reports=np.eye(goals, dtype=int)[labels[first]].reshape(len(first), -1),
        population=np.zeros(len(first)),
        gold=np.full(len(first), -1),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def quality(drawn: Array) -> dict[str, float]:
    """Return effective draws, R-hat, mean and its Monte Carlo error of P(ma), (chain, draw)."""
    import arviz_stats as azs

    axes = {"chain_axis": 0, "draw_axis": 1}
    return {
        "ess": float(azs.ess(drawn, method="bulk", **axes)),
        "rhat": float(azs.rhat(drawn, **axes)),
        "mean": float(drawn.mean()),
        "sd": float(drawn.std()),
        "error": float(azs.mcse(drawn, method="mean", **axes)),
    }


def exclusive(shares: Array) -> Array:
    """Return P(ma) of exclusive goals, (...) of (..., K)."""
    return np.asarray(1 - (shares**2).sum(axis=-1))


# --- a million agents


def agents() -> list[str]:
    """Time one compiled model on few and on many agents, in turn."""
    from bayes_misalign.inference.nuts import Compiled
    from bayes_misalign.models.noisy_labels import generative as noisy_labels
    from bayes_misalign.models.noisy_labels.priors import LabelPriors
    from bayes_misalign.study.options import Fitting

    rng = np.random.default_rng(SEED)
    evidence = {n: patterns(draw_labels(n, SHARES, ACCURACY, rng), 3) for n in (FEW, MANY)}
    prior = LabelPriors.of()
    compiled = Compiled(noisy_labels.build(evidence[FEW], prior))
    data = {n: noisy_labels.data(e, prior) for n, e in evidence.items()}
    taken: dict[int, list[float]] = {n: [] for n in evidence}
    steps: dict[int, list[float]] = {n: [] for n in evidence}
    found: dict[int, list[dict[str, float]]] = {n: [] for n in evidence}
    for number in range(ROUNDS + 1):  # the first is not counted
        for n in evidence:
            fitting = Fitting(draws=DRAWS, tune=TUNE, chains=CHAINS, seed=SEED + number)
            start = time.perf_counter()
            tree = compiled.sample(data[n], fitting)
            taken[n].append(time.perf_counter() - start)
            steps[n].append(float(tree["sample_stats"]["n_steps"].values.mean()))
            found[n].append(quality(exclusive(tree["posterior"]["proportion"].values[:, :, 0])))
    ratio = ratios(taken[MANY][1:], taken[FEW][1:])
    rows = [
        [
            f"{n:,}",
            len(evidence[n].agents),
            spread(taken[n][1:], " s"),
            spread([a / b for a, b in zip(taken[n][1:], taken[FEW][1:], strict=True)]),
            f"{np.mean(steps[n][1:]):.1f}",
            spread([one["ess"] for one in found[n][1:]]),
            f"<= {MOST_RATIO:g}: {verdict(statistics.median(ratio) <= MOST_RATIO)}"
            if n == MANY
            else "",
        ]
        for n in evidence
    ]
    return [
        f"Sampling time of one compiled model, 3 goals and 5 raters of unknown accuracy: {CHAINS} "
        f"chains of {TUNE} + {DRAWS}, median and range of {ROUNDS} rounds taken in turn. Equal "
        "labels are one row of the likelihood, so its cost depends on the patterns, of which there "
        f"are at most {3**5}.",
        table(
            ["agents", "patterns", "sampling", "ratio", "leapfrog steps", "ESS of P(ma)", "target"],
            rows,
        ),
    ]


# --- a latent goal for every agent


def latent() -> list[str]:
    """Time a whole fit beside PyMC with latent goals, at the largest size that PyMC manages."""
    with tempfile.TemporaryDirectory() as folder:
        pilots = [(n, _pilot(_file(folder, n))) for n in PILOT]
        sizes, seconds = np.log(np.array(pilots)).T
        # the slope of the last two sizes: fixed costs matter less there
        slope = float((seconds[-1] - seconds[-2]) / (sizes[-1] - sizes[-2]))
        iterations = CHAINS * (TUNE + DRAWS) / min(CHAINS, os.cpu_count() or 1)

        def predicted(n: int) -> float:
            return iterations * float(np.exp(seconds[-1] + slope * (np.log(n) - sizes[-1])))

        fitting = [n for n in SIZES if predicted(n) <= CAP]
        print(
            f"seconds an iteration {pilots}, slope {slope:.2f}; predicted "
            f"{[(n, round(predicted(n))) for n in SIZES if predicted(n) < 10 * CAP]}",
            flush=True,
        )
        theirs = None
        while theirs is None:
            n = fitting.pop()
            theirs = _timed("theirs", _file(folder, n), cap=CAP)
            print(n, theirs, flush=True)
        ours = [_timed("ours", _file(folder, n)) for _ in range(OUR_ROUNDS + 1)][1:]
        if any(one is None for one in ours):
            raise SystemExit("our own fit did not finish")
        larger = [_timed("ours", _file(folder, MANY // 10)) for _ in range(OUR_ROUNDS)]
    return _latent_words(n, predicted, slope, theirs, ours, larger)


def _latent_words(
    n: int, predicted: Any, slope: float, theirs: Any, ours: list[Any], larger: list[Any]
) -> list[str]:
    whole = [theirs["whole"] / one["whole"] for one in ours]
    each = [theirs["whole"] / theirs["ess"] * one["ess"] / one["whole"] for one in ours]
    after = next(size for size in SIZES if size > n)
    head = ["what", "agents", "whole", "times faster", "a draw", "ESS", "R-hat", "mean", "target"]
    met = verdict(statistics.median(whole) >= LEAST_LATENT)
    return [
        f"From the start of a fresh process that reads a CSV file, an agent a row, to the "
        f"posterior of P(ma), with a warm compilation cache: `bm.fit`, median and range of "
        f"{len(ours)} runs, beside one run of the model that is written first (a `pm.Categorical` "
        f"goal for every agent, Dirichlet shares, a Dirichlet row for each rater and goal, "
        f"`pm.sample` with its default steps). Both {CHAINS} chains of {TUNE} + {DRAWS}. Of the "
        f"sizes 1, 2 and 5 times a power of ten, {n:,} agents is the largest that PyMC was "
        f"predicted to finish within {CAP / 60:g} minutes (it samples in proportion to agents to "
        f"the power {slope:.1f}; {after:,} would take {predicted(after) / 60:.0f} minutes). "
        "`a draw` is the ratio of seconds for an effective draw of P(ma).",
        table(
            head,
            [
                [
                    "`bm.fit`",
                    f"{n:,}",
                    spread([one["whole"] for one in ours], " s"),
                    spread(whole),
                    spread(each),
                    spread([one["ess"] for one in ours]),
                    f"{max(one['rhat'] for one in ours):.3f}",
                    f"{ours[0]['mean']:.4f}",
                    f">= {LEAST_LATENT:g}: {met}",
                ],
                [
                    "latent goals",
                    f"{n:,}",
                    f"{theirs['whole']:.0f} s",
                    "",
                    "",
                    f"{theirs['ess']:.0f}",
                    f"{theirs['rhat']:.3f}",
                    f"{theirs['mean']:.4f}",
                    "",
                ],
                [
                    "`bm.fit`",
                    f"{MANY // 10:,}",
                    spread([one["whole"] for one in larger], " s"),
                    "",
                    "",
                    spread([one["ess"] for one in larger]),
                    f"{max(one['rhat'] for one in larger):.3f}",
                    f"{larger[0]['mean']:.4f}",
                    "",
                ],
            ],
        ),
        f"Of `bm.fit` at {n:,} agents: {spread([one['imports'] for one in ours], ' s')} to import, "
        f"{spread([one['fit'] for one in ours], ' s')} to read and fit, of which sampling takes "
        f"{spread([one['sampling'] for one in ours], ' s')} and compiling nearly all the rest.",
    ]


def _file(folder: str, agents: int) -> Path:
    file = Path(folder) / f"{agents}.csv"
    if not file.exists():
        labels = draw_labels(agents, SHARES, ACCURACY, np.random.default_rng([SEED, agents]))
        head = ",".join(f"rater {r + 1}" for r in range(labels.shape[1]))
        names = np.array([f"goal {i + 1}" for i in range(3)])
        lines = "\n".join(",".join(row) for row in names[labels])
        file.write_text(f"{head}\n{lines}\n", encoding="utf-8")
    return file


def _pilot(file: Path) -> float:
    """Return seconds an iteration of one chain, without compilation and other fixed costs."""
    done = process(sys.executable, __file__, "--pilot", file)
    return float(json.loads(done.splitlines()[-1])["iteration"])


def _timed(which: str, file: Path, cap: float | None = None) -> dict[str, float] | None:
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, __file__, f"--{which}", str(file)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=cap,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return None
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"{which} failed:\n{failed.stderr[-2000:]}") from None
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {**found, "whole": time.perf_counter() - start}


def fit_ours(file: str) -> None:
    """Fit a file as a user of the package would; print as JSON."""
    start = time.perf_counter()
    import bayes_misalign as bm

    sampling: list[float] = []
    _note_sampling(sampling)
    imports = time.perf_counter() - start
    start = time.perf_counter()
    area = bm.ProblemArea("three goals", goals=("goal 1", "goal 2", "goal 3"))
    raters = [f"rater {r + 1}" for r in range(len(ACCURACY))]
    goals = bm.NoisyLabels(file, raters=raters)
    posterior = bm.fit(area, goals, bm.MutuallyExclusive(), random_seed=SEED)
    drawn = posterior.tree["posterior"]["misalignment"].values[..., 0]
    fit = time.perf_counter() - start
    print(json.dumps({"imports": imports, "fit": fit, "sampling": sum(sampling), **quality(drawn)}))


def _note_sampling(sampling: list[float]) -> None:
    """Time what nutpie takes once the model is compiled."""
    import nutpie

    inner = nutpie.sample

    def sample(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return inner(*args, **options)
        finally:
            sampling.append(time.perf_counter() - start)

    nutpie.sample = sample


def latent_model(labels: NDArray[np.int64]) -> Any:
    """Return the model that is written first: a goal for every agent."""
    import pymc as pm

    n, raters = labels.shape
    k = len(SHARES)
    with pm.Model() as model:
        shares = pm.Dirichlet("shares", np.ones(k))
        goal = pm.Categorical("goal", shares, shape=n)
        emission = pm.Dirichlet("emission", np.ones((raters, k, k)) + 3 * np.eye(k))
        chance = emission[np.arange(raters)[None, :], goal[:, None]]
        pm.Categorical("labels", chance, observed=labels)
        pm.Deterministic("misalignment", 1 - (shares**2).sum())
    return model


def _labels_of(file: str) -> NDArray[np.int64]:
    import pandas as pd

    found = pd.read_csv(file)
    return np.stack([found[c].str.removeprefix("goal ").astype(int) - 1 for c in found], axis=1)


def fit_theirs(file: str) -> None:
    """Fit a file with a latent goal for every agent; print as JSON."""
    import pymc as pm

    with latent_model(_labels_of(file)):
        tree = pm.sample(DRAWS, tune=TUNE, chains=CHAINS, random_seed=SEED, progressbar=False)
    print(json.dumps(quality(tree["posterior"]["misalignment"].values)))


def pilot(file: str) -> None:
    """Time a few iterations of it; print as JSON."""
    import pymc as pm

    clock: list[float] = []
    with latent_model(_labels_of(file)):
        pm.sample(
            1,
            tune=SETTLED + TIMED,
            chains=1,
            cores=1,
            random_seed=SEED,
            progressbar=False,
            compute_convergence_checks=False,
            callback=lambda **_: clock.append(time.perf_counter()),
        )
    print(json.dumps({"iteration": float(np.median(np.diff(clock)[-TIMED:]))}))


# --- Stan


def stan() -> list[str]:
    """Compare effective draws a second with those of the same model in Stan, each on one core."""
    found: dict[str, list[dict[str, Any]]] = {"ours": [], "stan": []}
    for which, option in (("ours", "--nuts"), ("stan", "--stan")):
        found[which] = json.loads(process(sys.executable, __file__, option).splitlines()[-1])
        print(which, found[which], flush=True)
    return _stan_words(found)


def _stan_words(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    rate = {
        name: [one["ess"] / one["sampling"] for one in runs if one["rhat"] < SWITCHED]
        for name, runs in found.items()
    }
    middle = {name: statistics.median(each) if each else 0.0 for name, each in rate.items()}
    apart = [
        abs(a["mean"] - b["mean"]) / np.hypot(a["error"], b["error"])
        for a in found["ours"]
        for b in found["stan"]
        if max(a["rhat"], b["rhat"]) < SWITCHED
    ]
    if apart and min(apart) > AGREE:
        raise SystemExit(f"the posteriors differ by {min(apart):.1f} standard errors")
    ratio = middle["ours"] / middle["stan"] if middle["stan"] else np.inf
    words = {"ours": "this package", "stan": "Stan"}
    labels = draw_labels(*_stan_truth())
    n = len(np.unique(labels, axis=0))
    return [
        f"{GOALS_STAN} goals, {len(ACCURACY_STAN)} raters, {AGENTS_STAN:,} agents with {n} "
        "distinct patterns, raters pooled hierarchically: effective draws of P(ma) for a second of "
        f"warm-up and sampling, {CHAINS} chains of {TUNE} + {DRAWS}, each program held to one "
        f"core; median and range of {RUNS_STAN} runs with other seeds. Building is not counted. "
        "Both start near the majority vote; the chains share the core.",
        table(
            ["", "sampling", "ESS of P(ma)", "ESS a second", "largest R-hat", "mean P(ma)"],
            [
                [
                    words[name],
                    spread([one["sampling"] for one in runs], " s"),
                    spread([one["ess"] for one in runs]),
                    spread(rate[name]) if rate[name] else "",
                    f"{max(one['rhat'] for one in runs):.3f}",
                    f"{statistics.median(one['mean'] for one in runs):.4f}",
                ]
                for name, runs in found.items()
            ],
        ),
        f"Ratio: {ratio:.2f}, target >= {LEAST_STAN:g}: {verdict(ratio >= LEAST_STAN)}.",
    ]


def _stan_truth() -> tuple[int, Array, tuple[float, ...], np.random.Generator]:
    shares = 1 / np.arange(1, GOALS_STAN + 1)
    return AGENTS_STAN, shares / shares.sum(), ACCURACY_STAN, np.random.default_rng(SEED)


def one_core() -> None:
    """Hold this process to one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def run_nuts() -> None:
    """Sample the evidence for Stan with this package; print as JSON."""
    one_core()
    from bayes_misalign.inference.nuts import Compiled
    from bayes_misalign.models.noisy_labels import generative as noisy_labels
    from bayes_misalign.models.noisy_labels.priors import LabelPriors
    from bayes_misalign.study.options import Fitting

    evidence = patterns(draw_labels(*_stan_truth()), GOALS_STAN)
    prior = LabelPriors.of()
    start = time.perf_counter()
    compiled = Compiled(noisy_labels.build(evidence, prior))
    print(f"compiled in {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    found = []
    for number in range(RUNS_STAN):
        fitting = Fitting(draws=DRAWS, tune=TUNE, chains=CHAINS, seed=SEED + number)
        start = time.perf_counter()
        tree = compiled.sample(noisy_labels.data(evidence, prior), fitting)
        taken = time.perf_counter() - start
        drawn = exclusive(tree["posterior"]["proportion"].values[:, :, 0])
        steps = tree["sample_stats"]["n_steps"].values
        more = {"sampling": taken, "steps": float(steps.mean())}
        found.append({**quality(drawn), **more})
    print(json.dumps(found))


def run_stan() -> None:
    """Sample the same evidence with Stan; print as JSON."""
    one_core()
    import stan as pystan

    from bayes_misalign.models.noisy_labels.priors import LabelPriors

    evidence = patterns(draw_labels(*_stan_truth()), GOALS_STAN)
    prior = LabelPriors.of()
    k, raters, labels = evidence.emission.shape[1], len(evidence.raters), len(evidence.labels)
    data = {
        "S": 1,
        "K": k,
        "R": raters,
        "L": labels,
        "D": len(evidence.agents),
        "population": (evidence.population + 1).tolist(),
        "gold": (evidence.gold + 1).tolist(),
        "informs": evidence.informs_shares.tolist(),
        "weight": evidence.agents.tolist(),
        "reports": evidence.reports.tolist(),
        "alpha": prior.alpha(evidence).tolist(),
        "agreement_median": prior.agreement,
        "agreement_sigma": prior.agreement_spread,
        "C": (1 - np.eye(k)).tolist(),
    }
    program = (ROOT / "models" / "noisy-labels" / "model.stan").read_text(encoding="utf-8")
    found = []
    for number in range(RUNS_STAN):
        built = pystan.build(program, data=data, random_seed=SEED + number)
        start = time.perf_counter()
        fit = built.sample(
            num_chains=CHAINS, num_warmup=TUNE, num_samples=DRAWS, init=[_start(evidence)] * CHAINS
        )
        # what its chains say of their time counts each second of a shared core once for each chain
        taken = time.perf_counter() - start
        drawn = fit["misalignment"].reshape(-1, CHAINS).T
        found.append(
            {**quality(drawn), "sampling": taken, "steps": float(fit["n_leapfrog__"].mean())}
        )
    print(json.dumps(found))


def _start(evidence: Any) -> dict[str, Any]:
    """Return values of the program's parameters near the majority vote."""
    rough = evidence.confusion + 0.5
    k = len(evidence.categories)
    share = evidence.counts + 0.5
    ratio = np.log(share) - np.log(share).mean(axis=1, keepdims=True)
    mean = rough.sum(axis=0) / rough.sum(axis=(0, 2))[:, None]
    agreement, total = 8.0, 1.0
    shape = 1 / len(evidence.labels) + agreement * mean
    emission = rough / rough.sum(axis=-1, keepdims=True)
    target = np.log(shape.sum(axis=-1, keepdims=True) * emission)
    shape = np.broadcast_to(shape, target.shape)
    low, high = np.full(target.shape, -200.0), np.full(target.shape, 200.0)
    for _ in range(100):  # bisection: log Gamma variables increase with x
        x = (low + high) / 2
        value = np.log1p(shape) + x / np.sqrt(1 + shape) - np.logaddexp(0, -x) / shape
        low, high = np.where(value < target, x, low), np.where(value < target, high, x)
    return {
        "index": [0.5],
        "z": (ratio / np.sqrt(k / (evidence.n[:, None] + total))).tolist(),
        "mean_emission": mean.tolist(),
        "agreement": agreement,
        "x": ((low + high) / 2).tolist(),
    }


PARTS = {"agents": agents, "latent": latent, "stan": stan}
INSIDE = {"--ours": fit_ours, "--theirs": fit_theirs, "--pilot": pilot}


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in INSIDE:
        INSIDE[sys.argv[1]](sys.argv[2])
    elif "--nuts" in sys.argv:
        run_nuts()
    elif "--stan" in sys.argv:
        run_stan()
    else:
        publish_parts("noisy_speed", TITLES, PARTS)
