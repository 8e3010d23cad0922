"""A study's posterior and prior, drawn and diagnosed."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model, goals_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference import draw_blocks
from bayes_misalign.inference.diagnose import Diagnosis, diagnose
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.inference.groups import (
    OBSERVED,
    POSTERIOR,
    PRIOR,
    SAMPLE_DIMS,
    SCHEMA,
    STATS,
    Groups,
    Variable,
)
from bayes_misalign.measure import misalignment
from bayes_misalign.study.goal_classes import goal_classes
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
Say = Callable[[str], None]


def run(
    study: Study, *, progress: bool = False, say: Say | None = None
) -> tuple[Groups, Diagnosis]:
    """Draw the posterior and the prior of a study."""
    total = study.fitting.chains * study.fitting.draws
    if study.fitting.method == "nuts" and len(study.goals.categories) == 1:
        raise StudyError("with one goal only there is nothing to sample. Fix: method = 'auto'")
    goals = conflict = None
    extra = draw_blocks.ExtraVariables()
    # where encounters tell of uncertain goals, shares and conflict are one block
    if study.fitting.method != "nuts" and not study.conflict.joint:
        goals = draw_blocks.draw_goals(study, total)
        conflict = draw_blocks.draw_conflict(study, total, extra=extra)
    prior = _prior_group(study, total)
    sampled = None
    if goals is None or conflict is None:
        if study.goals.paired_draws:
            raise StudyError(
                "paired draws cannot be sampled along with other evidence. Fix: method = 'auto', "
                "and fit the other evidence about conflict first, or take the draws as independent"
            )
        if study.fitting.method == "exact":
            raise StudyError("this study has a block that is not conjugate. Fix: method = 'auto'")
        from bayes_misalign.inference.sampled import sample_study

        sampled = sample_study(study, goals, conflict, progress=progress, say=say)
        posterior, stats = sampled.posterior, sampled.stats
    else:
        posterior, stats = _variables(study, goals, conflict, prior=False), None
    if conflict is not None and not (sampled and sampled.interrupted):
        posterior |= extra.in_chains(total, study.fitting.chains)
    ratio = _sd_ratio(study, posterior, prior)
    interrupted = sampled.interrupted if sampled else False
    drawn_from = sampled.tree if sampled else None
    converged = diagnose(study, {}, tree=drawn_from, interrupted=interrupted).trustworthy
    found = FitFindings()
    if not interrupted:
        view = FitView(study, posterior, prior, ratio, converged, say)
        of_goals: Any = evidence_model(study.goals.model)
        found = of_goals.check_fit(view) or found
    diagnosis = diagnose(
        study, ratio, tree=drawn_from, interrupted=interrupted, found=found.reasons
    )
    groups = {POSTERIOR: posterior, PRIOR: prior, **found.groups}
    if stats:
        groups[STATS] = stats
    groups[OBSERVED] = {**_observed(study), **found.groups.get(OBSERVED, {})}
    classes = goal_classes(study.conflict, study.conflict_priors)
    coords: dict[str, tuple[str, ...]] = {
        **({} if classes is None else {"class": classes.labels}),
        **(sampled.coords if sampled else {}),
        **(extra.coords if conflict is not None else {}),
        **goals_model(study.goals.model).coords(study.goals),
        **found.coords,
        "population": study.goals.populations,
        "goal": study.goals.categories,
        "goal_other": study.goals.categories,
    }
    metadata = {
        "schema": SCHEMA,
        # with the settings that were used, those of a second attempt if there was one
        "study": (replace(study, fitting=sampled.fitting) if sampled else study).to_plain(),
        "diagnosis": diagnosis.to_plain(),
        **found.metadata,
        "versions": versions(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return Groups(groups, coords, metadata), diagnosis


def versions() -> dict[str, str]:
    """Return the versions of what the digits depend on."""
    names = ("bayes-misalign", "numpy", "scipy", "pymc", "pytensor", "nutpie", "arviz-stats")
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _variables(study: Study, goals: dict[str, Array], conflict: Array, *, prior: bool) -> Any:
    chains = study.fitting.chains
    dims_of = goals_model(study.goals.model).dims
    shares = draw_blocks.finite_shares(study, goals, prior=prior)
    matrix = draw_blocks.facing_populations(conflict)
    named: dict[str, tuple[tuple[str, ...], Array]] = {
        "proportion": (("population", "goal"), shares),
        "misalignment": (("population",), misalignment(shares, matrix)),
    }
    named |= {name: (dims_of[name], values) for name, values in goals.items() if name not in named}
    every = np.broadcast_to(conflict, (len(shares), *conflict.shape[1:]))
    named["conflict"] = (draw_blocks.conflict_dims(conflict), every)
    return {
        name: ((*SAMPLE_DIMS, *dims), draw_blocks.in_chains(np.asarray(values), chains))
        for name, (dims, values) in named.items()
    }


def _prior_group(study: Study, draws: int) -> Any:
    goals = draw_blocks.draw_goals(study, draws, prior=True)
    conflict = draw_blocks.draw_conflict(study, draws, prior=True)
    if goals is None or conflict is None:
        raise StudyError("a model without prior draws cannot be reported")
    return _variables(study, goals, conflict, prior=True)


def _sd_ratio(study: Study, posterior: Any, prior: Any) -> dict[str, float]:
    """Return sd of P(ma) over its prior sd, conflict held at its posterior mean.

    Not knowing the conflict is another matter, which more answers do not mend. Zero where the
    answers moved P(ma) out of the prior's central 95 %: they overruled it.
    """
    mean_conflict = posterior["conflict"][1].mean(axis=(0, 1))
    populations = len(study.goals.populations)
    after, before = (
        misalignment(group["proportion"][1], mean_conflict).reshape(-1, populations)
        for group in (posterior, prior)
    )
    low, high = np.quantile(before, [0.025, 0.975], axis=0)
    spread = before.std(axis=0)
    inside = (after.mean(axis=0) >= low) & (after.mean(axis=0) <= high) & (spread > 0)
    ratio = np.divide(after.std(axis=0), spread, out=np.zeros_like(spread), where=inside)
    return dict(zip(study.goals.populations, map(float, ratio), strict=True))


def _observed(study: Study) -> dict[str, Variable]:
    goals, dims = study.goals, ("population", "goal")
    return {
        "answers": (dims, np.asarray(goals.counts)),
        "effective_answers": (dims, np.asarray(goals.effective_counts)),
    }
