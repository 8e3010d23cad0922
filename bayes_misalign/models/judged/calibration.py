"""What a calibration of judgements looks at."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import conflict_quantities, single_numbers
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.generative_by_raters import yes_probabilities

Array = NDArray[np.float64]


def judges(raters: int = 4, goals: int = 3, judgements: int = 1) -> JudgedConflict:
    """Return named raters who judge most pairs; the last of several does not judge the last."""
    pairs = list(combinations("abcdefgh"[:goals], 2))
    rater, pair = np.divmod(np.arange(raters * len(pairs) - (raters > 1)), len(pairs))
    number = np.full(len(pair), float(judgements))
    return JudgedConflict.by_raters(
        pairs,
        [f"r{i + 1}" for i in range(raters)],
        rater,
        pair,
        number,
        np.zeros(len(pair)),
        repeated=judgements > 1,
        origin="a design",
    )


def designs() -> dict[str, JudgedConflict]:
    """Return judgements by people who are not named, by raters who are, and by such asked again."""
    pairs = tuple(combinations("abc", 2))
    nameless = JudgedConflict(pairs, np.array([20.0, 5.0, 0.0]), np.zeros(3), origin="a design")
    return {
        "nobody named": nameless,
        "raters": judges(),
        "raters asked again": judges(judgements=2),
    }


def with_data(evidence: JudgedConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return the log-likelihood of judgements, and how far shares of yes are from it, (draw,)."""
    from scipy.special import xlog1py, xlogy

    if "latent" in parameters:
        chance = yes_probabilities(evidence, parameters)
        likelihood = xlogy(evidence.cell_yes, chance) + xlog1py(evidence.cell_no, -chance)
        gap = evidence.cell_yes - evidence.sizes * chance
        by_pair = [gap[:, evidence.pair == p].sum(axis=1) for p in range(len(evidence.pairs))]
        residual = np.abs(np.stack(by_pair)).sum(axis=0)
        return {"log_likelihood": likelihood.sum(axis=1), "residual": residual}
    level, total = parameters["conflict_level"], evidence.judgements
    seen = np.divide(evidence.yes, total, out=np.zeros_like(total), where=total > 0)
    likelihood = xlogy(evidence.yes, level) + xlog1py(evidence.no, -level)
    return {
        "log_likelihood": likelihood.sum(axis=-1),
        "residual": np.abs(np.where(total > 0, seen - level, 0.0)).sum(axis=-1),
    }


def quantities(evidence: JudgedConflict, parameters: Mapping[str, Array]) -> dict[str, Array]:
    """Return P(ma), levels, and what is known of raters, each (draw,)."""
    found = conflict_quantities(evidence, parameters) | single_numbers(parameters)
    for name in ("severity", "lapse"):
        if name in parameters:
            found[f"{name}[first]"] = parameters[name][:, 0]
    return found
