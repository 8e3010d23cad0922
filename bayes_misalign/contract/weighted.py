"""Goal shares given weighted answers: shares behind effective counts, tilted to the population.

Effective counts (`measure.effective_counts`) stand for a sample without weights, in which goals
whose holders were sampled more often are too frequent. The prior of the shares is combined with
these counts; what comes out are the shares q among those sampled, and p_i = q_i s_i / sum_j q_j s_j
are those of the population.

Before any answer nobody has a weight, all scales are 1 and p is q: so the prior of p is the stated
one, and that is what a report shows as the prior. It is not what the posterior would be at zero
answers and the scales that were observed, since these scales are answers themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayes_misalign.contract.base import Array, Draws, Rng
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.measure import EffectiveCounts, population_shares
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.pairing import Pairing
from bayes_misalign.reading.sample_design import Coupling

SAMPLED = "sampled_proportion"  # shares among those sampled, where weights tilt them


def drawn_shares(
    prior: Any,
    effective: EffectiveCounts,
    categories: tuple[str, ...],
    draws: int,
    rng: Rng,
    pairing: Pairing | None = None,
    coupling: Coupling | None = None,
) -> Draws | None:
    """Return exact draws of `proportion`, and of what it is tilted from where weights tilt it.

    Draws of populations with clusters in common are put into an order in which they go together;
    the same agents are in the same clusters, so that these tell of them too. Other populations with
    agents in common are drawn jointly, if the model of shares can. None where the posterior of the
    shares is not known in closed form.
    """
    shares = shares_of(prior)
    found = shares.draw(prior, effective.counts, categories, draws, rng)
    if found is None:
        return None
    designed = coupling is not None and draws > 1 and shares.draws_apart
    if pairing is not None and shares.draws_pairs and not designed:
        linked = pairing.linked
        counts, among = effective.counts[linked], pairing.among(linked)
        joint = shares.draw_paired(prior, counts, categories, draws, rng, among)
        for name, values in joint.items():
            found[name][:, linked] = values
    found = _tilted(found, effective)
    if coupling is not None and designed:
        found = in_step(found, coupling, rng)
    return found


def shares_given(
    prior: Any,
    effective: EffectiveCounts,
    categories: tuple[str, ...],
    common: Mapping[str, Array],
    rng: Rng,
) -> Draws:
    """Return exact draws as `drawn_shares` does, given draws of what populations have in common.

    See `SharesModel.common`; these draws are among those returned.
    """
    own = shares_of(prior).draw_given(prior, effective.counts, categories, common, rng)
    return {**common, **_tilted(own, effective)}


def _tilted(drawn: Draws, effective: EffectiveCounts) -> Draws:
    """Return draws with the shares of those sampled tilted to the population by weights."""
    if (tilt := effective.tilt) is None:
        return drawn
    sampled = drawn["proportion"]
    return {**drawn, "proportion": population_shares(sampled, tilt), SAMPLED: sampled}


def in_step(drawn: Draws, coupling: Coupling, rng: Rng) -> Draws:
    """Return the draws of each population in an order that correlates P(ma) of all of them.

    Notes
    -----
    Iman and Conover (Communications in Statistics B 11, 1982): the draws of P(ma) of population s
    get the ranks of column s of normal numbers with these correlations. Draws of a population are
    those that they were, so that its posterior is too; populations go together as their clusters
    tell.
    """
    values, vectors = np.linalg.eigh(coupling.correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    shares = drawn["proportion"]
    normal = rng.standard_normal(shares.shape[:2]) @ root.T
    # agents of one category may conflict, where they hold several goals
    level = (np.matmul(shares[..., None, :], coupling.conflict)[..., 0, :] * shares).sum(axis=-1)
    order = np.empty(shares.shape[:2], np.intp)
    np.put_along_axis(order, np.argsort(normal, axis=0), np.argsort(level, axis=0), axis=0)
    return {
        name: np.take_along_axis(x, order.reshape(*order.shape, *[1] * (x.ndim - 2)), axis=0)
        for name, x in drawn.items()
    }


def among_sampled(drawn: Mapping[str, Array]) -> Array:
    """Return the goal shares among those who were sampled, which weights tilt to the population."""
    return drawn[SAMPLED] if SAMPLED in drawn else drawn["proportion"]


def sampled_free_variables(
    prior: Any,
    categories: tuple[str, ...],
    order: Any,
    name: str,
    drawn: Mapping[str, Array],
    tilt: Any = None,
) -> FreeVariables:
    """Return exact draws as the free variables of shares in PyMC, which are those of the sampled.

    They have another name where weights tilt them; results that do not hold them, as those of
    earlier versions, hold what they are tilted to.
    """
    own, sampled = name if tilt is None else f"sampled_{name}", among_sampled(drawn)
    if tilt is not None and SAMPLED not in drawn:
        sampled = population_shares(drawn["proportion"], 1 / np.asarray(tilt))
    shares = {**drawn, "proportion": sampled}
    return shares_of(prior).free_variables(prior, categories, order, own, shares)


def weight_words(evidence: GoalEvidence) -> tuple[str, list[str]]:
    """Return what was done with design weights and stated design effects, and its formulas."""
    words, formulas, stated = "", [], evidence.stated
    if evidence.weighted and not stated.all():
        words += (
            "; with design weights, the holders of each goal counted as their effective number of "
            "answers, and the shares behind these counts were multiplied by the weight of one "
            "effective answer"
        )
        rule = "s_si = (S_si + 12 S_s / n_s) / (W_si + 12 W_s / n_s)"
        if evidence.weights_in_common:
            words += ", which populations tell of each other"
            rule = (
                "s_si = (S_si + 12 u_s^2 b_i) / (W_si + 12 u_s a_i), a_i and b_i means over all "
                "populations of weights and of squared weights in units u_s of each population"
            )
        formulas = [
            f"n*_si = W_si / s_si, {rule}, W and S sums of weights and of squared weights",
            "p_si = q_si s_si / sum_j q_sj s_sj",
        ]
    if evidence.designed.any() and evidence.design is not None:
        words += (
            "; the counts were then divided by one number, so that P(ma) has the variance that the "
            f"design of the sample gives it ({evidence.design.method}), widened as Student's t for "
            "its degrees of freedom"
        )
        of = "n*_si" if evidence.weighted else "n_si"
        formulas.append(
            f"m_si = {of} / (a_s (t_s / 1.96)^2) in its place, a_s = var P(ma) by the design / by "
            f"{of}, var p'Cp = 4 (Cp)'V(Cp) + 2 tr(CVCV), t_s the 97.5 % quantile of Student's t "
            "with the design's degrees of freedom"
        )
    if stated.any():
        where = "" if stated.all() else ", where the study states a design effect,"
        words += f"; the weighted shares{where} counted for n / deff answers, deff as stated"
        formulas.append("n*_si = n_s W_si / (deff_s W_s), where deff_s is stated")
    return words, formulas


def unseen_words(evidence: GoalEvidence) -> str:
    """Return how the agents whom nobody observed were completed."""
    completed, words = set(evidence.completed), ""
    if "alike" in completed:
        words += (
            "; the agents who were not observed were drawn from their predictive distribution, up "
            "to the stated size of each population"
        )
    if "weighted" in completed:
        words += (
            "; where weights differ and sum to the size of the population, an agent of weight w "
            "stood for w - 1 who were not observed (a weighted Polya posterior, after Strief and "
            "Meeden, 2013)"
        )
    if "left out" in completed:
        words += (
            "; where weights differ and do not sum to the size of the population, that size was "
            "left out of account"
        )
    return words
