"""How kinds of raters see pairs beside the first, from what each rater is expected to say."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kinds_section import KindFound, KindsFound
from bayes_misalign.families.raters.severities import drawn
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.report.posterior import Posterior

Array = NDArray[np.float64]


def kinds_found(
    result: Posterior, source: Any, name: str, what: str, given: Array, expected: Array
) -> tuple[KindsFound, Estimates | None]:
    """Return how kinds see pairs, and how raters differ from the average of their kind, if several.

    `source` has kinds, of a name in the study; `given` (kind, pair) are numbers of ratings or
    judgements, and `expected` (rater, draw, pair) what each rater is expected to say.
    """
    of_rater, kinds = source.kind_of_rater, source.kinds
    raters = np.bincount(of_rater, minlength=len(kinds))
    by_kind = np.stack([expected[of_rater == k].mean(axis=0) for k in range(len(kinds))])
    found = []
    for k, kind in enumerate(kinds):
        known: dict[str, Estimate | None] = {}
        if k:
            gap = (by_kind[k] - by_kind[0]).mean(axis=-1)
            known["bias"] = result.estimate(f"bias of {kind}", gap)
            for variable, said in (("slope", "slope"), ("disagreement", "own"), ("noise", "noise")):
                if result.groups.has(POSTERIOR, f"{variable}_{name}"):
                    values = drawn(result, f"{variable}_{name}")[:, k - 1]
                    values = np.exp(values) if said == "noise" else values
                    known[said] = result.estimate(f"{said} of {kind}", values)
        found.append(KindFound(kind, float(raters[k]), float(given[k].sum()), **known))
    levels = tuple(
        (
            pair,
            tuple(
                result.estimate(f"{pair[0]} | {pair[1]} by {kind}", by_kind[k, :, p])
                for k, kind in enumerate(kinds)
            ),
        )
        for p, pair in enumerate(source.pairs)
    )
    alone = tuple(pair for p, pair in enumerate(source.pairs) if not given[0, p])
    apart = expected.mean(axis=-1) - by_kind.mean(axis=-1)[of_rater]
    severity = {
        rater: result.estimate(rater, apart[r])
        for r, rater in enumerate(source.raters)
        if raters[of_rater[r]] > 1  # alone it is the average of its kind
    }
    kinds_of_source = KindsFound(source.origin, what, tuple(found), levels, alone)
    if not severity:
        return kinds_of_source, None
    return kinds_of_source, Estimates("severity of raters", severity, of="rater")
