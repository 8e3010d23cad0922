"""Calibrate the catalogue's models at length and write down what came out.

    uv run python models/calibrate.py [NAME ...]
    uv run python models/calibrate.py NAME:2       # its second design; the others stay as they are

For each model with something uncertain, every design below is simulated and the ranks of the true
values are tested. `calibration.json` holds settings, versions and p-values; `ranks.svg` shows the
ranks of one design, beside those of two posteriors that were broken on purpose. About ten minutes
on two cores, and ten to fifteen more for each model that has to be sampled. A model that is another
one for some data has a second name here, such as `judged_raters`, and files that end with it.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from broken_posteriors import broken_of, mixed_up, without_data
from calibration_designs import EXACT, SAMPLED
from rank_figure import draw_ranks

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.inference.calibrate import Calibration, calibrate
from bayes_misalign.inference.calibrate_sampled import FITTING, CommonPosterior, SampledPosterior
from bayes_misalign.inference.sampled import settings_asked_for
from bayes_misalign.inference.uniformity import ALPHA, RANKS, holm
from bayes_misalign.models.clustered.weighted import WeightedPosterior
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.models.waves import calibration as waves
from bayes_misalign.study.options import Fitting

MODELS = Path(__file__).parent
SIMULATIONS = 10_000
SAMPLED_SIMULATIONS = 500  # where each takes a fit by NUTS
# where exact draws take long, or each fit does
FEWER = {
    "published": 500,
    "experts": 500,
    "multi-select": 1000,
    "endorsement": 1000,
    "ranked": 2000,
    "pooled_groups": 150,
    "pooled_labels_groups": 150,
    "pooled_actions_groups": 150,
    "pooled_published_groups": 150,
    "rated_kinds": 250,
    "judged_kinds": 300,
}
# by the number of the design, where a fit is slow
FEWER_OF_DESIGN = {
    ("poststratified", 2): 200,
    ("choices", 1): 200,
    ("choices", 2): 200,
}
# One rater alone explains the same labels by all holding one goal, by all holding the other, or by
# both with fewer errors. Chains go from one to another, but a short one does not come back often:
# that design, the second of its model, is fitted with the chains of a study, and once more if
# they disagree.
AS_IN_A_STUDY = {("noisy-labels", 2)}
# sampled with the target acceptance of a study, but with fewer draws
ACCEPTED_AS_IN_A_STUDY = {"rated_kinds"}
SEED = 90_210
OF_SHARES = ("waves", "pooled")  # models of shares, calibrated with evidence of a model of goals


def calibrate_model(name: str) -> bool:
    """Calibrate one model, write its two files, and return whether all is as it should be."""
    designs, broken = EXACT[name], broken_of(name)
    simulations = FEWER.get(name, SIMULATIONS)
    entries, every = [], {}
    for words, evidence, prior in designs():
        found = calibrate(name, simulations, SEED, design=evidence, prior=prior)
        entries.append({"design": words, **_figures(found)})
        every.update({(len(entries), key): p for key, p in found.p_values.items()})
    shown = {"the model": calibrate(name, simulations, SEED)}
    for what, broken_posterior in broken.items():
        shown[what] = calibrate(name, simulations, SEED, posterior=broken_posterior(name))
    return _write(name, simulations, entries, every, shown)


def _write(
    name: str,
    simulations: int,
    entries: list[dict[str, Any]],
    every: dict[Any, float],
    shown: dict[str, Calibration],
) -> bool:
    """Write a model's two files, and return whether all is as it should be."""
    smallest = min(holm(every).values())
    good = smallest >= ALPHA and shown["the model"].passed
    packages = ["bayes-misalign", "numpy", "scipy"]
    packages += ["pymc", "pytensor", "nutpie"] if name in SAMPLED else []
    model, variant = model_of(name)
    result = {
        "name": model,
        "simulations": simulations,
        "draws": RANKS - 1,
        "seed": SEED,
        "gate": "exact simultaneous test of the ranks' distribution, Holm over the quantities",
        "alpha": ALPHA,
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in packages},
        },
        "passed": good,
        "quantities_in_all_designs": len(every),
        "smallest_p_value_corrected_for_all": float(f"{smallest:.4g}"),
        "designs": entries,
        "default_design": _figures(shown["the model"]),
        "broken_on_purpose": [
            {"posterior": what, **_figures(found)}
            for what, found in shown.items()
            if what != "the model"
        ],
    }
    text = json.dumps(result, indent=1, allow_nan=False, ensure_ascii=False)
    (MODELS / model / f"calibration{variant}.json").write_text(text + "\n", encoding="utf-8")
    draw_ranks(shown, MODELS / model / f"ranks{variant}.svg")
    return good and not any(shown[what].passed for what in shown if what != "the model")


def calibrate_sampled(name: str) -> bool:
    """Calibrate a model that has to be sampled, and write its two files."""
    entries, every, shown = list[dict[str, Any]](), dict[Any, float](), dict[str, Calibration]()
    own, _ = model_of(name)
    usual = FEWER.get(name, SAMPLED_SIMULATIONS)
    for words, evidence, prior in SAMPLED[name]():
        model = evidence.model if own in OF_SHARES else own
        study = (name, len(entries) + 1) in AS_IN_A_STUDY
        fitting = settings_asked_for(Fitting(), [evidence]) if study else FITTING
        if name in ACCEPTED_AS_IN_A_STUDY:
            fitting = settings_asked_for(FITTING, [evidence])
        simulations = FEWER_OF_DESIGN.get((name, len(entries) + 1), usual)
        posterior: Any
        if own == "clustered" and prior.by_population:
            posterior = WeightedPosterior()
        elif own == "waves":
            posterior = waves.SampledWaves(prior, evidence.categories, evidence.populations)
        elif isinstance(prior, PooledShares) and goals_model(model).counted(evidence) is not None:
            posterior = CommonPosterior(model, evidence, prior, fitting)
        else:
            posterior = SampledPosterior(model, evidence, prior, fitting, once_more=study)
        kept: list[Any] = []

        def draw(*args: Any, of: Any = posterior, into: list[Any] = kept) -> Any:
            into.append(of(*args))
            return into[-1]

        def ranked(
            how: Any,
            of: Any = evidence,
            stated: Any = prior,
            model: str = model,
            number: int = simulations,
        ) -> Calibration:
            return calibrate(model, number, SEED, design=of, prior=stated, posterior=how)

        found = ranked(draw)
        print(f"{name}: {words} {posterior.figures()}", flush=True)
        fewer = {} if simulations == usual else {"simulations": simulations}
        entries.append({"design": words, **fewer, **_figures(found), **posterior.figures()})
        every.update({(len(entries), key): p for key, p in found.p_values.items()})
        if shown:
            continue
        again = iter(kept)  # the same simulations come in the same order

        def mixed(*args: Any, of: Any = again) -> Any:
            return mixed_up(name, next(of))

        shown = {
            "the model": found,
            "it ignores the data": ranked(without_data(model, evidence)),
            "it mixes up who does what": ranked(mixed),
        }
    return _write(name, usual, entries, every, shown)


def calibrate_again(name: str, number: int) -> bool:
    """Calibrate one of the designs that are drawn by weights, and keep what is known of others."""
    words, evidence, prior = list(SAMPLED[name]())[number - 1]
    path = MODELS / name / "calibration.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    posterior = WeightedPosterior()
    simulations = FEWER.get(name, SAMPLED_SIMULATIONS)
    found = calibrate(name, simulations, SEED, design=evidence, prior=prior, posterior=posterior)
    entry = {"design": words, **_figures(found), **posterior.figures()}
    result["designs"] = [*result["designs"][: number - 1], entry, *result["designs"][number:]]
    every = {
        (place, key): p
        for place, one in enumerate(result["designs"])
        for key, p in one["p_values"].items()
    }
    smallest = min(holm(every).values())
    result["quantities_in_all_designs"] = len(every)
    result["smallest_p_value_corrected_for_all"] = float(f"{smallest:.4g}")
    result["passed"] = bool(smallest >= ALPHA and result["default_design"]["passed"])
    text = json.dumps(result, indent=1, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return bool(result["passed"])


def _figures(found: Calibration) -> dict[str, Any]:
    kept = ("p_values", "worst", "adjusted_p_value_of_worst", "passed")
    plain = found.to_plain()
    return {key: plain[key] for key in kept}


def model_of(name: str) -> tuple[str, str]:
    """Return the model, and what the files of one of its kinds end with."""
    model, _, variant = name.partition("_")  # names of models have hyphens only
    return model, f"_{variant}" if variant else ""


def main(names: list[str]) -> int:
    """Calibrate the named models, or all that can be; return 1 if something is wrong."""
    failed = []
    for name in names or [*EXACT, *SAMPLED]:
        model, _, number = name.partition(":")
        if number:
            good = calibrate_again(model, int(number))
        else:
            good = (calibrate_sampled if name in SAMPLED else calibrate_model)(name)
        print(f"{name}: {'as it should be' if good else 'SOMETHING IS WRONG'}", flush=True)
        if not good:
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
