"""A study's posterior and prior, drawn and diagnosed."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model, goals_model
from bayes_misalign.contract.shares import independent, kept_dims, shares_of
from bayes_misalign.errors import StudyError
from bayes_misalign.inference import blocks, draw_blocks
from bayes_misalign.inference.conflict_draws import (
    OF_CATEGORIES,
    OF_GOALS,
    Names,
    alike,
    as_variables,
    facing_populations,
    pair_coords,
    parted,
)
from bayes_misalign.inference.diagnose import Diagnosis, diagnose
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.inference.groups import (
    OBSERVED,
    SAMPLE_DIMS,
    SCHEMA,
    STATS,
    UNION_SHARE,
    Groups,
    Variable,
)
from bayes_misalign.inference.installed import installed
from bayes_misalign.inference.parameters import UNFINISHED
from bayes_misalign.inference.rests import sd_ratio, what_it_rests_on
from bayes_misalign.inference.room import check_room, check_sampled
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.goal_classes import goal_classes
from bayes_misalign.study.lifted import lifts, of_categories
from bayes_misalign.study.study import Study
from bayes_misalign.study.union import beside_goals

Array = NDArray[np.float64]
Say = Callable[[str], None]
_AUTO = 'state `method = "auto"` under [fit]'


def run(
    study: Study,
    *,
    progress: bool = False,
    say: Say | None = None,
    others: bool = True,
    refit: bool = False,
) -> tuple[Groups, Diagnosis]:
    """Draw the posterior and the prior of a study.

    Where a block was sampled, other priors are tried by weighting its draws, unless `others` is
    false; with `refit` those that weights cannot tell are sampled.
    """
    total = study.fitting.chains * study.fitting.draws
    if blocks.wanted(study):
        from bayes_misalign.inference import many_populations

        check_room(study, total, blocks.POPULATIONS)
        return many_populations.run(study, versions(), progress=progress, say=say)
    check_room(study, total)
    if study.fitting.method == "nuts" and len(study.goals.categories) == 1:
        raise StudyError(f"with one goal only there is nothing to sample. Fix: {_AUTO}")
    goals: dict[str, Array] | None = None
    conflict: PartlyKnown | None = None
    extra = draw_blocks.ExtraVariables()
    # where encounters tell of uncertain goals, shares and conflict are one block
    if study.fitting.method != "nuts" and not study.conflict.joint:
        goals = draw_blocks.draw_goals(study, total)
        conflict = draw_blocks.draw_conflict(study, total, extra=extra)
    if goals is None and not draw_blocks.in_common(study):
        check_sampled(study)
    prior_goals, prior_levels = _prior_draws(study, total)
    sampled = None
    if goals is None or conflict is None:
        if study.goals.paired_draws:
            raise StudyError(
                f"paired draws cannot be sampled along with other evidence. Fix: {_AUTO}, and fit "
                "the other evidence about conflict first, or take the draws as independent"
            )
        if study.fitting.method == "exact":
            raise StudyError(f"this study has a block that is not conjugate. Fix: {_AUTO}")
        from bayes_misalign.inference.sampled import sample_study

        sampled = sample_study(study, goals, conflict, progress=progress, say=say)
        posterior, stats, levels = sampled.posterior, sampled.stats, sampled.conflict
    else:
        posterior, stats, levels = _variables(study, goals, conflict, prior=False), None, conflict
    prior = _variables(study, prior_goals, prior_levels, prior=True)
    own_coords: dict[str, tuple[str, ...]] = {}
    for names, *both in _of_conflict(study, levels, prior_levels):
        after, before = alike(*both)
        for group, drawn in ((posterior, after), (prior, before)):
            chains, draws = group["proportion"][1].shape[:2]
            group |= as_variables(drawn, chains, draws, names)
        labels = study.conflict.categories if names is OF_GOALS else study.goals.categories
        own_coords |= {**dict.fromkeys(names.dims, labels), **pair_coords(labels, after, names)}
    if conflict is not None:
        posterior |= extra.in_chains(total, study.fitting.chains)
    posterior |= _union(study, posterior)
    ratio = sd_ratio(study, posterior, prior)
    seen: dict[str, Any] = {
        "tree": sampled.tree if sampled else None,
        "sampler": sampled.figures if sampled else None,
    }
    converged = diagnose(study, {}, **seen).trustworthy
    view = FitView(study, posterior, prior, ratio, converged, say)
    of_goals: Any = evidence_model(study.goals.model)
    found = of_goals.check_fit(view) or FitFindings()
    if converged and (shares := of_goals.shares_prior(study.goal_prior)) is not None:
        of_shares = tuple(shares_of(shares).check_fit(shares, view))
        found = replace(found, reasons=(*found.reasons, *of_shares))
    groups = {**parted(posterior, prior), **found.groups}
    if stats:
        groups[STATS] = stats
    groups[OBSERVED] = {**_observed(study), **found.groups.get(OBSERVED, {})}
    classes = goal_classes(study.goals, study.conflict, study.conflict_priors)
    coords: dict[str, tuple[str, ...]] = {
        **({} if classes is None else {"class": classes.labels}),
        **(sampled.coords if sampled else {}),
        **(extra.coords if conflict is not None else {}),
        **goals_model(study.goals.model).coords(study.goals),
        **found.coords,
        **shares_coords(study),
        "population": study.goals.populations,
        **own_coords,
    }
    metadata = {
        "schema": SCHEMA,
        # with the settings that were used, those of a second attempt if there was one
        "study": (replace(study, fitting=sampled.fitting) if sampled else study).to_plain(),
        **found.metadata,
        "versions": versions(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    made = Groups(groups, coords, metadata)
    tried: dict[str, Array] = {}
    if sampled and others and converged:
        from bayes_misalign.inference.reweighted import examine

        again = partial(run, progress=progress, say=say, others=False)
        made, tried = examine(study, made, refit=again if refit else None, say=say)
    reasons = list(found.reasons)
    if converged:  # what else draws say of the prior is not known
        reasons += what_it_rests_on(study, posterior, prior, tried)
    diagnosis = diagnose(study, ratio, found=reasons, **seen)
    metadata = {**made.metadata, "diagnosis": diagnosis.to_plain()}
    made = replace(made, metadata=metadata)
    return made, diagnosis


def _of_conflict(
    study: Study, after: PartlyKnown, before: PartlyKnown
) -> Iterator[tuple[Names, PartlyKnown, PartlyKnown]]:
    """Yield posterior and prior draws of conflict of categories, and of goals if these differ."""
    yield OF_CATEGORIES, of_categories(study.goals, after), of_categories(study.goals, before)
    if lifts(study.goals):
        yield OF_GOALS, after, before


def versions() -> dict[str, str]:
    """Return the versions of what the digits depend on."""
    names = ("bayes-misalign", "numpy", "scipy", "pymc", "pytensor", "nutpie", "arviz-stats")
    found = {"python": platform.python_version()}
    return found | {name: installed(name) for name in names}


def _variables(
    study: Study, goals: dict[str, Array], conflict: PartlyKnown, *, prior: bool
) -> dict[str, Variable]:
    chains = study.fitting.chains
    dims_of = kept_dims(goals_model(study.goals.model), study.goal_prior)
    shares = draw_blocks.finite_shares(study, goals, prior=prior)
    matrix = facing_populations(of_categories(study.goals, conflict))
    named: dict[str, tuple[tuple[str, ...], Array]] = {
        "proportion": (("population", "goal"), shares),
        "misalignment": (("population",), misalignment(shares, matrix)),
    }
    if shares is not goals["proportion"]:
        named[UNFINISHED] = (("population", "goal"), goals["proportion"])
    named |= {name: (dims_of[name], values) for name, values in goals.items() if name not in named}
    return {
        name: ((*SAMPLE_DIMS, *dims), draw_blocks.in_chains(np.asarray(values), chains))
        for name, (dims, values) in named.items()
    }


def shares_coords(study: Study) -> dict[str, tuple[str, ...]]:
    """Return labels of dimensions that only the model of shares knows."""
    shares = goals_model(study.goals.model).shares_prior(study.goal_prior)
    return {} if shares is None else shares_of(shares).coords(shares)


def _union(study: Study, posterior: Any) -> dict[str, Variable]:
    """Return draws of the shares of populations in their union, where they were estimated."""
    drawn = draw_blocks.draw_union(study, study.fitting.chains * study.fitting.draws)
    if drawn is None:
        return {}
    shares = draw_blocks.in_chains(drawn, study.fitting.chains)
    if independent(goals_model(study.goals.model), study.goal_prior):
        held = posterior["proportion"][1]
        flat = shares.reshape(-1, shares.shape[-1]), held.reshape(-1, *held.shape[2:])
        rng = draw_blocks.stream(study.fitting.seed, draw_blocks.UNION, 1)
        shares = beside_goals(*flat, study.goals, rng).reshape(shares.shape)
    return {UNION_SHARE: ((*SAMPLE_DIMS, "population"), shares)}


def _prior_draws(study: Study, draws: int) -> tuple[dict[str, Array], PartlyKnown]:
    goals = draw_blocks.draw_goals(study, draws, prior=True)
    conflict = draw_blocks.draw_conflict(study, draws, prior=True)
    if goals is None or conflict is None:
        raise StudyError("a model without prior draws cannot be reported")
    return goals, conflict


def _observed(study: Study) -> dict[str, Variable]:
    goals, dims = study.goals, ("population", "goal")
    return {
        "answers": (dims, np.asarray(goals.counts)),
        "effective_answers": (dims, np.asarray(goals.effective_counts)),
    }
