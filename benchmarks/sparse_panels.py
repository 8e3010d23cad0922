"""What labels of large panels cost: tables of which most is empty, and many goals.

    uv run --group stan python benchmarks/sparse_panels.py ["PART" ...]

The parts are gradient, steps, fit and goals; the others are kept as they were written last. A
gradient and a run with many goals are taken in two ways in turn: the table of patterns by raters
and labels multiplied whole, and its labels summed one by one, as `families/reports/few_reports.py`
has it.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import noisy_speed
import numpy as np
from common import process, publish_parts, spread, table, verdict
from numpy.typing import NDArray
from sampling import one_core

SEED = 20_261_129
WHOLE, ONE_BY_ONE = "whole", "one by one"
ROUNDS, CALLS = 7, 40
MOST_SECONDS = 180.0  # of a processor, from the start of the process to its files
GOALS, RUNS = 20, 2
STAN = {"chains": 4, "warmup": 300, "draws": 300}  # it takes long
LEAST_STAN = 1.0

ACCEPTANCES = 0.9, 0.8  # the usual target, and that of such panels

TITLES = {
    "gradient": "#### A gradient",
    "steps": "#### Steps of the sampler",
    "fit": "#### From the command to the files",
    "goals": "#### Twenty goals",
}


@dataclass(frozen=True)
class Layout:
    """How many label how many, and how often."""

    goals: int
    items: int
    raters: int
    each: int  # labels of an item
    accuracy: tuple[float, float] = (8, 3)  # of raters, a Beta distribution
    uneven: bool = False  # whether few raters label most

    @property
    def words(self) -> str:
        """The layout in words."""
        return (
            f"{self.items:,} items, {self.each} labels each by {self.raters} raters, "
            f"{self.goals} goals"
        )


LAYOUTS = {
    "crowdsourcing": Layout(3, 2050, 400, 8),
    "Bayesian classifier combination": Layout(5, 300, 110, 20),
}
OTHERS = {
    "few raters label most": Layout(3, 600, 150, 6, uneven=True),
    "raters are nearly always right": Layout(3, 600, 150, 6, (60, 2)),
    "both": Layout(4, 500, 200, 5, (40, 2), uneven=True),
}


def write_labels(layout: Layout, file: Path, seed: int = SEED) -> None:
    """Write labels of one kind of panel, as many of each rater unless they are uneven.

    The wrong labels are equally likely; goal k has a share in proportion to 1 / k.
    """
    rng, k = np.random.default_rng(seed), layout.goals
    shares = 1 / np.arange(1, k + 1)
    goal = rng.choice(k, size=layout.items, p=shares / shares.sum())
    accuracy = rng.beta(*layout.accuracy, size=layout.raters)
    load = np.zeros(layout.raters)
    zeal = rng.pareto(1.2, size=layout.raters) + 0.05 if layout.uneven else None
    lines = ["item,rater,label"]
    for item in range(layout.items):
        if zeal is None:
            chosen = np.argsort(load + 0.9 * rng.random(layout.raters))[: layout.each]
        else:
            chosen = rng.choice(layout.raters, layout.each, replace=False, p=zeal / zeal.sum())
        load[chosen] += 1
        right = rng.random(layout.each) < accuracy[chosen]
        wrong = (goal[item] + rng.integers(1, k, layout.each)) % k
        given = np.where(right, goal[item], wrong) + 1
        lines += [f"i{item},r{r},goal {g}" for r, g in zip(chosen, given, strict=True)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def evidence_of(layout: Layout) -> Any:
    """Return labels of a panel as evidence."""
    import bayes_misalign as bm
    from bayes_misalign.errors import Problems

    area = bm.ProblemArea("panel", goals=[f"goal {i + 1}" for i in range(layout.goals)])
    with tempfile.TemporaryDirectory() as folder:
        write_labels(layout, file := Path(folder) / "labels.csv")
        declared = bm.NoisyLabels(str(file), agent="item", rater="rater", label="label")
        return declared.read(area, Problems())


@contextmanager
def taken(way: str) -> Iterator[None]:
    """Take tables of reports in one of the two ways."""
    from bayes_misalign.families.reports import few_reports

    before = few_reports.SMALLEST_TABLE
    if way == WHOLE:
        few_reports.SMALLEST_TABLE = sys.maxsize
    try:
        yield
    finally:
        few_reports.SMALLEST_TABLE = before


# --- a gradient


def gradient() -> list[str]:
    """Time log density and gradient of whole models, in both ways in turn."""
    rows = []
    for name, layout in LAYOUTS.items():
        evidence = evidence_of(layout)
        calls = {way: _gradient_of(evidence, way) for way in (WHOLE, ONE_BY_ONE)}
        found: dict[str, list[float]] = {way: [] for way in calls}
        values = {way: call() for way, call in calls.items()}
        apart = abs(float(values[WHOLE][0]) / float(values[ONE_BY_ONE][0]) - 1)
        for _ in range(ROUNDS):
            for way, call in calls.items():
                start = time.perf_counter()
                for _ in range(CALLS):
                    call()
                found[way].append((time.perf_counter() - start) / CALLS * 1e6)
        ratio = [a / b for a, b in zip(found[WHOLE], found[ONE_BY_ONE], strict=True)]
        table_of = evidence.reports
        rows.append(
            [
                f"{name}: {layout.words}",
                f"{len(table_of):,} x {table_of.shape[1]:,}, "
                f"{100 * np.count_nonzero(table_of) / table_of.size:.2g} %",
                spread(found[WHOLE], " us"),
                spread(found[ONE_BY_ONE], " us"),
                spread(ratio),
                f"{apart:.0e}",
            ]
        )
    head = ["panel", "table, part filled", WHOLE, ONE_BY_ONE, "ratio", "densities differ by"]
    return [
        "Log density and gradient of the model with its default priors, compiled by numba without "
        f"fastmath: median and range of {ROUNDS} rounds of {CALLS} calls, in turn, on one core. "
        "What the two ways share, shares and error rates of all raters, is in both columns.",
        table(head, rows),
    ]


def _gradient_of(evidence: Any, way: str) -> Any:
    """Return a compiled log density with its gradient, at a point of its own."""
    import pytensor

    from bayes_misalign.inference import upstream
    from bayes_misalign.inference.nuts import reproducible
    from bayes_misalign.models.noisy_labels import generative as noisy_labels
    from bayes_misalign.models.noisy_labels.priors import LabelPriors

    with taken(way), reproducible():
        model = upstream.own_data(noisy_labels.build(evidence, LabelPriors.of()), True)
        density = model.logp()
        slopes = pytensor.grad(density, model.value_vars)
        run = pytensor.function(
            model.value_vars, [density, *slopes], mode="NUMBA", trust_input=True
        )
    start, rng = model.initial_point(), np.random.default_rng(SEED)
    at = [np.asarray(start[x.name], dtype=float) for x in model.value_vars]
    point = [np.asarray(x + 0.1 * rng.normal(size=x.shape)) for x in at]
    return lambda: run(*point)


# --- steps of the sampler


def steps() -> list[str]:
    """Sample panels with two targets of acceptance."""
    rows = []
    for name, layout in {**LAYOUTS, **OTHERS}.items():
        with tempfile.TemporaryDirectory() as folder:
            study = _write_study(layout, Path(folder))
            for target in ACCEPTANCES:
                rows.append(
                    [f"{name}: {layout.words}", f"{target:g}", *_sampled_with(study, target)]
                )
    head = ["panel", "target", "gradients a draw", "processor", "smallest ESS", "divergences"]
    return [
        "4 chains of 1,000 + 1,000 with two targets of acceptance, the code compiled before: "
        "gradients of a kept draw, seconds of a processor in all, the smallest effective sample "
        "size of all quantities, divergent transitions, and mean and sd of P(ma).",
        table([*head, "P(ma)"], rows),
    ]


def _sampled_with(study: Path, target: float) -> list[str]:
    """Return what sampling a study with one target takes, and what it is worth."""
    import bayes_misalign as bm
    from bayes_misalign.study.toml import read_study

    start = time.process_time()
    result = bm.fit(read_study(study), target_accept=target - 1e-9)  # not the one that models set
    taken = time.process_time() - start
    figures, ma = result.diagnosis.figures, result.misalignment()["all"]
    gradients = float(result.tree["sample_stats"]["n_steps"].mean())
    return [
        f"{gradients:.1f}",
        f"{taken:.0f} s",
        f"{min(figures['ess_bulk_min'], figures['ess_tail_min']):,.0f}",
        f"{figures['divergences']:.0f}",
        f"{ma.mean:.4f} ({ma.sd:.4f})",
    ]


# --- from the command to the files


def _write_study(layout: Layout, place: Path) -> Path:
    """Write a panel and its study to a folder."""
    write_labels(layout, place / "labels.csv")
    goals = ", ".join(f'"goal {i + 1}"' for i in range(layout.goals))
    (place / "study.toml").write_text(
        f'name = "panel"\n\n[problem_area]\nname = "panel"\ngoals = [{goals}]\n\n'
        '[goals]\nmodel = "noisy-labels"\ndata = "labels.csv"\nagent = "item"\n'
        'rater = "rater"\nlabel = "label"\n\n[conflict]\nmodel = "mutually-exclusive"\n',
        encoding="utf-8",
    )
    return place / "study.toml"


def fit() -> list[str]:
    """Take the processor seconds of whole fits, cold and with the model found again."""
    rows = []
    for name, layout in LAYOUTS.items():
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            _write_study(layout, place)
            again = [_fit_once(place, f"out{i}") for i in range(2)]
        warm = again[1]
        rows.append(
            [
                f"{name}: {layout.words}",
                f"{again[0]['cpu']:.0f} s",
                f"{warm['cpu']:.0f} s",
                f"{warm['ess']:,.0f}",
                f"{warm['rhat']:.3f}",
                f"<= {MOST_SECONDS:.0f} s: {verdict(again[0]['cpu'] <= MOST_SECONDS)}",
            ]
        )
    head = ["panel", "first fit", "second fit", "smallest ESS", "largest R-hat", "target"]
    return [
        "`bayes-misalign fit` with its defaults, 4 chains of 1,000 + 1,000, with figures: seconds "
        "of a processor from the start of the process to its files, held to one core. The first "
        "fit finds all caches empty; the second finds its model compiled.",
        table(head, rows),
    ]


def _fit_once(place: Path, out: str) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bayes_misalign", "fit", "study.toml", "--out", out]
    own = os.environ | {
        "BAYES_MISALIGN_CACHE": str(place / "compiled"),
        "NUMBA_CACHE_DIR": str(place / "numba"),
        "PYTENSOR_FLAGS": f"base_compiledir={place / 'pytensor'}",
    }
    subprocess.run(
        command, cwd=place, check=True, env=own, preexec_fn=one_core, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    import bayes_misalign as bm

    figures = bm.load(str(place / out / "posterior.nc")).diagnosis.figures
    return {"cpu": cpu, "ess": figures["ess_bulk_min"], "rhat": figures["rhat_max"]}


# --- twenty goals


def goals() -> list[str]:
    """Compare effective draws a second in both ways, and in Stan, each on one core."""
    found = {
        way: json.loads(process(sys.executable, __file__, "--nuts", way).splitlines()[-1])
        for way in (WHOLE, ONE_BY_ONE)
    }
    found["Stan"] = json.loads(process(sys.executable, __file__, "--stan").splitlines()[-1])
    rate = {n: [one["ess"] / one["sampling"] for one in runs] for n, runs in found.items()}
    middle = {name: statistics.median(each) for name, each in rate.items()}
    labels = noisy_speed.draw_labels(*_truth())
    ours, stan = middle[ONE_BY_ONE], middle["Stan"]
    return [
        f"{GOALS} goals, {labels.shape[1]} raters, {len(labels):,} agents with "
        f"{len(np.unique(labels, axis=0)):,} distinct patterns, raters pooled hierarchically: "
        "effective draws of P(ma) for a second of warm-up and sampling on one core, building not "
        f"counted. This package: 4 chains of 1,000 + 1,000, {RUNS} runs; Stan: {STAN['chains']} "
        f"chains of {STAN['warmup']} + {STAN['draws']}, one run.",
        table(
            ["", "sampling", "ESS of P(ma)", "ESS a second", "largest R-hat", "mean P(ma)"],
            [
                [
                    name,
                    spread([one["sampling"] for one in runs], " s"),
                    spread([one["ess"] for one in runs]),
                    spread(rate[name]),
                    f"{max(one['rhat'] for one in runs):.3f}",
                    f"{statistics.median(one['mean'] for one in runs):.4f}",
                ]
                for name, runs in found.items()
            ],
        ),
        f"One by one, {ours / middle[WHOLE]:.2f} times what the whole table gives; "
        f"{ours / stan:.2f} times Stan, target >= {LEAST_STAN:g}: "
        f"{verdict(ours / stan >= LEAST_STAN)}.",
    ]


def _truth() -> tuple[int, NDArray[np.float64], tuple[float, ...], np.random.Generator]:
    shares = 1 / np.arange(1, GOALS + 1)
    accuracy, rng = noisy_speed.ACCURACY_STAN, np.random.default_rng(SEED)
    return noisy_speed.AGENTS_STAN, shares / shares.sum(), accuracy, rng


def run_nuts(way: str) -> None:
    """Sample the evidence of many goals in one of the two ways; print as JSON."""
    one_core()
    from bayes_misalign.inference.nuts import Frozen
    from bayes_misalign.models.noisy_labels import generative as noisy_labels
    from bayes_misalign.models.noisy_labels.priors import LabelPriors
    from bayes_misalign.study.options import Fitting

    evidence = noisy_speed.patterns(noisy_speed.draw_labels(*_truth()), GOALS)
    with taken(way):
        compiled = Frozen(noisy_labels.build(evidence, LabelPriors.of()))
    found = []
    for number in range(RUNS):
        start = time.perf_counter()
        tree = compiled.sample(Fitting(seed=SEED + number))
        seconds = time.perf_counter() - start
        drawn = noisy_speed.exclusive(tree["posterior"]["proportion"].values[:, :, 0])
        steps = float(tree["sample_stats"]["n_steps"].mean())
        found.append({**noisy_speed.quality(drawn), "sampling": seconds, "steps": steps})
        print(found[-1], file=sys.stderr, flush=True)
    print(json.dumps(found))


def run_stan() -> None:
    """Sample the same evidence with Stan; print as JSON."""
    noisy_speed.GOALS_STAN, noisy_speed.RUNS_STAN = GOALS, 1
    noisy_speed.CHAINS, noisy_speed.TUNE = STAN["chains"], STAN["warmup"]
    noisy_speed.DRAWS, noisy_speed._stan_truth = STAN["draws"], _truth
    noisy_speed.run_stan()


PARTS = {"gradient": gradient, "steps": steps, "fit": fit, "goals": goals}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--nuts"]:
        run_nuts(sys.argv[2])
    elif sys.argv[1:2] == ["--stan"]:
        run_stan()
    else:
        publish_parts("sparse_panels", TITLES, PARTS)
