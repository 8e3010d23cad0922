"""P(ma) under other priors where a block was sampled, and how it got there.

A block that is conjugate is drawn again, whatever the other one needed. Draws of a sampled block
are weighted, and sampled again on request where weights say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model
from bayes_misalign.contract.shares import independent
from bayes_misalign.inference import draw_blocks
from bayes_misalign.inference.conflict_draws import of_group, with_known
from bayes_misalign.inference.diagnose import Diagnosis
from bayes_misalign.inference.groups import (
    POSTERIOR,
    SAMPLE_DIMS,
    Groups,
    Variable,
)
from bayes_misalign.inference.sensitivity import alternatives
from bayes_misalign.inference.weighing import (
    EXACT,
    RESAMPLED,
    SAMPLED,
    Tried,
    Weighing,
    block_of,
    misalignment_of,
)
from bayes_misalign.study.joint import build_common
from bayes_misalign.study.lifted import of_categories
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    from bayes_misalign.inference.terms import Terms

Array = NDArray[np.float64]
SENSITIVITY = "sensitivity"  # group of a result, and key of its metadata
SCALING = "power_scaling"
FLAT = 1e-9  # log densities that differ by no more are the same
ALPHAS = (0.8, 1.25)  # powers that prior and likelihood are raised to
Say = Callable[[str], None]
Refit = Callable[[Study], tuple[Groups, Diagnosis]]


def try_others(
    study: Study,
    posterior: Mapping[str, Variable],
    *,
    refit: Refit | None = None,
    say: Say | None = None,
    terms: Terms | None = None,
) -> list[Tried]:
    """Return P(ma) under every alternative to the priors of a study of which a part was sampled.

    Parameters
    ----------
    study : Study
        What was fitted.
    posterior : mapping of str to (dims, ndarray)
        Its draws, all free variables among them.
    refit : callable, optional
        Fits a study; what weights cannot tell is then sampled again.
    say : callable, optional
        Takes a line of text before anything that takes long.
    terms : Terms, optional
        Parts of log densities at these draws, kept for whoever asks for them next.
    """
    flat = _flat(posterior)
    shares, held = flat["proportion"], of_group(posterior)
    few = 10
    conflict = None if study.conflict.joint else draw_blocks.draw_conflict(study, few)
    found: dict[str, Tried | None] = {}
    weighed: dict[bool, dict[str, Study]] = {}
    for name, changed in alternatives(study).items():
        of_goals = changed.goal_prior is not study.goal_prior
        if of_goals and not study.conflict.joint and draw_blocks.draw_goals(changed, few):
            drawn = misalignment_of(_new_shares(changed, len(shares)), held)
            found[name] = Tried(name, EXACT, drawn)
            continue
        if not of_goals and conflict is not None:
            levels = draw_blocks.draw_conflict(changed, len(shares))
            if levels is not None:
                levels = of_categories(study.goals, levels)
                found[name] = Tried(name, EXACT, misalignment_of(shares, levels))
                continue
        found[name] = None  # its place
        weighed.setdefault(of_goals, {})[name] = changed
    for of_goals, others in weighed.items():
        weighing = Weighing(study, block_of(study, of_goals), flat, held, terms)
        for one in weighing.under(others):
            if refit is not None and not one.reliable:
                if say is not None:
                    say(f"sampling again with {one.name}")
                one = _sampled(one.name, others[one.name], refit)
            found[one.name] = one
    return [one for one in found.values() if one is not None]


def _flat(posterior: Mapping[str, Variable]) -> dict[str, Array]:
    return {
        name: x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])
        for name, (dims, x) in posterior.items()
        if dims[:2] == SAMPLE_DIMS
    }


def _new_shares(study: Study, draws: int) -> Array:
    drawn = draw_blocks.draw_goals(study, draws)
    assert drawn is not None  # the block is conjugate under the study's own prior
    return draw_blocks.finite_shares(study, drawn, prior=False)


def sampled_again(study: Study, name: str, refit: Refit) -> Tried:
    """Return P(ma) under one of the alternatives, by fitting it."""
    return _sampled(name, alternatives(study)[name], refit)


def _sampled(name: str, changed: Study, refit: Refit) -> Tried:
    groups, diagnosis = refit(changed)
    values = groups.values(POSTERIOR, "misalignment")
    draws = values.reshape(-1, values.shape[-1])
    if not diagnosis.trustworthy:
        return Tried(name, f"{SAMPLED}, not converged", draws[:0])
    return Tried(name, SAMPLED, draws, worth=diagnosis.figures.get("ess_bulk_min", np.inf))


def stored(tried: list[Tried]) -> tuple[dict[str, Variable], list[dict[str, Any]]]:
    """Return the alternatives as variables of a group, and what there is to say of each."""
    shown = [
        {"name": one.name, "how": one.how}
        | ({} if one.khat is None else {"khat": round(one.khat, 3)})
        | ({} if np.isinf(one.worth) else {"worth": round(one.worth, 1)})
        for one in tried
    ]
    variables: dict[str, Variable] = {}
    for i, one in enumerate(tried):
        if len(one.draws):
            every = np.linspace(0, len(one.draws) - 1, min(RESAMPLED, len(one.draws))).astype(int)
            variables[f"misalignment_{i}"] = ((f"resample_{i}", "population"), one.draws[every])
    return variables, shown


def from_stored(groups: Groups) -> list[Tried] | None:
    """Return the alternatives that a result holds; None of a result that was not asked."""
    shown = groups.metadata.get(SENSITIVITY)
    if shown is None:
        return None
    nothing = np.zeros((0, groups.values(POSTERIOR, "misalignment").shape[-1]))
    held = groups.groups.get(SENSITIVITY, {})
    return [
        Tried(
            one["name"],
            one["how"],
            held[f"misalignment_{i}"][1] if f"misalignment_{i}" in held else nothing,
            one.get("khat"),
            one.get("worth", float("inf")),
        )
        for i, one in enumerate(shown)
    ]


def power_scaling(
    study: Study, posterior: Mapping[str, Variable], terms: Terms | None = None
) -> dict[str, dict[str, float]]:
    """Return how much P(ma) of each population depends on prior and likelihood.

    Returns
    -------
    dict of str to dict of str to float
        By population `prior` and `likelihood`, ArviZ's sensitivity; what cannot be told is left
        out.

    Notes
    -----
    The posterior is weighted by the prior, or the likelihood, to the powers 0.8 - 1 and 1.25 - 1;
    the sensitivity is the cumulative Jensen-Shannon distance to it, by log2 of the power
    (Kallioinen, Paananen, Buerkner and Vehtari, Statistics and Computing 34, 57, 2024). What is
    integrated out of a likelihood stays so.
    """
    import arviz_stats as azs
    import xarray as xr

    from bayes_misalign.inference.densities import densities, stated_names
    from bayes_misalign.inference.unsampled import untransformed

    with untransformed():
        if draw_blocks.in_common(study):
            given = study.goals, study.goal_prior, study.conflict, study.conflict_priors
            model = build_common(*given)
        else:
            model = study.to_pymc()
        found = densities(model, _flat(posterior), terms=terms)
    dims, values = posterior["misalignment"]
    shape, apart = values.shape[:2], independent(goals_model(study.goals.model), study.goal_prior)
    stated = [found.log_prior[name] for name in stated_names(model, independent=apart)]
    likelihood = found.log_joint - np.sum(list(found.log_prior.values()), axis=0)
    parts = {"prior": np.sum(stated, axis=0), "likelihood": likelihood}
    tree = xr.DataTree.from_dict(
        {
            "/posterior": xr.Dataset({"misalignment": (dims, values)}),
            **{
                f"/log_{key}": xr.Dataset({key: (SAMPLE_DIMS, parts[key].reshape(shape))})
                for key in parts
            },
        }
    )
    made: dict[str, dict[str, float]] = {s: {} for s in study.goals.populations}
    for group, density in parts.items():
        if np.ptp(density) < FLAT:  # it has no power to scale
            continue
        try:
            sensitivity = azs.psense(tree, group=group, alphas=ALPHAS)["misalignment"].values
        except ValueError:  # its tail does not vary
            continue
        for name, value in zip(study.goals.populations, np.ravel(sensitivity), strict=True):
            if np.isfinite(value):
                made[name][group] = float(value)
    return made


def examine(
    study: Study, groups: Groups, *, refit: Refit | None = None, say: Say | None = None
) -> tuple[Groups, dict[str, Array]]:
    """Return a result with other priors and power-scaling worked out, where a part was sampled.

    With it the draws of P(ma) (draw, population) under each other prior that weights can tell.
    """
    from bayes_misalign.inference.free_variables import free_variables
    from bayes_misalign.inference.nuts import untraced
    from bayes_misalign.inference.terms import Terms

    if say is not None:
        say("weighing other priors")
    free, _ = free_variables(study, groups)
    posterior = {**with_known(groups), **free}
    terms = Terms()  # most of the density is asked for in both
    with untraced():
        tried = try_others(study, posterior, refit=refit, say=say, terms=terms)
        scaling = power_scaling(study, posterior, terms)
    variables, shown = stored(tried)
    more = {SENSITIVITY: variables} if variables else {}
    metadata = {**groups.metadata, SENSITIVITY: shown, SCALING: scaling}
    told = {one.name: one.draws for one in tried if one.reliable}
    return replace(groups, groups={**groups.groups, **more}, metadata=metadata), told
