"""Named raters judge whether goals conflict: some say yes more easily, and all lapse now and then.

With probability lapse_r rater r flips a coin; else r says yes to pair p with probability
F(eta_p + s_r), F the logistic function. The level of conflict is E[F(eta_p + s)] over the
population that raters come from: a random judge who pays attention says yes. F(eta_p) has the Beta
prior of the model without raters, which this one becomes when severities and lapses go to zero.
Where raters are of several kinds, see `kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kind_effects import of_first_kind
from bayes_misalign.families.raters.rater_effects_pymc import (
    declare_severity,
    draw_severity,
    enough,
    severity_places,
)
from bayes_misalign.families.raters.rating_levels import expected_rating
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.generative_kinds import declare_kinds
from bayes_misalign.models.judged.kinds import (
    again_by_kind,
    again_cells,
    draw_kinds,
    seen_by_kinds,
)
from bayes_misalign.models.judged.priors import JudgedPriors
from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]
COIN = 0.5  # probability of yes when a rater lapses
# Errors of a level are below 4e-6 for severities with a standard deviation of 3, 4e-4 for 5, which
# raters get who say yes, or no, to everything.
NODES = 41
MOST_NUMBERS = 4_000_000  # of an average over raters that is worked out at once


def judgement_data(evidence: JudgedConflict, name: str) -> dict[str, NDArray[Any]]:
    """Return the judgements as a likelihood takes them, by container."""
    counts = np.stack([evidence.cell_yes, evidence.cell_no], axis=1)
    cell, kind = np.nonzero(counts)
    return {
        f"answer_rater_{name}": evidence.rater[cell],
        f"answer_pair_{name}": evidence.seen[cell],
        f"answer_cell_{name}": cell.astype(np.int64),
        f"answer_sign_{name}": np.where(kind == 0, 1.0, -1.0),
        f"answer_number_{name}": counts[cell, kind],
    }


def declare_by_raters(evidence: JudgedConflict, prior: JudgedPriors, name: str) -> tuple[Any, Any]:
    """Add latent levels and raters to the open model; return log-likelihood and levels (pair)."""
    import pymc as pm
    import pytensor.tensor as pt

    model = pm.modelcontext(None)
    model.add_coord(f"pair_{name}", pair_labels(evidence.pairs))
    model.add_coord(f"rater_{name}", evidence.raters)
    found = judgement_data(evidence, name)
    model.add_coord(f"answer_{name}", np.arange(1, len(found[f"answer_sign_{name}"]) + 1))
    if not _has_again(evidence):
        del found[f"answer_cell_{name}"]
    if prior.lapse == 0 and prior.severity == 0:
        del found[f"answer_rater_{name}"]
    given = {key: pm.Data(key, x, dims=f"answer_{name}") for key, x in found.items()}
    eta = _declare_latent(prior, name)
    effects: dict[str, Any] = {"seen": eta}
    if evidence.kinds:
        known = _well_known(evidence, prior) if prior.severity > 0 else np.zeros(0, bool)
        effects = declare_kinds(evidence, prior, eta, known, name)
    else:
        if prior.severity > 0:
            many = bool(np.median(_well_known(evidence, prior)))
            effects |= declare_severity(evidence.raters, prior.severity, many, name)
        if evidence.repeated:
            effects |= _declare_again(evidence, prior, name)
    saying = effects["seen"].ravel()[given[f"answer_pair_{name}"]]
    if "severity" in effects:
        saying = saying + effects["severity"][given[f"answer_rater_{name}"]]
    if "again" in effects:
        saying = saying + effects["again"][given[f"answer_cell_{name}"]]
    towards = given[f"answer_sign_{name}"] * saying
    if prior.lapse > 0:
        lapse = _declare_lapse(len(evidence.raters), prior, name)[given[f"answer_rater_{name}"]]
        # a lapse keeps the logarithm away from that of zero
        log_chance = pt.log(COIN * lapse + (1 - lapse) * pt.sigmoid(towards))
    else:
        log_chance = -pt.softplus(-towards)
    total = (given[f"answer_number_{name}"] * log_chance).sum()
    level = _expected(eta, _of_level(evidence, effects), pt.sqrt, pt.sigmoid)
    return total, pm.Deterministic(f"conflict_{name}", level, dims=f"pair_{name}")


def _declare_again(evidence: JudgedConflict, prior: JudgedPriors, name: str) -> dict[str, Any]:
    import pymc as pm

    dims = f"judgement_cell_{name}"
    pm.modelcontext(None).add_coord(dims, np.arange(1, len(evidence.pair) + 1))
    sd = pm.HalfNormal(f"again_sd_{name}", prior.again)
    own = pm.Normal(f"again_{name}_z", 0.0, 1.0, dims=dims)
    return {"again_sd": sd, "again": pm.Deterministic(f"again_{name}", sd * own, dims=dims)}


def _has_again(evidence: JudgedConflict) -> bool:
    """Return whether it can be told what a rater sees in a pair and others do not."""
    return bool(again_by_kind(evidence).any()) if evidence.kinds else evidence.repeated


def _of_level(evidence: JudgedConflict, effects: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return effects of the raters whose judgement counts."""
    if not evidence.kinds:
        return effects
    return of_first_kind(effects, again=bool(again_by_kind(evidence)[0]))


def _declare_latent(prior: JudgedPriors, name: str) -> Any:
    """Add the log-odds of a Beta variate, whose density is without walls, for each pair."""
    import pymc as pm
    import pytensor.tensor as pt

    def logp(value: Any, yes: Any, no: Any) -> Any:
        constant = pt.gammaln(yes + no) - pt.gammaln(yes) - pt.gammaln(no)
        return constant - yes * pt.softplus(-value) - no * pt.softplus(value)

    def of_gammas(yes: Any, no: Any, size: Any) -> Any:
        one, other = (pm.Gamma.dist(shape, 1.0, size=size) for shape in (yes, no))
        return pt.log(one) - pt.log(other)

    return pm.CustomDist(
        f"latent_{name}",
        prior.yes,
        prior.no,
        logp=logp,
        dist=of_gammas,
        dims=f"pair_{name}",
        class_name="LogOddsOfBeta",
    )


def _declare_lapse(raters: int, prior: JudgedPriors, name: str) -> Any:
    import pymc as pm
    import pytensor.tensor as pt

    dims = f"rater_{name}"
    middle = np.log(prior.lapse / (1 - prior.lapse))
    location = middle
    if prior.lapse_common > 0:
        location = pm.Normal(f"lapse_location_{name}", middle, prior.lapse_common)
    if prior.lapse_spread > 0:
        sd = pm.HalfNormal(f"lapse_sd_{name}", prior.lapse_spread)
        location = location + sd * pm.Normal(f"lapse_{name}_z", 0.0, 1.0, dims=dims)
    rate = pt.sigmoid(location) + pt.zeros(raters)
    return pm.Deterministic(f"lapse_{name}", rate, dims=dims)


def _well_known(evidence: JudgedConflict, prior: JudgedPriors) -> NDArray[np.bool_]:
    """Return whose severities judgements tell better than their scale does."""
    yes, no = evidence.by_kind.sum(axis=-1)
    said = ((yes + 1) / (yes + no + 2))[evidence.kind]
    told = evidence.sizes * said * (1 - said)
    if evidence.repeated:  # what a rater sees in a pair alone is noise to the severity
        told = told / (1 + told * prior.again**2)
    told = np.bincount(evidence.rater, told, len(evidence.raters))
    return enough(told, prior.severity)


def _expected(eta: Any, effects: Mapping[str, Any], sqrt: Any, logistic: Any) -> Any:
    """Return the probability that an attentive rater drawn at random says yes, (..., pair)."""
    one, values = np.ones((1, 1)), np.array([0.0, 1.0])
    if not effects.keys() & {"severity_sd", "again_sd"}:
        return logistic(eta)
    known = dict(effects)
    if "severity_sd" not in known:
        known |= dict.fromkeys(("severity_sd", "severity_shift"), 0.0 * known["again_sd"])
    places, weight = severity_places(known, sqrt, NODES)
    cut = np.zeros(1)
    return expected_rating(eta, cut, values, places[..., None, :], one, weight, logistic)


def _log_odds_of_beta(yes: Any, no: Any, rng: np.random.Generator, size: Any) -> Array:
    """Return log-odds of Beta variates that neither round to 0 nor to 1, however small the shape.

    Notes
    -----
    A Gamma(a) variate is a Gamma(a + 1) variate times a uniform one to the power 1 / a, whose
    logarithm is that of an exponential variate over a, turned round.
    """
    logs = [
        np.log(rng.gamma(a + 1.0, size=size)) - rng.exponential(size=size) / a for a in (yes, no)
    ]
    return np.asarray(logs[0] - logs[1])


def draw_prior_by_raters(
    evidence: JudgedConflict, prior: JudgedPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of levels, severities and lapses, leading axis draw."""
    from scipy.special import expit

    raters = len(evidence.raters)
    found = {"latent": _log_odds_of_beta(prior.yes, prior.no, rng, (draws, len(evidence.pairs)))}
    if evidence.kinds:
        found |= draw_kinds(evidence, prior, draws, rng)
    elif prior.severity > 0:
        found |= draw_severity(raters, prior.severity, draws, rng)
    if prior.lapse > 0:
        location = np.full((draws, 1), np.log(prior.lapse / (1 - prior.lapse)))
        if prior.lapse_common > 0:
            location = location + prior.lapse_common * rng.normal(size=(draws, 1))
            found["lapse_location"] = location[:, 0]
        if prior.lapse_spread > 0:
            found["lapse_sd"] = prior.lapse_spread * np.abs(rng.normal(size=draws))
            location = location + found["lapse_sd"][:, None] * rng.normal(size=(draws, raters))
        found["lapse"] = np.broadcast_to(expit(location), (draws, raters))
    if evidence.repeated and not evidence.kinds:
        found["again_sd"] = prior.again * np.abs(rng.normal(size=draws))
        own = rng.normal(size=(draws, len(evidence.pair)))
        found["again"] = found["again_sd"][:, None] * own
    level = np.empty_like(found["latent"])
    rows = max(1, MOST_NUMBERS // (NODES * level.shape[1]))
    for start in range(0, draws, rows):
        some = {key: values[start : start + rows] for key, values in found.items()}
        of_level = _of_level(evidence, some)
        level[start : start + rows] = _expected(some["latent"], of_level, np.sqrt, expit)
    return {"conflict_level": level, **found}


def yes_probabilities(evidence: JudgedConflict, parameters: Mapping[str, Array]) -> Array:
    """Return the probability of yes in each cell, lapses and all."""
    from scipy.special import expit

    if "latent" not in parameters:  # raters are alike, and nobody lapses
        return np.asarray(parameters["conflict_level"][..., evidence.pair])
    saying = parameters["latent"][..., evidence.pair]
    if evidence.kinds:
        saying = seen_by_kinds(evidence, parameters)[..., evidence.kind, evidence.pair]
    if "severity" in parameters:
        saying = saying + parameters["severity"][..., evidence.rater]
    if "again" in parameters and evidence.kinds:
        saying[..., again_cells(evidence)] += parameters["again"]
    elif "again" in parameters:
        saying = saying + parameters["again"]
    chance = expit(saying)
    if "lapse" in parameters:
        lapse = parameters["lapse"][..., evidence.rater]
        chance = COIN * lapse + (1 - lapse) * chance
    return np.asarray(chance)


def simulate_by_raters(
    parameters: Mapping[str, Array], design: JudgedConflict, rng: np.random.Generator
) -> JudgedConflict:
    """Return as many judgements by the same raters of the same pairs as the design has."""
    number = design.sizes.astype(int)
    yes = rng.binomial(number, yes_probabilities(design, parameters)).astype(float)
    return JudgedConflict.by_raters(
        design.pairs,
        design.raters,
        design.rater,
        design.pair,
        yes,
        number - yes,
        repeated=design.repeated,
        origin="simulated",
        notes=("simulated data",),
        kinds=design.kinds,
        kind_of_rater=design.kind_of_rater,
    )
