"""Several experts state how likely two goals are to conflict; their disagreement stays.

By default a hierarchical model reads each statement as a noisy sign of what experts think of a pair
(Lindley, "Reconciliation of probability distributions", Operations Research 31, 1983), with errors
that experts share. The level of a pair is what another expert of the same population would say, so
that it does not become certain however many experts are asked. A linear opinion pool is the other
choice (Clemen and Winkler, "Combining probability distributions from experts in risk analysis",
Risk Analysis 19, 1999, compare both).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.observed import FreeVariables, Observed
from bayes_misalign.contract.registry import with_overrides
from bayes_misalign.errors import StudyError
from bayes_misalign.families.statements.beta_of_range import beta_of_range
from bayes_misalign.models.experts.evidence import ExpertConflict
from bayes_misalign.models.experts.generative_exact import SCALES, Panel, draw_panel
from bayes_misalign.models.experts.generative_levels import (
    declare_levels,
    own_variance,
    panel_data,
)
from bayes_misalign.models.experts.stated_logits import beta_of_logit, logit_moments
from bayes_misalign.reading.pair_labels import pair_labels

if TYPE_CHECKING:
    import pymc as pm

    from bayes_misalign.contract.base import Dims

Array = NDArray[np.float64]
# what a linear pool draws beside the levels: every statement's level, and who is believed first
OF_POOL: Dims = {"believed": ("statement",), "race": ("expert",)}
# free variables of the hierarchical model, and what else it says of experts
FREE: Dims = {
    **dict.fromkeys(SCALES, ()),
    "z_centre": (),
    "z_leaning": ("expert",),
    "z_typical": ("pair",),
    "z_other_leaning": (),
    "z_other": ("pair",),
}
DIMS: Dims = {**OF_POOL, **FREE, "leaning": ("expert",), "typical_level": ("pair",)}
SMALLEST, EPSILON = 1e-300, 2.0**-53  # a mean is neither 0 nor 1, however sure an expert is


@dataclass(frozen=True)
class ExpertsPriors:
    """Priors of the hierarchical model, on the logit scale; a linear pool needs none.

    Parameters
    ----------
    centre_sd : float
        Standard deviation of the mean of all pairs.
    pair_sd, leaning_sd, disagreement : float
        Scales of half-normal priors: of how much pairs differ, experts lean to one side over all
        pairs, and experts disagree about single pairs beyond what their own uncertainty allows.
    shared, shared_strength : float
        Mean and strength of the Beta prior of the share of the experts' own uncertainty that they
        have in common.
    """

    centre_sd: float
    pair_sd: float
    leaning_sd: float
    disagreement: float
    shared: float
    shared_strength: float

    def __post_init__(self) -> None:
        for key in ("centre_sd", "pair_sd", "leaning_sd", "disagreement", "shared_strength"):
            value = getattr(self, key)
            if not (value > 0 and np.isfinite(value)):
                raise StudyError(
                    f"the prior {key!r} of 'experts' is a positive number, not {value}"
                )
        if not 0 < self.shared < 1:
            raise StudyError(
                f"the prior 'shared' of 'experts' lies between 0 and 1, not {self.shared}"
            )

    @property
    def shared_beta(self) -> tuple[float, float]:
        """Parameters of the Beta prior of the shared part."""
        return self.shared * self.shared_strength, (1 - self.shared) * self.shared_strength


def priors(overrides: Mapping[str, Any] | None = None) -> ExpertsPriors:
    """Return the default priors, with a study's own numbers put over them."""
    return ExpertsPriors(**with_overrides("experts", overrides))


def beta_parameters(evidence: ExpertConflict) -> tuple[Array, Array]:
    """Return the Beta parameters of every statement, as the `elicited` model makes them."""
    alpha = evidence.mean * evidence.strength
    beta = (1 - evidence.mean) * evidence.strength
    for i in np.flatnonzero(np.isnan(evidence.mean)):
        alpha[i], beta[i] = beta_of_range(
            float(evidence.low[i]), float(evidence.high[i]), float(evidence.probability[i])
        )
    return alpha, beta


def data(
    evidence: ExpertConflict, prior: ExpertsPriors | None, name: str = "experts"
) -> dict[str, Array]:
    """Return what a compiled model needs of other evidence of the same shape, by container."""
    del prior
    if evidence.pooling == "linear":
        return {}
    return panel_data(evidence, *logit_moments(*beta_parameters(evidence)), name)


def declare(evidence: ExpertConflict, prior: ExpertsPriors, name: str = "experts") -> Any:
    """Add the levels and the statements to the open model; return the levels (pair)."""
    import pymc as pm

    from bayes_misalign.families.observed.observed_pymc import declare_observed, declared_as

    model = pm.modelcontext(None)
    model.add_coord(f"pair_{name}", pair_labels(evidence.pairs))
    model.add_coord(f"expert_{name}", evidence.experts)
    if evidence.pooling == "linear":
        return _declare_pool(evidence, name)
    dims = (f"expert_{name}", f"pair_{name}")
    given = {
        key: pm.Data(key, values, dims=dims[-values.ndim :])
        for key, values in data(evidence, prior, name).items()
    }
    level, likelihood = declare_levels(given, prior, name)
    keys = ("typical_level", "leaning", "shared", "disagreement")
    declare_observed(
        observed(evidence, name),
        {f"statements_{name}": likelihood},
        declared_as(keys, name),
        lambda parameters, rng: observed(simulate(parameters, evidence, rng), name),
    )
    return level


def _declare_pool(evidence: ExpertConflict, name: str) -> Any:
    """Add what every expert believes and a race between them; the first to arrive is believed.

    Nothing is observed, so the race enters no density and the sampler meets no jump, though the
    levels are a mixture with gaps.
    """
    import pymc as pm
    import pytensor.tensor as pt

    pairs, experts = evidence.pairs, evidence.experts
    pm.modelcontext(None).add_coord(f"statement_{name}", coords(evidence)["statement"])
    alpha, beta = beta_parameters(evidence)
    believed = pm.Beta(f"believed_{name}", alpha, beta, dims=f"statement_{name}")
    race = pm.Exponential(f"race_{name}", 1.0, dims=f"expert_{name}")
    shape = (len(experts), len(pairs))
    level = pt.set_subtensor(pt.zeros(shape)[evidence.expert, evidence.pair], believed)
    arrival = pt.where(_may_win(evidence), race[:, None] / _positive(evidence)[:, None], np.inf)
    first = arrival.argmin(axis=0)
    return pm.Deterministic(
        f"conflict_{name}", level[first, np.arange(len(pairs))], dims=f"pair_{name}"
    )


def build(evidence: ExpertConflict, prior: ExpertsPriors) -> pm.Model:
    """Return the model of the levels alone, with coords pair_experts and expert_experts."""
    import pymc as pm

    with pm.Model() as model:
        declare(evidence, prior)
    return model


def panel_of(evidence: ExpertConflict, prior: ExpertsPriors) -> Panel:
    """Return the statements and the priors of the hierarchical model."""
    found = panel_data(evidence, *logit_moments(*beta_parameters(evidence)), "")
    spoke, stated, sd, common = (
        found[f"{key}_"] for key in ("spoke", "stated", "stated_sd", "common")
    )
    return Panel(spoke, stated, sd, common, prior)


def draw(
    evidence: ExpertConflict, prior: ExpertsPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array] | None:
    """Return independent draws of `conflict_level` (draw, pair), and more; None of a vast panel.

    Notes
    -----
    Those of the hierarchical model are drawn by `draw_panel`, and no probability is off by more
    than 2e-4. In each draw of a linear pool the experts are put in a random order, the heavier the
    earlier, by exponential times over weights. Each pair takes the first expert who spoke about
    it, so that one expert answers for as many pairs as possible, and each is first for a pair in
    proportion to the weight among those who spoke about it.
    """
    if evidence.pooling != "linear":
        return draw_panel(panel_of(evidence, prior), draws, rng)
    return _draw_pool(evidence, draws, rng)


def _draw_pool(evidence: ExpertConflict, draws: int, rng: np.random.Generator) -> dict[str, Array]:
    alpha, beta = beta_parameters(evidence)
    believed = rng.beta(alpha, beta, size=(draws, len(alpha)))
    race = rng.exponential(size=(draws, len(evidence.experts)))
    arrival = np.where(_may_win(evidence), (race / _positive(evidence))[:, :, None], np.inf)
    first = arrival.argmin(axis=1)
    place = np.zeros(evidence.spoke.shape, np.int64)
    place[evidence.expert, evidence.pair] = np.arange(len(alpha))
    chosen = place[first, np.arange(len(evidence.pairs))]
    level = np.take_along_axis(believed, chosen, axis=1)
    return {"conflict_level": level, "believed": believed, "race": race}


def coords(evidence: ExpertConflict) -> dict[str, tuple[str, ...]]:
    """Return the labels of the model's own dimensions."""
    pairs, who = pair_labels(evidence.pairs), evidence.experts
    both = zip(evidence.expert, evidence.pair, strict=True)
    found = {"expert": who, "statement": tuple(f"{who[e]}: {pairs[p]}" for e, p in both)}
    return found if evidence.pooling == "linear" else {**found, "pair": tuple(pairs)}


def free_variables(
    evidence: ExpertConflict, prior: ExpertsPriors, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return exact draws as the free variables of the PyMC model."""
    del prior
    of_model = OF_POOL if evidence.pooling == "linear" else FREE
    found = {
        f"{key}_{name}": (tuple(f"{dim}_{name}" for dim in dims), drawn[key])
        for key, dims in of_model.items()
    }
    return FreeVariables(found, {f"{dim}_{name}": x for dim, x in coords(evidence).items()})


def observed(evidence: ExpertConflict, name: str) -> dict[str, Observed]:
    """Return what each expert said of each pair, as a mean; of a linear pool nothing is random."""
    if evidence.pooling == "linear":
        return {}
    alpha, beta = beta_parameters(evidence)
    dim = f"statement_{name}"
    own = {dim: coords(evidence)["statement"]}
    what = "means of statements"
    return {f"statements_{name}": Observed(what, (dim,), alpha / (alpha + beta), own)}


def draw_prior(
    evidence: ExpertConflict, prior: ExpertsPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws; of a linear pool its posterior, for statements are all it has."""
    from scipy.special import expit

    if evidence.pooling == "linear":
        return _draw_pool(evidence, draws, rng)
    pairs, experts = len(evidence.pairs), len(evidence.experts)
    pair_sd, leaning_sd, disagreement = (
        scale * np.abs(rng.normal(size=draws))
        for scale in (prior.pair_sd, prior.leaning_sd, prior.disagreement)
    )
    shared = rng.beta(*prior.shared_beta, size=draws)
    typical = prior.centre_sd * rng.normal(size=(draws, 1))
    typical = typical + pair_sd[:, None] * rng.normal(size=(draws, pairs))
    leaning = leaning_sd[:, None] * rng.normal(size=(draws, experts))
    other = typical + leaning_sd[:, None] * rng.normal(size=(draws, 1))
    other = other + disagreement[:, None] * rng.normal(size=(draws, pairs))
    return {
        "conflict_level": expit(other),
        "typical_level": expit(typical),
        "leaning": leaning,
        "pair_sd": pair_sd,
        "leaning_sd": leaning_sd,
        "disagreement": disagreement,
        "shared": shared,
    }


def simulate(
    parameters: Mapping[str, Array], design: ExpertConflict, rng: np.random.Generator
) -> ExpertConflict:
    """Return statements of the same experts about the same pairs; a linear pool stays as it is."""
    if design.pooling == "linear":
        return design
    from scipy.special import logit

    pair, expert = design.pair, design.expert
    _, sd = logit_moments(*beta_parameters(design))
    common = panel_data(design, sd, sd, "design")["common_design"]
    group = np.sqrt(parameters["shared"] * common) * rng.normal(size=len(design.pairs))
    own = np.sqrt(own_variance(sd, parameters["shared"], parameters["disagreement"]))
    said = logit(parameters["typical_level"])[pair] + group[pair] + parameters["leaning"][expert]
    alpha, beta = beta_of_logit(said + own * rng.normal(size=len(pair)), sd)
    nothing = np.full(len(pair), np.nan)
    return replace(
        design,
        low=nothing,
        high=nothing,
        probability=nothing,
        mean=np.clip(alpha / (alpha + beta), SMALLEST, 1 - EPSILON),
        strength=alpha + beta,
        origin="simulated",
        notes=("simulated data",),
    )


def describe(evidence: ExpertConflict, prior: ExpertsPriors) -> Description:
    """Return the model, what was stated, and the priors in words and formulas."""
    from bayes_misalign.models.experts.words import describe_experts

    return describe_experts(evidence, prior, *beta_parameters(evidence))


def _positive(evidence: ExpertConflict) -> Array:
    """Return the weights, those of experts who may not win replaced by one."""
    return np.where(evidence.weights > 0, evidence.weights, 1.0)


def _may_win(evidence: ExpertConflict) -> NDArray[np.bool_]:
    return evidence.spoke & (evidence.weights > 0)[:, None]
