"""Whether the models of a study, with its priors and data of its size, are calibrated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.calibrate import Calibration, DrawPosterior, calibrate
from bayes_misalign.inference.draw_blocks import in_common
from bayes_misalign.study.joint import source_names
from bayes_misalign.study.study import Study

Say = Callable[[str], None]


def calibrate_study(
    study: Study, simulations: int, seed: int, *, say: Say | None = None
) -> Mapping[str, Calibration]:
    """Calibrate each uncertain part of a study, by the name of its evidence."""
    if study.given:
        raise StudyError("draws made elsewhere come without the model, so nothing is simulated")
    if study.conflict.joint:
        raise StudyError(
            "agents of uncertain goals met: their goals and conflict are one model, which is not "
            "calibrated study by study. Fix: read the card of the model, `bayes-misalign models "
            "encounters`, for its calibration"
        )
    tell = say or (lambda text: None)
    found = {}
    for name, model, evidence, priors in _parts(study):
        common = name == "goals" and bool(in_common(study))
        exact = not common and model.draw(evidence, priors, 2, np.random.default_rng(0)) is not None
        tell(f"simulating and fitting {simulations} data sets of {name}")
        posterior = None if exact else sampler(model.name, evidence, priors, common=common)
        found[name] = calibrate(
            model.name, simulations, seed, design=evidence, prior=priors, posterior=posterior
        )
    if not found:
        raise StudyError("shares and levels are stated, so that nothing is estimated")
    return found


def _parts(study: Study) -> list[tuple[str, Any, Any, Any]]:
    goals = goals_model(study.goals.model)
    parts: list[tuple[str, Any, Any, Any]] = [("goals", goals, study.goals, study.goal_prior)]
    for name, source, priors in zip(
        source_names(study.conflict), study.conflict.sources, study.conflict_priors, strict=True
    ):
        parts.append((f"conflict, {name}", conflict_model(source.model), source, priors))
    return [one for one in parts if one[1].observes(one[2])]


def sampler(name: str, design: Any, priors: Any, *, common: bool) -> DrawPosterior:
    """Return what samples the posterior of a model, compiled once for data of a design."""
    from bayes_misalign.inference.calibrate_sampled import CommonPosterior, SampledPosterior

    return (CommonPosterior if common else SampledPosterior)(name, design, priors)
