"""What a calibration of judgements looks at."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.calibrated import conflict_quantities, single_numbers
from bayes_misalign.families.raters.kind_effects import OF_KINDS
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


def judges_by_kinds() -> JudgedConflict:
    """Return what three people say of four of six pairs, and three models of all."""
    rater, pair = np.array([(r, p) for r in range(6) for p in range(4 if r < 3 else 6)]).T
    return JudgedConflict.by_raters(
        list(combinations("abcd", 2)),
        ["r1", "r2", "r3", "m1", "m2", "m3"],
        rater,
        pair,
        np.ones(len(rater)),
        np.zeros(len(rater)),
        origin="a design",
        kinds=["people", "models"],
        kind_of_rater=[0, 0, 0, 1, 1, 1],
    )


def repeated_by_kinds() -> JudgedConflict:
    """Return two people's judgements of three pairs, and two kinds of models that are asked often.

    Nobody judged the sixth pair, and people not the fifth.
    """
    rater, pair = np.array([(r, p) for r in range(5) for p in range(4 if r < 2 else 5)]).T
    number = np.array([1.0, 2.0, 4.0, 4.0, 8.0])[rater]
    return JudgedConflict.by_raters(
        list(combinations("abcd", 2)),
        ["r1", "r2", "m1", "m2", "n1"],
        rater,
        pair,
        number,
        np.zeros(len(rater)),
        repeated=True,
        origin="a design",
        kinds=["people", "small models", "large models"],
        kind_of_rater=[0, 0, 1, 1, 2],
    )


def designs() -> dict[str, JudgedConflict]:
    """Return judgements by nobody named, by raters, by raters again, and by kinds of them."""
    pairs = tuple(combinations("abc", 2))
    nameless = JudgedConflict(pairs, np.array([20.0, 5.0, 0.0]), np.zeros(3), origin="a design")
    return {
        "nobody named": nameless,
        "raters": judges(),
        "raters asked again": judges(judgements=2),
        "kinds of raters": judges_by_kinds(),
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
    for k, kind in enumerate(evidence.kinds):
        for name in OF_KINDS:
            if name in parameters:
                found[f"{name}[{kind}]"] = parameters[name][:, k]
        for name in ("kind_location", "slope", "disagreement"):
            if name in parameters and k:
                found[f"{name}[{kind}]"] = parameters[name][:, k - 1]
    return found
