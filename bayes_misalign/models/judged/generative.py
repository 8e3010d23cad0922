"""Judges say yes or no to "do these two goals conflict?"; the share of yes is the conflict level.

Where nobody is named, the yes answers about a pair are binomial in its conflict level, whose Beta
prior is conjugate. Where raters are named, see `judged_by_raters`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.observed import (
    FreeVariables,
    Observed,
    Outcomes,
    levels_as_variable,
)
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.generative_by_raters import (
    declare_by_raters,
    draw_prior_by_raters,
    judgement_data,
    simulate_by_raters,
    yes_probabilities,
)
from bayes_misalign.models.judged.priors import JudgedPriors, judged_priors
from bayes_misalign.models.judged.words import describe_judgements
from bayes_misalign.reading.pair_labels import pair_labels

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
LOG_SMALLEST = -745.0  # of a probability that rounds to zero


def priors(overrides: Mapping[str, Any] | None = None) -> JudgedPriors:
    """Return the default priors, or the study's."""
    return judged_priors(overrides)


def data(
    evidence: JudgedConflict, prior: JudgedPriors, name: str = "judged"
) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other judgements in the same cells, by container."""
    return judgement_data(evidence, name) if prior.has_raters(evidence) else {}


def declare(evidence: JudgedConflict, prior: JudgedPriors, name: str = "judged") -> Any:
    """Add the conflict levels and the judgements to the open model; return the levels (pair)."""
    import pymc as pm

    if prior.has_raters(evidence):
        from bayes_misalign.families.observed.observed_pymc import declare_observed, declared_as

        likelihood, level = declare_by_raters(evidence, prior, name)
        keys = draw_prior(evidence, prior, 1, np.random.default_rng(0))
        declare_observed(
            observed(evidence, name),
            {f"yes_{name}": likelihood},
            declared_as(keys, name),
            lambda parameters, rng: observed(simulate(parameters, evidence, rng), name),
        )
        return level
    pm.modelcontext(None).add_coord(f"pair_{name}", pair_labels(evidence.pairs))
    level = pm.Beta(f"conflict_{name}", prior.yes, prior.no, dims=f"pair_{name}")
    pm.Binomial(
        f"yes_{name}",
        n=(evidence.yes + evidence.no).astype(int),
        p=level,
        observed=evidence.yes.astype(int),
        dims=f"pair_{name}",
    )
    return level


def build(evidence: JudgedConflict, prior: JudgedPriors) -> pm.Model:
    """Return the model of the judged conflict levels alone, with coord pair_judged."""
    import pymc as pm

    with pm.Model() as model:
        declare(evidence, prior)
    return model


def draw(
    evidence: JudgedConflict, prior: JudgedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return exact posterior draws of `conflict_level` (draw, pair); None where raters differ."""
    if prior.has_raters(evidence):
        return None
    size = (draws, len(evidence.pairs))
    return {"conflict_level": rng.beta(prior.yes + evidence.yes, prior.no + evidence.no, size)}


def draw_prior(
    evidence: JudgedConflict, prior: JudgedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of `conflict_level` (draw, pair), and of what is modelled of raters."""
    if prior.has_raters(evidence):
        return draw_prior_by_raters(evidence, prior, draws, rng)
    return {"conflict_level": rng.beta(prior.yes, prior.no, size=(draws, len(evidence.pairs)))}


def free_variables(
    evidence: JudgedConflict, prior: JudgedPriors, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variable of the PyMC model."""
    del prior
    return levels_as_variable(evidence.pairs, name, drawn)


def observed(evidence: JudgedConflict, name: str) -> dict[str, Observed]:
    """Return how often each pair was judged to conflict, by raters of each kind."""
    if evidence.kinds:
        return _by_kind(evidence, name)
    dim = f"pair_{name}"
    coords = {dim: tuple(pair_labels(evidence.pairs))}
    total = evidence.judgements
    return {f"yes_{name}": Observed("judgements of conflict", (dim,), evidence.yes, coords, total)}


def _by_kind(evidence: JudgedConflict, name: str) -> dict[str, Observed]:
    yes, no = evidence.by_kind
    judged = yes + no > 0
    words = [f"{pair} by {kind}" for kind in evidence.kinds for pair in pair_labels(evidence.pairs)]
    told = tuple(word for word, there in zip(words, judged.ravel(), strict=True) if there)
    dim, total = f"judged_{name}", (yes + no)[judged]
    values = yes[judged]
    return {f"yes_{name}": Observed("judgements of conflict", (dim,), values, {dim: told}, total)}


def outcomes(evidence: JudgedConflict, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely each answer was, by pair, and by rater where raters are named."""
    pairs = pair_labels(evidence.pairs)
    if evidence.raters:
        who = zip(evidence.rater, evidence.pair, strict=True)
        cells = [f"{evidence.raters[r]}: {pairs[p]}" for r, p in who]
        counts = np.stack([evidence.cell_no, evidence.cell_yes], axis=1)
        chance = yes_probabilities(evidence, parameters)
    else:
        cells, counts = list(pairs), np.stack([evidence.no, evidence.yes], axis=1)
        chance = parameters["conflict_level"]
    with np.errstate(divide="ignore"):
        both = np.maximum(np.stack([np.log1p(-chance), np.log(chance)], axis=-1), LOG_SMALLEST)
    return (
        Outcomes(
            "judgement",
            tuple(f"{cell}: {word}" for cell in cells for word in ("no", "yes")),
            both.reshape(len(chance), -1),
            counts.ravel(),
            np.repeat(np.arange(len(cells)), 2),
            np.tile([0.0, 1.0], len(cells)),
        ),
    )


def simulate(
    parameters: Mapping[str, Array], design: JudgedConflict, rng: np.random.Generator
) -> JudgedConflict:
    """Return as many judgements of each pair as the design has, drawn from given levels."""
    if design.raters:
        return simulate_by_raters(parameters, design, rng)
    total = (design.yes + design.no).astype(int)
    yes = rng.binomial(total, parameters["conflict_level"]).astype(float)
    return replace(design, yes=yes, no=total - yes, notes=("simulated data",), origin="simulated")


def describe(evidence: JudgedConflict, prior: JudgedPriors) -> Description:
    """Return the model and its prior in words and formulas."""
    return describe_judgements(evidence, prior)
