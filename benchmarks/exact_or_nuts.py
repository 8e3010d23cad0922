"""Exact draws of a study with 190 uncertain conflicts, beside NUTS on the same posterior."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

# An empty compilation cache: the first round below is cold, the later ones are warm.
CACHE = tempfile.TemporaryDirectory(prefix="compilation-")
os.environ["PYTENSOR_FLAGS"] = f"base_compiledir={CACHE.name}"
os.environ["NUMBA_CACHE_DIR"] = CACHE.name

import arviz_stats as azs  # noqa: E402
import numpy as np  # noqa: E402
import nutpie  # noqa: E402
from common import process, publish, ratios, seconds, spread, table, verdict  # noqa: E402

import bayes_misalign as bm  # noqa: E402
from bayes_misalign.inference import draw_blocks as blocks  # noqa: E402
from bayes_misalign.inference.nuts import reproducible  # noqa: E402
from bayes_misalign.measure import misalignment  # noqa: E402
from bayes_misalign.models.single_choice.evidence import ChoiceCounts  # noqa: E402
from bayes_misalign.settings import CHAINS, DRAWS, TARGET_ACCEPT, TUNE  # noqa: E402

GOALS, ANSWERS, JUDGEMENTS = 20, 500, 12
PROCESSES, WARM_ROUNDS = 3, 3
ROUNDS_ONLY = "--rounds-only"
EXACT_A_ROUND = 5
TOTAL = CHAINS * DRAWS
LEAST_WITH_COMPILATION, LEAST_SAMPLING = 100.0, 10.0
AGREE = 4.0  # combined Monte Carlo standard errors that two means may differ by
SEED = 20_220_601


def study() -> Any:
    """Return 20 goals with Zipf shares, each pair of them judged 12 times."""
    rng = np.random.default_rng(SEED)
    goals = [f"goal {i + 1}" for i in range(GOALS)]
    shares = 1 / np.arange(1, GOALS + 1)
    answers = rng.multinomial(ANSWERS, shares / shares.sum())
    yes = {pair: int(rng.binomial(JUDGEMENTS, rng.random())) for pair in combinations(goals, 2)}
    pairs = {pair: (count, JUDGEMENTS - count) for pair, count in yes.items()}
    return bm.Study.of(
        bm.ProblemArea("twenty goals", goals=tuple(goals)),
        ChoiceCounts.from_counts(goals, ["all"], [answers.tolist()]),
        bm.Judged(pairs=pairs),
    )


def draw(fitted: Any) -> Any:
    """Return 4,000 exact draws of P(ma), as a fit draws them."""
    shares = blocks.draw_goals(fitted, TOTAL)
    conflict = blocks.draw_conflict(fitted, TOTAL)
    if shares is None or conflict is None:
        raise SystemExit("the study is not conjugate")
    return misalignment(shares["proportion"], conflict[:, None])[:, 0]


def nuts(fitted: Any, seed: int) -> tuple[float, float, Any]:
    """Return seconds of compilation and of sampling, and the draws of P(ma)."""
    with reproducible():
        start = time.perf_counter()
        compiled = nutpie.compile_pymc_model(fitted.to_pymc())
        compilation = time.perf_counter() - start
        start = time.perf_counter()
        tree = nutpie.sample(
            compiled,
            draws=DRAWS,
            tune=TUNE,
            chains=CHAINS,
            cores=min(CHAINS, os.cpu_count() or 1),
            seed=seed,
            target_accept=TARGET_ACCEPT,
            save_warmup=False,
            progress_bar=False,
        )
        return compilation, time.perf_counter() - start, tree["posterior"]["misalignment"]


def rounds() -> None:
    """Time one round with an empty compilation cache and some with a warm one; print as JSON."""
    fitted = study()
    draw(fitted)
    bm.fit(fitted)
    exact = draw(fitted)
    found = []
    for number in range(1 + WARM_ROUNDS):
        one = statistics.median(seconds(lambda: draw(fitted)) for _ in range(EXACT_A_ROUND))
        fit = seconds(lambda: bm.fit(fitted))
        compilation, sampling, drawn = nuts(fitted, SEED + number)
        data = drawn.to_dataset()
        found.append(
            {
                "cold": number == 0,
                "exact": one,
                "fit": fit,
                "compilation": compilation,
                "sampling": sampling,
                "ess": float(azs.ess(data, method="bulk")["misalignment"].item()),
                "mean": float(drawn.mean()),
                "error": float(azs.mcse(data, method="mean")["misalignment"].item()),
                "exact mean": float(exact.mean()),
                "exact error": float(exact.std() / np.sqrt(TOTAL)),
            }
        )
    print(json.dumps(found))


def main() -> None:
    found = []
    for _ in range(PROCESSES):
        found += json.loads(process(sys.executable, __file__, ROUNDS_ONLY).splitlines()[-1])
    for one in found:
        apart = abs(one["mean"] - one["exact mean"]) / np.hypot(one["error"], one["exact error"])
        if apart > AGREE:
            raise SystemExit(f"the posteriors differ by {apart:.1f} standard errors")
    warm = [one for one in found if not one["cold"]]
    cold = [one for one in found if one["cold"]]
    exact, fit = ([one[name] for one in warm] for name in ("exact", "fit"))
    least, whole = LEAST_SAMPLING, LEAST_WITH_COMPILATION
    publish(
        "exact_or_nuts",
        _words(warm, cold),
        table(
            ["how", "time", "over exact draws", "over `bm.fit`", "target, over exact draws"],
            [
                ["exact draws", spread(exact, " s"), "1", "", ""],
                ["`bm.fit`: exact, prior, diagnosis", spread(fit, " s"), "", "1", ""],
                _row("NUTS, sampling alone", warm, sampling_alone, least),
                _row("NUTS, compilation whole, warm cache", warm, compiled_once, whole),
                _row("NUTS, compilation whole, cold cache", cold, compiled_once, whole),
                _row("NUTS, compilation scaled, warm cache", warm, all_scaled, whole),
                _row("NUTS, compilation scaled, cold cache", cold, all_scaled, whole),
            ],
        ),
        f"Mean P(ma): exact {found[0]['exact mean']:.5f}, NUTS "
        f"{spread([one['mean'] for one in found], digits=5)}, Monte Carlo standard error of a NUTS "
        f"run up to {max(one['error'] for one in found):.5f}.",
    )


def _words(warm: list[dict[str, Any]], cold: list[dict[str, Any]]) -> str:
    compiled = [spread([one["compilation"] for one in part], " s") for part in (warm, cold)]
    return (
        f"{TOTAL:,} draws of P(ma): {GOALS} goals, {ANSWERS} answers, {GOALS * (GOALS - 1) // 2} "
        f"conflicts, each judged {JUDGEMENTS} times. Imports done; {PROCESSES} processes, in each "
        f"one round with an empty compilation cache and {WARM_ROUNDS} with a warm one, exact draws "
        "and NUTS in turn, median and range. NUTS is nutpie on `study.to_pymc()`, "
        f"{CHAINS} chains of {TUNE} + {DRAWS}; its sampling time is scaled to {TOTAL:,} effective "
        "draws by the bulk effective sample size of P(ma), "
        f"{spread([one['ess'] for one in warm + cold])}. Compilation is counted both ways: whole, "
        "as a single fit pays for it, and scaled by the same factor as sampling. "
        f"Not scaled: {compiled[0]} to compile with a warm cache, {compiled[1]} with a cold one, "
        f"{spread([one['sampling'] for one in warm], ' s')} to sample; the same seeds in each "
        "process."
    )


def sampling_alone(one: Mapping[str, Any]) -> float:
    """Return seconds of sampling for as many effective draws as there are exact ones."""
    return float(one["sampling"] * TOTAL / one["ess"])


def compiled_once(one: Mapping[str, Any]) -> float:
    """Return the same with compilation, which costs the same however many draws are wanted."""
    return float(one["compilation"] + sampling_alone(one))


def all_scaled(one: Mapping[str, Any]) -> float:
    """Return the same with compilation spread over the effective draws, as sampling is."""
    return float((one["compilation"] + one["sampling"]) * TOTAL / one["ess"])


def _row(
    name: str, part: list[dict[str, Any]], cost: Callable[[Mapping[str, Any]], float], least: float
) -> list[str]:
    scaled = [cost(one) for one in part]
    to_exact, to_fit = (ratios(scaled, [one[key] for one in part]) for key in ("exact", "fit"))
    met = verdict(statistics.median(to_exact) >= least)
    return [name, spread(scaled, " s"), spread(to_exact), spread(to_fit), f">= {least:g}: {met}"]


if __name__ == "__main__":
    rounds() if ROUNDS_ONLY in sys.argv else main()
