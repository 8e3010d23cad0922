"""What reports say of the goal of each agent, whoever's goal is known: proxies of goals.

A proxy that learnt from known goals fits those better than others. So agents of known goal are
parted into folds at random, and each gets the proxy of a fit that their fold's goals are hidden
from (Zrnic and Candes, Cross-prediction-powered inference, PNAS 121, 2024).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, DistinctReports
from bayes_misalign.families.reports.weighted_rows import likely_goals
from bayes_misalign.measure import GoldRows, GoldSample, gold_sample
from bayes_misalign.reading.evidence import FloatArray

Proxy = Literal["face value", "likely goals"]
FOLDS = 5


def two_samples(
    evidence: DistinctReports, proxy: Proxy = "face value", rng: np.random.Generator | None = None
) -> GoldSample:
    """Return sums over the agents of whom something was reported, and those of known goal.

    Agents of known goal of whom nothing was reported are left out: others like them are not there.
    """
    reported = evidence.per_source.any(axis=1)
    known = reported & (evidence.gold != UNKNOWN)
    if proxy == "face value":
        everybody = evidence.face_value
        parts = [(known, everybody, evidence.agents)]
    else:
        everybody, parts = _cross_fitted(evidence, known, rng or np.random.default_rng(0))
    rows = [(np.flatnonzero(of), f, n) for of, f, n in parts]
    place = np.concatenate([at for at, _, _ in rows])
    number = np.concatenate([n[at] for at, _, n in rows])
    part = number / np.maximum(evidence.agents[place], 1)
    chance = evidence.gold_probability
    gold = GoldRows(
        np.concatenate([f[at] for at, f, _ in rows]),
        evidence.gold[place],
        number,
        evidence.population[place],
        None if chance is None else chance[place],
        evidence.row_weight[place] * part,
        evidence.row_weight_sq[place] * part,
    )
    return gold_sample(
        everybody[reported],
        evidence.agents[reported],
        gold,
        population=evidence.population[reported],
        weight=evidence.row_weight[reported],
        weight_sq=evidence.row_weight_sq[reported],
        populations=len(evidence.populations),
    )


def _cross_fitted(
    evidence: DistinctReports, known: Any, rng: np.random.Generator
) -> tuple[FloatArray, list[tuple[Any, FloatArray, FloatArray]]]:
    """Return the mean proxy of each row, and of each fold its rows, proxies and agents."""
    agents = np.where(known, evidence.agents, 0).astype(np.int64)
    left, parts, mean = agents.copy(), [], np.zeros_like(evidence.face_value)
    for fold in range(FOLDS):
        here = rng.multivariate_hypergeometric(left, int(left.sum()) // (FOLDS - fold))
        left -= here
        proxy = _hiding(evidence, np.flatnonzero(known), here.astype(float))
        parts.append((here > 0, proxy, here.astype(float)))
        mean += proxy / FOLDS
    return mean, parts


def _hiding(evidence: DistinctReports, known: Any, hidden: FloatArray) -> FloatArray:
    """Return P(goal | reports) of each row, not knowing its goal, by a fit without some of them."""
    part = hidden / np.maximum(evidence.agents, 1)

    def both(values: FloatArray) -> FloatArray:
        return np.concatenate([values * (1 - part), (values * part)[known]])

    doubled = replace(
        evidence,
        reports=np.concatenate([evidence.reports, evidence.reports[known]]),
        population=np.concatenate([evidence.population, evidence.population[known]]),
        gold=np.concatenate([evidence.gold, np.full(len(known), UNKNOWN)]),
        agents=both(evidence.agents),
        row_weight=both(evidence.row_weight),
        row_weight_sq=both(evidence.row_weight_sq),
        gold_probability=None,
        design=None,
    )
    found = likely_goals(doubled, doubled.row_weight)
    rows = found[: len(evidence.agents)].copy()
    rows[known] = found[len(evidence.agents) :]
    return np.asarray(rows)
